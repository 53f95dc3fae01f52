import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// What a cohort's cases gave under a plan, kept case by case, so that a run that was stopped goes on where it was.
///
///     plan.json                 what all results have in common: software, recipe's fingerprint, plan, reading
///     perturbed/ab/ab….json     the rows of one case, named by what they depend on
///     perturbed.lock            held by the process that runs
package final class KeptPerturbations {
  private let path: String
  private let common: String
  private let lock: FileLock

  /// Makes the folder, or takes up one that is there.
  /// - `overwrites`: Whether results that are there already are removed.
  /// - Throws: `StudyError` if it is there and `resumes` is false, if it is of something else, or if another process runs.
  package init(
    _ path: String, of cohort: Cohort, _ schedule: PerturbationSchedule, _ options: Study.Options, resumes: Bool,
    overwrites: Bool = false
  ) throws {
    try cohort.checkForOneRecipe()
    if overwrites { try RunFolder.remove(path, knownBy: "plan.json", Self.isOwn) }
    self.path = path
    let common = JSON.map([
      .init("format", .integer(1)), .init("software", .text(radiomicsVersion)),
      .init("recipe_fingerprint", .text(schedule.recipe.fingerprint)),
      .init("changed_recipes", .list(schedule.recipes.map { .text($0.fingerprint) })),
      .init("plan", schedule.plan.settingValue), .init("seed", .text("\(schedule.plan.seed)")),
      .init("reading", options.json),
    ])
    self.common = common.line
    let file = path + "/plan.json"
    if WholeFile.exists(file) {
      guard resumes else {
        throw StudyError.resultsThere(path)
      }
      guard let present = try? JSON(json: WholeFile.bytes(of: file), file: file) else {
        throw StudyError.at(
          file,
          "it is damaged, must be a plan in JSON. Remove the file and resume the run, which uses the results that are there.",
          .restart)
      }
      guard present.line == common.line else {
        throw StudyError.otherResults(path, of: "another plan, recipe, version or way of reading")
      }
    } else if case let names = try Folder.exists(path) ? Folder.names(in: path, hidden: true) : [], !names.isEmpty,
      !(resumes && RunFolder.isBegun(names, by: Self.isOwn))
    {
      guard !RunFolder.isBegun(names, by: Self.isOwn) else {
        throw StudyError.begun(path, lacks: "plan.json", .takeUpOrRestart)
      }
      throw StudyError.foreignFolder(path, kind: "no run of 'perturb'")
    }
    try Folder.makeDurably(path)
    guard let lock = try FileLock(path + "/perturbed.lock") else {
      throw StudyError.atWork(path, what: "runs this plan")
    }
    self.lock = lock
    if !WholeFile.exists(file) { try OutputFile.write(common.json + "\n", to: file) }
  }

  /// What the rows of a case depend on: the contents of its files, what all have in common, how it is read, and the name by
  /// which its random draws differ from others'.
  func key(_ study: Study, name: String) throws -> String {
    let inputs = try study.inputs.map { try $0.role + " " + $0.digest().sha256 }
    return sha256(([common, study.options.json.line, "name " + name] + inputs).joined(separator: "\n"))
  }

  /// What stands in a folder beside plan.json.
  private static func isOwn(_ name: String) -> Bool { ["perturbed", "perturbed.lock"].contains(name) }

  private func file(_ key: String) -> String { "\(path)/perturbed/\(key.prefix(2))/\(key).json" }

  /// The rows of a case, each beginning with `texts` and its region; nil if they are not there whole.
  func rows(_ key: String, texts: [String?], regionColumn: Int) -> (
    rows: [TableRow], noiseLevel: Double?, findings: [Finding]
  )? {
    let file = file(key)
    guard let bytes = try? WholeFile.bytes(of: file), SealedLine.isWhole(bytes),
      let json = try? JSON(json: bytes, file: file), let entries = json["rows"]?.asList
    else { return nil }
    let rows = entries.compactMap { TableRow(kept: $0, texts: texts, regionColumn: regionColumn) }
    let findings = (json["findings"]?.asList ?? []).compactMap(Finding.init(json:))
    return rows.count == entries.count ? (rows, json["noise_level"]?.asNumber, findings) : nil
  }

  func keep(
    _ rows: [TableRow], noiseLevel: Double?, _ findings: [Finding], _ key: String, textCount: Int, regionColumn: Int
  ) throws {
    let file = file(key)
    for folder in ["\(path)/perturbed", "\(path)/perturbed/\(key.prefix(2))"] { try Folder.makeDurably(folder) }
    let content = JSON.map([
      .init("noise_level", noiseLevel.map { .number($0) } ?? .null),
      .init("findings", .list(findings.map(\.json))),
      .init("rows", .list(rows.map { $0.kept(textCount: textCount, regionColumn: regionColumn) })),
    ])
    try OutputFile.write(SealedLine.text(content), to: file)
  }
}

extension TableRow {
  fileprivate func kept(textCount: Int, regionColumn: Int) -> JSON {
    func text(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
    return .map([
      .init("region", text(texts[regionColumn])), .init("texts", .list(texts.dropFirst(textCount).map(text))),
      .init("status", .text(status.rawValue)), .init("reason", text(reason)), .init("cells", .list(cells.map(\.json))),
      .init("findings", .list(findings.map(\.json))),
    ])
  }

  fileprivate init?(kept json: JSON, texts: [String?], regionColumn: Int) {
    guard let status = json["status"]?.asText.flatMap(Status.init(rawValue:)), let own = json["texts"]?.asList,
      let entries = json["cells"]?.asList, let findings = json["findings"]?.asList
    else { return nil }
    let cells = entries.compactMap(Cell.init(json:))
    guard cells.count == entries.count else { return nil }
    var all = texts
    all[regionColumn] = json["region"]?.asText
    self.init(
      texts: all + own.map(\.asText), status: status, reason: json["reason"]?.asText, cells: cells,
      findings: findings.compactMap(Finding.init(json:)))
  }
}
