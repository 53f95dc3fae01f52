import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// `radiomics extract COHORT.csv` and `radiomics merge`.
@Suite struct CohortRunTests {
  /// The same bytes for any number of processes and shards, and as each case by itself.
  @Test func sameForAnyJobsAndShards() throws {
    let cohort = try SmallCohort(7, families: SmallCohort.texture)
    let folder = cohort.folder
    for jobs in ["1", "2", "5", "16"] {
      let run = try cohort.extract("-o", "j\(jobs).csv", "--jobs", jobs)
      #expect(run.status == 0 && run.errors == "j\(jobs).csv: 7 cases, 7 regions\n", "\(run.errors)")
    }
    let text = try folder.read("j1.csv")
    for shard in 1...3 {
      let run = try cohort.extract("-o", "s.csv", "--shard", "\(shard)/3", "--jobs", "2")
      #expect(run.status == 0 && run.errors.contains("shard \(shard)/3"), "\(run.errors)")
    }
    #expect(!WholeFile.exists(folder.path("s.csv")))
    #expect(try Command("merge", "s.run", "-o", "s.csv", in: folder).status == 0)
    for name in ["j2.csv", "j5.csv", "j16.csv", "s.csv"] { #expect(try folder.read(name) == text) }
    let table = try CSV(path: folder.path("j1.csv"))
    #expect(
      Array(table.header.prefix(8)) == ["subject", "image", "mask", "region", "site", "status", "reason", "warnings"])
    #expect(Array(table.rows[4].prefix(7)) == ["S4", "i4.nrrd", "m4.nrrd", "1", "site 1", "ok", ""])
    let single = try Command("extract", "i4.nrrd", "m4.nrrd", "--recipe", "recipe.yaml", "-o", "one.csv", in: folder)
    #expect(single.status == 0)
    let one = try CSV(path: folder.path("one.csv"))
    #expect(
      one.rows[0].dropFirst(5) == table.rows[4].dropFirst(7) && one.header.dropFirst(5) == table.header.dropFirst(7))
  }

  /// Doubts about the unit of a recipe stay with a case of a cohort, as with one image.
  @Test func doubtsAboutTheUnitAreKept() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    try folder.write("name: small\nintensity_unit: HU\nlayers: [{families: [intensity]}]\n", to: "recipe.yaml")
    #expect(try cohort.extract("-o", "f.csv").status == 0)
    let one = try Command("extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "-o", "one.csv", in: folder)
    #expect(one.status == 0)
    for name in ["f", "one"] {
      let table = try CSV(path: folder.path("\(name).csv")),
        column = try #require(table.header.firstIndex(of: "warnings"))
      #expect(table.rows[0][column].contains("no voxel of the image is below 0"))
      #expect(try folder.read("\(name).provenance.json").contains("no voxel of the image is below 0"))
    }
  }

  /// A cohort that names recipes is measured by them; another recipe beside them is refused.
  @Test func recipesOfRowsAreNotIgnored() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    try folder.write("subject,image,mask,recipe\nA,i0.nrrd,m0.nrrd,recipe.yaml\n", to: "named.csv")
    try folder.write("name: other\nlayers: [{families: [morphology]}]\n", to: "other.yaml")
    try folder.write(
      "subject,image,mask,recipe\nA,i0.nrrd,m0.nrrd,recipe.yaml\nB,i1.nrrd,m1.nrrd,./recipe.yaml\n", to: "twice.csv")
    let twice = try Command("extract", "twice.csv", "-o", "t.csv", in: folder)
    #expect(twice.status == 2 && twice.errors.contains("Name it alike in all rows"), "\(twice.errors)")
    try folder.write(
      "subject,image,mask,recipe,clip\nA,i0.nrrd,m0.nrrd,other.yaml,\nB,i1.nrrd,m1.nrrd,recipe.yaml,m0.nrrd\n",
      to: "clip.csv")
    let clip = try Command("extract", "clip.csv", "-o", "c.csv", in: folder)
    #expect(clip.status == 2 && clip.errors.contains("clip.csv:3: the column 'clip'"), "\(clip.errors)")
    #expect(!WholeFile.exists(folder.path("c.other.csv")))
    _ = try cohort.extract("-o", "m.csv")
    let text = try folder.read("named.csv")
    let merge = try Command("merge", "m.run", "-o", "named.csv", in: folder)
    #expect(merge.status == 2 && merge.errors.contains("is a cohort"), "\(merge.errors)")
    #expect(try folder.read("named.csv") == text)
    try folder.write("volume: [0.1]\n", to: "plan.yaml")
    let extract = try Command("extract", "named.csv", "--recipe", "other.yaml", "-o", "f.csv", in: folder)
    #expect(extract.status == 2 && extract.errors.contains("would measure none"), "\(extract.errors)")
    let perturb = try Command(
      "perturb", "named.csv", "--recipe", "other.yaml", "--plan", "plan.yaml", "-o", "f.csv", in: folder)
    #expect(perturb.status == 2 && perturb.errors.contains("names 'recipe.yaml'"), "\(perturb.errors)")
  }

  /// Warnings are told once a kind with the worst case, and stand in a column of the table.
  @Test func warningsAreCountedByKind() throws {
    let cohort = try SmallCohort(3), folder = cohort.folder, size = SIMD3(repeating: 6)
    for number in 0..<3 {
      var mask = [Float](repeating: 1, count: 216)
      for index in 0...number { mask[index] = .nan }
      try ImageFormats.write(
        Scan(geometry: Geometry(size: size), samples: .float(mask)), to: folder.path("m\(number).nrrd"))
    }
    let run = try cohort.extract("-o", "f.csv")
    #expect(run.status == 0)
    let lines = run.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(lines.count == 1 && lines[0].hasPrefix("warning: 3 cases, the worst is S2: mask: 3 "), "\(run.errors)")
    #expect(run.errors.contains("f.csv: 3 cases, 3 regions, 3 warnings\n"), "\(run.errors)")
    let table = try CSV(path: folder.path("f.csv")), column = try #require(table.header.firstIndex(of: "warnings"))
    #expect(table.rows.map { $0[column].hasPrefix("mask: ") } == [true, true, true])
    #expect(try cohort.extract("-q", "-o", "q.csv").errors.isEmpty)
  }

  /// Rows of equal contents are measured once; that is no earlier run. The same image under two subjects is a warning.
  @Test func rowsOfTheSameContents() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    for kind in ["i", "m"] {
      try FileManager.default.copyItem(atPath: folder.path("\(kind)0.nrrd"), toPath: folder.path("\(kind)9.nrrd"))
    }
    try folder.write(
      "subject,image,mask\nA,i0.nrrd,m0.nrrd\nA,i0.nrrd,m0.nrrd\nB,i9.nrrd,m9.nrrd\nC,i1.nrrd,m1.nrrd\n",
      to: "twice.csv")
    let run = try Command(
      "extract", "twice.csv", "--recipe", "recipe.yaml", "-o", "f.csv", "--jobs", "1", in: folder)
    #expect(run.status == 0)
    #expect(run.errors.contains("2 of them were measured once with others of the same contents\n"), "\(run.errors)")
    #expect(!run.errors.contains("earlier run"))
    #expect(run.errors.contains("have the same image, byte for byte: B is that of A. A patient"), "\(run.errors)")
    let again = try Command(
      "extract", "twice.csv", "--recipe", "recipe.yaml", "-o", "f.csv", "--resume", in: folder)
    #expect(again.errors.contains("4 of them were there from an earlier run\n"), "\(again.errors)")
  }

  /// `--resume` writes another format from what is there; `--overwrite` measures again, and removes nothing but runs.
  @Test func overwritingBeginsAnew() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    #expect(try cohort.extract("-o", "f.csv").status == 0)
    let refused = try cohort.extract("-o", "f.tsv")
    #expect(
      refused.status == 2 && refused.errors.contains("Add --resume to use them, also for a table of another format"))
    let other = try cohort.extract("-o", "f.tsv", "--resume")
    #expect(other.status == 0 && other.errors.contains("2 of them were there"), "\(other.errors)")
    let again = try cohort.extract("-o", "f.csv", "--overwrite")
    #expect(again.status == 0 && !again.errors.contains("earlier run"), "\(again.errors)")
    #expect(try cohort.extract("-o", "f.csv", "--overwrite", "--shard", "1/2").status == 2)
    try WholeFile.makeFolder(folder.path("g.run"))
    try folder.write("mine", to: "g.run/notes.txt")
    let kept = try cohort.extract("-o", "g.csv", "--overwrite")
    #expect(kept.status == 2 && kept.errors.contains("no run folder"), "\(kept.errors)")
    #expect(try folder.read("g.run/notes.txt") == "mine")
  }

  /// A folder of a run without run.json is taken up or begun anew, and says how; of anything else neither is done.
  @Test func foldersWithoutTheirDescription() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    #expect(try cohort.extract("-o", "f.csv").status == 0)
    let table = try folder.read("f.csv")
    for option in ["--resume", "--overwrite"] {
      try FileManager.default.removeItem(atPath: folder.path("f.run/run.json"))
      let refused = try cohort.extract("-o", "f.csv")
      #expect(refused.status == 2 && refused.errors.contains("run.json is missing. Add --resume"), "\(refused.errors)")
      let merged = try Command("merge", "f.run", "-o", "g.csv", in: folder)
      #expect(merged.status == 2 && merged.errors.contains("Resume the run"), "\(merged.errors)")
      let run = try cohort.extract("-o", "f.csv", option)
      #expect(run.status == 0 && run.errors.contains("earlier run") == (option == "--resume"), "\(run.errors)")
      #expect(try folder.read("f.csv") == table)
    }
    try WholeFile.makeFolder(folder.path("other.run"))
    for name in ["shard-1-of-1.lock", "notes.txt"] { try folder.write("mine", to: "other.run/" + name) }
    for option in ["--resume", "--overwrite"] {
      let kept = try cohort.extract("-o", "other.csv", option)
      #expect(kept.status == 2 && kept.errors.contains("no run folder"), "\(kept.errors)")
    }
    #expect(
      try Folder.names(in: folder.path("other.run"), hidden: true).sorted() == ["notes.txt", "shard-1-of-1.lock"])
  }

  /// A damaged file of a run is named, with what to do, and doing so works.
  @Test func damagedDescriptions() throws {
    let cohort = try SmallCohort(2), folder = cohort.folder
    #expect(try cohort.extract("-o", "f.csv").status == 0)
    for text in ["{\"format\": 1, \"soft", "[]", "{\"format\": 1}", ""] {
      try folder.write(text, to: "f.run/run.json")
      let run = try cohort.extract("-o", "f.csv", "--resume")
      #expect(run.status == 2 && run.errors.contains("f.run/run.json: it"), "\(run.errors)")
      #expect(run.errors.contains("begin anew with --overwrite"), "\(run.errors)")
    }
    try FileManager.default.removeItem(atPath: folder.path("f.run/run.json"))
    let resumed = try cohort.extract("-o", "f.csv", "--resume")
    #expect(resumed.status == 0 && resumed.errors.contains("2 of them were there"), "\(resumed.errors)")
    let index = try folder.read("f.run/shard-1-of-1.json")
    for text in [String(index.dropLast(9)), "[]", "", index.replacing("\"of\":1", with: "\"of\":0")] {
      try folder.write(text, to: "f.run/shard-1-of-1.json")
      let merged = try Command("merge", "f.run", "-o", "g.csv", in: folder)
      #expect(merged.status == 2 && merged.errors.contains("it is damaged, must be the index"), "\(merged.errors)")
      #expect(merged.errors.contains("Resume the run"), "\(merged.errors)")
    }
    #expect(try cohort.extract("-o", "f.csv", "--resume").status == 0)
    #expect(try Command("merge", "f.run", "-o", "g.csv", in: folder).status == 0)
  }

  @Test func everyCaseEndsAsARow() throws {
    let cohort = try SmallCohort(2)
    let folder = cohort.folder
    try folder.write("not an image", to: "bad.nrrd")
    try folder.write(
      """
      subject,image,mask,region
      A,i0.nrrd,m0.nrrd,
      B,gone.nrrd,m0.nrrd,
      C,bad.nrrd,m0.nrrd,1
      D,i1.nrrd,m1.nrrd,7
      E,i1.nrrd,m1.nrrd,union

      """, to: "cohort.csv")
    let run = try cohort.extract("-o", "t.csv", "--jobs", "2")
    #expect(run.status == 1)
    #expect(run.errors.contains("warning: cohort.csv:3: 'gone.nrrd' does not exist. The case will fail.\n"))
    #expect(run.errors.contains("failed: B: gone.nrrd: there is no such file.\n"))
    #expect(run.errors.hasSuffix("t.csv: 5 cases, 2 regions, 3 failed\n"), "\(run.errors)")
    let table = try CSV(path: folder.path("t.csv"))
    #expect(table.rows.map { $0[0] } == ["A", "B", "C", "D", "E"])
    #expect(table.rows.map { $0[3] } == ["1", "", "1", "7", "union"])
    #expect(table.rows.map { $0[4] } == ["ok", "failed", "failed", "failed", "ok"])
    #expect(table.rows[3][5].contains("there is no label 7"))
    #expect(table.rows[1].dropFirst(7).allSatisfy(\.isEmpty) && table.rows[0].dropFirst(7).allSatisfy { !$0.isEmpty })
    // From another folder the same bytes, as paths are those of the cohort.
    let elsewhere = try TemporaryFolder()
    let again = try Command(
      "extract", folder.path("cohort.csv"), "--recipe", folder.path("recipe.yaml"), "-o", "t.csv", in: elsewhere)
    #expect(again.status == 1)
    #expect(try elsewhere.read("t.csv") == folder.read("t.csv"))
    // What failed is tried again, what did not is used.
    try folder.write(Array(Data(contentsOf: folder.url.appendingPathComponent("i0.nrrd"))), to: "gone.nrrd")
    let resumed = try cohort.extract("-o", "t.csv", "--resume", "--events", "e.jsonl")
    #expect(
      resumed.status == 1 && resumed.errors.contains("t.csv: 5 cases, 3 regions, 2 failed\n"), "\(resumed.errors)")
    #expect(try cohort.count("case_reused", in: "e.jsonl") == 3 && cohort.count("case_failed", in: "e.jsonl") == 2)
  }

  /// Results belong to contents: rows may be added, moved and renamed.
  @Test func resumesByContent() throws {
    let cohort = try SmallCohort(4)
    let folder = cohort.folder
    let all = try folder.read("cohort.csv").split(separator: "\n")
    try folder.write(all[0...2].map { $0 + "\n" }.joined(), to: "cohort.csv")
    #expect(try cohort.extract("-o", "t.csv").status == 0)
    let refused = try cohort.extract("-o", "t.csv")
    #expect(refused.status == 2 && refused.errors.contains("t.run: results of a run are there already. Add --resume"))
    try FileManager.default.moveItem(atPath: folder.path("i1.nrrd"), toPath: folder.path("renamed.nrrd"))
    let grown = [all[0], all[4], "X,renamed.nrrd,m1.nrrd,y", all[1], all[3]]
    try folder.write(grown.map { $0 + "\n" }.joined(), to: "cohort.csv")
    #expect(try cohort.extract("-o", "t.csv", "--resume", "--events", "e.jsonl").status == 0)
    #expect(try cohort.count("case_reused", in: "e.jsonl") == 2 && cohort.count("case_finished", in: "e.jsonl") == 2)
    let fresh = try cohort.extract("-o", "fresh.csv")
    #expect(fresh.status == 0)
    #expect(try folder.read("t.csv") == folder.read("fresh.csv"))
    try folder.write("name: other\nlayers: [{families: [morphology]}]\n", to: "recipe.yaml")
    let other = try cohort.extract("-o", "t.csv", "--resume")
    #expect(other.status == 2 && other.errors.contains("the results there are of another recipe"), "\(other.errors)")
    try folder.write("name: small\nlayers: [{families: [intensity]}]\n", to: "recipe.yaml")
    let reading = try cohort.extract("-o", "t.csv", "--resume", "--resample-mask")
    #expect(reading.status == 2 && reading.errors.contains("other options of reading"), "\(reading.errors)")
  }

  @Test func mergeRefusesByName() throws {
    let cohort = try SmallCohort(6)
    let folder = cohort.folder
    for shard in [1, 3] { #expect(try cohort.extract("-o", "a.csv", "--shard", "\(shard)/3").status == 0) }
    let gap = try Command("merge", "a.run", "-o", "t.csv", in: folder)
    #expect(gap.status == 2)
    #expect(gap.errors.contains("rows 2 (S1), 5 (S4) are missing. Shards that have not ended: 2/3"), "\(gap.errors)")
    #expect(try cohort.extract("-o", "b.csv", "--shard", "2/3").status == 0)
    #expect(try Command("merge", "a.run", "b.run", "-o", "t.csv", in: folder).status == 0)
    #expect(try cohort.extract("-o", "whole.csv").status == 0)
    #expect(try folder.read("t.csv") == folder.read("whole.csv"))
    #expect(try Command("merge", "a.run", "b.run", "whole.run", "-o", "t.csv", in: folder).status == 0)
    // The same row with another result.
    try FileManager.default.removeItem(atPath: folder.path("i1.nrrd"))
    try FileManager.default.copyItem(atPath: folder.path("i2.nrrd"), toPath: folder.path("i1.nrrd"))
    #expect(try cohort.extract("-o", "c.csv", "--shard", "2/3").status == 0)
    let twice = try Command("merge", "a.run", "b.run", "c.run", "-o", "u.csv", in: folder)
    #expect(
      twice.status == 2 && twice.errors.contains("row 2 (S1) has another result than in b.run"), "\(twice.errors)")
    let unnamed = try Command("merge", "cohort.csv", "-o", "u.csv", in: folder)
    #expect(unnamed.status == 2 && unnamed.errors.contains("it is no run folder"))
    try folder.write(try folder.read("cohort.csv") + "S9,i0.nrrd,m0.nrrd,z\n", to: "cohort.csv")
    #expect(try cohort.extract("-o", "d.csv").status == 0)
    let cohorts = try Command("merge", "whole.run", "d.run", "-o", "u.csv", in: folder)
    #expect(cohorts.status == 2 && cohorts.errors.contains("its cohort is not the one of whole.run (7 and 6 rows)"))
    try folder.write("name: other\nlayers: [{families: [morphology]}]\n", to: "recipe.yaml")
    #expect(try cohort.extract("-o", "e.csv").status == 0)
    let recipes = try Command("merge", "d.run", "e.run", "-o", "u.csv", in: folder)
    #expect(recipes.status == 2 && recipes.errors.contains("its results are of another recipe"), "\(recipes.errors)")
    #expect(!WholeFile.exists(folder.path("u.csv")))
  }

  @Test func oneProcessForAShard() throws {
    let cohort = try SmallCohort(30, size: 12, families: SmallCohort.texture)
    let arguments = ["extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "t.csv", "--jobs", "1"]
    let run = try RunningCommand(arguments: arguments + ["--events", "e.jsonl"], in: cohort.folder)
    while try cohort.count("case_started", in: "e.jsonl") == 0, run.isRunning { usleep(2000) }
    // It stands still meanwhile, so that it cannot end before it is stopped.
    run.send(SIGSTOP)
    let second = try cohort.extract("-o", "t.csv", "--resume")
    #expect(second.status == 2 && second.errors.contains("another process runs shard 1/1"), "\(second.errors)")
    // Ctrl-C stops it in good order.
    run.send(SIGINT)
    run.send(SIGCONT)
    #expect(run.wait() == 130)
    #expect(try cohort.folder.read(".errors").contains("with --resume to continue"))
    #expect(!WholeFile.exists(cohort.folder.path("t.csv")))
    #expect(try cohort.extract("-o", "t.csv", "--resume").status == 0)
  }

  @Test func printedAndTemporary() throws {
    let cohort = try SmallCohort(2)
    try FileManager.default.createDirectory(
      at: cohort.folder.url.appendingPathComponent("tmp"), withIntermediateDirectories: true)
    let run = try cohort.extract("--jobs", "2", shell: "export TMPDIR=$PWD/tmp")
    #expect(run.status == 0 && run.output.split(separator: "\n").count == 3, "\(run.errors)")
    #expect(run.output.hasPrefix("subject,image,mask,region,site,status,reason,warnings,stat_mean"))
    #expect(try Folder.names(in: cohort.folder.path("tmp"), hidden: true).isEmpty)
    let json = try cohort.extract("--format", "json", "--layout", "long")
    let table = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((table?["rows"] as? [Any])?.count == 36)
  }

  @Test func provenanceOfACohort() throws {
    let cohort = try SmallCohort(2)
    try cohort.folder.write(
      try cohort.folder.read("cohort.csv") + "gone,gone.nrrd,m0.nrrd,z\n", to: "cohort.csv")
    #expect(try cohort.extract("-o", "t.jsonl", "--layout", "wide").status == 1)
    let lines = try cohort.folder.read("t.jsonl").split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(lines.count == 3 && (lines[0]?["features"] as? [String: Double])?.count == 18)
    #expect(lines[2]?["status"] as? String == "failed")
    let text = try cohort.folder.read("t.provenance.json")
    let provenance = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let cases = try #require(provenance?["cases"] as? [[String: Any]])
    #expect(cases.count == 3 && cases[2]["failed"] as? String == "gone.nrrd: there is no such file.")
    let inputs = try #require(cases[1]["inputs"] as? [[String: Any]])
    #expect(inputs.compactMap { $0["role"] as? String } == ["image", "mask"])
    #expect((cases[0]["timings_s"] as? [String: Double])?["measure"] != nil)
    #expect((provenance?["columns"] as? [Any])?.count == 18)
  }

  @Test(arguments: [
    (["--shard", "4/3"], "must be i/n with i from 1 to n"), (["--jobs", "0"], "must be a whole number from 1"),
    (["--save-steps", "x"], "belongs to one image and mask"), (["--clip-to", "x"], "a column 'clip'"),
    (["--max-memory", "lots"], "--max-memory"), (["--resume"], "need --output"),
    (["-o", "t.xls"], ".jsonl"), (["-o", "cohort.csv"], "is named twice"),
  ])
  func wrongUsageSaysSo(_ options: [String], _ words: String) throws {
    let cohort = try SmallCohort(1)
    let before = try cohort.folder.names
    let run = try Command(arguments: ["extract", "cohort.csv", "--recipe", "recipe.yaml"] + options, in: cohort.folder)
    #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
    #expect(try cohort.folder.names == before)
  }

  @Test func scanned() throws {
    let cohort = try SmallCohort(2)
    let folder = cohort.folder
    for number in 0...1 {
      try FileManager.default.moveItem(
        atPath: folder.path("i\(number).nrrd"), toPath: folder.path("\(number)_image.nrrd"))
    }
    try FileManager.default.moveItem(atPath: folder.path("m0.nrrd"), toPath: folder.path("0_mask.nrrd"))
    let run = try Command("cohort", "scan", ".", "-o", "found.csv", in: folder)
    #expect(run.status == 0 && run.errors.contains("1_image.nrrd: an image without a mask"), "\(run.errors)")
    #expect(try folder.read("found.csv") == "subject,image,mask\n0,0_image.nrrd,0_mask.nrrd\n")
    #expect(try Command("extract", "found.csv", "--recipe", "recipe.yaml", "-o", "t.csv", in: folder).status == 0)
  }
}
