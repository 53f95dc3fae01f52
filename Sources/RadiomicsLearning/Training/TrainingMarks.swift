import RadiomicsCore
import RadiomicsNumerics

/// By what rows that a signature was learnt from are known again, without a value of them: salted hashes of what their columns hold, of patients'
/// names where nobody can guess these, and of images.
///
/// Columns that tell rows apart are dealt into groups of six; of each row and group a hash is kept of its values to four digits, in steps whose
/// edges the salt moves. A copy with rounded or slightly moved values has the same hash in some of the groups. Hashes of a group are sorted, so
/// that those of one row cannot be put together. Who holds a row can learn that it was among those; who does not would have to guess six values at once.
package struct TrainingMarks: Sendable, Hashable, Codable {
  /// Hashes of some columns.
  package struct Group: Sendable, Hashable, Codable {
    package let columns: [String]
    /// Sorted; without those that several patients share.
    package let rows: Set<String>

    private enum CodingKeys: CodingKey { case columns, rows }

    package init(_ columns: [String], _ rows: Set<String>) { (self.columns, self.rows) = (columns, rows) }

    package init(from decoder: any Decoder) throws {
      let parts = try decoder.container(keyedBy: CodingKeys.self)
      self.init(try parts.decode([String].self, forKey: .columns), Set(try parts.decode([String].self, forKey: .rows)))
    }

    package func encode(to encoder: any Encoder) throws {
      var parts = encoder.container(keyedBy: CodingKeys.self)
      try parts.encode(columns, forKey: .columns)
      try parts.encode(rows.sorted(), forKey: .rows)
    }
  }

  /// What is hashed with every row.
  package let salt: String
  package let groups: [Group]
  /// Of patients' names and of images, sorted; empty where names can be guessed, or images are not known.
  package let subjects: [String], images: [String]

  /// Columns of a group; groups at most.
  private static let width = 6, least = 5, most = 8

  /// - `features`: Columns that were candidates; `own` those of them that the signature needs, which get groups of their own if they are enough.
  /// - `subject`: The column that names patients.
  /// - `images`: SHA-256 of the images.
  package init(
    _ rows: StudyRows, features: [String], own: [String], subject: String?, images: [String], inputs: [String],
    seed: UInt64
  ) {
    let salt = String(sha256("marks \(seed) \(inputs.sorted().joined(separator: " "))").prefix(32))
    self.salt = salt
    let telling = features.filter { Self.tells($0, rows.table, salt) }, first = telling.filter(Set(own).contains)
    let rest = first.count >= Self.least ? telling.filter { !Set(own).contains($0) } : telling
    let parts = (first.count >= Self.least ? Self.dealt(first, most: 2) : []) + Self.dealt(rest, most: Self.most - 2)
    groups = parts.compactMap { columns in
      var owners: [String: Set<Int>] = [:]
      for (row, marks) in Self.marks(rows.table, columns, salt, isExact: true).enumerated() {
        if let mark = marks.first { owners[mark, default: []].insert(rows.patients[row]) }
      }
      let shared = owners.values.count { $0.count > 1 }
      return owners.isEmpty || 10 * shared > owners.count
        ? nil : Group(columns, Set(owners.filter { $0.value.count == 1 }.keys))
    }
    let names = Set((subject.flatMap { rows.table.labels($0) } ?? []).compactMap { $0 })
    subjects = Self.areSecret(names) ? names.map { Self.hash(salt, ["subject", $0]) }.sorted() : []
    self.images = Set(images).map { Self.hash(salt, ["image", $0]) }.sorted()
  }

  /// Columns in groups of six that take one from each part of the list, as neighbours are often alike; a rest of fewer than five is left out.
  private static func dealt(_ columns: [String], most: Int) -> [[String]] {
    let count = min(most, (columns.count + 1) / width), wanted = count * width
    guard count > 0 else { return [] }
    let places = (0..<min(wanted, columns.count)).map { $0 * columns.count / min(wanted, columns.count) }
    return (0..<count).map { group in
      places.enumerated().filter { $0.offset % count == group }.map { columns[$0.element] }
    }.filter { $0.count >= least }
  }

  /// Whether a column tells most rows apart, to four digits.
  private static func tells(_ name: String, _ table: Table, _ salt: String) -> Bool {
    guard case .numbers(let values)? = table[name] else { return false }
    let known = values.compactMap { $0 }
    return 5 * known.count >= 4 * table.count && 2 * Set(known.map { steps($0, 0)[0] }).count >= table.count
  }

  /// A number to four digits; `shift`, from 0 to 1, moves the edges of the steps. Then the step beside it, where the number is so near to the edge
  /// that it may have been on the other side before it was rounded or moved a little.
  private static func steps(_ value: Double, _ shift: Double) -> [String] {
    guard value != 0, value.isFinite else { return ["0"] }
    let power = log10(abs(value)).rounded(.down), place = abs(value) / pow(10, power) * 1000 + shift
    let own = place.rounded(.down), past = place - own
    let digits = "\(value)".prefix { $0 != "e" }.drop { "-0.".contains($0) }.count(where: \.isNumber)
    let reach = digits <= 5 ? 0.5 : 0.02
    func text(_ step: Double) -> String { "\(value < 0 ? "-" : "")\(Int(step))e\(Int(power))" }
    return [text(own)] + (past < reach ? [text(own - 1)] : 1 - past <= reach ? [text(own + 1)] : [])
  }

  private static func hash(_ salt: String, _ parts: [String]) -> String {
    String(sha256(([salt] + parts).joined(separator: "\u{1F}")).prefix(16))
  }

  /// Of each row; none where a value is missing.
  /// - `isExact`: Whether numbers are as they are; else all that they may have been.
  private static func marks(_ table: Table, _ columns: [String], _ salt: String, isExact: Bool) -> [[String]] {
    var values: [[Double?]] = [], shifts: [Double] = []
    for name in columns {
      guard case .numbers(let own)? = table[name] else { return [[String]](repeating: [], count: table.count) }
      values.append(own)
      shifts.append(Double(Int(sha256("\(salt) \(name)").prefix(6), radix: 16) ?? 0) / 0x1p24)
    }
    return (0..<table.count).map { row in
      let own = values.compactMap { $0[row] }
      guard own.count == values.count else { return [] }
      let steps = zip(own, shifts).map { isExact ? Array(Self.steps($0, $1).prefix(1)) : Self.steps($0, $1) }
      return steps.reduce([[]]) { known, next in known.flatMap { start in next.map { start + [$0] } } }
        .map { hash(salt, $0) }
    }
  }

  /// Whether names are pseudonyms that nobody can try out: beyond what all begin with, 16 letters and digits mixed, or 24 digits.
  static func areSecret(_ names: Set<String>) -> Bool {
    guard names.count > 1, let first = names.min(), let last = names.max() else { return false }
    let prefix = zip(first, last).prefix { $0 == $1 }.count
    return names.allSatisfy { name in
      let own = name.dropFirst(prefix), digits = own.count(where: \.isNumber)
      return digits >= 24 || (own.count >= 16 && digits >= 4 && own.contains(where: \.isLetter))
    }
  }
}

extension TrainingMarks {
  /// What is known again of other rows.
  package struct Known: Sendable, Hashable {
    /// Rows whose values, or whose patients, the signature was learnt from; names of cases of which it knows the image.
    package let rows: [Int], images: [String]
    /// Whether rows could be told at all: one of the groups is there, or patients' names are kept.
    package let isTold: Bool

    package var isEmpty: Bool { rows.isEmpty && images.isEmpty }
  }

  /// Rows of a table that the signature was learnt from.
  /// - `subject`: The column that names patients there.
  /// - `images`: Names of cases, and SHA-256 of their images.
  package func known(
    _ table: Table, subject: String?, images: [(name: String, sha256: String)]
  ) -> Known {
    var found: Set<Int> = [], isTold = false
    for group in groups where group.columns.allSatisfy({ table[$0] != nil }) {
      isTold = true
      for (row, marks) in Self.marks(table, group.columns, salt, isExact: false).enumerated() {
        if marks.contains(where: group.rows.contains) { found.insert(row) }
      }
    }
    if !subjects.isEmpty, let names = subject.flatMap({ table.labels($0) }) {
      let kept = Set(subjects)
      isTold = true
      for (row, name) in names.enumerated() {
        if let name, kept.contains(Self.hash(salt, ["subject", name])) { found.insert(row) }
      }
    }
    let kept = Set(self.images)
    return Known(
      rows: found.sorted(),
      images: images.filter { kept.contains(Self.hash(salt, ["image", $0.sha256])) }.map(\.name), isTold: isTold)
  }
}
