import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct CooccurrenceTests {
  /// Tables "Merged grey-level co-occurrence matrices … xy plane" of the manual's digital phantom, pairs of i ≤ j.
  static let phantomSlices: [NaiveCounts] = [
    [[1, 1]: 22, [1, 4]: 17, [1, 6]: 6, [4, 4]: 16, [4, 6]: 11, [6, 6]: 4],
    [[1, 1]: 42, [1, 3]: 5, [1, 4]: 8, [1, 6]: 8, [3, 4]: 1, [3, 6]: 2, [4, 4]: 4, [4, 6]: 3],
    [[1, 1]: 56, [1, 4]: 7, [1, 6]: 4, [4, 4]: 2],
    [[1, 1]: 70, [1, 4]: 7, [1, 6]: 5, [4, 4]: 2],
  ]

  @Test(arguments: 0..<4) func phantomSlice(_ slice: Int) throws {
    let levels = try TextureExample.phantom.levels
    var merged = CooccurrenceMatrix()
    for direction in 0..<planarDirectionCount {
      let matrix = CooccurrenceMatrix(
        levels.slice(slice), directions[direction...direction], Lanes(jobs: 1))
      merged.add(matrix.symmetrised, weight: 1)
    }
    #expect(levels.levels == [1, 3, 4, 6])
    for (row, i) in levels.levels.enumerated() {
      for j in levels.levels[row...] {
        #expect(merged[i, j] == Self.phantomSlices[slice][[i, j]] ?? 0)
        #expect(merged[j, i] == merged[i, j])
      }
    }
  }

  @Test func rowByHand() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    let expected: [String: Double] = [
      "cm_joint_max": 0.5, "cm_joint_avg": 1.25, "cm_joint_var": 0.1875, "cm_joint_entr": 1.5, "cm_diff_avg": 0.5,
      "cm_diff_var": 0.25, "cm_diff_entr": 1, "cm_sum_avg": 2.5, "cm_sum_var": 0.25, "cm_sum_entr": 1,
      "cm_energy": 0.375, "cm_contrast": 0.5, "cm_dissimilarity": 0.5, "cm_inv_diff": 0.75,
      "cm_inv_diff_norm": 0.5 + 0.5 / 1.5, "cm_inv_diff_mom": 0.75, "cm_inv_diff_mom_norm": 0.5 + 0.5 / 1.25,
      "cm_inv_var": 0.5, "cm_corr": -1.0 / 3, "cm_auto_corr": 1.5, "cm_clust_tend": 0.25, "cm_clust_shade": 0,
      "cm_clust_prom": 0.0625,
    ]
    for (tag, value) in expected {
      let cell = Cooccurrence().cell(tag, of: example)
      expectClose(try #require(cell.value), value, absolute: 1e-15, tag)
    }
    let h = -(0.75 * log2(0.75) + 0.25 * log2(0.25))
    let first = try #require(Cooccurrence().cell("cm_info_corr1", of: example).value)
    let second = try #require(Cooccurrence().cell("cm_info_corr2", of: example).value)
    expectClose(first, (1.5 - 2 * h) / h, absolute: 1e-15)
    expectClose(second, (1 - exp(-2 * (2 * h - 1.5))).squareRoot(), absolute: 1e-15)
  }

  /// One way only, the row `1 1 2` has p(1, 1) = p(1, 2) = 1/2.
  @Test func asymmetricByHand() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    var family = Cooccurrence()
    family.symmetric = false
    #expect(family.cell("cm_joint_avg", of: example) == .value(1))
    #expect(family.cell("cm_auto_corr", of: example) == .value(1.5))
    #expect(family.cell("cm_corr", of: example).reason != nil)
  }

  /// `1 1 / 2 2`: along x 1-1 and 2-2, along y twice 1-2, along each diagonal 1-2; the diagonals have the weight w.
  @Test(arguments: [
    (DirectionWeighting.none, 1.0), (.chebyshev, 1.0), (.euclidean, exp(-1.0)), (.manhattan, exp(-3.0)),
  ]) func weightingByHand(_ weighting: DirectionWeighting, _ w: Double) throws {
    var family = Cooccurrence()
    family.weighting = weighting
    let example = try TextureExample([2, 2, 1], [1, 1, 2, 2])
    let contrast = (4 + 4 * w) / (8 + 4 * w)
    expectClose(try #require(family.cell("cm_contrast", of: example).value), contrast, absolute: 1e-15)
  }

  @Test(arguments: [1, 2, 3, 50]) func countsAgainstAllPairs(_ distance: Int) throws {
    for example in try TextureExample.randoms {
      for (index, direction) in directions.enumerated() {
        for slice in [nil] + example.slices.map(Optional.some) where slice == nil || direction.z == 0 {
          let voxels = example.voxels(slice: slice)
          var naive: NaiveCounts = [:]
          for a in voxels {
            for b in voxels where b.place &- a.place == direction &* distance {
              naive[[a.level, b.level], default: 0] += 1
            }
          }
          let part = slice.map(example.slice) ?? example.levels
          let matrix = CooccurrenceMatrix(part, [directions[index] &* distance], Lanes(jobs: 2))
          for i in example.levels.levels {
            for j in example.levels.levels { #expect(matrix[i, j] == naive[[i, j]] ?? 0) }
          }
          #expect(matrix.counts.reduce(0, +) == naive.values.reduce(0, +))
        }
      }
    }
  }

  /// The definitions, written as double sums over all pairs of levels.
  @Test(arguments: [true, false]) func featuresAgainstDefinitions(_ symmetric: Bool) throws {
    for example in try TextureExample.randoms.prefix(4) {
      var family = Cooccurrence()
      family.symmetric = symmetric
      let merged = CooccurrenceMatrix(example.levels, directions[...], Lanes(jobs: 1))
      let ng = example.levels.count
      var p = (0...ng).map { i in (0...ng).map { j in merged[i, j] + (symmetric ? merged[j, i] : 0) } }
      let total = p.joined().reduce(0, +)
      p = p.map { $0.map { $0 / total } }
      for (tag, value) in Self.definitions(p, ng) {
        expectClose(try #require(family.cell(tag, of: example).value), value, relative: 1e-12, absolute: 1e-12, tag)
      }
    }
  }

  static func definitions(_ p: [[Double]], _ ng: Int) -> [String: Double] {
    func sum(_ term: (Double, Double, Double) -> Double) -> Double {
      var result = 0.0
      for i in 1...ng { for j in 1...ng where p[i][j] > 0 { result += term(Double(i), Double(j), p[i][j]) } }
      return result
    }
    let row = p.map { $0.reduce(0, +) }, column = (0...ng).map { j in p.reduce(0) { $0 + $1[j] } }
    let mi = sum { i, _, p in i * p }, mj = sum { _, j, p in j * p }
    let vi = sum { i, _, p in (i - mi) * (i - mi) * p }, vj = sum { _, j, p in (j - mj) * (j - mj) * p }
    let hxy = sum { _, _, p in -p * log2(p) }
    let hx = row.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
    let hy = column.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
    let hxy1 = sum { i, j, p in -p * log2(row[Int(i)] * column[Int(j)]) }
    var hxy2 = 0.0
    for i in 1...ng {
      for j in 1...ng where row[i] * column[j] > 0 { hxy2 -= row[i] * column[j] * log2(row[i] * column[j]) }
    }
    let dissimilarity = sum { i, j, p in abs(i - j) * p }, n = Double(ng)
    func power(_ exponent: Double) -> Double { sum { i, j, p in pow(i + j - mi - mj, exponent) * p } }
    return [
      "cm_joint_max": p.joined().max() ?? 0, "cm_joint_avg": mi, "cm_joint_var": vi, "cm_joint_entr": hxy,
      "cm_diff_avg": dissimilarity, "cm_diff_var": sum { i, j, p in pow(abs(i - j) - dissimilarity, 2) * p },
      "cm_sum_avg": mi + mj, "cm_sum_var": power(2), "cm_energy": sum { _, _, p in p * p },
      "cm_contrast": sum { i, j, p in (i - j) * (i - j) * p }, "cm_dissimilarity": dissimilarity,
      "cm_inv_diff": sum { i, j, p in p / (1 + abs(i - j)) },
      "cm_inv_diff_norm": sum { i, j, p in p / (1 + abs(i - j) / n) },
      "cm_inv_diff_mom": sum { i, j, p in p / (1 + (i - j) * (i - j)) },
      "cm_inv_diff_mom_norm": sum { i, j, p in p / (1 + (i - j) * (i - j) / (n * n)) },
      "cm_inv_var": sum { i, j, p in i == j ? 0 : p / ((i - j) * (i - j)) },
      "cm_corr": sum { i, j, p in (i - mi) * (j - mj) * p } / (vi * vj).squareRoot(),
      "cm_auto_corr": sum { i, j, p in i * j * p }, "cm_clust_tend": power(2), "cm_clust_shade": power(3),
      "cm_clust_prom": power(4), "cm_info_corr1": (hxy - hxy1) / max(hx, hy),
      "cm_info_corr2": max(0, 1 - exp(-2 * (hxy2 - hxy))).squareRoot(),
    ]
  }

  @Test func tooManyLevelsAreRefused() throws {
    let example = try TextureExample([4097, 1, 1], Array(1...4097))
    var family = Cooccurrence()
    family.aggregation = [.merged3D, .averaged2D]
    let cells = family.cells(of: example.region, example.levels, Resources())
    #expect(cells.count == 50)
    #expect(cells.allSatisfy { $0.reason?.text.contains("4097 grey levels") == true })
  }

  @Test func highLevelsThatAreFewTakeLittle() throws {
    let example = try TextureExample([3, 1, 1], [65_533, 65_533, 65_535])
    #expect(Cooccurrence().cell("cm_contrast", of: example) == .value(2))
    #expect(Cooccurrence().cell("cm_joint_avg", of: example) == .value(65_533.5))
  }

  @Test func settingsAreRead() throws {
    let place = Place(file: "recipe.yaml", line: 1)
    let family = try Cooccurrence(
      setting: Setting(
        .map([
          .init("aggregation", .list([.text("2D:avg"), .text("3D:mrg")])), .init("distance", .integer(2)),
          .init("symmetric", .flag(false)), .init("weighting", .text("manhattan")),
        ]), at: place))
    #expect(family.aggregations == ["2D:avg", "3D:mrg"])
    #expect(family.distance == 2 && !family.symmetric && family.weighting == .manhattan)
    for wrong: Setting.Value in [
      .map([.init("aggregation", .list([.text("3D:mrg"), .text("3D:mrg")]))]),
      .map([.init("aggregation", .text("3D"))]), .map([.init("distance", .integer(0))]),
      .map([.init("distance", .number(1.5))]), .map([.init("norm", .text("euclidean"))]),
    ] {
      #expect(throws: SettingError.self) { try Cooccurrence(setting: Setting(wrong, at: place)) }
    }
  }
}
