import Foundation
import Radiomics
import RadiomicsCore
import RadiomicsImaging
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

/// Segmentation agreement as NumPy, SciPy, MedPy, MONAI, surface-distance and SimpleITK have it.
@Suite(.golden(.agreement)) struct AgreementTests {
  static let cases = StatisticalReference.cases("a_segmentation")
  static let pairs = cases.filter { !$0.isInformative && $0.params["reference"] != nil }

  @Test func allCasesAreThere() {
    #expect(Self.cases.count == 118)
    #expect(Self.cases.count { !$0.isInformative } == 98)
    #expect(Self.pairs.count == 94)
  }

  @Test(arguments: pairs)
  func pair(_ reference: StatisticalReference) throws {
    let masks = try Masks()
    let spacing = reference.params["spacing_zyx"]?.asList?.compactMap(\.asNumber) ?? [1, 1, 1]
    var options = AgreementOptions()
    options.tolerances = [0.8, 1.5, 3]
    options.border = reference.id.hasPrefix("border_conn3") ? .corners : .faces
    let measured = AgreementStatistics(
      a: masks[reference.params["reference"]!.asText!], b: masks[reference.params["test"]!.asText!],
      spacing: SIMD3(spacing[2], spacing[1], spacing[0]), options: options
    ).measured(lanes: Lanes(jobs: 2))
    let isVoxelwise = reference.id.hasPrefix("itk")
    reference.expect(
      measured.compactMap { statistic in
        guard isVoxelwise else { return statistic }
        return statistic.name == "hd"
          ? nil : statistic.name == "voxel_hd" ? Statistic("hd", statistic.cells[0]) : statistic
      })
  }
}

extension AgreementTests {
  static let readers = ["ellA", "ellB", "ripple", "ellC", "ripple2"]

  private func reference(_ id: String) throws -> StatisticalReference {
    try #require(Self.cases.first { $0.id == id })
  }

  /// SimpleITK stops early, so that its own values agree only to 1e-5; the second case is converged.
  @Test func truthOfReaders() throws {
    let masks = try Masks(), consensus = ConsensusStatistics(Self.readers.map { masks[$0] })
    try reference("staple_em_converged").expect(consensus.staple)
    let early = try reference("staple_simpleitk")
    for entry in early.values where entry.key != "iterations" {
      let statistic = try #require(consensus.staple.first { $0.name == entry.key })
      for (cell, expected) in zip(statistic.cells, entry.value.asList ?? [entry.value]) {
        early.expectValue(cell.value, expected, entry.key)
      }
    }
  }

  @Test func votesOfReaders() throws {
    let masks = try Masks(), consensus = ConsensusStatistics(Self.readers.map { masks[$0] })
    try reference("majority_vote").expect(consensus.majority)
    let pairwise = try reference("pairwise_dice")
    guard let matrix = pairwise.values.first(where: { $0.key == "matrix" })?.value.asList else { return }
    for (i, row) in matrix.enumerated() {
      for (j, expected) in row.asList!.enumerated() {
        let dice = Overlap(masks[Self.readers[i]], masks[Self.readers[j]]).dice
        pairwise.expectValue(dice.value, expected, "\(i), \(j)")
      }
    }
  }
}

/// The masks of the reference cases.
struct Masks {
  private let masks: [String: RowSpans]

  init() throws {
    let document = try Setting.Value(json: [UInt8](StatisticalReference.data("masks.json")), file: "masks.json")
    let shape = document["shape_zyx"]!.asList!.compactMap(\.asInteger)
    let size = SIMD3(shape[2], shape[1], shape[0])
    guard case .map(let entries)? = document["masks"] else { preconditionFailure("masks") }
    var masks: [String: RowSpans] = [:]
    for entry in entries {
      var voxels: [UInt8] = []
      for (index, run) in entry.value.asList!.enumerated() {
        voxels += [UInt8](repeating: UInt8(index % 2), count: run.asInteger!)
      }
      voxels += [UInt8](repeating: 0, count: size.x * size.y * size.z - voxels.count)
      masks[entry.key] = RowSpans(size: size, mask: voxels)
    }
    self.masks = masks
  }

  subscript(name: String) -> RowSpans { masks[name]! }
}
