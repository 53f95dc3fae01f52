import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct NeighbourhoodToneDifferenceTests {
  /// Tables "Neighbourhood grey tone difference matrices" of the manual's digital phantom, level: [s, n]: slices 1 to
  /// 4, then the volume. Printed with six decimals.
  static let phantom: [[Int: SIMD2<Double>]] = [
    [1: [14.575, 9], 4: [5.775, 8], 6: [7.325, 3]],
    [1: [11.928571, 12], 3: [0.375, 1], 4: [4.8, 4], 6: [8, 2]],
    [1: [7.985714, 14], 4: [4.65, 2], 6: [5, 1]],
    [1: [7.582143, 15], 4: [4.65, 2], 6: [5, 1]],
    [1: [39.946954, 50], 3: [0.2, 1], 4: [20.825401, 16], 6: [24.127005, 7]],
  ]

  static func matrix(
    _ levels: GreyLevels, distance: Int = 1, norm: GridNorm = .chebyshev
  ) -> ToneDifferenceMatrix {
    NeighbourMatrices(levels, NeighbourReach(distance: distance, norm: norm), coarseness: 0, Lanes(jobs: 2)).tones
  }

  @Test func phantomMatrices() throws {
    let example = try TextureExample.phantom
    for (index, table) in Self.phantom.enumerated() {
      let matrix = Self.matrix(index < 4 ? example.levels.slice(index) : example.levels)
      for (row, level) in matrix.levels.enumerated() {
        let expected = table[level] ?? [0, 0]
        #expect(matrix.voxels[row] == expected.y)
        expectClose(matrix.differences[row], expected.x, absolute: 5.1e-7, "level \(level)")
      }
    }
  }

  /// `1 1 2`: s = 1/2 and 1, n = 2 and 1.
  @Test func rowByHand() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    let expected: [(String, Double)] = [
      ("ngt_coarseness", 1.5), ("ngt_contrast", 2 * (2.0 / 9) / 2 * 1.5 / 3),
      ("ngt_complexity", 2 * ((1.0 / 3 + 1.0 / 3) / 1) / 3), ("ngt_strength", 2 * 1 / 1.5),
    ]
    for (tag, value) in expected {
      expectClose(
        try #require(NeighbourhoodToneDifference().cell(tag, of: example).value), value, absolute: 1e-15, tag)
    }
    // 1 · 2/3 = 2 · 1/3
    #expect(NeighbourhoodToneDifference().cell("ngt_busyness", of: example).reason != nil)
    let longer = try TextureExample([4, 1, 1], [1, 1, 1, 2])
    // s = 1/2 and 1, p = 3/4 and 1/4: (3/8 + 1/4) / (2 |3/4 − 1/2|)
    expectClose(
      try #require(NeighbourhoodToneDifference().cell("ngt_busyness", of: longer).value), 1.25, absolute: 1e-15)
  }

  /// What the manual prescribes for a single level.
  @Test func oneLevel() throws {
    let cells = NeighbourhoodToneDifference().cells(
      of: try TextureExample([2, 2, 2], Array(repeating: 3, count: 8)).region,
      try TextureExample([2, 2, 2], Array(repeating: 3, count: 8)).levels, Resources())
    #expect(cells == [.value(1e6), .value(0), .value(0), .value(0), .value(0)])
  }

  /// The sums over pairs of levels as they are defined.
  private func naiveFeatures(_ matrix: ToneDifferenceMatrix) -> [Double] {
    let rows = matrix.levels.indices.filter { matrix.voxels[$0] > 0 }
    let i = rows.map { Double(matrix.levels[$0]) }, n = rows.map { matrix.voxels[$0] }
    let s = rows.map { matrix.differences[$0] }
    let total = n.reduce(0, +), p = n.map { $0 / total }, sum = s.reduce(0, +), count = Double(rows.count)
    var contrast = 0.0, busyness = 0.0, complexity = 0.0, strength = 0.0
    for a in rows.indices {
      var row = SIMD4<Double>.zero  // by rows, for rounding
      for b in rows.indices {
        let square = (i[a] - i[b]) * (i[a] - i[b])
        row.x += p[a] * p[b] * square
        row.y += abs(i[a] * p[a] - i[b] * p[b])
        row.z += abs(i[a] - i[b]) * (p[a] * s[a] + p[b] * s[b]) / (p[a] + p[b])
        row.w += (p[a] + p[b]) * square
      }
      contrast += row.x
      busyness += row.y
      complexity += row.z
      strength += row.w
    }
    let weighted = zip(p, s).reduce(0) { $0 + $1.0 * $1.1 }
    return [
      1 / weighted, contrast / (count * (count - 1)) * sum / total, weighted / busyness, complexity / total,
      strength / sum,
    ]
  }

  @Test(arguments: [(40, 50), (200, 300), (3000, 65_000)])
  func featuresAreTheDoubleSums(_ levels: Int, _ highest: Int) throws {
    let example = try TextureExample.random([16, 15, 14], levels: levels, outside: 0.3, seed: 11)
    let spread = example.values.map { $0 == 0 ? 0 : highest - levels * (highest / levels) + $0 * (highest / levels) }
    let wide = try TextureExample(example.size, spread)
    for levels in [wide.levels, wide.levels.slice(3)] {
      let matrix = Self.matrix(levels)
      for ((cell, value), feature) in zip(
        zip(matrix.features(), naiveFeatures(matrix)), NeighbourhoodToneDifference.features)
      {
        expectClose(try #require(cell.value), value, relative: 1e-12, feature.tag)
      }
    }
  }

  /// Complexity alone is quadratic in the levels.
  @Test func manyLevels() throws {
    let example = try TextureExample([4097, 1, 1], (1...4097).map { $0 * 7 % 4099 })
    let cells = NeighbourhoodToneDifference().cells(of: example.region, example.levels, Resources())
    #expect(cells[3].reason?.text.hasPrefix("4097 grey levels occur, complexity takes at most 4096") == true)
    let matrix = Self.matrix(example.levels)
    for (index, value) in naiveFeatures(matrix).enumerated() where index != 3 {
      expectClose(try #require(cells[index].value), value, relative: 1e-12)
    }
  }

  @Test(arguments: [0, 11]) func distancesFromOneToTen(_ distance: Int) {
    let setting = Setting(.map([.init("distance", .integer(distance))]), at: Place(file: "recipe.yaml"))
    #expect(throws: SettingError.self) { try NeighbourhoodToneDifference(setting: setting) }
    #expect(throws: SettingError.self) { try NeighbouringDependence(setting: setting) }
  }

  @Test(arguments: [GridNorm.chebyshev, .euclidean, .manhattan], [1, 2, 3, 1_000_000])
  func countsAgainstAllPairs(_ norm: GridNorm, _ distance: Int) throws {
    for example in try TextureExample.randoms {
      for slice in [nil] + example.slices.map(Optional.some) {
        let voxels = example.voxels(slice: slice)
        var differences: [Int: Double] = [:], counts: [Int: Double] = [:]
        for a in voxels {
          let near = voxels.filter {
            $0.place != a.place && norm.squaredLength($0.place &- a.place) <= distance * distance
          }
          guard !near.isEmpty else { continue }
          let mean = near.reduce(0) { $0 + Double($1.level) } / Double(near.count)
          counts[a.level, default: 0] += 1
          differences[a.level, default: 0] += abs(Double(a.level) - mean)
        }
        let matrix = Self.matrix(slice.map(example.slice) ?? example.levels, distance: distance, norm: norm)
        for (row, level) in matrix.levels.enumerated() {
          #expect(matrix.voxels[row] == counts[level] ?? 0)
          expectClose(matrix.differences[row], differences[level] ?? 0, relative: 1e-13, "level \(level)")
        }
      }
    }
  }
}
