import ArgumentParser
import Radiomics
import RadiomicsCompliance
import RadiomicsReport
import RadiomicsRuns

struct Demo: ParsableCommand, MakesFolders {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The main job on an embedded study; no input needed.",
    discussion: """
      Writes a folder with the digital phantom of IBSI, a CT-like volume with a
      lesion whose true volume and mean are known, the feature tables of both,
      their provenance, and a picture of the slice with its contour.
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder, made if missing.", valueName: "folder"))
  var output = "radiomics-demo"
  @Option(name: .long, help: ArgumentHelp("Fixes the volume's noise.", valueName: "number")) var seed: UInt64 = 1

  func run() throws {
    try WholeFile.makeFolder(output)
    let region = DigitalPhantom.region
    try write(region.image.volume, region.morphological.mask, "digital-phantom")
    let digital = try extract("digital-phantom", preset: "ibsi-digital")
    let phantom = LesionPhantom(seed: seed)
    try write(phantom.image, phantom.mask.voxels, "lesion")
    let lesion = try extract("lesion", preset: "default")
    let picture = SlicePicture.png(of: phantom.image, mask: phantom.mask, slice: 15, window: -1000...400)
    try OutputFile.write(picture, to: "\(output)/lesion.png")
    try Terminal.show(try report(digital, lesion))
  }

  private func write(_ image: Volume<Double>, _ mask: [UInt8], _ name: String) throws {
    try ImageFormats.write(Scan(image), to: "\(output)/\(name)-image.nii.gz")
    try ImageFormats.write(
      Scan(geometry: image.geometry, mask: mask), to: "\(output)/\(name)-mask.nii.gz")
  }

  private func extract(_ name: String, preset: String) throws -> StudyResult {
    let start = now()
    let study = try Study(image: "\(output)/\(name)-image.nii.gz", mask: "\(output)/\(name)-mask.nii.gz")
    let read = now()
    let result = try study.measure(Recipe(preset: preset))
    let timings = [("read", read - start), ("measure", now() - read)]
    try result.write(to: "\(output)/\(name).csv", layout: .wide, timings: timings)
    return result
  }

  private func report(_ digital: StudyResult, _ lesion: StudyResult) throws -> String {
    let table = lesion.table
    func value(_ column: String) -> Double? {
      table.measured.first { $0.measurand.column == column }?.cells[0].value
    }
    func shown(_ column: String, _ truth: String, _ name: String) -> [String] {
      [name, column, value(column).map { numberText(($0 * 1000).rounded() / 1000) } ?? "undefined", truth]
    }
    let rows = [
      ["a few of \(table.measured.count) features", "column", "measured", "truth"],
      shown("morph_volume", numberText(LesionPhantom.trueVolume.rounded()) + " mm3", "Volume (mesh), mm3"),
      shown("morph_vol_approx", numberText(LesionPhantom.trueVolume.rounded()) + " mm3", "Volume (voxels), mm3"),
      shown("stat_mean", numberText(LesionPhantom.trueMean) + " HU", "Mean intensity, HU"),
      shown("morph_sphericity", "", "Sphericity"),
      shown("cm_joint_entr.3D_mrg.fbn32", "", "Joint entropy"),
      shown("szm_zs_entr.3D.fbn32", "", "Zone size entropy"),
    ]
    let compliance = try Compliance.digitalPhantom()
    return Terminal.columns(rows, right: [2, 3]) + """

      (The mesh cuts the corners of voxels of 1.5 x 1.5 x 3 mm, so its volume is a little below the ellipsoid's.)

      IBSI digital phantom: \(compliance.passed) of \(compliance.rows.count) reference values met

      \(output)/lesion.csv                  all features of the lesion
      \(output)/lesion.provenance.json      how they were made
      \(output)/lesion.png                  the slice with its contour
      \(output)/digital-phantom.csv         all features of IBSI's digital phantom
      \(output)/*-image.nii.gz, *-mask.nii.gz   the images themselves: try
          radiomics extract \(output)/lesion-image.nii.gz \(output)/lesion-mask.nii.gz

      """
  }
}
