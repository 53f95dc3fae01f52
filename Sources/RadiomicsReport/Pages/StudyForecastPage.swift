import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics

/// What a study would do, before anything is learnt.
package struct StudyForecast: Sendable {
  private let file: StudyFile, training: StudyTraining
  /// Seconds of a processor; nil where the first fold has no model.
  private let seconds: Double?

  /// Learns the first fold, to see how long it takes.
  package init(_ file: StudyFile, _ training: StudyTraining) {
    (self.file, self.training) = (file, training)
    seconds = training.secondsOfSplit().map { $0 * Double(training.fits) }
  }

  package func report(command: GivenCommand? = nil) -> Report {
    let rows = training.rows
    var report = Report(
      "What \(file.path) would do", [head, folds], table: .numbers,
      findings: file.findings + training.sampleSizeFindings,
      provenance: ResultProvenance(
        ResultProvenance.Input.files(of: file.measured.table, used: rows.count), seed: file.plan.seed, command: command)
    )
    report.answers = sentences
    return report
  }

  private var sentences: [String] {
    let rows = training.rows, plan = file.plan
    var sentences = [
      "\(rows.count) rows of \(rows.patientCount) patients\(rows.eventCount.map { ", \($0) with the event" } ?? ""); \(training.learner.features.count) candidates, "
        + "\(plan.clinical.count) clinical column\(plan.clinical.count == 1 ? "" : "s")\(rows.sites.map { ", \($0.names.count) sites" } ?? "").",
      "Pipeline: \((plan.pipeline.steps.map { type(of: $0).name } + [type(of: plan.pipeline.model).name]).joined(separator: ", ")).",
      "Design: \(plan.design.outer.words)\(plan.design.repeats > 1 ? ", \(plan.design.repeats) times" : ""), \(plan.design.inner) inner folds, \(plan.shuffles) shuffles: "
        + "everything is learnt \(training.fits) times.",
      "Leakage: no candidate or clinical column is the outcome's or goes with it without exception; no two patients share a row; no patient is on both "
        + "sides of a split.",
      "Control by size: \(training.volume.map { "'\($0)'" } ?? "none, no column is the lesion's volume").",
    ]
    if let size = training.sampleSize {
      sentences.append("Sample size for \(training.parameters) candidates (Riley et al. 2020): \(size.size) patients.")
    }
    sentences.append(
      seconds.map { "Expected: about \(shortText(max($0, 0.1), digits: 2)) s of a processor." }
        ?? "Expected: the first fold has no model, so that nobody knows how long it takes.")
    return sentences
  }

  private var head: Section {
    var section = Section("", "\(file.path): nothing is learnt yet")
    section.sentences = sentences
    section.facts = [.init("fits", .integer(training.fits)), .init("seconds", seconds.map { .number($0) } ?? .null)]
    return section
  }

  private var folds: Section {
    let rows = training.rows, events = rows.outcome.isEvent
    var section = Section(isNewBlock: true, title: "Folds")
    section.places = [.text, .page]
    section.table = TextTable(
      [["fold", "learnt from", "events", "judged", "events"]]
        + training.splits.prefix(100).enumerated().map { number, split in
          [
            "\(number + 1)", "\(split.training.count)", "\(split.training.count { events[$0] })", "\(split.held.count)",
            "\(split.held.count { events[$0] })",
          ]
        }, right: [0, 1, 2, 3, 4])
    return section
  }
}
