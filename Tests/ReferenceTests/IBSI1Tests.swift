import Radiomics
import RadiomicsCompliance
import RadiomicsDICOM
import RadiomicsTestSupport
import Testing

/// Reference values of IBSI 1 (doi:10.1148/radiol.2020191145): every value of the table, feature by feature.
@Suite struct IBSI1Tests {
  @Test func digitalPhantom() throws {
    let table = try Compliance.digitalPhantom()
    #expect(table.rows.count == 482)
    expectAll(table)
  }

  /// The values that the program carries are those of the published table.
  @Test func embeddedValuesAreThePublishedOnes() throws {
    let published = try ReferenceData.table("ibsi1/ibsi1_reference_values.csv")
      .filter { $0["configuration"] == "digital" }
    let embedded = try Compliance.digitalPhantom().rows
    #expect(published.count == embedded.count)
    for (row, value) in zip(published, embedded) {
      #expect(row["feature_tag"] == value.tag && row["aggregation"] == value.aggregation)
      #expect(row["value"].flatMap(Double.init) == value.reference)
      #expect(row["tolerance"].flatMap(Double.init) == value.tolerance)
    }
  }

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func ctPhantom() throws {
    let tables = try Compliance.ctPhantom(in: ReferenceData.path("ibsi"))
    let counts = ["A": 346, "B": 346, "C": 210, "D": 210, "E": 210]
    #expect(tables.count == 10)
    for table in tables {
      let configuration = String(table.name.dropFirst("ibsi1/".count).prefix(1))
      #expect(table.rows.count == (table.name.hasSuffix("diagnostics") ? 60 : counts[configuration]))
      expectAll(table)
    }
  }

  /// The same configurations from the phantom's slices and structure set.
  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func ctPhantomFromDICOM() throws {
    let folder = ReferenceData.path("ibsi")
    var options = Study.Options()
    options.region = RegionChoice("GTV-1")
    let dicom = folder + "/data/ibsi_ct_radiomics_phantom/dicom"
    let study = try Study(image: dicom, mask: dicom, options: options, sources: [DICOMSource()])
    let voxels = try Study(
      image: folder + "/data/ibsi_ct_radiomics_phantom/nifti/image/phantom.nii.gz",
      mask: folder + "/data/ibsi_ct_radiomics_phantom/nifti/mask/mask.nii.gz")
    #expect(study.regions[0].voxels == voxels.regions[0].voxels)
    #expect(study.regions[0].voxels.count == 125_256)
    #expect(
      study.image.volume(in: study.image.geometry.box).voxels
        == voxels.image.volume(in: voxels.image.geometry.box).voxels)
    for table in try Compliance.ctPhantom(study, in: folder) { expectAll(table) }
  }

  private func expectAll(_ table: ComplianceTable) {
    for row in table.rows where !row.passes {
      Issue.record(
        "\(table.name) \(row.tag) \(row.aggregation): \(row.measured.map(String.init(describing:)) ?? row.reason ?? ""), must be \(row.reference) ± \(row.tolerance)"
      )
    }
  }

  @Test(arguments: [
    (0.0, 0.0), (1.2345, 1.23), (-1.2355, -1.24), (123_456, 123_000), (0.000_123_456, 0.000_123), (999.6, 1000),
  ])
  func roundsToThreeDigits(_ number: Double, _ expected: Double) {
    let row = ComplianceTable.Row(
      tag: "x", aggregation: "", reference: expected, tolerance: 0, measured: number)
    #expect(row.passes)
    let off = ComplianceTable.Row(
      tag: "x", aggregation: "", reference: expected == 0 ? 0.01 : expected * 1.01, tolerance: 0, measured: number)
    #expect(!off.passes)
  }

  /// Only the rounded value counts: 1.2351 is near 1.235 but rounds to 1.24. Counts in full must be met in full.
  @Test func roundingDecides() {
    func passes(_ measured: Double, _ reference: Double, _ tolerance: Double) -> Bool {
      ComplianceTable.Row(
        tag: "x", aggregation: "", reference: reference, tolerance: tolerance, measured: measured
      ).passes
    }
    #expect(!passes(1.2351, 1.23, 0.006) && passes(1.2349, 1.23, 0))
    #expect(passes(125_256, 125_256, 0) && !passes(125_257, 125_256, 0) && !passes(125_000, 125_256, 0))
  }
}
