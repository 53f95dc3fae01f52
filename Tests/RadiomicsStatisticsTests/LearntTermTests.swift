import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Terms that are learnt from rows, against R 4.2 (`cut`, `scale`, `factor`) and Hmisc 4.8 (`rcspline.eval`, on which `rcs` of rms
/// stands).
@Suite struct LearntTermTests {
  static func lung() throws -> Table { Table(texts: try StatisticalReference.table("lung")) }

  static func knots(_ values: [Double], _ count: Int) throws -> [Double] {
    try RestrictedSpline(values, count: count, name: "rcs").knots
  }

  @Test func knotsLieAtHarrellsQuantiles() throws {
    let age = try Self.lung().numbers("age").map { $0! }
    #expect(try Self.knots(age, 3) == [50, 63, 74])
    let cases: [(Int, [Double])] = [
      (4, [45.35, 59, 67, 75]), (5, [45.35, 57, 63, 69, 75]), (6, [45.35, 56, 60.07, 65, 70, 75]),
      (7, [43.675, 54, 59, 63, 67, 71, 76.325]),
    ]
    for (count, knots) in cases {
      for (found, expected) in zip(try Self.knots(age, count), knots) {
        expectClose(found, expected, relative: 1e-14)
      }
    }
  }

  /// Of many equal values at either end the outer knot lies at them.
  @Test func knotsOfPiledValues() throws {
    let low = Array(repeating: 0.0, count: 20) + (1...100).map { Double($0) / 3 }
    let both = Array(repeating: 0.0, count: 20) + (1...40).map { Double($0) / 3 } + Array(repeating: 50.0, count: 10)
    let cases: [([Double], Int, [Double])] = [
      (low, 3, [1.0 / 3, 17, 32]), (low, 4, [1.0 / 3, 2.3, 17, 32]), (low, 5, [1.0 / 3, 2.3, 12.1, 21.9, 32]),
      (both, 4, [1.0 / 3, 6.833333333333333, 12.383333333333335, 13.333333333333334]),
      (both, 5, [1.0 / 3, 1.2833333333333332, 6.833333333333332, 12.383333333333335, 13.333333333333334]),
    ]
    for (values, count, knots) in cases {
      let found = try Self.knots(values, count)
      #expect(found.count == knots.count)
      for (a, b) in zip(found, knots) { expectClose(a, b, relative: 1e-13) }
    }
  }

  @Test func restrictedCubes() throws {
    let spline = try RestrictedSpline(knots: [45.35, 59, 67, 75], name: "rcs")
    let rows: [[Double]] = [
      [30, 0, 0], [45.5, 3.8390554217414598e-06, 0], [62, 5.2504112054918419, 0.030712443373932551],
      [75, 27.491483979763920, 3.494393557211880719], [90, 60.349831365935941, 10.046381476984151959],
    ]
    for row in rows {
      for (found, expected) in zip(spline.basis(row[0]), row) { expectClose(found, expected, relative: 1e-11) }
    }
  }

  @Test func modelOfARestrictedSpline() throws {
    let model = try CoxModel(ModelFrame(Formula("Surv(time, event) ~ rcs(age, 4)"), Self.lung()))
    #expect(model.names == ["rcs(age, 4)age", "rcs(age, 4)age'", "rcs(age, 4)age''"])
    for (cell, expected) in zip(
      model.coefficients, [0.042402387127220602, -0.076573045369398920, 0.452579879958945996])
    {
      expectClose(try #require(cell.value), expected, relative: 1e-6)
    }
    expectClose(model.logLikelihood, -746.74371265523132, relative: 1e-10)
  }

  @Test func scaleCutAndFactor() throws {
    let frame = try ModelFrame(
      Formula("Surv(time, event) ~ scale(age) + cut(karno, c(0, 60, 80, 100)) + factor(sex, levels = c(2, 1))"),
      Self.lung())
    let model = try CoxModel(frame)
    #expect(
      model.names == [
        "scale(age)", "cut(karno, c(0, 60, 80, 100))(60,80]", "cut(karno, c(0, 60, 80, 100))(80,100]",
        "factor(sex, levels = c(2, 1))1",
      ])
    let expected = [0.130552299025691987, 0.031717752069022782, -0.399737621967710122, 0.523713480146857702]
    let errors = [0.084572643923310376, 0.253932681037931096, 0.256581983382209500, 0.168868259604608162]
    for (cell, value) in zip(model.coefficients, expected) {
      expectClose(try #require(cell.value), value, relative: 1e-6)
    }
    for (cell, value) in zip(model.errors(model.covariance), errors) {
      expectClose(try #require(cell.value), value, relative: 1e-6)
    }
    expectClose(model.logLikelihood, -734.00597442426022, relative: 1e-10)
    // (R of the complete rows: here a scale is that of the rows which the model is fitted to.)
    // Rows outside all intervals are missing, as in R.
    #expect(try ModelFrame(Formula("Surv(time, event) ~ cut(age, c(50, 60, 70))"), Self.lung()).missing > 0)
  }

  @Test func namesOfIntervals() throws {
    func names(_ term: String) throws -> [String] {
      try ModelFrame(Formula("Surv(time, event) ~ \(term)"), Self.lung()).design.names.map {
        String($0.dropFirst(term.count))
      }
    }
    #expect(try names("cut(age, c(0, 50, 60.5, 70, Inf))") == ["(50,60.5]", "(60.5,70]", "(70,Inf]"])
    #expect(try names("cut(age, 4)") == ["(49.8,60.5]", "(60.5,71.2]", "(71.2,82]"])
    #expect(try names("cut(age, c(39, 60, 82), right = FALSE, include.lowest = TRUE)") == ["[60,82]"])
  }

  @Test(arguments: [
    ("rcs(age, 2)", "3 to 7 knots"), ("rcs(age, c(1, 2))", "3 to 50"), ("cut(age)", "must have breaks"),
    ("cut(age, c(5, 5))", "each once"), ("cut(age, 4, right = 3)", "TRUE or FALSE"), ("scale(inst * 0)", "every value"),
    ("I(scale(age))", "term of a model by itself"), ("cut(age, 4, rigth = TRUE)", "no argument 'rigth'"),
    ("factor(sex, levels = 2)", "levels must be"), ("log(rcs(age))", "term of a model by itself"),
  ])
  func saysWhatMustBe(_ term: String, _ message: String) throws {
    let table = try Self.lung()
    let error = try #require(throws: ModelError.self) {
      try ModelFrame(Formula("Surv(time, event) ~ \(term)"), table)
    }
    #expect(error.description.contains(message), "\(error)")
  }
}
