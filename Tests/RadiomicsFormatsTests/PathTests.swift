import RadiomicsFormats
import Testing

@Suite struct PathTests {
  @Test(arguments: [
    ("a/b/c.dcm", "a/b/", "c.dcm", "c"), ("c.dcm", "", "c.dcm", "c"), ("/c", "/", "c", "c"), ("a/b/", "a/b/", "b", "b"),
    ("a.b/c", "a.b/", "c", "c"), ("lung.ct.yaml", "", "lung.ct.yaml", "lung.ct"), (".hidden", "", ".hidden", ""),
    ("/", "/", "/", "/"), ("", "", "", ""),
  ])
  func isTakenApart(_ path: String, _ folder: String, _ name: String, _ stem: String) {
    #expect(Path.folder(of: path) == folder && Path.name(of: path) == name && Path.stem(of: path) == stem)
  }

  @Test func endingsAreThoseOfTheName() {
    #expect(Path.replacingEnding(of: "run.1/t.csv", by: ".run") == "run.1/t.run")
    #expect(Path.replacingEnding(of: "run.1/table", by: ".run") == "run.1/table.run")
    #expect(provenancePath(for: "a.b/features.csv") == "a.b/features.provenance.json")
  }

  @Test func namesAreSeenFromTheFileThatNamesThem() {
    #expect(
      Path.located("v.raw", besides: "a/h.mhd") == "a/v.raw" && Path.located("v.raw", besides: "h.mhd") == "v.raw")
    #expect(Path.located("/v.raw", besides: "a/h.mhd") == "/v.raw")
    #expect(Path.slashed("a") == "a/" && Path.slashed("a/") == "a/" && Path.slashed("/") == "/")
  }
}
