import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// Proof that an installation measures what the standard says.
package enum Compliance {
  /// The digital phantom of IBSI 1, which comes with the software: 482 values.
  package static func digitalPhantom() throws -> ComplianceTable {
    let references = digitalReferenceValues.split(separator: "\n").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return ReferenceValue(
        tag: fields[0], aggregation: fields[1], value: Double(fields[2])!, tolerance: Double(fields[3])!)
    }
    let recipe = try Recipe(preset: "ibsi-digital")
    return ComplianceTable(
      name: "ibsi1/digital", references, recipe, recipe.measurement(of: PreparedRegion(DigitalPhantom.region)))
  }

  /// Files of a data folder for the CT phantom, from its root.
  static let ctFiles = (
    image: "data/ibsi_ct_radiomics_phantom/nifti/image/phantom.nii.gz",
    mask: "data/ibsi_ct_radiomics_phantom/nifti/mask/mask.nii.gz",
    values: "reference/ibsi1_reference_values.csv"
  )

  /// Configurations A to E of IBSI 1 on the CT phantom in `folder`: features and diagnostics, two tables each.
  /// - Throws: `StudyError` or `FormatError` if the folder lacks a file.
  package static func ctPhantom(in folder: String) throws -> [ComplianceTable] {
    let folder = Path.slashed(folder)
    return try ctPhantom(Study(image: folder + ctFiles.image, mask: folder + ctFiles.mask), in: folder)
  }

  /// The same on a study that was read otherwise.
  package static func ctPhantom(_ study: Study, in folder: String) throws -> [ComplianceTable] {
    let folder = Path.slashed(folder)
    let values = try CSV(path: folder + ctFiles.values)
    let columns = ["configuration", "family", "feature_tag", "aggregation", "value", "tolerance"]
    var fields: [String: Int] = [:]
    for name in columns {
      guard let index = values.header.firstIndex(of: name) else {
        throw StudyError.at(
          "\(folder)\(ctFiles.values)", "there is no column '\(name)', must have \(columns.joined(separator: ", ")).")
      }
      fields[name] = index
    }
    return try ["A", "B", "C", "D", "E"].flatMap { configuration in
      let recipe = try Recipe(preset: "ibsi-config-\(configuration.lowercased())")
      let measurement = try study.measure(recipe, wholeImage: true).measurements[0]
      let rows = values.rows.filter { $0[fields["configuration"]!] == configuration }
      let expected = ["A": 346, "B": 346, "C": 210, "D": 210, "E": 210][configuration]! + 60
      guard rows.count == expected else {
        throw StudyError.at(
          "\(folder)\(ctFiles.values)",
          "has \(rows.count) rows of configuration \(configuration), must have \(expected).")
      }
      func references(_ isWanted: (String) -> Bool) throws -> [ReferenceValue] {
        try rows.filter { isWanted($0[fields["family"]!]) }.map { row in
          guard let value = Double(row[fields["value"]!]), let tolerance = Double(row[fields["tolerance"]!]) else {
            throw StudyError.at("\(folder)\(ctFiles.values)", "'\(row[fields["value"]!])' is not a number.")
          }
          return ReferenceValue(
            tag: row[fields["feature_tag"]!], aggregation: row[fields["aggregation"]!], value: value,
            tolerance: tolerance)
        }
      }
      return [
        ComplianceTable(
          name: "ibsi1/\(configuration)", try references { $0 != "diagnostics" }, recipe, measurement),
        ComplianceTable(
          name: "ibsi1/\(configuration)-diagnostics", try references { $0 == "diagnostics" }, measurement.steps),
      ]
    }
  }
}

extension ComplianceTable {
  /// Compares the figures of the steps of preparation with the diagnostics of IBSI's compliance sheet.
  init(name: String, _ references: [ReferenceValue], _ steps: [PreparationStep]) {
    let figures = steps.reduce(into: [String: Double]()) { $0.merge($1.diagnostics) { _, new in new } }
    let rows = references.map {
      Row(
        tag: $0.tag, aggregation: $0.aggregation, reference: $0.value, tolerance: $0.tolerance,
        measured: figures[$0.tag], reason: figures[$0.tag] == nil ? "not recorded" : nil)
    }
    self.init(name: name, rows: rows, families: references.map { $0.tag.hasSuffix("_img") ? "image" : "region" })
  }
}

extension PreparationStep {
  /// Figures under the tags of IBSI's compliance sheet.
  fileprivate var diagnostics: [String: Double] {
    guard let stage = ["initial": "init", "interpolated": "interp", "resegmented": "reseg"][name] else { return [:] }
    var figures: [String: Double] = [:]
    func put(_ tag: String, _ vector: SIMD3<Double>, _ suffix: String) {
      for axis in 0..<3 { figures["\(tag)_\(["x", "y", "z"][axis])_\(stage)_\(suffix)"] = vector[axis] }
    }
    put("img_dim", SIMD3<Double>(geometry.size), "img")
    put("vox_dim", geometry.spacing, "img")
    figures["mean_int_\(stage)_img"] = image?.mean
    figures["min_int_\(stage)_img"] = image?.minimum
    figures["max_int_\(stage)_img"] = image?.maximum
    put("int_mask_dim", SIMD3<Double>(geometry.size), "roi")
    put("int_mask_bb_dim", SIMD3<Double>(intensity.box), "roi")
    put("morph_mask_bb_dim", SIMD3<Double>(morphological.box), "roi")
    figures["int_mask_vox_count_\(stage)_roi"] = Double(intensity.count)
    figures["morph_mask_vox_count_\(stage)_roi"] = Double(morphological.count)
    figures["int_mask_mean_int_\(stage)_roi"] = intensities?.mean
    figures["int_mask_min_int_\(stage)_roi"] = intensities?.minimum
    figures["int_mask_max_int_\(stage)_roi"] = intensities?.maximum
    return figures
  }
}
