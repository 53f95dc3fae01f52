import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What habitats are: a place of each on the scaled images, ordered by the mean of the first image, and the mixture if they are one.
package struct HabitatCentres: Sendable, Hashable, Codable {
  package let scaling: HabitatScaling
  /// By habitat and image, in units of the scaling.
  package let centres: [[Double]]
  package let mixture: GaussianMixture?
  /// Whether each subject is clustered by itself, and its clusters matched to these.
  package let isMatched: Bool

  package var count: Int { centres.count }
  /// By habitat and image, in the images' units.
  package var means: [[Double]] { centres.map(scaling.unscaled) }

  /// Learns them.
  /// - Throws: `ModelError` if an image does not vary, there are fewer points than habitats, or a component of a mixture has no volume.
  package init(
    _ samples: [HabitatSample], count: Int, _ settings: HabitatSettings, names: [String], seed: UInt64, restarts: Int,
    _ lanes: Lanes
  ) throws(ModelError) {
    let all = ClusterPoints(joining: samples.map(\.points))
    guard all.count >= count else {
      throw ModelError.at(
        "habitats", "there are \(all.count) voxels for \(count) habitats, must be one for each. Give more subjects.")
    }
    let scaling = try HabitatScaling(all, names)
    self.scaling = scaling
    isMatched = settings.design == .subject
    var centres: [[Double]], mixture: GaussianMixture?
    if isMatched {
      centres = Self.prototypes(samples.map { scaling.scaled($0.points) }, count, seed, restarts, lanes)
    } else {
      let points = scaling.scaled(all)
      let clusters = KMeans(points, count: count, restarts: restarts, seed: seed, lanes)
      centres = clusters.centres
      if let shape = settings.method.shape {
        // Relative to the variance of the points, which have been scaled: no unit decides.
        let floor = points.variances.map { 1e-6 * $0 }
        let fit = try GaussianMixture(points, clusters, shape: shape, floor: floor).fitted(points, floor: floor, lanes)
        mixture = fit.mixture
        centres = fit.mixture.means
      }
    }
    let order = centres.indices.sorted { centres[$0].lexicographicallyPrecedes(centres[$1]) }
    self.centres = order.map { centres[$0] }
    self.mixture = mixture.map { mixture in
      GaussianMixture(
        weights: order.map { mixture.weights[$0] }, means: order.map { mixture.means[$0] },
        covariances: order.map { mixture.covariances[$0] }, shape: mixture.shape)
    }
  }

  /// Prototypes of clusters that each subject has: the means of clusters that are matched one to one.
  private static func prototypes(
    _ subjects: [ClusterPoints], _ count: Int, _ seed: UInt64, _ restarts: Int, _ lanes: Lanes
  ) -> [[Double]] {
    let own = lanes.map(subjects.count) { number in
      KMeans(
        subjects[number], count: count, restarts: restarts, seed: SeededGenerator.output(UInt64(number), of: seed)
      ).centres
    }
    let all = ClusterPoints((0..<subjects[0].dimensions).map { image in own.flatMap { $0.map { $0[image] } } })
    var prototypes = KMeans(all, count: count, restarts: restarts, seed: seed).centres
    for _ in 0..<100 {
      var sums = prototypes.map { $0.map { _ in 0.0 } }
      for centres in own {
        for (prototype, cluster) in leastAssignment(squaredDistances(prototypes, centres)).enumerated() {
          for image in sums[prototype].indices { sums[prototype][image] += centres[cluster][image] }
        }
      }
      let next = sums.map { $0.map { $0 / Double(own.count) } }
      if next == prototypes { break }
      prototypes = next
    }
    return prototypes
  }

  private static func squaredDistances(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { first in b.map { zip(first, $0).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } } }
  }

  /// What it costs each voxel of a subject to be of each habitat: half the squared distance from its centre, or −log of the density of its
  /// component, in units of the scaling.
  /// - `columns`: By image, in its own unit.
  package func costs(_ columns: [[Double]], _ lanes: Lanes) throws(ModelError) -> [[Double]] {
    let points = scaling.scaled(columns)
    if let mixture { return try mixture.costs(points, lanes) }
    var places = centres
    if isMatched, points.count > 0 {
      let own = KMeans(points, from: centres, lanes).centres
      places = leastAssignment(Self.squaredDistances(centres, own)).map { own[$0] }
    }
    let scaled = (0..<points.dimensions).map(points.column), used = places
    return lanes.map(used.count) { habitat in
      var costs = [Double](repeating: 0, count: points.count)
      for (image, column) in scaled.enumerated() {
        let place = used[habitat][image]
        for voxel in costs.indices { costs[voxel] += 0.5 * (column[voxel] - place) * (column[voxel] - place) }
      }
      return costs
    }
  }

  /// The habitat of each point of a sample, from 0.
  func labels(_ points: ClusterPoints) throws(ModelError) -> [UInt8] {
    let costs = try costs((0..<points.dimensions).map(points.column), Lanes(jobs: 1))
    return (0..<points.count).map { point in
      UInt8(costs.indices.min { costs[$0][point] < costs[$1][point] } ?? 0)
    }
  }

  /// The Bayesian information criterion on some points; the least is best.
  func informationCriterion(_ points: ClusterPoints) throws(ModelError) -> Double {
    let scaled = scaling.scaled(points)
    guard let mixture else {
      return KMeans(scaled, from: centres, most: 0).informationCriterion(dimensions: scaled.dimensions)
    }
    let floor = scaled.variances.map { _ in 0.0 }
    let density = try mixture.fitted(scaled, iterations: 1, floor: floor).logLikelihoods[0]
    return mixture.informationCriterion(density, count: scaled.count)
  }
}
