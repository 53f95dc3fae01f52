import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsLearning

/// Reads a table once; then each line of standard input is answered by one harmonisation, fitted and applied, and one line of JSON.
struct Harmonise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a table of a batch, a covariate and features, then harmonises it once for each line of input.",
    discussion: """
      The table has columns batch, age and x0, x1, …. The lines are methods, such as
      parametric, with a number of features if not all: 'nonparametric 300'. Answers are
      lines of JSON, times in CPU seconds.
      """)

  @Argument(help: "The table.") var table: String

  func run() throws {
    let table = try Table(path: table), names = table.names.filter { $0.hasPrefix("x") }
    report(.map([.init("rows", .integer(table.count))]))
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard let method = words.first.flatMap({ Combat.Method(rawValue: $0) }) else {
        throw ValidationError("'\(line)' must begin with a method.")
      }
      var combat = Combat()
      (combat.method, combat.batch, combat.covariates) = (method, ["batch"], ["age"])
      combat.features = Array(names.prefix(words.count > 1 ? Int(words[1]) ?? names.count : names.count))
      let (harmonised, cost) = try Cost.of { try combat.fit(table).apply(table) }
      guard case .numbers(let values)? = harmonised[combat.features[0]] else { continue }
      report(
        .map([
          .init("value", .number(values.reduce(0) { $0 + abs($1 ?? 0) })), .init("cpu", .number(cost.cpu)),
          .init("wall", .number(cost.wall)),
        ]))
    }
  }
}
