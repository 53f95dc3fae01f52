import RadiomicsCore
import RadiomicsFormats

/// The DICOM files of a folder, a file list or a DICOMDIR, sorted into series.
///
/// A folder is searched whole, however deep; files that are no DICOM are passed over. A text file with the ending `.txt`
/// lists files, one on each line.
public struct DICOMFolder: Sendable {
  /// What was named.
  public let path: String
  /// The series, in order of patient, study and number.
  public let series: [DICOMSeries]
  /// Files that could not be read, and what else is odd.
  public let findings: [Finding]

  /// Files that should be DICOM and cannot be read.
  let unreadable: [FormatError]

  /// Whether `path` is a DICOM file, a DICOMDIR, a list of files that begins with one, or any folder, as no other image is
  /// one.
  public static func recognises(_ path: String) -> Bool {
    if Folder.exists(path) { return true }
    let lowered = path.lowercased()
    return isDICOM(path) || lowered.hasSuffix(".dcm")
      || (lowered.hasSuffix(".txt") && !((try? listed(path)) ?? []).isEmpty)
  }

  /// Reads the header of every file.
  /// - Throws: `FormatError` if nothing there is DICOM.
  public init(_ path: String, lanes: Lanes = Lanes(jobs: 1)) throws(FormatError) {
    let files = try Self.files(path)
    _ = try DICOMLibrary.functions(for: path)
    let headers = lanes.map(files.count) { index in
      Result { () throws(FormatError) in try Header(path: files[index]) }
    }
    var findings: [Finding] = [], read: [Header] = [], unreadable: [FormatError] = []
    for result in headers {
      switch result {
      case .success(let header): read.append(header)
      case .failure(let error):
        // One damaged file in a folder must not hide the rest; named alone it is what was asked for.
        if files.count == 1 { throw error }
        unreadable.append(error)
        findings.append(Finding(.warning, error.path, error.message, advice: error.advice))
      }
    }
    if read.isEmpty, let first = unreadable.first {
      let start = "none of its \(files.count) DICOM files can be read."
      throw FormatError(
        path, "\(start) \(Path.name(of: first.path)): \(first.message)", plain: "\(start) The first: \(first.message)")
    }
    var seen: [String: [Header]] = [:], kept: [Header] = []
    for header in read where header.kind != .directory {
      let uid = header.sopInstanceUID
      // Versions of one object stay, for those who read them to compare.
      let others = uid.isEmpty ? [] : seen[uid] ?? []
      if try header.isCopy(ofOneOf: others) {
        findings.append(
          Finding(.note, header.path, "another file holds the same object (SOP Instance UID); this one is passed over.")
        )
      } else {
        seen[uid] = others + [header]
        kept.append(header)
      }
    }
    self.path = path
    self.findings = findings
    self.unreadable = unreadable
    series = DICOMSeries.sorted(kept)
  }

  private static func files(_ path: String) throws(FormatError) -> [String] {
    var files: [String] = []
    if Folder.exists(path) {
      var left = mostSearched, seen: Set<FileIdentity> = []
      try collect(path, &left, &seen, into: &files)
      // A DICOMDIR names files that stand beside it, which were found already.
      guard !files.isEmpty else {
        guard left > 0 else {
          throw FormatError(
            path,
            "there is no DICOM among the first \(mostSearched) files and folders. Name the folder of a patient or study."
          )
        }
        throw try nothing(in: path)
      }
      return files
    }
    if !isDICOM(path), path.lowercased().hasSuffix(".txt") { return try listed(path) }
    guard recognises(path) else {
      _ = try WholeFile.size(of: path)
      throw FormatError(path, "it is no DICOM file: it begins neither with a preamble and 'DICM' nor with a data set.")
    }
    let header = try Header(path: path)
    guard header.kind == .directory else { return [path] }
    let folder = Path.folder(of: path)
    return try referencedFiles(header).map { (parts) throws(FormatError) in
      // Media names are in capitals; some systems have copied them in small letters.
      let name = folder + parts.joined(separator: "/")
      return WholeFile.exists(name) ? name : folder + parts.joined(separator: "/").lowercased()
    }
  }

  /// The files that a DICOMDIR lists, as folders and name.
  private static func referencedFiles(_ directory: Header) throws(FormatError) -> [[String]] {
    let files = directory.dataSet.items(.directoryRecordSequence).map { $0.texts(.referencedFileID) }
      .filter { !$0.isEmpty }
    guard !files.isEmpty else { throw FormatError(directory.path, "this DICOMDIR lists no files.") }
    guard files.allSatisfy({ !$0.contains("..") && !$0.contains { $0.contains("/") } }) else {
      throw FormatError(directory.path, "this DICOMDIR lists a file outside its own folder.")
    }
    return files
  }

  private static func listed(_ path: String) throws(FormatError) -> [String] {
    let folder = Path.folder(of: path)
    var files: [String] = []
    for line in try WholeFile.text(of: path).split(whereSeparator: \.isNewline) {
      let name = line.trimmingBlanks
      if !name.isEmpty { files.append(name.hasPrefix("/") ? name : folder + name) }
    }
    guard !files.isEmpty, isDICOM(files[0]) else {
      throw FormatError(path, "its first line must name a DICOM file.")
    }
    return files
  }

  /// - `left`: How many files and folders may still be looked at before the first that is DICOM.
  /// - `seen`: Folders that were searched: links may lead to one again.
  private static func collect(
    _ folder: String, _ left: inout Int, _ seen: inout Set<FileIdentity>, into files: inout [String]
  ) throws(FormatError) {
    guard FileIdentity(folder).map({ seen.insert($0).inserted }) ?? false else { return }
    for name in try Folder.names(in: folder) {
      guard left > 0 || !files.isEmpty else { return }
      left -= 1
      let path = Path.slashed(folder) + name
      if Folder.exists(path) {
        try collect(path, &left, &seen, into: &files)
      } else if isDICOM(path) || name.lowercased().hasSuffix(".dcm") {
        // A name alone counts, so that a file that was cut to nothing is not passed over.
        files.append(path)
      }
    }
  }

  /// Files and folders in which a first DICOM file is looked for: a patient's folder has it among the first, a disk nowhere.
  private static let mostSearched = 20_000

  /// Why there is no DICOM in a folder.
  private static func nothing(in path: String) throws(FormatError) -> FormatError {
    let names = try Folder.names(in: path)
    if names.isEmpty { return FormatError(path, "the folder is empty. Name the folder that holds the DICOM files.") }
    if let image = names.first(where: { ImageFormats.named($0) != nil }) {
      return FormatError(
        path,
        "there is no DICOM file in this folder or below. An image that is one file is named itself, such as \(image).",
        plain: "there is no DICOM file in this folder or below. An image that is one file is named itself.")
    }
    return FormatError(path, "there is no DICOM file in this folder or below.")
  }

  /// Whether a file has DICOM's preamble, or starts as a data set without one does: with group 8 and a short element.
  private static func isDICOM(_ path: String) -> Bool {
    guard let start = try? WholeFile.start(of: path, count: 132), start.count > 8 else { return false }
    if start.count == 132, Array(start[128...]) == Array("DICM".utf8) { return true }
    return start[0] == 8 && start[1] == 0 && start[3] == 0 && (start[2] < 0x20)
      && (start[6] == 0 && start[7] == 0 || (65...90).contains(start[4]) && (65...90).contains(start[5]))
  }
}

extension DICOMFolder {
  /// Refuses a series of slices among which files lie that cannot be read, or that have lost their pixels.
  func checkSlices(of series: DICOMSeries, _ options: SeriesOptions) throws(FormatError) {
    guard !options.allowsGaps,
      series.headers.allSatisfy({ $0.frameCount == 1 && $0.dataSet.has(.imagePositionPatient) })
    else { return }
    let wayOut = "One slice of the image may be missing. If it is none, take it away."
    let folders = Set(series.files.map { Path.folder(of: $0) })
    if let file = unreadable.first(where: { folders.contains(Path.folder(of: $0.path)) }) {
      throw FormatError(file.path, "\(file.message) \(wayOut)", advice: .readOthers)
    }
    if let other = self.series.first(where: { $0.kind == .other && $0.uid == series.uid }) {
      throw FormatError(
        other.files[0], "it belongs to the series but holds no pixels; it may be cut short. \(wayOut)",
        advice: .readOthers)
    }
  }
}

extension Header {
  /// Whether another file has the same bytes.
  fileprivate func isCopy(ofOneOf others: [Header]) throws(FormatError) -> Bool {
    for other in others where try WholeFile.size(of: path) == WholeFile.size(of: other.path) {
      if try WholeFile.bytes(of: path) == WholeFile.bytes(of: other.path) { return true }
    }
    return false
  }
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    var text = self
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
