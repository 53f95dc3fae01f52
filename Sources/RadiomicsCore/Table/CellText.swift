/// What a cell of a table says, as people and programs write it; blanks around it do not count.
package enum CellText: Sendable, Hashable {
  /// Nothing: an empty cell, or one of the words that R, pandas and spreadsheets write for it.
  case missing
  /// A finite number.
  case number(Double)
  /// Anything else, `inf` and numbers too large among it.
  case word(String)

  package init(_ text: String, _ missing: MissingWords = .standard) {
    let blanks = text.utf8.first.map { !(33...126).contains($0) } ?? true
    if !blanks, let number = Double(text), number.isFinite, missing.areStandard {
      self = .number(number)
      return
    }
    let word = text.trimmed
    if missing.contains(word) {
      self = .missing
      return
    }
    switch Double(word) {
    case let number? where number.isFinite: self = missing.contains(number) ? .missing : .number(number)
    case let number? where number.isNaN: self = .missing
    default: self = .word(word)
    }
  }

  /// The cell of a column of numbers, in which `none` says nothing; an empty optional for a word.
  package var number: Double?? {
    switch self {
    case .missing: .some(nil)
    case .number(let number): .some(number)
    case .word(let word): word.lowercased() == "none" ? .some(nil) : .none
    }
  }
}

/// Words that say that a cell is empty, in any case. `none` is not one of them: among words it is a category.
package struct MissingWords: Sendable, Hashable {
  /// What R, pandas, spreadsheets and people write.
  package static let standard = MissingWords()

  private static let standardWords: Set = [
    "", "na", "n/a", "<na>", "#n/a", "#na", "#n/a n/a", "nan", "-nan", "null", ".", "-", "missing",
  ]
  /// Those besides the standard ones, as they were given: as words and as numbers.
  private let others: [String: String], numbers: [Double: String]
  /// Whether there are no others.
  package let areStandard: Bool

  /// The standard ones, and others.
  package init(and others: [String] = []) {
    self.others = Dictionary(others.map { ($0.trimmed.lowercased(), $0) }) { first, _ in first }
    numbers = Dictionary(
      others.compactMap { word in Double(word.trimmed).flatMap { $0.isFinite ? ($0, word) : nil } }
    ) { first, _ in first }
    areStandard = others.isEmpty
  }

  func contains(_ word: String) -> Bool {
    let word = word.lowercased()
    return Self.standardWords.contains(word) || others[word] != nil
  }

  func contains(_ number: Double) -> Bool { numbers[number] != nil }

  /// The one of the others that a cell says, as it was given.
  func other(_ cell: String) -> String? {
    let word = cell.trimmed
    return others[word.lowercased()] ?? Double(word).flatMap { numbers[$0] }
  }
}

/// Whether a number is written as numbers usually are. Others, such as 007, 1.50 or integers of more than 15 digits, may name
/// something, so that it matters how they are written.
@inlinable package func isUsualNumber(_ text: some RandomAccessCollection<UInt8>) -> Bool {
  let zero = UInt8(ascii: "0"), sign = text.first == UInt8(ascii: "-") ? 1 : 0
  let digits = text.index(text.startIndex, offsetBy: sign), next = text.index(after: digits)
  guard text.first != UInt8(ascii: "+") else { return false }
  if next < text.endIndex, text[digits] == zero, (zero...zero + 9).contains(text[next]) { return false }
  let last = text.index(before: text.endIndex), isRound = text[last] == zero && text.count > 1
  let isLong = text.count > 15, point = text.firstIndex(of: UInt8(ascii: "."))
  if let point, !isRound || text.index(after: point) == last, isLong || text[last] != zero { return true }
  if let exponent = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") || $0 | 0x20 == UInt8(ascii: "x") }) {
    // Programs write 1e-05 or 1e+20; 1E2 and 0x10 may be names.
    let sign = text.index(after: exponent)
    return sign < text.endIndex && (text[sign] == UInt8(ascii: "+") || text[sign] == UInt8(ascii: "-"))
  }
  guard let point else { return !isLong }
  return !isRound || text.index(after: point) == last
}

extension String {
  /// Without blanks at both ends.
  package var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }

  /// What the word says of an event: `TRUE` and `FALSE`, `T` and `F`, `yes` and `no`, `y` and `n`, in any case.
  package var truth: Bool? {
    switch lowercased() {
    case "true", "t", "yes", "y": true
    case "false", "f", "no", "n": false
    default: nil
    }
  }
}

/// Columns that say what a row is of, not what was found in it: never features or markers.
package enum IdentifyingColumns {
  private static let names: Set = [
    "", "unnamed: 0", "id", "patient", "patient_id", "patientid", "subject", "subject_id", "case_id", "timepoint",
    "session", "scanner", "reader", "site", "modality", "series", "mask_series", "image", "mask", "region", "label",
    "label_channel", "status", "reason", "warnings", "clip", "reference", "recipe",
  ]

  /// Whether a column of this name is one, in upper or lower case.
  package static func contains(_ name: String) -> Bool { names.contains(name.trimmed.lowercased()) }
}
