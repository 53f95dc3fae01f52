import Radiomics
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Response maps of IBSI 2, phase 1, of filters that work in the Fourier domain: every voxel within a hundredth of the
/// map's range (doi:10.1148/radiol.231319).
@Suite struct FourierFilterMapTests {
  /// The filters by the identifiers of the tests, with their settings as a recipe writes them.
  static let tests: [(id: String, filter: any ImageFilter.Type, settings: String)] = [
    ("4.a.1", GaborFilter.self, "{sigma: 10, wavelength: 4, aspect_ratio: 0.5, angle: 60, boundary: zero}"),
    (
      "4.a.2", GaborFilter.self,
      "{sigma: 10, wavelength: 4, aspect_ratio: 0.5, angle_step: 45, planes: orthogonal, boundary: zero}"
    ),
    ("4.b.1", GaborFilter.self, "{sigma: 20, wavelength: 8, aspect_ratio: 2.5, angle: 225}"),
    ("4.b.2", GaborFilter.self, "{sigma: 20, wavelength: 8, aspect_ratio: 2.5, angle_step: 22.5, planes: orthogonal}"),
    ("8.a.1", SimoncelliWavelet.self, "{level: 1}"),
    ("8.a.2", SimoncelliWavelet.self, "{level: 2}"),
    ("8.a.3", SimoncelliWavelet.self, "{level: 3}"),
    (
      "9.a", RieszTransform.self,
      "{filter: {laplacian_of_gaussian: {sigma: 3, boundary: zero}}, order: [1, 0, 0]}"
    ),
    (
      "9.b.1", RieszTransform.self,
      "{filter: {laplacian_of_gaussian: {sigma: 3, boundary: zero}}, order: [0, 2, 0]}"
    ),
    ("10.b.1", RieszTransform.self, "{filter: {simoncelli: {level: 1, boundary: nearest}}, order: [0, 2, 0]}"),
  ]

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"), arguments: tests.indices)
  func everyVoxelIsWithinTheTolerance(_ index: Int) throws {
    let test = Self.tests[index]
    let table = try CSV(path: ReferenceData.path("ibsi/reference/ibsi2_phase1_filter_tests.csv"))
    let row = try #require(table.rows.first { $0[0] == test.id })
    func cell(_ column: String) throws -> String { row[try #require(table.header.firstIndex(of: column))] }
    let phantom = try volume(cell("phantom_file")), expected = try volume(cell("reference_response_map"))
    let filter = try test.filter.init(setting: Setting(yaml: test.settings, file: "test \(test.id)"))
    #expect(filter.obstacle(on: phantom.geometry) == nil)
    let response = filter.responses(to: phantom, Lanes(jobs: 2))[0]
    #expect(response.geometry.size == expected.geometry.size)
    let largest = zip(response.voxels, expected.voxels).reduce(0) { max($0, abs($1.0 - $1.1)) }
    expectClose(largest, 0, absolute: try #require(Double(cell("tolerance_abs"))), "largest difference in \(test.id)")
  }

  private func volume(_ path: String) throws -> Volume<Double> {
    let scan = try ImageFormats.read(path: ReferenceData.path("ibsi/\(path)")).volumes[0]
    return scan.volume(in: scan.geometry.box)
  }
}
