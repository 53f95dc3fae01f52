import RadiomicsCore
import RadiomicsImaging

/// The voxels that neighbourhoods are made of, as ranks: the different values that occur, numbered from 1 ascending.
struct RankedVoxels: Sendable {
  /// Value of each rank from 1: grey levels or intensities.
  let values: [Double]
  /// Ng: number of levels, empty ones included; 0 for intensities.
  let levelCount: Int
  /// Size of the box that holds the voxels, and index of its first voxel in the region's grid.
  let size, offset: SIMD3<Int>
  /// Voxel distances, mm.
  let spacing: SIMD3<Double>
  private let ranks: Ranks

  private enum Ranks: Sendable {
    case bytes([UInt8])
    case words([UInt16])
    case wide([UInt32])
  }

  /// Grey levels as they are ranked already.
  init(_ levels: GreyLevels) {
    values = levels.levels.map(Double.init)
    levelCount = levels.count
    size = levels.size
    offset = levels.offset
    spacing = levels.spacing
    switch levels.ranks {
    case .bytes(let bytes): ranks = .bytes(bytes)
    case .words(let words): ranks = .words(words)
    }
  }

  /// The intensities of a region, whose intensity mask must not be empty.
  init(intensitiesOf region: Region, _ lanes: Lanes) {
    guard let box = region.intensity.boundingBox else { preconditionFailure("a mask with voxels") }
    var values: [Double] = []
    AscendingIntensities(region.intensities, lanes).forEachDistinct { value, _ in values.append(value) }
    self.values = values
    levelCount = 0
    size = box.size
    offset = box.lower
    spacing = region.geometry.spacing
    var ranks = [UInt32](repeating: 0, count: size.x * size.y * size.z)
    let intensities = region.intensities
    var voxel = 0
    for span in region.intensity.cropped(to: box).spans {
      let start = span.x + size.x * (span.y + size.y * span.z)
      for place in start..<start + span.count {
        ranks[place] = UInt32(values.firstRank(above: intensities[voxel]))
        voxel += 1
      }
    }
    self.ranks = .wide(ranks)
  }

  /// Bytes that the ranks take.
  var bytes: Int {
    switch ranks {
    case .bytes(let bytes): bytes.count
    case .words(let words): 2 * words.count
    case .wide(let wide): 4 * wide.count
    }
  }

  /// Writes the ranks of row (y, z) of the box from `place` on; zeros for a row outside.
  func copyRow(y: Int, z: Int, to rows: inout [UInt32], at place: Int) {
    var target = rows.mutableSpan
    guard y >= 0, y < size.y, z >= 0, z < size.z else {
      for x in 0..<size.x { target[unchecked: place &+ x] = 0 }
      return
    }
    let start = size.x * (y + size.y * z)
    switch ranks {
    case .bytes(let bytes): copy(bytes.span, start, size.x, to: &target, place)
    case .words(let words): copy(words.span, start, size.x, to: &target, place)
    case .wide(let wide): copy(wide.span, start, size.x, to: &target, place)
    }
  }
}

private func copy<Rank: FixedWidthInteger>(
  _ ranks: Span<Rank>, _ start: Int, _ count: Int, to target: inout MutableSpan<UInt32>, _ place: Int
) {
  for x in 0..<count { target[unchecked: place &+ x] = UInt32(truncatingIfNeeded: ranks[unchecked: start &+ x]) }
}

/// The rows of voxels around a row of centres, one after the other, so that all neighbourhoods of the row lie together
/// and a step from a centre to a neighbour is the same for all. Voxels that do not count have rank 0.
struct WindowRows: Sendable {
  /// Ranks; some zeros before the first and after the last row.
  private(set) var ranks: [UInt32]
  /// From a row to the next along y.
  let stride: Int
  private let radius: Int
  private let first: Int

  /// Rows for windows of a radius in a box that is `width` voxels wide.
  init(radius: Int, width: Int) {
    self.radius = radius
    stride = width + 2 * radius
    let side = 2 * radius + 1
    first = stride * (side + 1) + 1  // further than any step between neighbours
    ranks = Array(repeating: 0, count: 2 * first + stride * side * side)
  }

  /// Step from a voxel to the one at `offset` from it.
  func step(_ offset: SIMD3<Int>) -> Int { offset.x + stride * (offset.y + (2 * radius + 1) * offset.z) }

  /// Index of the centre that is voxel `x` of the row.
  func index(x: Int) -> Int { first + step(SIMD3(repeating: radius)) + x }

  /// The part of `ranks` that the rows take up.
  var used: Range<Int> { first..<ranks.count - first }

  /// Takes up the rows around row (y, z) of the box.
  mutating func load(_ voxels: RankedVoxels, y: Int, z: Int) {
    for dz in -radius...radius {
      for dy in -radius...radius {
        let place = first + radius + step([0, dy + radius, dz + radius])
        voxels.copyRow(y: y + dy, z: z + dz, to: &ranks, at: place)
      }
    }
  }
}
