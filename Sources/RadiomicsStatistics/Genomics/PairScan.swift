import RadiomicsCore
import RadiomicsNumerics

/// What came of all pairs of features and genes, in order of P.
package struct PairScan: Sendable {
  /// Rows and degrees of freedom of a group of pairs that have the same rows.
  package struct Group: Sendable, Hashable {
    package let n: Int, df: Int
  }

  /// Sums of squares beside the confounders, by feature and gene, in the rows of a group.
  struct Squares: Sendable {
    var features: [Int: Double] = [:], genes: [Int: Double] = [:]
  }

  /// A pair with all its numbers.
  package struct Pair: Sendable, Hashable {
    package let feature: Int, gene: Int
    /// The gene's change with one unit of the feature, and its standard error; of ranks where these are tested.
    package let effect: Double, error: Double
    /// Partial correlation, t and its degrees of freedom, P.
    package let r: Double, t: Double, df: Double, p: Double
    /// By the procedure's correction over all pairs; nil above the level where not all pairs are kept.
    package let q: Double?
    /// Rows.
    package let n: Int
  }

  /// A gene or a cluster of features: Simes' P of its pairs, and q over all genes or clusters; nil where it is above the level and not
  /// all pairs are kept.
  package struct Joint: Sendable, Hashable {
    package let index: Int
    package let p: Double
    package let q: Double?
    /// Its pairs, and those of them that are discoveries by themselves.
    package let tests: Int, hits: Int
    /// Its pair with the least P, as an index of `candidates`.
    package let best: Int?
  }

  /// Numbers of features and genes, and the level.
  package let features: Int, genes: Int, level: Double
  /// Pairs that can be tested, and up to which P all of them are kept; 1 where all are.
  package internal(set) var total = 0, completeTo = 1.0
  /// Confounders that are combinations of others.
  package internal(set) var aliased: [Int] = []
  package internal(set) var groups: [Group] = []
  /// Of moderated tests.
  package internal(set) var priors: FeaturePriors?
  /// How many tests each feature and gene has; 0 of those that are constant beside the confounders.
  package internal(set) var testsOfFeature: [Int], testsOfGene: [Int]
  /// Pairs that were computed, in order of P.
  package internal(set) var candidates: [PairCandidate] = []
  /// Of each of `candidates` that is a discovery or below `completeTo`, q.
  package private(set) var rates: [Double?] = []
  /// Genes with tests, and clusters of features, in order of P.
  package private(set) var jointGenes: [Joint] = [], jointClusters: [Joint] = []
  var squares: [Squares] = []

  init(features: Int, genes: Int, level: Double) {
    (self.features, self.genes, self.level) = (features, genes, level)
    testsOfFeature = [Int](repeating: 0, count: features)
    testsOfGene = [Int](repeating: 0, count: genes)
  }

  /// Counts the pairs of a group by the sums of squares of its columns.
  mutating func count(_ index: Int, _ group: PairGroup, _ x: [Double], _ y: [Double]) {
    let left = x.indices.filter { x[$0] > 0 }, right = y.indices.filter { y[$0] > 0 }
    for feature in left { testsOfFeature[group.features[feature]] += right.count }
    for gene in right { testsOfGene[group.genes[gene]] += left.count }
    total += left.count * right.count
    squares.append(
      Squares(
        features: Dictionary(uniqueKeysWithValues: zip(group.features, x)),
        genes: Dictionary(uniqueKeysWithValues: zip(group.genes, y))))
  }

  /// How many of `candidates`, from the first, are listed: discoveries, and the first by rank.
  package func listed(_ top: Int) -> Int {
    max(hits, min(top, candidates.prefix { $0.p <= completeTo }.count))
  }

  /// Number of discoveries among pairs.
  package var hits: Int { rates.count { ($0 ?? 1) <= level } }

  /// All numbers of a candidate.
  package func pair(_ place: Int) -> Pair {
    let own = candidates[place], group = groups[Int(own.group)], squares = squares[Int(own.group)]
    let feature = Int(own.feature), gene = Int(own.gene), df = Double(group.df)
    let x = squares.features[feature]!, y = squares.genes[gene]!
    let (t, total) = PairWork.statistic(own.r, square: y, df: df, feature: feature, priors)
    let effect = own.r * (y / x).squareRoot(), rest = max(0, (1 - own.r) * (1 + own.r))
    let variance = priors?.priors[feature]?.posterior(rest * y / df, df: df) ?? rest * y / df
    return Pair(
      feature: feature, gene: gene, effect: effect, error: (variance / x).squareRoot(), r: own.r, t: t, df: total,
      p: own.p, q: rates[place], n: group.n)
  }

  /// Sorts the candidates and corrects their P: of pairs over all pairs; of genes and clusters by Simes' P over all of them, each with its
  /// own number of tests. Benjamini and Hochberg.
  mutating func judge(_ clusters: [[Int]]) {
    candidates.sort { ($0.p, $0.gene, $0.feature) < ($1.p, $1.gene, $1.feature) }
    rates = Self.rates(candidates.map(\.p), of: total).map { keeps($0) ? $0 : nil }
    var cluster = [Int](repeating: 0, count: features)
    for (index, members) in clusters.enumerated() { for feature in members { cluster[feature] = index } }
    jointGenes = joint(testsOfGene) { Int($0.gene) }
    jointClusters = joint(clusters.map { $0.reduce(0) { $0 + testsOfFeature[$1] } }) { cluster[Int($0.feature)] }
  }

  /// Whether a q is exact: all pairs are kept, or it is of a discovery.
  private func keeps(_ q: Double) -> Bool { completeTo >= 1 || q <= level }

  /// min over j ≥ i of m p(j) / j, of the smallest of m values.
  static func rates(_ sorted: [Double], of m: Int) -> [Double] {
    var result = sorted, least = 1.0
    for place in sorted.indices.reversed() {
      least = min(least, sorted[place] * Double(m) / Double(place + 1))
      result[place] = least
    }
    return result
  }

  /// Simes' P of families of pairs: the least of m p(i) / i. Simes 1986, doi:10.1093/biomet/73.3.751.
  private func joint(_ tests: [Int], _ family: (PairCandidate) -> Int) -> [Joint] {
    var ranks = [Int](repeating: 0, count: tests.count), p = [Double](repeating: 1, count: tests.count)
    var best = [Int?](repeating: nil, count: tests.count), hits = ranks
    for (place, pair) in candidates.enumerated() {
      let index = family(pair)
      ranks[index] += 1
      if best[index] == nil { best[index] = place }
      if let q = rates[place], q <= level { hits[index] += 1 }
      p[index] = min(p[index], Double(tests[index]) * pair.p / Double(ranks[index]))
    }
    let there = tests.indices.filter { tests[$0] > 0 }.sorted { (p[$0], $0) < (p[$1], $1) }
    let rates = Self.rates(there.map { p[$0] }, of: there.count)
    return zip(there, rates).map { index, q in
      Joint(
        index: index, p: p[index], q: keeps(q) ? q : nil, tests: tests[index], hits: hits[index], best: best[index])
    }
  }
}
