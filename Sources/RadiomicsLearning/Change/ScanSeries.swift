import RadiomicsCore

/// The scans of one lesion of a subject, in the order of time.
package struct ScanSeries: Sendable {
  /// One scan.
  package struct Scan: Sendable {
    /// Row of the table.
    package let row: Int
    /// Days where times are dates, else as the column says.
    package let time: Double
    /// As the column says it.
    package let label: String
    package let scanner: String?
  }

  package let subject: String, lesion: String?
  package let scans: [Scan]
  /// Scans of the subject at which other lesions of it were measured, and this one was not.
  package let missed: [String]

  /// The first scans, which were made by a time.
  func until(_ time: Double) -> ScanSeries {
    ScanSeries(subject: subject, lesion: lesion, scans: scans.filter { $0.time <= time }, missed: [])
  }

  /// Why scans cannot be told apart by time; nil if they can.
  var obstacle: Reason? {
    zip(scans, scans.dropFirst()).first { $0.0.time == $0.1.time }.map { pair in
      "two scans at \(pair.0.label): which of them is later is not known"
    }
  }
}

/// Times of one column: days where they are dates, else numbers, or places in an order.
struct TimeColumn {
  enum Kind { case dates, numbers, order }
  let kind: Kind, times: [Double], labels: [String]

  /// - `order`: Words in their order; none for dates and numbers.
  /// - Throws: `StudyError` if there is no such column, a cell is empty, or it is no time.
  init(_ name: String, of table: Table, order: [String] = []) throws(StudyError) {
    let words = try table.named(name)
    labels = words
    if !order.isEmpty {
      let places = Dictionary(order.enumerated().map { ($1, Double($0)) }) { first, _ in first }
      var times: [Double] = []
      for (row, word) in words.enumerated() {
        guard let time = places[word] else {
          throw StudyError.at(
            table.place(row),
            "'\(name)' is '\(word)', must be one of \(order.joined(separator: ", ")), which are in order."
          )
        }
        times.append(time)
      }
      (kind, self.times) = (.order, times)
      return
    }
    if case .numbers(let numbers)? = table[name] {
      (kind, times) = (.numbers, numbers.map { $0 ?? 0 })
      return
    }
    var times: [Double] = []
    for (row, word) in words.enumerated() {
      guard let date = ISODate(word), !date.isPlaceholder else {
        throw StudyError.at(
          table.place(row),
          "'\(name)' is '\(word)', must be a date such as 2024-03-01, or a number, as all others are. Name words in their order."
        )
      }
      times.append(date.days)
    }
    (kind, self.times) = (.dates, times)
  }
}

extension Table {
  /// What a column calls each row.
  /// - Throws: `StudyError` if there is no such column or a cell is empty.
  func named(_ name: String) throws(StudyError) -> [String] {
    guard let labels = labels(name) else {
      throw StudyError.noColumn(name, in: source.files.first?.path ?? "table", names: names)
    }
    var words: [String] = []
    for (row, label) in labels.enumerated() {
      guard let label else { throw StudyError.at(place(row), "'\(name)' is empty, each row must have one.") }
      words.append(label)
    }
    return words
  }

  /// The series of all lesions of all subjects, subjects and lesions in the order of their names.
  /// - Throws: `StudyError` if a column is not there, or rows of one scan are of several regions that nobody tells apart.
  func scanSeries(_ settings: ChangeSettings) throws(StudyError) -> (series: [ScanSeries], kind: TimeColumn.Kind) {
    let subjects = try named(settings.subject),
      lesions = try settings.lesion.map { name throws(StudyError) in
        try named(name)
      }
    let time = try TimeColumn(settings.time, of: self, order: settings.order)
    let scanners = try settings.scanner.map { name throws(StudyError) in try named(name) }
    try requireOneRegion(settings, subjects, time)
    let rows = Dictionary(grouping: 0..<count) { subjects[$0] }
    var series: [ScanSeries] = []
    for subject in Column.Values.levels(subjects) {
      let own = rows[subject]!, names = lesions.map { all in Column.Values.levels(own.map { all[$0] }) }
      let moments = Set(own.map { time.times[$0] }).sorted()
      for lesion in names?.map(Optional.some) ?? [nil] {
        let members = own.filter { lesions == nil || lesions![$0] == lesion }
        let seen = Set(members.map { time.times[$0] })
        let missed = moments.filter { !seen.contains($0) }.map { moment in
          time.labels[own.first { time.times[$0] == moment }!]
        }
        let scans = members.map {
          ScanSeries.Scan(row: $0, time: time.times[$0], label: time.labels[$0], scanner: scanners?[$0])
        }
        series.append(
          ScanSeries(
            subject: subject, lesion: lesion, scans: scans.sorted { ($0.time, $0.row) < ($1.time, $1.row) },
            missed: missed))
      }
    }
    return (series, time.kind)
  }

  /// Several regions of one scan are no scans at several times.
  private func requireOneRegion(
    _ settings: ChangeSettings, _ subjects: [String], _ time: TimeColumn
  ) throws(StudyError) {
    guard settings.lesion == nil, let regions = labels("region") else { return }
    var first: [String: String?] = [:]
    for row in 0..<count {
      let key = "\(subjects[row])\u{0}\(time.times[row])"
      if let other = first[key], other != regions[row] {
        throw StudyError.at(
          place(row),
          "subject '\(subjects[row])' has several regions at \(time.labels[row]) ('\(other ?? "")', '\(regions[row] ?? "")'), which must be told "
            + "apart. Name the column of lesions, such as 'region'; they are never matched by where they lie.")
      }
      first[key] = regions[row]
    }
  }
}
