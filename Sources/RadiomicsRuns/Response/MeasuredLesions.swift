import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsReport

/// A cohort of lesions: a table of lesions whose rows name image and mask, measured: longest diameter and its perpendicular, volume, and the
/// thickness of slices.
package struct MeasuredLesions: Sendable {
  /// The table with `long`, `short`, `volume` and `slice` of every lesion that has a mask.
  package let table: Table
  /// Images and masks, with SHA-256.
  package let inputs: [ResultProvenance.Input]
  /// What was noticed.
  package let findings: [Finding]

  /// Columns that name what a lesion is measured on.
  package static let columns = ["image", "mask"]

  /// Whether lesions of a table are to be measured.
  package static func areMeasured(_ table: Table) -> Bool { columns.allSatisfy { table[$0] != nil } }

  /// The files that rows name, which are relative to the table.
  package static func files(of table: Table) -> [String] {
    (0..<table.count).flatMap { row in columns.compactMap { path($0, row, table) } }
  }

  /// - `ends`: Between what points diameters are measured.
  /// - `sources`: What else than files of voxels is read.
  /// - `seen`: Gets a picture of each lesion with its diameters, and its name, as soon as it is measured.
  /// - Throws: `FormatError` or `StudyError` with the place of what cannot be.
  package init(
    _ table: Table, ends: DiameterEnds = .corners, options: Study.Options = Study.Options(),
    sources: [any ImageSource] = [], seen: (LesionPicture, String) throws -> Void = { _, _ in }
  ) throws {
    let names = ["long", "short", "volume", "slice"]
    var columns = names.map { table.labels($0) ?? Array(repeating: nil, count: table.count) }
    var inputs: [ResultProvenance.Input] = [], findings: [Finding] = []
    for row in table.inFileOrder(Array(0..<table.count)) {
      guard let mask = Self.path("mask", row, table) else { continue }
      guard let image = Self.path("image", row, table) else {
        throw StudyError.at(
          table.place(row), "'image' is empty, must be the image that the mask '\(mask)' was drawn on.")
      }
      if let name = zip(names, columns).first(where: { $1[row] != nil })?.0 {
        throw StudyError.at(table.place(row), "there is a mask, and '\(name)' says its size, must be one of them.")
      }
      let lesion = try Self.measure(image, mask, table.labels("region")?[row], options, sources, table.place(row))
      let geometry = lesion.study.image.geometry,
        diameters = SliceDiameters(lesion.voxels, spacing: geometry.spacing, ends: ends)!
      let volume = Double(lesion.voxels.count) * geometry.voxelVolume
      for (column, number) in [diameters.long.length, diameters.short.length, volume, geometry.spacing.z].enumerated() {
        columns[column][row] = numberText(number)
      }
      findings += lesion.study.findings + Self.slices(geometry, table.place(row))
      inputs += try lesion.study.inputs.map { ResultProvenance.Input($0.path, sha256: try $0.digest().sha256) }
      try seen(LesionPicture(lesion.study.image, lesion.voxels, diameters), Self.name(row, table))
    }
    self.table = zip(names, columns).reduce(table) { $0.with(Column($1.0, .categories($1.1))) }
    (self.inputs, self.findings) = (inputs, findings)
  }

  private static func path(_ column: String, _ row: Int, _ table: Table) -> String? {
    table.labels(column)?[row].map { Path.located($0, besides: table.source.files.first?.path ?? "") }
  }

  /// What a lesion's picture is called: subject, visit, lesion, of signs that names of files may have.
  private static func name(_ row: Int, _ table: Table) -> String {
    let visit = table["visit"] != nil ? "visit" : "time"
    return ["subject", visit, "lesion"].map { column in
      String(
        (table.labels(column)?[row] ?? "").map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }.joined(separator: "_")
  }

  private static func measure(
    _ image: String, _ mask: String, _ region: String?, _ options: Study.Options, _ sources: [any ImageSource],
    _ place: String
  ) throws -> (study: Study, voxels: RowSpans) {
    var options = options
    options.region = region.map { RegionChoice($0) } ?? .union
    let study = try Study(image: image, mask: mask, options: options, sources: sources)
    try study.requireRegions()
    guard study.regions.count == 1 else {
      throw StudyError.at(
        place, "'region' means \(study.regions.count) regions of \(mask), must be one: a lesion is one region.")
    }
    return (study, study.regions[0].voxels)
  }

  /// Slices are planes of the third axis of storage.
  private static func slices(_ geometry: Geometry, _ place: String) -> [Finding] {
    let spacing = geometry.spacing
    guard spacing.z < 0.99 * min(spacing.x, spacing.y) else { return [] }
    return [
      Finding(
        .warning, place,
        "slices are \(shortText(spacing.z)) mm apart and pixels \(shortText(min(spacing.x, spacing.y))) mm: the planes that are measured "
          + "may not be those that were acquired.")
    ]
  }
}
