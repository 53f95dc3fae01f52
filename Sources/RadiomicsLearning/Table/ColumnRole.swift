import RadiomicsCore
import RadiomicsStatistics

/// What the numbers of a column are, which says which of them can be.
enum ColumnRole {
  /// How long a patient was seen.
  case followUp
  /// How much a row counts.
  case weight
  /// How likely an event is.
  case probability

  fileprivate func allows(_ number: Double) -> Bool {
    number.isFinite && number >= 0 && (self != .probability || number <= 1)
  }

  fileprivate var rule: String {
    switch self {
    case .followUp: "must be 0 or more, as a time of follow-up"
    case .weight: "must be 0 or more, as a weight"
    case .probability: "must be from 0 to 1, as a probability"
    }
  }
}

extension Table {
  /// - Throws: `ModelError` that names the file, if the table is of one, and the row of a value that is impossible.
  func require(_ role: ColumnRole, _ column: String?) throws(ModelError) {
    guard let column, let values = try? calculated(column),
      let row = values.firstIndex(where: { $0.map { !role.allows($0) } ?? false }), let value = values[row]
    else { return }
    throw ModelError.at(
      place(row), "'\(column)' is \(numberText(value)), \(role.rule). Correct it, or leave the row out.")
  }
}
