import ArgumentParser
import Radiomics

/// A file of statistics: a table, or JSON.
struct StatisticsFile {
  let path: String
  private let isTable: Bool

  /// - Throws: `ValidationError` if the ending is none of those known.
  init(_ path: String) throws {
    isTable = CSV.ending(of: path) != nil
    guard isTable || path.lowercased().hasSuffix(".json") else {
      throw ValidationError("\(path): the ending must be .csv, .tsv, .xlsx or .json.")
    }
    self.path = path
  }

  func write(table: () throws -> CSV, json: () throws -> Setting.Value) throws {
    if isTable { try table().write(to: path) } else { try OutputFile.write(json().json + "\n", to: path) }
  }
}
