import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct LevelMatrixTests {
  /// A zone of level 1 and three voxels, one of level 2 and one voxel; every feature by hand.
  @Test func featuresByHand() throws {
    let example = try TextureExample([2, 2, 1], [1, 1, 2, 1])
    let expected: [(String, Double)] = [
      ("szm_sze", (1.0 / 9 + 1) / 2), ("szm_lze", (9.0 + 1) / 2), ("szm_lgze", (1 + 0.25) / 2),
      ("szm_hgze", (1.0 + 4) / 2), ("szm_szlge", (1.0 / 9 + 0.25) / 2), ("szm_szhge", (1.0 / 9 + 4) / 2),
      ("szm_lzlge", (9 + 0.25) / 2), ("szm_lzhge", (9.0 + 4) / 2), ("szm_glnu", 1), ("szm_glnu_norm", 0.5),
      ("szm_zsnu", 1), ("szm_zsnu_norm", 0.5), ("szm_z_perc", 0.5), ("szm_gl_var", 0.25), ("szm_zs_var", 1),
      ("szm_zs_entr", 1),
    ]
    #expect(expected.map(\.0) == SizeZone.features.map(\.tag))
    for (tag, value) in expected {
      expectClose(try #require(SizeZone().cell(tag, of: example).value), value, absolute: 1e-15, tag)
    }
  }

  /// The definitions, over a list of counts.
  @Test func featuresAgainstDefinitions() throws {
    for example in try TextureExample.randoms {
      let matrix = NeighbourMatrices(
        example.levels, NeighbourReach(distance: 1, norm: .chebyshev), coarseness: 0, Lanes(jobs: 1)
      ).dependences
      let counts = nonzero(matrix).map { (i: Double($0.key.x), j: Double($0.key.y), s: $0.value) }
      let ns = counts.reduce(0) { $0 + $1.s }
      func mean(_ term: (Double, Double) -> Double) -> Double { counts.reduce(0) { $0 + term($1.i, $1.j) * $1.s } / ns }
      func squares(_ key: (Double, Double) -> Double) -> Double {
        Dictionary(grouping: counts) { key($0.i, $0.j) }.values.reduce(0) { $0 + pow($1.reduce(0) { $0 + $1.s }, 2) }
      }
      let mi = mean { i, _ in i }, mj = mean { _, j in j }
      let levelSquares = squares { i, _ in i }, columnSquares = squares { _, j in j }
      let expected = [
        mean { _, j in 1 / (j * j) }, mean { _, j in j * j }, mean { i, _ in 1 / (i * i) }, mean { i, _ in i * i },
        mean { i, j in 1 / (i * i * j * j) }, mean { i, j in i * i / (j * j) }, mean { i, j in j * j / (i * i) },
        mean { i, j in i * i * j * j }, levelSquares / ns, levelSquares / (ns * ns), columnSquares / ns,
        columnSquares / (ns * ns), ns / Double(example.levels.voxelCount), mean { i, _ in (i - mi) * (i - mi) },
        mean { _, j in (j - mj) * (j - mj) }, counts.reduce(0) { $0 - $1.s / ns * log2($1.s / ns) },
        counts.reduce(0) { $0 + pow($1.s / ns, 2) },
      ]
      let cells = NeighbouringDependence().cells(of: example.region, example.levels, Resources())
      for (index, feature) in NeighbouringDependence.features.enumerated() {
        expectClose(
          try #require(cells[index].value), expected[index], relative: 1e-12, absolute: 1e-13, feature.tag)
      }
    }
  }

  @Test func rowsGrowWhenMerged() {
    var sum = LevelMatrix()
    #expect(sum.isEmpty)
    sum.add(LevelMatrix(levels: [2, 7], starts: [0, 3, 4], counts: [0, 0, 1, 2], voxels: 5), weight: 1)
    sum.add(LevelMatrix(levels: [2, 7], starts: [0, 1, 5], counts: [1, 0, 0, 0, 1], voxels: 3), weight: 0.5)
    #expect(nonzero(sum) == [[2, 1]: 0.5, [2, 3]: 1, [7, 1]: 2, [7, 4]: 0.5])
    #expect(sum.voxels == 6.5)
    #expect(sum[7, 4] == 0.5 && sum[7, 5] == 0 && sum[3, 1] == 0)
  }
}
