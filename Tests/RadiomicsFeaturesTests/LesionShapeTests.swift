import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Families of lesions' sizes give the values of their kernels under their names.
struct LesionShapeTests {
  private func region(_ size: SIMD3<Int>) throws -> Region {
    let geometry = try Geometry(size: size, spacing: .one), mask = RowSpans(all: size)
    return Region(
      image: Volume(geometry: geometry, voxels: Array(repeating: 1, count: mask.count)), morphological: mask,
      intensity: mask)
  }

  @Test func thicknessOfACube() throws {
    let values = Thickness().cells(of: try region([3, 3, 3]), nil, Resources()).map { $0.value ?? -1 }
    let mean = 73.0 / 27, variance = (19 * (3 - mean) * (3 - mean) + 8 * (2 - mean) * (2 - mean)) / 27
    for (found, expected) in zip(values, [3, mean, variance.squareRoot(), 2, 3, 3]) {
      expectClose(found, expected, relative: 1e-12)
    }
    #expect(values.count == Thickness.features.count)
  }

  @Test func diametersOfABlock() throws {
    let values = LesionDiameters().cells(of: try region([4, 3, 2]), nil, Resources()).map { $0.value ?? -1 }
    for (found, expected) in zip(values, [5, 3.75]) { expectClose(found, expected, relative: 1e-12) }
    #expect(values.count == LesionDiameters.features.count)
  }
}
