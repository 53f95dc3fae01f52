import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// A mask as labels on a grid; 0 is background. Layers of a file may overlap.
package struct LabelMap: Sendable {
  /// The file, for messages.
  package let path: String
  /// The grid.
  package let geometry: Geometry
  /// Labels that occur, by layer and value.
  package let labels: [MaskLabel]
  /// What was noticed on reading.
  package let findings: [Finding]
  /// Regions that cannot be measured, and why.
  package let refused: [RefusedRegion]

  /// The labels of the stored volumes; a soft mask becomes label 1 where it reaches `threshold`.
  /// Of several volumes only `volume`, if it is given.
  package init(path: String, _ stored: StoredImage, threshold: Double?, volume: Int? = nil) throws(StudyError) {
    if let threshold, !(threshold > 0 && threshold.isFinite) {
      throw StudyError.at("mask threshold", "is \(threshold), must be a number above 0.")
    }
    var labels: [MaskLabel] = [], deviation = 0.0
    let count = stored.volumes.count
    if let volume, count > 1, !(0..<count).contains(volume) {
      throw StudyError.at(
        path, "the mask has \(count) volumes, there is no volume \(volume). Choose from 0 to \(count - 1).")
    }
    for (layer, scan) in stored.volumes.enumerated() where count == 1 || volume == nil || layer == volume {
      let found = try Self.runs(of: scan, path, threshold)
      deviation = max(deviation, found.deviation)
      for (value, voxels) in found.runs {
        // A threshold makes one region of all segments of a volume, which none of their names tells.
        let own = stored.segments.filter { $0.volume == layer }
        let segment = own.first { $0.label == value && (threshold == nil || own.count == 1) }
        labels.append(MaskLabel(value: value, name: segment?.name, layer: layer, voxels: voxels))
      }
    }
    let nanCount = stored.volumes.reduce(0) { $0 + $1.samples.nanCount }
    var findings: [Finding] = []
    if nanCount > 0 {
      findings.append(
        Finding(.warning, path, "\(nanCount) voxels are not numbers (NaN); they count as background."))
    }
    if deviation > 0 {
      findings.append(
        Finding(.note, path, "labels are whole numbers but for rounding (by up to \(shortText(deviation))): rounded."))
    }
    let empty = stored.segments.filter { segment in
      threshold == nil && (count == 1 || volume == nil || segment.volume == volume)
        && !labels.contains { $0.value == segment.label && $0.layer == segment.volume }
    }
    self.init(
      path: path, geometry: stored.volumes[0].geometry, labels: labels, findings: findings,
      refused: empty.map { RefusedRegion(value: $0.label, name: $0.name, why: "it has no voxels.") })
  }

  /// The labels of a mask that was stored as regions.
  package init(path: String, _ stored: StoredMask) {
    self.init(
      path: path, geometry: stored.geometry, labels: stored.labels, findings: stored.findings, refused: stored.refused)
  }

  private init(
    path: String, geometry: Geometry, labels: [MaskLabel], findings: [Finding],
    refused: [RefusedRegion] = []
  ) {
    self.path = path
    self.geometry = geometry
    self.labels = labels
    self.findings = findings
    self.refused = refused
  }

  /// Runs of labels, and how far stored values are at most from whole numbers.
  private typealias Found = (runs: [(Int, RowSpans)], deviation: Double)

  private static func runs(
    of scan: Scan, _ path: String, _ threshold: Double?
  ) throws(StudyError) -> Found {
    switch scan.samples {
    case .int8(let values): try runs(whole: values, scan, path, threshold)
    case .uint8(let values): try runs(whole: values, scan, path, threshold)
    case .int16(let values): try runs(whole: values, scan, path, threshold)
    case .uint16(let values): try runs(whole: values, scan, path, threshold)
    case .int32(let values): try runs(whole: values, scan, path, threshold)
    case .uint32(let values): try runs(whole: values, scan, path, threshold)
    case .int64(let values): try runs(values, scan, path, threshold) { Double($0) }
    case .uint64(let values): try runs(values, scan, path, threshold) { Double($0) }
    case .float(let values): try runs(values, scan, path, threshold) { Double($0) }
    case .double(let values): try runs(values, scan, path, threshold) { $0 }
    }
  }

  private static func runs<Label: FixedWidthInteger & BitwiseCopyable>(
    whole values: [Label], _ scan: Scan, _ path: String, _ threshold: Double?
  ) throws(StudyError) -> Found {
    if threshold == nil, scan.slope == 1, scan.intercept == 0 {
      return (try labels(labelRuns(values, size: scan.geometry.size, stopsAtImages: true), path), 0)
    }
    return try runs(values, scan, path, threshold) { Double($0) }
  }

  /// Samples that are converted one by one, never all at once.
  private static func runs<Sample>(
    _ values: [Sample], _ scan: Scan, _ path: String, _ threshold: Double?, _ number: @escaping (Sample) -> Double
  ) throws(StudyError) -> Found {
    let size = scan.geometry.size, slope = scan.slope, intercept = scan.intercept
    let isPlain = slope == 1 && intercept == 0
    func value(_ index: Int) -> Double { isPlain ? number(values[index]) : slope * number(values[index]) + intercept }
    if let threshold {
      let voxels = RowSpans(size: size) { value($0) >= threshold }
      if voxels.isEmpty, let highest = values.indices.lazy.map(value).filter(\.isFinite).max(), highest != 0 {
        throw StudyError.at(
          path,
          "no voxel reaches the threshold \(numberText(threshold)); the highest value is \(shortText(highest)).")
      }
      return (voxels.isEmpty ? [] : [(1, voxels)], 0)
    }
    let deviation = try requireWhole(values.indices.lazy.map(value), path)
    let runs = try labels(
      labelRuns(size: size, stopsAtImages: true) { (index) -> Int32 in
        let label = value(index)
        return label.isNaN ? 0 : Int32(label.rounded())
      }, path)
    return (runs, deviation)
  }

  private static func labels(_ runs: [(Int, RowSpans)]?, _ path: String) throws(StudyError) -> [(Int, RowSpans)] {
    guard let runs else {
      throw StudyError.at(
        path,
        "there are many values that change from voxel to voxel; this looks like an image, not a mask. "
          + "Give the image first and the mask second.", .nameThreshold(nil))
    }
    if let lowest = runs.first?.0, lowest < 0 {
      throw notAMask(path, Double(lowest), Double(runs.last!.0), isWhole: true)
    }
    return runs
  }

  /// Slopes of a header and resampling leave labels beside whole numbers by this much at most.
  private static let roundingOfLabels = 1e-3

  /// - Returns: The greatest distance from a whole number.
  private static func requireWhole(_ values: some Sequence<Double>, _ path: String) throws(StudyError) -> Double {
    var deviation = 0.0, lowest = 0.0, highest = 0.0
    for value in values where !(value == 0 || value.isNaN) {
      let whole = value.rounded()
      deviation = max(deviation, value.isFinite ? abs(value - whole) : 0)
      lowest = min(lowest, deviation > roundingOfLabels ? value : whole)
      highest = max(highest, deviation > roundingOfLabels ? value : whole)
    }
    guard deviation <= roundingOfLabels, lowest >= 0, highest <= Double(Int32.max) else {
      throw notAMask(path, lowest, highest, isWhole: deviation <= roundingOfLabels)
    }
    return deviation
  }

  private static func notAMask(_ path: String, _ lowest: Double, _ highest: Double, isWhole: Bool) -> StudyError {
    let isSoft = lowest >= 0 && highest <= 1
    return StudyError.at(
      path,
      "values run from \(shortText(lowest)) to \(shortText(highest)) and "
        + (!isWhole ? "not all are whole numbers" : lowest < 0 ? "some are negative" : "some are too large")
        + (isSoft ? "." : "; this looks like an image, not a mask. Labels must be whole numbers from 0 (background)."),
      isSoft ? .nameThreshold(highest / 2) : nil)
  }

  /// The same labels on the grid of `image`: unchanged, with axes in its order, or resampled if that is asked for.
  /// - `reason`: What more to say and what to do where grids differ; asked only then.
  package func matched(
    to image: Geometry, named imagePath: String, tolerance: Double, resample: Bool,
    reason: () -> (more: String, advice: Advice) = { ("", .resampleMask) }
  ) throws(StudyError) -> (LabelMap, [Finding]) {
    switch GridMatch(geometry, to: image, tolerance: tolerance) {
    case .same:
      return (LabelMap(path: path, geometry: image, labels: labels, findings: [], refused: refused), findings)
    case .reordered(let axes, let flips):
      let note = "the mask's axes are permuted or flipped against the image's; they were put in its order."
      return (moved(to: image) { $0.reordered(axes: axes, flips: flips) }, findings + [Finding(.note, path, note)])
    case .different(let differences):
      let what = differences.joined(separator: "; ")
      guard resample else {
        let (more, advice) = reason()
        throw StudyError.at(path, "the mask's grid is not that of \(imagePath). \(what).\(more)", advice)
      }
      let note = "the mask was resampled onto the image's grid by the nearest label (\(what))."
      let resampled = moved(to: image) { $0.nearest(on: image, outside: 0) }
      return (resampled.refusing(lost(in: resampled)), findings + [Finding(.warning, path, note)] + outside(image))
    }
  }

  /// The same voxels, taken as those of another grid of this size.
  func recast(on grid: Geometry) -> LabelMap {
    LabelMap(path: path, geometry: grid, labels: labels, findings: findings, refused: refused)
  }

  /// Labels that have no voxel on another grid.
  private func lost(in other: LabelMap) -> [RefusedRegion] {
    labels.filter { label in !other.labels.contains { $0.value == label.value && $0.layer == label.layer } }
      .map {
        RefusedRegion(value: $0.value, name: $0.name ?? "\($0.value)", why: "no voxel is left on the image's grid.")
      }
  }

  private func refusing(_ more: [RefusedRegion]) -> LabelMap {
    LabelMap(path: path, geometry: geometry, labels: labels, findings: findings, refused: refused + more)
  }

  /// Labels of which a part lies where the image has no voxel.
  private func outside(_ image: Geometry) -> [Finding] {
    let half = 0.5 + GridMatch.tolerance, last = SIMD3<Double>(image.size) - 1 + half
    return labels.compactMap { label in
      let count = label.voxels.spans.reduce(0) { count, span in
        count
          + (span.x..<span.x + span.count).count { x in
            let place = image.index(of: geometry.position(of: [Double(x), Double(span.y), Double(span.z)]))
            return any(place .< SIMD3(repeating: -half)) || any(place .> last)
          }
      }
      return Finding.partOutside(count, of: label, path)
    }
  }

  /// Each layer as an image of labels, moved to another grid.
  private func moved(to image: Geometry, _ move: (Volume<Int32>) -> Volume<Int32>) -> LabelMap {
    var moved: [MaskLabel] = []
    for layer in Set(labels.map(\.layer)).sorted() {
      let present = labels.filter { $0.layer == layer }
      var values = [Int32](repeating: 0, count: geometry.count)
      for label in present { label.voxels.fill(&values, with: Int32(truncatingIfNeeded: label.value)) }
      let voxels = move(Volume(geometry: geometry, voxels: values)).voxels
      for (value, voxels) in labelRuns(voxels, size: image.size)! {
        let name = present.first { $0.value == value }?.name
        moved.append(MaskLabel(value: value, name: name, layer: layer, voxels: voxels))
      }
    }
    return LabelMap(path: path, geometry: image, labels: moved, findings: [], refused: refused)
  }
}

extension Scan.Samples {
  /// Samples that are no number.
  fileprivate var nanCount: Int {
    switch self {
    case .float(let values): values.count(where: \.isNaN)
    case .double(let values): values.count(where: \.isNaN)
    default: 0
    }
  }
}
