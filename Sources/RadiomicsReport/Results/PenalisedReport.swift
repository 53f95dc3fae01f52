import RadiomicsCore
import RadiomicsLearning

/// A Cox model with an elastic net, for people and files.
package struct PenalisedReport: Sendable {
  /// The model, as it is kept.
  package let saved: SavedModel
  /// What was noticed.
  package let findings: [Finding]
  private let fitted: FittedCox

  /// - `mix`: From 0, ridge, to 1, lasso.
  /// - `penalty`: Its size; nil for what cross-validation finds.
  package init(_ table: Table, _ options: Prognosis.Options, mix: Double, penalty: Double?) throws {
    (saved, findings) = try Prognosis.penalised(table, options, mix: mix, penalty: penalty)
    guard case .cox(let fitted) = saved.model else { preconditionFailure("a penalised model is Cox's") }
    self.fitted = fitted
  }

  private var coefficients: [(name: String, value: Double)] {
    zip(fitted.coefficients.names, fitted.coefficients.values).map { ($0, $1 ?? 0) }
  }

  /// What held the coefficients back, in a sentence.
  private var heading: String {
    let penalty = fitted.penalty, chosen = penalty?.seed == nil ? "given" : "chosen by cross-validation"
    let count = coefficients.count { $0.value != 0 }
    return
      "Cox model with an elastic net, alpha \(shortText(penalty?.mix ?? 1)), lambda \(shortText(penalty?.size ?? 0)) (\(chosen)): "
      + "\(count) of \(coefficients.count) columns count, \(saved.events) events in \(saved.rows) rows"
  }

  /// Coefficients, those that are not 0 for people, and the model as it is kept for programs.
  /// - `command`: The command line.
  package func report(_ table: Table, command: GivenCommand? = nil) throws -> Report {
    var model = Section(), side = Section("", heading)
    model.places = .json
    model.facts = [.init("model", try Setting.Value(coding: saved))]
    side.places = [.text, .page]
    side.table = TextTable(
      [["coefficient", "log hazard ratio", "hazard ratio"]]
        + coefficients.filter { $0.value != 0 }.map { [$0.name, shortText($0.value), shortText(exp($0.value))] },
      right: [1, 2])
    let each = coefficients.map { name, value in
      var section = Section()
      section.places = .table
      section.row = name
      section.quantities = [StatisticGroup("", [Statistic("coef", value)])]
      return section
    }
    let inputs = ResultProvenance.Input.files(of: table, used: saved.rows)
    return Report(
      "Cox model with an elastic net", [model, side] + each, table: .rows("coefficient"),
      findings: findings,
      provenance: ResultProvenance(inputs, seed: fitted.penalty?.seed, command: command))
  }
}
