import RadiomicsCore
import RadiomicsReport
import RadiomicsTestSupport
import Testing

/// Figures of signatures: what is drawn is where the numbers say.
@Suite struct FigurePanelTests {
  /// Numbers of an attribute of every shape of a kind, of which the text matches.
  private static func shapes(_ svg: String, _ kind: String) -> [[String: String]] {
    svg.split(separator: "\n").filter { $0.hasPrefix("<\(kind) ") }.map { line in
      var attributes: [String: String] = [:]
      for part in line.split(separator: "\" ") {
        let sides = part.split(separator: "=\"", maxSplits: 1)
        if sides.count == 2 {
          attributes[String(sides[0].split(separator: " ").last!)] = String(sides[1].prefix { $0 != "\"" })
        }
      }
      return attributes
    }
  }

  private static func number(_ shape: [String: String], _ key: String) throws -> Double {
    try #require(shape[key].flatMap(Double.init))
  }

  private static let nomogram = Nomogram(
    [
      .init("age", coefficient: 0.05, range: 40...80),
      .init("sex", coefficient: 1, range: 0...1, levels: [(0, "female"), (1, "male")]),
      .init("sphericity", coefficient: -3, range: 0.4...0.9),
    ], intercept: -4, [.init("probability") { 1 / (1 + exp(-$0)) }], example: [60, 1, 0.5])

  /// Points by hand: age moves the predictor by 2, the most, so 2 is 100 points. Age 60 is 0.05 · 20 / 2 = 50 points, male 50, sphericity 0.5
  /// lies 0.4 below its end: 1.2 / 2 = 60. The predictor is −4 + 3 + 1 − 1.5 = −1.5.
  @Test func nomogramByHand() throws {
    let nomogram = Self.nomogram
    expectClose(nomogram.points(0, 60), 50, relative: 1e-12)
    expectClose(nomogram.points(1, 1), 50, relative: 1e-12)
    expectClose(nomogram.points(2, 0.5), 60, relative: 1e-12)
    expectClose(nomogram.total([60, 1, 0.5]), 160, relative: 1e-12)
    expectClose(nomogram.linearPredictor(total: 160), -1.5, relative: 1e-12)
    // The marked total lies under its number, and the probability under it is that of −1.5.
    let svg = FigurePanels.svg("signature", [nomogram]), dots = Self.shapes(svg, "circle")
    #expect(dots.count == 4 && svg.contains(">160.0<") && svg.contains(">male<"))
    let places = try dots.map { try Self.number($0, "cx") }
    let first = try Self.number(Self.shapes(svg, "line")[0], "x1"),
      last = try Self.number(Self.shapes(svg, "line")[0], "x2")
    expectClose((places[0] - first) / (last - first), 0.5, absolute: 1e-4)
    expectClose((places[2] - first) / (last - first), 0.6, absolute: 1e-4)
    expectClose((places[3] - first) / (last - first), 160 / (100 + 50 + 75), absolute: 1e-4)
    // 0.2 stands on the axis of probabilities where the predictor is log(0.2 / 0.8).
    let texts = svg.split(separator: "\n").filter { $0.hasSuffix(">0.2</text>") }
    let place = try #require(texts.compactMap { Double($0.split(separator: "\"")[1]) }.last)
    let reach = nomogram.linearPredictor(total: 225) - nomogram.linearPredictor(total: 0)
    let share = (log(0.25) - nomogram.linearPredictor(total: 0)) / reach
    expectClose((place - first) / (last - first), share, absolute: 1e-4)
  }

  /// A model that says nothing is drawn, not divided by.
  @Test func nomogramOfNothing() {
    let svg = FigurePanels.svg("nothing", [Nomogram([.init("a", coefficient: 0, range: 0...1)], intercept: 0, [])])
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func forest() throws {
    let panel = ValueForest(
      "By site",
      [
        .init("A <1>", "40 rows", value: 0.7, limits: 0.6...0.8),
        .init("B", value: nil, limits: nil, reason: "one outcome"),
        .init("within site", value: 0.7, limits: 0.64...0.76, isSummary: true),
      ], measure: "AUC", neutral: 0.5)
    let svg = FigurePanels.svg("sites", [panel])
    #expect(svg.contains("A &lt;1&gt;") && svg.contains(">one outcome<") && svg.contains(">0.70 (0.60–0.80)<"))
    let lines = Self.shapes(svg, "line"), rhombus = try #require(Self.shapes(svg, "polygon").first?["points"])
    let ends = try [Self.number(lines[1], "x1"), Self.number(lines[1], "x2")]
    let places = rhombus.split(separator: " ").compactMap { Double($0.split(separator: ",")[0]) }
    // 0.64 to 0.76 within 0.6 to 0.8, of numbers written to 0.01 in figures of hundreds.
    expectClose((places[0] - ends[0]) / (ends[1] - ends[0]), 0.2, absolute: 1e-3)
    expectClose((places[2] - ends[0]) / (ends[1] - ends[0]), 0.8, absolute: 1e-3)
  }

  @Test func specifications() throws {
    let results = [
      SpecificationCurve.Result(0.7, limits: 0.6...0.8, choices: [0, 1]),
      .init(0.55, limits: 0.45...0.65, choices: [1, 0], isOwn: true), .init(0.6, limits: nil, choices: [1, 1]),
    ]
    let curve = SpecificationCurve(
      results, [.init("spacing", ["1 mm", "2 mm"], explained: 0.5), .init("seed", ["1", "2"])], measure: "AUC",
      neutral: 0.5)
    #expect(curve.results.map(\.value) == [0.55, 0.6, 0.7] && curve.agreeing == 2)
    let svg = FigurePanels.svg("curve", [curve])
    #expect(svg.contains("2 of 3 choices") && svg.contains("spacing (50 % of the variance)"))
    // A mark of each estimate on both axes, those of the study's own taller.
    let heights = Self.shapes(svg, "rect").compactMap { $0["height"] }
    #expect(heights.count { $0 == "10" } == 4 && heights.count { $0 == "14" } == 2)
  }

  @Test func controls() throws {
    let shuffled = (0..<200).map { 0.4 + 0.001 * Double($0) }
    let panel = ShuffledControls(shuffled, observed: [("signature", 0.72), ("volume only", 0.5)], measure: "AUC")
    #expect(panel.note == "0 of 200 shuffles reach signature")
    let svg = FigurePanels.svg("controls", [panel]), bars = Self.shapes(svg, "rect").filter { $0["fill"] == "#bbbbbb" }
    #expect(bars.count == 25 && svg.contains("signature 0.72") && !svg.contains("nan"))
    let one = FigurePanels.svg("controls", [ShuffledControls([0.5], observed: [("a", 0.5)], measure: "AUC")])
    #expect(!one.contains("nan"))
  }

  @Test func curvesAndBars() throws {
    let curve = LearningCurvePlot(
      [.init(patients: 80, value: 0.7, range: 0.65...0.75), .init(patients: 20, value: 0.6, range: 0.5...0.7)],
      measure: "AUC", neutral: 0.5)
    #expect(curve.points.map(\.patients) == [20, 80])
    let bars = ImportanceBars(
      [.init("a", 0.01, range: 0...0.02), .init("b", 0.1, range: 0.05...0.15), .init("c", -0.01, range: nil)],
      measure: "AUC")
    #expect(bars.bars.map(\.name) == ["b", "a", "c"])
    let svg = FigurePanels.svg("both", [curve, bars]), boxes = Self.shapes(svg, "rect").filter { $0["height"] == "12" }
    let wide = try boxes.map { try Self.number($0, "width") }
    // Numbers are written to 0.01, the narrow bar is some ten wide.
    expectClose(wide[0] / wide[1], 10, relative: 0.01)
    #expect(!svg.contains("nan") && svg.components("<circle").count == 3)
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
