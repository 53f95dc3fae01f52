import RadiomicsCore
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Clusters beside scikit-learn and SciPy (`u_clusters.json`).
@Suite(.golden(.clusters)) struct ClusterReferenceTests {
  private static func cases(_ start: String) -> [StatisticalReference] {
    GoldenSuite.clusters.cases.filter { $0.id.hasPrefix(start) }
  }

  private static func points(_ reference: StatisticalReference) throws -> ClusterPoints {
    let table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    let names = try #require(reference.params["features"]?.asList).compactMap(\.asText)
    return ClusterPoints(try names.map { try table.numbers($0).map { try #require($0) } })
  }

  private static func integers(_ value: Setting.Value?) throws -> [Int] {
    try #require(value?.asList).map { try #require($0.asInteger) }
  }

  private static func expect(_ values: [[Double]], _ expected: Setting.Value?, _ reference: StatisticalReference) throws
  {
    for (row, expected) in zip(values, try #require(expected?.asList)) {
      for (value, expected) in zip(row, try #require(expected.asList)) { reference.expectValue(value, expected, "") }
    }
  }

  @Test(arguments: cases("kmeans")) func means(_ reference: StatisticalReference) throws {
    let points = try Self.points(reference), start = try Self.integers(reference.params["rows"]).map { points[$0] }
    for jobs in [1, 3] {
      let found = KMeans(points, from: start, Lanes(jobs: jobs))
      reference.expectValue(found.inertia, try #require(reference["inertia"]), "inertia")
      try Self.expect(found.centres, reference["centres"], reference)
      #expect(found.labels.map(Int.init) == (try Self.integers(reference["labels"])))
    }
  }

  @Test(arguments: cases("mixture")) func mixtures(_ reference: StatisticalReference) throws {
    let points = try Self.points(reference), rows = try Self.integers(reference.params["rows"])
    let word = try #require(reference.params["shape"]?.asText)
    let shape = try #require(GaussianMixture.Shape(rawValue: word))
    let variances = points.variances, indices = variances.indices
    let start = GaussianMixture(
      weights: rows.map { _ in 1 / Double(rows.count) }, means: rows.map { points[$0] },
      covariances: rows.map { _ in indices.map { i in indices.map { i == $0 ? variances[i] : 0 } } }, shape: shape)
    let rounds = try #require(reference.params["rounds"]?.asInteger)
    let found = try start.fitted(points, iterations: rounds, tolerance: 0, floor: indices.map { _ in 1e-6 })
    try Self.expect([found.mixture.weights], .list([try #require(reference["weights"])]), reference)
    try Self.expect(found.mixture.means, reference["means"], reference)
    for (covariance, expected) in zip(found.mixture.covariances, try #require(reference["covariances"]?.asList)) {
      try Self.expect(covariance, expected, reference)
    }
    reference.expectValue(
      found.logLikelihoods[found.logLikelihoods.count - 1], try #require(reference["lower_bound"]), "bound")
    let costs = try found.mixture.costs(points)
    let labels = (0..<points.count).map { point in costs.indices.min { costs[$0][point] < costs[$1][point] }! }
    #expect(labels == (try Self.integers(reference["labels"])))
    let density = try found.mixture.fitted(points, iterations: 1, floor: indices.map { _ in 0 }).logLikelihoods[0]
    let criterion = found.mixture.informationCriterion(density, count: points.count) / Double(points.count)
    reference.expectValue(criterion, try #require(reference["bic_per_row"]), "BIC")
  }

  @Test(arguments: cases("rand")) func agreement(_ reference: StatisticalReference) throws {
    let first = try Self.integers(reference.params["first"]).map(UInt8.init)
    let second = try Self.integers(reference.params["second"]).map(UInt8.init)
    let agreement = ClusterAgreement(first, second, count: 6)
    reference.expectValue(agreement.adjustedRandIndex, try #require(reference["rand"]), "ARI")
  }

  @Test(arguments: cases("assignment")) func assignment(_ reference: StatisticalReference) throws {
    let costs = try #require(reference.params["costs"]?.asList).map { row in
      try #require(row.asList).map { try #require($0.asNumber) }
    }
    let found = leastAssignment(costs)
    #expect(found == (try Self.integers(reference["columns"])))
    reference.expectValue(zip(costs, found).reduce(0) { $0 + $1.0[$1.1] }, try #require(reference["sum"]), "sum")
  }
}
