import RadiomicsCore
import RadiomicsNumerics

/// How far a feature differs between batches: the share of its variance that they explain beside covariates, and tests that it is none.
/// O(n log n).
package struct BatchEffectTest: Sendable, Hashable {
  /// 1 − (sum of squares within batches)/(sum of squares without them), both beside covariates.
  package let share: Double
  /// F of that share and its P.
  package let ratio: Double, p: Double
  /// Kruskal and Wallis' H of the values, corrected for ties, and its P. 1952, doi:10.1080/01621459.1952.10483441.
  package let kruskal: Double, kruskalP: Double
  /// F of absolute differences from the batches' medians and its P. Brown and Forsythe 1974, doi:10.1080/01621459.1974.10482955.
  /// Nil where distances do not vary within batches but for rounding, as in pairs.
  package let brownForsythe: Double?, brownForsytheP: Double?

  /// Nil unless at least two batches have values that vary within them.
  package init?(_ values: [Double?], _ codes: [Int], batchCount: Int, covariates: Matrix) {
    let rows = values.indices.filter { values[$0] != nil }, y = rows.map { values[$0]! }
    guard let first = y.first else { return nil }
    let present = Set(rows.map { codes[$0] }).sorted()
    let places = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    let own = rows.map { places[codes[$0]]! }, batches = present.count
    let design = covariates.columns == 0 ? Matrix(columns: [], rows: rows.count) : covariates.rows(rows)
    let full = BatchEquations(Array(own.indices), own, batches, design)
    let bare = BatchEquations(Array(own.indices), own.map { _ in 0 }, 1, design)
    guard batches > 1, full.isSolvable, bare.isSolvable else { return nil }
    func squares(_ equations: BatchEquations) -> Double {
      equations.rows.map { y[$0] - first }.withUnsafeBufferPointer { equations.fit($0).squares.reduce(0, +) }
    }
    let within = squares(full), total = squares(bare), freedom = Double(rows.count - batches - design.columns)
    guard within > 0, freedom > 0 else { return nil }
    share = max(0, 1 - within / total)
    ratio = max(0, total - within) / Double(batches - 1) / (within / freedom)
    p = FisherF(Double(batches - 1), freedom).above(ratio)
    let members = (0..<batches).map { batch in own.indices.filter { own[$0] == batch }.map { y[$0] } }
    kruskal = kruskalWallis(y, own, members.map(\.count))
    kruskalP = ChiSquared(Double(batches - 1)).above(kruskal)
    let distances = members.map { group in
      let sorted = group.sorted(), median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
      return group.map { abs($0 - median) }
    }
    brownForsythe = oneWayRatio(distances, rounding: y.reduce(0) { max($0, abs($1)) } * 4 * .ulpOfOne)
    brownForsytheP = brownForsythe.map { FisherF(Double(batches - 1), Double(rows.count - batches)).above($0) }
  }
}

private func kruskalWallis(_ y: [Double], _ codes: [Int], _ counts: [Int]) -> Double {
  let order = ascendingOrder(of: y), n = Double(y.count)
  var sums = [Double](repeating: 0, count: counts.count), ties = 0.0, start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, y[order[end]] == y[order[start]] { end += 1 }
    let rank = Double(start + end + 1) / 2, size = Double(end - start)
    for place in start..<end { sums[codes[order[place]]] += rank }
    ties += size * (size * size - 1)
    start = end
  }
  let between = zip(sums, counts).reduce(0) { $0 + $1.0 * $1.0 / Double($1.1) }
  return (12 / (n * (n + 1)) * between - 3 * (n + 1)) / (1 - ties / (n * (n * n - 1)))
}

/// The ratio of an analysis of variance of one way; nil where nothing but rounding is within.
private func oneWayRatio(_ groups: [[Double]], rounding: Double) -> Double? {
  let n = Double(groups.reduce(0) { $0 + $1.count }), all = mean(groups.flatMap { $0 })
  var between = 0.0, within = 0.0
  for group in groups {
    let center = mean(group)
    between += Double(group.count) * (center - all) * (center - all)
    within += pairwiseSum(group) { ($0 - center) * ($0 - center) }
  }
  guard n > Double(groups.count), within > n * rounding * rounding else { return nil }
  return between / Double(groups.count - 1) / (within / (n - Double(groups.count)))
}

extension BatchEffectTest: Documented {
  package static let name = "batch-effect"
  package static let summary =
    "How far a feature differs between scanners or sites: the share of its variance that batches explain, "
    + "and tests that it is none."
  package static let definition =
    "share 1 − SS within batches / SS without them, beside covariates, with its F; Kruskal and Wallis' H; "
    + "Brown and Forsythe's F of distances from medians"
  package static let limits =
    "Undefined unless at least two batches vary within. Differences of patients between batches look like "
    + "effects of batches: name covariates."
  package static let reference =
    "Kruskal and Wallis 1952, doi:10.1080/01621459.1952.10483441; Brown and Forsythe 1974, "
    + "doi:10.1080/01621459.1974.10482955"
}
