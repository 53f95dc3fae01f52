import Foundation
import Radiomics
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// `habitats` from the shell: planted parts of balls in two images, at two times.
@Suite struct HabitatsCommandTests {
  /// Shares of the part that is bright in image b, by subject and time.
  private static func planted(_ subject: Int, _ time: Int) -> Double {
    0.2 + 0.08 * Double(subject) + 0.2 * Double(time)
  }

  /// Balls, smaller at the second time; below a plane they are of part 1 (0, 100), above of part 2 (30, 40).
  private static func folder(subjects: Int = 4, times: Int = 2) throws -> (TemporaryFolder, [[Double]]) {
    let folder = try TemporaryFolder(), size = SIMD3(18, 18, 12)
    var rows = ["subject,timepoint,image,adc,mask"], truth: [[Double]] = []
    for subject in 0..<subjects {
      for time in 0..<times {
        let name = "S\(subject)_t\(time)", radius = time == 0 ? 7.5 : 6.5
        let geometry = try Geometry(size: size, spacing: [1, 1, 1.5])
        var generator = SeededGenerator(seed: UInt64(10 * subject + time))
        var image: [Float] = [], other: [Float] = [], mask: [UInt8] = [], parts = [0.0, 0.0]
        // By a plane across x, as far as the share of the part says.
        let cut = 8.5 - radius + 2 * radius * planted(subject, time)
        for index in 0..<geometry.count {
          let place = SIMD3(Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
          let way = (place - SIMD3(8.5, 8.5, 5.5)) * geometry.spacing
          let isInside = (way * way).sum() <= radius * radius, part = place.x < cut ? 1 : 0
          mask.append(isInside ? 1 : 0)
          if isInside { parts[part] += 1 }
          image.append(Float((part == 0 ? 0 : 30) + 3 * generator.normal()))
          other.append(Float((part == 0 ? 100 : 40) + 8 * generator.normal()))
        }
        truth.append(parts.map { $0 / (parts[0] + parts[1]) })
        try ImageFormats.write(Scan(geometry: geometry, samples: .float(image)), to: folder.path("\(name).nii.gz"))
        try ImageFormats.write(Scan(geometry: geometry, samples: .float(other)), to: folder.path("\(name)_adc.nii.gz"))
        try ImageFormats.write(Scan(geometry: geometry, mask: mask), to: folder.path("\(name)_mask.nii.gz"))
        rows.append("S\(subject),t\(time),\(name).nii.gz,\(name)_adc.nii.gz,\(name)_mask.nii.gz")
      }
    }
    try folder.write(rows.joined(separator: "\n") + "\n", to: "cohort.csv")
    return (folder, truth)
  }

  private static func table(_ text: String) throws -> [[String: String]] {
    let table = try CSV(bytes: Array(text.utf8), path: "t.csv")
    return table.rows.map { Dictionary(uniqueKeysWithValues: zip(table.header, $0)) }
  }

  @Test func fromImagesToATableAndItsChanges() throws {
    let (folder, truth) = try Self.folder()
    let fit = try Command(
      "habitats", "fit", "cohort.csv", "--images", "image,adc", "--k", "2", "--timepoint", "t0", "--voxels", "200",
      "--bootstraps", "6", "--restarts", "3", "--potts", "0.5", "-o", "M.json", "--report", "fit.html", in: folder)
    #expect(fit.status == 0 && fit.errors.contains("2 habitats, ordered by the mean of image"), "\(fit.errors)")
    #expect(try folder.read("fit.html").contains("Number of habitats"))
    for (jobs, maps) in [("1", "maps"), ("3", "again")] {
      let apply = try Command("habitats", "apply", "M.json", "cohort.csv", "-o", maps, "-j", jobs, in: folder)
      #expect(apply.status == 0 && apply.errors.contains("\(maps): 8 maps of 2 habitats"), "\(apply.errors)")
    }
    for name in ["S0_t0_habitats.nii.gz", "S3_t1_habitats.nii.gz", "habitats.json", "cohort.csv"] {
      #expect(
        try Data(contentsOf: folder.url.appendingPathComponent("maps/\(name)"))
          == Data(contentsOf: folder.url.appendingPathComponent("again/\(name)")))
    }
    let measure = try Command(
      "habitats", "measure", "maps", "-o", "h.csv", "--changes", "c.csv", "--aligned", "0.3", "--report", "h.html",
      "--figure", "h.svg", in: folder)
    #expect(measure.status == 0, "\(measure.errors)")
    let rows = try Self.table(folder.read("h.csv"))
    #expect(rows.count == 8 && rows.allSatisfy { $0["status"] == "ok" })
    for (row, planted) in zip(rows, truth) {
      let share = try #require(Double(row["share_2"] ?? "")), mean = try #require(Double(row["mean_2_adc"] ?? ""))
      #expect(abs(share - planted[1]) < 0.01 && abs(mean - 40) < 2 && row["ith_score"] == "0")
    }
    let changes = try Self.table(folder.read("c.csv"))
    #expect(changes.map { $0["subject"] } == ["S0", "S1", "S2", "S3"])
    for row in changes {
      let ratio = try #require(Double(row["region_volume.log_ratio"] ?? ""))
      #expect(ratio < -0.2 && Double(row["share_2.absolute"] ?? "")! > 0.15)
      let became = (0...2).map { Double(row["transition_2_\($0)"] ?? "") ?? .nan }
      #expect(abs(became.reduce(0, +) - 1) < 1e-12 && became[0] > 0.05)
    }
    // An error of a whole voxel tells nothing of voxels, and all of shares.
    let coarse = try Command(
      "habitats", "measure", "maps", "-o", "h2.csv", "--changes", "c2.csv", "--aligned", "1", in: folder)
    #expect(coarse.status == 0, "\(coarse.errors)")
    for (row, fine) in zip(try Self.table(folder.read("c2.csv")), changes) {
      #expect(row["transition_2_1"] == "" && row["reason"]?.contains("not below a voxel's shortest side") == true)
      #expect(row["share_2.absolute"] == fine["share_2.absolute"] && row["growing"] == fine["growing"])
    }
    #expect(try folder.read("h.html").contains("data:image/png;base64,"))
    #expect(try folder.read("h.svg").contains("Shares of habitats"))
  }

  /// What the maps are masks for: any recipe in each habitat, the same as by `extract`, and reasons for one that is empty.
  @Test func recipesWithinHabitats() throws {
    let (folder, _) = try Self.folder(subjects: 2, times: 1)
    try folder.write(
      "name: r\nlayers:\n  - families: [intensity]\n", to: "r.yaml")
    // A subject without the bright part.
    let path = folder.path("S1_t0.nii.gz"), geometry = try ImageFormats.read(path: path).volumes[0].geometry
    try ImageFormats.write(
      Scan(geometry: geometry, samples: .float([Float](repeating: 31, count: geometry.count))), to: path)
    try ImageFormats.write(
      Scan(geometry: geometry, samples: .float([Float](repeating: 40, count: geometry.count))),
      to: folder.path("S1_t0_adc.nii.gz"))
    let images = ["--images", "image,adc,mean: {support: 3}", "--k", "2", "--bootstraps", "0"]
    let fit = try Command(arguments: ["habitats", "fit", "cohort.csv"] + images + ["-o", "M.json"], in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    #expect(try Command("habitats", "apply", "M.json", "cohort.csv", "-o", "maps", in: folder).status == 0)
    let measure = try Command("habitats", "measure", "maps", "-o", "h.csv", "--recipe", "r.yaml", in: folder)
    #expect(measure.status == 0, "\(measure.errors)")
    let extract = try Command("extract", "maps/cohort.csv", "--recipe", "r.yaml", "-o", "f.csv", in: folder)
    #expect(extract.status == 0, "\(extract.errors)")
    let rows = try Self.table(folder.read("h.csv")), features = try Self.table(folder.read("f.csv"))
    let own = features.filter { $0["subject"] == "S0" }
    #expect(own.count == 2 && own.map { $0["stat_mean"] } == (1...2).map { rows[0]["habitat\($0).stat_mean"] })
    #expect(rows[1]["share_1"] == "0" && rows[1]["share_2"] == "1" && rows[1]["components_1"] == "0")
    #expect(rows[1]["status"] == "partial" && rows[1]["reason"]?.contains("habitat 1 is empty") == true)
    #expect(rows[1]["habitat1.stat_mean"] == "" && rows[1]["mean_1_adc"] == "" && rows[1]["mean_2_adc"] == "40")
  }

  /// An image on another grid, one that is missing, a region of one voxel: a sentence, and the other subjects run on.
  @Test func whatCannotBeReadIsNamed() throws {
    let (folder, _) = try Self.folder(subjects: 4, times: 1)
    let other = try Geometry(size: [10, 10, 10], spacing: [2, 2, 2])
    try ImageFormats.write(
      Scan(geometry: other, samples: .float([Float](repeating: 1, count: 1000))), to: folder.path("S1_t0_adc.nii.gz"))
    try FileManager.default.removeItem(atPath: folder.path("S2_t0_adc.nii.gz"))
    let geometry = try ImageFormats.read(path: folder.path("S3_t0.nii.gz")).volumes[0].geometry
    var mask = [UInt8](repeating: 0, count: geometry.count)
    mask[geometry.count / 2] = 1
    try ImageFormats.write(Scan(geometry: geometry, mask: mask), to: folder.path("S3_t0_mask.nii.gz"))
    let fit = try Command(
      "habitats", "fit", "cohort.csv", "--images", "image,adc", "--k", "2", "--bootstraps", "2", "-o", "M.json",
      in: folder)
    #expect(fit.status == 1, "\(fit.errors)")
    #expect(fit.errors.contains("failed: S1:") && fit.errors.contains("its grid is not that of the case's image"))
    #expect(fit.errors.contains("failed: S2:") && fit.errors.contains("S3 (1)"))
    let apply = try Command("habitats", "apply", "M.json", "cohort.csv", "-o", "maps", in: folder)
    #expect(apply.status == 1 && apply.errors.contains("maps: 2 maps"), "\(apply.errors)")
    let rows = try Self.table(folder.read("maps/cohort.csv"))
    #expect(rows.map { $0["subject"] } == ["S0", "S3"])
    #expect(try Command("habitats", "measure", "maps", "-o", "h.csv", in: folder).status == 0)
    // Wrong words.
    for (words, sentence) in [
      (["--images", "image,pet", "--k", "2"], "neither a column"), (["--images", "image", "--k", "4:2"], "--k"),
      (["--images", "image,image", "--k", "2"], "named twice"),
      (["--images", "mean: {suport: 3}", "--k", "2"], "suport"),
      (["--images", "image", "--k", "2", "--timepoint", "t9"], "time point 't9'"),
      (["--images", "image", "--k", "2", "--design", "subject", "--method", "mixture"], "Choose another design"),
    ] {
      let wrong = try Command(arguments: ["habitats", "fit", "cohort.csv"] + words + ["-o", "N.json"], in: folder)
      #expect(wrong.status == 2 && wrong.errors.contains(sentence), "\(words): \(wrong.errors)")
    }
    #expect(try Command("habitats", "measure", ".", "-o", "x.csv", in: folder).status == 2)
  }
}
