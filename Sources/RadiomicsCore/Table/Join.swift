/// What became of the rows of two tables that were joined.
public struct JoinReport: Sendable, Hashable {
  /// Rows of the joined table.
  public let rows: Int
  /// Keys that are in both.
  public let matched: Int
  /// Keys that are in the first table alone, in its order; and in the second alone.
  public let onlyFirst: [String], onlySecond: [String]
  /// Keys that several rows of the second table have.
  public let repeated: [String]
  /// A key of the first table alone and one of the second alone that differ in case, signs, blanks or leading zeros only.
  public struct Alike: Sendable, Hashable {
    public let first: String, second: String
  }
  /// Such pairs, in the first table's order.
  public let alike: [Alike]
}

/// Which row of the second table counts where several have a key.
public enum RepeatedKeys: String, Sendable, CaseIterable {
  /// None: they are an error.
  case refuse
  /// The first of the file, the last.
  case first, last
  /// Each: rows of the first table are repeated.
  case all
}

extension Table {
  /// The rows of this table with the columns of another one's rows of the same key; rows of either without the other are left
  /// out. Keys are compared as they are written, without blanks at their ends.
  /// - `keys`: Columns of both.
  /// - `repeats`: What is done where several rows of the other table have the same key.
  /// - Throws: `StudyError` if a key's column is not there, a row has no key, keys repeat, another column is in both with other
  ///   values, or nothing matches.
  public func joined(
    with other: Table, by keys: [String], repeats: RepeatedKeys = .refuse
  ) throws(StudyError) -> (table: Table, report: JoinReport) {
    let own = try self.keys(keys), others = try other.keys(keys)
    var rows: [String: [Int]] = [:]
    for (row, key) in others.enumerated() { rows[key, default: []].append(row) }
    for key in rows.keys { rows[key]!.sort { other.source.order($0, before: $1) } }
    let repeated = rows.filter { $0.value.count > 1 }.map(\.key).sorted()
    if repeats == .refuse, let key = repeated.first, let found = rows[key] {
      throw StudyError.at(
        other.place(found[1]),
        "\(keys.joined(separator: ", ")) '\(Self.shown(key))' is there again (first \(other.place(found[0]))), must be there once. "
          + "Leave rows out, or say which count: the first, the last, or all.")
    }
    var left: [Int] = [], right: [Int] = []
    for (row, key) in own.enumerated() {
      guard let found = rows[key] else { continue }
      let chosen =
        switch repeats {
        case .first, .refuse: [found[0]]
        case .last: [found[found.count - 1]]
        case .all: found
        }
      for match in chosen {
        left.append(row)
        right.append(match)
      }
    }
    guard !left.isEmpty else { throw unmatched(other, keys, own, others) }
    let first = self.rows(left), second = other.rows(right)
    var result = first
    for column in second.columns where !keys.contains(column.name) {
      if let same = first.column(column.name) {
        try same.requireEqual(column, first, second)
      } else {
        result = result.taking(column, of: second)
      }
    }
    let mine = Set(own), theirs = Set(others)
    let onlyFirst = Self.unique(own).filter { !theirs.contains($0) },
      onlySecond = Self.unique(others).filter { !mine.contains($0) }
    return (
      result.from(source.files + other.source.files),
      JoinReport(
        rows: left.count, matched: mine.intersection(theirs).count, onlyFirst: onlyFirst.map(Self.shown),
        onlySecond: onlySecond.map(Self.shown), repeated: repeated.map(Self.shown),
        alike: Self.alike(onlyFirst, onlySecond))
    )
  }

  /// Keys that say the same without case, signs, blanks and zeros that lead a number.
  private static func alike(_ first: [String], _ second: [String]) -> [JoinReport.Alike] {
    func plain(_ key: String) -> String {
      let parts = key.lowercased().split(separator: Character(unit), omittingEmptySubsequences: false).map { part in
        part.split { !$0.isLetter && !$0.isNumber }.map(withoutZeros).joined()
      }
      return parts.joined(separator: unit)
    }
    let found = Dictionary(second.map { (plain($0), $0) }) { first, _ in first }
    return first.compactMap { key in
      found[plain(key)].map { JoinReport.Alike(first: shown(key), second: shown($0)) }
    }
  }

  /// `p0012` as `p12`, `000` as `0`.
  private static func withoutZeros(_ word: Substring) -> String {
    var result = ""
    for (index, letter) in zip(word.indices, word) {
      let leads = letter == "0" && result.last?.isNumber != true
      let isFollowed = word[index...].dropFirst().first?.isNumber == true
      if !leads || !isFollowed { result.append(letter) }
    }
    return result
  }

  /// What stands between the parts of a key, and in no text.
  private static let unit = "\u{1F}"

  private static func shown(_ key: String) -> String { key.replacing(unit, with: "/") }

  private static func unique(_ keys: [String]) -> [String] {
    var seen: Set<String> = []
    return keys.filter { seen.insert($0).inserted }
  }

  /// What the columns of keys say of each row.
  private func keys(_ names: [String]) throws(StudyError) -> [String] {
    var labels: [[String?]] = []
    for name in names {
      guard let column = self.labels(name) else {
        throw StudyError.noColumn(
          name, in: source.files.first?.path ?? "table", names: self.names, ", by which tables are joined")
      }
      labels.append(column)
    }
    var keys: [String] = []
    for row in 0..<count {
      var parts: [String] = []
      for (name, column) in zip(names, labels) {
        guard let part = column[row] else {
          throw StudyError.at(place(row), "'\(name)' is empty, each row must have one to be joined.")
        }
        parts.append(part)
      }
      keys.append(parts.joined(separator: Self.unit))
    }
    return keys
  }

  /// Why nothing matches, with a guess at what was meant.
  private func unmatched(_ other: Table, _ keys: [String], _ own: [String], _ others: [String]) -> StudyError {
    let near = Self.alike(own, others).first
    let hint = near.map { " '\($0.first)' and '\($0.second)' look alike: write them alike." } ?? ""
    return StudyError.at(
      keys.joined(separator: ", "),
      "no row of one table is in the other, such as '\(own.first ?? "")' and '\(others.first ?? "")', must be "
        + "the same in both.\(hint)")
  }
}

extension Column {
  /// - Throws: `StudyError` with the first row in which two columns of one name differ.
  fileprivate func requireEqual(_ other: Column, _ first: Table, _ second: Table) throws(StudyError) {
    guard values != other.values else { return }
    let mine = first.labels(name)!, theirs = second.labels(name)!
    guard let row = mine.indices.first(where: { mine[$0] != theirs[$0] }) else { return }
    throw StudyError.at(
      "\(first.place(row)), \(second.place(row))",
      "'\(name)' is '\(mine[row] ?? "")' and '\(theirs[row] ?? "")', must be the same in both tables. "
        + "Leave it out of one of them, or give it another name.")
  }
}
