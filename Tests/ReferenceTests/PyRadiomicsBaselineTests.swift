import Radiomics
import RadiomicsCompliance
import RadiomicsTestSupport
import Testing

/// PyRadiomics' own baseline: two cases in up to eight configurations, every value to 1e-6.
@Suite struct PyRadiomicsBaselineTests {
  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func everyValue() throws {
    let table = try Compliance.pyRadiomics(in: ReferenceData.path("reference/pyradiomics"), Resources(jobs: 2))
    #expect(table.rows.count == 1330 && table.skipped == 0)
    for row in table.rows where !row.passes {
      Issue.record(
        "\(row.tag): \(row.measured.map(String.init(describing:)) ?? row.reason ?? ""), must be \(row.reference) ± \(row.tolerance)"
      )
    }
  }

  /// Names of columns are not mistaken for others, and each of our features is named once in a class.
  @Test func namesAreUnique() {
    let all = PyRadiomicsFeature.all
    #expect(
      Set(all.map { $0.featureClass + "_" + $0.name }).count == all.count && Set(all.map(\.tag)).count == all.count)
    let tags = Set(Catalogue.standard.families.flatMap { $0.features.map(\.tag) })
    for feature in all { #expect(tags.contains(feature.tag), "\(feature.name)") }
  }
}
