/// What a cell of a table says, as people and programs write it; blanks around it do not count.
package enum CellText: Sendable, Hashable {
  /// Nothing: an empty cell, or one of the words that R, pandas and spreadsheets write for it.
  case missing
  /// A finite number.
  case number(Double)
  /// Anything else, `inf` and numbers too large among it.
  case word(String)

  package init(_ text: String) {
    let blanks = text.utf8.first.map { !(33...126).contains($0) } ?? true
    if !blanks, let number = Double(text), number.isFinite {
      self = .number(number)
      return
    }
    let word = text.trimmed
    switch Double(word) {
    case let number? where number.isFinite: self = .number(number)
    case let number? where number.isNaN: self = .missing
    default: self = Self.missingWords.contains(word.lowercased()) ? .missing : .word(word)
    }
  }

  /// Words for nothing, in lower case. `none` is not one of them: among words it is a category, see `number`.
  private static let missingWords: Set = [
    "", "na", "n/a", "<na>", "#n/a", "#na", "#n/a n/a", "nan", "-nan", "null", ".",
  ]

  /// The cell of a column of numbers, in which `none` says nothing; an empty optional for a word.
  package var number: Double?? {
    switch self {
    case .missing: .some(nil)
    case .number(let number): .some(number)
    case .word(let word): word.lowercased() == "none" ? .some(nil) : .none
    }
  }
}

extension String {
  /// Without blanks at both ends.
  package var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
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
    "label_channel", "status", "reason", "warnings", "clip", "recipe",
  ]

  /// Whether a column of this name is one, in upper or lower case.
  package static func contains(_ name: String) -> Bool { names.contains(name.trimmed.lowercased()) }
}
