import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// A feature table that was written earlier, read for statistics: texts by column, and the columns that are features.
public struct MeasuredTable: Sendable {
  /// One column of features.
  public struct FeatureColumn: Sendable {
    /// Its name.
    public let name: String
    /// Symbol of its unit; empty if nobody says.
    public let unit: String
    /// Its kind of scale; nil if nobody says.
    public let scale: Scale?
    /// Family, filter and fingerprint where the provenance says.
    public let family: String?, filter: String?, fingerprint: String?
    /// Values by row; nil where there is none.
    public let values: [Double?]
  }

  /// Where the feature columns came from, for people.
  public enum Choice: Sendable, Hashable {
    case provenance(String), selection(String), numeric
  }

  /// The path as given.
  public let path: String
  /// Number of rows.
  public var count: Int { rows.count }
  /// The feature columns, in the table's order.
  public let features: [FeatureColumn]
  /// How they were chosen.
  public let choice: Choice
  /// What was noticed.
  public let findings: [Finding]
  private let table: CSV
  /// Where each row stands in its file.
  private let places: [String]
  /// Rows that are used, in the order of what they hold.
  private let rows: [Int]

  private static let texts: Set = [
    "subject", "timepoint", "session", "scanner", "reader", "site", "modality", "image", "mask", "region", "status",
    "reason", "label", "Image", "Mask", "Label",
  ]

  /// Reads a wide table (.csv, .tsv). Features are those of `selection`; else those that the provenance beside the table
  /// lists; else every numeric column that is not `named` otherwise. Rows of failed cases are left out.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  public init(path: String, named: Set<String> = [], selection: FeatureSelection? = nil) throws {
    try self.init(paths: [path], named: named, selection: selection)
  }

  /// Reads several tables into one. Columns that were measured otherwise are not put together.
  public init(paths: [String], named: Set<String> = [], selection: FeatureSelection? = nil) throws {
    let pool = try TablePool(paths)
    let table = pool.table, path = paths[0], described = pool.described
    self.path = paths.joined(separator: ", ")
    self.table = table
    places = pool.places
    var findings: [Finding] = []
    let status = table.header.firstIndex(of: "status")
    rows = table.contentOrder.filter { row in status.map { table.rows[row][$0] != "failed" } ?? true }
    if rows.count < table.rows.count {
      findings.append(
        Finding(.warning, path, "\(table.rows.count - rows.count) rows are of failed cases; they are left out."))
    }
    guard !rows.isEmpty else { throw StudyError("\(path): there are no rows with values, must be some.") }
    let provenance = StudyResult.provenancePath(for: path)
    var names: [String]
    if let selection {
      names = selection.names
      choice = .selection(selection.path)
      for name in names where !table.header.contains(name) {
        throw StudyError(
          "\(path): has no column '\(name)', which \(selection.path) names." + didYouMean(name, among: table.header))
      }
    } else if let described, case let listed = table.header.filter({ described[$0] != nil }), !listed.isEmpty {
      names = listed
      choice = .provenance(provenance)
    } else {
      names = table.header.filter { !named.contains($0) && !Self.texts.contains($0) }
      choice = .numeric
    }
    let isGuess = choice == .numeric
    var features: [FeatureColumn] = []
    for name in names {
      let column = table.header.firstIndex(of: name)!
      guard let values = try Self.numbers(table, column, rows, places, isGuess: isGuess) else {
        findings += Self.strayTexts(table, column, rows, places)
        continue
      }
      let known = described?[name] ?? Self.recognised(name)
      features.append(
        FeatureColumn(
          name: name, unit: known?.unit ?? "", scale: known?.scale, family: known?.family, filter: known?.filter,
          fingerprint: known?.fingerprint, values: values))
    }
    guard !features.isEmpty else {
      throw StudyError("\(path): no column holds numbers, must have at least one feature.")
    }
    self.features = features
    self.findings = findings
  }

  /// The texts of a column in the rows used.
  /// - Throws: `StudyError` if there is no such column, or a text is empty.
  public func texts(_ name: String, for role: String) throws(StudyError) -> [String] {
    guard let column = table.header.firstIndex(of: name) else {
      throw StudyError(
        "\(path): has no column '\(name)', which \(role) names. It has: "
          + table.header.prefix(12).joined(separator: ", ") + (table.header.count > 12 ? ", …" : "") + "."
          + didYouMean(name, among: table.header))
    }
    var texts: [String] = []
    for row in rows {
      let text = table.rows[row][column]
      guard !text.allSatisfy(\.isWhitespace) else {
        throw StudyError("\(places[row]): '\(name)' is empty, each row must have one.")
      }
      texts.append(text)
    }
    return texts
  }

  /// How the features were chosen, as a sentence.
  public var choiceText: String {
    let count = "\(features.count) feature\(features.count == 1 ? "" : "s")"
    return switch choice {
    case .provenance(let file): "\(count), the columns that \(file) lists."
    case .selection(let file): "\(count), those of \(file)."
    case .numeric:
      "\(count): every numeric column that no option names (\(features.prefix(4).map(\.name).joined(separator: ", "))"
        + "\(features.count > 4 ? ", …" : "")). --features FILE names others."
    }
  }

  /// Whether there is such a column.
  public func has(_ name: String) -> Bool { table.header.contains(name) }

  /// The numbers of a column in the rows used; nil where a cell is empty.
  public func numbers(_ name: String, for role: String) throws -> [Double?] {
    guard let column = table.header.firstIndex(of: name) else {
      throw StudyError("\(path): has no column '\(name)', which \(role) names." + didYouMean(name, among: table.header))
    }
    return try Self.numbers(table, column, rows, places, isGuess: false)!
  }

  /// Nil for a column that holds other things and is only guessed to be numeric.
  private static func numbers(
    _ table: CSV, _ column: Int, _ rows: [Int], _ places: [String], isGuess: Bool
  ) throws(StudyError) -> [Double?]? {
    var values: [Double?] = [], isEmpty = true
    values.reserveCapacity(rows.count)
    for row in rows {
      let cell = table.rows[row][column]
      if let number = Double(cell), number.isFinite {
        values.append(number)
        isEmpty = false
        continue
      }
      let text = String(cell.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      if text.isEmpty || missing.contains(text.lowercased()) {
        values.append(nil)
      } else if let number = Double(text), number.isFinite {
        values.append(number)
        isEmpty = false
      } else if isGuess {
        return nil
      } else {
        throw StudyError(
          "\(places[row]): '\(table.header[column])' is '\(text)', must be a number or empty.")
      }
    }
    return isGuess && isEmpty ? nil : values
  }

  /// A column that holds mostly numbers was meant as one: what keeps it out.
  private static func strayTexts(_ table: CSV, _ column: Int, _ rows: [Int], _ places: [String]) -> [Finding] {
    let others = rows.filter { row in
      let text = table.rows[row][column]
      return !text.isEmpty && Double(text.filter { !$0.isWhitespace })?.isFinite != true
    }
    guard let first = others.min(), 2 * others.count < rows.count else { return [] }
    return [
      Finding(
        .warning, places[first],
        "'\(table.header[column])' is '\(table.rows[first][column])', which is no number; the column is left out. Empty the cell, "
          + "or write NA.")
    ]
  }

  private static let missing: Set = ["na", "n/a", "#n/a", "nan", "none", "null"]

  /// What the catalogue says of a feature's tag in a column's name.
  private static func recognised(_ name: String) -> ColumnDescription? {
    let parts = name.split(separator: ".").map(String.init)
    guard let (family, feature) = parts.lazy.compactMap({ catalogue[$0] }).first else { return nil }
    return ColumnDescription(unit: "", scale: feature.scale, family: family, filter: nil, fingerprint: nil)
  }

  private static let catalogue: [String: (family: String, feature: Feature)] = {
    var features: [String: (family: String, feature: Feature)] = [:]
    for family in Catalogue.standard.families {
      for feature in family.features { features[feature.tag] = (family.name, feature) }
    }
    return features
  }()
}

/// A list of features that a study settled on: what `reliability` keeps, for `train` and others.
public struct FeatureSelection: Sendable {
  /// The file.
  public let path: String
  /// Names of the columns that are kept.
  public let names: [String]

  /// Reads a list: a table with the columns `feature` and, if it is there, `verdict` (rows with `keep` count), or one
  /// name a line.
  /// - Throws: `FormatError` or `StudyError` if it holds none.
  public init(path: String) throws {
    let text = try WholeFile.text(of: path)
    let first = text.split(whereSeparator: \.isNewline).first ?? ""
    if first.contains(",") || first == "feature" {
      let table = try CSV(path: path)
      guard let name = table.header.firstIndex(of: "feature") else {
        throw StudyError("\(path): the table has no column 'feature', must have one, or hold one name a line.")
      }
      let verdict = table.header.firstIndex(of: "verdict")
      names = table.rows.filter { row in verdict.map { row[$0] == "keep" } ?? true }.map { $0[name] }
    } else {
      names = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
    }
    self.path = path
    guard !names.isEmpty else { throw StudyError("\(path): names no feature, must name at least one.") }
  }
}
