import RadiomicsCore
import RadiomicsImaging

/// The voxels around a voxel that a sphere of `LocalIntensity.radius` holds, as rows along x.
struct Sphere: Sendable {
  /// Offsets of rows, those that reach farthest first.
  private let rows: [(y: Int, z: Int, half: Int)]
  /// Voxels that it reaches along each axis.
  private let reach: SIMD3<Int>
  /// Voxels inside.
  private let count: Int

  /// Rows that fit a grid of `size`.
  init(spacing: SIMD3<Double>, size: SIMD3<Int>) {
    // A distance that equals the radius but for rounding is within it.
    let limit = LocalIntensity.radius * LocalIntensity.radius * (1 + 1e-9)
    func reach(_ axis: Int, beside rest: Double) -> Int {
      Int(min(Double(size[axis] - 1), (max(0, limit - rest).squareRoot() / spacing[axis]).rounded(.down)))
    }
    var rows: [(y: Int, z: Int, half: Int)] = []
    let farthest = reach(2, beside: 0)
    for z in -farthest...farthest {
      let depth = Double(z) * spacing.z, width = reach(1, beside: depth * depth)
      for y in -width...width {
        let height = Double(y) * spacing.y
        rows.append((y, z, reach(0, beside: depth * depth + height * height)))
      }
    }
    self.rows = rows.sorted { $0.half > $1.half }
    self.reach = SIMD3(reach(0, beside: 0), reach(1, beside: 0), farthest)
    count = rows.reduce(0) { $0 + 2 * $1.half + 1 }
  }

  /// The highest mean in the spheres around all voxels of a region, and around those of maximum intensity; nil where the
  /// image's intensities cannot be added up as `Number`. By slabs of slices.
  func peaks<Number: SphereNumber>(
    in region: Region, _ lanes: Lanes, _ type: Number.Type
  ) -> (local: Double, global: Double)? {
    guard let box = region.intensity.boundingBox, let highest = region.intensities.max(),
      let maximum = Number(highest, atMost: count)
    else { return nil }
    let spans = region.intensity.spans, depth = 16
    let parts = lanes.map((box.size.z + depth - 1) / depth) { step -> (local: Double, global: Double)? in
      let slices = box.lower.z + step * depth..<min(box.upper.z, box.lower.z + (step + 1) * depth)
      let low = spans.partitioningIndex { $0.z >= slices.lowerBound }
      let high = spans.partitioningIndex { $0.z >= slices.upperBound }
      guard let slab = Slab<Number>(of: region.image, box, slices, reach: reach, count: count) else { return nil }
      return self.peaks(around: spans[low..<high], in: slab, maximum: maximum)
    }
    var peaks = (local: -Double.infinity, global: -Double.infinity)
    for part in parts {
      guard let part else { return nil }
      peaks = (max(peaks.local, part.local), max(peaks.global, part.global))
    }
    return peaks
  }

  private func peaks<Number: SphereNumber>(
    around spans: ArraySlice<RowSpans.Span>, in slab: borrowing Slab<Number>, maximum: Number
  ) -> (local: Double, global: Double) {
    let all = reached { slab.step(y: rows[$0].y, z: rows[$0].z) }
    let width = spans.reduce(0) { max($0, $1.count) } + 2 * reach.x + 32
    var local = -Double.infinity, global = local
    withUnsafeTemporaryAllocation(of: Number.self, capacity: (reach.x + 3) * width) { work in
      let sums = work.baseAddress!, counts = sums + width, work = counts + width
      sums.initialize(repeating: 0, count: (reach.x + 3) * width)
      for span in spans {
        let centre = slab.row(y: span.y, z: span.z) + span.x
        if slab.isComplete(span, reach) {
          addSpheres(centre, all, reach: reach.x, work, width, into: sums, count: span.count)
          let (most, mostLocal) = greatest(sums, count: span.count, where: centre, equals: maximum)
          global = max(global, most.number / Double(count))
          if let mostLocal { local = max(local, mostLocal.number / Double(count)) }
        } else {
          let found = reached {
            slab.holds(y: span.y + rows[$0].y, z: span.z + rows[$0].z) ? slab.step(y: rows[$0].y, z: rows[$0].z) : nil
          }
          addSpheres(centre, found, reach: reach.x, work, width, into: sums, count: span.count)
          let (counting, isEveryRowFull) = slab.countingRow(y: span.y, z: span.z)
          addSpheres(
            counting + span.x, isEveryRowFull ? (found.steps.map { _ in 0 }, found.ends) : found, reach: reach.x, work,
            width, into: counts, count: span.count)
          for n in 0..<span.count {
            let mean = sums[n].number / counts[n].number
            global = max(global, mean)
            if centre[n] == maximum { local = max(local, mean) }
          }
        }
      }
    }
    return (local, global)
  }

  /// Steps to the rows that there are, and how many of them reach k voxels or farther, for k from 0.
  private func reached(_ step: (Int) -> Int?) -> (steps: [Int], ends: [Int]) {
    var steps: [Int] = [], ends = [Int](repeating: 0, count: reach.x + 1)
    for row in rows.indices {
      guard let step = step(row) else { continue }
      steps.append(step)
      ends[rows[row].half] = steps.count
    }
    for k in stride(from: reach.x - 1, through: 0, by: -1) { ends[k] = max(ends[k], ends[k + 1]) }
    return (steps, ends)
  }
}

/// sums[n] = Σ values in the sphere around voxel n of a run that begins at `centre`. With B_k the sum of the rows that
/// reach k voxels or farther, kept in `work` in lines of `width`, that is Σ_k B_k(n − k) + B_k(n + k), where k = 0 counts
/// once. Sixteen voxels at a time; numbers after the run's end are of no meaning. Cost: rows · voxels.
private func addSpheres<Number: SphereNumber>(
  _ centre: UnsafePointer<Number>, _ rows: (steps: [Int], ends: [Int]), reach: Int,
  _ work: UnsafeMutablePointer<Number>, _ width: Int, into sums: UnsafeMutablePointer<Number>, count: Int
) {
  rows.steps.withUnsafeBufferPointer { steps in
    rows.ends.withUnsafeBufferPointer { ends in
      for start in stride(from: 0, to: count + 2 * reach, by: 16) {
        let first = centre + (start - reach)
        var sum = SIMD16<Number>(repeating: 0), row = 0
        for k in stride(from: reach, through: 0, by: -1) {
          while row < ends[k] {
            sum = Number.sum(sum, sixteen(first + steps[row]))
            row &+= 1
          }
          put(sum, at: work + (k &* width &+ start))
        }
      }
    }
  }
  for start in stride(from: 0, to: count, by: 16) {
    let centre = work + (start + reach)
    var sum = sixteen(centre)
    for k in stride(from: 1, through: reach, by: 1) {
      let line = centre + k &* width
      sum = Number.sum(sum, Number.sum(sixteen(line - k), sixteen(line + k)))
    }
    put(sum, at: sums + start)
  }
}

@inline(__always)
private func sixteen<Number: SphereNumber>(_ numbers: UnsafePointer<Number>) -> SIMD16<Number> {
  UnsafeRawPointer(numbers).loadUnaligned(as: SIMD16<Number>.self)
}

@inline(__always)
private func put<Number: SphereNumber>(_ sixteen: SIMD16<Number>, at numbers: UnsafeMutablePointer<Number>) {
  UnsafeMutableRawPointer(numbers).storeBytes(of: sixteen, as: SIMD16<Number>.self)
}

/// The greatest of numbers, and of those where `values` equals `value`.
@inline(__always)
private func greatest<Number: SphereNumber>(
  _ sums: UnsafePointer<Number>, count: Int, where values: UnsafePointer<Number>, equals value: Number
) -> (all: Number, chosen: Number?) {
  var most = sums[0], chosen = 0
  for n in 0..<count { most = sums[n] > most ? sums[n] : most }
  for n in 0..<count { chosen &+= values[n] == value ? 1 : 0 }
  guard chosen > 0 else { return (most, nil) }
  return (most, (0..<count).lazy.filter { values[$0] == value }.map { sums[$0] }.max())
}

/// Slices of an image with those around that spheres reach, each row with zeros on both sides, as sixteen voxels are
/// read at a time some more on the right.
private struct Slab<Number: SphereNumber>: ~Copyable {
  private let lower, size, grid: SIMD3<Int>
  private let pad: Int
  private let length: Int
  private let values: UnsafeMutablePointer<Number>
  /// 1 for each voxel that counts; nil where all do.
  private let inside: UnsafeMutablePointer<Number>?
  /// A row of which all voxels count.
  private let full: UnsafeMutablePointer<Number>

  /// Nil where a number of the image is no `Number`, of which `count` can be added up.
  init?(of image: RegionImage, _ box: Box, _ slices: Range<Int>, reach: SIMD3<Int>, count: Int) {
    grid = image.geometry.size
    let low = SIMD3(0, max(0, box.lower.y - reach.y), max(0, slices.lowerBound - reach.z))
    let high = SIMD3(grid.x, min(grid.y, box.upper.y + reach.y), min(grid.z, slices.upperBound + reach.z))
    lower = low
    size = high &- low
    pad = reach.x
    length = grid.x + 2 * pad + 16
    let total = length * size.y * size.z
    values = .allocate(capacity: total)
    values.initialize(repeating: 0, count: total)
    full = .allocate(capacity: length)
    full.initialize(repeating: 0, count: length)
    (full + pad).update(repeating: 1, count: grid.x)
    var isNumber = true, isFinite = true
    for row in 0..<size.y * size.z where isNumber {
      let target = values + row * length + pad, y = low.y + row % size.y, z = low.z + row / size.y
      if Number.copyRow(of: image, y: y, z: z, to: target, atMost: count) { continue }
      image.copyRow(y: y, z: z, to: target) { intensity in
        guard let number = Number(intensity, atMost: count) else {
          if intensity.isFinite { isNumber = false } else { isFinite = false }
          return 0
        }
        return number
      }
    }
    if isFinite {
      inside = nil
    } else {
      let inside = UnsafeMutablePointer<Number>.allocate(capacity: total)
      inside.initialize(repeating: 0, count: total)
      for row in 0..<size.y * size.z {
        image.copyRow(y: low.y + row % size.y, z: low.z + row / size.y, to: inside + row * length + pad) {
          $0.isFinite ? 1 : 0
        }
      }
      self.inside = inside
    }
    if !isNumber { return nil }
  }

  deinit {
    values.deallocate()
    inside?.deallocate()
    full.deallocate()
  }

  /// A row's voxel 0.
  @inline(__always)
  func row(y: Int, z: Int) -> UnsafePointer<Number> { UnsafePointer(values + offset(y, z)) }

  /// Voxel 0 of the row of 1 for voxels that count, 0 for others, and whether it is the same for every row.
  func countingRow(y: Int, z: Int) -> (row: UnsafePointer<Number>, isEveryRow: Bool) {
    inside.map { (UnsafePointer($0 + offset(y, z)), false) } ?? (UnsafePointer(full + pad), true)
  }

  /// Voxels from a row to one beside it.
  func step(y: Int, z: Int) -> Int { length * (y + size.y * z) }

  /// Whether there is such a row in the image.
  func holds(y: Int, z: Int) -> Bool { y >= 0 && y < grid.y && z >= 0 && z < grid.z }

  @inline(__always)
  private func offset(_ y: Int, _ z: Int) -> Int { length * (y - lower.y + size.y * (z - lower.z)) + pad }

  /// Whether all voxels count in the box around the spheres of a run.
  func isComplete(_ span: RowSpans.Span, _ reach: SIMD3<Int>) -> Bool {
    inside == nil && span.x >= reach.x && span.x + span.count + reach.x <= grid.x && span.y >= reach.y
      && span.y + reach.y < grid.y && span.z >= reach.z && span.z + reach.z < grid.z
  }
}

/// Numbers that spheres are added up in: whole ones where the image has no others, as they are exact and half as long.
protocol SphereNumber: SIMDScalar, Codable, Hashable, Sendable, Comparable, ExpressibleByIntegerLiteral {
  /// The number, if `count` such can be added up exactly, or at all.
  init?(_ intensity: Double, atMost count: Int)
  /// Copies a row if the samples as stored are such numbers, whatever they are.
  static func copyRow(of image: RegionImage, y: Int, z: Int, to row: UnsafeMutablePointer<Self>, atMost count: Int)
    -> Bool
  var number: Double { get }
  static func sum(_ a: SIMD16<Self>, _ b: SIMD16<Self>) -> SIMD16<Self>
}

extension Int32: SphereNumber {
  @inline(__always)
  init?(_ intensity: Double, atMost count: Int) {
    guard abs(intensity) * Double(count) <= 2_147_483_647, Double(Int32(intensity)) == intensity else { return nil }
    self = Int32(intensity)
  }
  static func copyRow(
    of image: RegionImage, y: Int, z: Int, to row: UnsafeMutablePointer<Int32>, atMost count: Int
  ) -> Bool { count <= 32_768 && image.copySamples(y: y, z: z, to: row) }

  @inline(__always) var number: Double { Double(self) }
  @inline(__always) static func sum(_ a: SIMD16<Int32>, _ b: SIMD16<Int32>) -> SIMD16<Int32> { a &+ b }
}

extension Double: SphereNumber {
  @inline(__always)
  init?(_ intensity: Double, atMost count: Int) {
    guard intensity.isFinite else { return nil }
    self = intensity
  }
  static func copyRow(
    of image: RegionImage, y: Int, z: Int, to row: UnsafeMutablePointer<Double>, atMost count: Int
  ) -> Bool { false }

  @inline(__always) var number: Double { self }
  @inline(__always) static func sum(_ a: SIMD16<Double>, _ b: SIMD16<Double>) -> SIMD16<Double> { a + b }
}

extension Array {
  /// The first index from which on a condition holds.
  fileprivate func partitioningIndex(where isReached: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if isReached(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
