import RadiomicsCore
import RadiomicsFeatures
import Testing

@Suite struct SizeZoneTests {
  /// Tables "Grey level size zone matrices" of the manual's digital phantom: slices 1 to 4, then the volume.
  static let phantom: [NaiveCounts] = [
    [[1, 3]: 1, [1, 6]: 1, [4, 2]: 1, [4, 6]: 1, [6, 3]: 1],
    [[1, 4]: 1, [1, 8]: 1, [3, 1]: 1, [4, 2]: 2, [6, 1]: 2],
    [[1, 14]: 1, [4, 2]: 1, [6, 1]: 1],
    [[1, 15]: 1, [4, 2]: 1, [6, 1]: 1],
    [[1, 50]: 1, [3, 1]: 1, [4, 2]: 1, [4, 14]: 1, [6, 7]: 1],
  ]

  static func matrix(_ example: TextureExample, slice: Int?) -> LevelMatrix {
    let border = BorderDistances(example.region, planar: slice != nil, Lanes(jobs: 2))
    return ZoneMatrices(slice.map(example.levels.slice) ?? example.levels, border, Lanes(jobs: 2)).sizes
  }

  @Test func phantomMatrices() throws {
    let example = try TextureExample.phantom
    for slice in 0..<4 { #expect(nonzero(Self.matrix(example, slice: slice)) == Self.phantom[slice]) }
    #expect(nonzero(Self.matrix(example, slice: nil)) == Self.phantom[4])
  }

  @Test func countsAgainstGrowing() throws {
    for example in try TextureExample.randoms {
      for slice in [nil] + example.slices.map(Optional.some) {
        var naive: NaiveCounts = [:]
        for zone in naiveZones(example.voxels(slice: slice)) { naive[[zone[0].level, zone.count], default: 0] += 1 }
        let matrix = Self.matrix(example, slice: slice.flatMap { example.slices.firstIndex(of: $0) })
        #expect(nonzero(matrix) == naive)
        #expect(naive.reduce(0) { $0 + Double($1.key.y) * $1.value } == matrix.voxels)
      }
    }
  }

  /// Two interlocking levels that wind through many slabs, and small zones at and off their borders.
  @Test func zonesCrossSlabs() throws {
    let size = SIMD3(128, 128, 65)
    var values = [Int](repeating: 0, count: size.x * size.y * size.z)
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          let isWall = x % 4 == 0 || z == 0
          values[x + size.x * (y + size.y * z)] = isWall ? 1 : y % 2 == 0 && z % 2 == 0 ? 3 : 2
        }
      }
    }
    // Level 1 is a comb of 32 plates on the slice z = 0; level 2 fills the 32 gaps, which hold rows of three of level 3.
    let example = try TextureExample(size, values)
    let rows = 32 * 32 * 64, gap = 3 * 128 * 64 - 3 * 64 * 32
    #expect(
      nonzero(Self.matrix(example, slice: nil)) == [
        [1, 128 * 128 + 32 * 128 * 64]: 1, [2, gap]: 32, [3, 3]: Double(rows),
      ])
  }

  /// The teeth of a comb join late: they must become one zone.
  @Test func windingZonesAreOne() throws {
    let comb = [
      1, 2, 1, 2, 1, 2, 1, 2, 1,
      1, 2, 1, 2, 1, 2, 1, 2, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1,
    ]
    let example = try TextureExample([9, 3, 1], comb)
    #expect(nonzero(Self.matrix(example, slice: nil)) == [[1, 19]: 1, [2, 2]: 4])
  }
}

/// Connected voxels of one level, found by growing.
func naiveZones(_ voxels: [(place: SIMD3<Int>, level: Int)]) -> [[(place: SIMD3<Int>, level: Int)]] {
  var remaining = voxels
  var zones: [[(place: SIMD3<Int>, level: Int)]] = []
  while let first = remaining.popLast() {
    var zone = [first], next = 0
    while next < zone.count {
      let current = zone[next]
      let linked = { (other: (place: SIMD3<Int>, level: Int)) in
        other.level == current.level && GridNorm.chebyshev.squaredLength(other.place &- current.place) <= 1
      }
      zone += remaining.filter(linked)
      remaining.removeAll(where: linked)
      next += 1
    }
    zones.append(zone)
  }
  return zones
}
