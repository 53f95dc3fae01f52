import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Laws of elastic nets: what rows, weights, offsets and penalties of 0 must do.
struct ElasticNetTests {
  private struct Data {
    let design: Matrix, y: [Double], events: [Bool], times: SurvivalTimes, strata: [Int]

    /// Fifty rows, the second column much like the first; times in whole units, so that they tie; some rows enter late.
    init() throws {
      var generator = SeededGenerator(seed: 11)
      let n = 50
      var columns = (0..<8).map { _ in (0..<n).map { _ in generator.normal() } }
      columns[1] = zip(columns[0], columns[1]).map { $0 + 0.05 * $1 }
      let eta = (0..<n).map { columns[0][$0] - 0.5 * columns[2][$0] }
      let stop = eta.map { (1 - log(generator.uniform() + 1e-9) * 8 * exp(-$0)).rounded(.up) + 1 }
      design = Matrix(columns: columns, rows: n)
      y = eta.map { $0 + generator.normal() }
      events = (0..<n).map { eta[$0] + generator.normal() > 0 }
      strata = (0..<n).map { $0 % 3 }
      let start = stop.indices.map { $0 % 4 == 0 ? min(1, stop[$0] - 1) : 0 }
      times = try SurvivalTimes(start: start, stop: stop, isEvent: (0..<n).map { $0 % 5 != 0 })
    }

    var outcomes: [ElasticNet.Outcome] {
      [.gaussian(y), .binomial(events), .cox(times, ties: .efron, strata: strata)]
    }
  }

  private func net(_ mix: Double) -> ElasticNet {
    var net = ElasticNet()
    (net.mix, net.count, net.ratio, net.stopsEarly) = (mix, 12, 0.01, false)
    return net
  }

  private func expectSame(_ a: ElasticNetPath, _ b: ElasticNetPath, _ tolerance: Double = 1e-7) {
    #expect(a.solutions.count == b.solutions.count)
    for k in a.solutions.indices {
      for (x, y) in zip(a.coefficients(k), b.coefficients(k)) { expectClose(x, y, absolute: tolerance, "\(k)") }
    }
  }

  /// Efron's and Breslow's ties with late entry and strata, without a penalty, are the Cox model, which R's values hold.
  @Test(arguments: [Ties.efron, .breslow]) func withoutPenaltyItIsTheCoxModel(_ ties: Ties) throws {
    let data = try Data(), few = data.design.columns([0, 2, 4])
    let model = try CoxModel(
      few, data.times, names: ["a", "b", "c"], strata: data.strata, strataNames: ["0", "1", "2"], ties: ties)
    var net = ElasticNet()
    (net.factors, net.penalties) = ([0, 0, 0], [1])
    let path = try net.path(few, .cox(data.times, ties: ties, strata: data.strata))
    for (value, cell) in zip(path.coefficients(0), model.coefficients) {
      expectClose(value, try #require(cell.value), relative: 1e-7)
    }
  }

  @Test(arguments: 0..<3) func rowsInAnotherOrder(_ kind: Int) throws {
    let data = try Data(), order = (0..<50).map { ($0 * 7) % 50 }
    let outcome = data.outcomes[kind]
    expectSame(
      try net(0.5).path(data.design, outcome), try net(0.5).path(data.design.rows(order), outcome.rows(order)))
  }

  /// A row of weight 2 is a row that is there twice; of Breslow's ties, as Efron's tell tied rows from weights.
  @Test(arguments: 0..<3) func weightsAreRepeats(_ kind: Int) throws {
    let data = try Data(), rows = Array(0..<50) + Array(0..<20)
    var outcome = data.outcomes[kind]
    if kind == 2 { outcome = .cox(data.times, ties: .breslow, strata: data.strata) }
    let weights = (0..<50).map { $0 < 20 ? 2.0 : 1 }
    expectSame(
      try net(0.7).path(data.design, outcome, weights: weights),
      try net(0.7).path(data.design.rows(rows), outcome.rows(rows)))
  }

  /// An offset of a Gaussian outcome is taken off it; an offset of times that is the same for all changes nothing.
  @Test func offsets() throws {
    let data = try Data(), offset = data.y.indices.map { Double($0 % 4) }
    expectSame(
      try net(1).path(data.design, .gaussian(data.y), offset: offset),
      try net(1).path(data.design, .gaussian(zip(data.y, offset).map(-))))
    expectSame(
      try net(1).path(data.design, data.outcomes[2], offset: [Double](repeating: 3, count: 50)),
      try net(1).path(data.design, data.outcomes[2]))
  }

  /// At each solution the slope of the loss is λ times the sign where there is a coefficient, and no larger where there is none; by
  /// differences of the deviance that `crossValidated` judges by.
  @Test func slopesOfASolution() throws {
    let data = try Data(), path = try net(1).path(data.design, .gaussian(data.y)), n = 50.0
    for (k, solution) in path.solutions.enumerated() {
      let linear = data.design.times(path.coefficients(k))
      let left = data.y.indices.map { data.y[$0] - solution.intercept - linear[$0] }
      for j in 0..<8 {
        let column = data.design.column(j), mean = column.reduce(0, +) / n
        let spread = (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
        let slope = zip(column, left).reduce(0) { $0 + ($1.0 - mean) / spread * $1.1 } / n
        if path.coefficients(k)[j] == 0 {
          #expect(abs(slope) <= solution.penalty * (1 + 1e-6))
        } else {
          expectClose(abs(slope), solution.penalty, relative: 1e-6)
        }
      }
    }
    #expect(path.solutions[0].support.isEmpty && !path.solutions[1].support.isEmpty)
  }

  /// More columns than rows, in groups that are much alike, so that many signs change on the way: at each solution the slope of the loss is
  /// what the penalty's is. Slopes by their definitions, Breslow's over all rows at risk.
  @Test(arguments: [0.5, 1], 0..<3) func slopesOfManyColumns(_ mix: Double, _ kind: Int) throws {
    let data = try Data(), n = 50, p = 90
    var generator = SeededGenerator(seed: 7)
    let hidden = (0..<6).map { _ in (0..<n).map { _ in generator.normal() } }
    let columns = (0..<p).map { j in
      let raw = (0..<n).map { hidden[j % 6][$0] + 0.4 * generator.normal() + data.design[$0, j % 4] / 3 }
      let mean = raw.reduce(0, +) / Double(n)
      let spread = (raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)).squareRoot()
      return raw.map { ($0 - mean) / spread }
    }
    let stop = data.times.stop
    let outcome: ElasticNet.Outcome =
      switch kind {
      case 0: .gaussian(data.y)
      case 1: .binomial(data.events)
      default: .cox(try SurvivalTimes(stop: stop, isEvent: data.times.isEvent), ties: .breslow, strata: nil)
      }
    let path = try net(mix).path(Matrix(columns: columns, rows: n), outcome)
    for (k, solution) in path.solutions.enumerated() {
      let b = path.coefficients(k)
      let eta = (0..<n).map { row in b.indices.reduce(solution.intercept) { $0 + b[$1] * columns[$1][row] } }
      let pull = (0..<n).map { row -> Double in
        switch kind {
        case 0: return data.y[row] - eta[row]
        case 1: return (data.events[row] ? 1 : 0) - 1 / (1 + exp(-eta[row]))
        default:
          let hazard = (0..<n).filter { data.times.isEvent[$0] && stop[$0] <= stop[row] }.reduce(0.0) { sum, event in
            sum + 1 / (0..<n).filter { stop[$0] >= stop[event] }.reduce(0) { $0 + exp(eta[$1]) }
          }
          return (data.times.isEvent[row] ? 1 : 0) - exp(eta[row]) * hazard
        }
      }
      for j in 0..<p {
        let slope = (0..<n).reduce(0) { $0 + columns[j][$1] * pull[$1] } / Double(n)
        let left = slope - (1 - mix) * solution.penalty * b[j]
        if b[j] == 0 {
          #expect(abs(left) <= mix * solution.penalty * (1 + 1e-6))
        } else {
          expectClose(left, b[j] > 0 ? mix * solution.penalty : -mix * solution.penalty, relative: 1e-6, "\(k) \(j)")
        }
      }
    }
    #expect(path.solutions.contains { $0.support.count > 25 })
  }

  @Test func constantColumnsGetNothing() throws {
    let data = try Data()
    let design = Matrix(columns: (0..<3).map(data.design.column) + [[Double](repeating: 7.1, count: 50)], rows: 50)
    for outcome in data.outcomes {
      let path = try net(0.5).path(design, outcome)
      #expect(path.solutions.allSatisfy { !$0.support.contains(3) })
    }
  }

  @Test func refusals() throws {
    let data = try Data()
    func message(_ change: (inout ElasticNet) -> Void, _ outcome: ElasticNet.Outcome) -> String {
      var net = ElasticNet()
      change(&net)
      do { _ = try net.path(data.design, outcome) } catch { return "\(error)" }
      return ""
    }
    #expect(message({ $0.mix = 2 }, data.outcomes[0]) == "mix: is 2, must be from 0 to 1.")
    #expect(message({ $0.penalties = [0] }, data.outcomes[0]).hasPrefix("penalty: is 0, must be above 0"))
    #expect(message({ $0.penalties = [1, 2] }, data.outcomes[0]).hasPrefix("penalties: do not fall"))
    #expect(message({ _ in }, .gaussian([Double](repeating: 2, count: 50))).contains("must vary"))
    #expect(message({ _ in }, .binomial([Bool](repeating: true, count: 50))).contains("all rows have the event"))
    let none = try SurvivalTimes(stop: (1...50).map(Double.init), isEvent: [Bool](repeating: false, count: 50))
    #expect(message({ _ in }, .cox(none, ties: .efron, strata: nil)).contains("there is no event in 50 rows"))
    // A column without penalty that separates events from others.
    let signs = Matrix(columns: [data.events.map { $0 ? 1 : 0 }], rows: 50)
    var net = ElasticNet()
    net.factors = [0]
    net.penalties = [0.1]
    do {
      _ = try net.path(signs, .binomial(data.events))
      Issue.record("must refuse")
    } catch { #expect("\(error)".contains("the likelihood has no maximum")) }
  }
}
