import RadiomicsCore
import RadiomicsStatistics

/// A fitted harmonisation as a file has it, with what must be known to use it rightly.
package struct SavedHarmonisation: Sendable, Hashable, Codable {
  private static let format = "radiomics-harmonisation", version = 1

  private let format: String, version: Int
  /// The program that wrote it, and the settings, for people; nothing reads them.
  package let software: String, settings: [String: String]
  /// Rows that it was learnt from, and SHA-256 of the files that they come from.
  package let rows: Int, inputs: [String]
  /// Words for nothing that its rows were read with besides the usual ones; nil of none.
  package let missing: [String]?
  /// Whether an outcome is among the covariates, so that what is harmonised describes these rows and predicts nothing.
  package let isDescriptive: Bool
  /// What was learnt.
  package let model: FittedCombat

  private enum CodingKeys: String, CodingKey {
    case format, version, software, settings, rows, inputs = "input_sha256", missing, isDescriptive = "descriptive",
      model
  }

  /// - `missing`: Words for nothing that rows were read with besides the usual ones.
  /// - `allowed`: Codes of refusals that were overridden.
  package init(
    _ model: FittedCombat, _ settings: Combat, _ source: Table.Source, isDescriptive: Bool, missing: [String] = [],
    allowed: [String] = []
  ) {
    (format, version) = (Self.format, Self.version)
    software = "swift-radiomics \(radiomicsVersion)"
    let written = Combat.parameters.map { ($0.key, $0.write(settings)) }.filter { $0.1 != .null && $0.1 != .list([]) }
    let overridden = allowed.isEmpty ? [] : [("allow", allowed.joined(separator: ", "))]
    self.settings = Dictionary(uniqueKeysWithValues: written.map { ($0.0, $0.1.description) } + overridden)
    rows = model.steps.first?.counts.reduce(0, +) ?? 0
    inputs = source.filesOfRows.map(\.sha256).filter { !$0.isEmpty }
    self.missing = missing.isEmpty ? nil : missing
    (self.isDescriptive, self.model) = (isDescriptive, model)
  }

  package func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode(format, forKey: .format)
    try parts.encode(version, forKey: .version)
    try parts.encode(software, forKey: .software)
    var words = parts.nestedContainer(keyedBy: SettingKey.self, forKey: .settings)
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      try words.encode(value, forKey: SettingKey(stringValue: key))
    }
    try parts.encode(rows, forKey: .rows)
    try parts.encode(inputs, forKey: .inputs)
    try parts.encodeIfPresent(missing, forKey: .missing)
    try parts.encode(isDescriptive, forKey: .isDescriptive)
    try parts.encode(model, forKey: .model)
  }

  private struct SettingKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The file's text.
  package var text: String {
    get throws { try Setting.Value(coding: self).json + "\n" }
  }

  /// Reads a file's bytes.
  /// - `path`: How errors call it.
  /// - Throws: `ModelError` for another kind of file, a newer one, or a damaged one.
  package init(_ bytes: [UInt8], path: String) throws(ModelError) {
    let value: Setting.Value
    do { value = try Setting.Value(json: bytes, file: path) } catch { throw ModelError("\(error)") }
    guard value["format"]?.asText == Self.format else {
      throw ModelError.at(path, "is no harmonisation, must be a file that one was written to.")
    }
    guard let version = value["version"]?.asInteger, (1...Self.version).contains(version) else {
      throw ModelError.at(
        path, "its version is newer than \(Self.version), or missing. Use a newer version of this program.")
    }
    do { self = try value.decoded() } catch let error as DecodingError {
      throw ModelError.at(path, "\(error.sentence). The file is damaged; fit the harmonisation again.")
    } catch { throw ModelError.at(path, "is damaged (\(error)). Fit the harmonisation again.") }
  }
}
