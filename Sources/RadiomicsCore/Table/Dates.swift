/// A day, or a moment of it, as ISO 8601 has it: `2024-03-01`, `2024-03-01T12:30` or `2024-03-01 12:30:15`; without time zone.
package struct ISODate: Sendable, Hashable {
  /// Days since 1 January 1970, with the fraction of the day.
  package let days: Double

  /// Nil if the text is nothing of the kind, or there is no such day.
  package init?(_ text: String) {
    let parts = text.trimmed.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
    let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard date.count == 3, date[0].count == 4, date[1].count == 2, date[2].count == 2,
      let year = Self.whole(date[0]), let month = Self.whole(date[1]), let day = Self.whole(date[2]),
      (1...12).contains(month), (1...Self.length(month, year)).contains(day)
    else { return nil }
    var seconds = 0.0
    if parts.count == 2 {
      let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
      guard (2...3).contains(clock.count), let hour = Self.whole(clock[0]), let minute = Self.whole(clock[1]),
        hour < 24, minute < 60,
        let second = clock.count == 3 ? Double(clock[2]) : 0, (0..<60).contains(second)
      else { return nil }
      seconds = Double(hour * 3600 + minute * 60) + second
    }
    days = Double(Self.number(year, month, day)) + seconds / 86_400
  }

  /// Whether it is before 1901 or after 2100, as the days are that systems write where they know none: 1900-01-01, 9999-12-31.
  package var isPlaceholder: Bool {
    days < Double(Self.number(1901, 1, 1)) || days >= Double(Self.number(2101, 1, 1))
  }

  private static func whole(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  private static func length(_ month: Int, _ year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days since 1 January 1970 in the Gregorian calendar; years begin in March, so that leap days come last.
  private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1, century = year / 400, inCentury = year - 400 * century
    let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return century * 146_097 + inCentury * 365 + inCentury / 4 - inCentury / 100 + inYear - 719_468
  }
}

extension Table {
  /// The same with a column of the days between two columns of dates; nothing where either is missing.
  /// - Throws: `StudyError` if a column is not there, a cell is no date, or a row ends before it begins.
  package func withDays(from begin: String, to end: String, as name: String) throws(StudyError) -> Table {
    guard self[name] == nil else {
      throw StudyError(
        "there is a column '\(name)' already, which the days between '\(begin)' and '\(end)' would replace. Give it another name."
      )
    }
    let starts = try dates(begin), ends = try dates(end)
    var days: [Double?] = []
    for row in 0..<count {
      guard let start = starts[row], let stop = ends[row] else {
        days.append(nil)
        continue
      }
      guard stop.days >= start.days else {
        throw StudyError.at(
          place(row), "'\(end)' is before '\(begin)', must be the same day or later. Correct the dates.")
      }
      days.append(stop.days - start.days)
    }
    return with(Column(name, .numbers(days)))
  }

  private func dates(_ name: String) throws(StudyError) -> [ISODate?] {
    guard let labels = labels(name) else {
      throw StudyError("there is no column '\(name)' of dates.\(didYouMean(name, among: names))")
    }
    var dates: [ISODate?] = []
    for (row, label) in labels.enumerated() {
      guard let label else {
        dates.append(nil)
        continue
      }
      guard let date = ISODate(label) else {
        throw StudyError.at(place(row), "'\(name)' is '\(label)', must be a date such as 2024-03-01.")
      }
      guard !date.isPlaceholder else {
        throw StudyError(
          "\(place(row)): '\(name)' is '\(label)', which stands for an unknown date in many systems, must be a day between 1901 and 2100. "
            + "Empty the cell, or name '\(label)' as a word for nothing.")
      }
      dates.append(date)
    }
    return dates
  }
}
