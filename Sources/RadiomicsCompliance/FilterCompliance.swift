import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension Compliance {
  /// The filters of IBSI 2, phase 1, by the identifiers of its tests, as a recipe writes them.
  static let filterTests: [(id: String, filter: String)] = [
    ("1.a.1", "mean: {support: 15, boundary: zero}"),
    ("1.a.2", "mean: {support: 15, boundary: nearest}"),
    ("1.a.3", "mean: {support: 15, boundary: periodic}"),
    ("1.a.4", "mean: {support: 15, boundary: mirror}"),
    ("1.b.1", "mean: {support: 15, boundary: zero, dimension: 2D}"),
    ("2.a", "laplacian_of_gaussian: {sigma: 3, boundary: zero}"),
    ("2.b", "laplacian_of_gaussian: {sigma: 5, boundary: mirror}"),
    ("2.c", "laplacian_of_gaussian: {sigma: 5, boundary: mirror, dimension: 2D}"),
    ("3.a.1", "laws: {kernels: E5L5S5, boundary: zero}"),
    ("3.a.2", "laws: {kernels: E5L5S5, boundary: zero, rotation_invariance: true, pooling: max}"),
    (
      "3.a.3",
      "laws: {kernels: E5L5S5, boundary: zero, rotation_invariance: true, pooling: max, energy_distance: 7}"
    ),
    ("3.b.1", "laws: {kernels: E3W5R5}"),
    ("3.b.2", "laws: {kernels: E3W5R5, rotation_invariance: true, pooling: max}"),
    ("3.b.3", "laws: {kernels: E3W5R5, rotation_invariance: true, pooling: max, energy_distance: 7}"),
    ("3.c.1", "laws: {kernels: L5S5}"),
    ("3.c.2", "laws: {kernels: L5S5, rotation_invariance: true, pooling: max}"),
    ("3.c.3", "laws: {kernels: L5S5, rotation_invariance: true, pooling: max, energy_distance: 7}"),
    ("4.a.1", "gabor: {sigma: 10, wavelength: 4, aspect_ratio: 0.5, angle: 60, boundary: zero}"),
    (
      "4.a.2",
      "gabor: {sigma: 10, wavelength: 4, aspect_ratio: 0.5, angle_step: 45, planes: orthogonal, boundary: zero}"
    ),
    ("4.b.1", "gabor: {sigma: 20, wavelength: 8, aspect_ratio: 2.5, angle: 225}"),
    ("4.b.2", "gabor: {sigma: 20, wavelength: 8, aspect_ratio: 2.5, angle_step: 22.5, planes: orthogonal}"),
    ("5.a.1", "separable_wavelet: {wavelet: db2, decomposition: LHL, boundary: zero}"),
    ("5.a.2", "separable_wavelet: {wavelet: db2, decomposition: LHL, boundary: zero, rotation_invariance: true}"),
    ("6.a.1", "separable_wavelet: {wavelet: coif1, decomposition: HHL, boundary: periodic}"),
    (
      "6.a.2",
      "separable_wavelet: {wavelet: coif1, decomposition: HHL, boundary: periodic, rotation_invariance: true}"
    ),
    ("7.a.1", "separable_wavelet: {wavelet: haar, decomposition: LLL, level: 2, rotation_invariance: true}"),
    ("7.a.2", "separable_wavelet: {wavelet: haar, decomposition: HHH, level: 2, rotation_invariance: true}"),
    ("8.a.1", "simoncelli: {level: 1}"),
    ("8.a.2", "simoncelli: {level: 2}"),
    ("8.a.3", "simoncelli: {level: 3}"),
    ("9.a", "riesz: {filter: {laplacian_of_gaussian: {sigma: 3, boundary: zero}}, order: [1, 0, 0]}"),
    ("9.b.1", "riesz: {filter: {laplacian_of_gaussian: {sigma: 3, boundary: zero}}, order: [0, 2, 0]}"),
    ("10.b.1", "riesz: {filter: {simoncelli: {level: 1, boundary: nearest}}, order: [0, 2, 0]}"),
  ]

  private static let mapTests = "reference/ibsi2_phase1_filter_tests.csv"
  private static let statistics = "reference/ibsi2_phase2_reference_values.csv"

  /// The response maps of IBSI 2, phase 1: the largest difference of a voxel, which must be at most a hundredth of the
  /// map's range. Tests for which the standard has no map are skipped.
  /// - Throws: `StudyError` or `FormatError` if the folder lacks a file.
  package static func filterMaps(in folder: String, _ resources: Resources = Resources()) throws -> ComplianceTable {
    let tests = try Table(path: Path.slashed(folder) + mapTests)
    var rows: [ComplianceTable.Row] = [], families: [String] = [], skipped = 0
    for index in tests.rows.indices {
      guard let map = try tests.text("reference_response_map", index).nonEmpty else {
        skipped += 1
        continue
      }
      let id = try tests.text("test_id", index), tolerance = try tests.number("tolerance_abs", index)
      guard let written = filterTests.first(where: { $0.id == id }) else {
        throw StudyError.at("\(Path.slashed(folder))\(mapTests)", "there is no test '\(id)' in IBSI 2.")
      }
      let filter = try Catalogue.standard.filter(yaml: written.filter, place: "test \(id)")
      let image = try scan(Path.slashed(folder) + tests.text("phantom_file", index))
      let reference = try scan(Path.slashed(folder) + map)
      var difference: Double?
      try image.filtered(by: filter, named: map, resources) { _, _, response in
        difference = largestDifference(response, reference.volume(in: reference.geometry.box))
      }
      rows.append(
        ComplianceTable.Row(
          tag: id, aggregation: "", reference: 0, tolerance: tolerance, measured: difference,
          reason: difference == nil ? "the map has another size" : nil, isRounded: false))
      families.append(try tests.text("filter", index))
    }
    return ComplianceTable(name: "ibsi2/phase1", rows: rows, families: families, skipped: skipped)
  }

  /// The statistics of IBSI 2, phase 2, on the CT phantom: 18 of each filter in two configurations.
  /// - Throws: `StudyError` or `FormatError` if the folder lacks a file.
  package static func filterStatistics(
    in folder: String, _ resources: Resources = Resources()
  ) throws -> ComplianceTable {
    let values = try Table(path: Path.slashed(folder) + statistics)
    let study = try Study(image: Path.slashed(folder) + ctFiles.image, mask: Path.slashed(folder) + ctFiles.mask)
    var cells: [String: (cell: Cell, filter: String)] = [:]
    for name in ["ibsi2-config-a", "ibsi2-config-b"] {
      let recipe = try Recipe(preset: name)
      for (measurand, cell) in zip(recipe.columns, try study.measure(recipe, resources).measurements[0].cells) {
        cells[measurand.column] = (cell, measurand.filter)
      }
    }
    var rows: [ComplianceTable.Row] = [], families: [String] = []
    for index in values.rows.indices where try values.text("value", index).nonEmpty != nil {
      let id = try values.text("filter_id", index), tag = try values.text("feature_tag", index)
      let found = cells["f\(id.split(separator: ".").joined()).\(tag)"]
      rows.append(
        ComplianceTable.Row(
          tag: "\(id) \(tag)", aggregation: "", reference: try values.number("value", index),
          tolerance: try values.number("tolerance", index), measured: found?.cell.value,
          reason: found.map { $0.cell.reason?.text ?? "" } ?? "not measured by the recipe"))
      families.append(found?.filter ?? "unknown")
    }
    return ComplianceTable(name: "ibsi2/phase2", rows: rows, families: families)
  }

  private static func scan(_ path: String) throws -> Scan {
    try ImageFormats.read(path: path, options: ReadingOptions()).volumes[0]
  }

  private static func largestDifference(_ response: Volume<Double>, _ reference: Volume<Double>) -> Double? {
    guard response.geometry.size == reference.geometry.size else { return nil }
    return zip(response.voxels, reference.voxels).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// A table of texts with named columns.
private struct Table {
  let path: String
  let rows: [[String]]
  private let columns: [String: Int]

  init(path: String) throws {
    let csv = try CSV(path: path)
    self.path = path
    rows = csv.rows
    columns = Dictionary(csv.header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func text(_ column: String, _ row: Int) throws -> String {
    guard let index = columns[column] else {
      throw StudyError.at(
        path, "there is no column '\(column)', must have \(columns.keys.sorted().joined(separator: ", ")).")
    }
    return rows[row][index]
  }

  func number(_ column: String, _ row: Int) throws -> Double {
    let text = try text(column, row)
    guard let number = Double(text) else { throw StudyError.at("\(path):\(row + 2)", "'\(text)' is not a number.") }
    return number
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
