import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Scores of principal components in the place of features; scikit-learn's are in `StepsReferenceTests`.
struct ComponentScoresTests {
  private static func step(_ features: [String]) -> ComponentScores {
    var step = ComponentScores()
    step.features = features
    return step
  }

  private static func table(_ count: Int, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed)
    let base = (0..<count).map { _ in generator.normal() }
    return Table(
      [("subject", .categories((0..<count).map { "p\($0)" })), ("flat", .numbers(base.map { _ in 7 }))]
        + (0..<3).map { k in
          ("f\(k)", .numbers(base.map { Double(10 * k) + $0 + 0.5 * generator.normal() }))
        })
  }

  /// Two features that correlate by r: (z1 + z2)/√2 with the variance 1 + r.
  @Test func twoFeaturesByHand() throws {
    let a = [1.0, 2, 3, 4], b = [10.0, 30, 20, 40]
    var step = Self.step(["a", "b"])
    step.share = 0.85
    let fitted = try step.fit(Table([("a", .numbers(a)), ("b", .numbers(b))]))
    expectClose(fitted.variances[0], 1.8, relative: 1e-14)
    expectClose(fitted.total, 2, relative: 1e-14)
    #expect(fitted.names == ["pc1"])
    for part in fitted.parts { expectClose(part.loadings[0], 0.5.squareRoot(), relative: 1e-14) }
    let score = try fitted.apply(Table([("a", .numbers([4])), ("b", .numbers([25]))])).numbers("pc1")[0]
    expectClose(try #require(score), 1.5 / (5.0 / 3).squareRoot() / 2.0.squareRoot(), relative: 1e-14)
  }

  @Test func laws() throws {
    let training = Self.table(30, seed: 1), others = Self.table(8, seed: 2), features = ["f0", "flat", "f1", "f2"]
    let fitted = try Self.step(features).fit(training), scores = try fitted.apply(others)
    #expect(
      scores.names == ["subject"] + fitted.names && fitted.features(after: ["x"] + features) == ["x"] + fitted.names)
    // Units and the order of features and rows change nothing but signs that are fixed and last digits.
    let other = training.with("f1", .numbers(try training.numbers("f1").map { $0! * 1000 - 3 }))
    let turned = try Self.step(["f2", "f1", "f0"]).fit(other.rows(Array((0..<30).reversed())))
    let again = try turned.apply(others.with("f1", .numbers(try others.numbers("f1").map { $0! * 1000 - 3 })))
    for name in fitted.names {
      for (a, b) in zip(try scores.numbers(name), try again.numbers(name)) {
        expectClose(try #require(a), try #require(b), relative: 1e-9, absolute: 1e-12)
      }
      // A row's score is the same alone.
      #expect(try fitted.apply(others.rows([5])).numbers(name) == [scores.numbers(name)[5]])
    }
    // Scores of training rows do not correlate, and have the components' variances.
    let own = try fitted.apply(training)
    let columns = try fitted.names.map { try own.numbers($0).map { try #require($0) } }
    for (place, column) in columns.enumerated() {
      expectClose(variance(column), fitted.variances[place], relative: 1e-10)
      for other in columns[..<place] { expectClose(covariance(column, other), 0, absolute: 1e-12) }
    }
    let text = try Setting.Value(coding: fitted).json
    #expect(try Setting.Value(json: Array(text.utf8), file: "a").decoded(FittedComponents.self) == fitted)
    for value in try training.numbers("f1") { #expect(!text.contains(numberText(try #require(value)))) }
  }

  @Test func refusals() throws {
    let training = Self.table(30, seed: 1)
    let flat = #expect(throws: ModelError.self) { try Self.step(["flat"]).fit(training) }
    #expect(flat.map { "\($0)" } == "pca: no feature varies in 30 rows, must be one at least.")
    let fitted = try Self.step(["f0", "f1"]).fit(training)
    let named = #expect(throws: ModelError.self) {
      try fitted.apply(training.with("pc1", .numbers(training.numbers("f2"))))
    }
    #expect(
      named.map { "\($0)" }
        == "'pc1': is a column of the table, and the name of a principal component. Rename the column.")
    #expect(throws: ModelError.self) { try fitted.apply(training.only(["f0"])) }
    let missing = training.with("f0", .numbers((0..<30).map { $0 == 4 ? nil : 1 }))
    #expect(throws: ModelError.self) { try fitted.apply(missing) }
  }
}
