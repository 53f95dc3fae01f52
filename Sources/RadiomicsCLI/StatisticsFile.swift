import ArgumentParser
import Radiomics
import RadiomicsReport

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

extension Terminal {
  /// One line for each statistic: name, values, unit, meaning or the reason why there is no value.
  static func statistics(_ statistics: [Statistic], digits: Int = 6) -> String {
    Report.text(of: statistics, digits: digits)
  }

  /// Groups one after the other; a share with its limits on one line.
  static func groups(_ groups: [StatisticGroup]) -> String { Report.text(of: groups) }
}
