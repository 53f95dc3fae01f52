import Foundation
import Radiomics
import RadiomicsFeatures
import RadiomicsNumerics
import RadiomicsPyRadiomics
import RadiomicsTestSupport
import Testing

@Suite struct PyRadiomicsRecipeTests {
  private func read(_ yaml: String) throws -> PyRadiomicsParameters {
    try PyRadiomicsParameters(yaml: yaml, file: "Params.yaml")
  }

  /// 14 + 18 + 24 + 14 + 16 + 16 + 5 features, in the order in which PyRadiomics' classes list the names of their methods.
  @Test func theDefaultHas107Columns() throws {
    let columns = try read("{}").recipe(named: "p").recipe.columns.map(\.column)
    #expect(columns.count == 107 && Set(columns).count == 107)
    let classes = columns.map { String($0.split(separator: "_")[1]) }
    #expect(
      classes.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        == ["shape", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"])
    for (_, names) in Dictionary(grouping: columns, by: { $0.split(separator: "_")[1] }) {
      #expect(names.map { $0 + "FeatureValue" } == names.map { $0 + "FeatureValue" }.sorted())
    }
  }

  @Test func imagesAreNamedAsThere() throws {
    let recipe = try read(
      """
      imageType: { LoG: { sigma: [1, 2.5] }, Wavelet: { level: 2 }, LBP3D: {}, LBP2D: {}, Square: {} }
      featureClass: { firstorder: [Mean] }
      """
    ).recipe(named: "p").recipe
    let images = recipe.columns.map { String($0.column.dropLast("_firstorder_Mean".count)) }
    let details = ["LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"]
    #expect(
      images == ["log-sigma-1-mm-3D", "log-sigma-2-5-mm-3D"] + details.map { "wavelet-\($0)" }
        + details.map { "wavelet2-\($0)" } + ["wavelet2-LLL", "lbp-3D-m1", "lbp-3D-m2", "lbp-3D-k", "lbp-2D", "square"])
    #expect(recipe.columns.allSatisfy { $0.dialect == "pyradiomics" })
  }

  @Test(arguments: [
    ("setting: {interpolator: sitkGaussian, resampledPixelSpacing: [1, 1, 1]}", "sitkGaussian", "Use sitkBSpline"),
    ("setting: {resegmentRange: [3, 3]}", "'resegmentRange' is [3.0, 3.0]", "two different numbers"),
    ("featureClass: {glcm: [Contrst]}", "the class 'glcm' has no feature 'Contrst'", "Did you mean 'Contrast'?"),
    ("featureClass: {glcm: [Homogeneity1]}", "ask for no feature", "Name classes"),
    ("setting: {force2D: true, force2Ddimension: 2}\nimageType: {LBP2D: {lbp2DMethod: ror}}", "mirrored", "'uniform'"),
  ])
  func whatHasNoEquivalentIsRefused(_ yaml: String, _ what: String, _ help: String) {
    let error = #expect(throws: SettingError.self) { try self.read(yaml).recipe(named: "p") }
    let text = error?.description ?? "nothing"
    #expect(text.contains(what) && text.contains(help), "\(text)")
  }

  @Test func notesHelp() throws {
    let notes = try read("imageType: {LBP2D: {}}\nfeatureClass: {glcm: [Homogeneity1, Contrast]}").recipe(named: "p")
      .findings
    #expect(notes.contains { $0.place == "LBP2D" && $0.message.contains("force2D: true") })
    #expect(notes.contains { $0.place == "glcm_Homogeneity1" && $0.message.contains("The same says Id") })
  }

  /// A recipe of parameters reads back from its file, and gives a parameter file that says the same.
  @Test(arguments: [
    "{}", "setting: {binCount: 16, normalize: true, normalizeScale: 100, removeOutliers: 3}",
    "imageType: {Original: {}, LoG: {sigma: [1.0, 3.0]}, Gradient: {gradientUseSpacing: false}}\n"
      + "featureClass: {shape: [Elongation], firstorder: [Mean]}\n"
      + "setting: {resampledPixelSpacing: [1, 1, 3], resegmentRange: [-3, 3], resegmentMode: sigma, voxelArrayShift: 7}",
  ])
  func goesThereAndBack(_ yaml: String) throws {
    let recipe = try read(yaml).recipe(named: "p").recipe
    let again = try Recipe(yaml: recipe.yaml, file: "again.yaml")
    #expect(again.columns == recipe.columns && again.fingerprint == recipe.fingerprint && again.yaml == recipe.yaml)
    let parameters = try read(recipe.pyRadiomicsParameters())
    #expect(try parameters.recipe(named: "p").recipe.columns == recipe.columns)
  }

  @Test func whatPyRadiomicsCannotSayIsNotExported() throws {
    #expect(throws: SettingError.self) { try Recipe(preset: "ibsi-ct").pyRadiomicsParameters() }
    // A list of distances has no line in the file that is made.
    let recipe = try read("setting: {distances: [2]}\nfeatureClass: {glcm: [Contrast]}").recipe(named: "p").recipe
    let error = #expect(throws: SettingError.self) { try recipe.pyRadiomicsParameters() }
    #expect(error?.description.contains("original_glcm_Contrast") == true)
  }

  @Test func everyChangeIsListed() throws {
    let (recipe, changes) = try read(
      """
      imageType: { Original: {}, LoG: { sigma: [2] }, Wavelet: {} }
      setting: { resampledPixelSpacing: [1, 1, 1], normalize: true, resegmentRange: [-3, 3], resegmentMode: sigma,
        weightingNorm: euclidean }
      """
    ).ibsiRecipe(named: "p")
    #expect(
      Set(changes.map(\.place)).isSuperset(
        of: [
          "binWidth", "resampledPixelSpacing", "padDistance", "normalize", "resegmentShape", "shape", "firstorder",
          "glcm",
          "weightingNorm", "LoG", "Wavelet",
        ]))
    #expect(recipe.columns.allSatisfy { $0.dialect == "ibsi" && $0.feature.ibsi != nil })
    #expect(!recipe.yaml.contains("variant: pyradiomics"))
    #expect(throws: SettingError.self) { try read("setting: {distances: [1, 2]}").ibsiRecipe(named: "p") }
  }

  /// Each IBSI column stands behind PyRadiomics' of the same feature, and holds what the imported recipe measures.
  @Test func bothDialectsSideBySide() throws {
    let parameters = try read("imageType: {Original: {}, Square: {}}\nsetting: {binWidth: 2}")
    let both = try parameters.bothRecipe(named: "p").recipe, ibsi = try parameters.ibsiRecipe(named: "p").recipe
    let names = both.columns.map(\.column)
    let kurtosis = try #require(names.firstIndex(of: "original_firstorder_Kurtosis"))
    #expect(names[kurtosis + 1] == "stat_kurt")
    let (image, mask) = try Phantoms.random()
    let scan = Scan(image), spans = RowSpans(size: mask.geometry.size, mask: mask.voxels)
    let cells = Dictionary(uniqueKeysWithValues: zip(names, both.measurement(of: ImagedRegion(scan, spans)).cells))
    let alone = Dictionary(
      uniqueKeysWithValues: zip(ibsi.columns.map(\.column), ibsi.measurement(of: ImagedRegion(scan, spans)).cells))
    for (name, cell) in cells where alone[name] != nil { #expect(cell == alone[name]) }
    let difference = cells["original_firstorder_Kurtosis"]!.value! - cells["stat_kurt"]!.value!
    expectClose(difference, 3, absolute: 1e-12)
    #expect(try Recipe(yaml: both.yaml, file: "b.yaml").columns == both.columns)
  }

  /// Any text is a parameter file, or refused with a sentence.
  @Test func survivesAnyChange() throws {
    var random = SeededGenerator(seed: 12)
    var readCount = 0, refusedCount = 0
    let folder = ReferenceData.project.appendingPathComponent("Tests/Data/pyradiomics/examples")
    for name in ["ct", "mr-2d", "voxel", "params"] {
      let bytes = try WholeFile.bytes(of: folder.path + "/\(name).yaml")
      for _ in 0..<fuzzRounds(200) {
        let text = String(decoding: mutated(bytes, &random), as: UTF8.self)
        do throws(SettingError) {
          let recipe = try PyRadiomicsParameters(yaml: text, file: "p.yaml").recipe(named: "p").recipe
          readCount += recipe.columns.isEmpty ? 0 : 1
        } catch {
          #expect(!error.message.isEmpty)
          refusedCount += 1
        }
      }
    }
    #expect(readCount > 10 && refusedCount > 200)
  }

  /// Each feature has its counterpart described.
  @Test func everyFeatureIsDescribed() {
    let features = Catalogue.standard.families.flatMap { $0.features }
    for feature in PyRadiomicsFeature.all {
      #expect(!feature.differences.isEmpty)
      guard let tag = feature.ibsiTag else { continue }
      #expect(
        features.contains { $0.tag == tag && ($0.ibsi != nil || feature.featureClass == "shape") }, "\(feature.name)")
    }
  }
}
