import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// The files of one series, and what they make up: volumes of an image, a structure set, or segmentations.
public struct DICOMSeries: Sendable {
  let headers: [Header]

  /// What kind of objects a series has.
  public enum Kind: String, Sendable {
    case image
    case structureSet = "structure set"
    case segmentation
    case other
  }

  /// The first file's; all are of one kind.
  public var kind: Kind {
    switch headers[0].kind {
    case .image: .image
    case .structureSet: .structureSet
    case .segmentation: .segmentation
    case .directory, .other: .other
    }
  }
  /// Series Instance UID.
  public var uid: String { headers[0].seriesUID }
  /// Study Instance UID.
  public var studyUID: String { headers[0].studyUID }
  /// Frame of Reference UID; nil if it has none.
  public var frameOfReferenceUID: String? {
    headers[0].frameOfReferenceUID
      ?? headers[0].dataSet.item(.referencedFrameOfReferenceSequence)?.text(.frameOfReferenceUID)
  }
  /// Such as `CT`.
  public var modality: String { headers[0].modality }
  /// Series Number.
  public var number: Int? { headers[0].dataSet.integer(.seriesNumber) }
  /// Series Description.
  public var description: String? { headers[0].dataSet.text(.seriesDescription) }
  /// Study Description.
  public var studyDescription: String? { headers[0].dataSet.text(.studyDescription) }
  /// Patient ID: identifies a person, so shown only where that is asked for.
  public var patientID: String? { headers[0].dataSet.text(.patientID) }
  /// Paths of the files.
  public var files: [String] { headers.map(\.path) }

  /// Files sorted into series: by patient, study, number of the series and UID.
  static func sorted(_ headers: [Header]) -> [DICOMSeries] {
    var groups: [[String]: [Header]] = [:]
    for header in headers { groups[[header.studyUID, header.seriesUID, "\(header.kind)"], default: []].append(header) }
    let series = groups.values.map { headers in
      DICOMSeries(
        headers: headers.sorted {
          ($0.dataSet.integer(.instanceNumber) ?? 0, $0.path) < ($1.dataSet.integer(.instanceNumber) ?? 0, $1.path)
        })
    }
    func key(_ series: DICOMSeries) -> (String, String, Int, String) {
      (series.patientID ?? "", series.studyUID, series.number ?? .max, series.uid)
    }
    return series.sorted { key($0) < key($1) }
  }

  /// In words for lists: `CT 'Thorax 1.0 B30f' (series 4, 312 files, UID 1.2.3)`.
  public var title: String { "\(name(isPlain: false)) (\(extent), UID \(uid))" }

  /// In words for messages, without the UID.
  /// - `isPlain`: Whether the description, which may identify a person or the scan, is left out too.
  func shortTitle(isPlain: Bool) -> String { "\(name(isPlain: isPlain)) (\(extent))" }

  private func name(isPlain: Bool) -> String {
    (modality.isEmpty ? kind.rawValue : modality) + (isPlain ? "" : description.map { " '\($0)'" } ?? "")
  }

  private var extent: String {
    (number.map { "series \($0), " } ?? "") + "\(headers.count) file\(headers.count == 1 ? "" : "s")"
  }

  /// Whether what a user wrote means this series: its UID, its description exactly, its number, `/regex/` over the
  /// description, or the modality.
  func answers(to choice: String) -> Bool {
    if choice.count > 2, choice.hasPrefix("/"), choice.hasSuffix("/"),
      let expression = try? Regex(String(choice.dropFirst().dropLast()))
    {
      return description?.contains(expression) ?? false
    }
    return choice == uid || choice == description || choice.uppercased() == modality
      || number.map { choice == "\($0)" } ?? false
  }

  /// The shortest way to choose this series and none of the others: by modality, number or description; else by its only
  /// file, or by UID.
  func answer(among others: [DICOMSeries]) -> Advice.SeriesAnswer {
    let choices = [modality, number.map(String.init), description, headers.count > 1 ? uid : nil].compactMap { $0 }
    return Advice.SeriesAnswer(
      title: shortTitle(isPlain: false),
      name: choices.first { choice in others.count { $0.answers(to: choice) } == 1 }, file: files[0])
  }

  /// The volumes of an image series.
  /// - Throws: `FormatError` where a file's place or pixels are not described as they must be.
  func stacks(usesUnitGrid: Bool = false) throws(FormatError) -> (stacks: [Stack], findings: [Finding]) {
    if usesUnitGrid, headers.contains(where: \.isUnplaced) { return try unitStacks() }
    var frames: [Frame] = []
    for (number, header) in headers.enumerated() { frames += try Frame.all(of: header, number: number) }
    return try Stack.all(of: frames, in: self)
  }
}

extension DICOMSeries {
  /// What `dicom ls` says of a series' volumes, one line each; the reason where they cannot be read.
  public var volumes: [String] {
    guard kind == .image else { return [] }
    do throws(FormatError) {
      return try stacks().stacks.map { (stack) throws(FormatError) in try stack.summary() }
    } catch {
      return ["cannot be read: \(error.message)"]
    }
  }
}

extension DICOMSeries {
  /// Names of the regions of structure sets and segmentations.
  public var regionNames: [String] {
    headers.flatMap { header -> [String] in
      let regions = header.dataSet.items(.structureSetROISequence).compactMap { $0.text(.roiName) }
      return regions + header.dataSet.items(.segmentSequence).compactMap { $0.text(.segmentLabel) }
    }
  }
}
