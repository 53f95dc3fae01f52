import RadiomicsCore
import RadiomicsStatistics

/// The lesions of many subjects over their visits.
package struct LesionTable: Sendable {
  /// One subject's.
  package struct Subject: Sendable {
    package let name: String
    /// As they are called, the baseline first.
    package let visits: [String]
    /// When they were: days where dates are given, else what the table calls time, or the number of the visit; as many as visits.
    package let times: [Double]
    package let lesions: [Lesion]
  }

  package let subjects: [Subject]
  /// What the times of visits are.
  package let timeName: String
  /// What must be known: rules of RECIST that lesions do not meet are warnings.
  package let findings: [Finding]

  /// - Throws: `StudyError` with the place of what cannot be.
  package init(_ table: Table) throws(StudyError) {
    let rows = try LesionRow.read(table), clock = try VisitClock(table)
    timeName = clock.name
    var findings: [Finding] = [], subjects: [Subject] = []
    if table["organ"] == nil {
      findings.append(
        Finding(
          .note, "organ", "there is no column of organs: that at most two target lesions are in one is not checked."))
    }
    let grouped = Dictionary(grouping: rows, by: \.subject)
    for name in Column.Values.levels(rows.map(\.subject)) {
      var reader = SubjectReader(name, grouped[name]!, table, clock)
      subjects.append(try reader.read())
      findings += reader.findings
    }
    (self.subjects, self.findings) = (subjects, findings)
  }
}

/// When visits were.
struct VisitClock {
  /// `days since the first visit`, `time`, `visit`.
  let name: String
  /// By row of the table.
  let times: [Double]

  init(_ table: Table) throws(StudyError) {
    let column = table["time"] != nil ? "time" : "visit", texts = table.labels(column) ?? []
    let hasDates = column == "time" && texts.contains { $0.map { ISODate($0) != nil } ?? false }
    var times = [Double](repeating: 0, count: table.count)
    for row in table.inFileOrder(Array(0..<table.count)) {
      guard let text = texts[row] else {
        throw .at(table.place(row), "'\(column)' is empty, must be given for each lesion and visit.")
      }
      if hasDates, let date = ISODate(text) {
        times[row] = date.days
      } else if !hasDates, let number = Double(text), number.isFinite {
        times[row] = number
      } else {
        throw .at(
          table.place(row),
          column == "visit"
            ? "'visit' is '\(text)', must be a number where no column 'time' says the order of visits."
            : "'time' is '\(text)', must be a \(hasDates ? "date such as 2024-03-01, as others are" : "number or a date such as 2024-03-01")."
        )
      }
    }
    (name, self.times) = (hasDates ? "days since baseline" : column, times)
  }

  var countsFromBaseline: Bool { name == "days since baseline" }
}
