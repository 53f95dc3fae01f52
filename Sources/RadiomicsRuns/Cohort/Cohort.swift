import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// Many images with their masks: one case a row, as a cohort file lists them.
///
///     subject,image,mask,timepoint,scanner
///     A-001,A-001/ct.nii.gz,A-001/gtv.nrrd,baseline,Siemens
///
/// `subject`, `image` and `mask` must be there; `region`, `clip`, `reference`, `series`, `mask_series`, `recipe`, `timepoint`, `session`, `scanner`,
/// `reader`, `site` and `modality` may be; any other column is copied through. Paths are relative to the file. PyRadiomics' header `Image`,
/// `Mask`, `Label` is read too.
package struct Cohort: Sendable {
  /// The file.
  package let path: String
  /// SHA-256 of the file's bytes.
  package let sha256: String
  /// The cases, in the file's order.
  package var count: Int { rows.count }
  /// Names of the table's columns that say what a row is of, in order: identifying ones in use, then those copied.
  package let texts: [String]
  /// What was noticed: rows that occur twice.
  package let findings: [Finding]

  let bytes: [UInt8]
  let rows: [[String]]
  let lines: [Int]
  /// The columns' names as the file has them.
  let header: [String]
  /// Where each of `texts` stands in a row; nil for `region` where the file has none.
  private let sources: [Int?]
  let places: CohortColumns

  /// Columns that a table begins with, in its order; `region` is always in use.
  private static let identifying = [
    "subject", "timepoint", "session", "scanner", "reader", "image", "mask", "region",
  ]
  /// Names that the table gives to columns of its own.
  private static let taken: Set = [
    "status", "reason", "warnings", "dialect", "layer", "filter", "family", "feature", "features", "undefined",
    "ibsi_code",
    "aggregation",
    "discretisation", "value", "unit", "measurand",
  ]

  /// Reads a cohort file.
  /// - Throws: `FormatError` if it is no table, `StudyError` with the line of what is wrong.
  package init(path: String) throws {
    try self.init(bytes: WholeFile.bytes(of: path), path: path)
  }

  /// - `lines`: Where rows stand in the file, if not as in `bytes`.
  init(bytes: [UInt8], path: String, lines: [Int]? = nil) throws {
    let table = try CSV(bytes: bytes, path: path)
    let places = try CohortColumns(table.header, path: path)
    guard !table.rows.isEmpty else {
      throw StudyError.at(path, "the cohort has a header and no rows, must have one for each case.")
    }
    for (row, line) in zip(table.rows, lines ?? table.lines) {
      for (index, name) in places.required where row[index].allSatisfy(\.isWhitespace) {
        throw StudyError.at("\(path):\(line)", "'\(name)' is empty, each case must have one.")
      }
      for index in row.indices where row[index].utf8.contains(0) {
        throw StudyError.at(
          "\(path):\(line)", "'\(table.header[index])' holds a zero byte. Save the file as plain text.")
      }
    }
    let names = places.names
    let known = Self.identifying.filter { names.contains($0) || $0 == "region" }
    let copied = names.filter { !Self.identifying.contains($0) }
    for name in copied where Self.taken.contains(name) {
      throw StudyError.at(path, "the table has a column '\(name)' of its own. Rename the one of the cohort.")
    }
    self.path = path
    self.bytes = bytes
    self.sha256 = RadiomicsCore.sha256(bytes)
    self.places = places
    header = table.header
    rows = table.rows
    self.lines = lines ?? table.lines
    texts = known + copied
    sources = texts.map { names.firstIndex(of: $0) }
    findings = Self.repeated(table, path)
  }

  /// One finding for rows that are the same in every column.
  private static func repeated(_ table: CSV, _ path: String) -> [Finding] {
    var first: [[String]: Int] = [:], again: [String] = []
    for (row, line) in zip(table.rows, table.lines) {
      if let earlier = first[row] { again.append("\(line) (as \(earlier))") } else { first[row] = line }
    }
    guard !again.isEmpty else { return [] }
    let more = again.count > 10 ? " and \(again.count - 10) more" : ""
    let message = "rows occur twice: lines \(again.prefix(10).joined(separator: ", "))\(more). Each is measured."
    return [Finding(.warning, path, message)]
  }

  /// Refuses columns that a recipe's table has too.
  func check(against measurands: [Measurand]) throws {
    let names = Set(measurands.map(\.column))
    if let name = texts.first(where: { names.contains($0) }) {
      throw StudyError.at(path, "the recipe has a column '\(name)' too. Rename the one of the cohort.")
    }
  }

  /// What row `number` (from 0) says.
  func texts(of number: Int) -> [String?] {
    sources.map { source in
      guard let source, !rows[number][source].isEmpty else { return nil }
      return rows[number][source]
    }
  }

  /// What row `number` says of its acquisition: every cell under the name of its column.
  func facts(of number: Int) -> [AcquisitionFact] {
    zip(texts, texts(of: number)).compactMap { name, text in text.map { AcquisitionFact(name, text: $0) } }
  }

  /// How messages call row `number`: its subject, else its image.
  func name(of number: Int) -> String { rows[number][places.subject ?? places.image] }

  /// - Throws: `StudyError` if a row names a further mask, and a recipe has no use for it.
  package func checkMasks(against recipe: Recipe) throws(StudyError) {
    let uses = [
      ("clip", places.clip, recipe.preparation.addsVoxels, "has no 'dilate' or 'ring' that it could limit"),
      ("reference", places.reference, recipe.usesReference, "does not normalise within reference"),
    ]
    for (name, place, isUsed, what) in uses where !isUsed {
      guard let place, let number = rows.indices.first(where: { !rows[$0][place].isEmpty }) else { continue }
      throw StudyError.at(
        self.place(of: number),
        "the column '\(name)' names a mask, and the recipe \(what). Empty the cell, or choose another recipe.")
    }
  }

  /// A warning where one recipe measures CT and MR as they are.
  func mixedModalities(under recipe: Recipe) -> [Finding] {
    guard recipe.preparation.normalise == nil,
      let column = places.names.firstIndex(where: { $0.lowercased() == "modality" })
    else { return [] }
    let found = Set(rows.map { $0[column].uppercased() })
    guard found.contains("CT"), !found.isDisjoint(with: ["MR", "MRI"]) else { return [] }
    return [
      Finding(
        .warning, path,
        "'\(places.names[column])' has CT and MR, and one recipe measures both as they are, though their intensities are different physics. "
          + "Give each its own by a column 'recipe', or normalise.")
    ]
  }

  /// Where row `number` stands: `cohort.csv:12`.
  func place(of number: Int) -> String { "\(path):\(lines[number])" }

  /// The files of row `number`.
  package func files(of number: Int) -> CaseFiles {
    let row = rows[number]
    func optional(_ index: Int?) -> String? { index.map { row[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
    return CaseFiles(
      image: row[places.image], mask: row[places.mask], clip: optional(places.clip),
      reference: optional(places.reference), region: optional(places.region),
      volume: optional(places.volume), series: optional(places.series), maskSeries: optional(places.maskSeries),
      folder: Path.folder(of: path))
  }

  /// Every file that a row names, as a path from the working folder.
  package var paths: [String] {
    rows.indices.flatMap { number in
      let files = files(of: number)
      return (files.images + [recipeName(of: number)].compactMap { $0 }).map(files.located)
    }
  }

  /// A warning for each file that is not there, the first 20 and a count.
  func missingFiles(in numbers: some Sequence<Int>) -> [Finding] {
    var findings: [Finding] = [], count = 0
    for number in numbers {
      let files = files(of: number)
      for path in files.images where !WholeFile.exists(files.located(path)) {
        count += 1
        guard count <= 20 else { continue }
        findings.append(Finding(.warning, place(of: number), "'\(path)' does not exist. The case will fail."))
      }
    }
    if count > 20 { findings.append(Finding(.warning, path, "\(count - 20) more files do not exist.")) }
    return findings
  }
}

/// The files of one case as a cohort names them.
package struct CaseFiles: Sendable {
  let image, mask: String
  let clip, reference: String?
  /// Which regions, and which volume of the mask, if the cohort says.
  let region, volume: String?
  /// Which series of the image's and of the mask's path, if the cohort says.
  let series, maskSeries: String?
  /// What relative paths are relative to.
  let folder: String

  /// Image and masks, as the cohort writes them.
  var images: [String] { [image, mask, clip, reference].compactMap { $0 } }

  /// The path from the working folder.
  package func located(_ path: String) -> String { path.hasPrefix("/") ? path : folder + path }
}

/// Where a cohort file has its columns.
struct CohortColumns: Sendable {
  /// Names as the table has them.
  let names: [String]
  let image, mask: Int
  let subject, region, clip, reference, volume, series, maskSeries, recipe: Int?

  /// The columns without which there is no case.
  var required: [(Int, String)] {
    [subject, image, mask].compactMap { $0 }.map { ($0, names[$0]) }
  }

  init(_ header: [String], path: String) throws(StudyError) {
    var names = header.map { String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
    let isPyRadiomics = names.contains("Image") && names.contains("Mask")
    if isPyRadiomics {
      let ours = ["Image": "image", "Mask": "mask", "Label": "region", "Label_channel": "mask_volume"]
      names = names.map { ours[$0] ?? $0 }
    }
    for (index, name) in names.enumerated() {
      guard !name.isEmpty else {
        throw StudyError.at("\(path):1", "column \(index + 1) has no name. Give it one or remove it.")
      }
      guard names.firstIndex(of: name) == index else {
        throw StudyError.at("\(path):1", "the column '\(name)' occurs twice, each name must be there once.")
      }
    }
    func required(_ name: String) throws(StudyError) -> Int {
      if let index = names.firstIndex(of: name) { return index }
      let hint = nearest(to: name, among: names).map { " If '\($0)' is meant to be it, rename it." } ?? ""
      throw StudyError.at(
        "\(path):1",
        "the column '\(name)' is missing; there are: \(names.joined(separator: ", ")). A cohort must have "
          + "subject,image,mask (or PyRadiomics' Image,Mask).\(hint)")
    }
    image = try required("image")
    mask = try required("mask")
    subject = isPyRadiomics ? names.firstIndex(of: "subject") : try required("subject")
    region = names.firstIndex(of: "region")
    clip = names.firstIndex(of: "clip")
    reference = names.firstIndex(of: "reference")
    series = names.firstIndex(of: "series")
    maskSeries = names.firstIndex(of: "mask_series")
    recipe = names.firstIndex(of: "recipe")
    volume = isPyRadiomics ? names.firstIndex(of: "mask_volume") : nil
    self.names = names
  }
}
