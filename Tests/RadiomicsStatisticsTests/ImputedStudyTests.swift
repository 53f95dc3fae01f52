import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Clinical values that are missing are filled by the pipeline, once or in several sets.
struct ImputedStudyTests {
  /// Rows of which `x` and `z` correlate by .8 and `y` depends on both; `x` is missing by chance.
  private static func rows(_ count: Int, missing: Double, seed: UInt64) -> (table: Table, events: [Bool]) {
    var generator = SeededGenerator(seed: seed)
    let z = (0..<count).map { _ in generator.normal() }, x = z.map { 0.8 * $0 + 0.6 * generator.normal() }
    let events = zip(x, z).map { 1 / (1 + exp(-($0 + 0.5 * $1))) > generator.uniform() }
    let holed: [Double?] = x.map { generator.uniform() < missing ? nil : $0 }
    let sex: [String?] = (0..<count).map { $0 % 9 == 0 ? nil : $0 % 3 == 0 ? "f" : "m" }
    return (
      Table([("x", .numbers(holed)), ("z", .numbers(z)), ("whole", .numbers(x)), ("sex", .categories(sex))]), events
    )
  }

  private static func imputation(_ text: String) throws -> Imputation {
    try Imputation(setting: Setting(yaml: text, file: "study.yaml", kind: "step"))
  }

  /// By hand: sets with coefficients 1, 2 and 3 and errors ½: W = ¼, B = 1, T = ¼ + 4/3, df = 2 (1 + 3/16)².
  @Test func rubinsRules() throws {
    let models = [1.0, 2, 3].map { value in
      """
      {"steps": [], "features": ["x"], "model": {"linear": {"_0": {"method": "m", "link": "logit", "columns": ["x"], "coefficients": [\(value)],
        "intercept": \(value), "errors": [0.5]}}}}
      """
    }
    let text = "{\"sets\": [\(models.joined(separator: ","))]}"
    let sets = try Setting.Value(json: Array(text.utf8), file: "s.json").decoded(FittedSets.self)
    let pooled = try #require(sets.coefficients?.first)
    #expect(pooled.name == "x" && pooled.value == 2)
    expectClose(try #require(pooled.error), (0.25 + 4.0 / 3).squareRoot(), relative: 1e-15)
    expectClose(try #require(pooled.degreesOfFreedom), 2 * (1 + 3.0 / 16) * (1 + 3.0 / 16), relative: 1e-15)
    expectClose(try #require(pooled.missingShare), (4.0 / 3) / (0.25 + 4.0 / 3), relative: 1e-15)
    let predictor = SignaturePredictor.sets(sets), rows = Table([("x", .numbers([1, -2]))])
    #expect(try predictor.linearPredictors(rows) == [4, -2])
    expectClose(try #require(predictor.prediction(4, horizon: nil)), 1 / (1 + exp(-4)), relative: 1e-14)
    #expect(predictor.counted == ["x"] && predictor.formula == "2 + 2 × x (mean of 3 imputed sets)")
  }

  /// Values drawn have the spread that x has given z, .6, and lie about .8 z; what fills other rows is what is expected. Rows with all values stay.
  @Test func drawnValuesHaveTheirSpread() throws {
    let (table, _) = Self.rows(600, missing: 0.4, seed: 3)
    let columns = [try table.numbers("x"), try table.numbers("z")]
    let found = try ChainedEquations.drawn(columns, by: SeededGenerator(seed: 1)),
      other = try ChainedEquations.drawn(columns, by: SeededGenerator(seed: 2))
    let holes = columns[0].indices.filter { columns[0][$0] == nil }
    let left = holes.map { found.filled[0][$0] - 0.8 * columns[1][$0]! }
    #expect(
      abs(mean(left)) < 0.12 && abs(variance(left).squareRoot() - 0.6) < 0.1,
      "\(mean(left)) \(variance(left).squareRoot())")
    for row in columns[0].indices where columns[0][row] != nil { #expect(found.filled[0][row] == columns[0][row]) }
    #expect(holes.allSatisfy { found.filled[0][$0] != other.filled[0][$0] })
    #expect(try ChainedEquations.drawn(columns, by: SeededGenerator(seed: 1)).filled == found.filled)
    let expected = found.equations.filled([[nil], [1]])[0][0]!
    #expect(abs(expected - 0.8) < 0.15, "\(expected)")
  }

  /// Nothing missing: all sets are the model of the rows as they are, and nothing is between them.
  @Test func withoutMissingValuesSetsAreOne() throws {
    let (table, events) = Self.rows(120, missing: 0, seed: 4), rows = StudyRows(table, .binary(events))
    let many = Pipeline(
      [try Self.imputation("{method: chained, sets: 3}")], RegressionSignature(), features: ["x", "z"])
    let one = try Pipeline([], RegressionSignature(), features: ["x", "z"]).learn(rows, inner: 3, seed: 1)
    let found = try many.learn(rows, inner: 3, seed: 1)
    for (a, b) in zip(try found.linearPredictors(table), try one.linearPredictors(table)) {
      expectClose(a, b, relative: 1e-12, absolute: 1e-12)
    }
    guard case .sets(let sets) = found, case .pipeline(let own) = one, case .linear(let model) = own.model else {
      throw ModelError("must be sets")
    }
    let pooled = try #require(sets.coefficients)
    #expect(pooled.map(\.missingShare) == [0, 0])
    for (a, b) in zip(pooled, model.errors ?? []) {
      expectClose(try #require(a.error), try #require(b), relative: 1e-12)
    }
    // By the information of the model.
    let direct = try LogisticModel(
      Matrix(
        columns: [table.numbers("x").map { _ in 1 }, table.numbers("x").map { $0! }, table.numbers("z").map { $0! }],
        rows: 120),
      events.map { $0 ? 1 : 0 }, names: ["1", "x", "z"])
    expectClose(try #require(pooled[0].error), try #require(direct.estimates[1].estimate).error, relative: 1e-9)
  }

  /// Errors allow for what is missing: they are larger than of the whole rows, and the share that is missing is neither none nor all.
  @Test func errorsAllowForWhatIsMissing() throws {
    let (table, events) = Self.rows(500, missing: 0.4, seed: 5), rows = StudyRows(table, .binary(events))
    let pipeline = Pipeline(
      [try Self.imputation("{method: chained, sets: 8}")], RegressionSignature(), features: ["x", "z"])
    guard case .sets(let sets) = try pipeline.learn(rows, inner: 3, seed: 1) else { throw ModelError("must be sets") }
    let pooled = try #require(sets.coefficients?.first { $0.name == "x" })
    guard
      case .linear(let whole) = try Pipeline([], RegressionSignature(), features: ["whole", "z"]).fit(
        rows, inner: 3, seed: 1
      ).model
    else { return }
    #expect(try #require(pooled.error) > #require(whole.errors?[0] ?? nil))
    #expect((0.1...0.9).contains(try #require(pooled.missingShare)))
    #expect(pooled.value > 0.2 && sets.pipelines.count == 8)
    // Written, read, and of one row alone as among others.
    let text = try Setting.Value(coding: SignaturePredictor.sets(sets)).json
    let read = try Setting.Value(json: Array(text.utf8), file: "s.json").decoded(SignaturePredictor.self)
    let all = try read.linearPredictors(table)
    #expect(try read.linearPredictors(table.rows([7]))[0] == all[7])
    #expect(read == .sets(sets))
  }

  /// Rows whose clinical values are missing are learnt from and predicted where the pipeline imputes, and left out where it does not.
  @Test(arguments: ["impute: median", "impute: { method: chained, sets: 3 }"]) func clinicalColumnsAreFilled(
    _ step: String
  ) throws {
    let (table, events) = Self.rows(150, missing: 0.3, seed: 6)
    let all = table.with("event", .numbers(events.map { $0 ? 1 : 0 }))
    func plan(_ step: String) throws -> StudyPlan {
      try StudyTrainingTests.plan(
        "{ table: t.csv, outcome: event, candidates: [z], clinical: [x, sex], shuffles: 1, design: { outer: { folds: 3 }, inner: 3 }, pipeline: [\(step) elastic_net] }"
      )
    }
    let without = try StudyOutcome(plan(""), all),
      complete = (0..<150).count { !table["x"]!.isMissing($0) && $0 % 9 != 0 }
    #expect(without.rows.count == complete)
    let own = try plan(step + ","), outcome = try StudyOutcome(own, all)
    #expect(outcome.rows.count == 150 && outcome.findings.isEmpty)
    let training = try StudyTraining(
      own, StudyRows(table, outcome.outcome), sources: [("", ["z"])], volume: nil, lanes: Lanes(jobs: 2))
    let trained = try training.run()
    #expect(try #require(trained.performance.pooled.value) > 0.65 && trained.controls.clinical != nil)
    let signature = Signature(trained, outcome), read = try Signature(Array(signature.text().utf8), path: "s.json")
    #expect(read == signature)
    #expect(read.inputs.filter(\.isImputed).map(\.name).sorted() == ["sex", "x", "z"])
    let applied = try read.apply(table)
    #expect(applied.allSatisfy { $0.linear != nil })
    for (row, value) in try trained.fitted.linearPredictors(table).enumerated() {
      expectClose(applied[row].linear!, value, relative: 1e-10, absolute: 1e-10)
    }
    // The commonest word stands for one that is missing, the median for a number.
    guard step.hasSuffix("median") else { return }
    let median = table["x"]!
    guard case .numbers(let values) = median else { return }
    let known = values.compactMap { $0 }.sorted(), middle = (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    let empty = Table([("x", .numbers([nil])), ("z", .numbers([0])), ("sex", .categories([nil]))])
    let given = Table([("x", .numbers([middle])), ("z", .numbers([0])), ("sex", .categories(["m"]))])
    #expect(try read.apply(empty)[0].linear == read.apply(given)[0].linear)
  }

  @Test func setsAreOfChainedEquationsAlone() {
    let error = #expect(throws: SettingError.self) { try Self.imputation("{method: knn, sets: 5}") }
    #expect(error?.fact.contains("must be chained") ?? false)
    #expect(throws: SettingError.self) {
      try StudyTrainingTests.plan(
        "{table: t, outcome: e, sources: {a: /^a/, b: /^b/}, pipeline: [impute: {method: chained, sets: 2}, ridge]}")
    }
  }
}
