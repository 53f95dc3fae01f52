import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct PerturbCommandTests {
  private static let plan = """
    design: listed
    rotation: [-8, 8]
    translation: [0.5]
    noise: 1
    volume: [-0.2, 0.2]
    contour: 1
    """

  @Test func aCohortGoesStraightIntoReliability() throws {
    let cohort = try SmallCohort(4, size: 10, families: "intensity, morphology"), folder = cohort.folder
    try folder.write(Self.plan, to: "plan.yaml")
    let first = try Command(
      "perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "p.csv", "--reliability",
      "r.json",
      "--figure", "r.svg", "--jobs", "1", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    #expect(
      first.errors.contains("p.csv: 56 rows, 14 perturbations") && first.errors.contains("median icc"),
      "\(first.errors)")
    let again = try Command(
      "perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "q.csv", "--jobs", "3", "-q",
      in: folder)
    #expect(again.status == 0 && again.errors.isEmpty)
    #expect(try folder.read("p.csv") == folder.read("q.csv"))
    let report = try #require(JSONSerialization.jsonObject(with: Data(folder.read("r.json").utf8)) as? [String: Any])
    #expect((report["conditions"] as? [String: Int])?["processing"] == 14 && report["subjects"] as? Int == 4)
    #expect((report["families"] as? [Any])?.count == 2)
    #expect(try folder.read("r.svg").hasPrefix("<svg "))
    let provenance = try #require(
      JSONSerialization.jsonObject(with: Data(folder.read("p.provenance.json").utf8)) as? [String: Any])
    #expect((provenance["cases"] as? [[String: Any]])?.count == 4)
  }

  /// Stopped in the middle, by whatever: what is done is kept, nothing half-made lies about, and resuming gives the same table.
  @Test(arguments: [SIGINT, SIGKILL]) func aStoppedRunIsContinued(signal: Int32) throws {
    let cohort = try SmallCohort(5, size: 12, families: SmallCohort.texture), folder = cohort.folder
    try folder.write(Self.plan, to: "plan.yaml")
    let arguments = ["perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "--jobs", "1"]
    #expect(try Command(arguments: arguments + ["-o", "whole.csv", "-q"], in: folder).status == 0)
    let run = try RunningCommand(arguments: arguments + ["-o", "p.csv"], in: folder)
    func kept() -> Int {
      let found = FileManager.default.enumerator(atPath: folder.path("p.run/perturbed"))?.compactMap { $0 as? String }
      return found?.count { $0.hasSuffix(".json") } ?? 0
    }
    while run.isRunning, kept() < 2 { usleep(5000) }
    run.send(signal)
    _ = run.wait()
    let done = kept()
    #expect(done >= 2)
    #expect(try !Folder.names(in: folder.url.path, hidden: true).contains { $0.hasSuffix(".partial") })
    let refused = try Command(arguments: arguments + ["-o", "p.csv"], in: folder)
    #expect(refused.status == 2 && refused.errors.contains("Add --resume"), "\(refused.errors)")
    let resumed = try Command(arguments: arguments + ["-o", "p.csv", "--resume"], in: folder)
    #expect(
      resumed.status == 0 && resumed.errors.contains("\(done) cases were there from an earlier run"),
      "\(resumed.errors)")
    #expect(try folder.read("p.csv") == folder.read("whole.csv"))
    #expect(try folder.read("p.provenance.json") == folder.read("whole.provenance.json"))
    let other = try Command(arguments: arguments + ["-o", "p.csv", "--resume", "--seed", "5"], in: folder)
    #expect(other.status == 2 && other.errors.contains("another plan"), "\(other.errors)")
  }

  /// A kept case that is no longer whole is measured again, the others are used, and the table is the same.
  @Test func damagedResultsAreMeasuredAgain() throws {
    let cohort = try SmallCohort(3), folder = cohort.folder
    try folder.write("rotation: [-4, 4]\n", to: "plan.yaml")
    let arguments = ["perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "p.csv"]
    #expect(try Command(arguments: arguments + ["-q"], in: folder).status == 0)
    let table = try folder.read("p.csv"), kept = folder.path("p.run/perturbed")
    let names = FileManager.default.enumerator(atPath: kept)?.compactMap { $0 as? String } ?? []
    let files = names.filter { $0.hasSuffix(".json") }.sorted().map { "p.run/perturbed/" + $0 }
    try #require(files.count == 3)
    let whole = try folder.read(files[0]), digit = try #require(whole.lastIndex { "1234567".contains($0) })
    let damages = [
      "", String(whole.prefix(whole.count / 2)), String(whole.dropLast(2)), "[]\n", "{\"rows\": []}\n",
      whole.replacingCharacters(in: digit...digit, with: "8"), String(repeating: "\0", count: whole.count),
      whole.replacing("\"status\"", with: "\"states\""), try folder.read(files[1]).replacing("ok", with: "failed"),
    ]
    for damaged in damages {
      try folder.write(damaged, to: files[0])
      let resumed = try Command(arguments: arguments + ["--resume"], in: folder)
      #expect(
        resumed.status == 0 && resumed.errors.contains("2 cases were there from an earlier run"), "\(resumed.errors)")
      #expect(try folder.read("p.csv") == table)
      #expect(try folder.read(files[0]) == whole, "it is written anew")
    }
  }

  /// A damaged description is named, with what to do, and doing so works.
  @Test func damagedPlans() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    try folder.write("rotation: [-4, 4]\n", to: "plan.yaml")
    let arguments = ["perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "p.csv"]
    #expect(try Command(arguments: arguments + ["-q"], in: folder).status == 0)
    let table = try folder.read("p.csv"), plan = try folder.read("p.run/plan.json")
    for text in ["", String(plan.dropLast(plan.count / 2)), "not JSON"] {
      try folder.write(text, to: "p.run/plan.json")
      let run = try Command(arguments: arguments + ["--resume"], in: folder)
      #expect(run.status == 2 && run.errors.contains("p.run/plan.json: it is damaged"), "\(run.errors)")
    }
    for text in ["[]", "{\"format\": 1}"] {
      try folder.write(text, to: "p.run/plan.json")
      let run = try Command(arguments: arguments + ["--resume"], in: folder)
      #expect(run.status == 2 && run.errors.contains("of another plan"), "\(run.errors)")
    }
    try FileManager.default.removeItem(atPath: folder.path("p.run/plan.json"))
    let resumed = try Command(arguments: arguments + ["--resume"], in: folder)
    #expect(
      resumed.status == 0 && resumed.errors.contains("2 cases were there from an earlier run"), "\(resumed.errors)")
    #expect(try folder.read("p.csv") == table && folder.read("p.run/plan.json") == plan)
  }

  /// A full disk leaves nothing half-made and says so; with room the run goes on to the same table.
  @Test func aFullDisk() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    try folder.write("rotation: [-4, 4]\n", to: "plan.yaml")
    let arguments = ["perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "--jobs", "1"]
    let full = try Command(arguments: arguments + ["-o", "p.csv"], in: folder, shell: "ulimit -f 1")
    #expect(full.status == 2 && full.errors.contains("p."), "\(full.errors)")
    #expect(full.errors.lowercased().contains("file too large"), "\(full.errors)")
    let left = FileManager.default.enumerator(atPath: folder.url.path)?.compactMap { $0 as? String } ?? []
    #expect(!left.contains("p.csv") && !left.contains { $0.contains(".partial") }, "\(left)")
    let resumed = try Command(arguments: arguments + ["-o", "p.csv", "--resume"], in: folder)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Command(arguments: arguments + ["-o", "whole.csv", "-q"], in: folder).status == 0)
    #expect(try folder.read("p.csv") == folder.read("whole.csv"))
  }

  @Test func unchangedIsExtracts() throws {
    let folder = try SmallCohort(1, size: 10).folder
    try folder.write("noise: 1\n", to: "plan.yaml")
    let rows = try Command(
      "perturb", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "--format", "csv", in: folder)
    let plain = try Command("extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "--format", "csv", in: folder)
    let perturbed = try CSV(bytes: Array(rows.output.utf8), path: "a"),
      extracted = try CSV(bytes: Array(plain.output.utf8), path: "b")
    for name in extracted.header {
      let a = perturbed.header.firstIndex(of: name)!, b = extracted.header.firstIndex(of: name)!
      #expect(perturbed.rows[0][a] == extracted.rows[0][b], "\(name)")
    }
    #expect(perturbed.rows.count == 2)
  }

  /// What a cohort's second mask limits is limited under every perturbation: a ring cut at half the image.
  @Test func aClipLimitsEveryRow() throws {
    let folder = try SmallCohort(1, size: 16).folder, geometry = try Geometry(size: [16, 16, 16])
    func mask(_ name: String, _ isInside: (SIMD3<Int>) -> Bool) throws {
      let voxels = (0..<geometry.count).map { isInside([$0 % 16, $0 / 16 % 16, $0 / 256]) ? UInt8(1) : 0 }
      try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(voxels)), to: folder.path(name))
    }
    try mask("cube.nrrd") { $0.x >= 6 && $0.x < 10 && $0.y >= 6 && $0.y < 10 && $0.z >= 6 && $0.z < 10 }
    try mask("left.nrrd") { $0.x < 8 }
    try folder.write("subject,image,mask,clip\nA,i0.nrrd,cube.nrrd,left.nrrd\n", to: "clipped.csv")
    try folder.write(
      "name: r\npreparation: {region: [{ring: {inside: 0, outside: 3}}]}\nlayers: [{families: [morphology]}]\n",
      to: "ring.yaml")
    try folder.write("noise: 1\n", to: "plan.yaml")
    for cases in [["clipped.csv"], ["i0.nrrd", "cube.nrrd", "--clip-to", "left.nrrd"]] {
      let run = try Command(
        arguments: ["perturb"] + cases + ["--recipe", "ring.yaml", "--plan", "plan.yaml", "-o", "p.csv"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let table = try CSV(path: folder.path("p.csv")), volume = table.header.firstIndex(of: "morph_vol_approx")!
      #expect(
        table.rows.count == 2 && table.rows[0][volume] == table.rows[1][volume], "\(table.rows.map { $0[volume] })")
    }
    let refused = try Command(
      "perturb", "clipped.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "q.csv", in: folder)
    #expect(refused.status == 2 && refused.errors.contains("column 'clip'"), "\(refused.errors)")
  }

  @Test func aBrokenCaseIsARow() throws {
    let folder = try SmallCohort(3, size: 10).folder
    try folder.write("volume: [0.1]\n", to: "plan.yaml")
    try folder.write("no image", to: "i1.nrrd")
    let run = try Command(
      "perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "p.csv", in: folder)
    #expect(run.status == 1 && run.errors.contains("failed: S1:"), "\(run.errors)")
    let table = try CSV(path: folder.path("p.csv"))
    #expect(table.rows.count == 5)
  }

  @Test(arguments: [
    (["i0.nrrd", "m0.nrrd", "--plan", "bad.yaml"], "Did you mean 'rotation'?"),
    (["i0.nrrd", "m0.nrrd", "--plan", "nothing.yaml"], "the plan changes nothing"),
    (["i0.nrrd", "m0.nrrd", "--plan", "interpolation.yaml"], "the recipe does not resample"),
    (["i0.nrrd", "m0.nrrd", "--plan", "plan.yaml", "--reliability", "r.csv"], "needs a cohort"),
    (["cohort.csv", "--plan", "plan.yaml", "--reliability", "r.csv"], "needs the table in a wide file"),
    (["i0.nrrd", "--plan", "plan.yaml"], "there is no mask"),
    (["i0.nrrd", "m0.nrrd", "--plan", "plan.yaml", "-o", "i0.nrrd"], "i0.nrrd"),
    (["i0.nrrd", "m0.nrrd", "--plan", "plan.yaml", "--seed=-1"], "must be a whole number from 0"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let folder = try SmallCohort(1).folder
    try folder.write(Self.plan, to: "plan.yaml")
    try folder.write("rotaton: [1]\n", to: "bad.yaml")
    try folder.write("seed: 3\n", to: "nothing.yaml")
    try folder.write("interpolation: [linear, cubic_spline]\n", to: "interpolation.yaml")
    let run = try Command(arguments: ["perturb"] + arguments + ["--recipe", "recipe.yaml"], in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }
}
