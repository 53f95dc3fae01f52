import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What formulas refuse, and which rows they leave out; their coefficients are those of R in `CohortReferenceTests`.
struct FormulaTests {
  private static func table() throws -> Table { Table(texts: try StatisticalReference.table("cohort")) }

  @Test func missingValuesLeaveRowsOut() throws {
    let table = Table(texts: [
      ("y", ["0", "1", "0", "1", "", "1"]), ("x", ["1", "2", "NA", "4", "5", "0"]),
      ("my column", ["3", "1", "2", "5", "4", "0"]),
    ])
    let frame = try ModelFrame(Formula("y ~ x + `my column`"), table)
    #expect(frame.rows == [0, 1, 3, 5] && frame.missing == 2)
    #expect(frame.design.names == ["(Intercept)", "x", "`my column`"])
    #expect(try ModelFrame(Formula("y ~ log(x)"), table).rows == [0, 1, 3])
  }

  @Test(arguments: [
    ("y", "there is no '~'"), ("y ~ a +", "it ends where a column must stand"), ("y ~ a b", "something is left over"),
    ("y ~ (a", "')' is missing"), ("y ~ `a", "opened and not closed"), ("y ~ a $ b", "'$' has no meaning"),
    ("response ~ age^x", "Write a calculation as I(age^x)"), ("response ~ lg(age)", "there is no function 'lg'"),
    ("response ~ agee", "Did you mean 'age'?"), ("grp ~ age", "has 3 values (middle, old, young), must have two"),
    ("response ~ ns(age)", "must be ns(column, df)"), ("response ~ log(grp)", "must be a number"),
    ("~ age", "names no outcome"),
    ("response ~ age:offset(time)", "must stand alone"), ("Surv(age) ~ time", "its outcome is a time"),
    ("Surv(time, entry, response) ~ stage", "must end later"),
    ("Surv(age, stage) ~ time", "must be 1 for an event and 0 for none"),
  ])
  func refuses(_ text: String, _ sentence: String) throws {
    let error = #expect(throws: ModelError.self) {
      try LogisticModel(ModelFrame(Formula(text), Self.table()))
    }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  /// Nested parentheses and signs end in a sentence, never in a crash.
  @Test func strangeFormulasAreRefused() {
    var generator = SeededGenerator(seed: 4)
    let parts = [
      "response", "~", "+", "-", "*", ":", "^", "(", ")", "age", "1", "0", "ns(", ",", "3", "Surv(", "`", "=", "log(",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int(generator.uniform() * 14)).map { _ in parts[Int(generator.uniform() * Double(parts.count))] }
        .joined(separator: " ")
      _ = try? ModelFrame(Formula(text), Self.table())
    }
    #expect(throws: ModelError.self) { try Formula("response ~ " + String(repeating: "(", count: 5000)) }
  }
}

/// Laws of logistic regression that need no reference.
struct LogisticLawsTests {
  private func table(_ counts: [(group: String, events: Int, others: Int)]) -> Table {
    var y: [Double?] = [], group: [String?] = []
    for (name, events, others) in counts {
      y += Array(repeating: 1, count: events) + Array(repeating: 0, count: others)
      group += Array(repeating: name, count: events + others)
    }
    return Table([("y", .numbers(y)), ("g", .categories(group))])
  }

  /// Many interactions stop with a sentence, at once: 14 columns have 16,383 terms, 8 of 20 rows 255 columns.
  @Test func interactionsBeyondTheRows() throws {
    func product(_ count: Int) -> String { (0..<count).map { "x\($0)" }.joined(separator: " * ") }
    #expect { try Formula("y ~ \(product(14))") } throws: { "\($0)".contains("more than 5000 terms") }
    var generator = SeededGenerator(seed: 4)
    let columns = (0..<8).map { ("x\($0)", Column.Values.numbers((0..<20).map { _ in generator.normal() })) }
    let table = Table(columns + [("y", .numbers((0..<20).map { Double($0 % 2) }))])
    let frame = try ModelFrame(Formula("y ~ \(product(8))"), table)
    #expect(frame.matrix.columns == 256)
    #expect { try LogisticModel(frame) } throws: { "\($0)".contains("makes 256 columns of 20 rows") }
  }

  /// A sum of thousands of columns, with one taken away again.
  @Test func longSums() throws {
    let names = (0..<5000).map { "x\($0)" }
    let formula = try Formula("y ~ \(names.joined(separator: " + ")) - x7 + x3 + (x1 + x2):x0")
    #expect(formula.terms.count == 5001 && formula.terms[0].name == "x0" && formula.terms[7].name == "x8")
    #expect(formula.terms.suffix(2).map(\.name) == ["x0:x1", "x0:x2"])
  }

  /// Limits lie where the profile of the penalised likelihood has fallen by half of χ²'s quantile: at the maximum with the
  /// coefficient held, as an offset has it.
  @Test func profileLimitsAreOnTheProfile() throws {
    var generator = SeededGenerator(seed: 9)
    let x = (0..<60).map { _ in generator.normal() }, z = (0..<60).map { _ in generator.normal() }
    let y = zip(x, z).map { generator.uniform() < 1 / (1 + exp(-0.8 * $0 + 0.5 * $1)) ? 1.0 : 0 }
    let ones = x.map { _ in 1.0 }, names = ["(Intercept)", "x", "z"]
    let model = try LogisticModel(Matrix(columns: [ones, x, z], rows: 60), y, names: names)
    for limit in [model.profileLimits()[1].lower, model.profileLimits()[1].upper] {
      let held = try #require(limit.value)
      let rest = try LogisticModel(
        Matrix(columns: [ones, z], rows: 60), y, names: ["(Intercept)", "z"], offset: x.map { $0 * held })
      expectClose(2 * (model.logLikelihood - rest.logLikelihood), ChiSquared(1).quantile(0.95), absolute: 1e-8)
    }
  }

  /// With Firth's penalty each limit lies where, with its coefficient held, the penalised likelihood is at its maximum (the
  /// modified score of the others is 0) and has fallen by half of χ²'s quantile. Who waits is told how far it is.
  @Test func limitsOfManyColumnsWithFirthsPenalty() throws {
    var generator = SeededGenerator(seed: 4)
    let columns = [[Double](repeating: 1, count: 60)] + (0..<7).map { _ in (0..<60).map { _ in generator.normal() } }
    let y = columns[1].map { generator.uniform() < 1 / (1 + exp(-1.5 * $0)) ? 1.0 : 0 }
    let design = Matrix(columns: columns, rows: 60), names = columns.indices.map { "x\($0)" }
    let model = try LogisticModel(design, y, names: names, firth: true)
    var shares: [Double] = []
    let limits = model.limits { shares.append($0) }
    #expect(shares == (1...8).map { Double($0) / 8 })
    for (column, limit) in limits.enumerated() {
      for side in [limit.lower, limit.upper] {
        let held = try #require(side.value)
        let best = try #require(try Self.penalised(design, y, held: (column, held)))
        expectClose(2 * (model.logLikelihood - best), ChiSquared(1).quantile(0.95), absolute: 1e-7)
      }
    }
  }

  /// The maximum of log L + ½ log |X'WX| with one coefficient held, by plain steps along the modified score.
  private static func penalised(_ design: Matrix, _ y: [Double], held: (column: Int, value: Double)) throws -> Double? {
    var beta = [Double](repeating: 0, count: design.columns), best: Double?
    beta[held.column] = held.value
    for _ in 0..<300 {
      let p = design.times(beta).map { 1 / (1 + exp(-$0)) }
      let information = design.gram(weights: p.map { $0 * (1 - $0) })
      let inverse = try #require(Cholesky(information)).inverse
      let residuals = design.rowLists.enumerated().map { row, x in
        let leverage = p[row] * (1 - p[row]) * zip(x, inverse.times(x)).reduce(0) { $0 + $1.0 * $1.1 }
        return y[row] - p[row] + leverage * (0.5 - p[row])
      }
      best =
        zip(y, p).reduce(0) { $0 + log($1.0 == 1 ? $1.1 : 1 - $1.1) }
        + (try #require(Cholesky(information))).logDeterminant / 2
      let score = design.transposedTimes(residuals)
      for column in beta.indices where column != held.column { beta[column] += score[column] / 20 }
    }
    return best
  }

  /// In a saturated model Firth's penalty adds one half to every cell (Firth 1993, section 4.1).
  @Test func firthAddsAHalfToEveryCell() throws {
    let separated = table([("a", 0, 9), ("b", 6, 4), ("c", 5, 0)])
    let model = try LogisticModel(ModelFrame(Formula("y ~ g"), separated), firth: true)
    let expected = [log(0.5 / 9.5), log(6.5 / 4.5) - log(0.5 / 9.5), log(5.5 / 0.5) - log(0.5 / 9.5)]
    for (cell, value) in zip(model.coefficients, expected) {
      expectClose(try #require(cell.value), value, relative: 1e-8)
    }
    let error = #expect(throws: ModelError.self) { try LogisticModel(ModelFrame(Formula("y ~ g"), separated)) }
    #expect(error?.description.contains("separate events from others") == true)
    // The likelihood falls on one side only.
    let limits = model.profileLimits()
    #expect(limits[2].lower.value ?? 0 > 0)
  }

  @Test func weightsAreRepetitions() throws {
    let data = table([("a", 3, 9), ("b", 6, 4)])
    let model = try LogisticModel(ModelFrame(Formula("y ~ g"), data))
    let cells = Table([
      ("y", .numbers([1, 0, 1, 0])), ("g", .categories(["a", "a", "b", "b"])), ("w", .numbers([3, 9, 6, 4])),
    ])
    let weighted = try LogisticModel(ModelFrame(Formula("y ~ g"), cells, weights: "w"))
    for (a, b) in zip(model.coefficients, weighted.coefficients) {
      expectClose(try #require(a.value), try #require(b.value), relative: 1e-9)
    }
    expectClose(model.deviance, weighted.deviance, relative: 1e-12)
    expectClose(try #require(model.coefficients[1].value), log(6.0 / 4) - log(3.0 / 9), relative: 1e-9)
    expectClose(
      try #require(model.estimates[1].error.value), (1 / 6.0 + 1 / 4.0 + 1 / 3.0 + 1 / 9.0).squareRoot(), relative: 1e-8
    )
    #expect(throws: ModelError.self) {
      try LogisticModel(ModelFrame(Formula("y ~ g"), table([("a", 3, 0), ("b", 5, 0)])))
    }
  }
}
