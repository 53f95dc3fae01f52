import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension HarmonisationCheck {
  /// The effects of batches before and after harmonisation, for people and files.
  /// - `rows`: As they were.
  /// - `how`: What the rows after harmonisation are, as a sentence.
  package func report(_ rows: Table, how: String, command: GivenCommand? = nil) -> Report {
    var report = Report(
      "Effects of '\(batch)' on \(effects.count) feature\(effects.count == 1 ? "" : "s")", sections,
      table: .rows("feature"),
      findings: findings,
      provenance: ResultProvenance(ResultProvenance.Input.files(of: rows, used: codes.count), command: command))
    report.question = [
      "How much of what differs between rows differs between the \(levels.count) batches of '\(batch)', before and after harmonisation.",
      how,
    ]
    report.answers = answers
    if before != nil { report.figure = { figure() } }
    report.caption =
      "Each row as a point of the first two principal components, before (left) and after harmonisation; batches in colours."
    return report
  }

  private func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    return sorted.isEmpty ? nil : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Features of which P, corrected by Benjamini and Hochberg, is below 0.05.
  private func significant(_ tests: [BatchEffectTest?]) -> Int {
    Multiplicity.benjaminiHochberg.adjusted(tests.compactMap { $0?.p }).count { $0 < 0.05 }
  }

  private var answers: [String] {
    let sides = [("before", effects.map(\.before)), ("after", effects.map(\.after))].map { name, tests in
      "\(name) \(median(tests.compactMap { $0?.share }).map { percentText(($0 * 1000).rounded() / 1000) } ?? "none") "
        + "(\(significant(tests)) of \(effects.count) features differ, false discovery rate 5 %)"
    }
    return ["Batches explain in the median of features: \(sides.joined(separator: ", "))."]
      + (confounding.map { [$0.sentence] } ?? [])
  }

  private var findings: [Finding] {
    guard let confounding, confounding.p < 0.05 else { return [] }
    return [
      Finding(
        .warning, batch,
        "goes with the outcome '\(confounding.outcome)' (P \(shortText(confounding.p, digits: 2))): harmonisation takes some of what the outcome "
          + "does with the batch, and a model may learn the batch instead of the outcome. Judge models within batches.")
    ]
  }

  private var sections: [Section] {
    var head = Section(
      "", "\(codes.count) rows of \(levels.count) batches of '\(batch)': \(levels.joined(separator: ", "))")
    head.places = .text
    head.sentences = answers
    var facts = Section()
    facts.places = .json
    facts.facts = [
      .init("batch", .text(batch)), .init("batches", .list(levels.map { .text($0) })),
      .init("rows", .integer(codes.count)),
    ]
    var each = Section(isNewBlock: true, title: "Features")
    each.places = [.text, .page]
    each.table = TextTable(rowTexts, right: Set(1...4))
    return [head, facts, mixing] + (confounding.map { [$0.section] } ?? []) + [
      each, Section("features", listing: effects.map { $0.section }),
    ]
  }

  private var rowTexts: [[String]] {
    func number(_ value: Double?) -> String { value.map { shortText($0, digits: 3) } ?? "-" }
    return [["feature", "share before", "P before", "share after", "P after"]]
      + effects.map { effect in
        [effect.feature] + [effect.before?.share, effect.before?.p, effect.after?.share, effect.after?.p].map(number)
      }
  }

  private var mixing: Section {
    func cell(_ value: Double?) -> Cell {
      value.map { .value($0) } ?? .undefined("rows are too few, or more than \(Self.most)")
    }
    var section = Section("mixing", "how batches lie apart on the first ten principal components")
    section.quantities = [
      StatisticGroup(
        "",
        [
          Statistic(
            "silhouette_before", cell(before?.mixing?.silhouette),
            "mean silhouette of batches, near 0 where they are mixed"),
          Statistic("silhouette_after", cell(after?.mixing?.silhouette), "the same after harmonisation"),
          Statistic(
            "kbet_before", cell(before?.mixing?.kbet),
            "share of rows with unlike neighbours, about 0.05 where batches are mixed"),
          Statistic("kbet_after", cell(after?.mixing?.kbet), "the same after harmonisation"),
        ])
    ]
    section.places = [.text, .page, .json]
    return section
  }

  /// Two panels of points.
  private func figure() -> String {
    var drawing = Drawing(width: 980, height: 540, title: "Rows by '\(batch)' before and after harmonisation")
    for (index, (space, name)) in [(before, "before harmonisation"), (after, "after harmonisation")].enumerated() {
      guard let points = space?.points, !points.isEmpty else { continue }
      let x = points.map(\.x), y = points.map(\.y)
      let plot = Plot(
        frame: (80 + 480 * Double(index), 60, 380, 360), horizontal: Plot.padded(x.min()!, x.max()!),
        vertical: Plot.padded(y.min()!, y.max()!))
      plot.axes(&drawing, "component 1", "component 2")
      drawing.text(80 + 480 * Double(index), 44, name, size: 14, isBold: true)
      for (row, point) in points.enumerated() {
        drawing.dot(plot.x(point.x), plot.y(point.y), radius: 2.5, fill: Plot.color(codes[row]))
      }
    }
    for (index, level) in levels.prefix(12).enumerated() {
      let x = 80 + 150 * Double(index % 6), y = 496 + 20 * Double(index / 6)
      drawing.dot(x, y - 4, fill: Plot.color(index))
      drawing.text(x + 9, y, Drawing.short(level, 20))
    }
    return drawing.svg
  }
}

extension HarmonisationCheck.Effect {
  fileprivate var section: Section {
    var section = Section()
    section.places = [.json, .table]
    section.row = feature
    section.facts = [.init("feature", .text(feature))]
    func cell(_ value: Double?) -> Cell {
      value.map { .value($0) } ?? .undefined("it does not vary within two batches")
    }
    section.quantities = [
      StatisticGroup(
        "",
        [
          Statistic("share_before", cell(before?.share)), Statistic("p_before", cell(before?.p)),
          Statistic("share_after", cell(after?.share)), Statistic("p_after", cell(after?.p)),
          Statistic("F_before", cell(before?.ratio)), Statistic("F_after", cell(after?.ratio)),
          Statistic("kruskal_before", cell(before?.kruskal)), Statistic("kruskal_after", cell(after?.kruskal)),
          Statistic("brown_forsythe_before", cell(before?.brownForsythe)),
          Statistic("brown_forsythe_after", cell(after?.brownForsythe)),
        ])
    ]
    return section
  }
}

extension HarmonisationCheck.Confounding {
  fileprivate var sentence: String {
    let name = isCategorical ? "Cramér's V" : "share of variance"
    return
      "Batches and the outcome '\(outcome)': \(name) \(shortText(association, digits: 3)), P \(shortText(p, digits: 2))."
  }

  fileprivate var section: Section {
    var section = Section("confounding", "batches and the outcome '\(outcome)'")
    section.quantities = [
      StatisticGroup(
        "",
        [
          Statistic(isCategorical ? "cramers_v" : "share", association, "how closely batches go with the outcome"),
          Statistic("p", p),
        ])
    ]
    section.places = [.text, .page, .json]
    return section
  }
}
