import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics

/// A region with known grey levels, and its voxels in a list for naive reckoning.
struct TextureExample {
  let size: SIMD3<Int>
  let values: [Int]  // x fastest; 0 outside
  let region: Region
  let levels: GreyLevels

  /// Slices by themselves.
  func slice(z: Int) -> GreyLevels { levels.slice(slices.firstIndex(of: z)!) }

  /// Levels x fastest, 0 outside; where no mask is given, the morphological mask is the voxels with a level.
  init(_ size: SIMD3<Int>, _ values: [Int], morphological: [UInt8]? = nil) throws {
    self.size = size
    self.values = values
    let intensity = RowSpans(size: size) { values[$0] != 0 }
    region = Region(
      image: Volume(geometry: try Geometry(size: size), voxels: values.map(Double.init)),
      morphological: morphological.map { RowSpans(size: size, mask: $0) } ?? intensity, intensity: intensity)
    levels = GreyLevels(try Discretisation.none.levels(of: region.intensities, range: nil).get(), of: region)
  }

  /// Levels 1 to `count` at random, some of them outside.
  static func random(_ size: SIMD3<Int>, levels count: Int, outside share: Double, seed: UInt64) throws -> Self {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<size.x * size.y * size.z).map { _ in
      Double.random(in: 0..<1, using: &generator) < share ? 0 : Int.random(in: 1...count, using: &generator)
    }
    return try Self(size, values)
  }

  /// Random regions with holes: cubes, slabs, rows, few and many levels.
  static var randoms: [TextureExample] {
    get throws {
      [
        try random([6, 5, 4], levels: 3, outside: 0.3, seed: 1),
        try random([7, 4, 3], levels: 2, outside: 0.1, seed: 2),
        try random([5, 6, 1], levels: 4, outside: 0.4, seed: 3),
        try random([4, 4, 7], levels: 9, outside: 0.6, seed: 4),
        try random([1, 8, 5], levels: 2, outside: 0.2, seed: 5),
        try random([9, 1, 1], levels: 2, outside: 0.2, seed: 6),
      ]
    }
  }

  /// The voxels of slice z (nil: all) with their levels.
  func voxels(slice: Int? = nil) -> [(place: SIMD3<Int>, level: Int)] {
    values.indices.compactMap { index in
      let place = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
      return values[index] == 0 || slice.map { $0 != place.z } == true ? nil : (place, values[index])
    }
  }

  /// z of the slices that have voxels.
  var slices: [Int] { (0..<size.z).filter { !voxels(slice: $0).isEmpty } }

  /// The same region with axes permuted and mirrored: axis a of the result is axis `axes[a]`, backward where
  /// `mirrored`.
  func turned(axes: [Int], mirrored: [Bool]) throws -> Self {
    let target = SIMD3(size[axes[0]], size[axes[1]], size[axes[2]])
    var turned = [Int](repeating: 0, count: values.count)
    for (place, level) in voxels() {
      var new = SIMD3<Int>.zero
      for axis in 0..<3 {
        new[axis] = mirrored[axis] ? target[axis] - 1 - place[axes[axis]] : place[axes[axis]]
      }
      turned[new.x + target.x * (new.y + target.y * new.z)] = level
    }
    return try Self(target, turned)
  }

  /// The same region elsewhere in a larger grid.
  func moved(by shift: SIMD3<Int>, in grid: SIMD3<Int>) throws -> Self {
    var moved = [Int](repeating: 0, count: grid.x * grid.y * grid.z)
    for (place, level) in voxels() {
      let new = place &+ shift
      moved[new.x + grid.x * (new.y + grid.y * new.z)] = level
    }
    return try Self(grid, moved)
  }

  /// The digital phantom.
  static var phantom: TextureExample {
    get throws {
      let inside = zip(DigitalPhantom.intensities, DigitalPhantom.mask).map { $1 == 0 ? 0 : Int($0) }
      return try TextureExample([5, 4, 4], inside)
    }
  }
}

/// Counts by level and a second number.
typealias NaiveCounts = [SIMD2<Int>: Double]

/// The counts of a matrix that are not 0.
func nonzero(_ matrix: LevelMatrix) -> NaiveCounts {
  var counts: NaiveCounts = [:]
  for entry in matrix.entries { counts[[entry.level, entry.j]] = entry.count }
  return counts
}

extension FeatureFamily {
  /// The cell of a feature in the first or another aggregation.
  func cell(_ tag: String, of example: TextureExample, aggregation: Int = 0) -> Cell {
    let count = Self.features.count
    guard let index = Self.features.firstIndex(where: { $0.tag == tag }) else { preconditionFailure("unknown \(tag)") }
    return cells(of: example.region, example.levels, Resources())[aggregation * count + index]
  }
}
