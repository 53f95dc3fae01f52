import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import Testing

@Suite struct PyRadiomicsIntensityTests {
  /// Intensities −1 and 1, shift 1, voxels of 3 mm³.
  @Test func example() throws {
    let geometry = try Geometry(size: [2, 1, 1], spacing: [1, 1, 3]), mask = RowSpans(size: [2, 1, 1]) { _ in true }
    let region = Region(image: Volume(geometry: geometry, voxels: [-1, 1]), morphological: mask, intensity: mask)
    var family = PyRadiomicsIntensity()
    family.shift = 1
    #expect(family.cells(of: region, nil, Resources()).map(\.value) == [4, 12, 2.0.squareRoot(), 1, 1])
    #expect(PyRadiomicsIntensity().cells(of: region, nil, Resources())[0].value == 2)
  }
}
