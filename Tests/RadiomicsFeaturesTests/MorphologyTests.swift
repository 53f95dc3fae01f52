import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct MorphologyTests {
  private func measure(_ region: Region, _ change: (inout Morphology) -> Void = { _ in }) -> [String: Cell] {
    var family = Morphology()
    change(&family)
    let cells = family.cells(of: region, nil, Resources())
    #expect(cells.count == family.measured.count)
    return Dictionary(uniqueKeysWithValues: zip(family.measured.map(\.tag), cells))
  }

  private func region(
    _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], _ intensity: (SIMD3<Int>) -> Double = { _ in 1 },
    where isInside: (SIMD3<Int>) -> Bool
  ) throws -> Region {
    func place(_ n: Int) -> SIMD3<Int> { [n % size.x, n / size.x % size.y, n / (size.x * size.y)] }
    let spans = RowSpans(size: size) { isInside(place($0)) }
    let voxels = (0..<size.x * size.y * size.z).map { intensity(place($0)) }
    let image = Volume(geometry: try Geometry(size: size, spacing: spacing), voxels: voxels)
    return Region(image: image, morphological: spans, intensity: spans)
  }

  /// IBSI 1, chapter 3: value and tolerance of the digital phantom; all those with at least moderate consensus.
  private static let phantom: [(String, Double, Double)] = [
    ("morph_volume", 556, 4), ("morph_vol_approx", 592, 4), ("morph_area_mesh", 388, 3), ("morph_av", 0.698, 0.004),
    ("morph_comp_1", 0.0411, 0.0003), ("morph_comp_2", 0.599, 0.004), ("morph_sph_dispr", 1.19, 0.01),
    ("morph_sphericity", 0.843, 0.005), ("morph_asphericity", 0.186, 0.001), ("morph_com", 0.672, 0.004),
    ("morph_diam", 13.1, 0.1), ("morph_pca_maj_axis", 11.4, 0.1), ("morph_pca_min_axis", 9.31, 0.06),
    ("morph_pca_least_axis", 8.54, 0.05), ("morph_pca_elongation", 0.816, 0.005),
    ("morph_pca_flatness", 0.749, 0.005), ("morph_vol_dens_aabb", 0.869, 0.005),
    ("morph_area_dens_aabb", 0.866, 0.005), ("morph_vol_dens_ombb", 0.869, 0.005),
    ("morph_area_dens_ombb", 0.866, 0.005), ("morph_vol_dens_aee", 1.17, 0.01), ("morph_area_dens_aee", 1.36, 0.01),
    ("morph_vol_dens_conv_hull", 0.961, 0.006), ("morph_area_dens_conv_hull", 1.03, 0.01),
    ("morph_integ_int", 1.2e3, 10), ("morph_moran_i", 0.0397, 0.0003), ("morph_geary_c", 0.974, 0.006),
  ]

  @Test(arguments: phantom)
  func digitalPhantom(_ tag: String, _ value: Double, _ tolerance: Double) throws {
    let measured = try #require(measure(DigitalPhantom.region)[tag]?.value)
    expectClose(measured, value, absolute: tolerance / 2, tag)
  }

  /// To three digits the reference values are met exactly.
  @Test(arguments: phantom)
  func digitalPhantomToThreeDigits(_ tag: String, _ value: Double, _ tolerance: Double) throws {
    let measured = try #require(measure(DigitalPhantom.region)[tag]?.value)
    var unit = 1.0
    while abs(value) >= 1000 * unit { unit *= 10 }
    while abs(value) < 100 * unit { unit /= 10 }
    expectClose((measured / unit).rounded() * unit, value, relative: 1e-12, absolute: 0, tag)
  }

  @Test func codesAreUnique() {
    #expect(Morphology.features.count == 29)
    #expect(Set(Morphology.features.compactMap(\.ibsi)).count == 29)
    #expect(Set(Morphology.features.map(\.tag)).count == 29)
  }

  /// By hand: an octahedron with half axes of ½ mm in a cube of 1 mm; its smallest box lies on a face, 1/√3 high
  /// over a hexagon of circumradius 1/√6, hence 2/√6 by 1/√2; its smallest ellipsoid is a ball of radius ½.
  @Test func singleVoxel() throws {
    let cells = measure(try region([1, 1, 1], { _ in 7 }) { _ in true })
    let expected: [(String, Double)] = [
      ("morph_volume", 1.0 / 6), ("morph_area_mesh", 3.0.squareRoot()), ("morph_com", 0), ("morph_diam", 1),
      ("morph_pca_maj_axis", 0), ("morph_vol_dens_aabb", 1.0 / 6), ("morph_vol_dens_ombb", 0.5),
      ("morph_vol_dens_mvee", 1 / Double.pi), ("morph_area_dens_mvee", 3.0.squareRoot() / Double.pi),
      ("morph_vol_dens_conv_hull", 1), ("morph_area_dens_conv_hull", 1), ("morph_integ_int", 7.0 / 6),
    ]
    let population = measure(try region([1, 1, 1], { _ in 7 }) { _ in true }) { $0.axisNormalisation = .population }
    for (tag, value) in expected {
      expectClose(try #require(population[tag]?.value), value, absolute: 1e-9, tag)
    }
    let none = ["morph_pca_elongation", "morph_pca_flatness", "morph_vol_dens_aee", "morph_area_dens_aee"]
    for tag in none + ["morph_moran_i", "morph_geary_c"] {
      #expect(population[tag]?.reason != nil)
      #expect(cells[tag]?.reason != nil)
    }
    #expect(cells["morph_pca_maj_axis"]?.reason?.text == "one voxel: the sample covariance divides by 0")
  }

  @Test func flatAndStraightRegions() throws {
    let line = measure(try region([9, 3, 3], { Double($0.x) }) { $0.y == 1 && $0.z == 1 })
    #expect(line["morph_pca_min_axis"]?.value == 0 && line["morph_pca_elongation"]?.value == 0)
    #expect(line["morph_vol_dens_aee"]?.reason != nil && line["morph_area_dens_aee"]?.reason != nil)
    let slope = measure(try region([9, 9, 5], { Double($0.x) }) { $0.x == $0.y })
    #expect(slope["morph_pca_least_axis"]?.value == 0 && slope["morph_vol_dens_aee"]?.reason != nil)
    #expect(slope["morph_area_dens_aee"]?.value != nil)
    for (tag, cell) in slope where tag != "morph_vol_dens_aee" { #expect(cell.value?.isFinite == true, "\(tag)") }
  }

  /// By hand: 4 × 3 voxels of a slice of 2 mm. Σ (x − mean)² is 15 and Σ (y − mean)² 8, over n − 1 = 11.
  @Test func singleSlice() throws {
    let cells = measure(try region([4, 3, 1], spacing: [1, 1, 2], { Double($0.x) }) { _ in true })
    let major = 4 * (15.0 / 11).squareRoot(), minor = 4 * (8.0 / 11).squareRoot()
    for (tag, value) in [
      ("morph_pca_maj_axis", major), ("morph_pca_min_axis", minor), ("morph_pca_least_axis", 0),
      ("morph_pca_elongation", (8.0 / 15).squareRoot()), ("morph_pca_flatness", 0), ("morph_vol_approx", 24),
    ] {
      expectClose(try #require(cells[tag]?.value), value, absolute: 1e-13, tag)
    }
    #expect(cells["morph_vol_dens_aee"]?.reason?.text == "the ellipsoid is flat: it has no volume")
    for (tag, cell) in cells where tag != "morph_vol_dens_aee" { #expect(cell.value?.isFinite == true, "\(tag)") }
  }

  /// Centres in an oblique plane have no extent across it, whatever rounding leaves.
  @Test(arguments: [SIMD3(1.0, 1, 1), [0.7, 0.7, 3.3], [0.9765625, 1.1, 5]])
  func obliquePlane(_ spacing: SIMD3<Double>) throws {
    let cells = measure(
      try region([80, 90, 120], spacing: spacing, { Double($0.x) }) { $0.x + 2 * $0.y - 3 * $0.z == 7 }
    ) {
      $0.autocorrelation = .none
    }
    #expect(cells["morph_pca_least_axis"]?.value == 0 && cells["morph_pca_flatness"]?.value == 0)
    #expect(cells["morph_vol_dens_aee"]?.reason != nil)
    #expect(try #require(cells["morph_area_dens_aee"]?.value) > 0)
  }

  @Test func undefinedIntensities() throws {
    let flat = measure(try region([4, 4, 4]) { _ in true })
    #expect(flat["morph_moran_i"]?.reason?.text.contains("equal") == true && flat["morph_geary_c"]?.reason != nil)
    let balanced = measure(try region([2, 1, 1], { $0.x == 0 ? 5 : -5 }) { _ in true })
    #expect(balanced["morph_com"]?.reason != nil)
    let scores = measure(try region([3, 1, 1], { [0.1, 0.2, -0.1 - 0.2][$0.x] }) { _ in true })
    #expect(scores["morph_com"]?.reason?.text.contains("0 within rounding") == true)
    let rounded = measure(try region([3, 1, 1], { [0.1, 0.2, -0.3][$0.x] }) { _ in true })
    #expect(rounded["morph_com"]?.reason?.text.contains("0 within rounding") == true)
    let off = measure(DigitalPhantom.region) { $0.autocorrelation = .none }
    #expect(off.count == 27 && off["morph_moran_i"] == nil && off["morph_geary_c"] == nil)
  }

  private static func isInside(_ p: SIMD3<Int>) -> Bool {
    let (x, y, z) = (p.x, p.y, p.z)
    guard x >= 0, y >= 0, z >= 0, x < 9, y < 8, z < 6 else { return false }
    return x + 2 * y + z < 17 && (x * y + 3 * z) % 7 != 0 && 2 * x + z > 3 || x == 2 * y
  }

  private static func intensity(_ p: SIMD3<Int>) -> Double { Double((p.x * 17 + p.y * 29 + p.z * 5) % 23) + 2 }

  @Test func sameAfterTranslation() throws {
    let here = measure(try region([9, 8, 6], spacing: [1, 1.2, 3], Self.intensity, where: Self.isInside))
    let there = measure(
      try region([30, 25, 20], spacing: [1, 1.2, 3], { Self.intensity($0 &- [13, 9, 7]) }) {
        Self.isInside($0 &- [13, 9, 7])
      })
    try expectSame(here, there)
  }

  /// All 48 turns and mirrors of an isotropic grid.
  @Test func sameAfterTurnsAndMirrors() throws {
    let upright = measure(try region([9, 9, 9], Self.intensity, where: Self.isInside))
    let orders: [SIMD3<Int>] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]]
    for order in orders {
      for signs in 0..<8 {
        func back(_ p: SIMD3<Int>) -> SIMD3<Int> {
          var q = SIMD3<Int>.zero
          for axis in 0..<3 { q[axis] = signs >> axis & 1 == 1 ? 8 - p[order[axis]] : p[order[axis]] }
          return q
        }
        let turned = try region([9, 9, 9], { Self.intensity(back($0)) }) { Self.isInside(back($0)) }
        try expectSame(upright, measure(turned))
      }
    }
  }

  @Test func sameForAnyNumberOfLanes() throws {
    let region = try region([40, 33, 28], spacing: [0.9, 1.2, 3], Self.intensity) {
      let p = SIMD3<Double>($0) - [19.2, 16, 13.7]
      return p.x * p.x / 300 + p.y * p.y / 200 + p.z * p.z / 150 <= 1 && $0.x * $0.y % 11 != 0
    }
    let one = Morphology().cells(of: region, nil, Resources(jobs: 1))
    for jobs in [2, 3, 8] { #expect(Morphology().cells(of: region, nil, Resources(jobs: jobs)) == one) }
  }

  @Test func autocorrelationNeedsMemory() throws {
    let ball = try region([40, 40, 40], Self.intensity) {
      let p = SIMD3<Double>($0) - 19.6
      return (p * p).sum() <= 380
    }
    func cells(_ memory: Int?) -> [Cell] { Morphology().cells(of: ball, nil, Resources(memory: memory)).suffix(2) }
    let free = cells(nil), tight = cells(1_600_000)
    for (a, b) in zip(free, tight) {
      expectClose(try #require(b.value), try #require(a.value), relative: 1e-11)
    }
    let none = cells(1_000_000)
    for cell in none { #expect(cell.reason?.text.contains("MB, the memory limit is 1 MB") == true) }
  }

  private func expectSame(_ a: [String: Cell], _ b: [String: Cell]) throws {
    for feature in Morphology.features {
      let value = try #require(a[feature.tag]?.value, "\(feature.tag)")
      expectClose(try #require(b[feature.tag]?.value), value, relative: 1e-12, feature.tag)
    }
  }

  /// A value's unit says how it grows with the grid.
  @Test func scalesWithSpacing() throws {
    let small = measure(try region([9, 8, 6], spacing: [1, 1.2, 3], Self.intensity, where: Self.isInside))
    let large = measure(try region([9, 8, 6], spacing: [3, 3.6, 9], Self.intensity, where: Self.isInside))
    for feature in Morphology.features {
      var factor = 1.0
      for _ in 0..<abs(feature.unit.length) { factor *= feature.unit.length > 0 ? 3 : 1.0 / 3 }
      let value = try #require(small[feature.tag]?.value), grown = try #require(large[feature.tag]?.value)
      expectClose(grown, factor * value, relative: 1e-11, feature.tag)
    }
  }

  /// Shape comes from the morphological mask, intensities from the intensity mask.
  @Test func masks() throws {
    let whole = try region([6, 5, 4], { Double($0.x + 1) }) { _ in true }
    let part = RowSpans(size: [6, 5, 4]) { $0 % 6 < 2 }
    let region = Region(image: whole.image, morphological: whole.morphological, intensity: part)
    let cells = measure(region), full = measure(whole)
    #expect(cells["morph_area_mesh"] == full["morph_area_mesh"])
    let volume = try #require(full["morph_volume"]?.value)
    expectClose(try #require(cells["morph_integ_int"]?.value), 1.5 * volume, relative: 1e-14)
    expectClose(try #require(cells["morph_com"]?.value), 2.5 - 2.0 / 3, relative: 1e-14)
  }

  @Test func settings() throws {
    let place = Place(file: "recipe.yaml")
    let written = Setting.Value.map([
      .init("mesh", .text("pyradiomics")), .init("axis_normalisation", .text("population")),
      .init("autocorrelation", .text("none")),
    ])
    let family = try Morphology(setting: Setting(written, at: place))
    #expect(family.settingValue == written)
    #expect(family.mesh == .pyradiomics && family.autocorrelation == .none)
    #expect(throws: SettingError.self) {
      try Morphology(setting: Setting(.map([.init("meshing", .text("ibsi"))]), at: place))
    }
  }
}
