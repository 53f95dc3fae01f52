import RadiomicsCore
import RadiomicsNumerics

/// How well predictions of rows that were held out order what came of them, in three ways that a fault separates:
///
/// - **pooled**: over all pairs of rows. Compares rows of different sites and of different folds, whose predictions come of different models,
///   so that it counts what tells sites apart, and how folds are shifted.
/// - **mean of folds**: in each fold by itself, then the mean over those in which rows can be compared.
/// - **within site**: pairs of the same site only, Σ pairs · value / Σ pairs. What only tells sites apart adds nothing.
///
/// Example: two sites, predictions 1, 2 and 11, 12, events no, yes and yes, yes: pooled 1, within site 1 from the first alone; with −9, −8 for
/// the second pooled is 1/3, within site still 1. Errors are for the rows' randomness given the models and how many pairs each part has: DeLong
/// et al. 1988, doi:10.2307/2531595; means of folds as LeDell, Petersen and van der Laan 2015, doi:10.1214/15-EJS1035. Limits are symmetric on
/// the scale of log odds. O(n log n).
package struct ThreeWays: Sendable, Hashable {
  /// A site or a fold.
  package struct Part: Sendable, Hashable {
    /// Its number, as given.
    package let label: Int
    /// Number of rows, and of events; nil of numbers.
    package let rows: Int, events: Int?
    /// Number of pairs of rows that can be compared.
    package let pairs: Double
    /// The share in the right order; undefined without a pair.
    package let value: EstimateCell
  }

  /// The share of comparable pairs in the right order; undefined where there are none, or no folds or sites.
  package let pooled: EstimateCell, foldMean: EstimateCell, withinSite: EstimateCell
  /// Each by itself, by their numbers; of several repeats the folds of all of them.
  package let folds: [Part], sites: [Part]
  /// The share of the outcome's variance that predictions explain; nil unless the outcome is a number.
  package let explained: Explained?

  /// - `predictions`: For each row; larger is likelier, earlier or larger.
  /// - `folds`: In which fold a row was held out; nil where rows are of another data set.
  /// - `sites`: Of each row; nil where sites are not known.
  /// - `patients`: Numbers from 0 of rows that belong to the same patient; nil where each row is one.
  /// - Throws: `ModelError` for a prediction that is no finite number.
  package init(
    _ predictions: [Double], _ outcome: ObservedOutcome, folds: [Int]? = nil, sites: [Int]? = nil,
    patients: [Int]? = nil
  ) throws(ModelError) {
    precondition(predictions.count == outcome.count, "an outcome for each prediction")
    if let bad = predictions.first(where: { !$0.isFinite }) {
      throw ModelError.value("prediction", bad, must: "a number")
    }
    func measured(_ rows: [Int]) -> Discrimination? {
      Discrimination(rows.map { predictions[$0] }, outcome.rows(rows), patients: patients.rows(rows))
    }
    let sharesPatients = patients != nil
    let foldRows = Self.members(folds), siteRows = Self.members(sites)
    let ofFolds = foldRows.map { measured($0.rows) }, ofSites = siteRows.map { measured($0.rows) }
    func parts(_ members: [(label: Int, rows: [Int])], _ found: [Discrimination?]) -> [Part] {
      zip(members, found).map { Part($0.label, outcome.rows($0.rows), $1) }
    }
    (self.folds, self.sites) = (parts(foldRows, ofFolds), parts(siteRows, ofSites))
    let noPair: Reason = "no two rows can be compared"
    pooled =
      measured(Array(predictions.indices)).map { .known([$0].mean([1], sharing: false)) } ?? .undefined(noPair)
    let folded = ofFolds.compactMap { $0 }, sited = ofSites.compactMap { $0 }
    if folded.isEmpty {
      foldMean = .undefined(folds == nil ? "the rows are of no folds" : "no two rows of a fold can be compared")
    } else {
      foldMean = .known(folded.mean(folded.map { _ in 1 / Double(folded.count) }, sharing: sharesPatients))
    }
    if sited.isEmpty {
      withinSite = .undefined(sites == nil ? "the rows are of no sites" : "no two rows of a site can be compared")
    } else {
      let pairs = sited.reduce(0) { $0 + $1.pairs }
      withinSite = .known(sited.mean(sited.map { $0.pairs / pairs }, sharing: sharesPatients))
    }
    explained = outcome.numbers.map { numbers in
      Explained(predictions, numbers, foldRows.map(\.rows), siteRows.map(\.rows), patients)
    }
  }

  private init(
    pooled: EstimateCell, foldMean: EstimateCell, withinSite: EstimateCell, folds: [Part], sites: [Part],
    explained: Explained?
  ) {
    (self.pooled, self.foldMean, self.withinSite) = (pooled, foldMean, withinSite)
    (self.folds, self.sites, self.explained) = (folds, sites, explained)
  }

  /// Sites in which no two rows can be compared, as they have one outcome; they add nothing to the value within sites.
  package var sitesWithoutPairs: [Int] { sites.filter { $0.pairs == 0 }.map(\.label) }
  /// Number of folds in which no two rows can be compared; they are left out of the mean.
  package var foldsWithoutPairs: Int { folds.count { $0.pairs == 0 } }

  /// The rows of each number, by the numbers.
  static func members(_ labels: [Int]?) -> [(label: Int, rows: [Int])] {
    guard let labels else { return [] }
    return Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension ThreeWays.Part {
  fileprivate init(_ label: Int, _ outcome: ObservedOutcome, _ found: Discrimination?) {
    let value = found.map { EstimateCell.known([$0].mean([1], sharing: false)) }
    self.init(
      label: label, rows: outcome.count, events: outcome.events, pairs: found?.pairs ?? 0,
      value: value ?? .undefined("no two rows can be compared"))
  }
}

extension ThreeWays.Part {
  /// The same site in several repeats, which may have judged some of its rows only.
  fileprivate init(averaging same: [ThreeWays.Part]) {
    func average(_ counts: [Int]) -> Int { Int(mean(counts.map(Double.init)).rounded()) }
    let events = same.compactMap(\.events)
    self.init(
      label: same[0].label, rows: average(same.map(\.rows)), events: events.isEmpty ? nil : average(events),
      pairs: mean(same.map(\.pairs)), value: .averaged(same.map(\.value)))
  }
}

extension ThreeWays {
  /// Repeats of a cross-validation, of the same rows cut anew: means of the values with the root mean square of their errors. That is no
  /// less than the error of the mean, which is the same only if all repeats err alike, as they nearly do: they share their rows. A
  /// repeat in which a value is undefined is left out of its mean.
  package static func averaged(_ repeats: [ThreeWays]) -> ThreeWays {
    precondition(!repeats.isEmpty, "at least one repeat")
    guard repeats.count > 1 else { return repeats[0] }
    let sites = Dictionary(grouping: repeats.flatMap(\.sites), by: \.label).sorted { $0.key < $1.key }.map {
      Part(averaging: $0.value)
    }
    return ThreeWays(
      pooled: .averaged(repeats.map(\.pooled)), foldMean: .averaged(repeats.map(\.foldMean)),
      withinSite: .averaged(repeats.map(\.withinSite)), folds: repeats.flatMap(\.folds), sites: sites,
      explained: Explained.averaged(repeats.compactMap(\.explained)))
  }
}

extension EstimateCell {
  /// The mean of estimates of one thing from the same rows, with the root mean square of their errors; those that are undefined are left out.
  static func averaged(_ cells: [EstimateCell]) -> EstimateCell {
    let known = cells.compactMap(\.estimate)
    guard let first = known.first else { return cells[0] }
    let error = mean(known.map { $0.error * $0.error }).squareRoot()
    return .known(Estimate(mean(known.map(\.value)), error: error, first.scale))
  }
}

extension ThreeWays: Documented {
  package static let name = "three-ways"
  package static let summary =
    "How well predictions order what came of rows that were held out: pooled, as the mean of folds, and within site."
  package static let definition =
    "pooled: all comparable pairs; mean of folds: Σ value / folds; within site: Σ pairs · value / Σ pairs over sites; standard error "
    + "from the parts' own, √Σ w² se²"
  package static let limits =
    "Pooled counts what tells sites apart and how folds are shifted. Within site leaves sites of one outcome out, and does not show a "
    + "harmonisation that protected the outcome, which looks good within site too. Errors are those of the rows, given the models."
  package static let reference =
    "DeLong et al. 1988, doi:10.2307/2531595; LeDell, Petersen and van der Laan 2015, doi:10.1214/15-EJS1035"
}
