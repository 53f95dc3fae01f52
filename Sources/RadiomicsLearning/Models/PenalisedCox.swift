import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What holds coefficients back.
package struct Penalty: Sendable, Hashable, Codable {
  /// α and λ.
  package let mix: Double, size: Double
  /// Where the random parts began by which λ was chosen; nil where it was given.
  package let seed: UInt64?
}

/// Settings of a Cox regression with an elastic net, for more columns than events allow. Columns are put in units of their standard
/// deviations, as in `glmnet`; Simon et al. 2011, doi:10.18637/jss.v039.i05.
package struct PenalisedCoxRegression: Estimator {
  /// The right side of a formula, without strata, clusters and offsets.
  package var formula: String
  /// From 0 (ridge: all columns count a little) to 1 (lasso: few columns count).
  package var mix: Double
  /// λ; nil for the one with the largest cross-validated partial likelihood.
  package var penalty: Double?
  /// How rows are held out to choose it.
  package var validation: ResamplingDesign
  /// A number for each row of the table, equal for rows of the same patient, which are held out together; nil where each is one.
  package var patients: [Int]?

  package static let name = "elastic-net"
  package static let summary = "Cox regression with a penalty on its coefficients, for more columns than events allow."
  package static let definition =
    "minimises −log L / n + λ (α |β|₁ + (1 − α) |β|² / 2), columns in units of their standard deviations"
  package static let limits =
    "Coefficients have no errors. Judge it on other patients. Without strata, clusters and offsets, ties by Breslow."
  package static let reference = "Simon et al. 2011, doi:10.18637/jss.v039.i05; as glmnet"
  package static var parameters: [Parameter<Self>] {
    [
      .formula(\.formula, "'age + f1 + f2'"),
      Parameter("alpha", \.mix, in: 0...1, "Which penalty: 0 is ridge, 1 lasso."),
      Parameter("lambda", \.penalty, in: .notNegative, "Size of the penalty; without it cross-validation chooses."),
      Parameter("validation", \.validation, "How rows are held out to choose it."),
    ]
  }

  package init() { self.init("") }

  package init(
    _ formula: String, mix: Double = 1, penalty: Double? = nil, validation: ResamplingDesign = .folds(10, repeats: 1)
  ) {
    (self.formula, self.mix, self.penalty, self.validation) = (formula, mix, penalty, validation)
  }

  package func fit(_ rows: Table, _ outcome: Outcome, seed: UInt64 = 1) throws(ModelError) -> FittedCox {
    guard case .survival(let all) = outcome else {
      throw ModelError.outcome(outcome.kind, needs: "Cox regression needs a time until an event")
    }
    guard (0...1).contains(mix) else { throw ModelError.value("mix", mix, must: "from 0 to 1") }
    let frame = try ModelFrame(right: formula, rows, outcome, weights: nil), parts = frame.formula
    guard parts.strata.isEmpty, parts.clusters.isEmpty, parts.offsets.isEmpty else {
      throw ModelError.at("model '\(formula)'", "strata, clusters and offsets are not supported with a penalty.")
    }
    let times = all.rows(frame.rows), names = frame.design.names, ties = Ties.breslow
    let outcome = ElasticNet.Outcome.cox(times, ties: ties, strata: nil), net = net
    let path = try net.path(frame.matrix, outcome)
    guard !path.solutions.isEmpty else {
      throw ModelError.at("model '\(formula)'", "no column has to do with the events.")
    }
    var place = 0
    if penalty == nil {
      let replicates = Replicates(
        validation, rows: times.count, patients: patients.map { all in frame.rows.map { all[$0] } }, seed: seed)
      let parts = (0..<replicates.count).map { number in
        ElasticNet.Part(fitted: replicates[number].rows, held: replicates[number].heldOut)
      }
      let columns = ElasticNet.Columns(frame.matrix)
      place = try net.crossValidated(whole: path, parts: parts, outcome) { _ in columns }.place(.smallest)
    }
    let values = path.coefficients(place)
    let base = CoxNet.baselineSteps(frame.matrix, times, values, ties: ties)
    return FittedCox(
      frame.columns, Coefficients(names, values.map { .value($0) }, nil),
      centers: names.indices.map { pairwiseSum(frame.matrix.column($0)) / Double(times.count) },
      BaselineHazard("all", times: base.times, cumulative: base.cumulative),
      Penalty(mix: mix, size: path.solutions[place].penalty, seed: penalty == nil ? seed : nil))
  }

  /// The penalty that is asked for, or those from the smallest that leaves nothing to a hundredth of it.
  private var net: ElasticNet {
    var net = ElasticNet()
    (net.mix, net.penalties) = (mix, penalty.map { [$0] })
    (net.count, net.ratio, net.stopsEarly) = (50, 0.01, false)
    return net
  }
}
