import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension ChangedTable {
  /// The changes of all subjects, for people and programs.
  package func report(command: GivenCommand? = nil) -> Report {
    let subjects = Set(changes.rows.map(\.subject)).count
    var report = Report(
      "Change of \(changes.features.count) feature\(changes.features.count == 1 ? "" : "s") in \(subjects) subject\(subjects == 1 ? "" : "s")",
      sections, table: .rows("feature"), findings: findings,
      provenance: ResultProvenance(
        ResultProvenance.Input.files(of: measured.table, used: measured.count), command: command))
    report.question = [question]
    report.answers = answers
    report.figure = { figure() }
    report.caption =
      "Each line is a lesion: change from the reference against time. Changes in the grey band lie within repeatability."
    return report
  }

  private var question: String {
    switch changes.settings.followUp?.form {
    case nil:
      "How features changed from \(changes.settings.reference == .nadir ? "the smallest value before" : "the \(changes.settings.reference.rawValue) scan"), "
        + "and whether that is more than two readings of an unchanged lesion differ."
    case .landmark(let day)?:
      "What was known at the landmark, \(shortText(day)) after the origin, of whoever was still seen and had been scanned twice; times count from the "
        + "landmark, and nothing that was measured later is used."
    case .startStop?:
      "What was known in each time between scans: a value holds after its scan, never at an event of the same time."
    }
  }

  private var answers: [String] {
    let failed = changes.rows.count { $0.reason != nil }, left = changes.leftOut.count
    var answers = beyondShrinking
    answers.append(
      "\(changes.rows.count - failed) rows"
        + (failed > 0 ? ", and \(failed) that could not be compared" : "")
        + (left > 0 ? "; \(left) subject\(left == 1 ? " has" : "s have") no row" : "") + ".")
    guard let family = changes.family else { return answers }
    let (up, down, within) = counts { $0.verdict }
    answers.append(
      "Of \(up + down + within) changes with a verdict \(up) are increases, \(down) decreases, and \(within) lie within repeatability."
    )
    let all = counts { $0.familyVerdict }
    switch family {
    case .measured(let t, let subjects):
      answers.append(
        "Judged together, by the largest |t| of \(subjects) subjects' test and retest (\(shortText(t, digits: 3))): \(all.up) increases, \(all.down) decreases."
      )
    case .sidak(let alpha, let features):
      answers.append(
        "Judged together, by Šidák for \(features) feature\(features == 1 ? "" : "s") (each at \(shortText(alpha, digits: 2))): \(all.up) increases, \(all.down) decreases."
      )
    }
    return answers
  }

  /// What the volume-matched null says of each feature that it was measured for.
  private var beyondShrinking: [String] {
    changes.features.enumerated().compactMap { index, feature in
      let own = changes.rows.filter { $0.to != "all" }.compactMap { $0.changes.isEmpty ? nil : $0.changes[index] }
      let judged = own.compactMap { $0.null?.isParadox }
      guard !judged.isEmpty else { return nil }
      return
        "\(feature.column.name) rose beyond its error and beyond what shrinking alone would have done in \(judged.count { $0 }) of \(judged.count) lesions that became smaller (null of \(changes.nullDraws) draws)."
    }
  }

  private func counts(
    _ feature: Int? = nil, _ verdict: (FeatureChange) -> ChangeVerdict?
  ) -> (up: Int, down: Int, within: Int) {
    let all = changes.rows.flatMap { row in
      feature.map { row.changes.isEmpty ? [] : [row.changes[$0]] } ?? row.changes
    }.compactMap(verdict)
    return (all.count { $0 == .increase }, all.count { $0 == .decrease }, all.count { $0 == .within })
  }

  private var sections: [Section] {
    var head = Section("", question)
    head.places = .text
    head.sentences = answers
    var facts = Section()
    facts.places = .json
    facts.facts = [
      .init("settings", changes.settings.settingValue),
      .init("rows", .list(csv.rows.map { row in .map(entries(row)) })),
      .init(
        "left_out",
        .list(
          changes.leftOut.map {
            .map([.init("subject", .text($0.subject)), .init("reason", .text($0.reason.text))])
          })),
    ]
    var each = Section(isNewBlock: true, title: "Features")
    each.places = [.text, .page]
    each.table = TextTable(summary, right: Set(1...6))
    var listed = Section(isNewBlock: true, title: "Changes that exceed their error")
    listed.places = [.text, .page]
    listed.table = beyond
    return [head, facts, each] + (beyond == nil ? [] : [listed])
  }

  /// A row of the table as JSON: numbers as numbers, nothing where a cell is empty.
  private func entries(_ row: [String]) -> [Setting.Value.Entry] {
    zip(csv.header, row).map { name, cell in
      let isWord = [changes.settings.subject, changes.settings.lesion, "from", "to", "status", "reason"].contains(name)
      let number = isWord || cell.isEmpty ? nil : Double(cell)
      return .init(name, cell.isEmpty ? .null : number.map { .number($0) } ?? .text(cell))
    }
  }

  private var summary: [[String]] {
    let head = ["feature", "changes", "median relative", "increase", "decrease", "within", "limit"]
    return [head]
      + changes.features.enumerated().map { index, feature in
        let own = changes.rows.compactMap { $0.changes.isEmpty ? nil : $0.changes[index] }
        let relative = own.compactMap(\.relative.value).sorted()
        let median =
          relative.isEmpty ? nil : (relative[(relative.count - 1) / 2] + relative[relative.count / 2]) / 2
        let (up, down, within) = counts(index) { $0.verdict }
        return [
          feature.column.name, "\(own.count { $0.absolute.value != nil })",
          median.map { percentText(($0 * 1000).rounded() / 1000) } ?? "-",
        ] + (feature.errors == nil ? ["-", "-", "-", "-"] : ["\(up)", "\(down)", "\(within)", limitText(feature)])
      }
  }

  private func limitText(_ feature: ChangeFeature) -> String {
    guard let error = feature.errors?.same else { return "-" }
    let limit = error.limit(alpha: changes.settings.alpha)
    return error.scale == .plain
      ? "±\(shortText(limit, digits: 3))" : "÷× \(shortText(exp(limit), digits: 3))"
  }

  /// The changes beyond their errors, of at most fifty rows.
  private var beyond: TextTable? {
    let rows = changes.rows.flatMap { row in
      zip(changes.features, row.changes).compactMap { feature, change -> [String]? in
        guard let verdict = change.verdict, verdict != .within else { return nil }
        return [
          row.subject + (row.lesion.map { " \($0)" } ?? ""), row.from, row.to, feature.column.name,
          change.absolute.value.map { shortText($0, digits: 4) } ?? "-", verdict.rawValue,
        ]
      }
    }
    guard !rows.isEmpty else { return nil }
    let more = rows.count > 50 ? "The first 50 of \(rows.count); the table has all." : ""
    return TextTable(
      [["subject", "from", "to", "feature", "absolute", "verdict"]] + rows.prefix(50), right: [4], caption: more)
  }

  /// A panel for each of the first four features: every lesion as a line, the limits of error as a band.
  private func figure() -> String {
    let shown = changes.features.indices.prefix(4)
    var drawing = Drawing(
      width: 980, height: shown.count > 2 ? 840 : 440, title: "Change of features over time")
    for (place, index) in shown.enumerated() {
      let feature = changes.features[index], lines = lines(of: index)
      let points = lines.flatMap { $0 }
      guard let last = points.map(\.0).max() else { continue }
      let limit = feature.errors.flatMap {
        $0.same.scale == .plain ? $0.same.limit(alpha: changes.settings.alpha) : nil
      }
      let low = min(points.map(\.1).min()!, -(limit ?? 0)), high = max(points.map(\.1).max()!, limit ?? 0)
      let frame = (x: 80 + 480 * Double(place % 2), y: 60 + 400 * Double(place / 2), width: 380.0, height: 300.0)
      let plot = Plot(frame: frame, horizontal: 0...max(last, 1e-9), vertical: Plot.padded(min(low, 0), max(high, 0)))
      plot.axes(&drawing, changes.countsDays ? "days" : "time", "absolute change")
      drawing.text(frame.x, frame.y - 16, Drawing.short(feature.column.name, 44), size: 14, isBold: true)
      if let limit {
        plot.band(&drawing, [0, last], lower: [-limit, -limit], upper: [limit, limit], fill: "#555555")
      }
      for line in lines { plot.curve(&drawing, line, color: Plot.color(0), width: 1) }
      for point in points { drawing.dot(plot.x(point.0), plot.y(point.1), radius: 2, fill: Plot.color(0)) }
    }
    return drawing.svg
  }

  /// Time and absolute change of each lesion, from 0 at its first scan.
  private func lines(of index: Int) -> [[(Double, Double)]] {
    var lines: [[(Double, Double)]] = [], last: String?
    for row in changes.rows where !row.changes.isEmpty && row.to != ChangeRow.all {
      guard let value = row.changes[index].absolute.value else { continue }
      let key = "\(row.subject)\u{0}\(row.lesion ?? "")"
      let before = changes.settings.reference == .previous && last == key ? lines[lines.count - 1].last!.0 : 0
      let time = before + (row.days ?? (last == key ? lines[lines.count - 1].last!.0 + 1 : 1))
      if key != last { lines.append([(0, 0)]) }
      last = key
      if time > lines[lines.count - 1].last!.0 { lines[lines.count - 1].append((time, value)) }
    }
    return lines
  }
}
