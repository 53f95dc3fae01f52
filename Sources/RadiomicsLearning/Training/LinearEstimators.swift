import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How the size of a penalty is chosen.
package enum PenaltyChoice: Sendable, Hashable, SettingValue {
  /// By cross-validation, or a number.
  case validated(NetValidation.Choice), given(Double)

  package static let expectation = "min, 1se, or a number above 0"

  package init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .text(let word):
      guard let choice = NetValidation.Choice(rawValue: word) else {
        throw setting.error(
          "'\(word)' is unknown, must be \(Self.expectation).\(didYouMean(word, among: NetValidation.Choice.allCases.map(\.rawValue)))"
        )
      }
      self = .validated(choice)
    case .integer, .number:
      let value = try Double(setting: setting)
      guard value > 0, value.isFinite else { throw setting.error("is \(setting.value), must be \(Self.expectation).") }
      self = .given(value)
    default: throw Self.mismatch(setting)
    }
  }

  package var settingValue: Setting.Value {
    switch self {
    case .validated(let choice): .text(choice.rawValue)
    case .given(let value): .number(value)
    }
  }
}

/// An elastic net of log odds, log hazards or a number; λ by the inner folds, in each of which all steps are learnt anew.
package struct ElasticNetSignature: SignatureEstimator {
  package var mix = 1.0
  package var penalty = PenaltyChoice.validated(.smallest)
  package var count = 100
  package var ratio: Double?
  package var penalisesClinical = false
  package var ties = Ties.efron

  package init() {}
  package static let name = "elastic_net"
  package static let summary =
    "Regression with a penalty on the size of coefficients: logistic, Cox or linear, as the outcome is."
  package static let definition =
    "minimises loss(β) + λ (α |β|₁ + (1 − α) |β|² / 2), columns in units of their standard deviations; λ by the deviance of inner folds, of "
    + "Cox models full minus training partial likelihood"
  package static let limits =
    "Coefficients have no errors. Clinical columns are not penalised unless that is asked for."
  package static let reference =
    "Friedman et al. 2010, doi:10.18637/jss.v033.i01; Simon et al. 2011, doi:10.18637/jss.v039.i05; as glmnet"
  package static let parameters: [Parameter<ElasticNetSignature>] = [
    Parameter("alpha", \.mix, in: 0...1, "Which penalty: 0 is ridge, 1 lasso."),
    Parameter(
      "lambda", \.penalty,
      "Which penalty of the path: min (smallest deviance), 1se (largest within one standard error of it), or its size."),
    Parameter("lambdas", \.count, in: 2...1000, "Number of penalties of the path."),
    Parameter("ratio", \.ratio, in: .leastNonzeroMagnitude...1, "The last penalty over the first."),
    Parameter("penalise_clinical", \.penalisesClinical, "Whether clinical columns are penalised too."),
    Parameter("ties", \.ties, "Of Cox models: how events at the same time are counted, efron or breslow."),
  ]

  package func fit(_ rows: PreparedRows, inner: InnerFolds, seed: UInt64) throws(ModelError) -> SignatureModel {
    let outcome = try rows.outcome.forNet(ties)
    guard rows.design.columns > 0 else { return .linear(try .constant(rows.outcome, ties)) }
    var net = ElasticNet()
    (net.mix, net.count, net.ratio) = (mix, count, ratio)
    net.factors = factors(rows)
    if case .given(let penalty) = penalty { net.penalties = [penalty] }
    if net.factors?.allSatisfy({ $0 == 0 }) ?? false { net.penalties = [1] }
    let whole = try net.path(rows.design, outcome)
    var place = whole.solutions.count - 1
    if net.penalties == nil, !whole.solutions.isEmpty, case .validated(let choice) = penalty {
      let found = try net.crossValidated(whole: whole, folds: inner.folds, outcome) { (fold) throws(ModelError) in
        let prepared = try inner.prepared(fold)
        return ElasticNet.Columns(prepared.design, factors: self.factors(prepared))
      }
      place = try found.place(choice)
    }
    return .linear(try signature(whole, place, rows))
  }

  private func factors(_ rows: PreparedRows) -> [Double]? {
    let isFree = zip(rows.names, rows.isFree).map { name, isFree in
      name == PreparedRows.treatmentColumn || isFree && !penalisesClinical
    }
    return penalisesClinical && !isFree.contains(true) ? nil : isFree.map { $0 ? 0 : 1 }
  }

  private func signature(
    _ path: ElasticNetPath, _ place: Int, _ rows: PreparedRows
  ) throws(ModelError) -> LinearSignature {
    guard path.solutions.indices.contains(place) else { return try .constant(rows.outcome, ties) }
    let isCompeting = if case .competing = rows.outcome { true } else { false }
    return try LinearSignature(
      isCompeting ? "elastic net of Fine and Gray's subdistribution hazard" : "elastic net", rows,
      path.coefficients(place), intercept: path.solutions[place].intercept, ties: ties,
      penalty: path.solutions[place].penalty, mix: mix)
  }
}

/// Ridge regression: an elastic net with α 0, in which every column counts a little.
package struct RidgeSignature: SignatureEstimator {
  package var net: ElasticNetSignature

  package init() {
    net = ElasticNetSignature()
    net.mix = 0
  }
  package static let name = "ridge"
  package static let summary =
    "Ridge regression, in which every column counts a little: logistic, Cox or linear, as the outcome is."
  package static let definition = "an elastic net with α = 0"
  package static let limits = ElasticNetSignature.limits
  package static let reference = "Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634"
  package static let parameters: [Parameter<RidgeSignature>] = ElasticNetSignature.parameters.filter {
    $0.key != "alpha"
  }
  .map { part in
    Parameter(part.key, part.expectation, part.summary) { (setting, owner) throws(SettingError) in
      try part.read(setting, &owner.net)
    } write: {
      part.write($0.net)
    }
  }

  package func fit(_ rows: PreparedRows, inner: InnerFolds, seed: UInt64) throws(ModelError) -> SignatureModel {
    try net.fit(rows, inner: inner, seed: seed)
  }
}

/// Regression without a penalty, or logistic regression with Firth's, for few columns.
package struct RegressionSignature: SignatureEstimator {
  package var isFirth = false
  package var ties = Ties.efron

  package init() {}
  package static let name = "regression"
  package static let summary = "Regression for few columns: logistic, Cox or linear, as the outcome is."
  package static let limits =
    "Below 10 events for each coefficient it fits chance. Firth's penalty is for two values alone."
  package static let reference =
    "Firth 1993, doi:10.1093/biomet/80.1.27; Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x"
  package static let parameters: [Parameter<RegressionSignature>] = [
    Parameter("firth", \.isFirth, "Of two values: whether Firth's penalty is used, which no separation disturbs."),
    Parameter("ties", \.ties, "Of Cox models: how events at the same time are counted, efron, breslow or exact."),
  ]

  package func fit(_ rows: PreparedRows, inner: InnerFolds, seed: UInt64) throws(ModelError) -> SignatureModel {
    guard rows.design.columns > 0 else { return .linear(try .constant(rows.outcome, ties)) }
    guard rows.design.columns < rows.design.rows else {
      throw ModelError.at(
        "regression",
        "\(rows.design.columns) columns of \(rows.design.rows) rows, must be fewer columns than rows. Choose features before it."
      )
    }
    switch rows.outcome {
    case .binary(let events):
      let ones = Matrix(columns: [[Double](repeating: 1, count: events.count)], rows: events.count)
      let design = Matrix(columns: rows.design.columns + 1, elements: ones.elements + rows.design.elements)
      let model = try LogisticModel(
        design, events.map { $0 ? 1 : 0 }, names: ["(Intercept)"] + rows.names, firth: isFirth)
      let values = model.coefficients.map { $0.value ?? 0 }
      return .linear(
        try LinearSignature(
          isFirth ? "logistic regression with Firth's penalty" : "logistic regression", rows, Array(values.dropFirst()),
          intercept: values[0], ties: ties, errors: model.estimates.dropFirst().map { $0.estimate?.error }))
    case .survival(let times):
      let model = try CoxModel(rows.design, times, names: rows.names, ties: ties)
      return .linear(
        try LinearSignature(
          "Cox regression", rows, model.coefficients.map { $0.value ?? 0 }, intercept: 0, ties: ties,
          errors: model.estimates.map { $0.estimate?.error }))
    case .number:
      var net = ElasticNet()
      net.factors = rows.names.map { _ in 0 }
      net.penalties = [1]
      let path = try net.path(rows.design, try rows.outcome.forNet())
      return .linear(
        try LinearSignature(
          "linear regression", rows, path.coefficients(0), intercept: path.solutions[0].intercept, ties: ties))
    case .competing(let times):
      let model = try FineGray(
        rows.design, names: rows.names, times, kind: 1, censoring: .eventsFirst, ties: ties.fineGray())
      return .linear(
        try LinearSignature(
          "Fine and Gray's regression of the subdistribution hazard", rows, model.coefficients.map { $0.value ?? 0 },
          intercept: 0, ties: ties, errors: model.estimates.map { $0.estimate?.error }))
    }
  }
}

extension Ties {
  /// - Throws: `ModelError` for exact ones, which Fine and Gray's likelihood does not have.
  fileprivate func fineGray() throws(ModelError) -> FineGray.Ties {
    switch self {
    case .efron: return .efron
    case .breslow: return .breslow
    case .exact: throw ModelError.at("ties", "are exact, must be efron or breslow where events compete.")
    }
  }
}

extension LinearSignature {
  /// - `intercept`: Of a model that has one; of log hazards it is found here, so that a row of mean columns has 0.
  init(
    _ method: String, _ rows: PreparedRows, _ coefficients: [Double], intercept: Double, ties: Ties,
    penalty: Double? = nil, mix: Double? = nil, errors: [Double?]? = nil
  ) throws(ModelError) {
    self.errors = errors
    (self.method, names, self.coefficients) = (method, rows.names, coefficients)
    (self.penalty, self.mix) = (penalty, mix)
    let n = Double(max(rows.design.rows, 1))
    let center = dot((0..<rows.design.columns).map { pairwiseSum(rows.design.column($0)) / n }, coefficients)
    switch rows.outcome {
    case .binary: (link, self.intercept, self.ties, baseline) = (.logit, intercept, nil, nil)
    case .number: (link, self.intercept, self.ties, baseline) = (.identity, intercept, nil, nil)
    case .survival(let times):
      let base = CoxNet.baselineSteps(rows.design, times, coefficients, ties: ties == .exact ? .efron : ties)
      (link, self.ties) = (.logHazard, ties)
      self.intercept = -center
      baseline = BaselineHazard("all", times: base.times, cumulative: base.cumulative)
    case .competing(let times):
      let base = FineGray.baselineSteps(
        rows.design.times(coefficients).map { $0 - center }, times, ties: try ties.fineGray())
      (link, self.ties, self.intercept) = (.logHazard, ties, -center)
      baseline = BaselineHazard("all", times: base.times, cumulative: base.cumulative)
    }
  }

  /// A model without columns: every row gets what rows get on average.
  static func constant(_ outcome: Outcome, _ ties: Ties) throws(ModelError) -> LinearSignature {
    let rows = PreparedRows(
      names: [], design: Matrix(rows: outcome.count, columns: 0), isFree: [], outcome: outcome)
    let intercept: Double
    switch outcome {
    case .binary(let events):
      let share = Double(events.count { $0 }) / Double(max(events.count, 1))
      guard share > 0, share < 1 else { throw ModelError.oneOutcome }
      intercept = log(share / (1 - share))
    case .number(let values): intercept = mean(values)
    case .survival, .competing: intercept = 0
    }
    return try LinearSignature("no column", rows, [], intercept: intercept, ties: ties)
  }
}

/// The models that study files know by name.
package enum SignatureEstimators {
  package static let all: [any SignatureEstimator.Type] = [
    ElasticNetSignature.self, RidgeSignature.self, RegressionSignature.self, BoostedTreesSignature.self,
  ]
}
