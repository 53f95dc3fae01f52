import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsPyRadiomics

extension Compliance {
  /// A file that only a folder with PyRadiomics' baseline has.
  static let baselineMark = "baseline_glcm.csv"

  /// Whether a folder has PyRadiomics' baseline.
  package static func hasBaseline(_ folder: String) -> Bool { WholeFile.exists(Path.slashed(folder) + baselineMark) }

  /// PyRadiomics' own baseline: every value of every configuration of its two cases, to 1e-6, and to 1e-9 where it is 0
  /// but for rounding (entropies of one level are −3e-16 there).
  /// Columns without a value are skipped.
  /// - Throws: `StudyError` or `FormatError` if the folder lacks a file or a configuration is unknown.
  package static func pyRadiomics(in folder: String, _ resources: Resources = Resources()) throws -> ComplianceTable {
    let folder = Path.slashed(folder)
    var rows: [ComplianceTable.Row] = [], families: [String] = [], skipped = 0
    var studies: [String: Study] = [:], measured: [String: [String: Cell]] = [:]
    for featureClass in ["shape", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"] {
      let path = folder + "baseline_\(featureClass).csv", csv = try CSV(path: path)
      for (column, name) in csv.header.enumerated().dropFirst() {
        let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
        let study = try studies[parts[0]] ?? readBaseline(parts[0], in: folder)
        studies[parts[0]] = study
        if measured[name] == nil {
          let version = csv.rows.first { $0[0] == "diagnostics_Versions_PyRadiomics" }?[column] ?? ""
          let recipe = try baselineRecipe(parts.count > 1 ? parts[1] : "", madeBy: version, path)
          let cells = try study.measure(recipe, resources).measurements[0].cells
          measured[name] = Dictionary(uniqueKeysWithValues: zip(recipe.columns.map(\.column), cells))
        }
        for row in csv.rows where !row[0].hasPrefix("diagnostics_") {
          guard let reference = Double(row[column]) else {
            skipped += 1
            continue
          }
          let feature = row[0].split(separator: "_").last.map(String.init) ?? row[0]
          let cell = measured[name]?["original_\(featureClass)_\(feature)"]
          rows.append(
            ComplianceTable.Row(
              tag: "\(name) \(feature)", aggregation: "", reference: reference,
              tolerance: abs(reference) < 1e-15 ? 1e-9 : 1e-6 * abs(reference),
              measured: cell?.value,
              reason: cell == nil ? "is not known" : cell?.reason?.text, isRounded: false))
          families.append(featureClass)
        }
      }
    }
    return ComplianceTable(name: "pyradiomics/baseline", rows: rows, families: families, skipped: skipped)
  }

  private static func readBaseline(_ name: String, in folder: String) throws -> Study {
    try Study(image: "\(folder)\(name)_image.nrrd", mask: "\(folder)\(name)_label.nrrd")
  }

  /// The recipe of a configuration's parameters, with the mesh of the version that made it.
  private static func baselineRecipe(
    _ configuration: String, madeBy version: String, _ path: String
  ) throws -> Recipe {
    let settings =
      switch configuration {
      case "": "voxelArrayShift: 2000"
      case "2d": "force2D: true"
      case "FBN": "binCount: 64"
      case "combined": "weightingNorm: no_weighting"
      case "flatRegion": "binWidth: 5000, resegmentRange: [0]"
      case "normalization": "normalize: true, normalizeScale: 100, binWidth: 5"
      case "resampling": "resampledPixelSpacing: [2, 2, 2]"
      case "resegmentation": "resegmentRange: [-3, 3], resegmentMode: sigma"
      default: throw StudyError.at(path, "the configuration '\(configuration)' is not known.")
      }
    let shape = PyRadiomicsFeature.all.filter { $0.featureClass == "shape" }.map(\.name).joined(separator: ", ")
    let recipe = try PyRadiomicsParameters(
      yaml:
        "setting: { \(settings) }\nfeatureClass: { shape: [\(shape)], firstorder: , glcm: , gldm: , glrlm: , glszm: , ngtdm: }",
      file: "baseline"
    ).recipe(named: "baseline").recipe
    guard version.hasPrefix("2.0") else { return recipe }
    let layers = recipe.layers.map { layer in
      Recipe.Layer(
        name: layer.name, filter: layer.filter, slices: layer.slices,
        families: layer.families.map { family in
          guard var shape = family as? Morphology else { return family }
          shape.mesh = .pyradiomics2
          return shape
        })
    }
    return try Recipe(
      name: "baseline", preparation: recipe.preparation, layers: layers, names: .pyradiomics, columns: recipe.wanted)
  }
}
