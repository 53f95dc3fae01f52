import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct IntensityVolumeHistogramTests {
  /// IBSI 1 manual, chapter 3, values of the digital phantom.
  @Test func digitalPhantom() throws {
    try IntensityRegions.expect(
      family(.none), on: DigitalPhantom.region,
      [
        ("ivh_v10", "BC2M", 0.324), ("ivh_v90", "BC2M", 0.0946), ("ivh_i10", "GBPN", 5), ("ivh_i90", "GBPN", 2),
        ("ivh_diff_v10_v90", "DDTU", 0.23), ("ivh_diff_i10_i90", "CNV2", 3), ("ivh_auc", "9CMM", 0.32),
      ])
  }

  private func family(_ discretisation: Discretisation) -> IntensityVolumeHistogram {
    var family = IntensityVolumeHistogram()
    family.discretisation = discretisation
    return family
  }

  /// The features of intensities on the grid first, first + w … last, straight from the manual's definitions.
  private func defined(_ intensities: [Double], from first: Double, to last: Double, by w: Double) -> [Double] {
    let grid = Array(stride(from: first, through: last + w / 2, by: w))
    let nu = grid.map { (i: Double) -> Double in
      Double(intensities.count { $0 >= i - w / 4 }) / Double(intensities.count)
    }
    let gamma = grid.indices.map { Double($0) / Double(grid.count - 1) }
    func volume(_ x: Double) -> Double { nu[gamma.firstIndex { $0 >= x - 1e-12 }!] }
    func intensity(_ x: Double) -> Double { nu.firstIndex { $0 <= x + 1e-12 }.map { grid[$0] } ?? last + w }
    var area = 0.0
    for k in 1..<grid.count { area += (nu[k] + nu[k - 1]) / 2 * (gamma[k] - gamma[k - 1]) }
    return [
      volume(0.1), volume(0.9), intensity(0.1), intensity(0.9), volume(0.1) - volume(0.9),
      intensity(0.1) - intensity(0.9), area,
    ]
  }

  private func expect(_ discretisation: Discretisation, _ region: Region, _ expected: [Double]) throws {
    let cells = try IntensityRegions.cells(family(discretisation), region)
    for (feature, value) in zip(IntensityVolumeHistogram.features, expected) {
      expectClose(cells[feature.tag]?.value ?? .nan, value, relative: 1e-12, absolute: 1e-14, feature.tag)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func wholeIntensities(_ seed: UInt64) throws {
    let intensities = IntensityRegions.scattered(200, below: 350, seed: seed).map { $0 - 120 }
    let least = intensities.min()!, most = intensities.max()!
    func region(_ range: ClosedRange<Double>?) -> Region { IntensityRegions.row(intensities, range: range) }
    try expect(.none, region(nil), defined(intensities, from: least, to: most, by: 1))
    try expect(.none, region(-500...400), defined(intensities, from: -500, to: 400, by: 1))
    // Half-open ranges end at the region's own extreme; bounds between whole numbers, at the next one inside.
    try expect(.none, region(-500...(.infinity)), defined(intensities, from: -500, to: most, by: 1))
    try expect(.none, region(-.infinity...400), defined(intensities, from: least, to: 400, by: 1))
    try expect(.none, region(-500.5...400.5), defined(intensities, from: -500, to: 400, by: 1))
  }

  /// Centres of bins of 2.5 over [−1000, 400]: G = [−998.75, 398.75], as in configuration C of IBSI 1.
  @Test func fixedBinSize() throws {
    let intensities = IntensityRegions.scattered(300, below: 1200, seed: 8).map { $0 - 900.3 }
    let centres = intensities.map { -1000 + (((($0 + 1000) / 2.5).rounded(.down)) + 0.5) * 2.5 }
    let bins = Discretisation.fixedBinSize(width: 2.5, firstEdge: .rangeLowerBound)
    try expect(
      bins, IntensityRegions.row(intensities, range: -1000...400), defined(centres, from: -998.75, to: 398.75, by: 2.5))
    // An open upper bound: up to the bin of the maximum.
    try expect(
      bins, IntensityRegions.row(intensities, range: -1000...(.infinity)),
      defined(centres, from: -998.75, to: centres.max()!, by: 2.5))
    let closed = try IntensityRegions.cells(family(bins), IntensityRegions.row(intensities))
    #expect(closed["ivh_i10"]?.reason?.text.contains("no re-segmentation range") == true)
  }

  @Test func fixedBinNumber() throws {
    let intensities = IntensityRegions.scattered(300, below: 1 << 20, seed: 8).map { $0 / 1000 }
    let least = intensities.min()!, most = intensities.max()!
    let bins = intensities.map { min(1000, (1000 * ($0 - least) / (most - least)).rounded(.down) + 1) }
    try expect(
      .fixedBinNumber(count: 1000), IntensityRegions.row(intensities), defined(bins, from: 1, to: 1000, by: 1))
  }

  /// More than a tenth of the volume at the top of the range: no intensity of the range is so rare; the next one is.
  @Test func manyVoxelsAtTheMaximum() throws {
    let cells = try IntensityRegions.cells(family(.none), IntensityRegions.row([1, 2, 3, 3]))
    #expect(cells["ivh_i10"] == .value(4))
    #expect(cells["ivh_i90"] == .value(2))
    // ν = 1, 0.75, 0.5 at γ = 0, 0.5, 1.
    #expect(cells["ivh_auc"] == .value(0.75))
  }

  @Test(arguments: [1, 4])
  func flatRegion(_ count: Int) throws {
    let flat = [Double](repeating: 7, count: count)
    for discretisation in [Discretisation.none, .fixedBinNumber(count: 1000)] {
      let cells = try IntensityRegions.cells(family(discretisation), IntensityRegions.row(flat))
      for feature in IntensityVolumeHistogram.features.dropLast() {
        #expect(cells[feature.tag]?.reason?.text.contains("one intensity") == true)
      }
      #expect(cells["ivh_auc"] == .value(0))
    }
    // Within a range it is a step at γ = 0.7.
    let cells = try IntensityRegions.cells(family(.none), IntensityRegions.row(flat, range: 0...10))
    #expect(cells["ivh_v10"] == .value(1))
    #expect(cells["ivh_v90"] == .value(0))
    #expect(cells["ivh_i10"] == .value(8))
    #expect(cells["ivh_auc"] == .value(0))
  }

  @Test func wrongSettingsAndIntensities() throws {
    #expect(throws: SettingError.self) { try family(.equalProbability(count: 8)).check() }
    try family(.fixedBinNumber(count: 8)).check()
    let cells = try IntensityRegions.cells(family(.none), IntensityRegions.row([1.5, 2]))
    #expect(cells.values.allSatisfy { $0.reason?.text.contains("fixed_bin_size") == true })
    let huge = try IntensityRegions.cells(family(.none), IntensityRegions.row([-1.7e308, 1.7e308]))
    #expect(huge["ivh_v10"] != nil)
  }
}
