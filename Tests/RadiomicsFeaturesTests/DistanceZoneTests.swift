import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import Testing

@Suite struct DistanceZoneTests {
  /// Tables "Grey level distance zone matrices" of the manual's digital phantom: slices 1 to 4, then the volume.
  static let phantom: [NaiveCounts] = [
    [[1, 1]: 2, [4, 1]: 2, [6, 1]: 1],
    [[1, 1]: 2, [3, 2]: 1, [4, 1]: 2, [6, 1]: 1, [6, 2]: 1],
    [[1, 1]: 1, [4, 1]: 1, [6, 1]: 1],
    [[1, 1]: 1, [4, 1]: 1, [6, 1]: 1],
    [[1, 1]: 1, [3, 1]: 1, [4, 1]: 2, [6, 1]: 1],
  ]

  static func matrix(_ example: TextureExample, slice: Int?) -> LevelMatrix {
    let border = BorderDistances(example.region, planar: slice != nil, Lanes(jobs: 2))
    return ZoneMatrices(slice.map(example.levels.slice) ?? example.levels, border, Lanes(jobs: 2)).distances
  }

  @Test func phantomMatrices() throws {
    let example = try TextureExample.phantom
    for slice in 0..<4 { #expect(nonzero(Self.matrix(example, slice: slice)) == Self.phantom[slice]) }
    #expect(nonzero(Self.matrix(example, slice: nil)) == Self.phantom[4])
  }

  @Test func squareByHand() throws {
    let example = try TextureExample([3, 3, 1], [1, 1, 1, 1, 2, 1, 1, 1, 1])
    #expect(nonzero(Self.matrix(example, slice: 0)) == [[1, 1]: 1, [2, 2]: 1])
    #expect(nonzero(Self.matrix(example, slice: nil)) == [[1, 1]: 1, [2, 1]: 1])
    var family = DistanceZone()
    family.aggregation = [.averaged2D, .volume3D]
    #expect(family.cell("dzm_sde", of: example) == .value(0.625))
    #expect(family.cell("dzm_sde", of: example, aggregation: 1) == .value(1))
  }

  /// The border is that of the morphological mask, here one voxel around the intensities.
  @Test func borderIsThatOfTheMorphologicalMask() throws {
    var values = [Int](repeating: 0, count: 25)
    for y in 1...3 { for x in 1...3 { values[x + 5 * y] = 1 } }
    values[12] = 2
    let example = try TextureExample([5, 5, 1], values, morphological: Array(repeating: 1, count: 25))
    #expect(nonzero(Self.matrix(example, slice: 0)) == [[1, 2]: 1, [2, 3]: 1])
  }

  @Test func countsAgainstNearestVoxelOutside() throws {
    var generator = SeededGenerator(seed: 11)
    for plain in try TextureExample.randoms {
      // The morphological mask takes in some voxels without intensity.
      let morphological = plain.values.map { $0 != 0 || Bool.random(using: &generator) ? UInt8(1) : 0 }
      let example = try TextureExample(plain.size, plain.values, morphological: morphological)
      for slice in [nil] + example.slices.map(Optional.some) {
        var naive: NaiveCounts = [:]
        for zone in naiveZones(example.voxels(slice: slice)) {
          let nearest = zone.map { distance($0.place, example, planar: slice != nil) }.min() ?? 0
          naive[[zone[0].level, nearest], default: 0] += 1
        }
        let position = slice.flatMap { example.slices.firstIndex(of: $0) }
        #expect(nonzero(Self.matrix(example, slice: position)) == naive)
      }
    }
  }

  /// Steps to the nearest voxel that is not in the mask, trying all voxels in and just around the image.
  func distance(_ place: SIMD3<Int>, _ example: TextureExample, planar: Bool) -> Int {
    let mask = example.region.morphological.mask, size = example.size
    var nearest = Int.max
    for z in planar ? place.z...place.z : -1...size.z {
      for y in -1...size.y {
        for x in -1...size.x {
          let isInImage = x >= 0 && x < size.x && y >= 0 && y < size.y && z >= 0 && z < size.z
          guard !isInImage || mask[x + size.x * (y + size.y * z)] == 0 else { continue }
          nearest = min(nearest, abs(x - place.x) + abs(y - place.y) + abs(z - place.z))
        }
      }
    }
    return nearest
  }
}
