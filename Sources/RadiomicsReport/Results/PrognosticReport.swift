import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A prognosis as files: JSON, a table, a page.
package struct PrognosticReport: Sendable {
  /// What was found.
  package let prognosis: Prognosis
  /// The table's name, and that of the table that the model is judged on.
  package let table: String, validation: String?

  /// Analyses a table.
  /// - Parameters:
  ///   - validation: A table of other patients, on which the model is judged.
  ///   - patients: A table of patients for whom the model predicts.
  package init(_ path: String, _ options: Prognosis.Options, validation: String? = nil, patients: String? = nil) throws
  {
    (table, self.validation) = (path, validation)
    prognosis = try Prognosis(
      Table(path: path), options, validation: validation.map { try Table(path: $0) },
      patients: patients.map { try Table(path: $0) })
  }

  /// All of it as JSON.
  package var json: Setting.Value {
    var entries: [Setting.Value.Entry] = [
      .init("format", .integer(1)), .init("table", .text(table)),
      .init("validation", validation.map { .text($0) } ?? .null),
      .init("time", .text(prognosis.options.time)),
      .init("event", .text(prognosis.options.event)), .init("n", .integer(prognosis.patients)),
      .init("rows", .integer(prognosis.count)),
      .init("events", .integer(prognosis.times.events)), .init("missing", .integer(prognosis.missing)),
      .init("confidence", .number(1 - prognosis.options.alpha)),
      .init("interval", .text(prognosis.options.interval.rawValue)),
      .init("survival", .list(prognosis.groups.groups.map(\.json))),
    ]
    entries += prognosis.groups.tests.json
    entries.append(
      .init("markers", .list(prognosis.markers.map { .map([.init("marker", .text($0.name))] + $0.statistics.json) })))
    if let model = prognosis.model { entries.append(.init("model", model.json)) }
    entries.append(.init("risk_groups", .list(prognosis.riskGroups.map(\.json))))
    entries.append(
      .init(
        "performance",
        .list(
          prognosis.performances.map { performance in
            .map(
              [.init("of", .text(performance.name)), .init("apparent", .flag(performance.isApparent))]
                + performance.groups.json)
          })))
    if let competing = prognosis.competing { entries.append(.init("competing", competing.json)) }
    if !prognosis.predicted.isEmpty { entries.append(.init("predictions", .list(predictions))) }
    entries.append(.init("findings", .list(prognosis.findings.map(\.json))))
    return .map(entries)
  }

  private var predictions: [Setting.Value] {
    prognosis.predicted.enumerated().map { index, patient in
      let incidences =
        prognosis.predictedIncidences.map { [Setting.Value.Entry("cif", .list($0[index].map { .number($0) }))] } ?? []
      func list(_ value: (PredictedSurvival) -> Double?) -> Setting.Value {
        .list(patient.map { value($0).map { .number($0) } ?? .null })
      }
      return .map(
        [
          .init("time", .list(prognosis.moments.map { .number($0) })), .init("surv", list(\.survival)),
          .init("std_err", list(\.error)), .init("lower", list { $0.limits?.lowerBound }),
          .init("upper", list { $0.limits?.upperBound }),
        ] + incidences)
    }
  }

  /// One row for each marker; without markers for each coefficient of the model; without a model for each group.
  package var csv: CSV {
    if !prognosis.markers.isEmpty {
      return Self.table("marker", prognosis.markers.map { ($0.name, $0.statistics) })
    }
    if let model = prognosis.model {
      let names = model.cox.names
      return Self.table("coefficient", names.indices.map { index in (names[index], model.statistics(of: index)) })
    }
    return Self.table("group", prognosis.groups.groups.map { ($0.name, $0.statistics) })
  }

  private static func table(_ first: String, _ rows: [(name: String, statistics: [Statistic])]) -> CSV {
    var names: [String] = []
    for (name, _) in rows.flatMap({ $0.statistics.flatMap(\.columns) }) where !names.contains(name) {
      names.append(name)
    }
    return CSV(
      header: [first] + names,
      rows: rows.map { row in
        let cells = Dictionary(row.statistics.flatMap(\.columns).map { ($0.name, $0.cell.csv) }) { first, _ in first }
        return [row.name] + names.map { cells[$0] ?? "" }
      })
  }

  /// Markers for people, the smallest P first.
  package var markerRows: [[String]] {
    let names = ["n", "hr", "hr_ci", "hr_per_sd", "p", "p_bh", "concordance"]
    func text(_ marker: PrognosticMarker, _ name: String) -> String {
      marker.statistics.first { $0.name == name }?.cells.map { $0.value.map { shortText($0, digits: 3) } ?? "-" }
        .joined(separator: " to ") ?? "-"
    }
    func p(_ marker: PrognosticMarker) -> Double { marker.statistics.first { $0.name == "p" }?.cells[0].value ?? 2 }
    let order = prognosis.markers.indices.sorted { (p(prognosis.markers[$0]), $0) < (p(prognosis.markers[$1]), $1) }
    return [["marker"] + names]
      + order.map { index in
        [prognosis.markers[index].name] + names.map { text(prognosis.markers[index], $0) }
      }
  }

  /// Predicted survival for people: a row for each patient and time.
  package var predictedRows: [[String]] {
    [
      ["patient", "time", "survival", "lower", "upper"]
        + (prognosis.predictedIncidences == nil ? [] : ["has had it first"])
    ]
      + prognosis.predicted.enumerated().flatMap { index, patient in
        zip(prognosis.moments, patient).enumerated().map { place, pair -> [String] in
          let (moment, predicted) = pair
          return [
            "\(index + 1)", shortText(moment), shortText(predicted.survival),
            predicted.limits.map { shortText($0.lowerBound) } ?? "-",
            predicted.limits.map { shortText($0.upperBound) } ?? "-",
          ] + (prognosis.predictedIncidences.map { [shortText($0[index][place])] } ?? [])
        }
      }
  }

  /// Residuals of the model, a row for each row that it is fitted to; nil without a model, or with tt() in it.
  package var residuals: CSV? {
    guard let model = prognosis.model, !model.changesWithTime else { return nil }
    let cox = model.cox, residuals = CoxResiduals(cox), names = cox.definedNames
    let predictors = cox.centredPredictors
    var schoenfeld = [[String]](repeating: names.map { _ in "" }, count: cox.count)
    for (event, row) in residuals.schoenfeldRows.enumerated() {
      schoenfeld[row] = names.indices.map { numberText(residuals.schoenfeld[event, $0]) }
    }
    let kinds = ["score", "dfbeta", "schoenfeld"].flatMap { kind in names.map { "\(kind).\($0)" } }
    return CSV(
      header: ["time", "event", "martingale", "deviance", "lp"] + kinds,
      rows: (0..<cox.count).sorted { model.lines[$0] < model.lines[$1] }.map { row in
        let head = [
          cox.times.stop[row], cox.times.isEvent[row] ? 1 : 0, residuals.martingale[row], residuals.deviance[row],
        ]
        let parts = [residuals.scores, residuals.dfbeta].flatMap { matrix in names.indices.map { matrix[row, $0] } }
        return (head + [predictors[row]] + parts).map(numberText) + schoenfeld[row]
      })
  }
}

extension SurvivalGroups.Group {
  fileprivate var json: Setting.Value { .map([.init("group", .text(name))] + statistics.json) }
}

extension PrognosticModel {
  fileprivate var json: Setting.Value {
    .map(
      [
        .init("formula", .text(formula)), .init("ties", .text(cox.ties.rawValue)),
        .init("robust", .flag(cox.robustCovariance != nil)),
      ] + groups.json)
  }

  /// What each group of statistics by name has for a coefficient.
  func statistics(of index: Int) -> [Statistic] {
    groups.filter { $0.statistics.count >= cox.names.count && !$0.name.isEmpty && $0.name != "vcov" }.compactMap {
      group in
      group.statistics.first { $0.name == cox.names[index] }.map { found in
        found.isList
          ? Statistic(group.name, found.cells, found.meaning) : Statistic(group.name, found.cells[0], found.meaning)
      }
    }
  }

  /// Hazard ratios with limits, for people.
  package func rows(alpha: Double) -> [[String]] {
    func number(_ cell: Cell) -> String { cell.value.map { shortText($0) } ?? "-" }
    return [["coefficient", "log hazard ratio", "se", "hazard ratio", "lower", "upper", "p", ""]]
      + zip(cox.names, cox.estimates).map { name, estimate in
        let limits = estimate.ratioLimits(alpha)
        return [
          name, number(estimate.value), number(estimate.error), number(estimate.ratio), number(limits.lower),
          number(limits.upper), estimate.p.value.map { shortText($0, digits: 3) } ?? "-",
          estimate.value.reason.map { "(\($0.text))" } ?? "",
        ]
      }
  }
}

extension RiskGroups {
  fileprivate var json: Setting.Value {
    .map(
      [.init("of", .text(name))] + statistics.json + [.init("survival", .list(groups.groups.map(\.json)))])
  }
}

extension CompetingAnalysis {
  fileprivate var json: Setting.Value {
    .map(
      [.init("events", .list(kinds.map { .text($0) }))]
        + [
          .init(
            "groups",
            .list(groups.map { group in .map([.init("group", .text(group.name))] + group.statistics.json) }))
        ]
        + statistics.json)
  }
}
