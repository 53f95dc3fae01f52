import RadiomicsCore
import RadiomicsFeatures
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct RecipeTests {
  static let presets = Preset.all.map(\.name)

  private func recipe(_ yaml: String) throws(SettingError) -> Recipe { try Recipe(yaml: yaml, file: "r.yaml") }

  @Test(arguments: presets)
  func presetsReadBack(_ name: String) throws {
    let preset = try Recipe(preset: name)
    #expect(preset.name == name && !preset.description.isEmpty)
    let again = try recipe(preset.yaml)
    #expect(again.fingerprint == preset.fingerprint)
    #expect(again.yaml == preset.yaml)
    #expect(again.columns == preset.columns)
  }

  /// As five teams of the multi-modality study submitted it, and as IBSI 1 has volume histograms of intensities without unit.
  @Test func presetsOfTheMultiModalityStudy() throws {
    for name in ["ibsi2-ct", "ibsi2-mr", "ibsi2-pet"] {
      let layer = try #require(Recipe(preset: name).layers.first { $0.name == "coif3_hhh_2" })
      #expect((layer.filter as? SeparableWavelet)?.pooling == .max)
    }
    let histogram = try #require(
      Recipe(preset: "ibsi-mr").layers[0].families.compactMap { $0 as? IntensityVolumeHistogram }.first)
    #expect(histogram.discretisation == .fixedBinSize(width: 1, firstEdge: .rangeLowerBound))
  }

  /// Reading, writing and the manual follow from one declaration: what has every key is read back as it is written, with the
  /// manual's keys in the manual's order.
  @Test func declaredOnce() throws {
    let text = """
      name: all
      description: every key
      intensity_unit: HU
      preparation: { minimum_voxels: 3 }
      layers: [{name: a, filter: square, slices: y, families: [intensity]}]
      names: pyradiomics
      columns: [a_firstorder_Mean]
      diagnostics: { Versions: one }
      also: [{layers: [{families: [morphology]}]}]
      """
    let recipe = try Recipe(yaml: text, file: "r.yaml")
    guard case .map(let written) = recipe.settingValue,
      case .list(let layers)? = written.first(where: { $0.key == "layers" })?.value,
      case .map(let layer) = layers[0]
    else { Issue.record("a recipe is a map"); return }
    #expect(written.map(\.key) == RecipeDeclaration.settingsManual.map(\.key))
    #expect(layer.map(\.key) + ["discretisation"] == ["name", "filter", "slices", "families", "discretisation"])
    #expect(Set(LayerDeclaration.settingsManual.map(\.key)) == Set(layer.map(\.key) + ["discretisation"]))
    #expect(try Recipe(yaml: recipe.yaml, file: "r.yaml").settingValue == recipe.settingValue)
    #expect(throws: SettingError.self) { try Recipe(yaml: "layers: [{families: [intensity], nme: x}]", file: "r.yaml") }
  }

  /// The work that speed is compared by: every tag of IBSI 1's digital phantom in 3-D but two, each once.
  @Test func benchmarkIsAllOfIBSI1ButTwo() throws {
    let columns = try Recipe(preset: "benchmark").columns
    let all = try Recipe(preset: "ibsi-digital").columns.map(\.feature.tag)
    #expect(Set(all).subtracting(columns.map(\.feature.tag)) == ["morph_moran_i", "morph_geary_c"])
    #expect(columns.count == 172 && Set(columns.map(\.feature.tag)).count == 172)
    #expect(Set(columns.compactMap(\.aggregation)) == ["3D:mrg", "3D"])
  }

  @Test(arguments: [
    ("layers: [{families: [glcm]}]\n", "r.yaml:1:22: 'glcm' needs 'discretisation'"),
    ("layers:\n  - families:\n      - glmc: {}\n", "r.yaml:3:9: there is no family 'glmc'"),
    ("layers:\n  - families: [glmc]\n", "Did you mean 'glcm'?"),
    ("nme: x\nlayers: [{families: [morphology]}]\n", "r.yaml:1:1: 'recipe' has no setting 'nme'"),
    ("layers: []\n", "r.yaml:1:9: 'layers' is missing or empty"), ("name: x\n", "'recipe' needs 'layers'"),
    ("- a\n", "'recipe' has a list"), ("format: 2\nlayers: [{families: [morphology]}]\n", "reads format 1"),
    ("preparation: {resample: {spacing: [1, 1]}}\nlayers: [{families: [morphology]}]\n", "three numbers"),
    ("preparation: {resample: {spacing: [1, 1, -1]}}\nlayers: [{families: [morphology]}]\n", "of at least 0"),
    ("preparation: {resample: {}}\nlayers: [{families: [morphology]}]\n", "'resample' needs 'spacing'"),
    (
      "preparation:\n  resample: {spacing: [1, 1, 1], interpolation: cubic}\nlayers: [{families: [morphology]}]\n",
      "r.yaml:2:49: 'cubic' is unknown"
    ),
    ("preparation: {resegment: {range: [5, 1]}}\nlayers: [{families: [morphology]}]\n", "lower bound first"),
    ("preparation: {resegment: {}}\nlayers: [{families: [morphology]}]\n", "neither 'range' nor 'sigma'"),
    ("preparation: {region: [{dilate: -1}]}\nlayers: [{families: [morphology]}]\n", "above 0 and at most 1000"),
    ("preparation: {region: [fillholes]}\nlayers: [{families: [morphology]}]\n", "Did you mean 'fill_holes'?"),
    (
      "preparation: {normalise: {method: z_score, range: [0, 1]}}\nlayers: [{families: [morphology]}]\n",
      "does not go with"
    ),
    ("preparation: {normalise: {method: }}\nlayers: [{families: [morphology]}]\n", "must be one of z_score"),
    ("preparation: {normalise: {within: region}}\nlayers: [{families: [morphology]}]\n", "'normalise' needs 'method'"),
    (
      "preparation: {resample: {spacing: [1e300, 1, 1]}}\nlayers: [{families: [morphology]}]\n", "from 0.001 to 1000 mm"
    ),
    ("preparation: {region: [dilate]}\nlayers: [{families: [morphology]}]\n", "'dilate' has no distance"),
    ("imageType: {Original: {}}\n", "PyRadiomics' parameter files"),
    (
      "preparation: {round: hounsfield, normalise: {method: z_score}}\nlayers: [{families: [morphology]}]\n",
      "must do one"
    ),
    ("preparation: {minimum_voxels: 0}\nlayers: [{families: [morphology]}]\n", "of at least 1"),
    ("layers: [{filter: wavelet, families: [morphology]}]\n", "there is no filter 'wavelet'"),
    (
      "layers: [{filter: {mean: {support: 3}}, families: [{glcm: {discretisation: {fixed_bin_size: 25}}}]}]\n",
      "the re-segmentation range is of the image's intensities"
    ),
    ("layers: [{families: [morphology, morphology]}]\n", "two columns are called 'morph_volume'"),
    ("layers: [{families: [{glcm: {discretisation: {fixed_bin_size: 25}}}]}]\n", "nothing says where bin 1 starts"),
    ("layers: [{families: [{glcm: {aggregation: 3D, discretisation: none}}]}]\n", "must be one of"),
    ("layers: [{name: a.b, families: [morphology]}]\n", "letters, digits, _ and -"),
    ("intensity_unit: 3\nlayers: [{families: [morphology]}]\n", "must be text"),
  ])
  func wrongRecipesSaySo(_ yaml: String, _ words: String) {
    let error = #expect(throws: SettingError.self) { try self.recipe(yaml) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "nothing")")
  }

  /// Any text is a recipe, or refused with a sentence; 200 mutations of each preset, more with RADIOMICS_FUZZ.
  @Test func survivesAnyChange() {
    var random = SeededGenerator(seed: 11)
    var readCount = 0, refusedCount = 0
    for preset in Preset.all {
      for _ in 0..<fuzzRounds(200) {
        let text = String(decoding: mutated(Array(preset.yaml.utf8), &random), as: UTF8.self)
        do throws(SettingError) {
          let recipe = try recipe(text)
          readCount += recipe.columns.isEmpty ? 0 : 1
        } catch {
          #expect(!error.message.isEmpty)
          refusedCount += 1
        }
      }
    }
    #expect(readCount > 100 && refusedCount > 500)
  }

  @Test func columnNames() throws {
    let columns = try recipe(
      """
      intensity_unit: HU
      preparation: {resegment: {range: [-1000, 400]}}
      layers:
        - families: [intensity, {glcm: {aggregation: [3D:mrg, 2.5D:avg], discretisation: {fixed_bin_size: 2.5}}}]
        - name: coarse
          families: [{glszm: {discretisation: {fixed_bin_size: {width: 25, first_edge: -1000}}}}]
      """
    ).columns
    let names = columns.map(\.column)
    #expect(names.contains("stat_mean") && names.contains("cm_joint_entr.3D_mrg.fbs2p5"))
    #expect(names.contains("cm_joint_entr.2p5D_avg.fbs2p5") && names.contains("coarse.szm_sze.3D.fbs25_m1000"))
    #expect(columns.first { $0.column == "stat_var" }?.unit == "HU2")
    #expect(names.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0)) } })
  }

  /// A published fingerprint stays: a change here makes the numbers of earlier tables look like others.
  @Test func fingerprintsStay() throws {
    #expect(
      try Recipe(preset: "ibsi-ct").fingerprint == "5755b5351d0307858f8d5248791fd6ea7bd7e259aa19de89cf1a4bb186efead1")
  }

  private func fingerprint(_ preparation: String, _ family: String, head: String = "") throws -> String {
    try recipe("\(head)\npreparation: {\(preparation)}\nlayers: [{families: [{glcm: {\(family)}}]}]").fingerprint
  }

  /// Names, comments and the order of keys do not enter a fingerprint; everything that changes a number does.
  @Test func fingerprints() throws {
    let plain = try fingerprint("resample: {spacing: [1, 1, 1], align: origin}", "discretisation: none")
    #expect(
      try plain
        == fingerprint(
          "resample: {align: origin, spacing: [1.0, 1, 1]}", "discretisation: none",
          head: "# a comment\nname: other\ndescription: x\nintensity_unit: HU"))
    #expect(
      try plain == fingerprint("resample: {spacing: [1, 1, 1], align: origin}", "distance: 1, discretisation: none"))
    let others = [
      try fingerprint("resample: {spacing: [1, 1, 1]}", "discretisation: none"),
      try fingerprint("resample: {spacing: [1, 1, 2], align: origin}", "discretisation: none"),
      try fingerprint("resample: {spacing: [1, 1, 1], align: origin}", "discretisation: {fixed_bin_number: 8}"),
      try fingerprint("resample: {spacing: [1, 1, 1], align: origin}", "distance: 2, discretisation: none"),
      try fingerprint("resample: {spacing: [1, 1, 1], align: origin}", "aggregation: 3D:avg, discretisation: none"),
      try fingerprint("round: hounsfield, resample: {spacing: [1, 1, 1], align: origin}", "discretisation: none"),
    ]
    #expect(Set(others + [plain]).count == 7)
    func columns(_ settings: String) throws -> [Measurand] {
      try recipe("layers: [{families: [{morphology: \(settings)}]}]").columns
    }
    let all = try columns("{}")
    #expect(try columns("{autocorrelation: none}") == Array(all.dropLast(2)))
    #expect(try columns("{mesh: pyradiomics}")[0].fingerprint != all[0].fingerprint)
    #expect(plain.count == 64)
  }
}
