import RadiomicsCore

/// How a program wrote a table: what separates the values, in which line the header stands.
struct TableDialect {
  let separator: UInt8
  /// Where the header begins, and in which line.
  let start: Int, line: Int

  /// - `separator`: What separates the values; nil for what a first line `sep=;` says, a tab if the name ends in `.tsv` or
  ///   `.tab`, else the most frequent of comma, semicolon and tab in the header.
  init(_ bytes: [UInt8], _ path: String, separator: Character?) throws(FormatError) {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = Array(bytes[mark...].prefix { !Self.isLineEnd($0) }), lowered = path.lowercased()
    let plain = first.filter { $0 != UInt8(ascii: "\"") }
    if plain.count == 5, plain.starts(with: Array("sep=".utf8)) {
      (self.separator, start, line) = (plain[4], Self.next(bytes, mark + first.count), 2)
      return
    }
    (start, line) = (mark, 1)
    if let separator {
      guard let ascii = separator.asciiValue else { throw FormatError(path, "'\(separator)' cannot separate values.") }
      self.separator = ascii
    } else if lowered.hasSuffix(".tsv") || lowered.hasSuffix(".tab") {
      self.separator = UInt8(ascii: "\t")
    } else {
      let header = bytes[mark...].drop(while: Self.isLineEnd).prefix { !Self.isLineEnd($0) }
      self.separator = Self.mostFrequent(in: header)
    }
  }

  private static func mostFrequent(in header: some Sequence<UInt8>) -> UInt8 {
    let candidates = Array(",;\t".utf8)
    var counts = [0, 0, 0], isQuoted = false
    for byte in header {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, let place = candidates.firstIndex(of: byte) { counts[place] += 1 }
    }
    let most = counts.max()!
    return candidates[counts.firstIndex(of: most)!]
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  /// What follows a line's end.
  private static func next(_ bytes: [UInt8], _ end: Int) -> Int {
    let isPair = bytes[end...].starts(with: Array("\r\n".utf8))
    return min(bytes.count, end + (isPair ? 2 : 1))
  }

  /// Numbers with a decimal comma as numbers with a point, in the columns of a table separated by semicolons that hold mostly such.
  /// - Throws: `FormatError` where one column has both, as a point may then stand for thousands.
  func withDecimalPoints(_ rows: [[String]], _ lines: [Int], header: [String], _ path: String) throws(FormatError)
    -> [[String]]
  {
    guard separator == UInt8(ascii: ";") else { return rows }
    var result = rows, hasCommas = false
    for (column, name) in header.enumerated() {
      let numbers = rows.map { Self.decimalPoint($0[column]) }, commas = rows.count { $0[column].contains(",") }
      let known = numbers.count { $0 != nil }, present = rows.count { CellText($0[column]) != .missing }
      guard commas > 0, 2 * known > present else { continue }
      hasCommas = true
      for (row, number) in numbers.enumerated() {
        if let number {
          result[row][column] = number
        } else if rows[row][column].contains("."), Double(rows[row][column].trimmed) != nil {
          throw FormatError(
            "\(path):\(lines[row])",
            "'\(name)' is '\(rows[row][column])' where others have a decimal comma, must be written as they are.")
        }
      }
    }
    if hasCommas { try Self.refuseThousands(result, rows, lines, header: header, path) }
    return result
  }

  /// Where a file has decimal commas, points in groups of three are thousands.
  /// - Throws: `FormatError` with the first cell of a column in which every point may be one.
  private static func refuseThousands(
    _ converted: [[String]], _ rows: [[String]], _ lines: [Int], header: [String], _ path: String
  ) throws(FormatError) {
    for (column, name) in header.enumerated() {
      let pointed = rows.indices.filter { row in
        rows[row][column] == converted[row][column] && rows[row][column].contains(".")
          && Double(rows[row][column].trimmed) != nil
      }
      guard let first = pointed.first, pointed.allSatisfy({ isGrouped(rows[$0][column].trimmed) }) else { continue }
      throw FormatError(
        "\(path):\(lines[first])",
        "'\(name)' is '\(rows[first][column])' in a file with decimal commas, where a point may stand for thousands. Write it without points."
      )
    }
  }

  /// One to three digits, then groups of three behind points.
  private static func isGrouped(_ text: String) -> Bool {
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 && (1...3).contains(parts[0].count) && parts.dropFirst().allSatisfy { $0.count == 3 }
      && parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
  }

  /// A whole number, or one with a decimal comma.
  static func decimalPoint(_ text: String) -> String? {
    guard !text.contains("."), text.utf8.count(where: { $0 == UInt8(ascii: ",") }) < 2 else { return nil }
    let number = String(text.trimmed.map { $0 == "," ? "." : $0 })
    return Double(number)?.isFinite == true ? number : nil
  }

  /// Whether the first column is the row numbers that pandas and R write: it has no name and holds whole numbers.
  static func hasIndex(_ header: [String], _ rows: [[String]]) -> Bool {
    header.count > 1 && header[0].isEmpty && !rows.isEmpty && rows.allSatisfy { Int($0[0]) != nil }
  }
}
