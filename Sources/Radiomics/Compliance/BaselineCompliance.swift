import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension Compliance {
  /// A file that only a folder with PyRadiomics' baseline has.
  static let baselineMark = "baseline_glcm.csv"

  /// Whether a folder has PyRadiomics' baseline.
  public static func hasBaseline(_ folder: String) -> Bool { WholeFile.exists(slashed(folder) + baselineMark) }

  /// PyRadiomics' own baseline: every value of every configuration of its two cases, to 1e-6, and to 1e-9 where it is 0
  /// but for rounding (entropies of one level are −3e-16 there).
  /// Columns without a value are skipped.
  /// - Throws: `StudyError` or `FormatError` if the folder lacks a file or a configuration is unknown.
  public static func pyRadiomics(in folder: String, _ resources: Resources = Resources()) throws -> ComplianceTable {
    let folder = slashed(folder)
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
          let cells = study.measure(recipe, resources).measurements[0].cells
          measured[name] = Dictionary(uniqueKeysWithValues: zip(recipe.columns.map(\.feature.tag), cells))
        }
        for row in csv.rows where !row[0].hasPrefix("diagnostics_") {
          guard let reference = Double(row[column]) else {
            skipped += 1
            continue
          }
          let feature = row[0].split(separator: "_").last.map(String.init) ?? row[0]
          let known = PyRadiomicsFeature.all.first { $0.featureClass == featureClass && $0.name == feature }
          let cell = known.flatMap { measured[name]?[$0.tag] }
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

  /// The settings of a configuration as a recipe, with the mesh of the version that made it.
  private static func baselineRecipe(
    _ configuration: String, madeBy version: String, _ path: String
  ) throws -> Recipe {
    let mesh = version.hasPrefix("2.0") ? SurfaceRule.pyradiomics2 : .pyradiomics
    var preparation = "{}", bins = "{ fixed_bin_size: { width: 25, first_edge: multiple } }"
    var directions = "3D:avg", zones = "3D", shift = 0
    switch configuration {
    case "": shift = 2000
    case "2d": (directions, zones) = ("2.5D:avg", "2.5D")
    case "FBN": bins = "{ fixed_bin_number: 64 }"
    case "combined": directions = "3D:mrg"
    case "flatRegion":
      preparation = "{ resegment: { range: [0, .inf] } }"
      bins = "{ fixed_bin_size: { width: 5000, first_edge: multiple } }"
    case "normalization":
      preparation = "{ normalise: { method: z_score, deviation: sample, scale: 100 } }"
      bins = "{ fixed_bin_size: { width: 5, first_edge: multiple } }"
    case "resampling":
      preparation =
        "{ round: stored, resample: { spacing: [2, 2, 2], interpolation: cubic_spline, mask_interpolation: nearest, "
        + "align: corner } }"
    case "resegmentation": preparation = "{ resegment: { sigma: 3 } }"
    default: throw StudyError("\(path): the configuration '\(configuration)' is not known.")
    }
    return try Recipe(
      yaml: """
        name: baseline
        preparation: \(preparation)
        layers:
          - discretisation: \(bins)
            families:
              - morphology: { mesh: \(mesh.rawValue), axis_normalisation: population, autocorrelation: none }
              - plane_diameters
              - intensity
              - intensity_pyradiomics: { shift: \(shift) }
              - intensity_histogram
              - glcm: { aggregation: "\(directions)", variant: pyradiomics }
              - maximal_correlation: { aggregation: "\(directions)", variant: pyradiomics }
              - glrlm: { aggregation: "\(directions)" }
              - glszm: { aggregation: "\(zones)" }
              - ngtdm: { aggregation: "\(zones)" }
              - ngldm: { aggregation: "\(zones)" }
        """, file: "baseline")
  }
}
