import Radiomics
import RadiomicsCore
import RadiomicsDICOM

/// Results as DICOM objects: a segmentation of the regions, and a report of their measurements that refers to it.
struct DicomOutput {
  let source: DICOMSource
  let folder: String

  /// Files that will be written.
  static func files(in folder: String) -> (segmentation: String, report: String) {
    (folder + "/segmentation.dcm", folder + "/measurements.dcm")
  }

  func write(_ result: StudyResult) throws {
    let study = result.study
    let reference = try source.reference(study, image: study.imagePath, mask: study.maskPath)
    let regions = study.regions.map { OutlinedRegion(name: $0.name, voxels: $0.voxels) }
    let now = Timestamp.now
    let segmentation = try reference.segmentation(regions, now)
    let entries = zip(regions, result.measurements).map { region, measurement in
      (region, zip(result.recipe.columns, measurement.cells).map(ReportedMeasurement.init))
    }
    let report = reference.report(
      entries, segmentation: segmentation,
      algorithm: "swift-radiomics, recipe \(result.recipe.name) "
        + "(\(result.recipe.fingerprint.prefix(16)))", now)
    try WholeFile.makeFolder(folder)
    let files = Self.files(in: folder)
    try DICOMObject.write(together: [(segmentation, files.segmentation), (report, files.report)])
  }
}

extension DicomOutput {
  /// Writes maps as parametric maps of the study's series.
  /// - Throws: `FormatError` if the image is not DICOM.
  static func mapWriter(_ source: DICOMSource, _ study: Study) throws -> WriteMap {
    let reference = try source.reference(study, image: study.imagePath, mask: study.maskPath), now = Timestamp.now
    return { (map, measurand, path) throws(FormatError) in
      let object = reference.parametricMap(map, Code(measurand), unit: Code(ucum: measurand.unit), now)
      try DICOMObject.write(together: [(object, path)])
    }
  }
}

extension DICOMSource {
  /// The series on which a study was read.
  func reference(_ study: Study, image: String, mask: String?) throws -> DICOMReference {
    var reading = ReadingOptions(volume: study.options.volume.map { .index($0) } ?? .only)
    reading.series = study.options.series
    return try reference(image, mask: mask, study.image.geometry, reading)
  }
}

extension Timestamp {
  /// This moment, by the machine's clock and zone.
  static var now: Timestamp {
    var seconds = time(nil), parts = tm()
    localtime_r(&seconds, &parts)
    func digits(_ number: Int32, _ count: Int = 2) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return Timestamp(
      date: digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1) + digits(parts.tm_mday),
      time: digits(parts.tm_hour) + digits(parts.tm_min) + digits(parts.tm_sec), version: radiomicsVersion)
  }
}

extension ReportedMeasurement {
  /// A column's cell: by IBSI's code where the feature has one, else by the column's own name.
  init(_ measurand: Measurand, _ cell: Cell) {
    let concept = Code(measurand)
    let methods = [
      "2D:avg": "BTW3", "2D:mrg": "SUJT", "2.5D:avg": "JJUI", "2.5D:mrg": "ZW7Z", "3D:avg": "ITBB", "3D:mrg": "IAZD",
      "2D": "8QNN", "2.5D": "62GR", "3D": "KOBO",
    ]
    let method = measurand.aggregation.flatMap { name in methods[name].map { Code($0, "IBSI", name) } }
    self.init(
      concept, value: cell.value, reason: cell.reason?.text, unit: Code(ucum: measurand.unit), method: method,
      parameters: "column \(measurand.column), measurand \(measurand.fingerprint)")
  }
}

extension Code {
  /// A feature by IBSI's code, or where it has none by the column's own name.
  init(_ measurand: Measurand) {
    let feature = measurand.feature
    if let known = Self.diameters[feature.tag] {
      self = known
      return
    }
    self = feature.ibsi.map { Code($0, "IBSI", feature.name) } ?? Code(measurand.column, "99RADIOMICS", feature.name)
  }

  /// What DICOM calls the diameters of lesions (CID 7470).
  private static let diameters = [
    "lesion_long": Code("103339001", "SCT", "Long Axis"), "lesion_short": Code("103340004", "SCT", "Short Axis"),
  ]

  /// A unit's symbol by UCUM: `HU2` becomes `[hnsf'U]2`; an intensity's unit that UCUM does not know an annotation.
  init(ucum symbol: String) {
    let parts = symbol.split(separator: ".").map { part -> String in
      let base = part.prefix { !$0.isNumber && $0 != "-" }, power = part.dropFirst(base.count)
      switch base {
      case "": return String(part)
      case "mm": return "mm\(power)"
      case "HU": return "[hnsf'U]\(power)"
      case "SUV": return "g/mL\(power)"
      default: return "{\(base)}\(power)"
      }
    }
    self.init(parts.joined(separator: "."), "UCUM", symbol == "1" ? "no units" : symbol)
  }
}
