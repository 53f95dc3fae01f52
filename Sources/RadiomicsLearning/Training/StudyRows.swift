import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Groups of rows by the words of a column, such as hospitals: a number from 0 of each row, and the names in their order.
package struct RowGroups: Sendable, Hashable {
  package let column: String, names: [String], codes: [Int]

  /// - Throws: `ModelError` if there is no such column, or a cell is empty.
  package init(_ column: String, _ table: Table, as role: String) throws(ModelError) {
    let factor = Factor(name: column, try table.batchLabels(column, role))
    (self.column, names, codes) = (column, factor.levels, factor.codes)
  }

  /// Groups of a column that divides rows: its words, or thirds of its numbers where these are more than six.
  /// - Throws: `ModelError` if there is no such column, a cell is empty, or there are more than twenty words.
  static func subgroups(_ column: String, _ table: Table) throws(ModelError) -> RowGroups {
    guard case .numbers(let cells)? = table[column], Set(cells).count > 6 else {
      let groups = try RowGroups(column, table, as: "subgroup")
      guard groups.names.count <= 20 else {
        throw ModelError.at(
          "subgroup '\(column)'",
          "has \(groups.names.count) words, must have at most 20, or be numbers, which are cut into thirds. Name a column of groups."
        )
      }
      return groups
    }
    if let row = cells.firstIndex(of: nil) {
      throw ModelError.at(table.place(row), "'\(column)' is empty, each row must have its subgroup.")
    }
    let values = cells.map { $0! }
    let parts = quantileGroups(values, 3, lowest: .joinsNext).filter { !$0.isEmpty }
    var codes = [Int](repeating: 0, count: values.count)
    for (code, rows) in parts.enumerated() { for row in rows { codes[row] = code } }
    let names = parts.map { rows in
      let own = rows.map { values[$0] }
      return "\(shortText(own.min()!, digits: 6)) to \(shortText(own.max()!, digits: 6))"
    }
    return RowGroups(column, names: names, codes: codes)
  }

  private init(_ column: String, names: [String], codes: [Int]) {
    (self.column, self.names, self.codes) = (column, names, codes)
  }

  private init(_ other: RowGroups, _ codes: [Int]) { (column, names, self.codes) = (other.column, other.names, codes) }

  /// Of some of the rows; numbers stay those of the names.
  func rows(_ rows: [Int]) -> RowGroups { RowGroups(self, rows.map { codes[$0] }) }
}

/// Rows to learn from or to be judged by: what was measured, what became of them, and whose they are.
package struct StudyRows: Sendable {
  package let table: Table
  package let outcome: Outcome
  /// A number for each row, equal for rows of the same patient.
  package let patients: [Int]
  /// Where rows come from; nil where no column says it.
  package let sites: RowGroups?
  /// How rows were treated; nil unless it is learnt who benefits.
  package let treatment: TrialArms?
  /// Number of rows.
  package var count: Int { patients.count }

  package init(
    _ table: Table, _ outcome: Outcome, patients: [Int]? = nil, sites: RowGroups? = nil, treatment: TrialArms? = nil
  ) {
    precondition(outcome.count == table.count, "each row has an outcome")
    (self.table, self.outcome, self.sites, self.treatment) = (table, outcome, sites, treatment)
    self.patients = patients ?? Array(0..<table.count)
  }

  package func rows(_ rows: [Int]) -> StudyRows {
    StudyRows(
      table.rows(rows), outcome.rows(rows), patients: rows.map { patients[$0] }, sites: sites?.rows(rows),
      treatment: treatment?.rows(rows))
  }

  /// The same rows with another outcome.
  func with(_ outcome: Outcome) -> StudyRows {
    StudyRows(table, outcome, patients: patients, sites: sites, treatment: treatment)
  }

  /// Number of patients, and of those who had the event; nil of a number.
  package var patientCount: Int { Set(patients).count }
  package var eventCount: Int? {
    if case .number = outcome { return nil }
    return Set(zip(patients, outcome.isEvent).filter(\.1).map(\.0)).count
  }
}

extension Outcome {
  /// Some of the rows.
  package func rows(_ rows: [Int]) -> Outcome {
    switch self {
    case .binary(let values): .binary(rows.map { values[$0] })
    case .survival(let times): .survival(times.rows(rows))
    case .competing(let times): .competing(times.rows(rows))
    case .number(let values): .number(rows.map { values[$0] })
    }
  }

  /// Numbers from 0 of rows that a fold should have its share of: those with the event and without it, or fourths of numbers.
  var strata: [Int] {
    guard case .number(let values) = self else { return isEvent.map { $0 ? 1 : 0 } }
    let order = ascendingOrder(of: values)
    var strata = [Int](repeating: 0, count: values.count)
    for (place, row) in order.enumerated() { strata[row] = 4 * place / max(values.count, 1) }
    return strata
  }
}
