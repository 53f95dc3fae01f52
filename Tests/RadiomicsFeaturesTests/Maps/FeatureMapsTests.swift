import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A map's value is the feature of the neighbourhood, measured as a region of its own.
@Suite struct FeatureMapsTests {
  private static let families: [any FeatureFamily] = [
    IntensityStatistics(), IntensityHistogram(), Cooccurrence(), RunLength(), SizeZone(), DistanceZone(),
    NeighbourhoodToneDifference(), NeighbouringDependence(),
  ]

  /// All families in their default settings, with four levels.
  private static let usual = families.map(fourLevels)

  /// Settings that change what is counted.
  private static var unusual: [any FeatureFamily] {
    var pairs = Cooccurrence(), runs = RunLength(), sizes = SizeZone(), distances = DistanceZone()
    var tones = NeighbourhoodToneDifference(), dependences = NeighbouringDependence()
    pairs.aggregation = DirectionalAggregation.allCases
    pairs.symmetric = false
    pairs.distance = 2
    runs.aggregation = DirectionalAggregation.allCases
    (sizes.aggregation, distances.aggregation) = (SliceAggregation.allCases, SliceAggregation.allCases)
    (tones.aggregation, dependences.aggregation) = (SliceAggregation.allCases, SliceAggregation.allCases)
    (dependences.distance, dependences.norm, dependences.coarseness) = (2, .euclidean, 1)
    return [pairs, runs, sizes, distances, tones, dependences].map(fourLevels)
  }

  /// Settings whose counts cannot follow a window.
  private static var apart: [any FeatureFamily] {
    var pairs = Cooccurrence(), runs = RunLength(), tones = NeighbourhoodToneDifference()
    (pairs.weighting, runs.weighting) = (.euclidean, .manhattan)
    (tones.distance, tones.norm) = (2, .manhattan)
    return [pairs, runs, tones].map(fourLevels)
  }

  private static func fourLevels(_ family: any FeatureFamily) -> any FeatureFamily {
    var family = family
    if type(of: family).takesLevels { family.discretisation = .fixedBinNumber(count: 4) }
    return family
  }

  @Test(arguments: [
    (1, MapSettings.Shape.cube, MapSettings.Neighbours.region), (1, .ball, .region), (2, .cube, .region),
    (3, .ball, .region), (1, .cube, .image), (2, .ball, .image),
  ])
  func valuesAreFeaturesOfNeighbourhoods(
    _ radius: Int, _ shape: MapSettings.Shape, _ neighbours: MapSettings.Neighbours
  ) throws {
    var settings = MapSettings()
    (settings.radius, settings.shape, settings.neighbours) = (radius, shape, neighbours)
    let region = try Self.region(size: [7, 6, 5], levels: 4, seed: 3)
    for families in [Self.usual, Self.unusual, Self.apart] {
      try Self.compare(region, families, settings)
    }
  }

  @Test func levelsOfEachNeighbourhood() throws {
    var settings = MapSettings()
    settings.levels = .neighbourhood
    try Self.compare(Self.region(size: [6, 4, 4], levels: 40, seed: 5), Self.usual, settings)
  }

  /// More levels than a byte numbers, rows of single voxels, a region in parts, real intensities.
  @Test func manyLevelsAndThinRegions() throws {
    let fine = Self.families.map { family in
      var family = family
      if type(of: family).takesLevels { family.discretisation = .fixedBinNumber(count: 1000) }
      return family
    }
    try Self.compare(Self.region(size: [12, 8, 8], levels: 700, seed: 7), fine, MapSettings())
    for size: SIMD3<Int> in [[9, 1, 1], [1, 1, 9], [1, 7, 6]] {
      try Self.compare(Self.region(size: size, levels: 3, seed: 9), Self.usual, MapSettings())
    }
  }

  @Test func valuesDoNotDependOnJobs() throws {
    let region = try Self.region(size: [40, 30, 12], levels: 8, seed: 11), recipe = try Self.recipe(Self.usual)
    func bits(jobs: Int) throws -> [[UInt64]] {
      var all: [[UInt64]] = []
      recipe.maps(of: region, try MapSelection(recipe), MapSettings(), Resources(jobs: jobs)) {
        all.append($0.values.map(\.bitPattern))
      }
      return all
    }
    #expect(try bits(jobs: 1) == bits(jobs: 5))
  }

  /// The row `1 1 2`: neighbourhoods {1, 1}, {1, 1, 2} and {1, 2}.
  @Test func row() throws {
    let example = try TextureExample([3, 1, 1], [1, 1, 2])
    let families = Self.families.map { family in
      var family = family
      if type(of: family).takesLevels { family.discretisation = Discretisation.none }
      return family
    }
    let maps = try Self.maps(example.region, families, MapSettings())
    func values(_ tag: String) -> [Double]? { maps.first { $0.measurand.feature.tag == tag }?.values }
    #expect(values("stat_mean") == [1, 4.0 / 3, 1.5])
    #expect(values("cm_contrast") == [0, 0.5, 1])
    #expect(values("rlm_r_perc") == [25.0 / 26, 38.0 / 39, 1])
    #expect(values("szm_z_perc") == [0.5, 2.0 / 3, 1])
    #expect(values("ngt_coarseness") == [1e6, 1.5, 1])
    #expect(values("ngl_lde") == [0.25, 0.5, 1])
    let correlation = try #require(maps.first { $0.measurand.feature.tag == "cm_corr" })
    #expect(correlation.values[0].isNaN && correlation.undefined.count == 1)
    #expect(correlation.undefined.reason?.text.contains("one grey level") == true)
  }

  /// Maps of a layer with a filter are those of its responses.
  @Test(arguments: [MapSettings.Neighbours.region, .image]) func filteredLayers(
    _ neighbours: MapSettings.Neighbours
  ) throws {
    let region = try Self.region(size: [9, 8, 8], levels: 200, seed: 17), families = Self.usual
    var settings = MapSettings()
    settings.neighbours = neighbours
    for text in ["mean: {support: 3}", "separable_wavelet: {wavelet: haar}", "simoncelli: {level: 1}"] {
      let filter = try readFilter(text), plain = Recipe.Layer(families: families)
      let recipe = try Recipe(name: "maps", layers: [plain, Recipe.Layer(filter: filter, families: families)])
      var expected = try Self.maps(region, families, settings)
      for response in filter.responses(to: region.image.volume) {
        let filtered = Region(image: response, morphological: region.morphological, intensity: region.intensity)
        expected += try Self.maps(filtered, families, settings)
      }
      var maps: [FeatureMap] = []
      recipe.maps(of: region, try MapSelection(recipe), settings) { maps.append($0) }
      #expect(maps.map(\.measurand) == recipe.columns && maps.count == expected.count)
      for (map, expected) in zip(maps, expected) {
        let isSame = map.values.map(\.bitPattern) == expected.values.map(\.bitPattern)
        #expect(isSame, "\(map.measurand.column)")
      }
    }
  }

  @Test func aFilterThatCannotBeAppliedLeavesFill() throws {
    let region = try Self.region(size: [5, 4, 3], levels: 9, seed: 19)
    let layer = Recipe.Layer(filter: try readFilter("simoncelli: {level: 3}"), families: [IntensityStatistics()])
    let recipe = try Recipe(name: "maps", layers: [layer])
    recipe.maps(of: region, try MapSelection(recipe, ["stat_mean"]), fill: -1) { map in
      #expect(map.values == Array(repeating: -1, count: region.intensity.count))
      #expect(map.undefined.reason?.text.hasPrefix("'simoncelli' keeps waves of up to 32 voxels") == true)
    }
  }

  @Test func fillStandsWhereNothingIs() throws {
    let example = try TextureExample([3, 1, 1], [1, 0, 2]), recipe = try Self.recipe(Self.usual)
    recipe.maps(of: example.region, try MapSelection(recipe, ["cm_contrast"]), fill: -7) { map in
      #expect(map.values == [-7, -7] && map.undefined.count == 2)
      #expect(map.volume(on: example.region, fill: -7).voxels == [-7, -7, -7])
    }
  }

  /// A mirrored image has the mirrored map.
  @Test func mirrored() throws {
    let example = try TextureExample.random([6, 5, 4], levels: 3, outside: 0.2, seed: 13)
    let mirror = try example.turned(axes: [0, 1, 2], mirrored: [true, false, true])
    let maps = try Self.maps(example.region, Self.usual, MapSettings())
    let mirrors = try Self.maps(mirror.region, Self.usual, MapSettings())
    for (map, other) in zip(maps, mirrors) {
      let a = map.volume(on: example.region), b = other.volume(on: mirror.region)
      for z in 0..<4 {
        for y in 0..<5 {
          for x in 0..<6 where !a[x, y, z].isNaN {
            expectClose(b[5 - x, y, 3 - z], a[x, y, z], relative: 1e-12, absolute: 1e-12, map.measurand.column)
          }
        }
      }
    }
  }

  @Test func whatMeansNothingIsRefused() throws {
    let recipe = try Self.recipe([Morphology(), LocalIntensity(), IntensityStatistics()])
    let selection = try MapSelection(recipe)
    #expect(selection.columns.map { recipe.columns[$0].family } == Array(repeating: "intensity", count: 18))
    #expect(selection.findings.map(\.message).contains { $0.contains("the shape of the window") })
    #expect(throws: SettingError.self) { try MapSelection(recipe, ["morph_volume"]) }
    #expect(throws: SettingError.self) { try MapSelection(recipe, ["stat_meen"]) }
    #expect(throws: SettingError.self) { try MapSelection(Self.recipe([Morphology()])) }
    let named = try MapSelection(recipe, ["Q4LE", "stat_max"])
    #expect(named.columns.map { recipe.columns[$0].feature.tag } == ["stat_mean", "stat_max"])
  }
}

extension FeatureMapsTests {
  /// An uneven region, which leaves some of the grid to its neighbourhoods; intensities up to `levels`, some not whole.
  private static func region(size: SIMD3<Int>, levels: Int, seed: UInt64) throws -> Region {
    var generator = SeededGenerator(seed: seed)
    let geometry = try Geometry(size: size, spacing: [1, 2, 3])
    let voxels = (0..<geometry.count).map { _ in
      Double(Int.random(in: 0..<levels, using: &generator)) + (levels > 100 ? generator.uniform() : 1)
    }
    let inside = (0..<geometry.count).map { _ in generator.uniform() < 0.8 }
    let mask = RowSpans(size: size) { inside[$0] }
    return Region(image: Volume(geometry: geometry, voxels: voxels), morphological: mask, intensity: mask)
  }

  private static func recipe(_ families: [any FeatureFamily]) throws -> Recipe {
    try Recipe(name: "maps", layers: [Recipe.Layer(families: families)])
  }

  private static func maps(
    _ region: Region, _ families: [any FeatureFamily], _ settings: MapSettings
  ) throws -> [FeatureMap] {
    let recipe = try recipe(families)
    var maps: [FeatureMap] = []
    recipe.maps(of: region, try MapSelection(recipe), settings) { maps.append($0) }
    return maps
  }

  /// Compares every value of every map with the family measured on the neighbourhood.
  private static func compare(_ region: Region, _ families: [any FeatureFamily], _ settings: MapSettings) throws {
    let naive = NaiveNeighbourhoods(region, settings, families.compactMap(\.discretisation))
    let maps = try maps(region, families, settings)
    var first = 0
    for family in families {
      let count = family.aggregations.count * family.measured.count
      for (voxel, centre) in naive.centres.enumerated() {
        for (index, cell) in naive.cells(family, centre).enumerated() {
          let map = maps[first + index], value = map.values[voxel]
          let comment = "\(map.measurand.column) at \(centre), \(settings)"
          if let expected = cell.value {
            // Averages of slices are summed in another order; of those that cancel, their rounding is left.
            expectClose(value, expected, relative: 1e-12, absolute: map.isAverage ? 1e-15 : 0, comment)
          } else {
            #expect(value.isNaN, "\(comment) is \(value), must be undefined")
          }
        }
      }
      first += count
    }
    #expect(maps.count == first)
  }
}

extension FeatureMap {
  fileprivate var isAverage: Bool { measurand.aggregation?.hasPrefix("2D") ?? false }
}

/// Neighbourhoods cut out voxel by voxel.
private struct NaiveNeighbourhoods {
  let centres: [SIMD3<Int>]
  private let region: Region
  private let settings: MapSettings
  private let image: Volume<Double>
  private var counted: Set<SIMD3<Int>>
  /// Levels over the grid, and their number.
  private var levels: [Discretisation: (image: [Double], count: Int)] = [:]

  init(_ region: Region, _ settings: MapSettings, _ discretisations: [Discretisation]) {
    self.region = region
    self.settings = settings
    image = region.image.volume
    centres = region.intensity.spans.flatMap { span in
      (span.x..<span.x + span.count).map { [$0, span.y, span.z] }
    }
    counted = Set(centres)
    if settings.neighbours == .image { counted = Set(centres.flatMap(voxels)) }
    let whole = self.region(of: counted, image.voxels)
    for discretisation in discretisations where levels[discretisation] == nil {
      guard case .success(let made) = discretisation.levels(of: whole.intensities, range: nil) else { continue }
      var voxels = [Double](repeating: 0, count: image.voxels.count), voxel = 0
      for span in whole.intensity.spans {
        for x in span.x..<span.x + span.count {
          voxels[index([x, span.y, span.z])] = Double(made.levels[voxel])
          voxel += 1
        }
      }
      levels[discretisation] = (voxels, made.count)
    }
  }

  /// Voxels of the grid around another.
  private func voxels(around centre: SIMD3<Int>) -> [SIMD3<Int>] {
    let radius = settings.radius, size = image.geometry.size
    var voxels: [SIMD3<Int>] = []
    for z in max(0, centre.z - radius)...min(size.z - 1, centre.z + radius) {
      for y in max(0, centre.y - radius)...min(size.y - 1, centre.y + radius) {
        for x in max(0, centre.x - radius)...min(size.x - 1, centre.x + radius) {
          let offset = SIMD3(x, y, z) &- centre, square = offset &* offset
          if settings.shape == .cube || square.x + square.y + square.z <= radius * radius { voxels.append([x, y, z]) }
        }
      }
    }
    return voxels
  }

  private func index(_ voxel: SIMD3<Int>) -> Int {
    voxel.x + image.geometry.size.x * (voxel.y + image.geometry.size.y * voxel.z)
  }

  private func region(of voxels: some Sequence<SIMD3<Int>>, _ values: [Double]) -> Region {
    let inside = Set(voxels.map(index))
    let mask = RowSpans(size: image.geometry.size) { inside.contains($0) }
    return Region(
      image: Volume(geometry: image.geometry, voxels: values), morphological: mask, intensity: mask)
  }

  /// The family's features of a neighbourhood, with the levels that settings say.
  func cells(_ family: any FeatureFamily, _ centre: SIMD3<Int>) -> [Cell] {
    let inside = voxels(around: centre).filter(counted.contains)
    guard type(of: family).takesLevels, let discretisation = family.discretisation else {
      return family.cells(of: region(of: inside, image.voxels), nil, Resources())
    }
    guard settings.levels == .region else {
      let part = region(of: inside, image.voxels)
      guard case .success(let levels) = discretisation.levels(of: part.intensities, range: nil) else { return [] }
      return family.cells(of: part, GreyLevels(levels, of: part), Resources())
    }
    guard let (image, count) = levels[discretisation] else { return [] }
    let part = region(of: inside, image)
    let own = DiscretisedIntensities(of: part.intensities, count: count, edge: nil, Lanes(jobs: 1)) { UInt16($0) }
    return family.cells(of: part, GreyLevels(own, of: part), Resources())
  }
}
