import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsNumerics

/// Reads a table once; then each line of standard input is answered by a whole path of an elastic net and one line of JSON.
struct Nets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a table of outcomes and columns, then fits a path of elastic nets for each line of input.",
    discussion: """
      The table has columns y, time, event and x0, x1, …. A line names the outcome, the
      mix and the ratio of the last penalty to the first: 'gaussian 1 0.01',
      'cox 0.5 0.05'; 100 penalties. Answers are lines of JSON, times in CPU seconds.
      """)

  @Argument(help: "The table.") var table: String

  func run() throws {
    let table = try Table(path: table)
    func numbers(_ name: String) throws -> [Double] { try table.numbers(name).map { $0! } }
    let design = Matrix(
      columns: try table.names.filter { $0.hasPrefix("x") }.map(numbers), rows: table.count)
    let y = try numbers("y"), events = try numbers("event").map { $0 == 1 }
    let times = try SurvivalTimes(stop: numbers("time"), isEvent: events)
    report(.map([.init("rows", .integer(table.count))]))
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let mix = Double(words[1]), let ratio = Double(words[2]) else {
        throw ValidationError("'\(line)' must be an outcome, a mix and a ratio.")
      }
      var net = ElasticNet()
      (net.mix, net.ratio, net.stopsEarly) = (mix, ratio, false)
      let outcome: ElasticNet.Outcome =
        words[0] == "gaussian"
        ? .gaussian(y) : words[0] == "cox" ? .cox(times, ties: .breslow, strata: nil) : .binomial(events)
      let (path, cost) = try Cost.of { try net.path(design, outcome) }
      let sum = path.solutions.indices.reduce(0.0) { $0 + path.coefficients($1).reduce(0) { $0 + abs($1) } }
      report(
        .map([.init("value", .number(sum)), .init("cpu", .number(cost.cpu)), .init("wall", .number(cost.wall))]))
    }
  }
}
