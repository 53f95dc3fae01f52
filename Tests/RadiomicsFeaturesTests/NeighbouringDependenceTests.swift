import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct NeighbouringDependenceTests {
  /// Table "Neighbouring grey level dependence matrix … (3D)" of the manual's digital phantom.
  static let phantomVolume: NaiveCounts = [
    [1, 5]: 2, [1, 6]: 2, [1, 7]: 1, [1, 8]: 6, [1, 9]: 4, [1, 10]: 6, [1, 11]: 5, [1, 12]: 5, [1, 13]: 3, [1, 14]: 2,
    [1, 15]: 5, [1, 16]: 3, [1, 17]: 3, [1, 18]: 2, [1, 21]: 1, [3, 1]: 1, [4, 2]: 2, [4, 4]: 2, [4, 5]: 6, [4, 6]: 4,
    [4, 7]: 2, [6, 2]: 1, [6, 3]: 4, [6, 4]: 1, [6, 5]: 1,
  ]
  /// The same for the second slice.
  static let phantomSlice: NaiveCounts = [
    [1, 3]: 2, [1, 4]: 6, [1, 6]: 4, [3, 1]: 1, [4, 2]: 4, [6, 1]: 2,
  ]

  static func matrix(
    _ levels: GreyLevels, distance: Int = 1, norm: GridNorm = .chebyshev, coarseness: Int = 0
  ) -> LevelMatrix {
    NeighbourMatrices(levels, NeighbourReach(distance: distance, norm: norm), coarseness: coarseness, Lanes(jobs: 2))
      .dependences
  }

  @Test func phantom() throws {
    let example = try TextureExample.phantom
    #expect(nonzero(Self.matrix(example.levels)) == Self.phantomVolume)
    #expect(nonzero(Self.matrix(example.levels.slice(1))) == Self.phantomSlice)
  }

  @Test func rowByHand() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    var family = NeighbouringDependence()
    #expect(family.cell("ngl_lde", of: example) == .value(0.5))
    family.coarseness = 1  // j = 2, 3, 2
    expectClose(try #require(family.cell("ngl_hde", of: example).value), 17.0 / 3, relative: 1e-15)
    #expect(family.cell("ngl_dc_perc", of: example) == .value(1))
  }

  @Test(arguments: [GridNorm.chebyshev, .euclidean, .manhattan], [(1, 0), (1, 1), (2, 0), (2, 2), (3, 100), (99, 1)])
  func countsAgainstAllPairs(_ norm: GridNorm, _ settings: (distance: Int, coarseness: Int)) throws {
    let (distance, coarseness) = settings
    for example in try TextureExample.randoms {
      for slice in [nil] + example.slices.map(Optional.some) {
        let voxels = example.voxels(slice: slice)
        var naive: NaiveCounts = [:]
        for a in voxels {
          let alike = voxels.filter {
            norm.squaredLength($0.place &- a.place) <= distance * distance && abs($0.level - a.level) <= coarseness
          }
          naive[[a.level, alike.count], default: 0] += 1
        }
        let matrix = Self.matrix(
          slice.map(example.slice) ?? example.levels, distance: distance, norm: norm, coarseness: coarseness)
        #expect(nonzero(matrix) == naive)
      }
    }
  }
}
