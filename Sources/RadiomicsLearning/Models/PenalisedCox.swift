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
    let times = all.rows(frame.rows), n = Double(times.count), names = frame.design.names
    let columns = names.indices.map(frame.matrix.column), centers = columns.map { pairwiseSum($0) / n }
    let scales = zip(columns, centers).map { column, center in
      (pairwiseSum(column) { ($0 - center) * ($0 - center) } / n).squareRoot()
    }
    let kept = names.indices.filter { scales[$0] > 1e-12 * abs(centers[$0]) }
    let scaled = Matrix(
      columns: kept.map { k in columns[k].map { ($0 - centers[k]) / scales[k] } }, rows: times.count)
    let path = try penalties(scaled, times)
    let place =
      penalty == nil
      ? try best(path, scaled, times, patients.map { all in frame.rows.map { all[$0] } }, seed) : path.count - 1
    let found = try net(Array(path[...place])).path(scaled, Self.outcome(times)).coefficients(place)
    var values = [Double](repeating: 0, count: names.count)
    for (value, column) in zip(found, kept) { values[column] = value / scales[column] }
    let base = CoxNet.baselineSteps(scaled, times, found, ties: .breslow)
    return FittedCox(
      frame.columns, Coefficients(names, values.map { .value($0) }, nil), centers: centers,
      BaselineHazard("all", times: base.times, cumulative: base.cumulative),
      Penalty(mix: mix, size: path[place], seed: penalty == nil ? seed : nil))
  }

  /// Of columns that are in units already.
  private func net(_ penalties: [Double]) -> ElasticNet {
    var net = ElasticNet()
    (net.mix, net.penalties, net.isStandardised) = (mix, penalties, false)
    return net
  }

  private static func outcome(_ times: SurvivalTimes) -> ElasticNet.Outcome {
    .cox(times, ties: .breslow, strata: nil)
  }

  /// From the smallest penalty that leaves nothing to a hundredth of it, or the one that is asked for.
  private func penalties(_ design: Matrix, _ times: SurvivalTimes) throws(ModelError) -> [Double] {
    if let penalty { return [penalty] }
    let largest = try net([]).path(design, Self.outcome(times)).largestPenalty
    guard largest > 0 else { throw ModelError.at("model '\(formula)'", "no column has to do with the events.") }
    return (0..<50).map { largest * pow(0.01, Double($0) / 49) }
  }

  /// The penalty with the largest sum over parts held out of log L(all rows) − log L(rows not held out). Verweij and van Houwelingen
  /// 1993, doi:10.1002/sim.4780122407.
  private func best(
    _ path: [Double], _ design: Matrix, _ times: SurvivalTimes, _ clusters: [Int]?, _ seed: UInt64
  ) throws(ModelError) -> Int {
    var sums = [Double](repeating: 0, count: path.count)
    let replicates = Replicates(validation, rows: times.count, patients: clusters, seed: seed)
    for number in 0..<replicates.count {
      let rows = replicates[number].rows, part = design.rows(rows), own = times.rows(rows)
      let fits = try net(path).path(part, Self.outcome(own))
      for k in path.indices {
        let fit = fits.coefficients(k)
        sums[k] += CoxNet.logLikelihood(design, times, fit, ties: .breslow)
        sums[k] -= CoxNet.logLikelihood(part, own, fit, ties: .breslow)
      }
    }
    return sums.indices.max { sums[$0] < sums[$1] } ?? 0
  }
}
