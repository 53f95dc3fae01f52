import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning

/// A Cox model with an elastic net, as files.
package struct PenalisedReport: Sendable {
  /// The model, as it is kept.
  package let saved: SavedModel
  private let fitted: FittedCox

  /// - Parameters:
  ///   - mix: From 0, ridge, to 1, lasso.
  ///   - penalty: Its size; nil for what cross-validation finds.
  package init(_ rows: Table, _ options: Prognosis.Options, mix: Double, penalty: Double?) throws {
    saved = try Prognosis.penalised(rows, options, mix: mix, penalty: penalty)
    guard case .cox(let fitted) = saved.model else { preconditionFailure("a penalised model is Cox's") }
    self.fitted = fitted
  }

  private var coefficients: [(name: String, value: Double)] {
    zip(fitted.coefficients.names, fitted.coefficients.values).map { ($0, $1 ?? 0) }
  }

  /// A row for each coefficient.
  package var csv: CSV {
    CSV(header: ["coefficient", "coef"], rows: coefficients.map { [$0.name, numberText($0.value)] })
  }

  /// The model's file.
  package var json: Setting.Value { get throws { try Setting.Value(coding: saved) } }

  /// What held the coefficients back, in a sentence.
  package var heading: String {
    let penalty = fitted.penalty, chosen = penalty?.seed == nil ? "given" : "chosen by cross-validation"
    let count = coefficients.count { $0.value != 0 }
    return
      "Cox model with an elastic net, alpha \(shortText(penalty?.mix ?? 1)), lambda \(shortText(penalty?.size ?? 0)) (\(chosen)): "
      + "\(count) of \(coefficients.count) columns count, \(saved.events) events in \(saved.rows) rows"
  }

  /// For people: the coefficients that are not 0.
  package var rows: [[String]] {
    [["coefficient", "log hazard ratio", "hazard ratio"]]
      + coefficients.filter { $0.value != 0 }.map { [$0.name, shortText($0.value), shortText(exp($0.value))] }
  }
}
