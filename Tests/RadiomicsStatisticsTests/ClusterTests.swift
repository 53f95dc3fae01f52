import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import Testing

/// Clusters by hand, and what must hold of any.
@Suite struct ClusterTests {
  private static func noise(_ count: Int, _ dimensions: Int, seed: UInt64 = 3) -> ClusterPoints {
    var generator = SeededGenerator(seed: seed)
    return ClusterPoints((0..<dimensions).map { _ in (0..<count).map { _ in generator.normal() } })
  }

  /// The plain way: every distance in every round.
  private static func lloyd(_ points: ClusterPoints, _ start: [[Double]], rounds: Int) -> [[Double]] {
    var centres = start
    for _ in 0..<rounds {
      let labels = plainLabels(points, centres)
      centres = centres.indices.map { cluster in
        let own = labels.indices.filter { labels[$0] == cluster }
        guard !own.isEmpty else { return centres[cluster] }
        return (0..<points.dimensions).map { f in own.reduce(0) { $0 + points[$1][f] } / Double(own.count) }
      }
    }
    return centres
  }

  private static func plainLabels(_ points: ClusterPoints, _ centres: [[Double]]) -> [Int] {
    (0..<points.count).map { point in
      let place = points[point]
      return centres.indices.min { a, b in
        func distance(_ j: Int) -> Double { zip(place, centres[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
        return distance(a) < distance(b)
      }!
    }
  }

  /// 0, 1 | 10, 11: centres 0.5 and 10.5, inertia 4 · 0.25.
  @Test func byHand() {
    let points = ClusterPoints([[0, 10, 1, 11]])
    let found = KMeans(points, from: [[0], [1]])
    #expect(found.centres == [[0.5], [10.5]] && found.labels == [0, 1, 0, 1] && found.inertia == 1)
    let whole = KMeans(points, from: [[3]])
    #expect(whole.centres == [[5.5]] && whole.inertia == 101)
  }

  /// What is pruned changes nothing: the bounds are safe, in any number of dimensions and whatever the lanes.
  @Test(arguments: [1, 2, 3, 4, 5], [2, 7]) func prunedRoundsAreLloyds(dimensions: Int, clusters: Int) {
    let points = Self.noise(603, dimensions), start = (0..<clusters).map { points[$0 * 11] }
    let found = KMeans(points, from: start, most: 9), plain = Self.lloyd(points, start, rounds: found.iterations)
    for (a, b) in zip(found.centres.joined(), plain.joined()) { #expect(abs(a - b) < 1e-12) }
    #expect(found.labels.map(Int.init) == Self.plainLabels(points, plain))
    #expect(KMeans(points, from: start, most: 9, Lanes(jobs: 4)) == found)
  }

  /// Points far from 0 and equal points: neither is lost to rounding.
  @Test func farAndEqualPoints() {
    let far = ClusterPoints([[1e9, 1e9 + 1, 1e9 + 10, 1e9 + 11]])
    #expect(KMeans(far, count: 2, restarts: 3, seed: 1).inertia == 1)
    let equal = ClusterPoints([[Double](repeating: 4, count: 20)])
    let found = KMeans(equal, count: 3, restarts: 2, seed: 1)
    #expect(found.inertia == 0 && found.centres.allSatisfy { $0 == [4] })
  }

  /// A centre that no point is nearest to takes the point that is farthest from its own.
  @Test func emptyClustersMove() {
    let found = KMeans(ClusterPoints([[0, 1, 2, 50]]), from: [[1], [900]])
    #expect(found.centres == [[1], [50]] && found.labels == [0, 0, 0, 1])
  }

  @Test func restartsFindThePlantedClusters() {
    var generator = SeededGenerator(seed: 8)
    let planted = (0..<300).map { _ in generator.below(4) }
    let points = ClusterPoints(
      (0..<2).map { axis in planted.map { 20 * Double(axis == 0 ? $0 % 2 : $0 / 2) + generator.normal() } })
    let found = KMeans(points, count: 4, restarts: 5, seed: 2)
    #expect(ClusterAgreement(found.labels, planted.map(UInt8.init), count: 4).adjustedRandIndex == 1)
    #expect(KMeans(points, count: 4, restarts: 5, seed: 2, Lanes(jobs: 3)) == found)
    // More clusters than were planted have a worse criterion.
    let criteria = (2...6).map {
      KMeans(points, count: $0, restarts: 5, seed: 2).informationCriterion(dimensions: 2)
    }
    #expect(criteria.firstIndex(of: criteria.min()!) == 2)
  }

  /// The floor is a part of the variance: in mm²/s and in µm²/s the clusters are the same.
  @Test(arguments: [GaussianMixture.Shape.full, .diagonal]) func unitsDoNotMatter(_ shape: GaussianMixture.Shape) throws
  {
    func fit(_ unit: Double) throws -> [[Double]] {
      let raw = Self.noise(400, 2),
        columns = (0..<2).map { axis in
          raw.column(axis).enumerated().map { unit * ($1 + ($0 < 150 ? 6 : 0)) }
        }
      let points = ClusterPoints(columns), floor = points.variances.map { 1e-6 * $0 }
      let start = GaussianMixture(
        points, KMeans(points, count: 2, restarts: 3, seed: 4), shape: shape, floor: floor)
      return try start.fitted(points, floor: floor).mixture.costs(points)
    }
    let small = try fit(1e-6), large = try fit(1)
    for point in 0..<400 { #expect((small[0][point] < small[1][point]) == (large[0][point] < large[1][point])) }
    #expect(
      (0..<400).count { large[0][$0] < large[1][$0] } == 150 || (0..<400).count { large[0][$0] > large[1][$0] } == 150)
  }

  /// Two points each of three labels: of the second clustering one point went astray.
  @Test func agreementByHand() {
    let agreement = ClusterAgreement([0, 0, 1, 1, 2, 2], [2, 2, 0, 1, 1, 1], count: 3)
    #expect(agreement.matches == [2, 0, 1] && agreement.jaccard == [1, 0.5, 2.0 / 3])
    // Together in both: 1 + 0 + 1 pairs; by chance 3 · 4 / 15; at most (3 + 4) / 2.
    #expect(abs(agreement.adjustedRandIndex - (2 - 0.8) / (3.5 - 0.8)) < 1e-15)
    #expect(ClusterAgreement([0, 0], [1, 1], count: 2).adjustedRandIndex == 1)
    #expect(leastAssignment([[4, 1], [2, 0]]) == [1, 0] && leastAssignment([]) == [])
  }
}
