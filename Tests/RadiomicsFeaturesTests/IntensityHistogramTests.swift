import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct IntensityHistogramTests {
  /// IBSI 1 manual, chapter 3, values of the digital phantom.
  @Test func digitalPhantom() throws {
    try IntensityRegions.expect(
      family(.none), on: DigitalPhantom.region,
      [
        ("ih_mean", "X6K6", 2.15), ("ih_var", "CH89", 3.05), ("ih_skew", "88K1", 1.08), ("ih_kurt", "C3I7", -0.355),
        ("ih_median", "WIFQ", 1), ("ih_min", "1PR8", 1), ("ih_p10", "GPMT", 1), ("ih_p90", "OZ0C", 4),
        ("ih_max", "3NCY", 6), ("ih_mode", "AMMC", 1), ("ih_iqr", "WR0O", 3), ("ih_range", "5Z3W", 5),
        ("ih_mad", "D2ZX", 1.55), ("ih_rmad", "WRZB", 1.11), ("ih_medad", "4RNL", 1.15), ("ih_cov", "CWYJ", 0.812),
        ("ih_qcod", "SLWD", 0.6), ("ih_entropy", "TLU2", 1.27), ("ih_uniformity", "BJ5W", 0.512),
        ("ih_max_grad", "12CE", 8), ("ih_max_grad_g", "8E6O", 3), ("ih_min_grad", "VQB3", -50),
        ("ih_min_grad_g", "RHQZ", 1),
      ])
  }

  private func family(_ discretisation: Discretisation) -> IntensityHistogram {
    var family = IntensityHistogram()
    family.discretisation = discretisation
    return family
  }

  private func cells(_ levels: [Double]) throws -> [String: Cell] {
    try IntensityRegions.cells(family(.none), IntensityRegions.row(levels))
  }

  /// The digital phantom's levels by fixed bins of 1 and by 6 bins are its intensities.
  @Test func binsOfTheDigitalPhantom() throws {
    let plain = try IntensityRegions.cells(family(.none), DigitalPhantom.region)
    #expect(
      try plain == IntensityRegions.cells(family(.fixedBinSize(width: 1, firstEdge: .at(1))), DigitalPhantom.region))
    #expect(try plain == IntensityRegions.cells(family(.fixedBinNumber(count: 6)), DigitalPhantom.region))
  }

  @Test func shapeByHand() throws {
    // Counts 1, 0, 4, 2, 1 of levels 1 … 5.
    let cells = try cells([3, 3, 4, 1, 3, 5, 4, 3])
    #expect(cells["ih_mode"] == .value(3))
    #expect(cells["ih_max_grad"] == .value(1.5))
    #expect(cells["ih_max_grad_g"] == .value(2))
    #expect(cells["ih_min_grad"] == .value(-1.5))
    #expect(cells["ih_min_grad_g"] == .value(4))
    expectClose(cells["ih_entropy"]!.value!, 1.75, relative: 1e-15)
    expectClose(cells["ih_uniformity"]!.value!, 22.0 / 64, relative: 1e-15)
    // Counts 5, 2, 2, 1 have the gradient −3, −1.5, −0.5, −1.
    let falling = try self.cells([1, 1, 1, 1, 1, 2, 2, 3, 3, 4])
    #expect(falling["ih_min_grad"] == .value(-3))
    #expect(falling["ih_min_grad_g"] == .value(1))
    #expect(falling["ih_max_grad"] == .value(-0.5))
    #expect(falling["ih_max_grad_g"] == .value(3))
  }

  @Test func modeIsClosestToTheMean() throws {
    // Levels 1, 3 and 6 twice each, mean 24 / 7 ≈ 3.4.
    #expect(try cells([1, 1, 3, 3, 6, 6, 4])["ih_mode"] == .value(3))
    // 2 and 4 both as close to the mean, 3: the lower.
    #expect(try cells([4, 4, 2, 2])["ih_mode"] == .value(2))
    #expect(try cells([1, 1, 9, 9, 8])["ih_mode"] == .value(9))
  }

  /// Bins one width further on: levels rise by one, spread and shape stay.
  @Test func oneBinFurther() throws {
    let intensities = IntensityRegions.scattered(500, below: 400, seed: 5)
    let region = IntensityRegions.row(intensities)
    let near = try IntensityRegions.cells(family(.fixedBinSize(width: 25, firstEdge: .at(-25))), region)
    let far = try IntensityRegions.cells(family(.fixedBinSize(width: 25, firstEdge: .at(-50))), region)
    for tag in ["ih_mean", "ih_median", "ih_min", "ih_p10", "ih_p90", "ih_max", "ih_mode"] {
      expectClose(far[tag]!.value!, near[tag]!.value! + 1, relative: 1e-14, tag)
    }
    for tag in ["ih_var", "ih_skew", "ih_kurt", "ih_iqr", "ih_range", "ih_mad", "ih_rmad", "ih_medad", "ih_entropy"] {
      expectClose(far[tag]!.value!, near[tag]!.value!, relative: 1e-12, tag)
    }
  }

  @Test(arguments: [1, 5])
  func oneLevel(_ count: Int) throws {
    let cells = try cells([Double](repeating: 1, count: count))
    for tag in ["ih_max_grad", "ih_max_grad_g", "ih_min_grad", "ih_min_grad_g"] {
      #expect(cells[tag]?.reason?.text == "one grey level: the histogram has no gradient")
    }
    #expect(cells["ih_entropy"] == .value(0))
    #expect(cells["ih_entropy"]?.value?.sign == .plus)
    #expect(cells["ih_uniformity"] == .value(1))
    #expect(cells["ih_skew"] == .value(0))
  }
}
