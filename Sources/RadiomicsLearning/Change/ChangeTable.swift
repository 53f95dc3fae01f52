import RadiomicsCore
import RadiomicsStatistics

/// One comparison: two scans of a lesion, all of its scans, or what is known in a time of follow-up.
package struct ChangeRow: Sendable {
  package let subject: String, lesion: String?
  /// The scan it is compared with and the scan itself; `all` where it is of all.
  package let from: String, to: String
  /// Time between them; nil where times are an order alone.
  package let days: Double?
  /// One for each feature; none where nothing could be compared.
  package internal(set) var changes: [FeatureChange]
  /// Why nothing could.
  package let reason: Reason?
  /// The time of follow-up and whether, or by which event, it ends; nil of plain changes.
  package var followed: (start: Double, stop: Double, event: Double)?

  /// `to` of rows over all scans.
  package static let all = "all"
}

/// Changes of all subjects.
package struct ChangeTable: Sendable {
  package let settings: ChangeSettings
  package let features: [ChangeFeature]
  package private(set) var rows: [ChangeRow]
  /// Features that were compared with what shrinking alone does, and how often that was drawn.
  package private(set) var nullFeatures: Set<String> = [], nullDraws = 0
  /// Subjects that have no row, and why.
  package let leftOut: [(subject: String, reason: Reason)]
  /// How several features are judged at once; nil where no error is known.
  package let family: FamilyLimit?
  /// Over which time areas go.
  package let horizon: Double?
  /// Whether times are dates.
  package let countsDays: Bool
  package let findings: [Finding]

  /// - `table`: One row for each scan of each lesion.
  /// - `isJoint`: Whether grey levels were binned over all scans at once, so that later scans change what earlier ones say.
  /// - Throws: `StudyError` for columns that are not there or are no times, and for rows of survival from joint bins.
  package init(
    _ table: Table, _ features: [ChangeFeature], _ settings: ChangeSettings, family: FamilyLimit? = nil,
    isJoint: Bool = false
  ) throws(StudyError) {
    let (all, kind) = try table.scanSeries(settings)
    (self.settings, self.features, self.family) = (settings, features, family)
    countsDays = kind == .dates
    guard let followUp = settings.followUp else {
      let horizon = settings.horizon ?? Self.commonHorizon(all)
      self.horizon = horizon
      rows = all.flatMap { Self.pairs($0, features, settings, family, horizon, isOrder: kind == .order) }
      (leftOut, findings) = ([], [])
      return
    }
    guard !isJoint else {
      throw StudyError.at(
        table.source.files.first?.path ?? "table",
        "its grey levels are binned over all scans of a subject, so that later scans change what earlier ones say; rows of survival must not know "
          + "them. Measure with the bins of the baseline.")
    }
    let seen = try FollowedSubjects(table, all, followUp, settings, kind)
    (rows, leftOut, horizon) = seen.rows(all, features, settings, family)
    findings = seen.findings
  }

  /// The same, compared with what shrinking alone would have done.
  package func comparing(with nulls: VolumeNulls) -> ChangeTable {
    var result = self
    (result.nullFeatures, result.nullDraws) = (Set(nulls.features), nulls.draws)
    for (index, row) in rows.enumerated() where row.reason == nil && row.to != ChangeRow.all {
      guard let found = nulls[row] else { continue }
      for (place, feature) in features.enumerated() {
        guard let cells = found[feature.column.name] else { continue }
        result.rows[index].changes[place].compare(with: cells, alpha: settings.alpha)
      }
    }
    return result
  }

  /// The shortest time from first to last scan of those with several.
  static func commonHorizon(_ series: [ScanSeries]) -> Double? {
    series.filter { $0.scans.count > 1 && $0.obstacle == nil }.map { $0.scans.last!.time - $0.scans[0].time }.min()
  }

  private static func pairs(
    _ series: ScanSeries, _ features: [ChangeFeature], _ settings: ChangeSettings, _ family: FamilyLimit?,
    _ horizon: Double?, isOrder: Bool
  ) -> [ChangeRow] {
    let scans = series.scans, first = scans[0]
    func row(_ from: String, _ to: String, _ days: Double?, _ changes: [FeatureChange], _ reason: Reason? = nil)
      -> ChangeRow
    {
      ChangeRow(
        subject: series.subject, lesion: series.lesion, from: from, to: to, days: isOrder ? nil : days,
        changes: changes, reason: reason)
    }
    let missed = series.missed.map { row(first.label, $0, nil, [], "the lesion was not measured at \($0)") }
    if let obstacle = series.obstacle { return [row(first.label, ChangeRow.all, nil, [], obstacle)] + missed }
    guard scans.count > 1 else {
      return [row(first.label, ChangeRow.all, nil, [], "one time point: a change needs two")] + missed
    }
    let pairs = (1..<scans.count).map { k in
      let before = settings.reference == .previous ? scans[k - 1] : first
      return row(
        settings.reference == .nadir ? ChangeReference.nadir.rawValue : before.label, scans[k].label,
        scans[k].time - before.time,
        features.map { $0.change(at: k, of: scans, settings.reference, family, alpha: settings.alpha) })
    }
    let courses = features.map { feature in
      var change = FeatureChange()
      (change.slope, change.area) = feature.course(scans, horizon: horizon)
      return change
    }
    return pairs + missed + [row(first.label, ChangeRow.all, scans[scans.count - 1].time - first.time, courses)]
  }
}

/// Until when each subject was seen.
struct FollowedSubjects {
  private let followUp: FollowUp, settings: ChangeSettings
  /// By subject: time from which times count, end of observation, event.
  private let seen: [String: (origin: Double, end: Double, event: Double)]
  let findings: [Finding]

  init(
    _ table: Table, _ series: [ScanSeries], _ followUp: FollowUp, _ settings: ChangeSettings, _ kind: TimeColumn.Kind
  ) throws(StudyError) {
    (self.followUp, self.settings) = (followUp, settings)
    guard kind != .order else {
      throw StudyError.at(
        "time '\(settings.time)'", "is an order of words, must be dates or numbers where subjects are followed in time."
      )
    }
    let subjects = try table.named(settings.subject), end = try TimeColumn(followUp.end, of: table)
    let origin = try followUp.origin.map { name throws(StudyError) in try TimeColumn(name, of: table) }
    for (name, other) in [(followUp.end, Optional(end)), (followUp.origin ?? "", origin)] {
      guard let other, other.kind != kind else { continue }
      throw StudyError.at(
        "column '\(name)'",
        "has \(other.kind == .dates ? "dates" : "numbers"), must be on the scale of '\(settings.time)', which has "
          + "\(kind == .dates ? "dates" : "numbers").")
    }
    let events = try Self.events(followUp.event, table)
    var seen: [String: (origin: Double, end: Double, event: Double)] = [:]
    let firsts = Dictionary(series.map { ($0.subject, $0.scans[0].time) }, uniquingKeysWith: min)
    for (row, subject) in subjects.enumerated() {
      let own = (origin: origin?.times[row] ?? firsts[subject]!, end: end.times[row], event: events[row])
      if let other = seen[subject], other != own {
        throw StudyError.at(
          table.place(row),
          "subject '\(subject)' has another end, event or origin than in its other rows, must have one.")
      }
      seen[subject] = own
    }
    self.seen = seen
    let late = series.filter { $0.scans.last!.time > seen[$0.subject]!.end }
    let isLandmark = if case .landmark = followUp.form { true } else { false }
    findings =
      isLandmark
      ? []
      : late.prefix(1).map {
        Finding(
          .warning, "subject '\($0.subject)'\(late.count > 1 ? " and \(late.count - 1) others" : "")",
          "scanned after the end of observation; what comes after it is not used.")
      }
  }

  /// 1 or 0, words for them, or the number of one of several kinds.
  private static func events(_ name: String, _ table: Table) throws(StudyError) -> [Double] {
    var events: [Double] = []
    for (row, word) in try table.named(name).enumerated() {
      guard let event = word.truth.map({ $0 ? 1.0 : 0 }) ?? Double(word), event >= 0, event == event.rounded() else {
        throw StudyError.at(table.place(row), "'\(name)' is '\(word)', must be 1 (or another kind's number) or 0.")
      }
      events.append(event)
    }
    return events
  }

  func rows(
    _ all: [ScanSeries], _ features: [ChangeFeature], _ settings: ChangeSettings, _ family: FamilyLimit?
  ) -> (rows: [ChangeRow], leftOut: [(subject: String, reason: Reason)], horizon: Double?) {
    var kept: [ScanSeries] = [], leftOut: [(String, Reason)] = []
    for series in all {
      let (origin, end, _) = seen[series.subject]!
      var used = series.until(end)
      if case .landmark(let day) = followUp.form { used = series.until(origin + day) }
      if let reason = obstacle(used, origin, end) {
        leftOut.append((series.subject, reason))
      } else {
        kept.append(used)
      }
    }
    let isLandmark = if case .landmark = followUp.form { true } else { false }
    let horizon = isLandmark ? settings.horizon ?? ChangeTable.commonHorizon(kept) : nil
    return (kept.flatMap { rows($0, features, family, horizon) }, leftOut, horizon)
  }

  private func obstacle(_ series: ScanSeries, _ origin: Double, _ end: Double) -> Reason? {
    if let obstacle = series.obstacle { return obstacle }
    guard case .landmark(let day) = followUp.form else {
      return end > origin ? nil : "not seen after the time from which times count"
    }
    if end <= origin + day { return "no longer seen at the landmark" }
    return series.scans.count > 1 ? nil : "fewer than two scans by the landmark"
  }

  /// Rows of one series from what `knownIntervals` says is known when.
  private func rows(
    _ series: ScanSeries, _ features: [ChangeFeature], _ family: FamilyLimit?, _ horizon: Double?
  ) -> [ChangeRow] {
    let (origin, end, event) = seen[series.subject]!, stop = end - origin
    var start = 0.0, isLandmark = false
    if case .landmark(let day) = followUp.form { (start, isLandmark) = (day, true) }
    let intervals = knownIntervals(scans: series.scans.map { $0.time - origin }, from: start, to: stop)
    return intervals.map { interval in
      let known = Array(series.scans[..<interval.known])
      let changes = features.map { feature in
        guard let last = feature.lastMeasured(known) else {
          var none = FeatureChange()
          (none.absolute, none.relative, none.logRatio) = (Self.unknown, Self.unknown, Self.unknown)
          (none.slope, none.area) = (Self.unknown, Self.unknown)
          return none
        }
        var change = feature.change(at: last, of: known, settings.reference, family, alpha: settings.alpha)
        (change.slope, change.area) = feature.course(known, horizon: horizon)
        return change
      }
      return ChangeRow(
        subject: series.subject, lesion: series.lesion, from: known.first?.label ?? "", to: known.last?.label ?? "",
        days: known.first.map { known.last!.time - $0.time }, changes: changes, reason: nil,
        followed: (
          isLandmark ? 0 : interval.start, isLandmark ? stop - start : interval.stop, interval.isLast ? event : 0
        ))
    }
  }

  private static let unknown = Cell.undefined("no scan yet")
}
