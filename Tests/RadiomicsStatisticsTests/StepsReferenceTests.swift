import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Steps before a model beside scikit-learn (`r_steps.json`).
@Suite(.golden(.steps)) struct StepsReferenceTests {
  private static func cases(_ start: String) -> [StatisticalReference] {
    GoldenSuite.steps.cases.filter { $0.id.hasPrefix(start) }
  }

  private static func features(_ reference: StatisticalReference) throws -> [String] {
    try #require(reference.params["features"]?.asList).map { try #require($0.asText) }
  }

  private static let training = Array(0..<110)

  /// The table of a case, in which every eleventh cell is missing.
  private static func holed(_ names: [String]) throws -> Table {
    var table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    for (column, name) in names.enumerated() {
      let values = try table.numbers(name).enumerated().map { row, value in
        (7 * row + 13 * column).isMultiple(of: 11) ? nil : value
      }
      table = table.with(name, .numbers(values))
    }
    return table
  }

  private static func expect(_ table: Table, _ names: [String], _ reference: StatisticalReference) throws {
    let rows = try #require(reference["filled"]?.asList)
    for (column, name) in names.enumerated() {
      for (row, value) in try table.numbers(name).enumerated() {
        reference.expectValue(value, try #require(rows[row].asList?[column]), "\(name) of row \(row)")
      }
    }
  }

  @Test(arguments: cases("knn")) func nearestRows(_ reference: StatisticalReference) throws {
    let names = try Self.features(reference), table = try Self.holed(names)
    var step = Imputation()
    (step.method, step.features) = (.nearest, names)
    step.neighbours = try #require(reference.params["neighbours"]?.asInteger)
    try Self.expect(step.fit(table.rows(Self.training)).apply(table), names, reference)
  }

  @Test(arguments: cases("chained")) func chainedEquations(_ reference: StatisticalReference) throws {
    let names = try Self.features(reference), table = try Self.holed(names)
    var step = Imputation()
    (step.method, step.features) = (.chained, names)
    step.equations.ridge = try #require(reference.params["ridge"]?.asNumber)
    (step.equations.rounds, step.equations.tolerance) = (1000, 1e-15)
    try Self.expect(step.fit(table.rows(Self.training)).apply(table), names, reference)
  }

  @Test(arguments: cases("pca")) func principalComponents(_ reference: StatisticalReference) throws {
    let names = try Self.features(reference), rows = try #require(reference.params["rows"]?.asInteger)
    let table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    var step = ComponentScores()
    (step.features, step.count) = (names, 6)
    let fitted = try step.fit(table.rows(Array(0..<rows))), scores = try fitted.apply(table)
    #expect(fitted.parts.map(\.feature) == names && fitted.names == (1...6).map { "pc\($0)" })
    for (part, expected) in zip(fitted.parts, try #require(reference["loadings"]?.asList)) {
      for (value, expected) in zip(part.loadings, try #require(expected.asList)) {
        reference.expectValue(value, expected, "loading of \(part.feature)")
      }
    }
    for (place, name) in fitted.names.enumerated() {
      reference.expectValue(fitted.variances[place], try #require(reference["variances"]?.asList?[place]), name)
      for (value, expected) in zip(try scores.numbers(name), try #require(reference["scores"]?.asList)) {
        reference.expectValue(value, try #require(expected.asList?[place]), name)
      }
    }
    step.count = nil
    let share = try step.fit(table.rows(Array(0..<rows)))
    #expect(share.names.count == reference["count_90"]?.asInteger)
  }
}
