import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

extension DICOMReference {
  /// A Parametric Map (PS3.3 A.75) of 32-bit floating-point values, such as a feature's map.
  /// - `map`: Values on the image's grid or another in its frame of reference; NaN where there is none.
  /// - `concept`: What is mapped.
  /// - `unit`: By UCUM.
  public func parametricMap(_ map: Volume<Double>, _ concept: Code, unit: Code, _ now: Timestamp) -> DICOMObject {
    let grid = map.geometry
    var data = commonModules(
      "1.2.840.10008.5.1.4.1.1.30", modality: series.modality, number: 1003, description: concept.meaning, now)
    data.set(.frameOfReferenceUID, VR("UI"), frameOfReferenceUID)
    data.set(.positionReferenceIndicator, VR("LO"), "")
    data.set(.imageType, VR("CS"), Self.mapType)
    data.set(.samplesPerPixel, VR("US"), 1)
    data.set(.photometricInterpretation, VR("CS"), "MONOCHROME2")
    data.set(.rows, VR("US"), grid.size.y)
    data.set(.columns, VR("US"), grid.size.x)
    data.set(.bitsAllocated, VR("US"), 32)
    data.set(.burnedInAnnotation, VR("CS"), "NO")
    data.set(.pixelPresentation, VR("CS"), "MONOCHROME")
    data.set(.longitudinalTemporalInformationModified, VR("CS"), "MODIFIED")
    data.set(.presentationLUTShape, VR("CS"), "IDENTITY")
    data.set(.lossyImageCompression, VR("CS"), "00")
    data.set(.contentQualification, VR("CS"), "RESEARCH")
    data.set(.recognizableVisualFeatures, VR("CS"), "NO")
    data.set(.laterality, VR("CS"), "")
    data.set(.contentLabel, VR("CS"), "FEATURE")
    data.set(.contentDescription, VR("LO"), String(concept.meaning.prefix(64)))
    data.set(.contentCreatorName, VR("PN"), "")
    data.set(.acquisitionContextSequence, [])
    data.set(.referencedSeriesSequence, [referencedSeries])
    setDimensions(&data, [(.imagePositionPatient, .planePositionSequence)])
    data.set(.sharedFunctionalGroupsSequence, [mapGroups(map, concept, unit)])
    data.set(.numberOfFrames, VR("IS"), "\(grid.size.z)")
    data.set(
      .perFrameFunctionalGroupsSequence,
      (0..<grid.size.z).map { slice in
        frameGroups(
          slice, of: grid, dimensions: [slice + 1], derivation: Code("feature-map", "99RADIOMICS", "Feature map"))
      })
    data.elements[.floatPixelData] = .init(
      vr: VR("OF"), value: .bytes(map.voxels.map { Float($0) }.withUnsafeBytes { Array($0) }))
    return DICOMObject(dataSet: data)
  }

  private static let mapType = "DERIVED\\PRIMARY\\VOLUME\\QUANTITY"

  /// What all frames of a map share: place, kind, window, and what a number means.
  private func mapGroups(_ map: Volume<Double>, _ concept: Code, _ unit: Code) -> DataSet {
    var groups = sharedGroups(of: map.geometry)
    let values = map.voxels.filter(\.isFinite)
    let low = values.min() ?? 0, high = values.max() ?? 0
    groups.set(.parametricMapFrameTypeSequence, [DataSet { $0.set(.frameType, VR("CS"), Self.mapType) }])
    groups.set(
      .frameVOILUTSequence,
      [
        DataSet { item in
          item.set(.windowCenter, decimals: [(low + high) / 2])
          item.set(.windowWidth, decimals: [max(high - low, 1e-6)])
        }
      ])
    groups.set(
      .pixelValueTransformationSequence,
      [
        DataSet { item in
          item.set(.rescaleIntercept, decimals: [0])
          item.set(.rescaleSlope, decimals: [1])
          item.set(.rescaleType, VR("LO"), "US")
        }
      ])
    groups.set(
      .realWorldValueMappingSequence,
      [
        DataSet { item in
          item.set(.lutExplanation, VR("LO"), String(concept.meaning.prefix(64)))
          item.set(.lutLabel, VR("SH"), String(concept.value.prefix(16)))
          item.set(.measurementUnitsCodeSequence, unit)
          item.set(.doubleRealWorldValueFirstValueMapped, VR("FD"), [low])
          item.set(.doubleRealWorldValueLastValueMapped, VR("FD"), [high])
          item.set(.realWorldValueIntercept, VR("FD"), [0])
          item.set(.realWorldValueSlope, VR("FD"), [1])
          item.set(
            .quantityDefinitionSequence,
            [
              DataSet { quantity in
                quantity.set(.valueType, VR("CS"), "CODE")
                quantity.set(.conceptNameCodeSequence, Code("246205007", "SCT", "Quantity"))
                quantity.set(.conceptCodeSequence, concept)
              }
            ])
        }
      ])
    return groups
  }
}
