import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// What a recipe found on one case, as a run folder keeps it. It names no file and no row, so that it serves every case
/// with the same content.
struct CaseResult: Sendable {
  /// The format of case files this version reads and writes; 2 has a checksum.
  static let format = 2

  /// One region of a case.
  struct Region: Sendable {
    let name: String
    let cells: [Cell]
    let findings: [Finding]
    /// Steps of preparation and numbers of grey levels.
    let details: JSON
    /// Of the recipe's diagnostics.
    let texts: [String?]
  }

  /// A file that was read.
  struct Input: Sendable, Hashable {
    let role, sha256: String
    let byteCount: Int
  }

  let key: CaseKey
  let regions: [Region]
  /// Regions that were asked for and cannot be measured.
  let unmeasured: [UnmeasuredRegion]
  /// Of reading.
  let findings: [Finding]
  let inputs: [Input]
  /// What the image's header says on how it was made, by name.
  let acquisition: JSON
  /// Seconds.
  let timings: JSON
  /// The limit of memory, bytes, that cells without a value may be owed to; nil if there was none, or no such cell.
  let memory: Int?

  /// Number of cells without a value.
  var undefinedCount: Int { regions.reduce(0) { $0 + $1.cells.count { $0.value == nil } } }

  /// The rows of a table.
  func rows(texts: [String?], regionColumn: Int, _ profiled: ProfiledResult? = nil) -> [TableRow] {
    let limits = profiled?.texts, warnings = profiled?.conformance.warnings ?? []
    return regions.enumerated().map { index, region in
      var texts = texts
      texts[regionColumn] = region.name
      texts += region.texts + (limits?[index] ?? [])
      let (status, reason) = region.cells.status
      return TableRow(
        texts: texts, status: status, reason: reason, cells: region.cells,
        findings: (index == 0 ? findings + warnings : []) + region.findings)
    }
  }
}

extension CaseResult {
  /// What a study's result says without the names of its files.
  init(_ result: StudyResult, key: CaseKey, inputs: [Input], timings: JSON, memory: Int?) {
    let study = result.study
    let names =
      [(study.imagePath, "image"), (study.maskPath, "mask")] + (study.options.clip.map { [($0, "clip")] } ?? [])
      + (study.options.reference.map { [($0, "reference")] } ?? [])
    func anonymous(_ findings: [Finding]) -> [Finding] {
      findings.map { finding in
        func plain(_ text: String) -> String {
          names.sorted { $0.0.utf8.count > $1.0.utf8.count }.reduce(text) { $0.replacing($1.0, with: $1.1) }
        }
        return Finding(finding.severity, plain(finding.plainPlace), plain(finding.message))
      }
    }
    let hasUndefined = result.measurements.contains { $0.cells.contains { $0.value == nil } }
    self.init(
      key: key,
      regions: study.regions.indices.map { index in
        let measurement = result.measurements[index]
        return Region(
          name: study.regions[index].name, cells: measurement.cells, findings: anonymous(measurement.findings),
          details: .map(measurement.details), texts: result.diagnosticTexts[index])
      },
      unmeasured: study.unmeasured,
      findings: anonymous(study.findings + result.noted), inputs: inputs,
      // Days since other scans of a folder belong to the folder, not to the content.
      acquisition: study.acquisition.filter { $0.name != "days_since_first_scan" }.json, timings: timings,
      memory: hasUndefined ? memory : nil)
  }

  /// One line of JSON, the SHA-256 of what stands before it at its end.
  var json: String {
    SealedLine.text(
      .map([
        .init("format", .integer(Self.format)), .init("key", .text(key.text)),
        .init("inputs", .list(inputs.map(\.json))), .init("findings", .list(findings.map(\.json))),
        .init("acquisition", acquisition), .init("regions", .list(regions.map(\.json))),
        .init("unmeasured", .list(unmeasured.map(\.json))), .init("timings_s", timings),
        .init("memory", memory.map { .integer($0) } ?? .null),
      ]))
  }

  /// Reads a case file.
  /// - Throws: `SettingError` or `StudyError` if it is damaged or newer than this version.
  init(json bytes: [UInt8], file: String, columnCount: Int, textCount: Int) throws {
    let json = try JSON(json: bytes, file: file)
    func damaged() -> StudyError { StudyError.at(file, "it is no result of a case. Remove it and resume the run.") }
    guard json["format"]?.asInteger == Self.format else {
      let found = json["format"]?.asInteger.map { "format \($0)" } ?? "no known format"
      throw StudyError.at(
        file,
        "its result has \(found), this version reads format \(Self.format), which has a checksum. Resume the run, "
          + "which measures it again.")
    }
    guard SealedLine.isWhole(bytes) else {
      throw StudyError.at(
        file, "the result is damaged, its checksum is not that of its content. Resume the run, which measures it again."
      )
    }
    guard let key = json["key"]?.asText.flatMap(CaseKey.init(text:)), let regions = json["regions"]?.asList,
      let inputs = json["inputs"]?.asList, let findings = json["findings"]?.asList
    else { throw damaged() }
    self.key = key
    self.acquisition = json["acquisition"] ?? .map([])
    self.timings = json["timings_s"] ?? .null
    self.memory = json["memory"]?.asInteger
    self.unmeasured = (json["unmeasured"]?.asList ?? []).compactMap(UnmeasuredRegion.init(json:))
    self.inputs = try inputs.map { try Input(json: $0) ?? { throw damaged() }() }
    self.findings = try findings.map { try Finding(json: $0) ?? { throw damaged() }() }
    self.regions = try regions.map { region in
      guard let read = Region(json: region), read.cells.count == columnCount, read.texts.count == textCount else {
        throw damaged()
      }
      return read
    }
  }
}

extension CaseResult.Region {
  fileprivate var json: JSON {
    .map(
      [
        .init("name", .text(name)),
        .init(
          "cells",
          .list(cells.map(\.json))), .init("findings", .list(findings.map(\.json))), .init("details", details),
      ] + (texts.isEmpty ? [] : [.init("texts", .list(texts.map { $0.map { .text($0) } ?? .null }))]))
  }

  fileprivate init?(json: JSON) {
    guard let name = json["name"]?.asText, let cells = json["cells"]?.asList, let findings = json["findings"]?.asList
    else { return nil }
    self.name = name
    details = json["details"] ?? .null
    texts = (json["texts"]?.asList ?? []).map(\.asText)
    self.findings = findings.compactMap(Finding.init(json:))
    self.cells = cells.compactMap(Cell.init(json:))
    guard self.cells.count == cells.count else { return nil }
  }
}

extension CaseResult.Input {
  /// Role, SHA-256 and size.
  var json: JSON {
    .map([.init("role", .text(role)), .init("sha256", .text(sha256)), .init("bytes", .integer(byteCount))])
  }

  fileprivate init?(json: JSON) {
    guard let role = json["role"]?.asText, let sha256 = json["sha256"]?.asText, let bytes = json["bytes"]?.asInteger
    else { return nil }
    self.init(role: role, sha256: sha256, byteCount: bytes)
  }
}

extension Cell {
  /// The number, or the reason why there is none as text.
  var json: JSON {
    switch self {
    case .value(let number): .number(number)
    case .undefined(let reason): .text(reason.text)
    }
  }

  init?(json: JSON) {
    if let number = json.asNumber {
      self = .value(number)
    } else if let reason = json.asText {
      self = .undefined(Reason(reason))
    } else {
      return nil
    }
  }
}
