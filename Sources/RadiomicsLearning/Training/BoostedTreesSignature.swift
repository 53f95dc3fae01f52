import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Trees that are added one after the other, by the library XGBoost: what a model that is not linear would reach on the same rows.
package struct BoostedTreesSignature: SignatureEstimator {
  package var settings = BoostedTrees.Settings()

  package init() {}
  package static let name = "xgboost"
  package static let summary =
    "Boosted trees by the library XGBoost, exact and on one thread: what a model that is not linear reaches, beside the linear ones."
  package static let definition =
    "log odds, log hazards or a number as Σ leaves of trees, each fitted to what those before it leave"
  package static let limits =
    "Needs the library libxgboost, to learn and to predict. Has no coefficients. With few patients it learns chance sooner than a net does; "
    + "its settings are not searched for, so that no further folds are needed."
  package static let reference = "Chen and Guestrin 2016, doi:10.1145/2939672.2939785"
  package static let parameters: [Parameter<BoostedTreesSignature>] = [
    Parameter("rounds", \.settings.rounds, in: 1...10_000, "Number of trees."),
    Parameter("depth", \.settings.depth, in: 1...20, "Number of splits from root to leaf."),
    Parameter("rate", \.settings.rate, in: .leastNonzeroMagnitude...1, "What share of each tree counts."),
    Parameter(
      "child_weight", \.settings.childWeight, in: .notNegative, "The smallest sum of second derivatives in a leaf."),
    Parameter("lambda", \.settings.penalty, in: .notNegative, "The penalty on squares of leaves."),
    Parameter("rows", \.settings.rows, in: 0.1...1, "Which share of rows each tree is grown of."),
    Parameter("columns", \.settings.columns, in: 0.01...1, "Which share of columns each tree is grown of."),
  ]

  package func fit(_ rows: PreparedRows, inner: InnerFolds, seed: UInt64) throws(ModelError) -> SignatureModel {
    guard rows.design.columns > 0 else { return .linear(try .constant(rows.outcome, .breslow)) }
    let outcome: BoostedTrees.Outcome, link: SignatureLink
    switch rows.outcome {
    case .binary(let events): (outcome, link) = (.binary(events), .logit)
    case .number(let values): (outcome, link) = (.number(values), .identity)
    case .survival(let times): (outcome, link) = (.cox(times), .logHazard)
    case .competing:
      throw ModelError.outcome(
        rows.outcome.kind, needs: "boosted trees need one event; elastic_net, ridge and regression know several")
    }
    let trees = try BoostedTrees(rows.design, outcome, settings, seed: seed)
    var baseline: BaselineHazard?, center = 0.0
    if case .survival(let times) = rows.outcome {
      let columns = (0..<rows.design.columns).map { ($0, rows.design.column($0)) }
      let found = try trees.predictors(Dictionary(uniqueKeysWithValues: columns), rows: rows.design.rows)
      center = mean(found)
      let base = CoxNet.baselineSteps(Matrix(columns: [found], rows: found.count), times, [1], ties: .breslow)
      baseline = BaselineHazard("all", times: base.times, cumulative: base.cumulative)
    }
    return .trees(
      TreeSignature(
        trees: trees, link: link, names: rows.names, places: Array(rows.names.indices), center: center,
        baseline: baseline))
  }
}

/// Boosted trees that were fitted.
package struct TreeSignature: FittedSignature, Sendable, Hashable, Codable {
  package let trees: BoostedTrees
  package let link: SignatureLink
  /// Columns in order, and the places that trees know them by.
  package let names: [String]
  let places: [Int]
  /// What is subtracted from log hazards, so that rows have 0 on average; 0 of other sums.
  let center: Double
  package let baseline: BaselineHazard?

  private enum CodingKeys: String, CodingKey { case trees, link, names = "columns", places, center, baseline }

  init(
    trees: BoostedTrees, link: SignatureLink, names: [String], places: [Int], center: Double, baseline: BaselineHazard?
  ) {
    (self.trees, self.link, self.names, self.places) = (trees, link, names, places)
    (self.center, self.baseline) = (center, baseline)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    trees = try parts.decode(BoostedTrees.self, forKey: .trees)
    link = try parts.decode(SignatureLink.self, forKey: .link)
    names = try parts.decode([String].self, forKey: .names)
    places = try parts.decode([Int].self, forKey: .places)
    center = try parts.decode(Double.self, forKey: .center)
    baseline = try parts.decodeIfPresent(BaselineHazard.self, forKey: .baseline)
    guard names.count == places.count, Set(places).count == places.count, trees.width > 0,
      places.allSatisfy((0..<trees.width).contains), Set(places).isSuperset(of: trees.used),
      (link == .logHazard) == (baseline != nil)
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "has columns that are not those of its trees"))
    }
  }

  /// Columns by which some tree splits.
  package var counted: [String] {
    let used = Set(trees.used)
    return zip(names, places).filter { used.contains($0.1) }.map(\.0)
  }

  package var formula: String { "boosted trees of \(counted.joined(separator: ", ")) (\(trees.library))" }

  func only(_ some: Set<String>) -> TreeSignature {
    let kept = names.indices.filter { some.contains(names[$0]) }
    return TreeSignature(
      trees: trees, link: link, names: kept.map { names[$0] }, places: kept.map { places[$0] }, center: center,
      baseline: baseline)
  }

  func thinned(to count: Int) -> TreeSignature {
    TreeSignature(
      trees: trees, link: link, names: names, places: places, center: center, baseline: baseline?.thinned(to: count))
  }

  func linearPredictors(_ design: Matrix) throws(ModelError) -> [Double] {
    let columns = zip(places, (0..<design.columns).map(design.column))
    return try trees.predictors(Dictionary(uniqueKeysWithValues: columns.map { ($0, $1) }), rows: design.rows)
      .map { $0 - center }
  }
}
