import Radiomics
import RadiomicsCore
import RadiomicsFeatures

/// What all results of a run folder have in common.
struct RunDescription: Sendable {
  /// The newest format of run folders this version reads and writes.
  static let format = 1

  let software: String
  let recipeFingerprint: String
  /// Name and fingerprint of each column, in order.
  let columns: [[String]]
  /// Names of the columns of diagnostics.
  let diagnostics: [String]
  /// How images and masks are read, as JSON; the region where a row says none.
  let reading: JSON
  let cohortFile, cohortSHA256: String
  let rowCount: Int

  init(_ cohort: Cohort, _ recipe: Recipe, _ options: Study.Options) {
    software = radiomicsVersion
    recipeFingerprint = recipe.fingerprint
    columns = recipe.columns.map { [$0.column, $0.fingerprint] }
    diagnostics = recipe.diagnosticColumns
    reading = options.json
    cohortFile = "cohort." + (CSV.ending(of: cohort.path) ?? "csv")
    cohortSHA256 = cohort.sha256
    rowCount = cohort.count
  }

  /// What another description is of that this one is not, in words; nil if only the cohort differs.
  func difference(from other: RunDescription) -> String? {
    if other.software != software { return "version \(other.software), this is \(software)" }
    if other.recipeFingerprint != recipeFingerprint {
      return "another recipe (fingerprint \(other.recipeFingerprint.prefix(12)), not \(recipeFingerprint.prefix(12)))"
    }
    if other.columns != columns || other.diagnostics != diagnostics {
      return "a recipe with other names or another order of columns"
    }
    if other.reading.line != reading.line {
      return "other options of reading (\(other.reading.line), not \(reading.line))"
    }
    return nil
  }

  /// As `run.json` has it.
  var json: String {
    JSON.map(
      [
        .init("format", .integer(Self.format)),
        .init("software", .map([.init("name", .text("swift-radiomics")), .init("version", .text(software))])),
        .init("recipe_fingerprint", .text(recipeFingerprint)),
        .init(
          "cohort",
          .map([
            .init("file", .text(cohortFile)), .init("sha256", .text(cohortSHA256)), .init("rows", .integer(rowCount)),
          ])), .init("reading", reading),
        .init("columns", .list(columns.map { .list($0.map { .text($0) }) })),
      ] + (diagnostics.isEmpty ? [] : [.init("diagnostics", .list(diagnostics.map { .text($0) }))])
    ).json + "\n"
  }

  /// Reads `run.json`.
  /// - Throws: `StudyError` if it is damaged or newer than this version.
  init(json bytes: [UInt8], file: String) throws {
    let wayOut = "Remove the file and resume the run, which uses the results that are there."

    guard let json = try? JSON(json: bytes, file: file) else {
      throw StudyError.at(file, "it is damaged, must describe a run in JSON. \(wayOut)", .restart)
    }
    guard json["format"]?.asInteger == Self.format else {
      throw StudyError.at(
        file,
        "its format is unknown, this version reads format \(Self.format). Use the version that wrote it.", .restart)
    }
    guard let software = json["software"]?["version"]?.asText, let recipe = json["recipe_fingerprint"]?.asText,
      let columns = json["columns"]?.asList, let reading = json["reading"], let cohort = json["cohort"],
      let cohortFile = cohort["file"]?.asText, CSV.ending(of: cohortFile).map({ "cohort." + $0 }) == cohortFile,
      let sha256 = cohort["sha256"]?.asText, let rows = cohort["rows"]?.asInteger
    else { throw StudyError.at(file, "it is no description of a run. \(wayOut)", .restart) }
    self.software = software
    recipeFingerprint = recipe
    self.columns = columns.map { ($0.asList ?? []).compactMap(\.asText) }
    diagnostics = (json["diagnostics"]?.asList ?? []).compactMap(\.asText)
    self.reading = reading
    self.cohortFile = cohortFile
    cohortSHA256 = sha256
    rowCount = rows
  }
}
