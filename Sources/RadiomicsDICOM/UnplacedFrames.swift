import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

extension Header {
  /// Whether the size or the place of the pixels is not known: secondary captures, images that lost their functional groups.
  var isUnplaced: Bool {
    guard kind == .image else { return false }
    let shared = dataSet.item(.sharedFunctionalGroupsSequence)
    let frames = dataSet.items(.perFrameFunctionalGroupsSequence)
    guard shared == nil, frames.isEmpty, !isEnhanced else {
      let groups = frames.isEmpty ? [DataSet()] : frames
      return !groups.allSatisfy { frame in
        Frame.placeGroups.allSatisfy { (frame.item($0.sequence) ?? shared?.item($0.sequence))?.has($0.tag) ?? false }
      }
    }
    let hasSize = [Tag.pixelSpacing, .imagerPixelSpacing].contains { dataSet.text($0) != nil }
    let hasPlace = dataSet.has(.imagePositionPatient) || Stack.isPlanar(modality)
    return !hasPlace || !hasSize && UltrasoundRegion.all(dataSet).isEmpty
  }
}

extension DICOMSeries {
  /// Each file as a volume of its frames, one above the other, on a grid of 1 mm.
  func unitStacks() throws(FormatError) -> (stacks: [Stack], findings: [Finding]) {
    var stacks: [Stack] = []
    for (number, header) in headers.enumerated() {
      let frames = try Frame.unplaced(header, number: number)
      stacks.append(
        Stack(
          frames: frames, rows: header.dataSet.integer(.rows) ?? 0, columns: header.dataSet.integer(.columns) ?? 0,
          title: headers.count == 1 ? "" : "image \(number + 1)", path: header.path, isPlanar: true))
    }
    let finding = Finding(
      .warning, headers[0].path,
      "it does not say the size and place of its pixels; they are put on a grid of 1 x 1 x 1 mm from the origin, so sizes "
        + "and places mean nothing. No feature can be measured on it.")
    return (stacks, [finding])
  }
}

extension Frame {
  /// Frames on a grid of 1 mm.
  fileprivate static func unplaced(_ header: Header, number: Int) throws(FormatError) -> [Frame] {
    try checkFrameCount(of: header)
    let data = header.dataSet, perFrame = data.items(.perFrameFunctionalGroupsSequence)
    var frames: [Frame] = []
    for index in 0..<header.frameCount {
      let frame = index < perFrame.count ? perFrame[index] : DataSet(),
        shared = data.item(.sharedFunctionalGroupsSequence)
      func group(_ sequence: Tag) -> DataSet? { frame.item(sequence) ?? shared?.item(sequence) }
      let transformation = group(.pixelValueTransformationSequence) ?? data
      let map = RealWorldMap(
        group(.realWorldValueMappingSequence) ?? data.item(.realWorldValueMappingSequence),
        isUsed: transformation.text(.rescaleSlope) == nil)
      frames.append(
        Frame(
          header: number, index: index, path: header.path, number: header.frameCount > 1 ? index + 1 : nil,
          position: [0, 0, Double(index)], row: [1, 0, 0], column: [0, 1, 0], spacing: [1, 1], regions: [],
          thickness: nil,
          rescale: try rescale(transformation, map, header.path), realWorld: map, marks: [:],
          sopInstanceUID: header.sopInstanceUID))
    }
    return frames
  }
}
