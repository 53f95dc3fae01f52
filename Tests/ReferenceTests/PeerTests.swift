import Radiomics
import RadiomicsTestSupport
import Testing

/// An independent implementation (MIRP 2.7.0, see Tests/Data/peers) on a real brain MR: 1e-9 relative.
@Suite(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
struct PeerTests {
  static let recipe = """
    name: peer
    layers:
      - discretisation: DISCRETISATION
        families:
          - morphology: { axis_normalisation: sample }
          - local_intensity
          - intensity
          - intensity_histogram
          - ivh: { discretisation: { fixed_bin_number: 1000 } }
          - glcm: { aggregation: [2D:avg, 2D:mrg, 2.5D:avg, 2.5D:mrg, 3D:avg, 3D:mrg] }
          - glrlm: { aggregation: [2D:avg, 2D:mrg, 2.5D:avg, 2.5D:mrg, 3D:avg, 3D:mrg] }
          - glszm: { aggregation: [2D, 2.5D, 3D] }
          - gldzm: { aggregation: [2D, 2.5D, 3D] }
          - ngtdm: { aggregation: [2D, 2.5D, 3D] }
          - ngldm: { aggregation: [2D, 2.5D, 3D] }
    """

  @Test(arguments: [
    ("brain1_fbn32", "{ fixed_bin_number: 32 }"), ("brain1_fbn32_slices", "{ fixed_bin_number: 32 }"),
    ("brain1_fbs25_minimum", "{ fixed_bin_size: { width: 25, first_edge: minimum } }"),
  ])
  func brain1(_ table: String, _ discretisation: String) throws {
    let study = try Study(
      image: ReferenceData.path("reference/pyradiomics/brain1_image.nrrd"),
      mask: ReferenceData.path("reference/pyradiomics/brain1_label.nrrd"))
    let yaml = Self.recipe.replacing("DISCRETISATION", with: discretisation)
    let recipe = try Recipe(yaml: yaml, file: "peer.yaml")
    let cells = try study.measure(recipe).measurements[0].cells
    let measured = Dictionary(
      uniqueKeysWithValues: zip(recipe.columns, cells).map { ("\($0.feature.tag) \($0.aggregation ?? "")", $1) })
    for row in try ReferenceData.table("peers/\(table).csv") {
      let name = "\(row["feature_tag"]!) \(row["aggregation"]!)"
      let value = try #require(measured[name]?.value, "\(name)")
      expectClose(value, Double(row["value"]!)!, relative: 1e-9, absolute: 1e-12, name)
    }
  }
}
