import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Settings that PyRadiomics needs and IBSI does not know, against reckoning by hand.
@Suite struct PyRadiomicsConventionsTests {
  /// 2 × 2 pixels of 1 mm: an octagon. One pixel of 2 × 1 mm: a rhombus of half its area.
  @Test func planarMorphology() throws {
    let square = IntensityRegions.region([1, 1, 1, 1], size: [2, 2, 1]) { _ in true }
    let cells = try IntensityRegions.cells(PlanarMorphology(), square)
    expectClose(cells["morph_2d_area_mesh"]!.value!, 3.5, relative: 1e-15)
    expectClose(cells["morph_2d_perimeter"]!.value!, 4 + 4 * 0.5.squareRoot(), relative: 1e-15)
    expectClose(cells["morph_2d_diam"]!.value!, 5.0.squareRoot(), relative: 1e-15)
    #expect(cells["morph_2d_area_approx"]!.value == 4 && cells["morph_2d_elongation"]!.value == 1)
    expectClose(cells["morph_2d_maj_axis"]!.value!, 2, relative: 1e-15)
    let pixel = IntensityRegions.region([1, 1, 1], size: [3, 1, 1], spacing: [2, 1, 5]) { $0 == 1 }
    let one = try IntensityRegions.cells(PlanarMorphology(), pixel)
    #expect(one["morph_2d_area_mesh"]!.value == 1 && one["morph_2d_diam"]!.value == 2)
    expectClose(one["morph_2d_perimeter"]!.value!, 4 * 1.25.squareRoot(), relative: 1e-15)
    #expect(one["morph_2d_elongation"]!.value == nil)
    let slab = IntensityRegions.region([1, 1], size: [1, 1, 2]) { _ in true }
    #expect(try IntensityRegions.cells(PlanarMorphology(), slab)["morph_2d_diam"]!.reason!.text.contains("2 slices"))
  }

  /// Pixels that touch at a corner are parted.
  @Test func diagonalPixelsAreParted() throws {
    let pair = IntensityRegions.region([1, 0, 0, 1], size: [2, 2, 1]) { $0 == 0 || $0 == 3 }
    let cells = try IntensityRegions.cells(PlanarMorphology(), pair)
    expectClose(cells["morph_2d_area_mesh"]!.value!, 1, relative: 1e-15)
    expectClose(cells["morph_2d_perimeter"]!.value!, 8 * 0.5.squareRoot(), relative: 1e-15)
  }

  /// Half of (2 d + 1)³ − (2 d − 1)³ steps of distance d.
  @Test func shells() {
    #expect(DirectionSet(shells: [1]).steps.count == 13 && DirectionSet(shells: [1]).planarCount == 4)
    #expect(DirectionSet(shells: [2]).steps.count == 49 && DirectionSet(shells: [2]).planarCount == 8)
    #expect(DirectionSet(shells: [1, 3]).steps.count == 13 + 109)
    // No step farther than the box reaches, in the same order.
    for size in [SIMD3(4, 3, 2), SIMD3(1, 9, 1)] {
      let fitting = DirectionSet(shells: [1, 3]).steps.filter { step in (0..<3).allSatisfy { abs(step[$0]) < size[$0] }
      }
      #expect(DirectionSet(shells: [1, 3], within: size).steps == fitting)
      #expect(DirectionSet(shells: [3000], within: size).steps.isEmpty)
    }
  }

  /// 64 · k edges between 0 and 77 in 7 bins: as NumPy 1.26's `histogram` and `digitize`.
  @Test func numpyBins() throws {
    let bins = Discretisation.fixedBinNumber(count: 7, edges: .numpy)
    let intensities = Intensities([0, 10, 11, 21.999, 22, 33, 76, 77])
    let levels = try bins.levels(of: intensities, range: nil).get()
    #expect((0..<8).map { levels.levels[$0] } == [1, 1, 2, 2, 3, 4, 7, 7])
    // linspace(0.1, 0.7, 4)[2] is 0.49999999999999994: a half lies in the last of three bins.
    let thirds = try Discretisation.fixedBinNumber(count: 3, edges: .numpy)
      .levels(of: Intensities([0.1, 0.5, 0.7]), range: nil).get()
    #expect(thirds.levels[1] == 3)
    // One intensity lies in the middle of a range of 1 around it.
    let flat = try Discretisation.fixedBinNumber(count: 64, edges: .numpy).levels(of: Intensities([5, 5]), range: nil)
      .get()
    #expect(flat.levels[0] == 33 && flat.count == 33)
  }

  /// Two voxels of one level: correlation 1 and information correlation 0, not undefined.
  @Test func oneLevel() throws {
    var glcm = Cooccurrence()
    glcm.discretisation = .fixedBinNumber(count: 2)
    let region = IntensityRegions.row([5, 5])
    #expect(glcm.cell("cm_corr", region)?.value == nil)
    glcm.variant = .pyradiomics
    #expect(glcm.cell("cm_corr", region)?.value == 1 && glcm.cell("cm_info_corr1", region)?.value == 0)
    var correlation = MaximalCorrelation()
    correlation.pairs = glcm
    #expect(correlation.cell("cm_mcc", region)?.value == 1)
  }

  /// A voxel without neighbours counts in n(i): coarseness of `1 2 . 3` is 1 / (1/3 · 1 + 1/3 · 1).
  @Test func lonelyVoxels() throws {
    var ngtdm = NeighbourhoodToneDifference()
    ngtdm.discretisation = Discretisation.none
    let region = IntensityRegions.region([1, 2, 9, 3], size: [4, 1, 1]) { $0 != 2 }
    #expect(ngtdm.cell("ngt_coarseness", region)?.value == 1)
    ngtdm.variant = .pyradiomics
    expectClose(ngtdm.cell("ngt_coarseness", region)!.value!, 1.5, relative: 1e-15)
  }

  /// A row has no two voxels on a line but along itself: of 13 directions 12 are left out, and its one run of 3 stays.
  @Test func directionsWithoutTwoVoxels() throws {
    var runs = RunLength()
    runs.aggregation = [.averaged3D]
    runs.discretisation = Discretisation.none
    let region = IntensityRegions.row([1, 1, 1])
    expectClose(runs.cell("rlm_r_perc", region)!.value!, (1.0 / 3 + 12) / 13, relative: 1e-15)
    runs.variant = .pyradiomics
    expectClose(runs.cell("rlm_r_perc", region)!.value!, 1.0 / 3, relative: 1e-15)
    // Two voxels with one outside between them are on a line.
    let gap = IntensityRegions.region([1, 2, 1], size: [3, 1, 1]) { $0 != 1 }
    #expect(runs.cell("rlm_r_perc", gap)?.value == 1)
  }

  /// Slices across y of an image are slices across z of the image with these axes exchanged; a filter follows.
  @Test(arguments: ["none", "{separable_wavelet: {wavelet: haar, dimension: 2D, decomposition: LH}}"])
  func slicesAcrossAnotherAxis(_ filter: String) throws {
    let (image, mask) = try Phantoms.random()
    let spans = RowSpans(size: mask.geometry.size, mask: mask.voxels)
    func recipe(_ slices: String) throws -> Recipe {
      try Recipe(
        yaml: """
          layers:
            - slices: \(slices)
              filter: \(filter)
              discretisation: {fixed_bin_number: 4}
              families: [{glcm: {aggregation: [2D:avg, 2.5D:mrg]}}, {glszm: {aggregation: 2D}}, {glrlm: {aggregation: 2D:mrg}}]
          """, file: "r.yaml")
    }
    for (axis, order) in [("y", SIMD3(0, 2, 1)), ("x", SIMD3(1, 2, 0))] {
      let flips = [false, false, false]
      let turned = mask.reordered(axes: order, flips: flips)
      let expected = try recipe("z").measurement(
        of: ImagedRegion(
          scan(image.reordered(axes: order, flips: flips)), RowSpans(size: turned.geometry.size, mask: turned.voxels))
      ).cells
      #expect(try recipe(axis).measurement(of: ImagedRegion(scan(image), spans)).cells == expected)
      #expect(try recipe("z").measurement(of: ImagedRegion(scan(image), spans)).cells != expected)
    }
  }

  /// Every decomposition of a wavelet is measured under its own name.
  @Test(arguments: ["ibsi", "pyradiomics"]) func decompositionsKeepTheirNames(_ variant: String) throws {
    let (image, mask) = try Phantoms.random(side: 12)
    let spans = RowSpans(size: mask.geometry.size, mask: mask.voxels)
    func mean(_ decomposition: String) throws -> [String: Cell] {
      let recipe = try Recipe(
        yaml: """
          layers:
            - name: w
              filter: {separable_wavelet: {wavelet: db2, decomposition: \(decomposition), variant: \(variant)}}
              families: [intensity]
          """, file: "r.yaml")
      return Dictionary(
        uniqueKeysWithValues: zip(
          recipe.columns.map(\.column), recipe.measurement(of: ImagedRegion(scan(image), spans)).cells))
    }
    let all = try mean("all")
    for letters in ["LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"] {
      #expect(try mean(letters)["w.stat_mean"] == all["w_\(letters).stat_mean"], "\(letters)")
    }
  }

  /// A crop changes what a filter sees, and nothing else.
  @Test func cropping() throws {
    let (image, mask) = try Phantoms.random(side: 12, border: 4)
    let spans = RowSpans(size: mask.geometry.size, mask: mask.voxels)
    func cells(_ preparation: String, _ image: Volume<Double>, _ spans: RowSpans) throws -> [Cell] {
      try Recipe(
        yaml: "preparation: \(preparation)\nlayers: [{families: [intensity]}, {filter: square, families: [intensity]}]",
        file: "r.yaml"
      ).measurement(of: ImagedRegion(scan(image), spans)).cells
    }
    let box = spans.boundingBox!.grown(by: [1, 1, 1])
    let cropped = try cells("{}", image.cropped(to: box), spans.cropped(to: box))
    #expect(try cells("{crop: 1}", image, spans) == cropped)
    #expect(
      try cells("{crop: 1, resample: {spacing: [2, 2, 2], align: corner, keep_within: 0.01}}", image, spans) == cropped)
  }

  /// Parts of the greatest, deviations to one side, and what shape is measured on.
  @Test func resegmentation() throws {
    let region = (0..<8).map(Double.init), geometry = try Geometry(size: [8, 1, 1])
    func volumes(_ rule: String) throws -> (voxels: Double, mean: Double) {
      let recipe = try Recipe(
        yaml:
          "preparation: {resegment: \(rule)}\nlayers: [{families: [{morphology: {autocorrelation: none}}, intensity]}]",
        file: "r.yaml")
      let cells = recipe.measurement(
        of: ImagedRegion(scan(Volume(geometry: geometry, voxels: region)), RowSpans(all: geometry.size))
      ).cells
      let tags = recipe.columns.map(\.feature.tag)
      func value(_ tag: String) -> Double { cells[tags.firstIndex(of: tag)!].value! }
      return (value("morph_vol_approx"), value("stat_mean"))
    }
    #expect(try volumes("{relative: [0.5, .inf]}") == (8, 5.5))
    #expect(try volumes("{relative: [0.5, .inf], shape: resegmented}") == (4, 5.5))
    #expect(try volumes("{range: [2, 5], shape: cropped}") == (4, 3.5))
    #expect(try volumes("{sigma: [0, .inf]}").mean == 5.5)
    #expect(try volumes("{sigma: 1}") == (8, 3.5))
  }

  @Test func regionsOfTooFewDimensions() throws {
    let geometry = try Geometry(size: [4, 4, 1]),
      image = scan(Volume(geometry: geometry, voxels: Array(repeating: 1, count: 16)))
    let recipe = try Recipe(
      yaml: "preparation: {minimum_dimensions: 2}\nlayers: [{families: [intensity]}]", file: "r.yaml")
    #expect(recipe.measurement(of: ImagedRegion(image, RowSpans(all: geometry.size))).cells[0].value == 1)
    let row = recipe.measurement(of: ImagedRegion(image, RowSpans(size: geometry.size) { $0 < 4 })).cells[0]
    #expect(row.reason?.text.contains("along 1 axes, minimum_dimensions asks for 2") == true)
  }
}

private func scan(_ volume: Volume<Double>) -> Scan {
  Scan(geometry: volume.geometry, samples: .double(volume.voxels))
}

extension FeatureFamily {
  /// The first cell of a feature.
  fileprivate func cell(_ tag: String, _ region: Region) -> Cell? {
    guard let index = measured.firstIndex(where: { $0.tag == tag }) else { return nil }
    guard Self.takesLevels, let discretisation,
      let levels = try? discretisation.levels(of: region.intensities, range: nil).get()
    else { return cells(of: region, nil, Resources())[index] }
    return cells(of: region, GreyLevels(levels, of: region), Resources())[index]
  }
}
