import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct IntensityStatisticsTests {
  /// IBSI 1 manual, chapter 3, values of the digital phantom.
  @Test func digitalPhantom() throws {
    try IntensityRegions.expect(
      IntensityStatistics(), on: DigitalPhantom.region,
      [
        ("stat_mean", "Q4LE", 2.15), ("stat_var", "ECT3", 3.05), ("stat_skew", "KE2A", 1.08),
        ("stat_kurt", "IPH6", -0.355), ("stat_median", "Y12H", 1), ("stat_min", "1GSF", 1), ("stat_p10", "QG58", 1),
        ("stat_p90", "8DWT", 4), ("stat_max", "84IY", 6), ("stat_iqr", "SALO", 3), ("stat_range", "2OJQ", 5),
        ("stat_mad", "4FUA", 1.55), ("stat_rmad", "1128", 1.11), ("stat_medad", "N72L", 1.15),
        ("stat_cov", "7TET", 0.812), ("stat_qcod", "9S40", 0.6), ("stat_energy", "N8CA", 567),
        ("stat_rms", "5ZWQ", 2.77),
      ])
  }

  private func cells(_ intensities: [Double]) throws -> [String: Cell] {
    try IntensityRegions.cells(IntensityStatistics(), IntensityRegions.row(intensities))
  }

  @Test func fourIntensitiesByHand() throws {
    let cells = try cells([3, 1, 6, 2])
    let expected: [(String, Double)] = [
      ("stat_mean", 3), ("stat_var", 3.5), ("stat_skew", 4.5 / (3.5 * 3.5.squareRoot())),
      ("stat_kurt", 24.5 / 12.25 - 3), ("stat_median", 2.5), ("stat_min", 1), ("stat_p10", 1.3), ("stat_p90", 5.1),
      ("stat_max", 6), ("stat_iqr", 2), ("stat_range", 5), ("stat_mad", 1.5), ("stat_rmad", 0.5), ("stat_medad", 1.5),
      ("stat_cov", 3.5.squareRoot() / 3), ("stat_qcod", 2 / 5.5), ("stat_energy", 50), ("stat_rms", 12.5.squareRoot()),
    ]
    for (tag, value) in expected { expectClose(cells[tag]?.value ?? .nan, value, relative: 1e-14, tag) }
  }

  /// Ranks among numbers of both signs and all magnitudes, by counting those that are smaller.
  @Test func percentilesAreRanks() throws {
    let wide = (0..<101).map { (i: Int) -> Double in
      let magnitude = Double(sign: .plus, exponent: i * 37 % 101 - 50, significand: 1 + Double(i) / 128)
      return i % 2 == 0 ? magnitude : -magnitude
    }
    let cells = try cells(wide)
    for (tag, below) in [("stat_min", 0), ("stat_p10", 10), ("stat_median", 50), ("stat_p90", 90), ("stat_max", 100)] {
      let value = cells[tag]!.value!
      #expect(wide.count { $0 < value } == below && wide.contains(value), "\(tag)")
    }
  }

  /// A constant moves location and leaves spread and shape; a factor scales both.
  @Test func shiftAndScale() throws {
    let intensities = IntensityRegions.scattered(777, below: 900, seed: 3)
    let plain = try cells(intensities)
    let shifted = try cells(intensities.map { $0 - 1000 }), scaled = try cells(intensities.map { $0 * 2.5 })
    for tag in ["stat_mean", "stat_median", "stat_min", "stat_p10", "stat_p90", "stat_max"] {
      expectClose(shifted[tag]!.value!, plain[tag]!.value! - 1000, absolute: 1e-11, tag)
      expectClose(scaled[tag]!.value!, plain[tag]!.value! * 2.5, relative: 1e-13, tag)
    }
    for tag in ["stat_iqr", "stat_range", "stat_mad", "stat_rmad", "stat_medad"] {
      expectClose(shifted[tag]!.value!, plain[tag]!.value!, relative: 1e-12, tag)
      expectClose(scaled[tag]!.value!, plain[tag]!.value! * 2.5, relative: 1e-13, tag)
    }
    for tag in ["stat_var", "stat_skew", "stat_kurt"] {
      expectClose(shifted[tag]!.value!, plain[tag]!.value!, relative: 1e-12, absolute: 1e-14, tag)
      expectClose(scaled[tag]!.value!, plain[tag]!.value! * (tag == "stat_var" ? 6.25 : 1), relative: 1e-11, tag)
    }
    for tag in ["stat_cov", "stat_qcod"] { expectClose(scaled[tag]!.value!, plain[tag]!.value!, relative: 1e-13, tag) }
  }

  /// The variance of 0 … 999 is (1000² − 1) / 12, of intensities near 10⁹ too.
  @Test(arguments: [0, 1e9])
  func moderateSpreadAtLargeIntensities(_ offset: Double) throws {
    let cells = try cells((0..<1000).map { offset + Double($0) })
    expectClose(cells["stat_var"]!.value!, 999_999.0 / 12, relative: 1e-13)
    expectClose(cells["stat_skew"]!.value!, 0, absolute: 1e-12)
    // Uniform on n whole numbers: −6 (n² + 1) / (5 (n² − 1)).
    expectClose(cells["stat_kurt"]!.value!, -1.2 * 1_000_001 / 999_999, relative: 1e-12)
  }

  /// The order of voxels does not matter at all.
  @Test func orderOfVoxels() throws {
    let intensities = IntensityRegions.scattered(1000, below: 1 << 20, seed: 9).map { $0 / 7 }
    #expect(try cells(intensities) == cells(intensities.reversed()))
  }

  @Test(arguments: [1, 2, 300], [0.1, -7, 1e-300])
  func flatRegion(_ count: Int, _ intensity: Double) throws {
    let cells = try cells([Double](repeating: intensity, count: count))
    for tag in ["stat_mean", "stat_median", "stat_min", "stat_p10", "stat_p90", "stat_max"] {
      #expect(cells[tag] == .value(intensity))
    }
    for tag in ["stat_var", "stat_skew", "stat_kurt", "stat_iqr", "stat_range", "stat_mad", "stat_rmad", "stat_medad"] {
      #expect(cells[tag] == .value(0))
    }
    #expect(cells["stat_cov"]?.value == 0 && cells["stat_qcod"]?.value == 0)
  }

  @Test func whatIsUndefinedSaysWhy() throws {
    let zero = try cells([0, 0, 0])
    #expect(zero["stat_cov"]?.reason?.text.contains("mean of the intensities is 0 within rounding") == true)
    #expect(zero["stat_qcod"]?.reason?.text.contains("add up to 0") == true)
    // P10 and P90 of two values lie between them.
    #expect(try cells([1, 2])["stat_rmad"]?.reason?.text.contains("between the 10th and the 90th") == true)
    let huge = try cells([1e300, -1e300, 1e308])
    #expect(huge["stat_energy"]?.reason?.text.contains("too large") == true)
  }

  /// A z-scored sample has a mean of 0 but for rounding: dividing by it gives 10¹⁴ or so, which says nothing.
  @Test(arguments: [2, 3, 54, 777, 20_001])
  func aMeanOfRoundingIsZero(_ count: Int) throws {
    let intensities = IntensityRegions.scattered(count, below: 900, seed: 3).map { $0 / 7 }
    let mean = intensities.reduce(0, +) / Double(count)
    let deviation = (intensities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
    let scores = intensities.map { ($0 - mean) / deviation }
    #expect(try cells(scores)["stat_cov"]?.reason?.text.contains("0 within rounding") == true)
    // A mean of 1e-6 with the same rounding of 1e-14.
    expectClose(try #require(try cells(scores.map { $0 + 1e-6 })["stat_cov"]?.value), 1e6, relative: 1e-8)
  }

  /// Quartiles −0.3 and 0.1 + 0.2 add up to 6e-17.
  @Test func quartilesOfRoundingAddUpToZero() throws {
    let symmetric = try cells([-1, -0.3, 0, 0.1 + 0.2, 2])
    #expect(symmetric["stat_qcod"]?.reason?.text.contains("add up to 0 within rounding") == true)
    #expect(try cells([-1, -0.3, 0, 0.31, 2])["stat_qcod"]?.value != nil)
  }
}
