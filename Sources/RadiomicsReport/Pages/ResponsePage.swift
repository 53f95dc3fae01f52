import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension ResponseAnalysis {
  /// Response of each subject at each visit, for people and files; shares are of the baseline and the nadir: −0.3 is 30 % less.
  package func report(command: GivenCommand? = nil) -> Report {
    var report = Report(
      "Response of \(subjects.count) subject\(subjects.count == 1 ? "" : "s")", sections, table: .rows("subject"),
      findings: findings,
      provenance: ResultProvenance(ResultProvenance.Input.files(of: table, used: table.count), command: command))
    report.question = [
      "What became of the lesions of each subject at each visit, by RECIST 1.1 and by the other criteria that the columns allow."
    ]
    report.answers = [answer]
    let panels = panels
    if !panels.isEmpty {
      report.figure = { FigurePanels.svg("Response of \(subjects.count) subjects", panels, columns: 1) }
    }
    report.caption =
      "Best change of the sum of target lesions of each subject (waterfall), the sum over time (spider), and responses at visits (swimmer). Dashed lines: "
      + "30 % less and 20 % more."
    return report
  }

  private var answer: String {
    let known = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.category.rawValue)" }
    let judged = subjects.count { $0.best != nil }
    let responders = subjects.count { $0.best == .complete || $0.best == .partial }
    guard judged > 0 else { return "No subject has a second visit: there is no response." }
    return
      "Best response until progression, not confirmed: \(known.joined(separator: ", ")); \(responders) of \(judged) responded "
      + "(\(percentText(Double(responders) / Double(judged))))."
  }

  private var sections: [Section] {
    var head = Section("", "RECIST 1.1")
    head.places = .text
    head.sentences = [answer]
    var facts = Section("best")
    facts.places = .json
    facts.facts = counts.map { .init($0.category.rawValue, .integer($0.count)) }
    var recist = Section(isNewBlock: true, title: "RECIST 1.1")
    recist.places = [.text, .page]
    recist.table = TextTable(recistTexts, right: [2, 3, 4])
    var others = Section("", "iRECIST\(others.isEmpty ? "" : " and \(others.joined(separator: " and "))")")
    others.places = [.text, .page]
    others.table = TextTable(otherTexts, right: [])
    return [head, recist, others, facts, Section("subjects", listing: subjects.map { subject($0) })]
  }

  /// Criteria besides RECIST and iRECIST for which some subject has numbers.
  private var others: [String] {
    (subjects.contains { $0.products != nil } ? ["WHO"] : [])
      + (subjects.contains { $0.volumes != nil } ? ["volumes"] : [])
  }

  private var recistTexts: [[String]] {
    var rows = [
      ["subject", "visit", "sum, mm", "from baseline", "from nadir", "target", "non-target", "new", "overall"]
    ]
    for subject in subjects {
      let visits = subject.lesions.visits
      rows.append([subject.name, visits[0], subject.sumText(0), "", "", "", "", "", "baseline"])
      for (index, visit) in subject.recist.visits.enumerated() {
        let changes = [subject.changes[index], visit.changeOfNadir].map { $0.map(percentText) ?? "-" }
        let parts = [visit.target, visit.nonTarget].map { $0?.rawValue ?? "-" }
        rows.append(
          [subject.name, visits[index + 1], subject.sumText(index + 1)] + changes + parts
            + [visit.newText, visit.overall.rawValue])
      }
    }
    return rows
  }

  private var otherTexts: [[String]] {
    var rows = [["subject", "visit", "target", "non-target", "overall"] + others]
    for subject in subjects {
      for (index, visit) in subject.immune.visits.enumerated() {
        var row = [subject.name, subject.lesions.visits[index + 1]]
        row += [visit.target, visit.nonTarget, visit.overall].map { $0?.rawValue ?? "-" }
        if others.contains("WHO") { row.append(subject.products?.visits[index].rawValue ?? "-") }
        if others.contains("volumes") { row.append(subject.volumes?.visits[index].rawValue ?? "-") }
        rows.append(row)
      }
    }
    return rows
  }

  private func subject(_ subject: Subject) -> Section {
    var section = Section()
    section.places = [.json, .table]
    section.facts = [
      .init("subject", .text(subject.name)), .init("best", subject.best.map { .text($0.rawValue) } ?? .null),
      .init("best_change", subject.bestChange.map { .number($0) } ?? .null),
    ]
    let visits = subject.lesions.visits.indices.map { index in
      var visit = Section()
      visit.places = [.json, .table]
      visit.row = subject.name
      let cells = cells(subject, index)
      visit.rowTexts = cells.map { ($0.name, $0.value.text) }
      visit.facts = cells.filter { $0.value != .none }.map { .init($0.name, $0.value.json) }
      return visit
    }
    section.sections = [Section("visits", listing: visits)]
    return section
  }

  /// What files have of a visit, in the order of columns.
  private func cells(_ subject: Subject, _ index: Int) -> [(name: String, value: ResponseValue)] {
    let found = index > 0 ? subject.recist.visits[index - 1] : nil
    let immune = index > 0 ? subject.immune.visits[index - 1] : nil
    let sum = index > 0 ? found?.sum : subject.recist.baseline
    var cells: [(String, ResponseValue)] = [
      ("visit", .text(subject.lesions.visits[index])),
      ("sum", .number(subject.hasTargets ? sum.map { Double($0) / 100 } : nil)),
      ("change_baseline", .number(index > 0 ? subject.changes[index - 1] : nil)),
      ("change_nadir", .number(found?.changeOfNadir)), ("target", .text(found?.target?.rawValue)),
      ("non_target", .text(found?.nonTarget?.rawValue)), ("new", .text(found?.newText)),
      ("overall", .text(found?.overall.rawValue ?? "baseline")), ("time", .number(subject.lesions.times[index])),
      ("reason", .text(index > 0 ? subject.reason(index - 1) : "")),
      ("irecist_target", .text(immune?.target?.rawValue)),
      ("irecist_non_target", .text(immune?.nonTarget?.rawValue)), ("irecist_overall", .text(immune?.overall.rawValue)),
    ]
    if others.contains("WHO") {
      cells += [
        ("who_sum", .number(subject.products?.sums[index].map { Double($0) / 10_000 })),
        ("who_overall", .text(index > 0 ? subject.products?.visits[index - 1].rawValue : nil)),
      ]
    }
    if others.contains("volumes") {
      cells += [
        ("volume_sum", .number(subject.volumes?.sums[index])),
        ("volume_overall", .text(index > 0 ? subject.volumes?.visits[index - 1].rawValue : nil)),
      ]
    }
    return cells
  }
}

/// A cell of the table of responses.
private enum ResponseValue: Equatable {
  case text(String?)
  case number(Double?)

  static let none = ResponseValue.text("")

  var text: String {
    switch self {
    case .text(let text): text ?? ""
    case .number(let number): number.map(numberText) ?? ""
    }
  }

  var json: Setting.Value {
    switch self {
    case .text(let text): text.map { .text($0) } ?? .null
    case .number(let number): number.map { .number($0) } ?? .null
    }
  }
}

extension ResponseAnalysis.Subject {
  fileprivate var hasTargets: Bool { recist.baseline > 0 }

  fileprivate func sumText(_ visit: Int) -> String {
    guard hasTargets else { return "-" }
    return (visit == 0 ? recist.baseline : recist.visits[visit - 1].sum).map(millimetres) ?? "-"
  }
}

extension Recist.Visit {
  /// The sum's change since the nadir, as a share of it; nil where there is none.
  var changeOfNadir: Double? {
    guard target != nil, nadir > 0 else { return nil }
    return sum.map { Double($0 - nadir) / Double(nadir) }
  }

  var newText: String { hasNew.map { $0 ? "yes" : "no" } ?? "equivocal" }
}
