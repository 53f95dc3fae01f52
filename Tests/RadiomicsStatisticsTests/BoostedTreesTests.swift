import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Tests that the library XGBoost must be there for.
@Suite(.enabled(if: BoostedTrees.isAvailable, "libxgboost is not installed")) enum WithXGBoost {}

/// Boosted trees beside XGBoost's Python package of the same version (`s_trees.json`).
extension WithXGBoost {
  @Suite(.golden(.trees)) struct BoostedTreesTests {
    private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
      try table.numbers(name).map { try #require($0) }
    }

    /// The rows of a case, and what is to be learnt from the first of them.
    private static func rows(_ reference: StatisticalReference) throws -> (
      design: Matrix, training: Int, BoostedTrees.Outcome
    ) {
      let names = try #require(reference.params["features"]?.asList).map { try #require($0.asText) }
      let count = try #require(reference.params["training"]?.asInteger), training = Array(0..<count)
      var table = Table(texts: try StatisticalReference.table(reference.id == "cox" ? "lung" : "wdbc_sites"))
      let columns = try names.map { try table.numbers($0) }
      table = table.rows((0..<table.count).filter { row in columns.allSatisfy { $0[row] != nil } })
      let design = Matrix(columns: try names.map { try numbers(table, $0) }, rows: table.count),
        own = table.rows(training)
      switch reference.id {
      case "cox":
        let events = try numbers(own, "event").map { $0 == 1 }
        return (design, count, .cox(try SurvivalTimes(stop: numbers(own, "time"), isEvent: events)))
      case "number":
        let genes = Table(texts: try StatisticalReference.table("gene_responses"))
        return (design, count, .number(try numbers(genes.rows(training), "g1")))
      default: return (design, count, .binary(try numbers(own, "y").map { $0 == 1 }))
      }
    }

    private static func settings(_ reference: StatisticalReference) throws -> BoostedTrees.Settings {
      func number(_ key: String) throws -> Double { try #require(reference.params[key]?.asNumber) }
      var settings = BoostedTrees.Settings()
      (settings.rounds, settings.depth) = (Int(try number("rounds")), Int(try number("depth")))
      (settings.rate, settings.childWeight, settings.penalty) = (
        try number("rate"), try number("child_weight"), try number("lambda")
      )
      (settings.rows, settings.columns) = (try number("rows"), try number("columns"))
      return settings
    }

    private static func columns(_ design: Matrix) -> [Int: [Double]] {
      Dictionary(uniqueKeysWithValues: (0..<design.columns).map { ($0, design.column($0)) })
    }

    @Test(arguments: GoldenSuite.trees.cases) func pythonPackage(_ reference: StatisticalReference) throws {
      let (design, count, outcome) = try Self.rows(reference), training = design.rows(Array(0..<count))
      let trees = try BoostedTrees(training, outcome, Self.settings(reference), seed: 5)
      let found = try trees.predictors(Self.columns(design), rows: design.rows)
      for (value, expected) in zip(found, try #require(reference["margins"]?.asList)) {
        reference.expectValue(value, expected, "margin")
      }
      #expect(trees.used == reference["used"]?.asList?.map { $0.asInteger ?? -1 })
      // The same rows give the same bits; what is written and read predicts them; columns that are not used need not be there.
      #expect(try BoostedTrees(training, outcome, Self.settings(reference), seed: 5) == trees)
      let text = try Setting.Value(coding: trees).json
      let again = try Setting.Value(json: Array(text.utf8), file: "trees.json").decoded(BoostedTrees.self)
      #expect(try again.predictors(Self.columns(design), rows: design.rows) == found)
      let some = Self.columns(design).filter { trees.used.contains($0.key) }
      #expect(try trees.predictors(some, rows: design.rows) == found)
      // A row's prediction is the same alone.
      let alone = try trees.predictors(Self.columns(design.rows([120])), rows: 1)
      #expect(alone == [found[120]])
    }

    @Test func refusals() throws {
      let reference = try #require(GoldenSuite.trees.cases.first { $0.id == "binary" })
      let (design, count, _) = try Self.rows(reference), training = design.rows(Array(0..<count))
      let all = [Bool](repeating: true, count: count)
      #expect(throws: ModelError.oneOutcome) { try BoostedTrees(training, .binary(all)) }
      let late = try SurvivalTimes(
        start: (0..<count).map { Double($0) }, stop: (0..<count).map { Double($0) + 5 }, isEvent: all)
      let error = #expect(throws: ModelError.self) { try BoostedTrees(training, .cox(late)) }
      #expect(error.map { "\($0)" } == "time: rows enter late, must be seen from the beginning for boosted trees.")
      // A number that single precision does not hold is what the library refuses.
      var huge = training
      huge = Matrix(
        columns: [[Double](repeating: 1e300, count: count)] + (1..<huge.columns).map(huge.column), rows: count)
      let refused = #expect(throws: ModelError.self) {
        try BoostedTrees(huge, .binary(all.enumerated().map { $0.offset % 2 == 0 }))
      }
      #expect(refused.map { "\($0)".hasPrefix("xgboost: the library refuses: ") } == true, "\(refused as Any)")
    }
  }
}

/// Where the library is not installed, a sentence says so.
struct BoostedTreesAbsenceTests {
  @Test func aMissingLibraryIsNamed() throws {
    let error = #expect(throws: ModelError.self) { try BoostedTrees.requireLibrary(["libnone.so"]) }
    #expect(
      error.map { "\($0)" }
        == "xgboost: the library libnone.so cannot be loaded, must be installed (Debian: libxgboost0). Install it, or choose another model."
    )
  }
}
