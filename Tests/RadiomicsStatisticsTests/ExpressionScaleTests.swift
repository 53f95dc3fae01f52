import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What is made of expression before it is tested, by hand.
@Suite struct ExpressionScaleTests {
  private func made(_ scale: ExpressionScale, _ genes: [[Double]]) throws -> [[Double]] {
    let side = MassUnivariate.Side(rows: genes[0].count, count: genes.count, elements: genes.flatMap { $0 })
    let result = try scale.applied(to: side)
    return (0..<genes.count).map { Array(result.column($0)) }
  }

  @Test func logarithms() throws {
    #expect(try made(.log, [[0, 1, 7]]) == [[0, 1, 3]])
    // voom: log2((count + 0.5) / (library + 1) * 1e6), as limma's; libraries are 9 and 99.
    let voom = try made(.voomLike, [[4, 49], [5, 50]])
    expectClose(voom[0][0], 18.779558, absolute: 1e-5)
    expectClose(voom[0][1], 18.917062, absolute: 1e-5)
    #expect(throws: ModelError.self) { try made(.log, [[-1, 2]]) }
  }

  /// The example of Bolstad's method: three samples of four genes.
  @Test func quantiles() throws {
    let found = try made(.quantile, [[5, 4, 3], [2, 1, 4], [3, 4, 6], [4, 2, 8]])
    // Sorted: (2 1 3), (3 2 4), (4 4 6), (5 4 8); means 2, 3, 14/3, 17/3. The tie of sample 2 gets the mean of the third and fourth.
    let means = [2, 3, 14.0 / 3, 17.0 / 3], tie = (means[2] + means[3]) / 2
    let expected = [
      [means[3], tie, means[0]], [means[0], means[0], means[1]], [means[1], tie, means[2]],
      [means[2], means[1], means[3]],
    ]
    for (gene, row) in expected.enumerated() {
      for (sample, value) in row.enumerated() { expectClose(found[gene][sample], value, relative: 1e-12) }
    }
  }

  @Test func normalScores() throws {
    let found = try made(.inverseNormal, [[10, 30, .nan, 20]])[0]
    expectClose(found[0], NormalDistribution().quantile(0.625 / 3.25), relative: 1e-12)
    expectClose(found[3], 0, absolute: 1e-12)
    expectClose(found[1], -found[0], relative: 1e-12)
    #expect(found[2].isNaN)
  }
}
