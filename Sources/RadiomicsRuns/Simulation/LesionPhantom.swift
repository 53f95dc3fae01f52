import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics

/// A CT-like volume made from a seed: air, a body of soft tissue with two lungs, and in one of them a textured,
/// ellipsoidal lesion whose true volume and mean are known.
package struct LesionPhantom: Sendable {
  /// Hounsfield units.
  package let image: Volume<Double>
  /// 1 inside the lesion.
  package let mask: Volume<UInt8>

  /// Half axes of the lesion, mm.
  package static let halfAxes = SIMD3(16.0, 12.0, 14.0)
  /// Volume of the ellipsoid, mm³.
  package static let trueVolume = 4 / 3 * Double.pi * 16 * 12 * 14
  /// Mean of the lesion, HU: its texture has been centred on it.
  package static let trueMean = 35.0
  /// Grid of the image.
  package static let geometry = Geometry(
    unchecked: [160, 120, 30], spacing: [1.5, 1.5, 3], origin: [-120, -90, -45], direction: .identity)

  private static let centre = SIMD3(52.0, -4.0, 1.0)

  /// The phantom of a seed.
  package init(seed: UInt64 = 1) {
    let geometry = Self.geometry
    var generator = SeededGenerator(seed: seed)
    let noise = (0..<geometry.count).map { _ in Self.gaussian(&generator) }
    let texture = Self.smoothed(noise, geometry.size)
    var voxels = [Double](repeating: 0, count: geometry.count)
    var mask = [UInt8](repeating: 0, count: geometry.count)
    var index = 0
    for z in 0..<geometry.size.z {
      for y in 0..<geometry.size.y {
        for x in 0..<geometry.size.x {
          let place = geometry.position(of: SIMD3(Double(x), Double(y), Double(z)))
          let isLesion = Self.isInside((place - Self.centre) / Self.halfAxes)
          mask[index] = isLesion ? 1 : 0
          voxels[index] = isLesion ? 500 * texture[index] : Self.tissue(at: place) + 12 * noise[index]
          index += 1
        }
      }
    }
    let lesion = RowSpans(size: geometry.size, mask: mask)
    let shift = Self.trueMean - IntensitySummary(ofFinite: lesion.values(of: voxels))!.mean
    for span in lesion.spans {
      let start = lesion.offset(of: span)
      for index in start..<start + span.count { voxels[index] += shift }
    }
    image = Volume(geometry: geometry, voxels: voxels)
    self.mask = Volume(geometry: geometry, voxels: mask)
  }

  private static func isInside(_ scaled: SIMD3<Double>) -> Bool { scaled.dot(scaled) <= 1 }

  private static func tissue(at place: SIMD3<Double>) -> Double {
    let flat = SIMD3(place.x, place.y, 0)
    if !isInside(flat / [112, 80, 1]) { return -1000 }
    if isInside((flat - [52, 0, 0]) / [38, 54, 1]) || isInside((flat + [52, 0, 0]) / [38, 54, 1]) { return -820 }
    if isInside((flat - [0, 52, 0]) / [14, 12, 1]) { return 420 }
    return 45
  }

  /// Sum of twelve uniforms: mean 0, variance 1, the same bits everywhere.
  private static func gaussian(_ generator: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() }
  }

  /// Three passes of a running mean of three along each axis.
  private static func smoothed(_ noise: [Double], _ size: SIMD3<Int>) -> [Double] {
    var values = noise
    for stride in [1, size.x, size.x * size.y, 1, size.x, size.x * size.y] {
      let before = values
      for index in stride..<values.count - stride {
        values[index] = (before[index - stride] + before[index] + before[index + stride]) / 3
      }
    }
    return values
  }
}
