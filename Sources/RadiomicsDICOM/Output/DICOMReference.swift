import CDICOM
import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// The image series to which new objects belong: they take on its patient, study and frame of reference.
public struct DICOMReference: Sendable {
  let series: DICOMSeries
  let privacy: Privacy
  /// The image's grid.
  let geometry: Geometry
  /// The frames, and the slice of the grid at which each lies.
  private let slices: [Int: Frame]

  init(series: DICOMSeries, frames: [Frame], geometry: Geometry, privacy: Privacy) {
    self.series = series
    self.privacy = privacy
    self.geometry = geometry
    var slices: [Int: Frame] = [:]
    for frame in frames {
      guard let position = frame.position else { continue }
      let depth = geometry.index(of: position).z
      if abs(depth - depth.rounded()) < Stack.Spread.tolerance { slices[Int(depth.rounded())] = frame }
    }
    self.slices = slices
  }

  /// The frame of a slice; nil where the slice was interpolated.
  func frame(_ slice: Int) -> Frame? { slices[slice] }

  /// The object a frame comes from.
  func header(_ frame: Frame) -> Header { series.headers[frame.header] }

  /// UIDs as they leave.
  var studyUID: String { privacy.uid(series.studyUID) }
  var seriesUID: String { privacy.uid(series.uid) }

  /// An item that refers to an image.
  func reference(to header: Header) -> DataSet {
    DataSet(referenceTo: privacy.uid(header.sopInstanceUID), ofClass: header.sopClassUID)
  }

  /// An item that refers to the image of a slice, with the frame's number if the object has several.
  func reference(_ frame: Frame) -> DataSet {
    let header = header(frame)
    var item = reference(to: header)
    if header.frameCount > 1 { item.set(.referencedFrameNumber, VR("IS"), "\(frame.index + 1)") }
    return item
  }

  /// The images of all slices, each object once.
  var objects: [Header] {
    Set(slices.values.map(\.header)).sorted().map { series.headers[$0] }
  }

  /// The modules that every object of the study has: patient, study, equipment, common.
  func commonModules(_ sopClass: String, modality: String, number: Int, description: String, _ now: Timestamp)
    -> DataSet
  {
    let source = series.headers[0].dataSet
    var data = DataSet()
    data.set(.specificCharacterSet, VR("CS"), "ISO_IR 192")
    data.set(.instanceCreationDate, VR("DA"), now.date)
    data.set(.instanceCreationTime, VR("TM"), now.time)
    data.set(.sopClassUID, VR("UI"), sopClass)
    data.set(.sopInstanceUID, VR("UI"), UID.new())
    for (tag, vr) in [
      (Tag.patientName, VR("PN")), (.patientBirthDate, VR("DA")), (.patientSex, VR("CS")), (.studyDate, VR("DA")),
      (.studyTime, VR("TM")), (.referringPhysicianName, VR("PN")), (.studyID, VR("SH")), (.accessionNumber, VR("SH")),
    ] {
      if privacy.keepsIdentifiers { data.copy(tag, vr, from: source) } else { data.set(tag, vr, "") }
    }
    data.set(.patientID, VR("LO"), privacy.patientID(series.patientID) ?? "")
    if !privacy.keepsIdentifiers {
      data.set(.patientIdentityRemoved, VR("CS"), "YES")
      data.set(.deidentificationMethod, VR("LO"), "names, IDs and dates left out by swift-radiomics")
    }
    data.set(.studyInstanceUID, VR("UI"), studyUID)
    data.set(.seriesInstanceUID, VR("UI"), UID.new())
    data.set(.modality, VR("CS"), modality)
    data.set(.seriesNumber, VR("IS"), "\(number)")
    data.set(.seriesDescription, VR("LO"), String(description.prefix(64)))
    data.set(.instanceNumber, VR("IS"), "1")
    data.set(.manufacturer, VR("LO"), "swift-radiomics")
    data.set(.manufacturerModelName, VR("LO"), "radiomics")
    data.set(.deviceSerialNumber, VR("LO"), "none")
    data.set(.softwareVersions, VR("LO"), now.version)
    data.set(.codingSchemeIdentificationSequence, Self.schemes)
    data.set(.contentDate, VR("DA"), now.date)
    data.set(.contentTime, VR("TM"), now.time)
    return data
  }

  /// Coding schemes that are not DICOM's own.
  private static let schemes = [
    ("IBSI", "Image Biomarker Standardisation Initiative"),
    ("99RADIOMICS", "swift-radiomics: features without a code of IBSI, named by their column"),
  ].map { designator, name in
    DataSet { item in
      item.set(.codingSchemeDesignator, VR("SH"), designator)
      item.set(.codingSchemeName, VR("ST"), name)
    }
  }

  /// Frame of reference of the image; a new one if it has none.
  var frameOfReferenceUID: String { series.frameOfReferenceUID.map(privacy.uid) ?? UID.new() }

  /// The series and its objects, for Common Instance Reference.
  var referencedSeries: DataSet {
    DataSet { item in
      item.set(.seriesInstanceUID, VR("UI"), seriesUID)
      item.set(.referencedInstanceSequence, objects.map(reference(to:)))
    }
  }
}

/// When an object is made, and by which version of the program.
public struct Timestamp: Sendable {
  let date, time, version: String

  /// - `date`: `YYYYMMDD`.
  /// - `time`: `HHMMSS`.
  public init(date: String, time: String, version: String) {
    self.date = date
    self.time = time
    self.version = version
  }
}

/// A DICOM object that was made, ready to be written.
public struct DICOMObject: Sendable {
  package let dataSet: DataSet

  package init(dataSet: DataSet) { self.dataSet = dataSet }

  var sopClassUID: String { dataSet.text(.sopClassUID) ?? "" }
  var sopInstanceUID: String { dataSet.text(.sopInstanceUID) ?? "" }

  /// Writes objects that belong together: all of them, or none.
  /// - Throws: `FormatError` if a file cannot be written.
  public static func write(together objects: [(object: DICOMObject, path: String)]) throws(FormatError) {
    var files: [StagedFile] = []
    for (object, path) in objects {
      let file = try StagedFile(path)
      try object.append(to: file, path)
      files.append(file)
    }
    try OutputFile.commit(files)
  }

  private func append(to file: StagedFile, _ path: String) throws(FormatError) {
    let functions = try DICOMLibrary.functions(for: path)
    let sink = Sink(file)
    let records = dataSet.records
    var error = CDICOMError()
    let code = records.withUnsafeBufferPointer { bytes in
      functions.write(
        bytes.baseAddress, bytes.count,
        { context, bytes, count in
          Unmanaged<Sink>.fromOpaque(context!).takeUnretainedValue().take(bytes, count)
        }, Unmanaged.passUnretained(sink).toOpaque(), &error)
    }
    if let failure = sink.failure { throw failure }
    guard code == 0 else { throw FormatError(path, "it cannot be encoded as DICOM: \(error.sentence).") }
  }

  /// Takes blocks on their way to a file.
  private final class Sink {
    private let file: StagedFile
    private(set) var failure: FormatError?

    init(_ file: StagedFile) { self.file = file }

    func take(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int32 {
      do throws(FormatError) {
        try file.append(UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
      } catch {
        failure = error
        return 1
      }
    }
  }
}
