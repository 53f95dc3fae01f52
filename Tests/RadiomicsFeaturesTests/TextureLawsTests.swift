import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

/// What holds for every texture family.
@Suite struct TextureLawsTests {
  /// All families with all their aggregations.
  static var families: [any FeatureFamily] {
    var pairs = Cooccurrence(), runs = RunLength(), sizes = SizeZone(), distances = DistanceZone()
    var tones = NeighbourhoodToneDifference(), dependences = NeighbouringDependence()
    pairs.aggregation = DirectionalAggregation.allCases
    runs.aggregation = DirectionalAggregation.allCases
    sizes.aggregation = SliceAggregation.allCases
    distances.aggregation = SliceAggregation.allCases
    tones.aggregation = SliceAggregation.allCases
    dependences.aggregation = SliceAggregation.allCases
    return [pairs, runs, sizes, distances, tones, dependences]
  }

  func expectSame(_ family: any FeatureFamily, _ a: TextureExample, _ b: TextureExample, _ kept: (String) -> Bool)
    throws
  {
    let first = family.cells(of: a.region, a.levels, Resources()),
      second = family.cells(of: b.region, b.levels, Resources())
    let count = type(of: family).features.count
    for (index, aggregation) in family.aggregations.enumerated() where kept(aggregation ?? "") {
      for feature in 0..<count {
        let cell = first[index * count + feature], other = second[index * count + feature]
        if let value = cell.value {
          let name = "\(type(of: family).features[feature].tag) \(aggregation ?? "")"
          expectClose(try #require(other.value), value, relative: 1e-12, absolute: 1e-12, name)
        } else {
          #expect(cell == other)
        }
      }
    }
  }

  @Test func countOfCells() throws {
    let example = try TextureExample.phantom
    for family in Self.families {
      let cells = family.cells(of: example.region, example.levels, Resources())
      #expect(cells.count == family.aggregations.count * type(of: family).features.count)
      #expect(cells == family.cells(of: example.region, example.levels, Resources()))
    }
  }

  @Test func translationChangesNothing() throws {
    let example = try TextureExample.random([6, 5, 4], levels: 4, outside: 0.3, seed: 21)
    let moved = try example.moved(by: [3, 2, 5], in: [12, 9, 10])
    for family in Self.families {
      #expect(
        family.cells(of: example.region, example.levels, Resources())
          == family.cells(of: moved.region, moved.levels, Resources()))
    }
  }

  @Test(arguments: [
    ([1, 0, 2], [true, false, false]), ([0, 2, 1], [false, true, false]), ([2, 1, 0], [false, false, true]),
    ([1, 2, 0], [true, true, true]), ([0, 1, 2], [true, false, false]),
  ]) func turnsAndMirrorsKeepTheVolume(_ axes: [Int], _ mirrored: [Bool]) throws {
    let example = try TextureExample.random([6, 5, 4], levels: 4, outside: 0.3, seed: 22)
    let turned = try example.turned(axes: axes, mirrored: mirrored)
    for family in Self.families { try expectSame(family, example, turned) { $0.hasPrefix("3D") } }
  }

  /// A turn about z keeps the slices.
  @Test func turnsInTheSliceKeepAllAggregations() throws {
    let example = try TextureExample.random([6, 5, 4], levels: 4, outside: 0.3, seed: 23)
    let turned = try example.turned(axes: [1, 0, 2], mirrored: [true, false, false])
    for family in Self.families { try expectSame(family, example, turned) { _ in true } }
  }

  /// Regions of many blocks and slabs: 32 levels, more than a byte numbers, one level, few thick slices.
  @Test(arguments: [
    (SIMD3(90, 80, 60), 32, 0.3), (SIMD3(90, 80, 50), 260, 0.2), (SIMD3(80, 80, 45), 1, 0.0),
    (SIMD3(500, 300, 2), 3, 0.1),
  ]) func anyNumberOfLanesGivesTheSameBits(_ size: SIMD3<Int>, _ levels: Int, _ outside: Double) throws {
    let example = try TextureExample.random(size, levels: levels, outside: outside, seed: 24)
    let discretised = try Discretisation.none.levels(of: example.region.intensities, range: nil).get()
    func cells(jobs: Int) -> [[Cell]] {
      let resources = Resources(jobs: jobs)
      let levels = GreyLevels(discretised, of: example.region, resources.lanes)
      let families = Self.families
      return resources.lanes.map(families.count) { families[$0].cells(of: example.region, levels, resources) }
    }
    let alone = cells(jobs: 1)
    for jobs in [2, 3, 8] { #expect(cells(jobs: jobs) == alone) }
    // One after another, so that another family makes what they share.
    let levels = GreyLevels(discretised, of: example.region)
    let backward = Self.families.reversed().map { $0.cells(of: example.region, levels, Resources()) }
    #expect(Array(backward.reversed()) == alone)
  }

  /// Small and even regions: finite values or reasons.
  @Test func degenerateRegions() throws {
    for example in [
      try TextureExample([1, 1, 1], [1]), try TextureExample([1, 1, 1], [65_535]),
      try TextureExample([3, 3, 3], Array(repeating: 1, count: 27)),
      try TextureExample([3, 1, 3], [1, 0, 2, 0, 0, 0, 2, 0, 1]),
      try TextureExample([2, 1, 1], [1, 2]),
    ] {
      for family in Self.families {
        for cell in family.cells(of: example.region, example.levels, Resources()) {
          #expect(
            cell.value.map { $0.isFinite && !($0 == 0 && $0.sign == .minus) } ?? (cell.reason?.text.isEmpty == false))
        }
      }
    }
  }

  @Test func singleVoxel() throws {
    let example = try TextureExample([1, 1, 1], [2])
    #expect(Cooccurrence().cells(of: example.region, example.levels, Resources()).allSatisfy { $0.reason != nil })
    #expect(
      NeighbourhoodToneDifference().cells(of: example.region, example.levels, Resources()).allSatisfy {
        $0.reason != nil
      }
    )
    #expect(RunLength().cell("rlm_r_perc", of: example) == .value(1))
    #expect(SizeZone().cell("szm_zs_entr", of: example) == .value(0))
    #expect(DistanceZone().cell("dzm_hgze", of: example) == .value(4))
    #expect(NeighbouringDependence().cell("ngl_dc_energy", of: example) == .value(1))
  }

  /// A constant region: one co-occurrence, one zone.
  @Test func constantRegion() throws {
    let example = try TextureExample([3, 3, 3], Array(repeating: 2, count: 27))
    #expect(Cooccurrence().cell("cm_joint_max", of: example) == .value(1))
    #expect(Cooccurrence().cell("cm_joint_entr", of: example) == .value(0))
    #expect(Cooccurrence().cell("cm_info_corr2", of: example) == .value(0))
    #expect(Cooccurrence().cell("cm_info_corr1", of: example).reason != nil)
    #expect(SizeZone().cell("szm_lze", of: example) == .value(729))
    #expect(DistanceZone().cell("dzm_lde", of: example) == .value(1))
  }

  /// Tags, codes and names are unique within a family and complete.
  @Test func featureLists() {
    let counts = Self.families.map { type(of: $0).features.count }
    #expect(counts == [25, 16, 16, 16, 5, 17])
    let features = Self.families.flatMap { type(of: $0).features }
    #expect(Set(features.map(\.tag)).count == 95)
    #expect(Set(features.compactMap(\.ibsi)).count == 95)
    #expect(features.allSatisfy { !$0.definition.isEmpty })
  }
}
