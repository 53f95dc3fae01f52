import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Features that stay as they can be measured again.
struct ReliabilityFilterTests {
  /// Thirty subjects measured twice: `stable` differs little, `noisy` as much within subjects as between them.
  private static func repeats() -> Table {
    var generator = SeededGenerator(seed: 11)
    let truth = (0..<30).map { _ in generator.normal() }
    let rows = (0..<60).map { $0 / 2 }
    return Table([
      ("subject", .categories(rows.map { "p\($0)" })),
      ("visit", .categories((0..<60).map { $0 % 2 == 0 ? "first" : "second" })),
      ("stable", .numbers(rows.map { truth[$0] + 0.1 * generator.normal() })),
      ("noisy", .numbers(rows.map { truth[$0] + generator.normal() })),
      ("flat", .numbers(rows.map { _ in 2 })),
    ])
  }

  private static let study = Table([
    ("stable", .numbers([1, 2])), ("noisy", .numbers([3, 4])), ("flat", .numbers([1, 2])), ("new", .numbers([1, 5])),
  ])

  private static func read(_ settings: [(String, Setting.Value)], _ repeats: Table = repeats()) throws
    -> ReliabilityFilter
  {
    let place = Place(file: "study.yaml")
    var step = try ReliabilityFilter(
      setting: Setting(map: settings.map { ($0, place, Setting($1, at: place)) }, at: place))
    try step.read(StepFiles(names: { _ in ["noisy", "other"] }, table: { _ in repeats }))
    step.features = ["new", "noisy", "stable", "flat"]
    return step
  }

  @Test func repeatsDecide() throws {
    let settings: [(String, Setting.Value)] = [("repeats", .text("repeats.csv")), ("session", .text("visit"))]
    let found = try Self.read(settings).fit(Self.study)
    #expect(found.kept == ["stable"])
    let reasons = Dictionary(uniqueKeysWithValues: found.dropped.map { ($0.feature, $0.reason) })
    #expect(reasons["new"] == "repeats.csv has no column of it")
    #expect(reasons["flat"] == "icc_lower is undefined: constant: every value is 2")
    // The limit is that of the analysis of reliability: ICC2 of two visits, of Shrout and Fleiss.
    let repeats = Self.repeats(), noisy = try repeats.numbers("noisy").map { try #require($0) }
    let matrix = stride(from: 0, to: 60, by: 2).map { [noisy[$0], noisy[$0 + 1]] }
    let lower = IntraclassCorrelation(matrix).shroutFleiss(.agreement, average: false).lower
    #expect(reasons["noisy"] == "icc_lower is \(shortText(lower)), must be >= 0.75")
    // The order of rows, and the study's rows, decide nothing; a smaller limit keeps it.
    let turned = try Self.read(settings, repeats.rows(Array((0..<60).reversed()))).fit(Self.study.rows([1]))
    #expect(turned == found)
    let kept = try Self.read(settings + [("icc_lower", .number(lower - 0.001))]).fit(Self.study).kept
    #expect(kept == ["noisy", "stable"])
  }

  @Test func aSelectionDecides() throws {
    let found = try Self.read([("selection", .text("keep.csv"))]).fit(Self.study)
    #expect(
      found.kept == ["noisy"] && found.dropped.map(\.reason) == Array(repeating: "keep.csv does not keep it", count: 3))
  }

  @Test func refusals() throws {
    for settings in [[], [("repeats", Setting.Value.text("a")), ("selection", .text("b"))]] {
      let error = #expect(throws: SettingError.self) { try Self.read(settings) }
      #expect(error.map { "\($0)".contains("must be one of them") } == true)
    }
    let single = #expect(throws: ModelError.self) {
      try Self.read([("repeats", .text("repeats.csv"))], Self.repeats().rows([0, 2, 4]))
    }
    #expect(
      single.map { "\($0)".hasPrefix("repeats 'repeats.csv': subject: each of the 3 subjects has one reading") } == true
    )
    #expect(throws: ModelError.self) { try Self.read([("repeats", .text("r.csv")), ("reader", .text("none"))]) }
    var none = try Self.read([("selection", .text("keep.csv"))])
    none.features = ["stable"]
    let error = #expect(throws: ModelError.self) { try none.fit(Self.study) }
    #expect(
      error.map { "\($0)" }
        == "reliable: none of 1 features stays, such as 'stable': keep.csv does not keep it; must be one at least.")
  }
}
