import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct AgreementCommandTests {
  /// Three readers' cubes on one grid, the third empty of label 2; another grid; an empty mask.
  private static func masks() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let geometry = try Geometry(size: [12, 10, 8], spacing: [1, 1, 2])
    func write(_ name: String, _ start: Int, second: Bool, _ geometry: Geometry) throws {
      let voxels = (0..<geometry.count).map { index -> UInt8 in
        let x = index % geometry.size.x, y = index / geometry.size.x % geometry.size.y
        let z = index / geometry.size.x / geometry.size.y
        if (start..<start + 4).contains(x), (2..<6).contains(y), (2..<6).contains(z) { return 1 }
        return second && x > 8 && y > 7 && z > 5 ? 2 : 0
      }
      try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(voxels)), to: folder.path(name))
    }
    try write("a.nrrd", 2, second: true, geometry)
    try write("b.nrrd", 3, second: true, geometry)
    try write("c.nii.gz", 2, second: false, geometry)
    try write("other.nrrd", 2, second: false, try Geometry(size: [12, 10, 8], spacing: [2, 1, 2]))
    let empty = [UInt8](repeating: 0, count: geometry.count)
    try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(empty)), to: folder.path("empty.nrrd"))
    return folder
  }

  private func json(_ run: Command) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run.errors)")
  }

  @Test func pairByLabelAsJSON() throws {
    let folder = try Self.masks()
    let run = try Command("agreement", "a.nrrd", "b.nrrd", "--tolerance", "1", "--format", "json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let regions = try #require(try json(run)["regions"] as? [[String: Any]])
    #expect(regions.map { $0["region"] as? String } == ["1", "2"])
    let pair = try #require((regions[0]["pairs"] as? [[String: Any]])?.first)
    // 64 voxels each, 48 in common; every surface within one voxel of the other.
    #expect(pair["dice"] as? Double == 0.75 && pair["n_a"] as? Int == 64)
    #expect(pair["hd"] as? Double == 1 && pair["surface_dice_1.0"] as? Double == 1)
    let same = try #require((regions[1]["pairs"] as? [[String: Any]])?.first)
    #expect(same["dice"] as? Double == 1 && same["hd95_pooled_linear"] as? Double == 0)
  }

  @Test func threeReadersAgreeOnAConsensus() throws {
    let folder = try Self.masks()
    let run = try Command(
      "agreement", "a.nrrd", "b.nrrd", "c.nii.gz", "--consensus", "majority.nrrd", "--format", "json", in: folder)
    #expect(
      run.status == 0 && run.errors.contains("c.nii.gz: has no region '2'; it counts as empty there."), "\(run.errors)")
    let regions = try #require(try json(run)["regions"] as? [[String: Any]])
    let matrix = try #require((regions[0]["pairwise_dice"] as? [String: Any])?["matrix"] as? [[Double]])
    #expect(matrix == [[1, 0.75, 1], [0.75, 1, 0.75], [1, 0.75, 1]])
    #expect((regions[0]["majority_vote"] as? [String: Any])?["n"] as? Int == 64)
    let checked = try Command("agreement", "a.nrrd", "majority.nrrd", "--format", "csv", in: folder)
    let table = try CSV(bytes: Array(checked.output.utf8), path: "out")
    let dice = try #require(table.header.firstIndex(of: "dice"))
    #expect(table.rows.map { $0[dice] } == ["1", "1"])
    let staple = try Command(
      "agreement", "a.nrrd", "b.nrrd", "c.nii.gz", "--region", "1", "--consensus", "s.nii.gz", "--by", "staple", "-o",
      "all.csv",
      in: folder)
    #expect(staple.status == 0 && staple.output.isEmpty, "\(staple.errors)")
    #expect(try folder.names.contains("all.csv") && folder.names.contains("s.nii.gz"))
  }

  @Test func emptyMasksGiveReasons() throws {
    let folder = try Self.masks()
    let run = try Command("agreement", "a.nrrd", "empty.nrrd", "--region", "1", "--format", "json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let pair = try #require(((try json(run)["regions"] as? [[String: Any]])?[0]["pairs"] as? [[String: Any]])?.first)
    #expect(pair["dice"] as? Int == 0 && pair["hd"] as? String == "Infinity")
    #expect((pair["reasons"] as? [String: String])?["asd_directed_2"] == "mask B is empty")
    let both = try Command("agreement", "empty.nrrd", "empty.nrrd", in: folder)
    #expect(both.status == 0 && both.output.contains("both masks are empty"))
  }

  /// Regions of 16 voxels side by side along x, in the order of the labels, with names or without.
  private static func write(_ file: String, _ labels: [(Int, String?)], in folder: TemporaryFolder) throws {
    let geometry = try Geometry(size: [4 * labels.count, 4, 1])
    let voxels = (0..<geometry.count).map { UInt8(labels[$0 % geometry.size.x / 4].0) }
    try ImageFormats.write(
      Scan(geometry: geometry, samples: .uint8(voxels)), to: folder.path(file),
      segments: labels.compactMap { label, name in name.map { Segment(name: $0, label: label, volume: 0) } })
  }

  @Test func regionsAreMatchedByNameOrByNumber() throws {
    let folder = try TemporaryFolder()
    try Self.write("a.nrrd", [(1, "GTV"), (2, "node")], in: folder)
    try Self.write("b.nrrd", [(2, "GTV"), (1, "node")], in: folder)
    try Self.write("plain.nrrd", [(2, nil), (1, nil)], in: folder)
    let named = try json(Command("agreement", "a.nrrd", "b.nrrd", "--format", "json", in: folder))
    let byName = try #require(named["regions"] as? [[String: Any]])
    #expect(byName.map { $0["region"] as? String } == ["GTV", "node"])
    #expect(byName.compactMap { ($0["pairs"] as? [[String: Any]])?.first?["dice"] as? Double } == [1, 1])
    // By number the regions of the other file lie elsewhere.
    let run = try Command("agreement", "a.nrrd", "plain.nrrd", "--format", "json", in: folder)
    #expect(run.errors.contains("not all regions have names; they are matched by their numbers"), "\(run.errors)")
    let byNumber = try #require(json(run)["regions"] as? [[String: Any]])
    #expect(byNumber.map { $0["region"] as? String } == ["1", "2"])
    #expect(byNumber.compactMap { ($0["pairs"] as? [[String: Any]])?.first?["dice"] as? Double } == [0, 0])
    let mixed = try Command("agreement", "a.nrrd", "b.nrrd", "plain.nrrd", in: folder)
    #expect(mixed.status == 2 && mixed.errors.contains("is 'GTV' in a.nrrd and 'node' in b.nrrd"), "\(mixed.errors)")
  }

  @Test func consensusNumbersRegionsThatShareANumberAnewAndSparesItsInputs() throws {
    let folder = try TemporaryFolder()
    try Self.write("a.nrrd", [(1, "GTV"), (2, "node")], in: folder)
    try Self.write("b.nrrd", [(2, "GTV"), (1, "cyst")], in: folder)
    try Self.write("c.nrrd", [(2, "GTV"), (1, "cyst")], in: folder)
    let run = try Command("agreement", "a.nrrd", "b.nrrd", "c.nrrd", "--consensus", "e.nrrd", in: folder)
    #expect(run.status == 0 && run.errors.contains("they are numbered anew"), "\(run.errors)")
    let checked = try Command("agreement", "e.nrrd", "c.nrrd", "--format", "json", in: folder)
    let regions = try #require(json(checked)["regions"] as? [[String: Any]])
    #expect(regions.map { $0["region"] as? String } == ["GTV", "cyst"])
    #expect(regions.compactMap { ($0["pairs"] as? [[String: Any]])?.first?["dice"] as? Double } == [1, 1])
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.nrrd")))
    let refused = try Command("agreement", "a.nrrd", "b.nrrd", "c.nrrd", "--consensus", "./a.nrrd", in: folder)
    #expect(refused.status == 2 && refused.errors.contains("is named twice"), "\(refused.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.nrrd"))) == before)
  }

  @Test(arguments: [
    (["a.nrrd"], "1 mask was given, must be from 2 to 64"),
    (["a.nrrd", "other.nrrd"], "the mask's grid is not that of a.nrrd"),
    (["a.nrrd", "b.nrrd", "--region", "7"], "there is no label 7"),
    (["a.nrrd", "b.nrrd", "--region", "components"], "do not correspond"),
    (["a.nrrd", "b.nrrd", "--tolerance=-1"], "must be a distance in mm, 0 or more"),
    (["a.nrrd", "b.nrrd", "-o", "a.nrrd"], "is named twice"),
    (["a.nrrd", "b.nrrd", "-o", "x.txt"], "the ending must be .csv, .tsv, .xlsx or .json"),
    (["a.nrrd", "b.nrrd", "--consensus", "x.png"], "names no format"),
    (["a.nrrd", "nowhere.nrrd"], "nowhere.nrrd"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["agreement"] + arguments, in: try Self.masks())
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }

  @Test func resultsDoNotDependOnJobs() throws {
    let folder = try Self.masks()
    let runs = try ["1", "3"].map {
      try Command("agreement", "a.nrrd", "b.nrrd", "c.nii.gz", "--jobs", $0, "--format", "json", in: folder).output
    }
    #expect(runs[0] == runs[1] && !runs[0].isEmpty)
  }
}
