import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsNumerics

/// Reads a table once; then each line of standard input is answered by one analysis and one line of JSON.
struct Clinical: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a table of times and columns, then analyses it once for each line of input.",
    discussion: """
      The table has columns time, event and x0, x1, …. The lines: 'cox' fits all
      columns; 'concordance' and 'delong' take the first column as marker, with the
      standard error; 'univariate' fits 10,000 models of one column to the first 300
      rows. Answers are lines of JSON, times in CPU seconds.
      """)

  @Argument(help: "The table.") var table: String

  func run() throws {
    let table = try Table(path: table)
    let columns = try table.names.filter { $0.hasPrefix("x") }.map { try table.numbers($0).map { $0! } }
    let events = try table.numbers("event").map { $0 == 1 }
    let stop = try table.numbers("time").map { $0! }
    let design = Matrix(columns: columns, rows: table.count), names = columns.indices.map { "x\($0)" }
    report(.map([.init("rows", .integer(table.count))]))
    while let line = readLine() {
      let (value, cost) = try Cost.of { () -> Double in
        func times() throws -> SurvivalTimes { try SurvivalTimes(stop: stop, isEvent: events) }
        return switch line {
        case "cox": try CoxModel(design, times(), names: names).logLikelihood
        case "concordance": try ConcordanceIndex(columns[0], times()).error
        case "delong": try ROC(columns[0], events).variance
        case "univariate": try univariate(columns, times().rows(Array(0..<300)))
        default: throw ValidationError("'\(line)' must be cox, concordance, delong or univariate.")
        }
      }
      report(
        .map([.init("value", .number(value)), .init("cpu", .number(cost.cpu)), .init("wall", .number(cost.wall))]))
    }
  }

  private func univariate(_ columns: [[Double]], _ times: SurvivalTimes) throws -> Double {
    let screen = CoxScreen(times)
    return try (0..<10_000).reduce(0.0) { sum, model in
      let column = columns[model % columns.count], first = model / columns.count
      return try sum + screen.model(Array(column[first..<first + times.count]), name: "x").wald.statistic
    }
  }
}
