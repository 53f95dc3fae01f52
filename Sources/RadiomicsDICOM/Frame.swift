import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// One plane of pixels and its place in the patient: a file of its own, or a frame of one.
struct Frame: Sendable {
  /// Which header of the series it belongs to, and which frame of that file, from 0.
  let header, index: Int
  /// The file it is in, and its number there if it is one of several.
  let path: String, number: Int?
  /// Centre of the first pixel, LPS, mm; nil if the file does not place it.
  let position: SIMD3<Double>?
  /// Unit vectors along a row and down a column.
  let row, column: SIMD3<Double>
  /// Distance of pixel centres along a row and down a column, mm.
  let spacing: SIMD2<Double>
  /// Ultrasound: where pixels have that distance; empty for everywhere.
  let regions: [UltrasoundRegion]
  /// The slice thickness that the file states, mm.
  let thickness: Double?
  /// Stored to intensity.
  var rescale: Rescale
  /// The frame's real-world value map, if it is a line.
  let realWorld: RealWorldMap?
  /// What tells frames at one place apart, by what it is: `echo time 2.3 ms`.
  let marks: [Mark: String]
  /// The object it comes from.
  let sopInstanceUID: String

  /// The normal of the plane.
  var normal: SIMD3<Double> { row.cross(column) }
}

/// Stored values to those of the real world.
struct RealWorldMap: Sendable, Hashable {
  let rescale: Rescale
  let unit: String?
  /// Whether it gives the intensities, as there is no slope.
  let isUsed: Bool

  /// The first map of a frame or an image; nil if there is none, or it is a table.
  init?(_ map: DataSet?, isUsed: Bool) {
    guard let map, let slope = map.number(.realWorldValueSlope), slope != 0,
      let intercept = map.number(.realWorldValueIntercept)
    else { return nil }
    rescale = Rescale(slope: slope, intercept: intercept)
    unit = map.item(.measurementUnitsCodeSequence)?.text(.codeValue)
    self.isUsed = isUsed
  }
}

/// Intensity = slope · sample + intercept.
struct Rescale: Sendable, Hashable {
  var slope = 1.0
  var intercept = 0.0
}

/// What may tell frames at one place apart, in the order in which it is asked.
enum Mark: String, CaseIterable, Sendable {
  case stack, temporalPosition, acquisition, echoTime, bValue, triggerTime, imageType, contrast, contentTime

  /// In words, before the value.
  var name: String {
    switch self {
    case .stack: "stack"
    case .temporalPosition: "temporal position"
    case .acquisition: "acquisition"
    case .echoTime: "echo time (ms)"
    case .bValue: "b-value (s/mm2)"
    case .triggerTime: "trigger time (ms)"
    case .imageType: "image type"
    case .contrast: "contrast agent"
    case .contentTime: "time of content"
    }
  }

  /// Those that say by themselves what an image is; a time may be that of a copy.
  static let telling = allCases.filter { $0 != .contentTime }
}

extension Frame {
  /// The frames of a file, in its order.
  /// - Throws: `FormatError` where a number that places a frame is missing or contradicts another.
  static func all(of header: Header, number: Int) throws(FormatError) -> [Frame] {
    let frames = try placed(header, number)
    for frame in frames {
      guard let position = frame.position, !(abs(position.x) <= 1e6 && abs(position.y) <= 1e6 && abs(position.z) <= 1e6)
      else { continue }
      throw FormatError(
        header.path, "frame \(frame.index + 1) lies more than a kilometre from the origin. Export it again.")
    }
    return frames
  }

  private static func placed(_ header: Header, _ number: Int) throws(FormatError) -> [Frame] {
    let data = header.dataSet, path = header.path
    try checkFrameCount(of: header)
    let shared = data.item(.sharedFunctionalGroupsSequence), perFrame = data.items(.perFrameFunctionalGroupsSequence)
    if shared != nil || !perFrame.isEmpty || header.isEnhanced {
      return try enhanced(header, number, shared, perFrame)
    }
    let offsets = data.numbers(.gridFrameOffsetVector)
    let placing = data.item(.detectorInformationSequence).map { data.merging($0) } ?? data
    let plane = try plane(placing, path), sizes = try sizes(placing, path)
    let map = RealWorldMap(data.item(.realWorldValueMappingSequence), isUsed: data.text(.rescaleSlope) == nil)
    let rescale = try rescale(data, map, path)
    let marks = marks(of: data)
    var frames: [Frame] = []
    for index in 0..<header.frameCount {
      var position = plane.position
      if header.frameCount > 1, let start = position {
        guard let offset = try offset(of: index, header, offsets) else {
          throw FormatError(path, "its \(header.frameCount) frames have no places of their own. Give single frames.")
        }
        position = start + plane.row.cross(plane.column) * offset
      }
      for (spacing, regions) in sizes {
        frames.append(
          Frame(
            header: number, index: index, path: path, number: header.frameCount > 1 ? index + 1 : nil,
            position: position, row: plane.row, column: plane.column, spacing: spacing, regions: regions,
            thickness: data.thickness, rescale: rescale, realWorld: map, marks: marks,
            sopInstanceUID: header.sopInstanceUID))
      }
    }
    return frames
  }

  static func checkFrameCount(of header: Header) throws(FormatError) {
    guard try header.frameCount <= WholeFile.size(of: header.path) else {
      throw FormatError(header.path, "it says \(header.frameCount) frames, more than it has bytes. Copy it again.")
    }
  }

  /// The functional groups that place a frame, and what each must hold.
  static let placeGroups: [(sequence: Tag, tag: Tag, name: String)] = [
    (.planePositionSequence, .imagePositionPatient, "Plane Position Sequence"),
    (.planeOrientationSequence, .imageOrientationPatient, "Plane Orientation Sequence"),
    (.pixelMeasuresSequence, .pixelSpacing, "Pixel Measures Sequence"),
  ]

  /// How far a frame lies from the first along the normal: dose grids list it, tomographic NM has equal steps.
  private static func offset(of index: Int, _ header: Header, _ offsets: [Double]?) throws(FormatError) -> Double? {
    if let offsets {
      guard offsets.count == header.frameCount else {
        throw FormatError(
          header.path, "Grid Frame Offset Vector has \(offsets.count) values, there are \(header.frameCount) frames.")
      }
      // PS3.3 C.8.8.3.2: absolute positions where the first is not 0.
      return offsets[index] - offsets[0]
    }
    // Only slices of one reconstruction lie evenly; gated, dynamic and raw frames do not.
    let kind = header.dataSet.texts(.imageType).dropFirst(2).first
    if header.modality == "NM", kind == "RECON TOMO", let step = header.dataSet.number(.spacingBetweenSlices) {
      return Double(index) * step
    }
    return nil
  }

  private static func enhanced(
    _ header: Header, _ number: Int, _ shared: DataSet?, _ perFrame: [DataSet]
  ) throws(FormatError) -> [Frame] {
    let path = header.path
    guard !perFrame.isEmpty || header.frameCount == 1 && shared != nil else {
      throw FormatError(
        path,
        "it is a multi-frame image without functional groups (Per-frame and Shared Functional Groups Sequence): its "
          + "frames have no position, orientation or spacing. Export the series again from where it came.",
        advice: .convertVoxels)
    }
    guard perFrame.count == header.frameCount || perFrame.isEmpty else {
      throw FormatError(
        path, "it says \(header.frameCount) frames and describes \(perFrame.count). Export the series again.")
    }
    var frames: [Frame] = []
    for index in 0..<header.frameCount {
      let groups = Groups(frame: perFrame.isEmpty ? DataSet() : perFrame[index], shared: shared, top: header.dataSet)
      var place = DataSet()
      for (sequence, tag, what) in placeGroups {
        guard let element = groups.item(sequence)?.elements[tag] else {
          throw FormatError(
            path,
            "frame \(index + 1) has no \(what), so its place in the patient is not known. Export the series again.")
        }
        place.elements[tag] = element
      }
      let plane = try plane(place, path)
      let transformation = groups.item(.pixelValueTransformationSequence) ?? header.dataSet
      let map = RealWorldMap(
        groups.item(.realWorldValueMappingSequence), isUsed: transformation.text(.rescaleSlope) == nil)
      frames.append(
        Frame(
          header: number, index: index, path: path, number: header.frameCount > 1 ? index + 1 : nil,
          position: plane.position, row: plane.row, column: plane.column,
          spacing: try spacing(place, path)!, regions: [], thickness: groups.item(.pixelMeasuresSequence)?.thickness,
          rescale: try rescale(transformation, map, path), realWorld: map,
          marks: groups.marks, sopInstanceUID: header.sopInstanceUID))
    }
    return frames
  }

  private static func plane(
    _ data: DataSet, _ path: String
  ) throws(FormatError) -> (position: SIMD3<Double>?, row: SIMD3<Double>, column: SIMD3<Double>) {
    guard data.has(.imagePositionPatient) || data.has(.imageOrientationPatient) else {
      return (nil, [1, 0, 0], [0, 1, 0])
    }
    guard let position = data.vector(.imagePositionPatient) else {
      throw FormatError(
        path, "Image Position (Patient) is '\(shown(data, .imagePositionPatient))', must be three numbers.")
    }
    guard let numbers = data.numbers(.imageOrientationPatient), numbers.count == 6 else {
      throw FormatError(
        path, "Image Orientation (Patient) is '\(shown(data, .imageOrientationPatient))', must be six numbers.")
    }
    let row = SIMD3(numbers[0], numbers[1], numbers[2]), column = SIMD3(numbers[3], numbers[4], numbers[5])
    guard abs(row.length - 1) < 1e-3, abs(column.length - 1) < 1e-3, abs(row.dot(column)) < 1e-3 else {
      throw FormatError(
        path,
        "Image Orientation (Patient) is '\(shown(data, .imageOrientationPatient))', must be two unit vectors at a right "
          + "angle.")
    }
    return (position, row, column)
  }

  /// The sizes that pixels have, each with the ultrasound regions where they have it.
  private static func sizes(
    _ data: DataSet, _ path: String
  ) throws(FormatError) -> [(spacing: SIMD2<Double>, regions: [UltrasoundRegion])] {
    let regions = UltrasoundRegion.all(data)
    if let spacing = try spacing(data, path) {
      if let other = regions.first(where: { !$0.agrees(with: spacing) }) {
        throw FormatError(
          path,
          "Pixel Spacing is \(shortText(spacing.x)) x \(shortText(spacing.y)) mm, but an ultrasound region has pixels of "
            + "\(shortText(other.spacing.x)) x \(shortText(other.spacing.y)) mm. Export it again, or correct what is wrong."
        )
      }
      return [(spacing, regions)]
    }
    var sizes: [(spacing: SIMD2<Double>, regions: [UltrasoundRegion])] = []
    for region in regions {
      if let place = sizes.firstIndex(where: { region.agrees(with: $0.spacing) }) {
        sizes[place].regions.append(region)
      } else {
        sizes.append((region.spacing, [region]))
      }
    }
    guard sizes.isEmpty else { return sizes }
    let what =
      data.items(.sequenceOfUltrasoundRegions).isEmpty
      ? "it has no Pixel Spacing" : "none of its ultrasound regions is an image with centimetres in both directions"
    throw FormatError(
      path, "\(what), so sizes in mm are not known. A feature needs them.", advice: .convertVoxels)
  }

  private static func spacing(_ data: DataSet, _ path: String) throws(FormatError) -> SIMD2<Double>? {
    for tag in [Tag.pixelSpacing, .imagerPixelSpacing] where data.text(tag) != nil {
      guard let numbers = data.numbers(tag), numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else {
        throw FormatError(path, "Pixel Spacing is '\(shown(data, tag))', must be two numbers above 0.")
      }
      return [numbers[1], numbers[0]]
    }
    return nil
  }

  static func rescale(_ data: DataSet, _ map: RealWorldMap?, _ path: String) throws(FormatError) -> Rescale {
    if let map, map.isUsed { return map.rescale }
    guard !data.has(.modalityLUTSequence) else {
      throw FormatError(
        path, "its intensities follow a table (Modality LUT Sequence), which is not read. Export it with slope.")
    }
    if let scaling = data.number(.doseGridScaling) { return Rescale(slope: scaling, intercept: 0) }
    for tag in [Tag.rescaleSlope, .rescaleIntercept] where data.text(tag) != nil && data.number(tag) == nil {
      throw FormatError(path, "Rescale Slope or Intercept is '\(shown(data, tag))', must be a number.")
    }
    let rescale = Rescale(slope: data.number(.rescaleSlope) ?? 1, intercept: data.number(.rescaleIntercept) ?? 0)
    guard rescale.slope != 0 else {
      throw FormatError(path, "Rescale Slope is 0, which would make every intensity the same. Export the series again.")
    }
    return rescale
  }

  private static func marks(of data: DataSet) -> [Mark: String] {
    var marks: [Mark: String] = [:]
    marks[.temporalPosition] = data.text(.temporalPositionIdentifier)
    marks[.acquisition] = data.text(.acquisitionNumber)
    marks[.echoTime] = data.text(.echoTime)
    marks[.bValue] = data.text(.diffusionBValue) ?? data.number(.diffusionBValue).map { "\($0)" }
    marks[.triggerTime] = data.text(.triggerTime)
    marks[.imageType] = data.text(.imageType)?.replacing("\\", with: "/")
    marks[.contrast] = data.text(.contrastBolusAgent)
    marks[.contentTime] = data.text(.contentTime)
    return marks
  }

  private static func shown(_ data: DataSet, _ tag: Tag) -> String {
    data.text(tag) ?? data.numbers(tag).map { "\($0)" } ?? ""
  }
}

/// Functional groups of a frame: its own, else those all frames share, else the attributes at the top.
private struct Groups {
  let frame: DataSet
  let shared: DataSet?
  let top: DataSet

  func item(_ sequence: Tag) -> DataSet? { frame.item(sequence) ?? shared?.item(sequence) }

  var marks: [Mark: String] {
    var marks: [Mark: String] = [:]
    let content = item(.frameContentSequence)
    marks[.stack] = content?.text(.stackID)
    marks[.temporalPosition] = content?.integer(.temporalPositionIndex).map { "\($0)" }
    marks[.acquisition] = content?.integer(.frameAcquisitionNumber).map { "\($0)" }
    marks[.echoTime] = item(.mrEchoSequence)?.number(.effectiveEchoTime).map { "\($0)" }
    marks[.bValue] = item(.mrDiffusionSequence)?.number(.diffusionBValue).map { "\($0)" }
    marks[.triggerTime] = item(.cardiacSynchronizationSequence)?.number(.nominalCardiacTriggerDelayTime).map { "\($0)" }
    let types = [.mrImageFrameTypeSequence, .ctImageFrameTypeSequence, .petFrameTypeSequence].lazy.compactMap {
      item($0)
    }
    marks[.imageType] = types.first?.text(.frameType)?.replacing("\\", with: "/")
    return marks
  }
}

extension DataSet {
  /// The slice thickness stated, mm.
  fileprivate var thickness: Double? { number(.sliceThickness).flatMap { $0 > 0 ? $0 : nil } }

  /// The attributes, replaced by those of `other`.
  func merging(_ other: DataSet) -> DataSet {
    DataSet(elements: elements.merging(other.elements) { $1 })
  }
}
