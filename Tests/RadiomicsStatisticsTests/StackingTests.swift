import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Late fusion: R's `nnls` and `glm` (`i_pipeline.json`), hand calculations and laws.
@Suite(.golden(.stacking)) struct StackingTests {
  private static func table() throws -> (predictions: Matrix, events: [Bool]) {
    let table = Table(texts: try StatisticalReference.table("stacking_base"))
    func numbers(_ name: String) throws -> [Double] { try table.numbers(name).map { try #require($0) } }
    let columns = try ["X1", "X2", "X3"].map(numbers)
    return (Matrix(columns: columns, rows: table.count), try numbers("y").map { $0 == 1 })
  }

  private static func combined(_ stacking: Stacking, _ predictions: Matrix) throws -> [Double] {
    try predictions.rowLists.map { try #require(stacking.combined($0)) }
  }

  @Test(arguments: GoldenSuite.stacking.cases) func reference(_ reference: StatisticalReference) throws {
    let (predictions, events) = try Self.table()
    func expect(_ values: [Double], _ name: String) throws {
      for (value, expected) in zip(values, try #require(reference[name]?.asList)) {
        reference.expectValue(value, expected, name)
      }
    }
    try expect((0..<3).map { try ROC(predictions.column($0), events).auc }, "base_auc")
    try expect(nonNegativeLeastSquares(predictions, events.map { $0 ? 1 : 0 }), "nnls")
    try expect(Stacking(.nonNegative, predictions, events).weights, "nnls_normalised")
    let logistic = try Stacking(.logistic, predictions, events)
    try expect([logistic.constant] + logistic.weights, "meta_logistic")
    let area = try ROC(Self.combined(logistic, predictions), events).auc
    reference.expectValue(area, try #require(reference["meta_auc"]), "meta_auc")
  }

  @Test func byHand() throws {
    // Of the first two columns the second tells nothing more; the third falls with the outcome and counts for nothing.
    #expect(nonNegativeLeastSquares(Matrix(columns: [[1, 0], [0, 1]], rows: 2), [2, -1]) == [2, 0])
    let found = nonNegativeLeastSquares(Matrix(columns: [[1, 1, 0], [0, 1, 1]], rows: 3), [3, 5, 2])
    for (value, expected) in zip(found, [3.0, 2]) { expectClose(value, expected, relative: 1e-13) }

    let events = [true, true, false, false], half = [0.8, 0.6, 0.5, 0.3], other = [0.7, 0.4, 0.2, 0.1]
    let predictions = Matrix(columns: [half, other], rows: 4)
    // Odds of 4 and 1/4 have the geometric mean 1; odds of 4 and 2 the product 8, as half of all have the event.
    let mean = try Stacking(.mean, predictions, events), product = try Stacking(.product, predictions, events)
    expectClose(try #require(mean.combined([0.8, 0.2])), 0.5, relative: 1e-12)
    expectClose(try #require(product.combined([0.8, 2.0 / 3])), 8.0 / 9, relative: 1e-12)
    // Of a quarter with the event, odds 1/3: 1 · (1/3) / (1/3).
    let rare = try Stacking(.product, predictions, [true, false, false, false])
    expectClose(try #require(rare.combined([0.5, 0.25])), 0.5, relative: 1e-12)
  }

  /// A source that is missing leaves its weight to the others.
  @Test func missingSources() throws {
    let (predictions, events) = try Self.table()
    let weighted = try Stacking(.nonNegative, predictions, events)
    expectClose(try #require(weighted.combined([nil, 0.9, 0.3])), 0.3, relative: 1e-12)
    expectClose(try #require(weighted.combined([0.2, nil, nil])), 0.2, relative: 1e-12)
    // The second has no weight, so that alone it says nothing.
    #expect(weighted.combined([nil, 0.9, nil]) == nil && weighted.combined([nil, nil, nil]) == nil)
    for rule in [Stacking.Rule.mean, .product] {
      let stacking = try Stacking(rule, predictions, events)
      expectClose(try #require(stacking.combined([nil, 0.9, nil])), 0.9, relative: 1e-12)
      #expect(stacking.combined([nil, nil, nil]) == nil)
    }
    let logistic = try Stacking(.logistic, predictions, events), b = logistic.weights
    let alone = logistic.constant + (b[0] + b[1] + b[2]) * log(0.8 / 0.2)
    expectClose(try #require(logistic.combined([nil, nil, 0.8])), expit(alone), relative: 1e-12)
  }

  @Test(arguments: Stacking.Rule.allCases) func laws(_ rule: Stacking.Rule) throws {
    let (predictions, events) = try Self.table()
    let stacking = try Stacking(rule, predictions, events), all = try Self.combined(stacking, predictions)
    #expect(all.allSatisfy { (0...1).contains($0) })
    // Sources in another order give the same patients the same.
    let turned = predictions.columns([2, 0, 1]), again = try Self.combined(Stacking(rule, turned, events), turned)
    for (a, b) in zip(all, again) { expectClose(a, b, relative: 1e-7) }
    let text = try Setting.Value(coding: stacking).json
    #expect(try Setting.Value(json: Array(text.utf8), file: "a").decoded(Stacking.self) == stacking)
    #expect(throws: ModelError.oneOutcome) { try Stacking(rule, predictions, events.map { _ in true }) }
  }
}
