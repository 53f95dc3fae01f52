import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Penalties judged by rows that are held out, where steps before the net make other columns of each fold.
struct NetValidationTests {
  private let design: Matrix, y: [Double], events: [Bool], times: SurvivalTimes, folds: [Int]

  init() throws {
    var generator = SeededGenerator(seed: 4)
    let n = 60
    let columns = (0..<6).map { _ in (0..<n).map { _ in generator.normal() } }
    let eta = (0..<n).map { columns[0][$0] - 0.7 * columns[3][$0] }
    design = Matrix(columns: columns, rows: n)
    y = eta.map { $0 + generator.normal() }
    events = eta.map { $0 + generator.normal() > 0 }
    times = try SurvivalTimes(
      stop: eta.map { -log(generator.uniform() + 1e-9) * exp(-$0) }, isEvent: (0..<n).map { $0 % 4 != 0 })
    folds = (0..<n).map { $0 * 7 % 3 }
  }

  private func net(_ mix: Double = 0.8) -> ElasticNet {
    var net = ElasticNet()
    (net.mix, net.count, net.ratio, net.stopsEarly) = (mix, 8, 0.05, false)
    return net
  }

  /// Of fold 0 three columns, of fold 1 two without a penalty on the first, of fold 2 none at all, in units of the rows fitted.
  private func columns(_ fold: Int) -> ElasticNet.Columns {
    let which = [[0, 3, 5], [3, 1], []][fold]
    let fitted = folds.indices.filter { folds[$0] != fold }
    let scaled = which.map { j in
      let column = design.column(j), largest = fitted.reduce(0) { max($0, abs(column[$1])) }
      return column.map { $0 / largest }
    }
    return ElasticNet.Columns(Matrix(columns: scaled, rows: folds.count), factors: [nil, [0, 1], []][fold])
  }

  /// The same by a fit of each fold and sums over rows.
  private func means(
    _ whole: ElasticNetPath, _ outcome: ElasticNet.Outcome, total: Double,
    _ deviance: (_ predictors: [Double], _ rows: [Int], _ held: [Int]) -> Double
  ) throws -> [Double] {
    var sums = [Double](repeating: 0, count: whole.solutions.count)
    for fold in 0..<3 {
      let rows = folds.indices.filter { folds[$0] != fold }, held = folds.indices.filter { folds[$0] == fold }
      let own = columns(fold)
      var net = net()
      (net.penalties, net.factors) = (whole.solutions.map(\.penalty), own.factors)
      let path = try net.path(own.design.rows(rows), outcome.rows(rows))
      for k in sums.indices {
        let coefficients = path.coefficients(k)
        let predictors = folds.indices.map { row in
          coefficients.indices.reduce(path.solutions[k].intercept) { $0 + coefficients[$1] * own.design[row, $1] }
        }
        sums[k] += deviance(predictors, rows, held)
      }
    }
    return sums.map { $0 / total }
  }

  @Test func numbersWithColumnsOfTheirOwn() throws {
    let outcome = ElasticNet.Outcome.gaussian(y), whole = try net().path(design, outcome)
    let found = try net().crossValidated(whole: whole, folds: folds, outcome, columns: columns)
    let expected = try means(whole, outcome, total: 60) { predictors, _, held in
      held.reduce(0) { $0 + (y[$1] - predictors[$1]) * (y[$1] - predictors[$1]) }
    }
    for (a, b) in zip(found.means, expected) { expectClose(a, b, relative: 1e-12) }
    #expect(found.penalties == whole.solutions.map(\.penalty))
  }

  @Test func twoValuesWithColumnsOfTheirOwn() throws {
    let outcome = ElasticNet.Outcome.binomial(events), whole = try net().path(design, outcome)
    let found = try net().crossValidated(whole: whole, folds: folds, outcome, columns: columns)
    let expected = try means(whole, outcome, total: 60) { predictors, _, held in
      held.reduce(0) { $0 + 2 * log(1 + exp(events[$1] ? -predictors[$1] : predictors[$1])) }
    }
    for (a, b) in zip(found.means, expected) { expectClose(a, b, relative: 1e-12) }
  }

  /// Of all rows minus of the rows fitted, by the sum over events of the definition; times do not tie.
  @Test func timesWithColumnsOfTheirOwn() throws {
    let outcome = ElasticNet.Outcome.cox(times, ties: .breslow, strata: nil)
    let whole = try net().path(design, outcome)
    let found = try net().crossValidated(whole: whole, folds: folds, outcome, columns: columns)
    func logLikelihood(_ predictors: [Double], _ rows: [Int]) -> Double {
      rows.filter { times.isEvent[$0] }.reduce(0) { sum, event in
        let atRisk = rows.filter { times.stop[$0] >= times.stop[event] }
        return sum + predictors[event] - log(atRisk.reduce(0) { $0 + exp(predictors[$1]) })
      }
    }
    let expected = try means(whole, outcome, total: 45) { predictors, rows, _ in
      -2 * (logLikelihood(predictors, Array(folds.indices)) - logLikelihood(predictors, rows))
    }
    for (a, b) in zip(found.means, expected) { expectClose(a, b, relative: 1e-10) }
  }

  /// The same columns in each fold are no special case.
  @Test func sameColumns() throws {
    let outcome = ElasticNet.Outcome.gaussian(y), whole = try net().path(design, outcome)
    let columns = ElasticNet.Columns(design)
    #expect(
      try net().crossValidated(whole: whole, folds: folds, outcome) { _ in columns }
        == net().crossValidated(design, outcome, folds: folds))
  }

  /// What is wrong with a fold names it.
  @Test func refusals() throws {
    func message(_ outcome: ElasticNet.Outcome, _ folds: [Int]) -> String {
      do { _ = try net().crossValidated(design, outcome, folds: folds) } catch { return "\(error)" }
      return ""
    }
    // All rows with the event are in fold 1, which is the second.
    let one = events.map { $0 ? 1 : 0 }
    #expect(
      message(.binomial(events), one).hasPrefix("fold 1 of 2, rows outside it: outcome: all rows have the event"))
    let early = times.isEvent.map { $0 ? 1 : 0 }
    #expect(
      message(.cox(times, ties: .efron, strata: nil), early).hasPrefix(
        "fold 2 of 2, rows outside it: outcome: there is no event in 15 rows"))
    #expect(
      message(.gaussian(one.map(Double.init)), one).hasPrefix(
        "fold 1 of 2, rows outside it: outcome: is 1 in every row"))
    #expect(message(.gaussian(y), []).hasPrefix("validation: no rows are held out"))
    let nothing = Matrix(columns: [[Double](repeating: 1, count: 60)], rows: 60)
    #expect(throws: ModelError.self) { try net().crossValidated(nothing, .gaussian(y), folds: folds) }
  }

  /// Where the largest penalty within one standard error leaves no column, it is refused; where it leaves some, both choices count.
  @Test func choices() throws {
    let found = try net().crossValidated(design, .gaussian(y), folds: folds)
    #expect(try found.place(.simplest) == found.simplest && found.place(.smallest) == found.smallest)
    #expect(try found.place(.simplest) < found.place(.smallest))
    var generator = SeededGenerator(seed: 9)
    let noise = try net().crossValidated(design, .gaussian((0..<60).map { _ in generator.normal() }), folds: folds)
    #expect(try noise.place(.smallest) == noise.smallest && noise.simplestIsNull)
    #expect(throws: ModelError.self) { try noise.place(.simplest) }
  }

  /// Cox regression is judged in units of the rows fitted, not of all: the penalty chosen is that of columns put in such units by hand.
  @Test func unitsAreThoseOfTheRowsFitted() throws {
    var columns = (0..<6).map(design.column)
    for row in stride(from: 0, to: 60, by: 13) { columns[0][row] *= 8 }
    let table = Table(columns.enumerated().map { Column("x\($0)", .numbers($1)) })
    let estimator = PenalisedCoxRegression("x0 + x1 + x2 + x3 + x4 + x5", mix: 0.5, validation: .folds(3, repeats: 1))
    func scaled(_ rows: [Int]) -> Matrix {
      Matrix(
        columns: columns.map { column in
          let n = Double(rows.count), mean = rows.reduce(0) { $0 + column[$1] } / n
          let spread = (rows.reduce(0) { $0 + (column[$1] - mean) * (column[$1] - mean) } / n).squareRoot()
          return column.map { $0 / spread }
        }, rows: 60)
    }
    var net = ElasticNet()
    (net.mix, net.count, net.ratio, net.stopsEarly, net.isStandardised) = (0.5, 50, 0.01, false, false)
    let outcome = ElasticNet.Outcome.cox(times, ties: .breslow, strata: nil), all = Array(0..<60)
    let whole = try net.path(scaled(all), outcome)
    var different = 0
    for seed in 1...12 as ClosedRange<UInt64> {
      let replicates = Replicates(.folds(3, repeats: 1), rows: 60, seed: seed)
      let parts = (0..<3).map { ElasticNet.Part(fitted: replicates[$0].rows, held: replicates[$0].heldOut) }
      func chosen(_ units: (ElasticNet.Part) -> [Int]) throws -> Int {
        try net.crossValidated(whole: whole, parts: parts, outcome) { .init(scaled(units(parts[$0]))) }.smallest
      }
      let place = try chosen { $0.fitted }
      if try chosen({ _ in all }) != place { different += 1 }
      let fit = try estimator.fit(table, .survival(times), seed: seed)
      expectClose(try #require(fit.penalty?.size), whole.solutions[place].penalty, relative: 1e-10)
    }
    #expect(different > 0)
  }
}
