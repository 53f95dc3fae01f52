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

  @Test func phantomMatrices() throws {
    let occurring = try TextureExample.phantom.occurring
    var zones = Zones(occurring)
    for slice in 0..<4 { #expect(nonzero(zones.sizes(occurring, slice: slice)) == Self.phantom[slice]) }
    #expect(nonzero(zones.sizes(occurring, slice: nil)) == Self.phantom[4])
  }

  @Test func countsAgainstGrowing() throws {
    for example in try TextureExample.randoms {
      let occurring = example.occurring
      var zones = Zones(occurring)
      for slice in [nil] + example.slices.map(Optional.some) {
        var naive: NaiveCounts = [:]
        for zone in naiveZones(example.voxels(slice: slice)) { naive[[zone[0].level, zone.count], default: 0] += 1 }
        let matrix = zones.sizes(occurring, slice: slice.flatMap { example.slices.firstIndex(of: $0) })
        #expect(nonzero(matrix) == naive)
        #expect(naive.reduce(0) { $0 + Double($1.key.y) * $1.value } == matrix.voxels)
      }
    }
  }

  /// The teeth of a comb join late: they must become one zone.
  @Test func windingZonesAreOne() throws {
    let comb = [
      1, 2, 1, 2, 1, 2, 1, 2, 1,
      1, 2, 1, 2, 1, 2, 1, 2, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1,
    ]
    let example = try TextureExample([9, 3, 1], comb)
    var zones = Zones(example.occurring)
    #expect(nonzero(zones.sizes(example.occurring, slice: nil)) == [[1, 19]: 1, [2, 2]: 4])
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
