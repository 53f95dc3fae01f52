import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct AggregationTests {
  /// Slices `1 1 2`, `1 1 1` and a single voxel: the last has no pair, and correlation is undefined in the second.
  @Test func averagesLeaveOutWhatIsUndefined() throws {
    let example = try TextureExample([3, 1, 3], [1, 1, 2, 1, 1, 1, 1, 0, 0])
    var family = Cooccurrence()
    family.aggregation = [.averaged2D, .merged2D]
    for aggregation in 0..<2 {
      #expect(family.cell("cm_contrast", of: example, aggregation: aggregation) == .value(0.25))
      let correlation = family.cell("cm_corr", of: example, aggregation: aggregation)
      expectClose(try #require(correlation.value), -1.0 / 3, absolute: 1e-15)
    }
  }

  @Test func undefinedEverywhereHasItsReason() throws {
    let example = try TextureExample([3, 1, 2], [1, 1, 1, 1, 1, 1])
    var family = Cooccurrence()
    family.aggregation = DirectionalAggregation.allCases
    for index in DirectionalAggregation.allCases.indices {
      let cell = family.cell("cm_corr", of: example, aggregation: index)
      #expect(cell.reason?.text == "one grey level: correlation divides by 0")
    }
  }

  /// Each way alone gives what it gives among others, in any order.
  @Test func aggregationsDoNotDependOnEachOther() throws {
    let example = try TextureExample.phantom
    var all = RunLength(), pairs = Cooccurrence()
    all.aggregation = DirectionalAggregation.allCases.reversed()
    pairs.aggregation = all.aggregation
    let runCells = all.cells(of: example.region, example.levels, Resources()),
      pairCells = pairs.cells(of: example.region, example.levels, Resources())
    for (index, aggregation) in all.aggregation.enumerated() {
      var one = RunLength(), onePair = Cooccurrence()
      one.aggregation = [aggregation]
      onePair.aggregation = [aggregation]
      #expect(
        one.cells(of: example.region, example.levels, Resources()) == Array(runCells[index * 16..<index * 16 + 16]))
      #expect(
        onePair.cells(of: example.region, example.levels, Resources()) == Array(pairCells[index * 25..<index * 25 + 25])
      )
    }
  }

  @Test func aTwiceNamedAggregationIsRefused() {
    var zones = SizeZone(), runs = RunLength()
    zones.aggregation = [.volume3D, .averaged2D, .volume3D]
    runs.aggregation = [.merged3D, .merged3D]
    #expect(throws: SettingError.self) { try zones.check() }
    #expect(throws: SettingError.self) { try runs.check() }
    zones.aggregation = SliceAggregation.allCases
    #expect(throws: Never.self) { try zones.check() }
    #expect(zones.aggregations == ["2D", "2.5D", "3D"])
  }
}
