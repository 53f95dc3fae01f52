import Foundation
import RadiomicsCore
import Testing

/// Golden results of established statistical tools: `reference/stats/*.json`.
public struct StatisticalReference: Sendable, CustomTestStringConvertible {
  /// The case's name.
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

  public var testDescription: String { id }

  /// The cases of an area; none if the reference data is absent.
  public static func cases(_ file: String) -> [StatisticalReference] {
    guard let data = FileManager.default.contents(atPath: ReferenceData.path("reference/stats/\(file).json")),
      let document = try? Setting.Value(json: [UInt8](data), file: file), let cases = document["cases"]?.asList
    else { return [] }
    return cases.map { entry in
      guard case .map(let values)? = entry["values"] else { preconditionFailure("\(file): a case has values") }
      return StatisticalReference(
        id: entry["id"]!.asText!, data: entry["data"]?.asText ?? "", params: entry["params"] ?? .map([]),
        values: values, relative: entry["rtol"]?.asNumber ?? 0, absolute: entry["atol"]?.asNumber ?? 0,
        isInformative: entry["note"]?.asText?.contains("informative") ?? false)
    }
  }

  /// Columns of a data set by name, numbers where they are numbers.
  public static func table(_ name: String) throws -> [(name: String, texts: [String])] {
    let text = try String(contentsOfFile: ReferenceData.path("reference/stats/data/\(name).csv"), encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: ["\""]) }
    }
    return rows[0].enumerated().map { column, name in (name, rows.dropFirst().map { $0[column] }) }
  }

  /// The same without some of its values.
  public func without(_ names: [String]) -> StatisticalReference {
    StatisticalReference(
      id: id, data: data, params: params, values: values.filter { !names.contains($0.key) }, relative: relative,
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
