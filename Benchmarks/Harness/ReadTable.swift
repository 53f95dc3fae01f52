import ArgumentParser
import Radiomics

/// Reads a table with its SHA-256 and says how long that took.
struct ReadTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Reads a table once for each line of standard input.")

  @Argument(help: "The table.") var path: String
  @Flag(help: "Take the rows in the order of what they hold, as statistics do.") var ordered = false

  func run() throws {
    while readLine() != nil {
      let (table, cost) = try Cost.of { try ordered ? Table(path: path) : Table(file: path) }
      report(.map([.init("rows", .integer(table.count)), .init("seconds", .number(cost.cpu))]))
    }
  }
}
