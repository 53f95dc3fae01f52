import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

struct PerturbationTests {
  /// f = 3x − 2y + 5z + 7 in mm, on slightly anisotropic voxels, and a ball.
  private static func ramp() throws -> (Scan, RowSpans) {
    let geometry = try Geometry(size: [60, 58, 44], spacing: [1, 1, 1.5], origin: [5, -3, 2])
    let voxels = (0..<geometry.count).map { index -> Double in
      let p = geometry.position(of: place(index, geometry.size))
      return 3 * p.x - 2 * p.y + 5 * p.z + 7
    }
    let centre = geometry.position(of: [29, 28, 21])
    let ball = RowSpans(size: geometry.size) { index in
      let d = geometry.position(of: place(index, geometry.size)) - centre
      return (d * d).sum() < 64
    }
    return (Scan(geometry: geometry, samples: .double(voxels)), ball)
  }

  private static func place(_ index: Int, _ size: SIMD3<Int>) -> SIMD3<Double> {
    SIMD3(Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
  }

  /// A mask between its voxels.
  private static func linear(_ mask: Volume<UInt8>, _ p: SIMD3<Double>) -> Double {
    let lower = p.rounded(.down), part = p - lower
    return (0..<8).reduce(0) { sum, corner in
      let step = SIMD3<Double>(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2))
      let weights = step * part + (1 - step) * (1 - part), place = SIMD3<Int>(lower + step)
      let isInside = all(place .>= 0) && all(place .< mask.geometry.size) && mask[place.x, place.y, place.z] != 0
      return isInside ? sum + weights.x * weights.y * weights.z : sum
    }
  }

  private static let recipe = """
    name: p
    preparation: { resample: { spacing: [1.3, 1.3, 1.3], interpolation: METHOD } }
    layers: [{ families: [intensity, morphology] }]
    """

  private func recipe(_ method: String = "linear") throws -> Recipe {
    try Recipe(yaml: Self.recipe.replacing("METHOD", with: method), file: "p.yaml")
  }

  /// Linear and spline interpolation reproduce a linear function wherever the grid is moved.
  @Test(arguments: ["linear", "cubic_spline"]) func movedVoxelsHaveTheirPlacesValues(_ method: String) throws {
    let (scan, ball) = try Self.ramp(), recipe = try recipe(method)
    let source = PerturbationSource(ImagedRegion(scan, ball), noiseLevel: 0, seed: 1, name: "")
    for (rotation, shift) in [(0.0, SIMD3(0.25, 0.5, -0.3)), (17, .zero), (-40, SIMD3(0.1, 0, 0.7))] {
      var perturbation = Perturbation()
      perturbation.rotation = rotation
      perturbation.translation = shift
      let moved = try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 2))
      let grid = moved.region.scan.geometry, values = moved.region.scan.volume(in: grid.box).voxels
      #expect(grid.spacing == [1.3, 1.3, 1.3] && moved.recipe.preparation.resample == nil)
      for span in moved.region.mask.spans {
        for x in span.x..<span.x + span.count {
          let p = grid.position(of: [Double(x), Double(span.y), Double(span.z)])
          // The spline is mirrored at the image's edge, 15 voxels and more away.
          let expected = 3 * p.x - 2 * p.y + 5 * p.z + 7
          #expect(
            abs(values[moved.region.mask.offset(of: span) + x - span.x] - expected) < (method == "linear" ? 1e-9 : 1e-6)
          )
        }
      }
      // The region is where the ball's mask, interpolated linearly, reaches one half.
      let voxels = Volume(geometry: scan.geometry, voxels: ball.mask)
      let inside = RowSpans(size: grid.size) { index in
        Self.linear(voxels, scan.geometry.index(of: grid.position(of: Self.place(index, grid.size)))) >= 0.5 - 1e-9
      }
      #expect(moved.region.mask == inside, "\(moved.region.mask.count) \(inside.count)")
    }
  }

  /// An unmoved grid, made the way of moved ones, gives the values of the recipe itself.
  @Test func smallestMoveIsNone() throws {
    let (scan, ball) = try Self.ramp(), recipe = try recipe("cubic_spline")
    let source = PerturbationSource(ImagedRegion(scan, ball), noiseLevel: 0, seed: 1, name: "")
    var perturbation = Perturbation()
    perturbation.rotation = 1e-12
    let moved = try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 1))
    let plain = recipe.measurement(of: ImagedRegion(scan, ball)).cells,
      again = moved.recipe.measurement(of: moved.region).cells
    for ((a, b), column) in zip(zip(plain, again), recipe.columns) {
      guard let a = a.value, let b = b.value else { continue }
      expectClose(b, a, relative: 1e-6, absolute: 1e-6, column.column)
    }
  }

  /// Region, clip and scale of the image go with it: noise of level 0 gives the values of the recipe itself.
  @Test(arguments: [
    "method: z_score, clip: 1", "method: z_score, within: region",
    "method: percentile_range, percentiles: [20, 60], clip: 1",
  ])
  func whatBelongsToARegionMovesWithIt(_ scale: String) throws {
    let (scan, ball) = try Self.ramp()
    let recipe = try Recipe(
      yaml: """
        name: p
        preparation:
          normalise: { \(scale) }
          resample: { spacing: [1.3, 1.3, 1.3] }
          region: [{ ring: { inside: 0, outside: 4 } }]
        layers: [{ families: [intensity, morphology] }]
        """, file: "p.yaml")
    let half = RowSpans(size: scan.geometry.size) { $0 % scan.geometry.size.x < 29 }
    let map = recipe.preparation.normalisation(of: scan)
    func cells(_ clip: RowSpans?, isPerturbed: Bool) throws -> [Cell] {
      let region = ImagedRegion(scan, ball, clip: clip, map: map)
      guard isPerturbed else { return recipe.measurement(of: region).cells }
      var perturbation = Perturbation()
      perturbation.noise = 1
      let source = PerturbationSource(region, noiseLevel: 0, seed: 1, name: "")
      let moved = try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 1))
      return moved.recipe.measurement(of: moved.region).cells
    }
    let plain = try cells(half, isPerturbed: false), again = try cells(half, isPerturbed: true)
    let free = try cells(nil, isPerturbed: true)
    for ((a, b), column) in zip(zip(plain, again), recipe.columns) {
      let a = try #require(a.value), b = try #require(b.value)
      expectClose(b, a, relative: 1e-6, absolute: 1e-6, column.column)
    }
    #expect(try #require(free[0].value) != #require(again[0].value))
  }

  @Test func volumeIsMet() throws {
    let (scan, ball) = try Self.ramp(), recipe = try recipe()
    let source = PerturbationSource(ImagedRegion(scan, ball), noiseLevel: 0, seed: 1, name: "")
    var none = Perturbation()
    none.contour = nil
    let count = try source.perturbed(none, recipe, lanes: Lanes(jobs: 1)).region.mask.count
    for part in [-0.3, -0.01, 0.05, 0.5] {
      var perturbation = Perturbation()
      perturbation.volume = part
      let mask = try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 1)).region.mask
      #expect(mask.count == Int((Double(count) * (1 + part)).rounded()))
    }
  }

  @Test func noiseIsOfTheLevelAndFixedBySeedAndName() throws {
    let (scan, ball) = try Self.ramp()
    let recipe = try Recipe(yaml: "name: p\nlayers: [{families: [intensity]}]\n", file: "p.yaml")
    func values(_ draw: Int, seed: Int = 1, name: String = "a") throws -> [Double] {
      var perturbation = Perturbation()
      perturbation.noise = draw
      let source = PerturbationSource(ImagedRegion(scan, ball), noiseLevel: 4, seed: seed, name: name)
      let made = try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 2))
      return made.region.mask.values(of: made.region.scan.volume(in: made.region.scan.geometry.box).voxels)
    }
    let first = try values(1), clean = ball.values(of: scan.volume(in: scan.geometry.box).voxels)
    let differences = zip(first, clean).map { $0 - $1 }, count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let deviation = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    #expect(abs(mean) < 3 * 4 / count.squareRoot() && abs(deviation - 4) < 3 * 4 / (2 * count).squareRoot())
    #expect(try values(1) == first)
    for other in [try values(2), try values(1, seed: 2), try values(1, name: "b")] { #expect(other != first) }
  }

  @Test func noiseLevelIsFound() throws {
    let geometry = try Geometry(size: [64, 64, 6])
    var generator = SeededGenerator(seed: 9)
    let voxels = (0..<geometry.count).map { index -> Double in
      let p = Self.place(index, geometry.size)
      return 100 * (p.x / 20).rounded() + 3 * p.y + 12 * generator.normal()
    }
    let level = try #require(Scan(geometry: geometry, samples: .double(voxels)).noiseLevel())
    // Steps along one axis leave no detail. The median of n normal details, of which a quarter is independent, has a variance
    // of 1.361 σ²/n as an estimate of σ; three standard errors.
    #expect(abs(level / 12 - 1) < 3 * (1.361 / Double(geometry.count / 4)).squareRoot(), "\(level)")
    let flat = Scan(geometry: geometry, samples: .double([Double](repeating: 3, count: geometry.count)))
    #expect(flat.noiseLevel() == 0)
    #expect(
      Scan(geometry: try Geometry(size: [5, 64, 2]), samples: .uint8([UInt8](repeating: 0, count: 640))).noiseLevel()
        == nil)
  }

  @Test func supervoxelsAreConnectedAndFollowEdges() throws {
    let geometry = try Geometry(size: [30, 30, 20])
    let image = Volume(geometry: geometry, voxels: (0..<geometry.count).map { $0 % 30 < 14 ? 0.0 : 1 })
    let pieces = Supervoxels(of: image, volume: 250)
    #expect(Set(pieces.labels).count == pieces.count && pieces.count > 40 && pieces.count < 400)
    var sides = [Set<Int>](repeating: [], count: pieces.count)
    for (index, label) in pieces.labels.enumerated() { sides[Int(label)].insert(index % 30 < 14 ? 0 : 1) }
    #expect(sides.allSatisfy { $0.count == 1 })
  }

  /// On a noisy image draws of the contour differ, overlap well and are fixed by the seed.
  @Test func contoursAreDrawnAnew() throws {
    let (scan, ball) = try Self.ramp(), recipe = try recipe()
    var generator = SeededGenerator(seed: 4)
    let noisy = Scan(
      geometry: scan.geometry,
      samples: .double(scan.volume(in: scan.geometry.box).voxels.map { $0 + 60 * generator.normal() }))
    let source = PerturbationSource(ImagedRegion(noisy, ball), noiseLevel: 0, seed: 1, name: "")
    func drawn(_ number: Int) throws -> RowSpans {
      var perturbation = Perturbation()
      perturbation.contour = number
      return try source.perturbed(perturbation, recipe, lanes: Lanes(jobs: 1)).region.mask
    }
    let masks = try (1...6).map(drawn)
    #expect(Set(masks).count > 1)
    #expect(try drawn(3) == masks[2])
    for mask in masks { #expect(Overlap(masks[0], mask).dice.value! > 0.5) }
  }

  @Test func plansAreExpanded() throws {
    let listed = try PerturbationPlan(
      yaml: "design: listed\nrotation: [-4, 4]\ntranslation: [0.5]\nnoise: 2\nspacing: [[1, 1, 1], [2, 2, 2]]\n",
      file: "plan.yaml")
    #expect(listed.perturbations.count == 1 + 2 + 7 + 2 + 2)
    #expect(listed.perturbations[0].name == "none" && listed.perturbations[1].name == "rot-4")
    let factorial = try PerturbationPlan(yaml: "rotation: [-4, 4]\nnoise: 2\nvolume: 0.1\n", file: "plan.yaml")
    #expect(factorial.perturbations.count == 3 * 3 * 2)
    #expect(Set(factorial.perturbations.map(\.name)).count == 18)
    #expect(factorial.perturbations.last?.name == "rot+4_noise2_vol+0.1")
    for yaml in ["{}", "rotation: [0]", "rotaton: [1]", "volume: [-2]", "filter: {sigma: 1}", "noise: -1"] {
      #expect(throws: SettingError.self) { try PerturbationPlan(yaml: yaml, file: "plan.yaml") }
    }
  }

  @Test func proceduresAreChanged() throws {
    let yaml = """
      name: p
      preparation: { resample: { spacing: [1, 1, 1] } }
      layers:
        - discretisation: { fixed_bin_number: 32 }
          families: [intensity, { glcm: { aggregation: 3D:mrg } }]
        - filter: { laplacian_of_gaussian: { sigma: 2 } }
          families: [intensity]
      """
    let recipe = try Recipe(yaml: yaml, file: "p.yaml")
    func changed(_ key: String, _ value: Setting.Value) throws -> Recipe { try recipe.changed(by: [.init(key, value)]) }
    let spaced = try changed("spacing", .list([.integer(2), .integer(2), .integer(2)]))
    #expect(spaced.preparation.resample?.spacing == [2, 2, 2] && spaced.columns.count == recipe.columns.count)
    #expect(try changed("interpolation", .text("cubic_spline")).preparation.resample?.interpolation == .cubicSpline)
    let finer = try changed("discretisation", .map([.init("fixed_bin_number", .integer(64))]))
    #expect(finer.columns.map(\.fingerprint) != recipe.columns.map(\.fingerprint))
    #expect(finer.columns[0].fingerprint == recipe.columns[0].fingerprint)
    let wider = try changed("filter.sigma", .integer(3))
    #expect(wider.columns.last?.fingerprint != recipe.columns.last?.fingerprint)
    #expect(wider.columns[0].fingerprint == recipe.columns[0].fingerprint)
    #expect(throws: SettingError.self) { try changed("filter.sigmas", .integer(3)) }
    #expect(throws: SettingError.self) { try changed("spacing", .integer(3)) }
  }
}
