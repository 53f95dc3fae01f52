import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct LocalIntensityTests {
  /// IBSI 1 manual, chapter 3, values of the digital phantom.
  @Test func digitalPhantom() throws {
    try IntensityRegions.expect(
      LocalIntensity(), on: DigitalPhantom.region,
      [("loc_peak_loc", "VJGA", 2.6), ("loc_peak_glob", "0F91", 3.1)])
  }

  /// All pairs of voxels, straight from the manual's definition.
  private func defined(_ region: Region) -> (local: Double, global: Double) {
    let size = region.geometry.size, spacing = region.geometry.spacing
    let radius = 6.203504908994
    var local = -Double.infinity, global = local
    let mask = region.intensity.mask, most = region.intensities.max(), voxels = region.image.volume.voxels
    func place(_ index: Int) -> SIMD3<Double> {
      [Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y))] * spacing
    }
    for centre in mask.indices where mask[centre] != 0 {
      let near = mask.indices.filter {
        (place($0) - place(centre)).length <= radius && voxels[$0].isFinite
      }
      let mean = near.reduce(0) { $0 + voxels[$1] } / Double(near.count)
      global = max(global, mean)
      if voxels[centre] == most { local = max(local, mean) }
    }
    return (local, global)
  }

  @Test(arguments: [[1.7, 2.3, 3.1], [4, 1, 6], [0.9, 5, 20]] as [SIMD3<Double>])
  func agreesWithAllPairs(_ spacing: SIMD3<Double>) throws {
    for seed: UInt64 in 1...4 {
      // Few intensities, so that several voxels share the maximum; some voxels outside the region are not finite.
      var intensities = IntensityRegions.scattered(11 * 9 * 7, below: 9, seed: seed)
      let inside = IntensityRegions.scattered(11 * 9 * 7, below: 10, seed: seed + 100)
      for index in intensities.indices where inside[index] == 9 {
        intensities[index] = index % 2 == 0 ? .nan : .infinity
      }
      let region = IntensityRegions.region(intensities, size: [11, 9, 7], spacing: spacing) { inside[$0] < 4 }
      let cells = try IntensityRegions.cells(LocalIntensity(), region)
      let expected = defined(region)
      expectClose(cells["loc_peak_loc"]!.value!, expected.local, relative: 1e-13)
      expectClose(cells["loc_peak_glob"]!.value!, expected.global, relative: 1e-13)
    }
  }

  /// At 1 mm, a sphere of 6.2035 mm around a lone voxel holds the 1021 integer points of norm up to 38: its mean is
  /// 1 / 1021 of the intensity.
  @Test func sphereAtOneMillimetre() throws {
    var points = 0
    for x in -6...6 { for y in -6...6 { for z in -6...6 where x * x + y * y + z * z <= 38 { points += 1 } } }
    var intensities = [Double](repeating: 0, count: 15 * 15 * 15)
    let centre = 7 + 15 * (7 + 15 * 7)
    intensities[centre] = 1000
    let region = IntensityRegions.region(intensities, size: [15, 15, 15]) { $0 == centre }
    let cells = try IntensityRegions.cells(LocalIntensity(), region)
    expectClose(cells["loc_peak_loc"]!.value!, 1000 / Double(points), relative: 1e-14)
    #expect(cells["loc_peak_glob"] == cells["loc_peak_loc"])
    expectClose(LocalIntensity().margin, 6.203504908994, absolute: 1e-12)
  }

  @Test(arguments: [0.05, 1, 100])
  func singleVoxelAndFlatRegion(_ spacing: Double) throws {
    let single = IntensityRegions.region([-3], size: [1, 1, 1], spacing: [spacing, spacing, spacing]) { _ in true }
    #expect(try IntensityRegions.cells(LocalIntensity(), single)["loc_peak_glob"] == .value(-3))
    let flat = IntensityRegions.region(
      [Double](repeating: 0.1, count: 60), size: [5, 4, 3], spacing: [spacing, spacing, spacing]
    ) { $0 % 3 == 0 }
    for cell in try IntensityRegions.cells(LocalIntensity(), flat).values {
      expectClose(cell.value!, 0.1, relative: 1e-13)
    }
  }
}
