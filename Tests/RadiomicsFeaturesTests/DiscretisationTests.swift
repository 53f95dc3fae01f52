import RadiomicsCore
import RadiomicsFeatures
import Testing

@Suite struct DiscretisationTests {
  private func levels(_ discretisation: Discretisation, _ intensities: [Double], _ range: ClosedRange<Double>? = nil)
    throws -> [UInt16]
  {
    Array(try discretisation.levels(of: Intensities(intensities), range: range).get().levels)
  }

  /// IBSI 1: ⌊N (x − min)/(max − min)⌋ + 1, the maximum in bin N.
  @Test func fixedBinNumber() throws {
    #expect(try levels(.fixedBinNumber(count: 4), [0, 1, 2.4, 2.5, 5, 9.9, 10]) == [1, 1, 1, 2, 3, 4, 4])
    #expect(try levels(.fixedBinNumber(count: 4), [7, 7]) == [1, 1])
  }

  /// IBSI 1: ⌊(x − first edge)/width⌋ + 1; a value on an edge belongs to the bin above.
  @Test func fixedBinSize() throws {
    let fromRange = Discretisation.fixedBinSize(width: 25, firstEdge: .rangeLowerBound)
    #expect(try levels(fromRange, [-1000, -976, -975, 400], -1000...400) == [1, 1, 2, 57])
    #expect(try levels(.fixedBinSize(width: 2, firstEdge: .minimum), [3, 4.9, 5]) == [1, 1, 2])
    #expect(try levels(.fixedBinSize(width: 2, firstEdge: .at(0)), [3, 4.9, 5]) == [2, 3, 3])
  }

  /// PyRadiomics: ⌊x / W⌋ − ⌊min / W⌋ + 1, by the edges of NumPy's arange.
  @Test func binsAtMultiplesOfTheirWidth() throws {
    let bins = Discretisation.fixedBinSize(width: 25, firstEdge: .multiple)
    #expect(try levels(bins, [54, 74.9, 75, 166]) == [1, 1, 2, 5])
    #expect(try levels(bins, [-54, -51, -50, 0, 24]) == [1, 1, 2, 4, 4])
    #expect(try levels(bins, [50, 50]) == [1, 1])
    let tenths = Discretisation.fixedBinSize(width: 0.1, firstEdge: .multiple)
    #expect(try levels(tenths, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]) == [1, 2, 2, 4, 5, 6, 6, 8, 9, 10])
  }

  @Test func equalProbabilityKeepsTiesTogether() throws {
    #expect(try levels(.equalProbability(count: 2), [5, 1, 1, 9]) == [2, 1, 1, 2])
    let many = (0..<1000).map(Double.init)
    let made = try levels(.equalProbability(count: 10), many)
    for level in 1...10 { #expect(made.count { $0 == level } == 100) }
  }

  @Test func undefinedWithReasons() {
    func reason(_ discretisation: Discretisation, _ intensities: [Double]) -> String {
      guard case .failure(let error) = discretisation.levels(of: Intensities(intensities), range: nil) else {
        return ""
      }
      return error.reason.text
    }
    #expect(reason(.none, [0.5, 2]).contains("whole numbers from 1"))
    #expect(reason(.none, [1, 70_000]).contains("whole numbers from 1"))
    #expect(reason(.fixedBinSize(width: 1e-9, firstEdge: .minimum), [0, 1]).contains("at most 65535"))
    #expect(reason(.fixedBinSize(width: 1, firstEdge: .at(3)), [0, 5]).contains("below the first edge"))
    #expect(reason(.fixedBinSize(width: 1, firstEdge: .rangeLowerBound), [0, 5]).contains("no first edge"))
    #expect(reason(.fixedBinNumber(count: 2), []).contains("empty"))
  }

  @Test(arguments: [
    "none", "{ fixed_bin_number: 32 }", "{ fixed_bin_size: 2.5 }", "{ equal_probability: 16 }",
    "{ fixed_bin_size: { width: 25, first_edge: minimum } }", "{ fixed_bin_size: { width: 25, first_edge: -1000 } }",
    "{ fixed_bin_size: { width: 25, first_edge: multiple } }",
  ])
  func settingsReadBack(_ yaml: String) throws {
    let discretisation = try Discretisation(setting: Setting(yaml: yaml, file: "r.yaml"))
    #expect(discretisation.settingValue.description == yaml)
  }

  @Test(arguments: [
    ("{ fixed_bin_nmber: 32 }", "Did you mean 'fixed_bin_number'?"), ("{ fixed_bin_number: 1 }", "from 2 to 65535"),
    ("{ fixed_bin_size: 0 }", "above 0"), ("{ fixed_bin_size: { first_edge: 0 } }", "needs 'width'"),
    ("32", "must be none"), ("{ fixed_bin_number: 2.5 }", "a whole number"), ("{ fixed_bin_size: .inf }", "above 0"),
  ])
  func wrongSettingsSaySo(_ yaml: String, _ words: String) {
    let error = #expect(throws: SettingError.self) {
      try Discretisation(setting: Setting(yaml: yaml, file: "r.yaml"))
    }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "nothing")")
  }
}
