import RadiomicsCore
import RadiomicsFormats

/// What a file says about itself; pixels stay in the file.
struct Header: Sendable {
  let path: String
  let dataSet: DataSet
  let transferSyntax: TransferSyntax
  let findings: [Finding]

  /// - Throws: `FormatError` if the file cannot be read as DICOM.
  init(path: String) throws(FormatError) {
    let file = try DICOMFile(path)
    self.path = path
    dataSet = file.dataSet
    transferSyntax = file.transferSyntax
    findings = file.findings
  }

  var sopClassUID: String { dataSet.text(.sopClassUID) ?? "" }
  var sopInstanceUID: String { dataSet.text(.sopInstanceUID) ?? "" }
  var seriesUID: String { dataSet.text(.seriesInstanceUID) ?? "" }
  var studyUID: String { dataSet.text(.studyInstanceUID) ?? "" }
  var frameOfReferenceUID: String? { dataSet.text(.frameOfReferenceUID) }
  var modality: String { dataSet.text(.modality) ?? "" }
  var frameCount: Int { max(1, dataSet.integer(.numberOfFrames) ?? 1) }

  /// What kind of object it is.
  enum Kind: Sendable { case image, structureSet, segmentation, directory, other }

  var kind: Kind {
    switch sopClassUID {
    case "1.2.840.10008.1.3.10": .directory
    case "1.2.840.10008.5.1.4.1.1.481.3": .structureSet
    case "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7": .segmentation
    default: dataSet.has(.rows) && dataSet.has(.columns) && hasPixels ? .image : .other
    }
  }

  /// Enhanced objects keep what places a frame in functional groups: CT, MR, PET, US, XA and what was converted to them.
  var isEnhanced: Bool {
    [
      "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2", "1.2.840.10008.5.1.4.1.1.4.1",
      "1.2.840.10008.5.1.4.1.1.4.4", "1.2.840.10008.5.1.4.1.1.128.1", "1.2.840.10008.5.1.4.1.1.130",
      "1.2.840.10008.5.1.4.1.1.6.2", "1.2.840.10008.5.1.4.1.1.30",
    ].contains(sopClassUID)
  }

  /// The attribute that holds the pixels; nil if there are none.
  var pixelTag: Tag? { [Tag.pixelData, .floatPixelData, .doubleFloatPixelData].first { dataSet.has($0) } }
  private var hasPixels: Bool { pixelTag != nil }
}
