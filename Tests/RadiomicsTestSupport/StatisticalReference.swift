import Foundation
import RadiomicsCore
import Testing

/// Golden results of established statistical tools: those of `Tests/Data/statistics`, which come with the project, and,
/// of data that may not, those of the reference data's `reference/stats`.
public struct StatisticalReference: Sendable, CustomTestStringConvertible {
  /// The file it is in, without `.json`.
  public let file: String
  /// The case's name, unique in its file.
  public let id: String
  /// The data set it is of.
  public let data: String
  /// What it was computed from.
  public let params: Setting.Value
  /// The results by name.
  public let values: [Setting.Value.Entry]
  /// Allowed relative and absolute error.
  public let relative: Double, absolute: Double
  /// Whether it documents a convention that need not be met.
  public let isInformative: Bool

  /// The case's name among all.
  public var key: String { "\(file)/\(id)" }

  public var testDescription: String { id }

  /// A value by name.
  public subscript(name: String) -> Setting.Value? { values.first { $0.key == name }?.value }

  /// Where the cases lie that come with the project.
  public static let folder = ReferenceData.project.appendingPathComponent("Tests/Data/statistics")

  /// The cases of an area: all that come with the project, then the others where the reference data is there.
  public static func cases(_ file: String) -> [StatisticalReference] {
    let here = cases(file, in: folder), ids = Set(here.map(\.id))
    let others = elsewhere.lazy.map { cases(file, in: $0) }.first { !$0.isEmpty } ?? []
    return here + others.filter { !ids.contains($0.id) }
  }

  /// The cases of an area that a folder has.
  public static func cases(_ file: String, in folder: URL) -> [StatisticalReference] {
    guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent("\(file).json").path)
    else { return [] }
    guard let document = try? Setting.Value(json: [UInt8](data), file: file), let cases = document["cases"]?.asList
    else { preconditionFailure("\(file).json: it has cases") }
    return cases.map { entry in
      guard case .map(let values)? = entry["values"] else { preconditionFailure("\(file): a case has values") }
      return StatisticalReference(
        file: file, id: entry["id"]!.asText!, data: entry["data"]?.asText ?? "", params: entry["params"] ?? .map([]),
        values: values, relative: entry["rtol"]?.asNumber ?? 0, absolute: entry["atol"]?.asNumber ?? 0,
        isInformative: entry["note"]?.asText?.contains("informative") ?? false)
    }
  }

  /// Where the others lie: the reference data, or what `make reference-data` has made.
  private static let elsewhere = [
    URL(fileURLWithPath: ReferenceData.path("reference/stats")),
    ReferenceData.project.appendingPathComponent("reference-data/reference/stats"),
  ]

  /// Whether the cases of an area are there that may not come with the project. On CI their absence is a failure.
  public static func hasOthers(_ file: String) -> Bool {
    ReferenceData.runs || elsewhere.contains { !cases(file, in: $0).isEmpty }
  }

  /// What a test says that is skipped as they are absent.
  public static let absence: String =
    "aSAH and Penicillin may not be copied: 'make reference-data' makes their cases"

  /// The bytes of a file of data, of the project if it has it.
  public static func data(_ name: String) throws -> Data {
    let places = ([folder] + elsewhere).map { $0.appendingPathComponent("data/\(name)") }
    return try Data(contentsOf: places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[1])
  }

  /// Columns of a data set by name, numbers where they are numbers.
  public static func table(_ name: String) throws -> [(name: String, texts: [String])] {
    let text = String(decoding: try data("\(name).csv"), as: UTF8.self)
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: ["\""]) }
    }
    return rows[0].enumerated().map { column, name in (name, rows.dropFirst().map { $0[column] }) }
  }

  /// The same without some of its values.
  public func without(_ names: [String]) -> StatisticalReference {
    StatisticalReference(
      file: file, id: id, data: data, params: params, values: values.filter { !names.contains($0.key) },
      relative: relative,
      absolute: absolute, isInformative: isInformative)
  }

  /// Expects the statistic of each value's name to be that value.
  public func expect(_ statistics: [Statistic], at location: SourceLocation = #_sourceLocation) {
    let found = Dictionary(statistics.map { ($0.name, $0) }) { first, _ in first }
    for entry in values {
      guard let statistic = found[entry.key] else {
        Issue.record("\(id): there is no \(entry.key)", sourceLocation: location)
        continue
      }
      let expected = entry.value.asList ?? [entry.value]
      #expect(expected.count == statistic.cells.count, "\(id) \(entry.key)", sourceLocation: location)
      for (cell, expected) in zip(statistic.cells, expected) {
        expectValue(cell.value, expected, entry.key, at: location)
      }
    }
  }

  /// Expects a number, or none where the reference has none.
  public func expectValue(
    _ value: Double?, _ expected: Setting.Value, _ name: String, relative: Double? = nil,
    at location: SourceLocation = #_sourceLocation
  ) {
    GoldenSuite.compared.withLock { _ = $0.insert(key) }
    let number = expected.asText == "Infinity" ? .infinity : expected.asNumber
    guard let number, let value else {
      #expect(value == number, "\(id) \(name)", sourceLocation: location)
      return
    }
    if number.isInfinite {
      #expect(value == number, "\(id) \(name)", sourceLocation: location)
    } else {
      expectClose(
        value, number, relative: relative ?? self.relative, absolute: absolute, "\(id) \(name)", at: location)
    }
  }
}
