import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// A region to be written as a segment.
public struct OutlinedRegion: Sendable {
  /// Its name.
  public let name: String
  /// Its voxels on the image's grid.
  public let voxels: RowSpans
  let trackingUID = UID.new()

  /// A region of an image.
  public init(name: String, voxels: RowSpans) {
    self.name = name
    self.voxels = voxels
  }
}

extension DICOMReference {
  /// A binary DICOM Segmentation (PS3.3 A.51): one segment for each region, one frame for each slice in which it has voxels.
  /// - Throws: `FormatError` if a region has no voxels.
  public func segmentation(_ regions: [OutlinedRegion], _ now: Timestamp) throws(FormatError) -> DICOMObject {
    let path = series.headers[0].path
    for region in regions where region.voxels.isEmpty {
      throw FormatError(path, "region '\(region.name)' has no voxels, a segment needs some.")
    }
    precondition(regions.allSatisfy { $0.voxels.size == geometry.size }, "regions on the image's grid")
    var data = commonModules(
      "1.2.840.10008.5.1.4.1.1.66.4", modality: "SEG", number: 1001, description: "Segmentation of regions", now)
    data.set(.frameOfReferenceUID, VR("UI"), frameOfReferenceUID)
    data.set(.positionReferenceIndicator, VR("LO"), "")
    data.set(.imageType, VR("CS"), "DERIVED\\PRIMARY")
    data.set(.samplesPerPixel, VR("US"), 1)
    data.set(.photometricInterpretation, VR("CS"), "MONOCHROME2")
    data.set(.rows, VR("US"), geometry.size.y)
    data.set(.columns, VR("US"), geometry.size.x)
    data.set(.bitsAllocated, VR("US"), 1)
    data.set(.bitsStored, VR("US"), 1)
    data.set(.highBit, VR("US"), 0)
    data.set(.pixelRepresentation, VR("US"), 0)
    data.set(.lossyImageCompression, VR("CS"), "00")
    data.set(.segmentationType, VR("CS"), "BINARY")
    data.set(.contentLabel, VR("CS"), "SEGMENTATION")
    data.set(.contentDescription, VR("LO"), "Regions that were measured")
    data.set(.contentCreatorName, VR("PN"), "")
    data.set(.segmentSequence, regions.enumerated().map { Self.segment($1, number: $0 + 1) })
    data.set(.referencedSeriesSequence, [referencedSeries])
    setDimensions(
      &data,
      [(.referencedSegmentNumber, .segmentIdentificationSequence), (.imagePositionPatient, .planePositionSequence)])
    data.set(.sharedFunctionalGroupsSequence, [sharedGroups(of: geometry)])
    var frames: [DataSet] = [], bits = PackedBits(count: geometry.size.x * geometry.size.y)
    for (index, region) in regions.enumerated() {
      let slices = Dictionary(grouping: region.voxels.spans, by: \.z).sorted { $0.key < $1.key }
      for (slice, spans) in slices {
        var groups = frameGroups(slice, of: geometry, dimensions: [index + 1, slice + 1])
        groups.set(.segmentIdentificationSequence, [DataSet { $0.set(.referencedSegmentNumber, VR("US"), index + 1) }])
        frames.append(groups)
        bits.append(spans, width: geometry.size.x)
      }
    }
    data.set(.perFrameFunctionalGroupsSequence, frames)
    data.set(.numberOfFrames, VR("IS"), "\(frames.count)")
    data.elements[.pixelData] = .init(vr: VR("OB"), value: .bytes(bits.bytes))
    return DICOMObject(dataSet: data)
  }

  private static func segment(_ region: OutlinedRegion, number: Int) -> DataSet {
    let tissue = Code("85756007", "SCT", "Tissue")
    return DataSet { item in
      item.set(.segmentNumber, VR("US"), number)
      item.set(.segmentLabel, VR("LO"), String(region.name.prefix(64)))
      // A mask's file does not say who drew it.
      item.set(.segmentAlgorithmType, VR("CS"), "SEMIAUTOMATIC")
      item.set(.segmentAlgorithmName, VR("LO"), "not stated")
      item.set(.segmentedPropertyCategoryCodeSequence, tissue)
      item.set(.segmentedPropertyTypeCodeSequence, tissue)
      item.set(.trackingID, VR("UT"), region.name)
      item.set(.trackingUID, VR("UI"), region.trackingUID)
    }
  }

  /// The dimensions by which frames are ordered.
  func setDimensions(_ data: inout DataSet, _ pointers: [(index: Tag, group: Tag)]) {
    let uid = UID.new()
    data.set(.dimensionOrganizationSequence, [DataSet { $0.set(.dimensionOrganizationUID, VR("UI"), uid) }])
    data.set(
      .dimensionIndexSequence,
      pointers.map { pointer in
        DataSet { item in
          item.set(.dimensionOrganizationUID, VR("UI"), uid)
          item.set(.dimensionIndexPointer, VR("AT"), [Double(pointer.index.group), Double(pointer.index.element)])
          item.set(.functionalGroupPointer, VR("AT"), [Double(pointer.group.group), Double(pointer.group.element)])
        }
      })
  }

  /// What all frames share: orientation and sizes.
  func sharedGroups(of geometry: Geometry) -> DataSet {
    DataSet { groups in
      groups.set(
        .planeOrientationSequence,
        [
          DataSet { item in
            let row = geometry.direction.x, column = geometry.direction.y
            item.set(.imageOrientationPatient, decimals: [row.x, row.y, row.z, column.x, column.y, column.z])
          }
        ])
      groups.set(
        .pixelMeasuresSequence,
        [
          DataSet { item in
            item.set(.sliceThickness, decimals: [geometry.spacing.z])
            item.set(.spacingBetweenSlices, decimals: [geometry.spacing.z])
            item.set(.pixelSpacing, decimals: [geometry.spacing.y, geometry.spacing.x])
          }
        ])
    }
  }

  /// A frame's place, and the image it was made from.
  func frameGroups(
    _ slice: Int, of grid: Geometry, dimensions: [Int], derivation: Code = Code("113076", "DCM", "Segmentation")
  ) -> DataSet {
    DataSet { groups in
      groups.set(
        .frameContentSequence, [DataSet { $0.set(.dimensionIndexValues, VR("UL"), dimensions.map(Double.init)) }])
      let position = grid.position(of: [0, 0, Double(slice)])
      groups.set(
        .planePositionSequence,
        [DataSet { $0.set(.imagePositionPatient, decimals: [position.x, position.y, position.z]) }])
      guard grid == geometry, let frame = frame(slice) else { return }
      groups.set(
        .derivationImageSequence,
        [
          DataSet { item in
            item.set(.derivationCodeSequence, derivation)
            var source = reference(frame)
            source.set(
              .purposeOfReferenceCodeSequence, Code("121322", "DCM", "Source image for image processing operation"))
            item.set(.sourceImageSequence, [source])
          }
        ])
    }
  }
}

/// Bits of frames that follow each other, the first pixel in the lowest bit.
private struct PackedBits {
  private(set) var bytes: [UInt8] = []
  private let count: Int
  private var start = 0

  /// Frames of `count` pixels.
  init(count: Int) { self.count = count }

  /// Adds a frame.
  mutating func append(_ spans: [RowSpans.Span], width: Int) {
    let needed = (start + count + 7) / 8
    bytes += [UInt8](repeating: 0, count: needed + needed % 2 - bytes.count)
    for span in spans {
      let first = start + span.y * width + span.x
      for bit in first..<first + span.count { bytes[bit >> 3] |= 1 << UInt8(bit & 7) }
    }
    start += count
  }
}
