import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct PreparationTests {
  /// A noisy ball in a volume of unequal spacing.
  private static func ball(radius: Double = 9) throws -> (scan: Scan, mask: RowSpans) {
    let geometry = try Geometry(size: [48, 40, 20], spacing: [1, 1.2, 2.5], origin: [5, -3, 8])
    var generator = SeededGenerator(seed: 3)
    var samples: [Int16] = [], mask: [UInt8] = []
    for z in 0..<20 {
      for y in 0..<40 {
        for x in 0..<48 {
          let offset = (SIMD3(Double(x), Double(y), Double(z)) - [23, 19, 10]) * geometry.spacing
          let isInside = offset.length <= radius
          samples.append(Int16((generator.uniform() * 80).rounded()) + (isInside ? 40 : -60))
          mask.append(isInside ? 1 : 0)
        }
      }
    }
    return (Scan(geometry: geometry, samples: .int16(samples)), RowSpans(size: geometry.size, mask: mask))
  }

  private func preparation(_ yaml: String) throws -> Preparation {
    try Preparation(setting: Setting(yaml: yaml, file: "p.yaml"))
  }

  /// What is computed on the region's box equals what is computed on the whole image.
  @Test(arguments: [
    "{}", "{resample: {spacing: [2, 2, 2]}}", "{resample: {spacing: [1, 1, 1], interpolation: cubic_spline}}",
    "{resample: {spacing: [3, 3, 3], interpolation: cubic_spline, antialiasing: true}}",
    "{resample: {spacing: [2, 2, 0], interpolation: nearest, mask_interpolation: cubic_spline, align: corner}}",
    "{resample: {spacing: [2, 2, 2]}, region: [{dilate: 4}, fill_holes, {erode: 1}]}",
    "{region: [{ring: {inside: 3, outside: 5}}]}", "{round: hounsfield, resample: {spacing: [1.7, 1.7, 1.7]}}",
    "{normalise: {method: z_score, within: region}, resample: {spacing: [2, 2, 2]}, resegment: {sigma: 1}}",
  ])
  func boxEqualsWhole(_ yaml: String) throws {
    let (scan, mask) = try Self.ball()
    let recipe = try Recipe(
      name: "t", preparation: preparation(yaml),
      layers: [.init(families: [Morphology(), LocalIntensity(), IntensityStatistics()])])
    var whole = PreparationScope()
    whole.wholeImage = true
    let cells = recipe.measurement(of: ImagedRegion(scan, mask)).cells,
      wholeCells = recipe.measurement(of: ImagedRegion(scan, mask), whole).cells
    for (measurand, (cell, other)) in zip(recipe.columns, zip(cells, wholeCells)) {
      let value = try #require(cell.value, "\(measurand.column): \(cell)")
      expectClose(value, try #require(other.value), relative: 1e-9, absolute: 1e-9, measurand.column)
    }
  }

  @Test func stepsRecordSizesAndIntensities() throws {
    let (scan, mask) = try Self.ball()
    let prepared = try preparation("{resample: {spacing: [2, 2, 2]}, resegment: {range: [50, 100]}}")
      .prepare(ImagedRegion(scan, mask))
    #expect(prepared.steps.map(\.name) == ["initial", "interpolated", "resegmented"])
    #expect(prepared.steps[0].geometry.size == [48, 40, 20] && prepared.steps[0].intensity.count == mask.count)
    #expect(prepared.steps[1].geometry.size == [24, 24, 25])
    #expect(prepared.steps[2].morphological.count == prepared.steps[1].morphological.count)
    #expect(prepared.steps[2].intensity.count < prepared.steps[1].intensity.count)
    #expect(try prepared.region.get().intensities.allSatisfy { (50...100).contains($0) })
  }

  /// Limits by σ come from the whole region; with a range a voxel must pass both (IBSI 1).
  @Test func resegmentation() throws {
    let geometry = try Geometry(size: [6, 1, 1])
    let intensities: [Double] = [0, 10, 10, 10, 10, 100]
    let scan = Scan(geometry: geometry, samples: .double(intensities))
    let mask = RowSpans(size: geometry.size) { _ in true }
    func kept(_ yaml: String) throws -> [Double] {
      try Array(preparation(yaml).prepare(ImagedRegion(scan, mask)).region.get().intensities)
    }
    // Mean 23.3, population standard deviation 34.5.
    #expect(try kept("{resegment: {sigma: 2}}") == [0, 10, 10, 10, 10])
    #expect(try kept("{resegment: {range: [10, 100]}}") == [10, 10, 10, 10, 100])
    #expect(try kept("{resegment: {range: [5, 200], sigma: 2}}") == [10, 10, 10, 10])
    #expect(try kept("{resegment: {range: [5, .inf]}}").count == 5)
    #expect(throws: UndefinedError.self) { try kept("{resegment: {range: [200, 300], sigma: 1}}") }
  }

  @Test func normalisation() throws {
    let geometry = try Geometry(size: [5, 1, 1])
    let scan = Scan(geometry: geometry, samples: .double([0, 10, 20, 30, 1040]))
    let mask = RowSpans(size: geometry.size) { (1...3).contains($0) }
    func normalised(_ yaml: String) throws -> [Double] {
      try Array(preparation("{normalise: \(yaml)}").prepare(ImagedRegion(scan, mask)).region.get().intensities)
    }
    let step = 1.5.squareRoot()
    for (value, expected) in zip(try normalised("{method: z_score, within: region}"), [-step, 0, step]) {
      expectClose(value, expected, absolute: 1e-12)
    }
    let image = try normalised("{method: z_score, scale: 100}")
    expectClose(image[0], 100 * (10 - 220) / 168_200.0.squareRoot(), relative: 1e-12)
    #expect(try normalised("{method: fixed_range, range: [0, 20], onto: [0, 100]}") == [50, 100, 150])
    #expect(try normalised("{method: fixed_range, range: [0, 20], onto: [0, 100], clip: 1}") == [50, 100, 100])
    // The 25th and 75th percentile of the five intensities are 10 and 30.
    #expect(try normalised("{method: percentile_range, percentiles: [25, 75]}") == [0, 0.5, 1])
    #expect(try normalised("{method: z_score, within: region, clip: 1}")[2] == 1)
  }

  @Test func undefinedRegionsSayWhy() throws {
    let (scan, mask) = try Self.ball()
    func reason(_ yaml: String, _ scan: Scan = scan) throws -> String {
      let prepared = try preparation(yaml).prepare(ImagedRegion(scan, mask))
      #expect(!prepared.steps.isEmpty)
      guard case .failure(let error) = prepared.region else { return "" }
      return error.reason.text
    }
    #expect(try reason("{minimum_voxels: 100000}").contains("minimum_voxels asks for 100000"))
    #expect(try reason("{region: [{erode: 50}]}").contains("no voxel is left"))
    #expect(try reason("{resegment: {range: [5000, 6000]}}").contains("re-segmentation leaves no voxel"))
    let flat = Scan(geometry: scan.geometry, samples: .uint8([UInt8](repeating: 3, count: scan.geometry.count)))
    #expect(try reason("{normalise: {method: z_score, within: region}}", flat).contains("all intensities are equal"))
    let huge = try preparation("{resample: {spacing: [0.01, 0.01, 0.01]}}").prepare(ImagedRegion(scan, mask))
    #expect(throws: UndefinedError.self) { try huge.region.get() }
  }

  /// Down-sampling so far that the new centres lie inside the old border voxels still sees the whole region.
  @Test(arguments: ["linear", "nearest"])
  func coarseGridSeesTheWholeRegion(_ interpolation: String) throws {
    let geometry = try Geometry(size: [100, 1, 1])
    let scan = Scan(geometry: geometry, samples: .double((0..<100).map(Double.init)))
    let mask = RowSpans(size: geometry.size) { _ in true }
    var scope = PreparationScope()
    scope.wholeImage = true
    let prepared = try preparation("{resample: {spacing: [30, 0, 0], interpolation: \(interpolation)}}")
      .prepare(ImagedRegion(scan, mask), scope)
    #expect(prepared.steps[0].intensity.count == 100)
    #expect(prepared.steps[0].image?.mean == 49.5 && prepared.steps[0].image?.maximum == 99)
  }

  /// NaN within the region has a reason; NaN elsewhere does no harm where no feature needs it.
  @Test func voxelsThatAreNotNumbers() throws {
    let (scan, mask) = try Self.ball()
    var voxels = scan.volume(in: scan.geometry.box).voxels
    voxels[0] = .nan
    let recipe = try Recipe(name: "t", layers: [.init(families: [IntensityStatistics()])])
    let outside = recipe.measurement(of: ImagedRegion(Scan(geometry: scan.geometry, samples: .double(voxels)), mask))
    #expect(outside.cells == recipe.measurement(of: ImagedRegion(scan, mask)).cells)
    voxels[mask.offset(of: mask.spans[0])] = .infinity
    let inside = recipe.measurement(of: ImagedRegion(Scan(geometry: scan.geometry, samples: .double(voxels)), mask))
    #expect(inside.cells.allSatisfy { $0.reason?.text.contains("are not numbers") ?? false })
  }

  /// A shell keeps to the mask it is clipped to.
  @Test func ringIsClipped() throws {
    let (scan, mask) = try Self.ball()
    let half = RowSpans(size: mask.size) { $0 % 48 < 24 }
    let ring = try preparation("{region: [{ring: {inside: 2, outside: 4}}]}")
    let free = try ring.prepare(ImagedRegion(scan, mask)).region.get().morphological.count
    let clipped = try ring.prepare(ImagedRegion(scan, mask, clip: half)).region.get().morphological
    #expect(clipped.count > free / 3 && clipped.count < 2 * free / 3)
    // A dilation adds nothing outside, and takes nothing away.
    let grown = try preparation("{region: [{dilate: 4}]}").prepare(ImagedRegion(scan, mask, clip: half)).region.get()
      .morphological
    let all = try preparation("{region: [{dilate: 4}]}").prepare(ImagedRegion(scan, mask)).region.get().morphological
    #expect(mask.count < grown.count && grown.count < all.count)
    #expect(abs(2 * (grown.count - mask.count) - (all.count - mask.count)) < all.count / 10)
  }
}
