import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

/// An analysis of who benefits from a treatment as files: JSON, a table, a page.
package struct PredictiveReport: Sendable {
  /// What was found.
  package let analysis: PredictiveAnalysis
  /// The table's name.
  package let table: String

  /// Analyses a table.
  package init(_ path: String, _ outcome: TrialOutcome, _ options: PredictiveAnalysis.Options) throws {
    table = path
    analysis = try PredictiveAnalysis(Table(path: path), outcome, options)
  }

  /// All of it as JSON.
  package var json: Setting.Value {
    var entries: [Setting.Value.Entry] = [.init("format", .integer(1)), .init("table", .text(table))]
    switch analysis.outcome {
    case .binary(let name): entries.append(.init("outcome", .text(name)))
    case .survival(let time, let event): entries += [.init("time", .text(time)), .init("event", .text(event))]
    }
    entries += [
      .init("treatment", .text(analysis.treatment)), .init("control", .text(analysis.control)),
      .init("treated", .text(analysis.treated)), .init("randomised", .flag(analysis.options.isRandomised)),
      .init("confidence", .number(1 - analysis.options.alpha)),
    ]
    if let adjust = analysis.options.adjust { entries.append(.init("adjust", .text(adjust))) }
    if let spline = analysis.options.spline { entries.append(.init("spline", .integer(spline))) }
    entries.append(.init("markers", .list(analysis.markers.map(json))))
    entries.append(.init("findings", .list(analysis.findings.map(\.json))))
    return .map(entries)
  }

  private func json(_ marker: PredictiveAnalysis.Marker) -> Setting.Value {
    let name = analysis.outcome.ratioName, alpha = analysis.options.alpha, model = marker.interaction
    var groups = marker.groups(alpha: alpha).json
    func extend(_ key: String, _ entries: [Setting.Value.Entry]) {
      guard let place = groups.firstIndex(where: { $0.key == key }), case .map(let old) = groups[place].value else {
        return
      }
      groups[place] = .init(key, .map(entries + old))
    }
    if model.hasCategories { extend("treatment_\(name)_at", [.init("marker", texts(marker.placeNames))]) }
    extend("subgroups", [.init("groups", texts(marker.subgroups.groups.map(\.name)))])
    if let selection = marker.selection { extend("selection", selection.interaction.model.json) }
    let main = model.mainEffects
    let entries: [Setting.Value.Entry] = [
      .init("marker", .text(marker.name)), .init("verdict", .text(analysis.verdict(marker).rawValue)),
      .init("sentence", .text(analysis.sentence(marker))), .init("n", .integer(marker.patients)),
      .init("rows", .integer(marker.count)),
      .init("events", .integer(marker.events)), .init("missing", .integer(marker.missing)),
    ]
    let rest: [Setting.Value.Entry] = [
      .init("vcov", model.model.vcov),
      .init("main_effects", .map(main.json + [.init("loglik", .number(main.logLikelihood))])),
    ]
    return .map(entries + groups + rest + curve(marker))
  }

  private func texts(_ words: [String]) -> Setting.Value { .list(words.map { .text($0) }) }

  private func curve(_ marker: PredictiveAnalysis.Marker) -> [Setting.Value.Entry] {
    guard !marker.curve.isEmpty else { return [] }
    let name = analysis.outcome.ratioName, limits = marker.curve.map { $0.effect.ratioLimits(analysis.options.alpha) }
    let statistics = [
      Statistic("marker", marker.curve.map { .value($0.value) }), Statistic(name, marker.curve.map(\.effect.ratio)),
      Statistic("lower", limits.map(\.lower)), Statistic("upper", limits.map(\.upper)),
    ]
    return [.init("treatment_\(name)_curve", .map(statistics.json))]
  }

  /// One row for each marker.
  package var csv: CSV {
    var names: [String] = [], rows: [[String: String]] = []
    for marker in analysis.markers {
      var row: [String: String] = [:]
      for group in marker.groups(alpha: analysis.options.alpha) {
        for (name, cell) in group.statistics.flatMap(\.columns) {
          let full = group.name.isEmpty ? name : "\(group.name).\(name)"
          if !names.contains(full) { names.append(full) }
          row[full] = cell.csv
        }
      }
      rows.append(row)
    }
    return CSV(
      header: ["marker", "verdict", "n", "events", "missing"] + names,
      rows: zip(analysis.markers, rows).map { marker, row in
        [
          marker.name, analysis.verdict(marker).rawValue, "\(marker.patients)", "\(marker.events)", "\(marker.missing)",
        ] + names.map { row[$0] ?? "" }
      })
  }
}

extension RegressionModel {
  /// Coefficients by name, covariances by row.
  fileprivate var json: [Setting.Value.Entry] {
    var entries = groups.json + [.init("vcov", vcov)]
    if case .logistic(let model, _) = self {
      entries.append(.init("robust_vcov_HC0", Self.rows(model.robustCovariance())))
    }
    return entries
  }

  fileprivate var vcov: Setting.Value { Self.rows(covariance) }

  private static func rows(_ matrix: Matrix) -> Setting.Value {
    .list(matrix.rowLists.map { .list($0.map { .number($0) }) })
  }
}
