import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// A mask as whole labels on an image's grid.
struct LabelMap: Sendable {
  /// The file, for messages.
  let path: String
  /// The grid.
  let geometry: Geometry
  /// One array of labels for each layer of the file; 0 is background.
  let volumes: [[Int32]]
  /// Labels that occur, by layer and value.
  let labels: [MaskLabel]

  /// Most different values a mask may have.
  static let mostLabels = 256

  /// Whole numbers from the stored volumes; a soft mask becomes 1 where it reaches `threshold`.
  init(path: String, _ stored: StoredImage, threshold: Double?) throws(StudyError) {
    let geometry = stored.volumes[0].geometry
    var volumes: [[Int32]] = [], labels: [MaskLabel] = []
    for (index, scan) in stored.volumes.enumerated() {
      let values = scan.volume(in: geometry.box).voxels
      let layer: [Int32]
      if let threshold {
        layer = values.map { $0 >= threshold ? 1 : 0 }
      } else {
        layer = try Self.wholeLabels(values, path)
      }
      let counts = try Self.counts(layer, path)
      for (value, count) in counts {
        let segment = stored.segments.first { $0.label == value && $0.volume == index }
        labels.append(MaskLabel(value: value, name: segment?.name, volume: index, count: count))
      }
      volumes.append(layer)
    }
    self.init(path: path, geometry: geometry, volumes: volumes, labels: labels)
  }

  private init(path: String, geometry: Geometry, volumes: [[Int32]], labels: [MaskLabel]) {
    self.path = path
    self.geometry = geometry
    self.volumes = volumes
    self.labels = labels
  }

  private static func wholeLabels(_ values: [Double], _ path: String) throws(StudyError) -> [Int32] {
    var isWhole = true, lowest = 0.0, highest = 0.0
    for value in values where !(value == 0) {
      if value != value.rounded() || abs(value) > 2e9 { isWhole = false }
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
    guard isWhole, lowest >= 0 else {
      let soft = lowest >= 0 && highest <= 1
      throw StudyError(
        "\(path): values run from \(significant(lowest)) to \(significant(highest)) and "
          + (isWhole ? "some are negative" : "not all are whole numbers")
          + (soft
            ? "; a soft mask needs --mask-threshold, e.g. \(significant(highest / 2))."
            : "; this looks like an image, not a mask. Labels must be whole numbers from 0 (background)."))
    }
    return values.map { Int32($0) }
  }

  private static func counts(_ layer: [Int32], _ path: String) throws(StudyError) -> [(Int, Int)] {
    var counts: [Int32: Int] = [:]
    var start = 0
    while start < layer.count {
      var end = start + 1
      while end < layer.count, layer[end] == layer[start] { end += 1 }
      if layer[start] != 0 { counts[layer[start], default: 0] += end - start }
      start = end
      guard counts.count <= mostLabels else {
        throw StudyError(
          "\(path): there are more than \(mostLabels) different values; this looks like an image, not a mask. "
            + "Give the image first and the mask second, or --mask-threshold for a soft mask.")
      }
    }
    return counts.sorted { $0.key < $1.key }.map { (Int($0.key), $0.value) }
  }

  /// The same labels on the grid of `image`: unchanged, with axes in its order, or resampled if that is asked for.
  func matched(
    to image: Geometry, named imagePath: String, resample: Bool
  ) throws(StudyError) -> (LabelMap, [Finding]) {
    switch GridMatch(geometry, to: image) {
    case .same: return (moved(to: image) { $0.voxels }, [])
    case .reordered(let axes, let flips):
      let note = "the mask's axes are permuted or flipped against the image's; they were put in its order."
      return (moved(to: image) { $0.reordered(axes: axes, flips: flips).voxels }, [Finding(.note, path, note)])
    case .different(let differences):
      let what = differences.joined(separator: "; ")
      guard resample else {
        throw StudyError(
          "\(path): the mask's grid is not that of \(imagePath). \(what). "
            + "If both show the same patient space, --resample-mask puts the mask on the image's grid.")
      }
      let moved = moved(to: image) { $0.nearest(on: image, outside: 0).voxels }
      let note = "the mask was resampled onto the image's grid by the nearest label (\(what))."
      return (moved, [Finding(.warning, path, note)])
    }
  }

  private func moved(to image: Geometry, _ move: (Volume<Int32>) -> [Int32]) -> LabelMap {
    let moved = volumes.map { move(Volume(geometry: geometry, voxels: $0)) }
    let labels = labels.compactMap { label -> MaskLabel? in
      let value = Int32(label.value)
      let count = moved[label.volume].reduce(0) { $0 + ($1 == value ? 1 : 0) }
      return count == 0 ? nil : MaskLabel(value: label.value, name: label.name, volume: label.volume, count: count)
    }
    return LabelMap(path: path, geometry: image, volumes: moved, labels: labels)
  }
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
