import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// Slices brought onto an even grid by linear interpolation, where that was asked for.
struct StackRepair {
  /// One value for each pixel of each slice; NaN where there is none.
  private var planes: [[Float]]
  private var size: SIMD2<Int>
  private var origin: SIMD3<Double>
  private var distances: [Double]
  private let first: Frame
  private(set) var findings: [Finding] = []
  private let path: String

  /// - `voxels`: The intensities of the stack's slices, x fastest.
  init(_ stack: Stack, voxels: [Double]) {
    let plane = stack.rows * stack.columns
    planes = stack.frames.indices.map { slice in voxels[slice * plane..<(slice + 1) * plane].map { Float($0) } }
    size = [stack.columns, stack.rows]
    first = stack.frames[0]
    origin = first.position ?? .zero
    distances = stack.spread.distances
    path = stack.path
  }

  /// Moves each slice within its plane by what a tilted gantry has shifted it, bilinearly.
  /// - Parameter slope: Shift in mm along LPS for each mm along the normal.
  /// - Throws: `FormatError` if the shift is far beyond any gantry's.
  mutating func straighten(_ slope: SIMD3<Double>) throws(FormatError) {
    guard slope.length <= 1 else {
      throw FormatError(path, "its slices are shifted by more than 45 degrees, which no gantry is tilted by.")
    }
    let perStep = SIMD2(slope.dot(first.row) / first.spacing.x, slope.dot(first.column) / first.spacing.y)
    let end = perStep * (distances.last ?? 0)
    guard abs(end.x) < 1e6, abs(end.y) < 1e6 else {
      throw FormatError(
        path, "its slices are shifted by more than a million pixels. Choose files that belong together.")
    }
    let lower = SIMD2(Int(min(0, end.x).rounded(.down)), Int(min(0, end.y).rounded(.down)))
    let upper = SIMD2(Int(max(0, end.x).rounded(.up)), Int(max(0, end.y).rounded(.up)))
    let wide = size &+ upper &- lower
    guard wide.x * wide.y <= 16 * size.x * size.y else {
      throw FormatError(path, "put above each other, its slices would be sixteen times as large. Choose fewer slices.")
    }
    planes = planes.enumerated().map { slice, plane in
      shifted(plane, by: perStep * distances[slice] - SIMD2<Double>(lower), to: wide)
    }
    origin += first.row * (Double(lower.x) * first.spacing.x) + first.column * (Double(lower.y) * first.spacing.y)
    size = wide
    findings.append(
      Finding(
        .warning, path,
        "the slices of a tilted gantry were put above each other by linear interpolation, by up to "
          + "\(shortText((slope * (distances.last ?? 0)).length)) mm; texture is smoother there."))
  }

  private func shifted(_ plane: [Float], by shift: SIMD2<Double>, to wide: SIMD2<Int>) -> [Float] {
    var moved: [Float] = []
    moved.reserveCapacity(wide.x * wide.y)
    let base = SIMD2(floor(shift.x), floor(shift.y)), part = shift - base
    func value(_ x: Int, _ y: Int) -> Double {
      x >= 0 && y >= 0 && x < size.x && y < size.y ? Double(plane[x + size.x * y]) : .nan
    }
    // A weight of 0 must not bring in what lies outside.
    func mixed(_ a: Double, _ b: Double, _ weight: Double) -> Double { weight == 0 ? a : a + weight * (b - a) }
    for y in 0..<wide.y {
      for x in 0..<wide.x {
        let u = x - Int(base.x), v = y - Int(base.y)
        let near = mixed(value(u, v), value(u - 1, v), part.x)
        moved.append(
          Float(part.y == 0 ? near : mixed(near, mixed(value(u, v - 1), value(u - 1, v - 1), part.x), part.y)))
      }
    }
    return moved
  }

  /// Puts slices at even distances: that of most slices if only some are missing, else the smallest.
  /// - Throws: `FormatError` if there would be many times as many slices.
  mutating func fillGaps() throws(FormatError) {
    let steps = zip(distances.dropFirst(), distances).map { $0 - $1 }.sorted()
    let usual = steps[steps.count / 2]
    let isMissing = steps.allSatisfy {
      abs($0 / usual - ($0 / usual).rounded()) < Stack.Spread.tolerance && $0 / usual > 0.5
    }
    let step = isMissing ? usual : steps[0]
    guard distances.last! / step < Double(20 * distances.count) else {
      throw FormatError(
        path,
        "on an even grid of \(shortText(step)) mm there would be more than twenty times as many slices. Choose the files "
          + "that belong together.")
    }
    let count = Int((distances.last! / step + 1e-6).rounded(isMissing ? .toNearestOrAwayFromZero : .down)) + 1
    var filled: [[Float]] = [], made = 0, below = 0
    for slice in 0..<count {
      let place = Double(slice) * step
      while below < distances.count - 2, distances[below + 1] <= place { below += 1 }
      let before = place - distances[below], after = distances[below + 1] - place
      if abs(before) < Stack.Spread.tolerance * step {
        filled.append(planes[below])
      } else if abs(after) < Stack.Spread.tolerance * step {
        filled.append(planes[below + 1])
      } else {
        filled.append(mixed(planes[below], planes[below + 1], Float(before / (before + after))))
        made += 1
      }
    }
    findings.append(
      Finding(
        .warning, path, "\(made) of \(count) slices were interpolated linearly, as slices were missing or uneven."))
    planes = filled
    distances = (0..<count).map { Double($0) * step }
  }

  private func mixed(_ below: [Float], _ above: [Float], _ weight: Float) -> [Float] {
    below.indices.map { index in below[index] + weight * (above[index] - below[index]) }
  }

  /// The volume.
  func scan() throws(FormatError) -> Scan {
    do {
      let geometry = try Geometry(
        size: [size.x, size.y, planes.count],
        spacing: [first.spacing.x, first.spacing.y, distances.count > 1 ? distances[1] - distances[0] : 1],
        origin: origin,
        direction: Matrix3(first.row, first.column, first.normal))
      return Scan(geometry: geometry, samples: .float(Array(planes.joined())))
    } catch { throw FormatError(path, "\(error.description).") }
  }
}
