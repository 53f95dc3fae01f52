import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Rows as a model takes them, after the steps before it.
package struct PreparedRows: Sendable {
  /// Names of the columns, and the rows by columns.
  package let names: [String], design: Matrix
  /// Columns that no penalty holds back: clinical ones.
  package let isFree: [Bool]
  package let outcome: Outcome
}

/// The folds within training rows by which a model chooses its settings.
package struct InnerFolds: Sendable {
  /// The fold of each row, from 0.
  package let folds: [Int]
  /// All rows as the steps make them that were learnt without the rows of a fold.
  package let prepared: @Sendable (Int) throws(ModelError) -> PreparedRows
}

/// The model at the end of a pipeline.
package protocol SignatureEstimator: Configurable {
  /// Learns from prepared rows.
  /// - `inner`: Folds by which settings are chosen; a model without any leaves them alone.
  /// - Throws: `ModelError` for an outcome that it does not know, or a likelihood without a maximum.
  func fit(_ rows: PreparedRows, inner: InnerFolds, seed: UInt64) throws(ModelError) -> SignatureModel
}

/// A model that was fitted, of any kind.
package enum SignatureModel: Sendable, Hashable, Codable {
  case linear(LinearSignature), trees(TreeSignature)

  /// What all have.
  private var fitted: any FittedSignature {
    switch self {
    case .linear(let model): model
    case .trees(let model): model
    }
  }

  /// The same as a sum; nil of another model.
  var linear: LinearSignature? { if case .linear(let model) = self { model } else { nil } }

  /// Columns that it takes, in order.
  package var names: [String] { fitted.names }

  /// Columns that count.
  package var counted: [String] { fitted.counted }

  /// The same for some of its columns, where the others do not count.
  func only(_ columns: Set<String>) -> SignatureModel {
    switch self {
    case .linear(let model): .linear(model.only(columns))
    case .trees(let model): .trees(model.only(columns))
    }
  }

  /// The same with a baseline hazard of so many equal steps.
  func thinned(to count: Int) -> SignatureModel {
    switch self {
    case .linear(let model): .linear(model.thinned(to: count))
    case .trees(let model): .trees(model.thinned(to: count))
    }
  }

  /// λ; nil of a model without one.
  package var penalty: Double? {
    switch self {
    case .linear(let model): model.penalty
    case .trees: nil
    }
  }

  /// In the column's own unit; nil of a model without coefficients.
  package func coefficient(of column: String) -> Double? {
    switch self {
    case .linear(let model): model.names.firstIndex(of: column).map { model.coefficients[$0] }
    case .trees: nil
    }
  }

  /// The model in words.
  package var formula: String { fitted.formula }

  /// One number for each row, larger where the event is likelier or earlier: log odds, log hazard ratio, or the number itself.
  package func linearPredictors(_ design: Matrix) throws(ModelError) -> [Double] { try fitted.linearPredictors(design) }

  /// What a linear predictor means: a probability, the risk until a horizon, or the number.
  /// - Returns: Nil of a time without a horizon.
  package func prediction(_ linear: Double, horizon: Double?) -> Double? {
    fitted.prediction(linear, horizon: horizon)
  }
}

/// What models of all kinds can be asked.
protocol FittedSignature {
  var names: [String] { get }
  var counted: [String] { get }
  var link: SignatureLink { get }
  /// The cumulative hazard of a row with a linear predictor of 0; nil where there are no times.
  var baseline: BaselineHazard? { get }
  var formula: String { get }
  func linearPredictors(_ design: Matrix) throws(ModelError) -> [Double]
}

extension FittedSignature {
  func prediction(_ linear: Double, horizon: Double?) -> Double? {
    switch link {
    case .logit: expit(linear)
    case .identity, .effect: linear
    case .logHazard:
      if let baseline, let horizon { -expm1(-baseline.value(at: horizon) * exp(linear)) } else { nil }
    }
  }
}

/// What a linear predictor is of.
package enum SignatureLink: String, Sendable, Hashable, Codable {
  /// Log odds, a log hazard ratio, a number, the log ratio of a treatment.
  case logit, logHazard = "log_hazard", identity, effect
}

/// Coefficients of a linear predictor.
package struct LinearSignature: FittedSignature, Sendable, Hashable, Codable {
  /// How it was fitted, in words.
  package let method: String
  package let link: SignatureLink
  /// Columns in order, and the coefficient of each in the column's own unit.
  package let names: [String], coefficients: [Double]
  /// 0 of a log hazard ratio.
  package let intercept: Double
  /// λ, by which it was chosen, and α; nil where nothing held coefficients back.
  package let penalty: Double?, mix: Double?
  /// How events at one time were counted; nil where there are no times.
  package let ties: Ties?
  /// The cumulative hazard of a row with a linear predictor of 0; nil where there are no times.
  package let baseline: BaselineHazard?
  /// Standard errors of the coefficients, of a model that has them.
  package let errors: [Double?]?

  init(
    method: String, link: SignatureLink, names: [String], coefficients: [Double], intercept: Double, penalty: Double?,
    mix: Double?, ties: Ties?, baseline: BaselineHazard?, errors: [Double?]? = nil
  ) {
    (self.method, self.link, self.names, self.coefficients) = (method, link, names, coefficients)
    (self.intercept, self.penalty, self.mix, self.ties) = (intercept, penalty, mix, ties)
    (self.baseline, self.errors) = (baseline, errors)
  }

  func only(_ some: Set<String>) -> LinearSignature {
    let places = names.indices.filter { some.contains(names[$0]) }
    return LinearSignature(
      method: method, link: link, names: places.map { names[$0] }, coefficients: places.map { coefficients[$0] },
      intercept: intercept, penalty: penalty, mix: mix, ties: ties, baseline: baseline,
      errors: errors.map { all in places.map { all[$0] } })
  }

  func thinned(to count: Int) -> LinearSignature {
    LinearSignature(
      method: method, link: link, names: names, coefficients: coefficients, intercept: intercept, penalty: penalty,
      mix: mix, ties: ties, baseline: baseline?.thinned(to: count), errors: errors)
  }

  func linearPredictors(_ design: Matrix) -> [Double] { design.times(coefficients).map { $0 + intercept } }

  package var counted: [String] { terms.map(\.name) }

  /// The columns that count, in order.
  package var terms: [(name: String, coefficient: Double)] {
    zip(names, coefficients).filter { $0.1 != 0 }.map { (name: $0.0, coefficient: $0.1) }
  }

  /// The Rad-score in words: `-1.2 + 0.031 × cm_joint_entr.3D_mrg.fbs25 − 0.4 × stage`.
  package var formula: String {
    var text = link == .logHazard ? "" : shortText(intercept, digits: 6)
    for (name, coefficient) in terms {
      let size = "\(shortText(abs(coefficient), digits: 6)) × \(name)"
      text += text.isEmpty ? (coefficient < 0 ? "−" : "") + size : (coefficient < 0 ? " − " : " + ") + size
    }
    return text.isEmpty ? "0" : text
  }
}

extension LinearSignature {
  private enum CodingKeys: String, CodingKey {
    case method, link, names = "columns", coefficients, intercept, penalty = "lambda", mix = "alpha", ties, baseline,
      errors
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    method = try parts.decode(String.self, forKey: .method)
    link = try parts.decode(SignatureLink.self, forKey: .link)
    names = try parts.decode([String].self, forKey: .names)
    coefficients = try parts.decode([Double].self, forKey: .coefficients)
    intercept = try parts.decode(Double.self, forKey: .intercept)
    penalty = try parts.decodeIfPresent(Double.self, forKey: .penalty)
    mix = try parts.decodeIfPresent(Double.self, forKey: .mix)
    ties = try parts.decodeIfPresent(Ties.self, forKey: .ties)
    baseline = try parts.decodeIfPresent(BaselineHazard.self, forKey: .baseline)
    errors = try parts.decodeIfPresent([Double?].self, forKey: .errors)
    guard names.count == coefficients.count, errors?.count ?? names.count == names.count,
      (link == .logHazard) == (baseline != nil)
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "has coefficients that are not those of its columns"))
    }
  }
}
