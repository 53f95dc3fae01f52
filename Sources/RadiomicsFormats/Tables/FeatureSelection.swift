import RadiomicsCore

/// Which columns are features: those of a file that a study settled on, those whose names a pattern matches, or those named.
package struct FeatureSelection: Sendable {
  private enum Rule: Sendable {
    case names([String])
    /// The text between the slashes.
    case pattern(String)
    /// Those of any.
    indirect case any([FeatureSelection])
  }
  /// As it was given: a file, `/pattern/`, or names.
  package let source: String
  private let rule: Rule

  /// What any of several means, in their order.
  package static func any(of selections: [FeatureSelection]) -> FeatureSelection {
    FeatureSelection(source: selections.map(\.source).joined(separator: ", "), rule: .any(selections))
  }

  private init(source: String, rule: Rule) { (self.source, self.rule) = (source, rule) }

  /// The names of a list; nil for a pattern.
  package var listed: [String]? { if case .names(let names) = rule { names } else { nil } }

  /// - Parameter argument: A file; a regular expression between slashes, of which a part of a name must be; or names, separated
  ///   by commas.
  /// - Throws: `FormatError` or `StudyError` if the file cannot be read, the expression is none, or nothing is named.
  package init(_ argument: String) throws {
    source = argument
    if argument.count > 2, argument.hasPrefix("/"), argument.hasSuffix("/") {
      let pattern = String(argument.dropFirst().dropLast())
      do { _ = try Regex(pattern) } catch {
        throw StudyError.at("features '\(argument)'", "is no regular expression, must be one such as /^cm_/.")
      }
      rule = .pattern(pattern)
    } else if WholeFile.exists(argument) || argument.contains("/") || CSV.ending(of: argument) != nil {
      rule = .names(try Self.names(in: argument))
    } else {
      let names = argument.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
      guard !names.isEmpty else { throw StudyError.at("features '\(argument)'", "names none, must name at least one.") }
      rule = .names(names)
    }
  }

  /// These names, whatever is in them.
  package init(names: [String]) { self.init(source: names.joined(separator: ", "), rule: .names(names)) }

  /// The columns that are meant, in the order of the list, or of the table for a pattern.
  /// - `place`: The table, for errors.
  /// - `others`: Columns that are something else, which a pattern does not mean.
  /// - Throws: `StudyError` if one is not there, or a pattern matches none.
  package func names(
    among columns: [String], of place: String, except others: Set<String> = []
  ) throws(StudyError) -> [String] {
    switch rule {
    case .names(let names):
      let known = Set(columns)
      // A column of that very name goes before a list.
      if known.contains(source) { return [source] }
      for name in names where !known.contains(name) {
        throw StudyError.noColumn(name, in: place, names: columns, ", which \(source) names")
      }
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }
    case .any(let selections):
      var seen: Set<String> = [], found: [String] = []
      for selection in selections {
        for name in try selection.names(among: columns, of: place, except: others) where seen.insert(name).inserted {
          found.append(name)
        }
      }
      return found
    case .pattern(let pattern):
      // A pattern that was read once is read again without error; Regex itself is not Sendable.
      let regex = try? Regex(pattern)
      let found = columns.filter { name in
        !others.contains(name) && !IdentifyingColumns.contains(name)
          && regex.flatMap { try? $0.firstMatch(in: name) } != nil
      }
      guard !found.isEmpty else {
        throw StudyError.at(
          place,
          "has no column that \(source) matches. It has: \(columns.prefix(12).joined(separator: ", "))"
            + "\(columns.count > 12 ? ", …" : "").")
      }
      return found
    }
  }

  /// A list: a table with the columns `feature` and, if it is there, `verdict` (rows with `keep` count), or one name a line.
  private static func names(in path: String) throws -> [String] {
    let isWorkbook = CSV.ending(of: path) == "xlsx", text = isWorkbook ? "" : try WholeFile.text(of: path)
    let first = text.split(whereSeparator: \.isNewline).first ?? "", names: [String]
    if isWorkbook || first.contains(where: { ",;\t".contains($0) }) || first == "feature" || first.hasPrefix("sep=") {
      let table = try CSV(path: path)
      guard let name = table.header.firstIndex(of: "feature") else {
        throw StudyError.at(path, "the table has no column 'feature', must have one, or hold one name a line.")
      }
      let verdict = table.header.firstIndex(of: "verdict")
      names = table.rows.filter { row in verdict.map { row[$0] == "keep" } ?? true }.map { $0[name] }
    } else {
      names = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
    guard !names.isEmpty else { throw StudyError.at(path, "names no feature, must name at least one.") }
    return names
  }
}
