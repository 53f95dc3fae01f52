import RadiomicsCore
import RadiomicsStatistics

/// A row of a table of lesions: one lesion at one visit, as it was written.
struct LesionRow {
  /// What is said of it besides sizes.
  enum Word: Equatable {
    case measured, tooSmall, absent, notEvaluable, present, progression, further, equivocal
    case part(of: String), merged(into: String)

    var isPart: Bool { if case .part = self { true } else { false } }

    /// Other ways to write them; the first is the one that is shown.
    fileprivate static let words: [(Word, [String])] = [
      (.measured, ["measured"]), (.absent, ["absent", "gone", "disappeared"]),
      (.tooSmall, ["too small", "too small to measure"]), (.notEvaluable, ["NE", "not evaluable", "not assessed"]),
      (.present, ["present"]), (.progression, ["progression", "unequivocal progression"]),
      (.further, ["further progression"]), (.equivocal, ["equivocal"]),
    ]
  }

  /// The row of the table, from 0.
  let row: Int
  let subject: String, visit: String, lesion: String
  let role: Lesion.Role
  let organ: String?
  let isNode: Bool
  /// Hundredths of a millimetre.
  let long: Int?, short: Int?, slice: Int?
  /// mm³.
  let volume: Double?
  let word: Word?
}

extension LesionRow {
  /// Columns that must be there, and those that may be.
  static let needed = ["subject", "lesion", "role"],
    optional = ["organ", "node", "long", "short", "volume", "slice", "state"]

  /// The rows of a table, in the order of the file, so that its first mistake is the one that is told.
  /// - Throws: `StudyError` with the place of a cell that cannot be.
  static func read(_ table: Table) throws(StudyError) -> [LesionRow] {
    let path = table.source.files.first?.path ?? "the table of lesions"
    for name in needed where table[name] == nil {
      throw .noColumn(name, in: path, names: table.names, ", which a table of lesions needs")
    }
    guard let visits = table.labels("visit") ?? table.labels("time") else {
      throw .noColumn("visit", in: path, names: table.names, " and none 'time', one of which a table of lesions needs")
    }
    let cells = Cells(table, visits)
    var rows: [LesionRow] = []
    for row in table.inFileOrder(Array(0..<table.count)) { rows.append(try cells.row(row)) }
    return rows
  }

  /// The size that the criteria count: of a node the short axis.
  var size: Int? { isNode ? short : long }

  /// Longest diameter times its perpendicular, 10⁻⁴ mm².
  var product: Int? {
    switch word {
    case .absent, .merged: 0
    case .tooSmall: Lesion.Length.tooSmall * Lesion.Length.tooSmall
    default: long.flatMap { long in short.map { long * $0 } }
    }
  }

  /// Volume, mm³.
  var cubic: Double? {
    switch word {
    case .absent, .merged: 0
    default: volume
    }
  }
}

/// The columns of a table of lesions, and what their cells may be.
private struct Cells {
  private let table: Table, texts: [String: [String?]]

  init(_ table: Table, _ visits: [String?]) {
    self.table = table
    var texts = ["visit": visits]
    for name in LesionRow.needed + LesionRow.optional { texts[name] = table.labels(name) }
    self.texts = texts
  }

  func row(_ row: Int) throws(StudyError) -> LesionRow {
    func error(_ fact: String) -> StudyError { .at(table.place(row), fact) }
    func text(_ name: String) throws(StudyError) -> String {
      guard let text = texts[name]?[row] else {
        throw error("'\(name)' is empty, must be given for each lesion and visit.")
      }
      return text
    }
    let organ = texts["organ"]?[row], words = try word(row)
    let found = LesionRow(
      row: row, subject: try text("subject"), visit: try text("visit"), lesion: try text("lesion"),
      role: try role(row, text("role")), organ: organ, isNode: try node(row, organ),
      long: try length("long", row), short: try length("short", row), slice: try length("slice", row),
      volume: try number("volume", row), word: words)
    if let long = found.long, let short = found.short, short > long {
      throw error("'short' is \(texts["short"]![row]!), must not be more than 'long', \(texts["long"]![row]!).")
    }
    try check(found)
    return found
  }

  private func role(_ row: Int, _ text: String) throws(StudyError) -> Lesion.Role {
    switch text.lowercased().filter(\.isLetter) {
    case "target": return .target
    case "nontarget": return .nonTarget
    case "new": return .new
    default: throw .at(table.place(row), "'role' is '\(text)', must be target, non-target or new.")
    }
  }

  /// Without a column that says it, what lies in lymph nodes is a node.
  private func node(_ row: Int, _ organ: String?) throws(StudyError) -> Bool {
    guard let nodes = texts["node"] else {
      return ["lymph node", "lymph nodes"].contains(organ?.lowercased() ?? "")
    }
    switch nodes[row]?.lowercased() {
    case nil, "no", "false", "0", "n": return false
    case "yes", "true", "1", "y": return true
    case let text?: throw .at(table.place(row), "'node' is '\(text)', must be yes or no.")
    }
  }

  private func number(_ name: String, _ row: Int) throws(StudyError) -> Double? {
    guard let text = texts[name]?[row] else { return nil }
    guard let number = Double(text), number >= 0, number.isFinite else {
      throw .at(
        table.place(row), "'\(name)' is '\(text)', must be a number of \(name == "volume" ? "mm³" : "mm"), 0 or more.")
    }
    return number
  }

  private func length(_ name: String, _ row: Int) throws(StudyError) -> Int? {
    guard let number = try number(name, row) else { return nil }
    guard number <= 10_000 else {
      throw .at(table.place(row), "'\(name)' is \(numberText(number)), must be in mm, at most 10000.")
    }
    return Int((number * 100).rounded())
  }

  private func word(_ row: Int) throws(StudyError) -> LesionRow.Word? {
    guard let text = texts["state"]?[row] else { return nil }
    let plain = text.lowercased().map { $0 == "-" || $0 == "_" ? " " : $0 }
    if let known = LesionRow.Word.words.first(where: { $0.1.contains { $0.lowercased() == String(plain) } }) {
      return known.0
    }
    for (start, make) in [
      ("part of ", LesionRow.Word.part(of:)), ("merged into ", LesionRow.Word.merged(into:)),
    ] where text.lowercased().hasPrefix(start) { return make(String(text.dropFirst(start.count)).trimmed) }
    throw .at(
      table.place(row),
      "'state' is '\(text)', must be empty, \(LesionRow.Word.words.map { $0.1[0] }.joined(separator: ", ")), part of LESION or merged into LESION."
    )
  }

  /// What a state and sizes say together.
  private func check(_ row: LesionRow) throws(StudyError) {
    func error(_ fact: String) -> StudyError { .at(table.place(row.row), fact) }
    let sized = [row.long, row.short].contains { ($0 ?? 0) > 0 }, state = texts["state"]?[row.row] ?? ""
    switch row.word {
    case .absent, .tooSmall, .notEvaluable, .merged:
      if sized { throw error("'state' is '\(state)' and there is a size, must be one of them.") }
    case .measured where row.size == nil:
      throw error("'state' is measured and '\(row.isNode ? "short" : "long")' is empty, must be a number of mm.")
    case .progression, .further:
      if row.role == .target {
        throw error("'state' is '\(state)' of a target lesion, must be a size: its sum tells progression.")
      }
    case .equivocal where row.role != .new:
      throw error("'state' is equivocal of a \(row.role.rawValue) lesion, must be of a new one.")
    default: break
    }
    if row.role == .target, row.isNode, row.short == nil, row.long != nil {
      throw error("'short' is empty, must be the short axis in mm, as lesion '\(row.lesion)' is a node.")
    }
    if row.role != .target, case .part? = row.word {
      throw error("'state' is '\(state)' of a \(row.role.rawValue) lesion, must be of a target lesion.")
    }
    if row.role != .target, case .merged? = row.word {
      throw error("'state' is '\(state)' of a \(row.role.rawValue) lesion, must be of a target lesion.")
    }
  }
}
