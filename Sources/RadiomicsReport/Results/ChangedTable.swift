import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A feature table's changes over time, as files have them.
package struct ChangedTable: Sendable {
  package let measured: MeasuredTable
  package private(set) var changes: ChangeTable
  /// By what they were judged; nil by nothing.
  package let errors: ChangeErrors?
  package private(set) var findings: [Finding]
  private let provenance: TableProvenance?

  /// - Throws: `FormatError`, `StudyError` with a sentence that says what to do.
  package init(_ measured: MeasuredTable, _ settings: ChangeSettings, errors: ChangeErrors? = nil) throws {
    let path = measured.table.source.files.first?.path ?? measured.path
    let provenance = try TableProvenance(of: path)
    (self.measured, self.errors, self.provenance) = (measured, errors, provenance)
    let noticed = try Self.recipeFindings(provenance, measured, path)
    let columns = measured.features.filter { !settings.columns.contains($0.name) }
    let features = try errors?.features(columns) ?? columns.map { ChangeFeature($0) }
    changes = try ChangeTable(
      measured.table, features, settings, family: errors?.family(columns.map(\.name), alpha: settings.alpha),
      isJoint: provenance?.document["bins"]?.asText == "joint")
    findings = noticed + changes.findings + Self.errorFindings(features, errors, changes)
  }

  /// What a recipe does to comparisons over time.
  /// - Throws: `StudyError` for a scale that is found anew in each region, which hides what changed.
  private static func recipeFindings(
    _ provenance: TableProvenance?, _ measured: MeasuredTable, _ path: String
  ) throws(StudyError) -> [Finding] {
    var findings: [Finding] = []
    let normalise = provenance?.document["recipe"]?["preparation"]?["normalise"]
    if let normalise, normalise != .null, normalise["method"]?.asText != "fixed_range" {
      if normalise["within"]?.asText == "region" {
        throw StudyError.at(
          path,
          "intensities are normalised by the region itself, which hides how it changes, must not be. Normalise by a reference tissue, or "
            + "leave calibrated units as they are.")
      }
      findings.append(
        Finding(
          .warning, path,
          "intensities are normalised by the whole image: what changes elsewhere in it changes the features. A reference tissue is better for MR."
        ))
    }
    let fixed = measured.features.filter { $0.measurand?.discretisation?.hasPrefix("fbn") ?? false }
    if let first = fixed.first, provenance?.document["bins"] == nil {
      findings.append(
        Finding(
          .warning, path,
          "\(first.name)\(fixed.count > 1 ? " and \(fixed.count - 1) others" : "") have a fixed number of bins between the region's own extremes, "
            + "so that bins differ from scan to scan. Bins of a fixed width compare over time."))
    }
    return findings
  }

  private static func errorFindings(
    _ features: [ChangeFeature], _ errors: ChangeErrors?, _ changes: ChangeTable
  ) -> [Finding] {
    guard let errors else {
      return [
        Finding(
          .warning, "verdicts",
          "nobody says how far readings lie apart, so that no change has a verdict. Give the errors of a study of test and retest."
        )
      ]
    }
    let unknown = features.filter { $0.errors == nil }.map(\.column.name)
    let exact = features.filter { $0.errors?.same.deviation == 0 }.map(\.column.name)
    func many(_ names: [String]) -> String { names[0] + (names.count > 1 ? " and \(names.count - 1) others" : "") }
    var findings: [Finding] = []
    if !unknown.isEmpty {
      findings.append(Finding(.warning, errors.source, "has no errors of \(many(unknown)), which have no verdict."))
    }
    if !exact.isEmpty {
      findings.append(
        Finding(
          .warning, errors.source,
          "\(many(exact)) repeat exactly there, so that any change is beyond their error: were the outlines drawn anew?"
        ))
    }
    return findings
  }

  /// What each feature has a column for.
  package enum Part: String, CaseIterable {
    case absolute, relative, logRatio = "log_ratio", verdict, verdictAll = "verdict_all", slope, area
    case null, beyondNull = "beyond_null", core, paradox

    /// Those that compare with what shrinking alone does.
    static let ofNull: Set<Part> = [.null, .beyondNull, .core, .paradox]

    func text(_ change: FeatureChange) -> String {
      switch self {
      case .absolute: change.absolute.csv
      case .relative: change.relative.csv
      case .logRatio: change.logRatio.csv
      case .verdict: change.verdict?.rawValue ?? ""
      case .verdictAll: change.familyVerdict?.rawValue ?? ""
      case .slope: change.slope.csv
      case .area: change.area.csv
      case .null: change.null?.null.csv ?? ""
      case .beyondNull: change.null?.beyond.csv ?? ""
      case .core: change.null?.core.csv ?? ""
      case .paradox: change.null?.isParadox.map { $0 ? "yes" : "no" } ?? ""
      }
    }
  }

  private func parts(of feature: ChangeFeature) -> [Part] {
    let hasArea = changes.settings.followUp?.form != .startStop,
      hasNull = changes.nullFeatures.contains(feature.column.name)
    return Part.allCases.filter {
      ($0 != .verdictAll || changes.family != nil) && ($0 != .area || hasArea) && (!Part.ofNull.contains($0) || hasNull)
    }
  }

  /// The same, compared with what shrinking alone would have done.
  package func comparing(with nulls: VolumeNulls) -> ChangedTable {
    var result = self
    result.changes = changes.comparing(with: nulls)
    result.findings += nulls.findings
    return result
  }

  /// The table.
  package var csv: CSV {
    let settings = changes.settings, followUp = settings.followUp, parts = changes.features.map { self.parts(of: $0) }
    let times: [String] =
      switch followUp?.form {
      case nil: []
      case .landmark?: ["time", "event"]
      case .startStop?: ["start", "stop", "event"]
      }
    let header =
      [settings.subject] + (settings.lesion.map { [$0] } ?? []) + ["from", "to", "days"] + times + ["status", "reason"]
      + zip(changes.features, parts).flatMap { feature, parts in parts.map { "\(feature.column.name).\($0.rawValue)" } }
    let rows = changes.rows.map { row -> [String] in
      let (status, reason) = Self.status(row)
      let seen = row.followed.map { seen in
        (times.count == 3 ? [seen.start, seen.stop, seen.event] : [seen.stop, seen.event]).map(numberText)
      }
      let cells = zip(row.changes, parts).flatMap { change, parts in parts.map { $0.text(change) } }
      return [row.subject] + (settings.lesion == nil ? [] : [row.lesion ?? ""])
        + [row.from, row.to, row.days.map(numberText) ?? ""] + (seen ?? []) + [status, reason]
        + (cells.isEmpty ? [String](repeating: "", count: parts.reduce(0) { $0 + $1.count }) : cells)
    }
    return CSV(header: header, rows: rows)
  }

  /// `ok`, `partial` or `failed`, and the first reason.
  static func status(_ row: ChangeRow) -> (status: String, reason: String) {
    if let reason = row.reason { return ("failed", reason.text) }
    let cells = row.changes.map { row.to == ChangeRow.all ? $0.slope : $0.absolute }
    let missing = cells.compactMap(\.reason)
    guard let first = missing.first else { return ("ok", "") }
    return ("partial", missing.count == 1 ? first.text : "\(missing.count) of \(cells.count) features: \(first.text)")
  }

  /// What a column of changes is: a measurand of its own, as everything that changes its number is part of its fingerprint.
  package func measurands() -> [Measurand] {
    changes.features.flatMap { feature -> [Measurand] in
      guard let known = feature.column.measurand else { return [] }
      return parts(of: feature).compactMap { part in
        guard part != .verdict, part != .verdictAll, part != .paradox else { return nil }
        let time = changes.countsDays ? "d" : "time", unit = known.unit.isEmpty ? "1" : known.unit
        let units: [Part: String] = [
          .absolute: unit, .null: unit, .beyondNull: unit, .core: unit, .slope: "\(unit)/\(time)",
          .area: unit == "1" ? time : "\(unit) \(time)",
        ]
        return Measurand(
          column: "\(known.column).\(part.rawValue)", dialect: known.dialect, filter: known.filter,
          family: known.family,
          feature: Feature(
            known.feature.tag, known.feature.name, ibsi: nil,
            scale: part == .area || part == .null ? known.feature.scale : .interval, ""),
          aggregation: known.aggregation, discretisation: known.discretisation, unit: units[part] ?? "1",
          fingerprint: sha256("\(known.fingerprint) \(part.rawValue) \(identity(part))"))
      }
    }
  }

  /// What changes the numbers of a part.
  private func identity(_ part: Part) -> String {
    let settings = changes.settings
    let form =
      switch settings.followUp?.form {
      case nil: "pairs"
      case .landmark(let day)?: "landmark \(numberText(day))"
      case .startStop?: "start-stop"
      }
    switch part {
    case .slope: return "\(form), weights by scanners"
    case .null, .beyondNull, .core: return "\(form), volume-matched null, \(changes.nullDraws) draws"
    case .area: return "\(form), horizon \(changes.horizon.map(numberText) ?? "none")"
    default: return "\(settings.reference.rawValue), \(form)"
    }
  }

  /// What lies beside the table.
  package func provenance(_ findings: [Finding], command: GivenCommand? = nil) -> String {
    var inputs = ResultProvenance.Input.files(of: measured.table, used: measured.count)
    if let errors { inputs.append(ResultProvenance.Input(errors.source, sha256: errors.digest)) }
    let own = ResultProvenance(inputs, command: command)
    let leftOut = changes.leftOut.map { subject, reason in
      Setting.Value.map([.init("subject", .text(subject)), .init("reason", .text(reason.text))])
    }
    var entries: [Setting.Value.Entry] = [.init("format", .integer(1))] + own.json
    entries += [
      .init("change", changes.settings.settingValue), .init("left_out", .list(leftOut)),
      .init("columns", .list(measurands().map(\.json))), .init("findings", .list(findings.map(\.json))),
    ]
    if let known = provenance?.document {
      entries += ["recipe", "bins", "harmonisation"].compactMap { key in known[key].map { .init(key, $0) } }
    }
    return Setting.Value.map(entries).json + "\n"
  }
}
