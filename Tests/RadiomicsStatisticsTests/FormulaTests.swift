import Foundation
import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Formulas mean what R's mean: names, codes and coefficients of R 4.2.2's glm on aSAH.
@Suite(.enabled(if: StatisticalReference.hasOthers("c_diagnostic"), "\(StatisticalReference.absence)"))
struct FormulaTests {
  private static func table() throws -> DataTable {
    let table = DataTable(texts: try StatisticalReference.table("asah"))
    let ages = try table.numbers("age")
    return table.with("grp", .categories(ages.map { $0! < 45 ? "young" : $0! < 60 ? "middle" : "old" }))
  }

  private static let fits: [(String, [(String, Double?)], Double)] = [
    (
      "y ~ factor(gender) * wfns + ns(age, 3) + log(ndka)",
      [
        ("(Intercept)", -13.1690886748), ("factor(gender)1", -0.653431406821), ("wfns", 1.23164560578),
        ("ns(age, 3)1", 0.646281400796), ("ns(age, 3)2", 13.8927963022), ("ns(age, 3)3", 5.14743096233),
        ("log(ndka)", 1.6556781771), ("factor(gender)1:wfns", -0.154845513126),
      ], 87.57706083
    ),
    (
      "y ~ age + I(2 * age) + gender",
      [("(Intercept)", -2.18408383285), ("age", 0.0444106272873), ("I(2 * age)", nil), ("gender", -1.13287900236)],
      136.18478837
    ),
    (
      "y ~ wfns + factor(gender):grp",
      [
        ("(Intercept)", -3.31580708267), ("wfns", 0.797655672642), ("factor(gender)0:grpmiddle", 0.969497276498),
        ("factor(gender)1:grpmiddle", 0.271586302786), ("factor(gender)0:grpold", 1.47321536067),
        ("factor(gender)1:grpold", 0.570336431426), ("factor(gender)0:grpyoung", 0.777118731083),
        ("factor(gender)1:grpyoung", nil),
      ], 109.976493554
    ),
    (
      "y ~ 0 + grp + s100b",
      [
        ("grpmiddle", -1.63273101269), ("grpold", -1.73628885101), ("grpyoung", -1.92746118519),
        ("s100b", 4.86546472095),
      ],
      123.335792713
    ),
    (
      "y ~ (age + gender + grp)^2 - age:grp",
      [
        ("(Intercept)", -8.55479392116), ("age", 0.162480221339), ("gender", 2.91836802543),
        ("grpold", -1.84916141362), ("grpyoung", 2.48148248558), ("age:gender", -0.0707606608527),
        ("gender:grpold", 0.766811786829), ("gender:grpyoung", -1.75402121039),
      ], 131.884335361
    ),
    (
      "y ~ ns(age, df = 3):gender",
      [
        ("(Intercept)", -0.169314805189), ("ns(age, df = 3)1:gender", -0.588073347283),
        ("ns(age, df = 3)2:gender", -0.84208071742), ("ns(age, df = 3)3:gender", 1.7379731036),
      ], 141.099634772
    ),
    (
      "y ~ gender + offset(log(ndka)/10) + I(age^2/1000)",
      [("(Intercept)", -1.33033254667), ("gender", -1.10980366432), ("I(age^2/1000)", 0.409390583698)], 135.353746111
    ),
    (
      "I(ndka > 10) ~ s100b:grp + `grp`",
      [
        ("(Intercept)", 0.746192213211), ("grpold", -0.510712656522), ("grpyoung", -0.268308592686),
        ("s100b:grpmiddle", 0.369265838263), ("s100b:grpold", 0.04603971354), ("s100b:grpyoung", 0.253057231719),
      ], 146.495731263
    ),
    (
      "y ~ s100b * grp - grp",
      [
        ("(Intercept)", -1.7494782577), ("s100b", 5.01755527659), ("s100b:grpold", 0.276541545611),
        ("s100b:grpyoung", -0.958541854293),
      ], 123.20423099
    ),
  ]

  @Test(arguments: fits) func fitsAreThoseOfR(
    _ formula: String, _ coefficients: [(String, Double?)], _ deviance: Double
  )
    throws
  {
    let model = try LogisticModel(ModelFrame(Formula(formula), Self.table()))
    #expect(model.names == coefficients.map(\.0))
    for (cell, (name, expected)) in zip(model.coefficients, coefficients) {
      guard let expected else {
        #expect(cell.reason != nil, "\(name)")
        continue
      }
      expectClose(try #require(cell.value), expected, relative: 1e-7, "\(name)")
    }
    expectClose(model.deviance, deviance, relative: 1e-9)
  }

  @Test func missingValuesLeaveRowsOut() throws {
    let table = DataTable(texts: [
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
    ("y ~ age^x", "Write a calculation as I(age^x)"), ("y ~ lg(age)", "there is no function 'lg'"),
    ("y ~ agee", "Did you mean 'age'?"), ("grp ~ age", "has 3 values (middle, old, young), must have two"),
    ("y ~ ns(age)", "must be ns(column, df)"), ("y ~ log(grp)", "must be a number"), ("~ age", "names no outcome"),
    ("y ~ age:offset(ndka)", "must stand alone"), ("Surv(age) ~ ndka", "its outcome is a time"),
    ("Surv(ndka, age, y) ~ wfns", "must end later"),
    ("Surv(age, wfns) ~ ndka", "must be 1 for an event and 0 for none"),
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
      "y", "~", "+", "-", "*", ":", "^", "(", ")", "age", "1", "0", "ns(", ",", "3", "Surv(", "`", "=", "log(",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int(generator.uniform() * 14)).map { _ in parts[Int(generator.uniform() * Double(parts.count))] }
        .joined(separator: " ")
      _ = try? ModelFrame(Formula(text), Self.table())
    }
    #expect(throws: ModelError.self) { try Formula("y ~ " + String(repeating: "(", count: 5000)) }
  }
}

/// Laws of logistic regression that need no reference.
struct LogisticLawsTests {
  private func table(_ counts: [(group: String, events: Int, others: Int)]) -> DataTable {
    var y: [Double?] = [], group: [String?] = []
    for (name, events, others) in counts {
      y += Array(repeating: 1, count: events) + Array(repeating: 0, count: others)
      group += Array(repeating: name, count: events + others)
    }
    return DataTable([("y", .numbers(y)), ("g", .categories(group))])
  }

  /// Many interactions stop with a sentence, at once: 14 columns have 16,383 terms, 8 of 20 rows 255 columns.
  @Test func interactionsBeyondTheRows() throws {
    func product(_ count: Int) -> String { (0..<count).map { "x\($0)" }.joined(separator: " * ") }
    #expect { try Formula("y ~ \(product(14))") } throws: { "\($0)".contains("more than 5000 terms") }
    var generator = SeededGenerator(seed: 4)
    let columns = (0..<8).map { ("x\($0)", DataTable.Variable.numbers((0..<20).map { _ in generator.normal() })) }
    let table = DataTable(columns + [("y", .numbers((0..<20).map { Double($0 % 2) }))])
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
    let cells = DataTable([
      ("y", .numbers([1, 0, 1, 0])), ("g", .categories(["a", "a", "b", "b"])), ("w", .numbers([3, 9, 6, 4])),
    ])
    let weighted = try LogisticModel(ModelFrame(Formula("y ~ g"), cells, weights: "w"))
    for (a, b) in zip(model.coefficients, weighted.coefficients) {
      expectClose(try #require(a.value), try #require(b.value), relative: 1e-9)
    }
    expectClose(model.deviance, weighted.deviance, relative: 1e-12)
    expectClose(try #require(model.coefficients[1].value), log(6.0 / 4) - log(3.0 / 9), relative: 1e-9)
    expectClose(
      try #require(model.errors[1].value), (1 / 6.0 + 1 / 4.0 + 1 / 3.0 + 1 / 9.0).squareRoot(), relative: 1e-8)
    #expect(throws: ModelError.self) {
      try LogisticModel(ModelFrame(Formula("y ~ g"), table([("a", 3, 0), ("b", 5, 0)])))
    }
  }
}
