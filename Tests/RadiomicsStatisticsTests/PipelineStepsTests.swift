import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Steps and models in a pipeline: what is left out of a signature changes no prediction, and what is read predicts what was written.
struct PipelineStepsTests {
  /// Sixty rows of eight features with holes, of which two tell the outcome.
  private static func rows(_ outcome: String) throws -> (rows: StudyRows, features: [String]) {
    var generator = SeededGenerator(seed: 21)
    let signal = (0..<60).map { _ in generator.normal() }
    let columns = (0..<8).map { k in
      signal.enumerated().map { row, value in
        let number = (k < 2 ? value : 0) + generator.normal() + (k == 5 ? 3 * value : 0)
        return (row + 5 * k) % 13 == 0 ? nil : number
      }
    }
    let features = columns.indices.map { "f\($0)" }
    let table = Table(zip(features, columns).map { ($0, .numbers($1)) })
    let events = signal.map { $0 + 0.7 * generator.normal() > 0 }
    let times = signal.map { exp(-$0 + 0.3 * generator.normal()) }
    switch outcome {
    case "binary": return (StudyRows(table, .binary(events)), features)
    case "number": return (StudyRows(table, .number(times)), features)
    default: return (StudyRows(table, .survival(try SurvivalTimes(stop: times, isEvent: events))), features)
    }
  }

  private static func step(_ name: String, _ text: String) throws -> any PipelineStep {
    let type = try #require(PipelineSteps.all.first { $0.name == name })
    return try type.init(setting: Setting(yaml: text, file: "study.yaml", kind: "step"))
  }

  private static func expectSame(_ pipeline: Pipeline, _ rows: StudyRows) throws -> FittedPipeline {
    let fitted = try pipeline.fit(rows, inner: 3, seed: 4), pruned = fitted.pruned
    let whole = try fitted.linearPredictors(rows.table)
    let needed = Set(pruned.inputs(among: pipeline.features))
    for (a, b) in zip(whole, try pruned.linearPredictors(rows.table.only(needed))) {
      expectClose(a, b, relative: 1e-12, absolute: 1e-12)
    }
    let text = try Setting.Value(coding: pruned).json
    let again = try Setting.Value(json: Array(text.utf8), file: "s.json").decoded(FittedPipeline.self)
    #expect(again == pruned)
    #expect(try again.linearPredictors(rows.table) == pruned.linearPredictors(rows.table))
    return pruned
  }

  @Test(arguments: ["median", "knn", "chained"]) func imputation(_ method: String) throws {
    let (rows, features) = try Self.rows("binary")
    let steps = [
      try Self.step("impute", "{method: \(method), predictors: 2}"), try Self.step("univariate", "{count: 2}"),
    ]
    let pruned = try Self.expectSame(Pipeline(steps, RidgeSignature(), features: features), rows)
    // Of nearest rows all features are needed, of chains those in them.
    let needed = pruned.inputs(among: features)
    #expect(method == "median" ? needed.count == 2 : method == "knn" ? needed == features : needed.count >= 2)
  }

  /// A source of clinical columns alone has no features for its steps.
  @Test(arguments: ["impute", "pca", "variance"]) func noFeatures(_ name: String) throws {
    let (rows, _) = try Self.rows("binary")
    let fitted = try Pipeline([try Self.step(name, "{}")], RidgeSignature(), features: []).fit(rows, inner: 3, seed: 1)
    #expect(Set(try fitted.linearPredictors(rows.table)).count == 1)
  }

  @Test func components() throws {
    let (rows, features) = try Self.rows("number")
    let steps = [try Self.step("impute", "{}"), try Self.step("pca", "{count: 3}")]
    let pruned = try Self.expectSame(Pipeline(steps, RidgeSignature(), features: features), rows)
    #expect(pruned.model.names == ["pc1", "pc2", "pc3"] && pruned.inputs(among: features) == features)
  }

  @Test(
    .enabled(if: BoostedTrees.isAvailable, "libxgboost is not installed"), arguments: ["binary", "number", "times"])
  func boostedTrees(_ outcome: String) throws {
    let (rows, features) = try Self.rows(outcome)
    var model = BoostedTreesSignature()
    (model.settings.rounds, model.settings.depth) = (3, 1)
    let pruned = try Self.expectSame(Pipeline([try Self.step("impute", "{}")], model, features: features), rows)
    // Three trees of one split count at most three features, and the file needs no other.
    #expect(pruned.model.counted.count <= 3 && pruned.inputs(among: features).count == pruned.model.counted.count)
    let linear = try pruned.linearPredictors(rows.table)
    let predicted = linear.map { pruned.model.prediction($0, horizon: outcome == "times" ? 1 : nil) }
    #expect(predicted.allSatisfy { $0 != nil && (outcome == "number" || (0...1).contains($0!)) })
    if outcome == "times" { expectClose(mean(linear), 0, absolute: 1e-6) }
    let order = ascendingOrder(of: linear)
    #expect(zip(order, order.dropFirst()).allSatisfy { predicted[$0]! <= predicted[$1]! })
  }
}
