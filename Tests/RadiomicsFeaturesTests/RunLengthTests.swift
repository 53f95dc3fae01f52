import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct RunLengthTests {
  /// Table "Merged grey-level run length matrix … (3D)" of the manual's digital phantom.
  static let phantomVolume: NaiveCounts = [
    [1, 1]: 190, [1, 2]: 140, [1, 3]: 31, [1, 4]: 18, [1, 5]: 3, [3, 1]: 13, [4, 1]: 149, [4, 2]: 24, [4, 3]: 1,
    [4, 4]: 2, [6, 1]: 78, [6, 2]: 3, [6, 3]: 1, [6, 4]: 1,
  ]

  static func matrix(_ levels: GreyLevels, _ direction: SIMD3<Int>) -> LevelMatrix {
    LevelMatrix(runsOf: levels, [direction], Lanes(jobs: 2))
  }

  @Test func phantom() throws {
    let example = try TextureExample.phantom
    var merged = LevelMatrix()
    for direction in directions { merged.add(Self.matrix(example.levels, direction), weight: 1) }
    #expect(nonzero(merged) == Self.phantomVolume)
    #expect(nonzero(LevelMatrix(runsOf: example.levels, directions[...], Lanes(jobs: 2))) == Self.phantomVolume)
    #expect(merged.voxels == 13 * 74)
  }

  @Test func rowByHand() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    let matrix = Self.matrix(example.levels, [1, 0, 0])
    #expect(nonzero(matrix) == [[1, 2]: 1, [2, 1]: 1])
    let across = Self.matrix(example.levels, [0, 1, 0])
    #expect(nonzero(across) == [[1, 1]: 2, [2, 1]: 1])
    var family = RunLength()
    family.aggregation = [.averaged3D, .merged3D]
    // Along x 2 runs; along the 12 other directions 3 runs of length 1.
    #expect(family.cell("rlm_sre", of: example) == .value((0.625 + 12) / 13))
    let percentage = family.cell("rlm_r_perc", of: example, aggregation: 1)
    expectClose(try #require(percentage.value), (2.0 + 12 * 3) / (13 * 3), absolute: 1e-15)
  }

  @Test func countsAgainstWalking() throws {
    for example in try TextureExample.randoms {
      for direction in directions {
        for slice in [nil] + example.slices.map(Optional.some) where slice == nil || direction.z == 0 {
          let voxels = example.voxels(slice: slice)
          let levelAt = Dictionary(uniqueKeysWithValues: voxels.map { ($0.place, $0.level) })
          var naive: NaiveCounts = [:]
          for (place, level) in voxels where levelAt[place &- direction] != level {
            var length = 1
            while levelAt[place &+ direction &* length] == level { length += 1 }
            naive[[level, length], default: 0] += 1
          }
          let matrix = Self.matrix(slice.map(example.slice) ?? example.levels, direction)
          #expect(nonzero(matrix) == naive)
          #expect(naive.reduce(0) { $0 + Double($1.key.y) * $1.value } == matrix.voxels)
        }
      }
    }
  }

  /// Runs just as long as a byte counts, and longer.
  @Test(arguments: [255, 256, 257, 300, 70_000]) func longRuns(_ length: Int) throws {
    for (size, direction) in [
      (SIMD3(length + 1, 1, 1), SIMD3(1, 0, 0)), (SIMD3(1, length + 1, 1), SIMD3(0, 1, 0)),
      (SIMD3(1, 1, length + 1), SIMD3(0, 0, 1)),
    ] {
      let example = try TextureExample(size, [2] + Array(repeating: 1, count: length))
      #expect(nonzero(Self.matrix(example.levels, direction)) == [[1, length]: 1, [2, 1]: 1])
    }
    let diagonal = (0..<300 * 300).map { $0 % 300 == $0 / 300 ? 2 : 1 }
    let example = try TextureExample([300, 300, 1], diagonal)
    #expect(Self.matrix(example.levels, [1, 1, 0])[2, 300] == 1)
    #expect(Self.matrix(example.levels, [1, 1, 0])[1, 299] == 2)
  }

  /// The manual: weighting by the Chebyshev norm has no effect, nor has any where nothing is merged over directions.
  @Test func weightingOnlyActsOnMerging() throws {
    let example = try TextureExample.phantom
    var plain = RunLength(), chebyshev = RunLength(), manhattan = RunLength()
    plain.aggregation = DirectionalAggregation.allCases
    chebyshev.aggregation = plain.aggregation
    chebyshev.weighting = .chebyshev
    manhattan.aggregation = [.averaged2D, .averaged25D, .averaged3D]
    manhattan.weighting = .manhattan
    #expect(
      plain.cells(of: example.region, example.levels, Resources())
        == chebyshev.cells(of: example.region, example.levels, Resources()))
    plain.aggregation = manhattan.aggregation
    #expect(
      plain.cells(of: example.region, example.levels, Resources())
        == manhattan.cells(of: example.region, example.levels, Resources()))
  }
}
