import RadiomicsCore
import RadiomicsReport
import Testing

/// Text, table, JSON and page are renderings of the same sections.
@Suite struct ReportRenderingTests {
  private static var report: Report {
    var head = Section("", "2 events in 4 rows")
    head.places = [.text, .json]
    head.facts = [.init("n", .integer(4))]
    func marker(_ name: String, _ auc: Cell) -> Section {
      var section = Section("", "marker \(name)")
      section.row = name
      section.facts = [.init("marker", .text(name))]
      section.quantities = [
        StatisticGroup("", [Statistic("auc", auc, "area"), Statistic("youden_spec", 0.5)]),
        StatisticGroup("ppv", [Statistic("wilson", [.value(0.25), .value(0.75)])]),
      ]
      var curve = Section("curve")
      curve.places = .json
      curve.facts = [.init("sens", .list([.integer(0), .integer(1)]))]
      section.sections = [curve]
      return section
    }
    var report = Report(
      "A & B",
      [head, Section("markers", listing: [marker("a<b", .value(0.75)), marker("c", .undefined("no events"))])],
      table: .rows("marker"), findings: [Finding(.warning, "cut", "is chosen here.")],
      provenance: ResultProvenance(
        [.init("/home/jane/t.csv", sha256: "00ff", rows: 5, used: 4)], seed: 7,
        command: GivenCommand(verb: "diagnostic", line: "radiomics diagnostic t.csv", options: [.init("firth", nil)])))
    report.answers = ["It ranks 75 of 100 pairs rightly."]
    return report
  }

  @Test func textHasABlockForEachHeading() {
    #expect(
      Self.report.text
        == """
        2 events in 4 rows

        marker a<b
        auc          0.75    area
        youden_spec   0.5
        ppv.wilson  0.25 0.75

        marker c
        auc          undefined    (no events)
        youden_spec        0.5
        ppv.wilson  0.25 0.75

        """)
  }

  @Test func tableHasARowForEachName() throws {
    let table = Self.report.csv
    #expect(table.header == ["marker", "auc", "youden_spec", "ppv.wilson_1", "ppv.wilson_2"])
    #expect(table.rows == [["a<b", "0.75", "0.5", "0.25", "0.75"], ["c", "", "0.5", "0.25", "0.75"]])
  }

  @Test func jsonNestsSections() {
    #expect(
      Self.report.json.line
        == #"{"format":1,"n":4,"markers":[{"marker":"a<b","auc":0.75,"youden_spec":0.5,"ppv":{"wilson":[0.25,0.75]},"curve":{"sens":[0,1]}},"#
        + #"{"marker":"c","auc":null,"youden_spec":0.5,"reasons":{"auc":"no events"},"ppv":{"wilson":[0.25,0.75]},"curve":{"sens":[0,1]}}],"#
        + #""findings":[{"severity":"warning","place":"cut","message":"is chosen here."}],"#
        + #""software":{"name":"swift-radiomics","version":"\#(radiomicsVersion)"},"command":{"verb":"diagnostic","options":[{"name":"firth","value":true}]},"#
        + #""inputs":[{"file":"t.csv","sha256":"00ff","rows":5,"used":4,"left_out":[{"rows":1,"reason":"a value that is needed is missing"}]}],"seed":7}"#
    )
  }

  @Test func pageSaysWordsAndTellsNoFolder() {
    let page = Self.report.page
    #expect(page.contains("<h1>A &amp; B</h1>") && page.contains("Marker a&lt;b"))
    #expect(page.contains("specificity at that cut") && page.contains(">youden_spec<"))
    #expect(page.contains("0.25 to 0.75") && page.contains("none: no events"))
    #expect(page.contains("00ff") && page.contains("radiomics diagnostic t.csv") && !page.contains("jane"))
    #expect(!page.contains("sens"), "what only programs read is not on the page")
  }
}
