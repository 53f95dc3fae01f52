import RadiomicsNumerics

/// How sums over the jumps of a survival curve move with the patients of whom several rows are: sums of the rows' influences,
/// dN − Y dΛ, within each. Lin and Wei 1989, doi:10.1080/01621459.1989.10478874. As R's `survfit` with `cluster`.
struct ClusteredJumps: Sendable {
  private let outcome: SurvivalTimes, weights: [Double]?, clusters: [Int]

  init(_ outcome: SurvivalTimes, _ weights: [Double]?, _ clusters: [Int]) {
    (self.outcome, self.weights, self.clusters) = (outcome, weights, clusters)
  }

  /// The sum over the steps of a curve of factor · (dN − Y h), where h is the step's share of events: its sum of squares over the
  /// clusters at each step, and each cluster's sum at the end.
  func sums(_ times: [Double], _ hazards: [Double], _ factors: [Double]) -> (squares: [Double], ofClusters: [Double]) {
    sums(times, falls: zip(factors, hazards).map(*)) { step, _ in factors[step] }
  }

  /// The sum over the steps of what an event adds, and of what is taken from each row at risk. O(n log n), as rows at risk only share
  /// one level.
  func sums(_ times: [Double], falls: [Double], _ rise: (_ step: Int, _ row: Int) -> Double) -> (
    squares: [Double], ofClusters: [Double]
  ) {
    var sums = LevelledSums(count: (clusters.max() ?? -1) + 1), squares: [Double] = []
    let order = outcome.ascending(), entries = ascendingOrder(of: outcome.start)
    var place = 0, entered = 0
    for step in times.indices {
      while entered < entries.count, outcome.start[entries[entered]] < times[step] {
        sums.enter(clusters[entries[entered]], weight(entries[entered]))
        entered += 1
      }
      let first = place
      while place < order.count, outcome.stop[order[place]] <= times[step] { place += 1 }
      sums.fall(falls[step])
      for row in order[first..<place] {
        if outcome.isEvent[row] { sums.add(clusters[row], rise(step, row) * weight(row)) }
        sums.enter(clusters[row], -weight(row))
      }
      squares.append(sums.squares)
    }
    return (squares, sums.values)
  }

  private func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
}

/// Sums of clusters, all of which fall by one level times the weight that each has at risk.
private struct LevelledSums {
  private var base: [Double], weight: [Double], level = 0.0
  /// Sums over the clusters of base², base · weight, weight².
  private var products = (bb: 0.0, bw: 0.0, ww: 0.0)

  init(count: Int) {
    base = [Double](repeating: 0, count: count)
    weight = base
  }

  mutating func enter(_ cluster: Int, _ change: Double) { move(cluster, level * change, change) }
  mutating func add(_ cluster: Int, _ change: Double) { move(cluster, change, 0) }
  mutating func fall(_ change: Double) { level += change }

  private mutating func move(_ cluster: Int, _ ofBase: Double, _ ofWeight: Double) {
    let (b, w) = (base[cluster], weight[cluster])
    products.bb += ofBase * (2 * b + ofBase)
    products.bw += (b + ofBase) * (w + ofWeight) - b * w
    products.ww += ofWeight * (2 * w + ofWeight)
    (base[cluster], weight[cluster]) = (b + ofBase, w + ofWeight)
  }

  var values: [Double] { zip(base, weight).map { $0 - level * $1 } }
  var squares: Double { max(0, products.bb - 2 * level * products.bw + level * level * products.ww) }
}
