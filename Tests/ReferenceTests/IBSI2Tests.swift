import Radiomics
import RadiomicsCompliance
import RadiomicsTestSupport
import Testing

/// Response maps and reference values of IBSI 2 (doi:10.48550/arXiv.2006.05470): every voxel of every map, every value.
@Suite struct IBSI2Tests {
  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func responseMaps() throws {
    let table = try Compliance.filterMaps(in: ReferenceData.path("ibsi"), Resources(jobs: 2))
    #expect(table.rows.count == 33 && table.skipped == 3)
    expectAll(table)
  }

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func statisticsOfTheCTPhantom() throws {
    let table = try Compliance.filterStatistics(in: ReferenceData.path("ibsi"), Resources(jobs: 2))
    #expect(table.rows.count == 323)
    expectAll(table)
  }

  private func expectAll(_ table: ComplianceTable) {
    for row in table.rows where !row.passes {
      Issue.record(
        "\(table.name) \(row.tag): \(row.measured.map(String.init(describing:)) ?? row.reason ?? ""), must be \(row.reference) ± \(row.tolerance)"
      )
    }
  }
}
