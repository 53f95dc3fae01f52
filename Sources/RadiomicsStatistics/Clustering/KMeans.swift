import RadiomicsCore
import RadiomicsNumerics

/// k-means: centres that minimise the sum of squared distances of points to the nearest of them (inertia). Lloyd 1982,
/// doi:10.1109/TIT.1982.1056489; started by k-means++ (Arthur and Vassilvitskii 2007), of which the best of several starts stays.
///
/// Exact, with bounds (Hamerly 2010, doi:10.1137/1.9781611972801.12): a point whose nearest centre is nearer than the second by more than
/// both can have moved since is not looked at. For instance the points 0, 1, 10, 11 have the two centres 0.5 and 10.5, inertia 1.
///
/// Cost: each round reads 5 bytes of a point, and computes distances of those near a border. Nothing depends on the number of lanes.
package struct KMeans: Sendable, Hashable {
  /// By cluster, its coordinates.
  package let centres: [[Double]]
  /// The cluster of each point, from 0.
  package let labels: [UInt8]
  /// Sum of squared distances to the points' centres.
  package let inertia: Double
  /// Rounds until nothing changed, or the most that were allowed.
  package let iterations: Int

  /// The largest number of clusters.
  package static let most = 64

  /// Moves centres until no point changes its cluster.
  /// - `start`: Where the centres begin.
  /// - `most`: Rounds at most.
  package init(_ points: ClusterPoints, from start: [[Double]], most: Int = 300, _ lanes: Lanes = Lanes(jobs: 1)) {
    precondition((1...Self.most).contains(start.count) && points.count > 0, "points and 1 to \(Self.most) centres")
    var rounds = LloydRounds(points, start)
    var iterations = 0, changed = rounds.assignAll(lanes)
    while iterations < most, changed > 0 {
      rounds.moveCentres()
      iterations += 1
      changed = rounds.assign(lanes)
    }
    centres = rounds.centres
    labels = rounds.labels
    inertia = rounds.inertia(lanes)
    self.iterations = iterations
  }

  /// The best of several starts.
  package init(
    _ points: ClusterPoints, count: Int, restarts: Int, seed: UInt64, most: Int = 300, _ lanes: Lanes = Lanes(jobs: 1)
  ) {
    var best: KMeans?
    for restart in 0..<max(1, restarts) {
      var generator = SeededGenerator(seed: SeededGenerator.output(UInt64(restart), of: seed))
      let found = KMeans(points, from: Self.start(points, count, &generator), most: most, lanes)
      if best.map({ found.inertia < $0.inertia }) ?? true { best = found }
    }
    self = best!
  }

  /// k-means++: each further centre is a point drawn with a probability proportional to its squared distance from those before it.
  static func start(_ points: ClusterPoints, _ count: Int, _ generator: inout SeededGenerator) -> [[Double]] {
    var centres = [points[generator.below(points.count)]]
    var nearest = [Double](repeating: .infinity, count: points.count)
    while centres.count < count {
      var total = 0.0
      for point in 0..<points.count {
        nearest[point] = min(nearest[point], points.squaredDistance(point, to: centres[centres.count - 1]))
        total += nearest[point]
      }
      var rest = generator.uniform() * total, chosen = points.count - 1
      for point in 0..<points.count {
        rest -= nearest[point]
        if rest < 0 {
          chosen = point
          break
        }
      }
      centres.append(points[chosen])
    }
    return centres
  }

  /// The nearest of some centres to each point; of equally near ones the first.
  package static func labels(_ points: ClusterPoints, centres: [[Double]], _ lanes: Lanes = Lanes(jobs: 1)) -> [UInt8] {
    guard points.count > 0 else { return [] }
    var rounds = LloydRounds(points, centres)
    _ = rounds.assignAll(lanes)
    return rounds.labels
  }
}

extension KMeans {
  /// The Bayesian information criterion of clusters as spherical Gaussians of one variance; the least is best. Pelleg and Moore 2000.
  package func informationCriterion(dimensions: Int) -> Double {
    let counts = labels.counts(of: centres.count), n = Double(labels.count), d = Double(dimensions)
    let variance = max(inertia / (n * d), .leastNormalMagnitude)
    let shares = counts.reduce(0.0) { $0 + ($1 > 0 ? Double($1) * log(Double($1) / n) : 0) }
    let likelihood = shares - n * d / 2 * (log(2 * .pi * variance) + 1)
    let parameters = Double(centres.count - 1) + Double(centres.count) * d + 1
    return parameters * log(n) - 2 * likelihood
  }
}
