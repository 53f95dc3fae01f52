import RadiomicsCore
import RadiomicsNumerics

/// A mixture of Gaussians: Σ π_j N(μ_j, Σ_j), fitted by expectation and maximisation. Dempster, Laird and Rubin 1977,
/// doi:10.1111/j.2517-6161.1977.tb01600.x.
package struct GaussianMixture: Sendable, Hashable, Codable {
  /// What covariances may be.
  package enum Shape: String, Sendable, Hashable, Codable {
    /// Any.
    case full
    /// Without correlations.
    case diagonal
  }

  package internal(set) var weights: [Double]
  package internal(set) var means: [[Double]]
  /// By component, its rows.
  package internal(set) var covariances: [[[Double]]]
  package let shape: Shape

  package init(weights: [Double], means: [[Double]], covariances: [[[Double]]], shape: Shape) {
    (self.weights, self.means, self.covariances, self.shape) = (weights, means, covariances, shape)
  }

  /// What clusters of points give: their shares, means and covariances.
  /// - `floor`: Added to the variance of each coordinate, so that none is 0.
  package init(_ points: ClusterPoints, _ clusters: KMeans, shape: Shape, floor: [Double]) {
    let count = clusters.centres.count, n = points.dimensions, sizes = clusters.labels.counts(of: count)
    means = clusters.centres
    weights = sizes.map { max(Double($0), 0.5) / Double(points.count) }
    var sums = [[[Double]]](
      repeating: [[Double]](repeating: [Double](repeating: 0, count: n), count: n), count: count)
    for point in 0..<points.count {
      let label = Int(clusters.labels[point]), place = points[point]
      for row in 0..<n {
        for column in 0...row where shape == .full || row == column {
          sums[label][row][column] += (place[row] - means[label][row]) * (place[column] - means[label][column])
        }
      }
    }
    covariances = sums.enumerated().map { label, sum in
      Self.symmetric(sum) { $0 / max(1, Double(sizes[label])) + ($1 ? floor[$2] : 0) }
    }
    self.shape = shape
  }

  /// Both halves of a lower one, each element changed: what it is, whether it lies on the diagonal, and its row.
  private static func symmetric(_ lower: [[Double]], _ change: (Double, Bool, Int) -> Double) -> [[Double]] {
    lower.indices.map { row in
      lower.indices.map { change(lower[max(row, $0)][min(row, $0)], row == $0, row) }
    }
  }

  /// What rounds of expectation and maximisation give.
  package struct Fit: Sendable {
    package let mixture: GaussianMixture
    /// The mean logarithm of the points' densities before each round.
    package let logLikelihoods: [Double]
  }

  /// Rounds until the mean logarithm of densities grows by less than `tolerance`.
  /// - `floor`: Added to the variance of each coordinate in each round. Where it is a fixed number, units decide the result; a part of
  ///   the points' variances leaves it as it is in any unit.
  /// - Throws: `ModelError` if a component has no volume.
  package func fitted(
    _ points: ClusterPoints, iterations: Int = 200, tolerance: Double = 1e-6, floor: [Double],
    _ lanes: Lanes = Lanes(jobs: 1)
  ) throws(ModelError) -> Fit {
    var mixture = self, found: [Double] = []
    let blocks = points.blocks
    for _ in 0..<iterations {
      let work = try MixtureBlocks(mixture, points)
      let parts = lanes.map(blocks.count) { work.expectation(blocks[$0]) }
      var sums = parts[0]
      for part in parts.dropFirst() { sums.add(part) }
      found.append(sums.logLikelihood / Double(points.count))
      mixture.maximise(sums, Double(points.count), floor)
      if found.count > 1, abs(found[found.count - 1] - found[found.count - 2]) < tolerance { break }
    }
    return Fit(mixture: mixture, logLikelihoods: found)
  }

  /// Moments about the means as they were give weights, means and covariances.
  private mutating func maximise(_ sums: MixtureBlocks.Sums, _ count: Double, _ floor: [Double]) {
    let n = means[0].count
    for component in weights.indices {
      // As in scikit-learn: a component without points keeps a place.
      let weight = sums.weights[component] + 10 * .ulpOfOne
      let shift = (0..<n).map { sums.shifts[component * n + $0] / weight }
      var lower = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      var place = component * n * (n + 1) / 2
      for row in 0..<n {
        for column in 0...row {
          if shape == .full || row == column {
            lower[row][column] = sums.squares[place] / weight - shift[row] * shift[column]
          }
          place += 1
        }
      }
      covariances[component] = Self.symmetric(lower) { $0 + ($1 ? floor[$2] : 0) }
      means[component] = zip(means[component], shift).map { $0 + $1 }
      weights[component] = weight
    }
    let total = weights.reduce(0, +)
    weights = weights.map { $0 / total }
  }

  /// −log π_j N(x; μ_j, Σ_j) of each component and point: what it costs a point to belong to a component.
  /// - Throws: `ModelError` if a component has no volume.
  package func costs(_ points: ClusterPoints, _ lanes: Lanes = Lanes(jobs: 1)) throws(ModelError) -> [[Double]] {
    let work = try MixtureBlocks(self, points), blocks = points.blocks
    let parts = lanes.map(blocks.count) { work.costs(blocks[$0]) }
    return weights.indices.map { component in parts.flatMap { $0[component] } }
  }

  /// The Bayesian information criterion of the mean logarithm of so many points' densities; the least is best.
  package func informationCriterion(_ logLikelihood: Double, count: Int) -> Double {
    let d = means[0].count, k = weights.count
    let parameters = k - 1 + k * d + k * (shape == .full ? d * (d + 1) / 2 : d)
    return Double(parameters) * log(Double(count)) - 2 * logLikelihood * Double(count)
  }
}
