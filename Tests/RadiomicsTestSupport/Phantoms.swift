import RadiomicsImaging
import RadiomicsNumerics

/// Small volumes made from a seed.
public enum Phantoms {
  /// An isotropic volume of `side`³ voxels of 2 mm with whole intensities 1 to 9, and an uneven, connected-enough region
  /// that stays `border` voxels away from the grid's border.
  public static func random(
    side: Int = 9, border: Int = 2, seed: UInt64 = 7
  ) throws -> (image: Volume<Double>, mask: Volume<UInt8>) {
    var generator = SeededGenerator(seed: seed)
    let geometry = try Geometry(size: SIMD3(side, side, side), spacing: [2, 2, 2])
    var voxels: [Double] = [], mask: [UInt8] = []
    for z in 0..<side {
      for y in 0..<side {
        for x in 0..<side {
          voxels.append((generator.uniform() * 9).rounded(.down) + 1)
          let isInner = [x, y, z].allSatisfy { $0 >= border && $0 < side - border }
          mask.append(isInner && generator.uniform() < 0.8 ? 1 : 0)
        }
      }
    }
    return (Volume(geometry: geometry, voxels: voxels), Volume(geometry: geometry, voxels: mask))
  }
}
