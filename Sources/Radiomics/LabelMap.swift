import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// One label of a mask.
struct MaskLabel: Sendable {
  /// Its number, above 0.
  let value: Int
  /// Its segment's name, if the file names it.
  let name: String?
  /// Its voxels.
  let voxels: RowSpans
}

/// A mask as labels on a grid; 0 is background. Layers of a file may overlap.
struct LabelMap: Sendable {
  /// The file, for messages.
  let path: String
  /// The grid.
  let geometry: Geometry
  /// Labels that occur, by layer and value.
  let labels: [MaskLabel]

  /// Most different values a mask may have.
  static let mostLabels = 256

  /// The labels of the stored volumes; a soft mask becomes label 1 where it reaches `threshold`.
  init(path: String, _ stored: StoredImage, threshold: Double?) throws(StudyError) {
    self.path = path
    geometry = stored.volumes[0].geometry
    var labels: [MaskLabel] = []
    for (layer, scan) in stored.volumes.enumerated() {
      for (value, voxels) in try Self.runs(of: scan, path, threshold) {
        let segment = stored.segments.first { $0.label == value && $0.volume == layer }
        labels.append(MaskLabel(value: value, name: segment?.name, voxels: voxels))
      }
    }
    self.labels = labels
  }

  private init(path: String, geometry: Geometry, labels: [MaskLabel]) {
    self.path = path
    self.geometry = geometry
    self.labels = labels.filter { !$0.voxels.isEmpty }
  }

  private static func runs(
    of scan: Scan, _ path: String, _ threshold: Double?
  ) throws(StudyError) -> [(Int, RowSpans)] {
    let size = scan.geometry.size
    if threshold == nil, scan.slope == 1, scan.intercept == 0 {
      switch scan.samples {
      case .uint8(let values): return try wholeRuns(values, size, path)
      case .int8(let values): return try wholeRuns(values, size, path)
      case .uint16(let values): return try wholeRuns(values, size, path)
      case .int16(let values): return try wholeRuns(values, size, path)
      case .uint32(let values): return try wholeRuns(values, size, path)
      case .int32(let values): return try wholeRuns(values, size, path)
      default: break
      }
    }
    let values = scan.volume(in: scan.geometry.box).voxels
    if let threshold { return [(1, RowSpans(size: size) { values[$0] >= threshold })].filter { !$0.1.isEmpty } }
    try requireWhole(values, path)
    return try wholeRuns(values.map { Int32($0.isNaN ? 0 : $0) }, size, path)
  }

  private static func wholeRuns<Label: FixedWidthInteger>(
    _ values: [Label], _ size: SIMD3<Int>, _ path: String
  ) throws(StudyError) -> [(Int, RowSpans)] {
    guard let runs = labelRuns(values, size: size, atMost: mostLabels) else {
      throw StudyError(
        "\(path): there are more than \(mostLabels) different values; this looks like an image, not a mask. "
          + "Give the image first and the mask second, or --mask-threshold for a soft mask.")
    }
    if let lowest = runs.first?.0, lowest < 0 {
      throw notAMask(path, Double(lowest), Double(runs.last!.0), isWhole: true)
    }
    return runs
  }

  private static func requireWhole(_ values: [Double], _ path: String) throws(StudyError) {
    var isWhole = true, lowest = 0.0, highest = 0.0
    for value in values where !(value == 0 || value.isNaN) {
      if value != value.rounded() || abs(value) > 2e9 { isWhole = false }
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
    if !isWhole || lowest < 0 { throw notAMask(path, lowest, highest, isWhole: isWhole) }
  }

  private static func notAMask(_ path: String, _ lowest: Double, _ highest: Double, isWhole: Bool) -> StudyError {
    let isSoft = lowest >= 0 && highest <= 1
    return StudyError(
      "\(path): values run from \(significant(lowest)) to \(significant(highest)) and "
        + (isWhole ? "some are negative" : "not all are whole numbers")
        + (isSoft
          ? "; a soft mask needs --mask-threshold, e.g. \(significant(highest / 2))."
          : "; this looks like an image, not a mask. Labels must be whole numbers from 0 (background)."))
  }

  /// The same labels on the grid of `image`: unchanged, with axes in its order, or resampled if that is asked for.
  func matched(
    to image: Geometry, named imagePath: String, resample: Bool
  ) throws(StudyError) -> (LabelMap, [Finding]) {
    switch GridMatch(geometry, to: image) {
    case .same: return (LabelMap(path: path, geometry: image, labels: labels), [])
    case .reordered(let axes, let flips):
      let note = "the mask's axes are permuted or flipped against the image's; they were put in its order."
      return (moved(to: image) { $0.reordered(axes: axes, flips: flips) }, [Finding(.note, path, note)])
    case .different(let differences):
      let what = differences.joined(separator: "; ")
      guard resample else {
        throw StudyError(
          "\(path): the mask's grid is not that of \(imagePath). \(what). "
            + "If both show the same patient space, --resample-mask puts the mask on the image's grid.")
      }
      let note = "the mask was resampled onto the image's grid by the nearest label (\(what))."
      return (moved(to: image) { $0.nearest(on: image, outside: 0) }, [Finding(.warning, path, note)])
    }
  }

  private func moved(to image: Geometry, _ move: (Volume<UInt8>) -> Volume<UInt8>) -> LabelMap {
    let moved = labels.map { label in
      let mask = move(Volume(geometry: geometry, voxels: label.voxels.mask))
      return MaskLabel(
        value: label.value, name: label.name, voxels: RowSpans(size: image.size, mask: mask.voxels))
    }
    return LabelMap(path: path, geometry: image, labels: moved)
  }
}

/// Runs along x of each value other than 0, by ascending value; nil if more than `most` values occur. Linear.
func labelRuns<Label: FixedWidthInteger>(
  _ values: [Label], size: SIMD3<Int>, atMost most: Int
) -> [(Int, RowSpans)]? {
  var spans: [Label: [RowSpans.Span]] = [:]
  var isWithin = true
  values.withUnsafeBufferPointer { values in
    for z in 0..<size.z where isWithin {
      for y in 0..<size.y {
        let row = size.x * (y + size.y * z), end = row + size.x
        var index = row
        while index < end {
          let value = values[index]
          guard value != 0 else {
            index += 1
            continue
          }
          let start = index
          repeat { index += 1 } while index < end && values[index] == value
          spans[value, default: []].append(RowSpans.Span(x: start - row, y: y, z: z, count: index - start))
        }
      }
      isWithin = spans.count <= most
    }
  }
  guard isWithin else { return nil }
  return spans.sorted { $0.key < $1.key }.map { (Int($0.key), RowSpans(size: size, spans: $0.value)) }
}

/// A number with four significant digits, for messages.
func significant(_ number: Double) -> String {
  guard number != 0, number.isFinite else { return "\(number)" }
  var magnitude = 1.0
  while abs(number) * magnitude < 1000 { magnitude *= 10 }
  let rounded = (number * magnitude).rounded() / magnitude
  return Setting.Value.number(rounded).description
}

/// Why an image and its mask cannot be measured: one sentence that says what to do.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// *place: what is, what must be. What to do.*
  public let description: String
  init(_ description: String) { self.description = description }
}
