import Foundation
import Radiomics
import RadiomicsPyRadiomics
import RadiomicsTestSupport
import Testing

/// What PyRadiomics 3.0.1 gave for the parameter files of Tests/Data/pyradiomics on the two cases of its baseline (NumPy
/// 1.26.4, SimpleITK 2.5.7, PyWavelets 1.8.0, SciPy 1.10.1, scikit-image 0.22.0).
@Suite(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
struct PyRadiomicsParameterFileTests {
  static let folder = ReferenceData.project.appendingPathComponent("Tests/Data/pyradiomics")

  static var files: [String] {
    ["", "examples/"].flatMap { part in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + part)) ?? []
      return names.filter { $0.hasSuffix(".yaml") }.map { part + $0.dropLast(5) }
    }.sorted()
  }

  /// Every value to 1e-6, but for those of the Laplacian of Gaussian, which ITK computes in single precision: 1e-5.
  @Test(arguments: files) func everyValue(_ file: String) throws {
    let expected = try ReferenceData.table("pyradiomics/expected.csv").filter { $0["parameters"] == file }
    #expect(!expected.isEmpty)
    let path = "\(Self.folder.path)/\(file).yaml"
    let parameters = try PyRadiomicsParameters(yaml: WholeFile.text(of: path), file: path)
    let recipe = try parameters.recipe(named: file).recipe
    for (name, rows) in Dictionary(grouping: expected, by: { $0["case"]! }) {
      let study = try Study(
        image: ReferenceData.path("reference/pyradiomics/\(name)_image.nrrd"),
        mask: ReferenceData.path("reference/pyradiomics/\(name)_label.nrrd"),
        options: parameters.reading(Study.Options(), choosesRegion: false))
      let cells = try study.measure(recipe, Resources(jobs: 2)).measurements[0].cells
      let measured = Dictionary(uniqueKeysWithValues: zip(recipe.columns.map(\.column), cells))
      for row in rows {
        let column = row["column"]!, isSingle = column.hasPrefix("log-sigma")
        let value = try #require(measured[column]?.value, "\(name) \(column)")
        expectClose(
          value, Double(row["value"]!)!, relative: isSingle ? 1e-5 : 1e-6, absolute: 1e-9, "\(name) \(column)")
      }
    }
  }

  /// The eight settings that PyRadiomics ships have their like here.
  @Test func examplesAreThere() { #expect(Self.files.filter { $0.hasPrefix("examples/") }.count == 8) }
}
