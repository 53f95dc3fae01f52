import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Reference tissues, kernels that recipes name, and modalities that are not pooled, at the doors of the program.
@Suite struct PhysicsCommandTests {
  private static let geometry = Geometry(
    unchecked: [20, 20, 4], spacing: [0.8, 0.8, 3], origin: .zero, direction: .identity)

  private static func noise(_ seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<geometry.count).map { _ in 20 * generator.normal() }
  }

  /// Noise of a soft kernel: each voxel the mean of its 3 x 3 neighbours within the slice.
  private static func softened(_ noise: [Double]) -> [Double] {
    noise.indices.map { index -> Double in
      let slice = index / 400 * 400, x = index % 20, y = index / 20 % 20
      var sum = 0.0
      for dy in -1...1 {
        for dx in -1...1 {
          let row = (y + dy + 20) % 20, column = (x + dx + 20) % 20
          sum += noise[slice + row * 20 + column]
        }
      }
      return sum / 9
    }
  }

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    func write(_ samples: Scan.Samples, _ name: String) throws {
      try ImageFormats.write(Scan(geometry: geometry, samples: samples), to: folder.path(name))
    }
    func mask(_ places: Range<Int>) -> Scan.Samples { .uint8((0..<1600).map { places.contains($0) ? 1 : 0 }) }
    let sharp = noise(1)
    try write(.double(sharp), "sharp.nrrd")
    try write(.double(softened(sharp)), "soft.nrrd")
    try write(.double(noise(2).map { $0 + 100 }), "i.nrrd")
    try write(mask(500..<900), "m.nrrd")
    try write(mask(1200..<1500), "muscle.nrrd")
    let layers = "layers: [{families: [intensity]}]\n"
    try folder.write("name: t\n" + layers, to: "plain.yaml")
    try folder.write(
      "name: t\npreparation: {normalise: {method: z_score, within: reference, reference: muscle}}\n" + layers,
      to: "tissue.yaml")
    try folder.write("name: t\npreparation: {kernel: {file: k.json}}\n" + layers, to: "kernel.yaml")
    try folder.write("subject,image,mask,reference\nA,i.nrrd,m.nrrd,muscle.nrrd\n", to: "cohort.csv")
    return folder
  }

  private static func mean(_ folder: TemporaryFolder, _ table: String) throws -> Double {
    let csv = try CSV(path: folder.path(table)), place = try #require(csv.header.firstIndex(of: "stat_mean"))
    return try #require(Double(csv.rows[0][place]))
  }

  private static func json(_ folder: TemporaryFolder, _ name: String) throws -> Setting.Value {
    try Setting.Value(json: Array(folder.read(name).utf8), file: name)
  }

  /// One image, a cohort, an unmoved perturbation and a map see the same tissue.
  @Test func everyVerbTakesTheTissue() throws {
    let folder = try Self.folder()
    func run(_ arguments: String...) throws {
      let run = try Command(arguments: arguments, in: folder)
      #expect(run.status == 0, "\(arguments[0]): \(run.errors)")
    }
    try run(
      "extract", "i.nrrd", "m.nrrd", "--recipe", "tissue.yaml", "--reference", "muscle.nrrd", "-o", "one.csv")
    try run("extract", "cohort.csv", "--recipe", "tissue.yaml", "-o", "many.csv")
    try folder.write("rotation: [3]\n", to: "plan.yaml")
    try run("perturb", "cohort.csv", "--recipe", "tissue.yaml", "--plan", "plan.yaml", "-o", "moved.csv")
    try run(
      "perturb", "i.nrrd", "m.nrrd", "--reference", "muscle.nrrd", "--recipe", "tissue.yaml", "--plan", "plan.yaml",
      "-o",
      "alone.csv")
    let one = try Self.mean(folder, "one.csv"), values = Self.noise(2).map { $0 + 100 }
    let tissue = Array(values[1200..<1500]), centre = tissue.reduce(0, +) / 300
    let variance = tissue.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 300
    expectClose(
      one, (values[500..<900].reduce(0, +) / 400 - centre) / variance.squareRoot(), absolute: 1e-12)
    #expect(try Self.mean(folder, "many.csv") == one)
    let moved = try CSV(path: folder.path("moved.csv")), alone = try CSV(path: folder.path("alone.csv"))
    let place = try #require(moved.header.firstIndex(of: "stat_mean"))
    #expect(Double(moved.rows[0][place]) == one && moved.rows[1][place] != moved.rows[0][place])
    #expect(moved.rows.map { $0[place] } == alone.rows.map { $0[alone.header.firstIndex(of: "stat_mean")!] })
    try run(
      "maps", "i.nrrd", "m.nrrd", "--recipe", "tissue.yaml", "--reference", "muscle.nrrd", "--features", "stat_mean",
      "-o",
      "maps")
    let map = try ImageFormats.read(path: folder.path("maps/stat_mean.nii.gz"), options: ReadingOptions()).volumes[0]
    let corner = map.volume(in: Box(lower: [10, 10, 1], size: [1, 1, 1])).voxels[0]
    // Neighbours of a voxel of slice 1 that lie in the region, which reaches from row 5 of slice 1 to row 4 of slice 2.
    let around = (9...11).flatMap { y in (9...11).map { x in 400 + 20 * y + x } }
    let neighbours = around.reduce(0) { $0 + values[$1] } / 9
    expectClose(corner, (neighbours - centre) / variance.squareRoot(), absolute: 1e-6)
    let inputs = try #require(Self.json(folder, "one.provenance.json")["inputs"]?.asList)
    #expect(inputs.compactMap { $0["role"]?.asText } == ["image", "mask", "reference"])
  }

  @Test func tissuesThatFitNothing() throws {
    let folder = try Self.folder()
    for (arguments, part) in [
      (
        ["i.nrrd", "m.nrrd", "--recipe", "plain.yaml", "--reference", "muscle.nrrd"],
        "does not normalise within reference"
      ),
      (["cohort.csv", "--recipe", "plain.yaml", "-o", "f.csv"], "cohort.csv:2: the column 'reference'"),
      (["cohort.csv", "--recipe", "tissue.yaml", "--reference", "muscle.nrrd", "-o", "f.csv"], "a column 'reference'"),
      (["i.nrrd", "m.nrrd", "--recipe", "tissue.yaml"], "Give a mask of the tissue by --reference MASK"),
      (["i.nrrd", "m.nrrd", "--recipe", "tissue.yaml", "--reference", "none.nrrd"], "none.nrrd"),
    ] {
      let run = try Command(arguments: ["extract"] + arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(arguments): \(run.errors)")
    }
    // A case without a tissue is a row that says so.
    try folder.write(
      "subject,image,mask,reference\nA,i.nrrd,m.nrrd,muscle.nrrd\nB,i.nrrd,m.nrrd,\n", to: "lacks.csv")
    let run = try Command("extract", "lacks.csv", "--recipe", "tissue.yaml", "-o", "l.csv", in: folder)
    #expect(run.status == 1 && run.errors.contains("failed: B: reference tissue 'muscle'"), "\(run.errors)")
  }

  /// A match is kept once, named by a recipe, and known by its bytes in fingerprint and provenance.
  @Test func kernelsByARecipe() throws {
    let folder = try Self.folder()
    let keep = try Command(
      "harmonise", "kernel", "--sharp", "sharp.nrrd", "--soft", "soft.nrrd", "--sharp-name", "B70f", "--soft-name",
      "B30f", "-o", "k.json", in: folder)
    #expect(keep.status == 0 && keep.errors.contains("waves are halved from"), "\(keep.errors)")
    let kept = try Self.json(folder, "k.json"), beside = try Self.json(folder, "k.provenance.json")
    #expect(kept["sharp"]?.asText == "B70f" && kept["soft"]?.asText == "B30f" && kept["pixel"]?.asNumber == 0.8)
    // Gains are |1 + 2 cos|/3 along an axis; a band mixes directions, so that low ones alone are near it.
    let gains = try #require(kept["gains"]?.asList).compactMap(\.asNumber)
    #expect(gains[0] == 1 && gains[1] > 0.9 && gains.last! < 0.5)
    let inputs = try #require(beside["inputs"]?.asList)
    #expect(
      try inputs.map { $0["sha256"]?.asText }
        == ["sharp.nrrd", "soft.nrrd"].map { sha256(try WholeFile.bytes(of: folder.path($0))) })
    let image = try Command(
      "harmonise", "kernel", "i.nrrd", "--sharp", "sharp.nrrd", "--soft", "soft.nrrd", "-o", "matched.nrrd", in: folder)
    #expect(image.status == 0, "\(image.errors)")
    func extract(_ image: String, _ recipe: String, _ output: String) throws -> Command {
      try Command("extract", image, "m.nrrd", "--recipe", recipe, "-o", output, in: folder)
    }
    #expect(try extract("i.nrrd", "kernel.yaml", "a.csv").status == 0)
    #expect(try extract("matched.nrrd", "plain.yaml", "b.csv").status == 0)
    // The matched image is written in numbers of 24 bits: 6·10⁻⁸ of 100.
    expectClose(try Self.mean(folder, "a.csv"), try Self.mean(folder, "b.csv"), absolute: 1e-5)
    let first = try Self.json(folder, "a.provenance.json"), kernel = first["recipe"]?["preparation"]?["kernel"]
    let digest = sha256(try WholeFile.bytes(of: folder.path("k.json")))
    #expect(kernel?["sha256"]?.asText == digest)
    #expect(kernel?["file"]?.asText == "k.json" && kernel?["gains"]?.asList?.count == gains.count)
    // Another file under the same name is another recipe; one that states a digest is refused.
    try folder.write(folder.read("k.json").replacingOccurrences(of: "B30f", with: "B31f"), to: "k.json")
    #expect(try extract("i.nrrd", "kernel.yaml", "c.csv").status == 0)
    #expect(
      try Self.json(folder, "c.provenance.json")["recipe_fingerprint"]?.asText != first["recipe_fingerprint"]?.asText)
    // A cohort in another folder finds the file beside its recipe; its workers get what was read.
    try folder.write("subject,image,mask\nA,i.nrrd,m.nrrd\n", to: "one.csv")
    let cohort = try Command("extract", "one.csv", "--recipe", "kernel.yaml", "-o", "d.csv", in: folder)
    #expect(cohort.status == 0, "\(cohort.errors)")
    #expect(try Self.mean(folder, "d.csv") == Self.mean(folder, "c.csv"))
    try folder.write(
      folder.read("kernel.yaml").replacingOccurrences(
        of: "k.json", with: "k.json, sha256: \(kernel!["sha256"]!.asText!)"),
      to: "stated.yaml")
    let stated = try extract("i.nrrd", "stated.yaml", "x.csv")
    #expect(stated.status == 2 && stated.errors.contains("has the SHA-256"), "\(stated.errors)")
  }

  @Test func kernelsThatAreNone() throws {
    let folder = try Self.folder(), phantoms = ["--sharp", "sharp.nrrd", "--soft", "soft.nrrd"]
    for (arguments, part) in [
      (phantoms + ["-o", "k.nrrd"], "must end in .json"), (["i.nrrd", "-o", "k.json"] + phantoms, "must be an image"),
      (["i.nrrd", "-o", "x.nrrd", "--soft-name", "B30f"] + phantoms, "belong to a match that is kept"),
      (["--sharp", "soft.nrrd", "--soft", "sharp.nrrd", "-o", "k.json"], "less noise than the soft one"),
    ] {
      let run = try Command(arguments: ["harmonise", "kernel"] + arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(arguments): \(run.errors)")
    }
    for (text, part) in [
      (nil, "k.json"), ("{\"format\": 1}", "'kernel' needs"), ("{\"gains\": [1]}", "is no file of a kernel"),
      ("{\"format\": 1, \"gain\": [1]}", "Did you mean 'gains'?"),
    ] {
      if let text { try folder.write(text, to: "k.json") }
      let run = try Command("extract", "i.nrrd", "m.nrrd", "--recipe", "kernel.yaml", "-o", "x.csv", in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(text ?? "no file"): \(run.errors)")
    }
  }

  /// Without a column of modalities headers tell them, as the provenance has them; a joined table hands them on.
  @Test func modalitiesOfHeadersCount() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<24).map { "S\($0 / 2),\(["a", "b"][$0 % 2]),\(Double($0 * $0 % 7) + 0.1),\(Double($0 * 5 % 11))" }
    try folder.write((["subject,site,f,g"] + rows).joined(separator: "\n") + "\n", to: "t.csv")
    try folder.write(
      (["subject,age"] + (0..<12).map { "S\($0),\($0 + 40)" }).joined(separator: "\n") + "\n", to: "c.csv")
    func provenance(_ normalise: String) -> String {
      #"{"format": 1, "recipe": {"preparation": {\#(normalise)}}, "columns": [{"name": "f"}, {"name": "g"}], "cases": [{"acquisition": {"modality": "CT"}}, {"acquisition": {"modality": ["MR"]}}]}"#
    }
    func runs(_ table: String, _ normalise: String) throws -> [Command] {
      try folder.write(provenance(normalise), to: "t.provenance.json")
      let join = try Command("table", "join", "t.csv", "c.csv", "--by", "subject", "-o", "j.csv", in: folder)
      #expect(join.status == 0, "\(join.errors)")
      return [
        try Command("harmonise", "fit", table, "--batch", "site", "--features", "f,g", "-o", "h.json", in: folder),
        try Command("reliability", table, "--subject", "subject", "--features", "f,g", "-o", "r.csv", in: folder),
      ]
    }
    for table in ["t.csv", "j.csv"] {
      for run in try runs(table, "") {
        #expect(
          run.status == 2 && run.errors.contains("the provenance: has CT and MR")
            && run.errors.contains("--allow mixed-modalities"), "\(run.errors)")
      }
      for run in try runs(table, #""normalise": {"method": "z_score"}"#) { #expect(run.status == 0, "\(run.errors)") }
    }
    try folder.write(provenance(""), to: "t.provenance.json")
    let allowed = try Command(
      "reliability", "t.csv", "--subject", "subject", "--features", "f,g", "--allow", "mixed-modalities", "-o", "r.csv",
      in: folder)
    #expect(allowed.status == 0 && allowed.errors.contains("as mixed-modalities is allowed"), "\(allowed.errors)")
    #expect(try folder.read("r.provenance.json").contains("\"mixed-modalities\""))
    let check = try Command("harmonise", "check", "t.csv", "--batch", "site", "--features", "f,g", in: folder)
    #expect(check.status == 0 && check.errors.contains("has CT and MR"), "\(check.errors)")
  }

  /// A study learns from neither, unless that is allowed, and then the signature says so.
  @Test func studiesRefuseThem() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    let rows = (0..<60).map { row -> String in
      let event = row % 2
      return
        "S\(row),\(event),\(row % 3 == 0 ? "CT" : "MR"),\(generator.normal() + Double(event)),\(generator.normal())"
    }
    try folder.write((["subject,y,modality,f,cm_contrast.fbs25"] + rows).joined(separator: "\n") + "\n", to: "t.csv")
    try folder.write(
      """
      table: t.csv
      outcome: y
      subject: subject
      candidates: [f, cm_contrast.fbs25]
      design: {outer: {folds: 3}, inner: 3}
      pipeline:
        - elastic_net: {}
      """, to: "study.yaml")
    let mixed = try Command("train", "study.yaml", "-o", "s.json", in: folder)
    #expect(mixed.status == 2 && mixed.errors.contains("has CT and MR"), "\(mixed.errors)")
    let fixed = try Command("train", "study.yaml", "--allow", "mixed-modalities", "-o", "s.json", in: folder)
    #expect(
      fixed.status == 2 && fixed.errors.contains("'cm_contrast.fbs25': are of MR")
        && fixed.errors.contains("--allow mr-fixed-width"), "\(fixed.errors)")
  }

  /// `extract` warns of a cohort of which one recipe measures CT and MR as they are.
  @Test func cohortsOfBothAreWarnedOf() throws {
    let folder = try Self.folder()
    try folder.write("subject,image,mask,modality\nA,i.nrrd,m.nrrd,CT\nB,i.nrrd,m.nrrd,mr\n", to: "both.csv")
    let both = try Command("extract", "both.csv", "--recipe", "plain.yaml", "-o", "f.csv", in: folder)
    #expect(both.status == 0 && both.errors.contains("'modality' has CT and MR"), "\(both.errors)")
  }
}
