import RadiomicsCore
import RadiomicsFormats

/// A number of a report: what it is, how it was made, its value or the reason why there is none.
public struct ReportedMeasurement: Sendable {
  let concept: Code
  let value: Double?
  let reason: String?
  let unit: Code
  let method: Code?
  let parameters: String

  /// - `unit`: By UCUM.
  /// - `method`: How directions or slices were put together, by IBSI.
  /// - `parameters`: What else distinguishes it from others of its concept.
  public init(_ concept: Code, value: Double?, reason: String?, unit: Code, method: Code?, parameters: String) {
    self.concept = concept
    self.value = value
    self.reason = reason
    self.unit = unit
    self.method = method
    self.parameters = parameters
  }
}

extension DICOMReference {
  /// An Imaging Measurement Report (TID 1500) with one group of measurements (TID 1411) for each region, in the order of the
  /// segmentation's segments.
  public func report(
    _ regions: [(region: OutlinedRegion, measurements: [ReportedMeasurement])], segmentation: DICOMObject,
    algorithm: String, _ now: Timestamp
  ) -> DICOMObject {
    // Comprehensive 3D SR.
    var data = commonModules(
      "1.2.840.10008.5.1.4.1.1.88.34", modality: "SR", number: 1002, description: "Radiomics measurements", now)
    data.set(.referencedPerformedProcedureStepSequence, [])
    data.set(.completionFlag, VR("CS"), "COMPLETE")
    data.set(.verificationFlag, VR("CS"), "UNVERIFIED")
    data.set(.performedProcedureCodeSequence, [])
    data.set(.currentRequestedProcedureEvidenceSequence, [evidence(segmentation)])
    let root = Content(container: Code("126000", "DCM", "Imaging Measurement Report"), template: "1500")
      .adding(observer(now))
      .adding([procedure, imageLibrary, measurements(regions, segmentation, algorithm, now)])
    return DICOMObject(dataSet: data.merging(root.dataSet))
  }

  /// All objects that the report refers to, by study and series.
  private func evidence(_ segmentation: DICOMObject) -> DataSet {
    DataSet { study in
      study.set(.studyInstanceUID, VR("UI"), studyUID)
      let images = DataSet { item in
        item.set(.seriesInstanceUID, VR("UI"), seriesUID)
        item.set(.referencedSOPSequence, objects.map(reference(to:)))
      }
      let segments = DataSet { item in
        item.set(.seriesInstanceUID, VR("UI"), segmentation.dataSet.text(.seriesInstanceUID) ?? "")
        item.set(
          .referencedSOPSequence, [DataSet(referenceTo: segmentation.sopInstanceUID, ofClass: segmentation.sopClassUID)]
        )
      }
      study.set(.referencedSeriesSequence, [images, segments])
    }
  }

  /// The program as the observer (TID 1001, 1004).
  private func observer(_ now: Timestamp) -> [Content] {
    [
      Content(
        .modifier, Code("121049", "DCM", "Language of Content Item and Descendants"), Code("en", "RFC5646", "English")),
      Content(.context, Code("121005", "DCM", "Observer Type"), Code("121007", "DCM", "Device")),
      Content(.context, Code("121012", "DCM", "Device Observer UID"), uid: UID.new()),
      Content(.context, Code("121013", "DCM", "Device Observer Name"), text: "swift-radiomics \(now.version)"),
    ]
  }

  private var procedure: Content {
    let procedures = [
      "CT": Code("77477000", "SCT", "Computed Tomography"),
      "MR": Code("113091000", "SCT", "Magnetic Resonance Imaging"),
      "PT": Code("82918005", "SCT", "Positron emission tomography"), "US": Code("16310003", "SCT", "Ultrasonography"),
    ]
    let code = procedures[series.modality] ?? Code("363679005", "SCT", "Imaging procedure")
    return Content(.modifier, Code("121058", "DCM", "Procedure reported"), code)
  }

  private var imageLibrary: Content {
    let modality = Content(
      .acquisition, Code("121139", "DCM", "Modality"), Code(series.modality, "DCM", series.modality))
    let images = objects.map { Content(image: nil, reference(to: $0)) }
    let group = Content(container: Code("126200", "DCM", "Image Library Group")).adding([modality] + images)
    return Content(container: Code("111028", "DCM", "Image Library")).adding([group])
  }

  private func measurements(
    _ regions: [(region: OutlinedRegion, measurements: [ReportedMeasurement])], _ segmentation: DICOMObject,
    _ algorithm: String, _ now: Timestamp
  ) -> Content {
    let groups = regions.enumerated().map { index, entry in
      let (region, measurements) = entry
      var segment = DataSet(referenceTo: segmentation.sopInstanceUID, ofClass: segmentation.sopClassUID)
      segment.set(.referencedSegmentNumber, VR("US"), index + 1)
      return Content(container: Code("125007", "DCM", "Measurement Group"), template: "1411")
        .adding([
          Content(.context, Code("112039", "DCM", "Tracking Identifier"), text: region.name),
          Content(.context, Code("112040", "DCM", "Tracking Unique Identifier"), uid: region.trackingUID),
          Content(.modifier, Code("111001", "DCM", "Algorithm Name"), text: algorithm),
          Content(.modifier, Code("111003", "DCM", "Algorithm Version"), text: now.version),
          Content(.contains, Code("121071", "DCM", "Finding"), Code("85756007", "SCT", "Tissue")),
          Content(image: Code("121191", "DCM", "Referenced Segment"), segment),
          Content(.contains, Code("121232", "DCM", "Source series for segmentation"), uid: seriesUID),
        ]).adding(measurements.map(\.content))
    }
    return Content(container: Code("126010", "DCM", "Imaging Measurements")).adding(groups)
  }
}

extension ReportedMeasurement {
  fileprivate var content: Content {
    var item = Content(.contains, concept, value: value, unit)
    if let method { item = item.adding([Content(.modifier, Code("370129005", "SCT", "Measurement Method"), method)]) }
    item = item.adding([Content(.modifier, Code("111002", "DCM", "Algorithm Parameters"), text: parameters)])
    if let reason { item = item.adding([Content(.property, Code("121106", "DCM", "Comment"), text: reason)]) }
    return item
  }
}

/// A content item of a structured report.
private struct Content {
  enum Relation: String {
    case contains = "CONTAINS"
    case context = "HAS OBS CONTEXT"
    case acquisition = "HAS ACQ CONTEXT"
    case modifier = "HAS CONCEPT MOD"
    case property = "HAS PROPERTIES"
  }

  private(set) var dataSet: DataSet

  private init(_ relation: Relation?, _ type: String, _ concept: Code?) {
    dataSet = DataSet()
    if let relation { dataSet.set(.relationshipType, VR("CS"), relation.rawValue) }
    dataSet.set(.valueType, VR("CS"), type)
    if let concept { dataSet.set(.conceptNameCodeSequence, concept) }
  }

  init(container concept: Code, template: String? = nil) {
    self.init(template == "1500" ? nil : .contains, "CONTAINER", concept)
    dataSet.set(.continuityOfContent, VR("CS"), "SEPARATE")
    if let template {
      dataSet.set(
        .contentTemplateSequence,
        [
          DataSet { item in
            item.set(.mappingResource, VR("CS"), "DCMR")
            item.set(.templateIdentifier, VR("CS"), template)
          }
        ])
    }
  }

  init(_ relation: Relation, _ concept: Code, _ code: Code) {
    self.init(relation, "CODE", concept)
    dataSet.set(.conceptCodeSequence, code)
  }

  init(_ relation: Relation, _ concept: Code, text: String) {
    self.init(relation, "TEXT", concept)
    dataSet.set(.textValue, VR("UT"), text)
  }

  init(_ relation: Relation, _ concept: Code, uid: String) {
    self.init(relation, "UIDREF", concept)
    dataSet.set(.uidValue, VR("UI"), uid)
  }

  init(image concept: Code?, _ reference: DataSet) {
    self.init(.contains, "IMAGE", concept)
    dataSet.set(.referencedSOPSequence, [reference])
  }

  /// A number; without one, the standard's word for a calculation that failed.
  init(_ relation: Relation, _ concept: Code, value: Double?, _ unit: Code) {
    self.init(relation, "NUM", concept)
    guard let value else {
      dataSet.set(.measuredValueSequence, [])
      dataSet.set(.numericValueQualifierCodeSequence, Code("114008", "DCM", "Calculation failure"))
      return
    }
    dataSet.set(
      .measuredValueSequence,
      [
        DataSet { item in
          item.set(.measurementUnitsCodeSequence, unit)
          item.set(.numericValue, decimals: [value])
          item.set(.floatingPointValue, VR("FD"), [value])
        }
      ])
  }

  func adding(_ children: [Content]) -> Content {
    var item = self
    item.dataSet.set(.contentSequence, dataSet.items(.contentSequence) + children.map(\.dataSet))
    return item
  }
}
