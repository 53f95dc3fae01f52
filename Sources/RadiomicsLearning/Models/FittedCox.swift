import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Settings of a Cox regression.
package struct CoxRegression: Estimator {
  /// The right side of a formula.
  package var formula: String
  /// A column of weights of the rows.
  package var weights: String?
  /// How events at one time are counted; whether covariances come from the rows' influences.
  package var ties: Ties, isRobust: Bool

  package static let name = "cox"
  package static let summary = "Cox's regression of proportional hazards by maximum partial likelihood."
  package static let definition =
    "hazard(t) = h₀(t) exp(Xβ); L = Π over events of exp(xᵢβ) / Σ over those at risk of exp(xⱼβ), within strata"
  package static let limits =
    "Hazards must be proportional over time: see zph. A group without events has no finite hazard ratio. Below 10 events for each "
    + "coefficient it fits chance."
  package static let reference = "Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; as R's coxph"
  package static var parameters: [Parameter<Self>] {
    [
      .formula(\.formula, "'age + sex + strata(site)'"), .weights(\.weights),
      Parameter("ties", \.ties, "How events at the same time are counted."),
      Parameter(
        "robust", \.isRobust, "Whether covariances come from the rows' influences; with cluster() they always do."),
    ]
  }

  package init() { self.init("") }

  package init(_ formula: String, weights: String? = nil, ties: Ties = .efron, isRobust: Bool = false) {
    (self.formula, self.weights, self.ties, self.isRobust) = (formula, weights, ties, isRobust)
  }

  package func fit(_ rows: Table, _ outcome: Outcome, seed: UInt64 = 1) throws(ModelError) -> FittedCox {
    guard case .survival(let times) = outcome else {
      throw ModelError.outcome(outcome.kind, needs: "Cox regression needs a time until an event")
    }
    let frame = try ModelFrame(right: formula, rows, .survival(times), weights: weights)
    return FittedCox(frame, try CoxModel(frame, ties: ties, isRobust: isRobust))
  }
}

/// A baseline hazard as a function of time: it grows by steps. Each step is at the time of an event, which is a patient's time, and
/// as large as one event over the risk of all who were seen so long; no other time and no column of a patient is told.
package struct BaselineHazard: Sendable, Hashable, Codable {
  /// The stratum; `all` where there is one only.
  package let stratum: String
  /// Ascending, and the cumulative hazard from each on.
  package let times: [Double], cumulative: [Double]

  /// Whether the hazard grows evenly between the times, of which none need be an event's; else it grows at them.
  package let isThinned: Bool

  init(_ stratum: String, times: [Double], cumulative: [Double], isThinned: Bool = false) {
    (self.stratum, self.times, self.cumulative, self.isThinned) = (stratum, times, cumulative, isThinned)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    stratum = try parts.decode(String.self, forKey: .stratum)
    times = try parts.decode([Double].self, forKey: .times)
    cumulative = try parts.decode([Double].self, forKey: .cumulative)
    isThinned = try parts.decodeIfPresent(Bool.self, forKey: .isThinned) ?? false
    guard times.count == cumulative.count, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
      zip([0] + cumulative, cumulative).allSatisfy({ $0 <= $1 })
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "is a hazard of which times or sums do not ascend"))
    }
  }

  private enum CodingKeys: CodingKey { case stratum, times, cumulative, isThinned }

  /// The cumulative hazard at a time.
  func value(at time: Double) -> Double {
    let count = countUpTo(time, in: times), before = count == 0 ? 0 : cumulative[count - 1]
    guard isThinned, count < times.count, time > 0 else { return before }
    let begin = count == 0 ? 0 : times[count - 1], share = (time - begin) / (times[count] - begin)
    return before + share * (cumulative[count] - before)
  }

  /// The same at so many times only, at equal distances up to the last event, so that no event's own time can be read.
  func thinned(to count: Int) -> BaselineHazard {
    guard let last = times.last, count > 0, last > 0 else { return self }
    let step = last / Double(count), power = pow(10, log10(step).rounded(.down) - 1)
    let rounded = (step / power).rounded(.up) * power, grid = (1...count).map { Double($0) * rounded }
    return BaselineHazard(stratum, times: grid, cumulative: grid.map(value), isThinned: true)
  }
}

/// A Cox model that predicts risks over time.
package struct FittedCox: FittedModel, Hashable {
  package static let kind = "cox"
  package let columns: ModelColumns
  /// Logarithms of hazard ratios.
  package let coefficients: Coefficients
  /// How events at one time were counted.
  package let ties: Ties
  /// Means of the columns that have a coefficient.
  let centers: [Double]
  /// Of a patient with these columns and offset 0, for each stratum.
  package let baseline: [BaselineHazard]
  /// What held the coefficients back; nil where nothing did.
  package let penalty: Penalty?

  init(_ frame: ModelFrame, _ model: CoxModel) {
    columns = frame.columns
    coefficients = Coefficients(model.names, model.coefficients, model.covariance)
    (ties, centers, penalty) = (model.ties, model.scaled.centers, nil)
    baseline = zip(model.strataNames, model.baselineSteps).map {
      BaselineHazard($0, times: $1.times, cumulative: $1.cumulative)
    }
  }

  /// With Breslow's ties and one stratum.
  init(
    _ columns: ModelColumns, _ coefficients: Coefficients, centers: [Double], _ baseline: BaselineHazard,
    _ penalty: Penalty
  ) {
    (self.columns, self.coefficients, ties, self.centers) = (columns, coefficients, .breslow, centers)
    (self.baseline, self.penalty) = ([baseline], penalty)
  }

  private init(_ other: FittedCox, _ baseline: [BaselineHazard]) {
    (columns, coefficients, ties, centers) = (other.columns, other.coefficients, other.ties, other.centers)
    (self.baseline, penalty) = (baseline, other.penalty)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    (columns, coefficients, centers) = try Coefficients.checked(
      in: parts, columns: .columns, coefficients: .coefficients, centers: .centers)
    ties = try parts.decode(Ties.self, forKey: .ties)

    baseline = try parts.decode([BaselineHazard].self, forKey: .baseline)
    penalty = try parts.decodeIfPresent(Penalty.self, forKey: .penalty)

  }

  private enum CodingKeys: CodingKey { case columns, coefficients, ties, centers, baseline, penalty }

  /// The same with baseline hazards at so many times only.
  package func thinned(to count: Int) -> FittedCox { FittedCox(self, baseline.map { $0.thinned(to: count) }) }

  /// Linear predictors.
  package func predict(_ rows: Table) throws(ModelError) -> [Double] {
    let (design, offset, _) = try columns.covariates(of: rows)
    return zip(design.times(coefficients.known), offset).map(+)
  }

  /// Cumulative hazards: for each row one value for each time.
  package func cumulativeHazards(_ rows: Table, at times: [Double]) throws(ModelError) -> [[Double]] {
    let (design, offset, strata) = try columns.covariates(of: rows), kept = coefficients.kept
    let values = kept.map { coefficients.known[$0] }
    let place = Dictionary(baseline.enumerated().map { ($1.stratum, $0) }) { first, _ in first }
    let hazards = baseline.map { hazard in times.map(hazard.value) }
    var result: [[Double]] = []
    for (row, stratum) in strata.enumerated() {
      guard let place = place[stratum] else {
        throw ModelError.noBaseline(stratum: stratum)
      }
      let center = zip(zip(kept.map { design[row, $0] }, centers), values).reduce(offset[row]) {
        $0 + ($1.0.0 - $1.0.1) * $1.1
      }
      let risk = exp(center)
      result.append(hazards[place].map { risk * $0 })
    }
    return result
  }
}
