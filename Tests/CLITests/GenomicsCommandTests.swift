import RadiomicsTestSupport
import Testing

/// `genomics` from files to files.
@Suite struct GenomicsCommandTests {
  private let folder: TemporaryFolder

  /// Twelve subjects of two sites, two features and three genes; of the second gene one cell is empty.
  init() throws {
    folder = try TemporaryFolder()
    let f = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], wave = [3.0, -1, 4, 1, -5, 9, 2, -6, 5, 3, 5, -8]
    func row(_ k: Int) -> String { "s\(k),\(f[k] + wave[11 - k]),\(wave[k])\n" }
    try folder.write("subject,size,texture\n" + (0..<12).map(row).joined(), to: "f.csv")
    try folder.write("subject,site\n" + (0..<12).map { "s\($0),\($0 % 2 == 0 ? "A" : "B")\n" }.joined(), to: "c.csv")
    let genes = [
      ("TP53", { (k: Int) in "\(2 * wave[k] + f[k] / 10)" }), ("KRAS", { $0 == 3 ? "" : "\(f[$0 * 5 % 12])" }),
      ("EGFR", { _ in "1.5" }),
    ]
    let head = "gene," + (0..<12).map { "s\($0)" }.joined(separator: ",") + "\n"
    try folder.write(
      head + genes.map { name, value in "\(name)," + (0..<12).map(value).joined(separator: ",") + "\n" }.joined(),
      to: "g.csv")
  }

  private let line = ["genomics", "f.csv", "--omics", "g.csv", "--join", "c.csv", "--by", "subject", "--site", "site"]

  @Test func tableHasTheColumnsOfTheContract() throws {
    let run = try Command(arguments: line + ["-o", "hits.csv", "--figure", "v.svg", "--report", "p.html"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let rows = try folder.read("hits.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0].prefix(9) == ["feature", "gene", "effect", "se", "t", "p", "q", "direction", "n"])
    // The constant gene is named and not tested.
    #expect(rows.count == 1 + 4 && run.errors.contains("EGFR"))
    #expect(rows[1][0] == "texture" && rows[1][1] == "TP53" && rows[1][7] == "positive" && rows[1][8] == "12")
    #expect(rows.filter { $0[1] == "KRAS" }.allSatisfy { $0[8] == "11" && $0[9] == "8" })
    #expect(try folder.read("v.svg").contains("<circle") && folder.read("p.html").contains("dictionary".capitalized))
    #expect(try folder.read("hits.provenance.json").contains("g.csv"))
  }

  @Test func jobsChangeNothing() throws {
    let one = try Command(arguments: line + ["--format", "json", "--jobs", "1", "--test", "moderated"], in: folder)
    let four = try Command(arguments: line + ["--format", "json", "--jobs", "4", "--test", "moderated"], in: folder)
    #expect(one.status == 0 && one.output == four.output && one.output.contains("\"p_simes\""))
  }

  @Test(arguments: [
    (["--omics", "c.csv"], "holds no numbers"), (["--confounders", "nope"], "there is no column 'nope'"),
    (["--permutations", "9"], "some are empty"), (["--level", "2"], "--level: is 2, must be from"),
    (["--figure", "v.png"], "must end in .svg"),
  ])
  func whatIsWrongIsSaid(_ words: [String], _ sentence: String) throws {
    let run = try Command(arguments: line + words, in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
  }
}
