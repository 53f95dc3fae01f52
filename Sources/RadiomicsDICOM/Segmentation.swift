import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// The segments of a DICOM Segmentation, PS3.3 A.51: binary, fractional or a label map. Segments may overlap; frames that
/// are missing are empty.
struct Segmentation {
  let header: Header
  private let frames: [Frame]
  private let layout: (rows: Int, columns: Int, bits: Int)
  private let names: [Int: String]
  /// Label maps: the value of pixels that belong to no segment.
  private let background: Int

  private enum Kind: String { case binary = "BINARY", fractional = "FRACTIONAL", labelMap = "LABELMAP" }
  private let kind: Kind

  /// - Throws: `FormatError` where it does not say what a frame shows.
  init(_ header: Header) throws(FormatError) {
    self.header = header
    let data = header.dataSet, path = header.path
    let type = data.text(.segmentationType) ?? ""
    guard let kind = Kind(rawValue: type) else {
      throw FormatError(path, "Segmentation Type is '\(type)', must be BINARY, FRACTIONAL or LABELMAP.")
    }
    self.kind = kind
    guard let rows = data.integer(.rows), let columns = data.integer(.columns), let bits = data.integer(.bitsAllocated),
      (1...65535).contains(rows), (1...65535).contains(columns), [1, 8, 16].contains(bits),
      (bits == 1) == (kind == .binary)
    else { throw FormatError(path, "Rows, Columns or Bits Allocated do not fit a \(type.lowercased()) segmentation.") }
    layout = (rows, columns, bits)
    var names: [Int: String] = [:]
    for segment in data.items(.segmentSequence) {
      if let number = segment.integer(.segmentNumber) { names[number] = segment.text(.segmentLabel) ?? "\(number)" }
    }
    guard !names.isEmpty else { throw FormatError(path, "it describes no segments (Segment Sequence).") }
    background = Self.background(data)
    // A label map may describe what is outside as if it were a segment.
    if kind == .labelMap { names[background] = nil }
    self.names = names
    frames = try Frame.all(of: header, number: 0)
  }

  /// Pixel Padding Value; without one 0, unless that is a segment like any other.
  private static func background(_ data: DataSet) -> Int {
    if let padding = data.integer(.pixelPaddingValue) { return padding }
    let isRegion = data.items(.segmentSequence).contains { segment in
      segment.integer(.segmentNumber) == 0 && segment.text(.segmentLabel)?.lowercased() != "background"
        && segment.item(.segmentedPropertyTypeCodeSequence)?.text(.codeValue) != "125040"
    }
    return isRegion ? -1 : 0
  }

  /// Series that the segments were drawn on.
  var referencedSeries: [String] {
    header.dataSet.items(.referencedSeriesSequence).compactMap { $0.text(.seriesInstanceUID) }
  }

  /// Every segment, on the grid of `image` where its voxels are the image's, else on the segmentation's own.
  /// - `threshold`: From which part on a fractional voxel belongs.
  func mask(on image: Geometry?, threshold: Double?) throws(FormatError) -> StoredMask {
    if kind == .fractional, threshold == nil {
      throw FormatError(
        header.path,
        "it is fractional (\(header.dataSet.text(.segmentationFractionalType) ?? "of unknown kind")); it must be said from which part on a voxel belongs.",
        advice: .nameThreshold(0.5))
    }
    let grid = try grid(image)
    let spans = try spans(grid.slices, grid.geometry.size, threshold)
    var geometry = grid.geometry, findings = header.findings
    var labels = spans.sorted { $0.key < $1.key }.enumerated().map { layer, segment in
      MaskLabel(value: segment.key, name: names[segment.key], layer: layer, voxels: segment.value)
    }
    if let image, let placed = Placement(geometry, in: image) {
      labels = labels.compactMap { label in
        guard let inside = placed.voxels(label.voxels) else { return nil }
        if let finding = Finding.partOutside(label.voxels.count - inside.count, of: label, header.path) {
          findings.append(finding)
        }
        return MaskLabel(value: label.value, name: label.name, layer: label.layer, voxels: inside)
      }
      geometry = image
    }
    let missing = names.keys.filter { number in !labels.contains { $0.value == number } }.sorted()
    return StoredMask(
      geometry: geometry, labels: labels,
      refused: missing.map {
        let why = spans[$0] == nil ? "it has no voxels." : "none of its voxels lies within the image."
        return RefusedRegion(value: $0, name: names[$0]!, why: why)
      }, findings: findings, files: [header.path])
  }

  /// The grid that holds all frames, and the slice of each.
  private func grid(_ image: Geometry?) throws(FormatError) -> (geometry: Geometry, slices: [Int]) {
    let first = frames[0], normal = first.normal, path = header.path
    guard frames.allSatisfy({ ($0.row - first.row).length < 1e-3 && ($0.column - first.column).length < 1e-3 }),
      let start = first.position
    else { throw FormatError(path, "its frames are turned against each other, must be parallel.") }
    let distances = frames.map { ($0.position! - start).dot(normal) }
    let shifts = zip(frames, distances).map { (($0.position! - start) - normal * $1).length }
    guard shifts.max()! <= 0.05 * first.spacing.min() else {
      throw FormatError(path, "its frames are shifted against each other within their plane, must be above each other.")
    }
    let lowest = distances.min()!, sorted = Set(distances.map { ($0 * 1e4).rounded() / 1e4 }).sorted()
    let gaps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.filter { $0 > Stack.Spread.same }
    let along = image.flatMap { image in (0..<3).first { abs(image.direction[$0].dot(normal)) > 0.999 } }
    let ofImage = along.map { image!.spacing[$0] }, stated = header.spacingBetweenSlices
    // What the file states decides; the image's own number only where both mean the same.
    let isImages = stated.flatMap { stated in ofImage.map { abs($0 / stated - 1) < 1e-3 } } ?? true
    let steps = [isImages ? ofImage : nil, stated, gaps.min(), first.thickness, 1].compactMap { $0 }
    let isEven = { (step: Double) in
      distances.allSatisfy { abs(($0 - lowest) / step - (($0 - lowest) / step).rounded()) < Stack.Spread.tolerance }
    }
    guard let step = steps.first(where: { isEven($0) }) else {
      throw FormatError(path, "its frames do not lie on an even grid.")
    }
    guard (distances.max()! - lowest) / step < Double(100 * frames.count + 10000) else {
      throw FormatError(path, "its frames lie too far apart to be of one image.")
    }
    let slices = distances.map { Int((($0 - lowest) / step).rounded()) }
    do {
      let geometry = try Geometry(
        size: [layout.columns, layout.rows, slices.max()! + 1], spacing: [first.spacing.x, first.spacing.y, step],
        origin: start + normal * lowest, direction: Matrix3(first.row, first.column, normal))
      return (geometry, slices)
    } catch { throw FormatError(path, "\(error.description).") }
  }

  /// The runs of each segment.
  private func spans(
    _ slices: [Int], _ size: SIMD3<Int>, _ threshold: Double?
  ) throws(FormatError) -> [Int: RowSpans] {
    let file = try DICOMFile(header.path)
    let pixels = try SegmentPixels(file, header, layout)
    let limit = (threshold ?? 0) * (header.dataSet.number(.maximumFractionalValue) ?? 255)
    var spans: [Int: [RowSpans.Span]] = [:]
    let perFrame = header.dataSet.items(.perFrameFunctionalGroupsSequence)
    let shared = header.dataSet.item(.sharedFunctionalGroupsSequence)
    for index in slices.indices.sorted(by: { (slices[$0], $0) < (slices[$1], $1) }) {
      if kind == .labelMap {
        // One more than the label, as 0 is left out.
        try pixels.runs(index, slice: slices[index]) { [background] in $0 == background ? 0 : $0 + 1 }
          .forEach { label, found in spans[label - 1, default: []] += found }
        continue
      }
      let identification =
        (index < perFrame.count ? perFrame[index] : nil)?.item(.segmentIdentificationSequence)
        ?? shared?.item(.segmentIdentificationSequence)
      guard let number = identification?.integer(.referencedSegmentNumber), names[number] != nil else {
        throw FormatError(header.path, "frame \(index + 1) does not say which segment it shows.")
      }
      let found = try pixels.runs(index, slice: slices[index]) { [kind] value in
        kind == .binary ? (value != 0 ? 1 : 0) : (value > 0 && Double(value) >= limit ? 1 : 0)
      }
      spans[number, default: []] += found[1] ?? []
    }
    return spans.filter { names[$0.key] != nil && !$0.value.isEmpty }
      .mapValues { RowSpans(unionOf: [RowSpans(size: size, spans: $0)], size: size) }
  }
}

/// The pixels of a segmentation's frames.
private struct SegmentPixels {
  let file: DICOMFile
  let rows, columns, bits: Int
  /// All frames, if they follow each other uncompressed.
  let packed: [UInt8]?

  init(_ file: DICOMFile, _ header: Header, _ layout: (rows: Int, columns: Int, bits: Int)) throws(FormatError) {
    self.file = file
    (rows, columns, bits) = layout
    if file.transferSyntax.isEncapsulated {
      guard bits > 1 else { throw FormatError(header.path, "its one-bit pixels are compressed, which is not read.") }
      try PixelLayout(header).check(header, fileSize: WholeFile.size(of: header.path))
      packed = nil
    } else {
      let bytes = try file.bytes(of: .pixelData)
      let needed = (rows * columns * header.frameCount * bits + 7) / 8
      guard bytes.count >= needed else {
        throw FormatError(
          header.path,
          "its pixels need \(needed) bytes, there are \(bytes.count). It is cut short, or its header is wrong.")
      }
      packed = bytes
    }
  }

  /// The runs of one value each, of the values that `label` gives pixels; 0 is left out.
  func runs(
    _ frame: Int, slice: Int, _ label: (Int) -> Int
  ) throws(FormatError) -> [Int: [RowSpans.Span]] {
    let value = try reading(frame)
    var runs: [Int: [RowSpans.Span]] = [:]
    for y in 0..<rows {
      var x = 0
      while x < columns {
        let found = label(value(y * columns + x)), start = x
        repeat { x += 1 } while x < columns && label(value(y * columns + x)) == found
        if found != 0 { runs[found, default: []].append(.init(x: start, y: y, z: slice, count: x - start)) }
      }
    }
    return runs
  }

  /// What reads the pixels of a frame.
  private func reading(_ frame: Int) throws(FormatError) -> (Int) -> Int {
    let count = rows * columns
    if bits == 1, let packed {
      return { pixel in
        let bit = frame * count + pixel
        return Int(packed[bit >> 3] >> (bit & 7) & 1)
      }
    }
    var bytes = packed ?? [], start = frame * count * bits / 8
    if packed == nil {
      bytes = [UInt8](repeating: 0, count: count * bits / 8)
      start = 0
      var failure: FormatError?
      bytes.withUnsafeMutableBytes { buffer in
        do throws(FormatError) { try file.decode(frame: frame, into: buffer) } catch { failure = error }
      }
      if let failure { throw failure }
    }
    let samples = bytes, first = start
    return bits == 8
      ? { Int(samples[first + $0]) } : { Int(samples[first + 2 * $0]) | Int(samples[first + 2 * $0 + 1]) << 8 }
  }
}

extension Header {
  fileprivate var spacingBetweenSlices: Double? {
    let measures = dataSet.item(.sharedFunctionalGroupsSequence)?.item(.pixelMeasuresSequence)
    return measures?.number(.spacingBetweenSlices).flatMap { $0 > 0 ? $0 : nil }
  }
}
