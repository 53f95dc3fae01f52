import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension ColumnSelection {
  /// Some of the features by their places; all others go for one reason.
  init(_ chosen: [Int], of features: [String], otherwise reason: (Int) -> String) {
    let held = Set(chosen)
    self.init(
      kept: chosen.map { features[$0] },
      dropped: features.indices.filter { !held.contains($0) }.map { .init(feature: features[$0], reason: reason($0)) })
  }
}

/// Features that tell much of the outcome and little of each other.
package struct MinimumRedundancySelection: Selector {
  package var features: [String] = []
  package var count = 10
  package var correlation = CorrelationKind.spearman

  package init() {}
  package static let name = "mrmr"
  package static let summary = "Chooses features that tell much of the outcome and little of each other (mRMR)."
  package static let reference = "Ding and Peng 2005, doi:10.1142/S0219720005001004; as mRMRe"
  package static let parameters: [Parameter<MinimumRedundancySelection>] = [
    Parameter("count", \.count, in: 1...1e6, "How many features are chosen."),
    Parameter("correlation", \.correlation, "Of values or of ranks."),
  ]

  package func fit(
    _ rows: Table, _ outcome: Outcome, patients: [Int]? = nil, seed: UInt64 = 1
  ) throws(ModelError) -> ColumnSelection {
    let values = try outcome.numbers(for: "mRMR")
    let found = MinimumRedundancy(try rows.design(of: features), values, count: count, correlation)
    return ColumnSelection(found.order, of: features) { _ in "not among the \(found.order.count) chosen by mRMR" }
  }
}

/// The features that tell most of the outcome, each by itself.
package struct UnivariateSelection: Selector {
  package var features: [String] = []
  package var count = 10

  package init() {}
  package static let name = "univariate"
  package static let summary =
    "Chooses the features that tell most of the outcome, each by itself: by the area under the ROC curve, the concordance or the correlation."
  package static let reference =
    "Harrell et al. 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4"
  package static let parameters: [Parameter<UnivariateSelection>] = [
    Parameter("count", \.count, in: 1...1e6, "How many features are chosen.")
  ]

  /// How far each feature is from telling nothing, and what is measured.
  private func distances(_ design: Matrix, _ outcome: Outcome) throws(ModelError) -> ([Double], String) {
    var distances: [Double] = []
    switch outcome {
    case .binary(let events):
      for j in 0..<design.columns { distances.append(abs(try ROC(design.column(j), events).auc - 0.5)) }
      return (distances, "|AUC − 0.5|")
    case .survival(let times):
      for j in 0..<design.columns {
        let value = ConcordanceIndex(design.column(j), times).value
        distances.append(value.isNaN ? 0 : abs(value - 0.5))
      }
      return (distances, "|C − 0.5|")
    case .number(let values):
      return (ColumnCorrelations(design, .pearson).with(values, .pearson).map(abs), "|r|")
    case .competing(let times):
      for j in 0..<design.columns {
        let value = CompetingConcordance(design.column(j), times).value
        distances.append(value.isNaN ? 0 : abs(value - 0.5))
      }
      return (distances, "|C − 0.5|")
    }
  }

  package func fit(
    _ rows: Table, _ outcome: Outcome, patients: [Int]? = nil, seed: UInt64 = 1
  ) throws(ModelError) -> ColumnSelection {
    let (distances, word) = try distances(rows.design(of: features), outcome)
    // Of equal ones the first.
    let order = ascendingOrder(of: distances.map { -$0 })
    return ColumnSelection(Array(order.prefix(count)), of: features) {
      "\(word) is \(shortText(distances[$0], digits: 3)), less than of those chosen"
    }
  }
}

/// Features that are among the first to enter an elastic net on many halves of the patients.
package struct StabilityFilter: Selector {
  package var features: [String] = []
  package var perHalf = 10
  package var cutoff = 0.75
  package var pairs = 50
  package var mix = 1.0

  package init() {}
  package static let name = "stability"
  package static let summary =
    "Chooses features that are among the first to enter an elastic net on many halves of the patients; features that correlate share their "
    + "frequency, so put correlation before."
  package static let reference = "Shah and Samworth 2013, doi:10.1111/j.1467-9868.2011.01034.x"
  package static let parameters: [Parameter<StabilityFilter>] = [
    Parameter("per_half", \.perHalf, in: 1...1e6, "How many features count in each half."),
    Parameter("cutoff", \.cutoff, in: 0.51...1, "In which share of halves a feature must be among them."),
    Parameter("pairs", \.pairs, in: 1...1e5, "How many pairs of complementary halves."),
    Parameter("alpha", \.mix, in: 0.01...1, "Which penalty: 1 is lasso."),
  ]

  /// The bounds of features that are selected falsely.
  package var bounds: StabilitySelection.Bounds {
    StabilitySelection.bounds(cutoff: cutoff, columns: features.count, perHalf: perHalf, pairs: pairs)
  }

  package func fit(
    _ rows: Table, _ outcome: Outcome, patients: [Int]? = nil, seed: UInt64 = 1
  ) throws(ModelError) -> ColumnSelection {
    var net = ElasticNet(), members: [[Int]] = [], place: [Int: Int] = [:]
    net.mix = mix
    for row in 0..<rows.count {
      let code = patients?[row] ?? row
      if let known = place[code] {
        members[known].append(row)
      } else {
        place[code] = members.count
        members.append([row])
      }
    }
    let halves = StabilitySelection.halves(of: members, pairs: pairs, seed: seed)
    let found = try StabilitySelection(
      net, rows.design(of: features), outcome.forNet(), halves: halves, perHalf: perHalf)
    let frequencies = found.frequencies
    let chosen = ascendingOrder(of: frequencies.map { -$0 }).filter { frequencies[$0] >= cutoff }
    return ColumnSelection(chosen, of: features) {
      "among the first \(perHalf) in \(shortText(100 * frequencies[$0], digits: 3)) % of halves"
    }
  }
}
