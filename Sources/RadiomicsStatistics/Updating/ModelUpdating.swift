import RadiomicsCore
import RadiomicsNumerics

/// How much of a model is fitted anew to patients of another place.
package enum ModelUpdate: String, Sendable, CaseIterable {
  /// Nothing.
  case original
  /// The intercept, or how high the hazard is at all: calibration in the large.
  case inTheLarge = "in_the_large"
  /// That and one slope of the linear predictor.
  case recalibration
  /// Every coefficient.
  case refit
}

/// A model as it was, and fitted anew in three ways; which of them new patients ask for, by the closed testing procedure of Vergouwe et al. 2017,
/// doi:10.1002/sim.7179: the least update is taken that is not significantly worse than refitting everything, each tested at the same level, as
/// one only goes on where the test before was significant. Few patients so get few new coefficients.
///
/// Steyerberg et al. 2004, doi:10.1002/sim.1844; of times van Houwelingen 2000, doi:10.1002/1097-0258(20001230)19:24<3401::AID-SIM554>3.0.CO;2-2.
package struct ModelUpdating: Sendable {
  /// One of them.
  package struct Model: Sendable {
    package let update: ModelUpdate
    /// What was fitted: `intercept`, `slope`, or the names of the columns.
    package let coefficients: [(name: String, estimate: EstimateCell)]
    /// Linear predictors of the rows.
    package let predictors: [Double]
    /// Maximum of the logarithm of the likelihood, with how many coefficients; nil where the likelihood does not see the update.
    package let likelihood: (logarithm: Double, coefficients: Int)?
  }

  /// A test of an update against refitting everything.
  package struct Step: Sendable, Hashable {
    package let update: ModelUpdate
    /// Twice the difference of the likelihoods' logarithms, its degrees of freedom, and P.
    package let chi: Double, df: Int, p: Double
  }

  /// The least first.
  package let models: [Model]
  /// Updates that could not be fitted, and why.
  package let missing: [(update: ModelUpdate, reason: Reason)]
  /// What was tested, in order; empty where there is a reason.
  package let steps: [Step]
  /// The update that the tests choose; undefined for a reason.
  package let chosen: Result<ModelUpdate, NoChoice>

  /// Why nothing is chosen.
  package struct NoChoice: Error, Sendable, Hashable {
    package let reason: Reason
    package init(reason: Reason) { self.reason = reason }
  }

  /// - `predictors`: Linear predictors (log odds) by the model as it was.
  /// - `design`: Rows by the model's columns, of which the linear predictor is a combination; nil where they are not known.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for errors; then nothing is chosen, as tests of
  ///   likelihoods do not hold.
  /// - Throws: `ModelError` for a predictor that is no finite number, or a single outcome.
  package init(
    _ predictors: [Double], _ isEvent: [Bool], design: Matrix?, names: [String] = [], clusters: [Int]? = nil,
    alpha: Double = 0.05
  ) throws(ModelError) {
    try Self.check(predictors)
    guard Set(isEvent).count == 2 else { throw ModelError.oneOutcome }
    let y = isEvent.map { $0 ? 1.0 : 0 }, ones = y.map { _ in 1.0 }
    let asItWas = zip(predictors, y).reduce(0) { $0 + $1.1 * $1.0 - softplus($1.0) }
    func fit(_ columns: [[Double]], _ names: [String], offset: [Double]?) throws(ModelError) -> LogisticModel {
      try LogisticModel(
        Matrix(columns: columns, rows: y.count), y, names: names, offset: offset, clusters: clusters)
    }
    func model(_ update: ModelUpdate, _ fitted: LogisticModel) -> Model {
      Model(
        update: update, coefficients: zip(fitted.names, fitted.estimates).map { ($0, $1) },
        predictors: fitted.predictors,
        likelihood: (fitted.logLikelihood, fitted.coefficients.count { $0.value != nil }))
    }
    var found = Found()
    found.models.append(
      Model(update: .original, coefficients: [], predictors: predictors, likelihood: (asItWas, 0)))
    found.add(.inTheLarge) { () throws(ModelError) in
      model(.inTheLarge, try fit([ones], ["intercept"], offset: predictors))
    }
    found.add(.recalibration) { () throws(ModelError) in
      model(.recalibration, try fit([ones, predictors], ["intercept", "slope"], offset: nil))
    }
    if let design {
      found.add(.refit) { () throws(ModelError) in
        try Self.requireRows(y.count, design.columns + 1)
        return model(.refit, try fit([ones] + design.allColumns, ["intercept"] + names, offset: nil))
      }
    }
    self.init(found, hasClusters: clusters != nil, alpha)
  }

  /// - `predictors`: Linear predictors by the model as it was, of a proportional hazard.
  /// - `expected`: The cumulative hazard that the model as it was gives each row until its time ends; nil where it has no baseline.
  package init(
    _ predictors: [Double], _ times: SurvivalTimes, expected: [Double]?, design: Matrix?, names: [String] = [],
    clusters: [Int]? = nil, ties: Ties = .efron, alpha: Double = 0.05
  ) throws(ModelError) {
    try Self.check(predictors)
    func fit(_ columns: [[Double]], _ names: [String], offset: [Double]?) throws(ModelError) -> CoxModel {
      try CoxModel(
        Matrix(columns: columns, rows: times.count), times, names: names, offset: offset, clusters: clusters, ties: ties
      )
    }
    // A slope beside the offset of 1: without it the likelihood is that of the model as it was.
    let line = try fit([predictors], ["slope"], offset: predictors)
    var found = Found()
    found.models.append(
      Model(update: .original, coefficients: [], predictors: predictors, likelihood: (line.nullLogLikelihood, 0)))
    if let expected {
      let ratio = log(Double(times.events) / pairwiseSum(expected)), error = Self.error(times, expected, clusters)
      found.models.append(
        Model(
          update: .inTheLarge, coefficients: [("intercept", .known(Estimate(ratio, error: error)))],
          predictors: predictors.map { $0 + ratio }, likelihood: nil))
    } else {
      found.missing.append((.inTheLarge, "the model has no baseline hazard"))
    }
    if let more = line.estimates[0].estimate {
      found.models.append(
        Model(
          update: .recalibration, coefficients: [("slope", .known(Estimate(1 + more.value, error: more.error)))],
          predictors: line.predictors, likelihood: (line.logLikelihood, 1)))
    } else {
      found.missing.append((.recalibration, "the linear predictor is the same in every row"))
    }
    if let design {
      found.add(.refit) { () throws(ModelError) in
        try Self.requireRows(times.events, design.columns)
        let all = try fit(design.allColumns, names, offset: nil)
        return Model(
          update: .refit, coefficients: zip(all.names, all.estimates).map { ($0, $1) }, predictors: all.predictors,
          likelihood: (all.logLikelihood, all.kept.count))
      }
    }
    self.init(found, hasClusters: clusters != nil, alpha)
  }

  /// - `predictions`: Numbers by the model as it was, in the outcome's unit.
  /// - `numbers`: The outcome. Likelihoods are those of normal errors of one variance.
  /// - Throws: `ModelError` for a prediction that is no finite number, or an outcome that is the same in every row.
  package init(
    _ predictions: [Double], _ numbers: [Double], design: Matrix?, names: [String] = [], clusters: [Int]? = nil,
    alpha: Double = 0.05
  ) throws(ModelError) {
    try Self.check(predictions)
    guard Set(numbers).count > 1 else { throw ModelError.at("outcome", "is the same in every row, must vary.") }
    let n = Double(numbers.count)
    func logarithm(_ squares: Double) -> Double { -n / 2 * log(squares / n) }
    func model(
      _ update: ModelUpdate, _ columns: [[Double]], _ names: [String], offset: [Double]? = nil
    ) throws(ModelError) -> Model {
      let y = offset.map { zip(numbers, $0).map { $0 - $1 } } ?? numbers
      let fit = try LeastSquares(columns, y, names: names, clusters: clusters)
      return Model(
        update: update,
        coefficients: zip(["intercept"] + names, fit.coefficients).map { ($0, .known($1)) },
        predictors: offset.map { zip(fit.fitted, $0).map { $0 + $1 } } ?? fit.fitted,
        likelihood: (logarithm(fit.residualSquares), columns.count + 1))
    }
    var found = Found()
    let own = pairwiseSum(numbers.count) { (numbers[$0] - predictions[$0]) * (numbers[$0] - predictions[$0]) }
    found.models.append(
      Model(update: .original, coefficients: [], predictors: predictions, likelihood: (logarithm(own), 0)))
    found.add(.inTheLarge) { () throws(ModelError) in try model(.inTheLarge, [], [], offset: predictions) }
    found.add(.recalibration) { () throws(ModelError) in try model(.recalibration, [predictions], ["slope"]) }
    if let design {
      found.add(.refit) { () throws(ModelError) in try model(.refit, design.allColumns, names) }
    }
    self.init(found, hasClusters: clusters != nil, alpha)
  }

  private struct Found {
    var models: [Model] = [], missing: [(update: ModelUpdate, reason: Reason)] = []

    mutating func add(_ update: ModelUpdate, _ fit: () throws(ModelError) -> Model) {
      do throws(ModelError) { models.append(try fit()) } catch { missing.append((update, Reason(error.fact))) }
    }
  }

  private init(_ found: Found, hasClusters: Bool, _ alpha: Double) {
    (models, missing) = (found.models, found.missing)
    guard let all = models.first(where: { $0.update == .refit })?.likelihood else {
      steps = []
      let why = missing.first { $0.update == .refit }?.reason
      chosen = .failure(NoChoice(reason: why ?? "the model's columns are not known"))
      return
    }
    guard !hasClusters else {
      steps = []
      chosen = .failure(NoChoice(reason: "patients have several rows, so that tests of likelihoods do not hold"))
      return
    }
    var steps: [Step] = [], choice = ModelUpdate.refit
    for model in models where model.update != .refit {
      guard let own = model.likelihood, own.coefficients < all.coefficients else { continue }
      let chi = max(0, 2 * (all.logarithm - own.logarithm)), df = all.coefficients - own.coefficients
      let p = ChiSquared(Double(df)).above(chi)
      steps.append(Step(update: model.update, chi: chi, df: df, p: p))
      if p >= alpha {
        choice = model.update
        break
      }
    }
    (self.steps, chosen) = (steps, .success(choice))
  }

  private static func check(_ predictors: [Double]) throws(ModelError) {
    if let bad = predictors.first(where: { !$0.isFinite }) {
      throw ModelError.value("linear predictor", bad, must: "a number")
    }
  }

  private static func requireRows(_ rows: Int, _ columns: Int) throws(ModelError) {
    guard rows > columns else {
      throw ModelError.at("refit", "has \(columns) coefficients for \(rows) rows or events, must have fewer.")
    }
  }

  /// Of log(O/E): each row adds its event less what was expected of it.
  private static func error(_ times: SurvivalTimes, _ expected: [Double], _ clusters: [Int]?) -> Double {
    let events = Double(times.events)
    guard clusters != nil else { return 1 / events.squareRoot() }
    let ratio = events / pairwiseSum(expected)
    return clusters.variance(
      of: expected.indices.map { ((times.isEvent[$0] ? 1 : 0) - ratio * expected[$0]) / events }
    ).squareRoot()
  }
}

extension ModelUpdating: Documented {
  package static let name = "updating"
  package static let summary =
    "A model fitted anew to patients of another place: its intercept, its slope, or every coefficient; and which of these they ask for."
  package static let definition =
    "the least update of which the likelihood is not significantly lower than that of a refit: 2 (log L refit − log L), χ² with as many degrees "
    + "of freedom as the refit has coefficients more"
  package static let limits =
    "Nothing is chosen where patients have several rows, or columns are unknown. An updated model is new, and must be judged on others again."
  package static let reference =
    "Vergouwe et al. 2017, doi:10.1002/sim.7179; Steyerberg et al. 2004, doi:10.1002/sim.1844"
}

extension Matrix {
  fileprivate var allColumns: [[Double]] { (0..<columns).map(column) }
}
