import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning
import RadiomicsReport

extension HabitatTraining {
  /// Which habitats were found, and how steady they are, for people.
  package func report(command: GivenCommand? = nil) -> Report {
    let settings = model.settings, choice = model.choice
    var report = Report(
      "Habitats of \(model.subjects) subjects", [habitats, numbers], table: .numbers, findings: findings,
      provenance: ResultProvenance(
        [.init(cohort.path, sha256: cohort.sha256, rows: cohort.count)], seed: UInt64(settings.seed), command: command))
    report.question = [
      "Which parts of the regions look alike across subjects, by \(model.names.joined(separator: ", ")): \(model.sampled) "
        + "\(settings.design == .supervoxel ? "supervoxels" : "voxels") of \(model.subjects) subjects, design "
        + "\(settings.design.rawValue), \(settings.method.rawValue)."
    ]
    var answers = ["\(model.habitats.count) habitats, ordered by the mean of \(model.names[0])."]
    if let jaccard = choice.meanJaccard {
      answers.append(
        "Where patients are drawn again (\(choice.bootstraps) times) a habitat shares \(shortText(100 * jaccard, digits: 3)) % of "
          + "its voxels with the one found then, on average (Jaccard index; steady from \(numberText(100 * FittedHabitats.steady)) % on)."
      )
    }
    if !model.unstable.isEmpty {
      answers.append("Unstable: habitat \(model.unstable.map { "\($0)" }.joined(separator: ", ")).")
    }
    report.answers = answers
    let known = model.choices.compactMap { one in one.meanJaccard.map { (count: one.count, jaccard: $0) } }
    guard !known.isEmpty else { return report }
    let panel = HabitatNumbers(known, chosen: model.habitats.count, least: FittedHabitats.steady)
    report.figure = { FigurePanels.svg("How steady numbers of habitats are", [panel]) }
    report.caption = "Mean Jaccard index of habitats with those found where patients are drawn again."
    return report
  }

  private var habitats: Section {
    let means = model.habitats.means, jaccard = model.choice.jaccard
    var section = Section("habitats", "habitats")
    section.table = TextTable(
      [["habitat", "share"] + model.names + ["Jaccard"]]
        + means.enumerated().map { habitat, means in
          ["\(habitat + 1)", shortText(model.shares[habitat], digits: 3)] + means.map { shortText($0, digits: 4) }
            + [jaccard.isEmpty ? "-" : shortText(jaccard[habitat], digits: 3)]
        }, right: Set(0..<model.names.count + 3))
    section.facts = [
      .init("means", .list(means.map { .list($0.map { .number($0) }) })),
      .init("shares", .list(model.shares.map { .number($0) })),
      .init("jaccard", .list(jaccard.map { .number($0) })),
    ]
    return section
  }

  private var numbers: Section {
    var section = Section("numbers", "numbers of habitats that were tried")
    section.table = TextTable(
      [["habitats", "mean Jaccard", "adjusted Rand", "BIC of thinned voxels", ""]]
        + model.choices.map { choice in
          [
            "\(choice.count)", choice.meanJaccard.map { shortText($0, digits: 3) } ?? "-",
            choice.rand.map { shortText($0, digits: 3) } ?? "-", shortText(choice.criterion, digits: 6),
            choice.count == model.habitats.count ? "chosen" : "",
          ]
        }, right: [0, 1, 2, 3])
    return section
  }
}

extension HabitatMeasurement {
  /// Shares of habitats in each scan, for people.
  /// - `shown`: How many scans are shown as pictures.
  package func report(
    shown: Int = 6, options: Study.Options = Study.Options(), sources: [any ImageSource] = [],
    command: GivenCommand? = nil
  ) -> Report {
    let count = folder.model.habitats.count, known = cases.compactMap { one in one.shares.map { (one, $0) } }
    var section = Section("shares", "shares of habitats")
    section.table = TextTable(
      [["scan", "mm3"] + (1...count).map { "\($0)" } + ["ITH score"]]
        + known.map { one, shares in
          let map = try? one.map.get()
          return [one.name, shortText(Double(map?.total ?? 0) * (map?.labels.geometry.voxelVolume ?? 0), digits: 4)]
            + shares.map { shortText($0, digits: 3) } + [shortText(map?.ithScore ?? 0, digits: 3)]
        }, right: Set(1...count + 2))
    section.facts = [
      .init(
        "scans",
        .list(
          known.map { one, shares in
            .map([.init("scan", .text(one.name)), .init("shares", .list(shares.map { .number($0) }))])
          }))
    ]
    let record = Path.slashed(folder.path) + HabitatFolder.recordName
    var report = Report(
      "Habitats of \(known.count) scans", [section], table: .numbers,
      findings: folder.model.findings
        + failures.map { Finding(.warning, $0.name, "has no habitats: \($0.kept)") },
      provenance: ResultProvenance(
        [.init(record, sha256: (try? WholeFile.bytes(of: record)).map { sha256($0) })], command: command))
    report.question = [
      "How much of each region is of each habitat: those of \(folder.model.subjects) training subjects, by "
        + "\(folder.model.names.joined(separator: ", ")), ordered by the first."
    ]
    let means = (0..<count).map { habitat in
      known.reduce(0) { $0 + $1.1[habitat] } / Double(max(1, known.count))
    }
    report.answers = [
      "Mean shares: "
        + means.enumerated().map { "habitat \($0 + 1) \(shortText(100 * $1, digits: 3)) %" }.joined(separator: ", ")
        + "."
    ]
    guard !known.isEmpty else { return report }
    let slices = slices(shown, options, sources)
    report.figure = {
      FigurePanels.svg(
        "Habitats", [HabitatShares(known.map { (name: $0.0.name, shares: $0.1) })] + slices, columns: 1)
    }
    report.caption = "Shares of habitats by scan, and slices without and with habitats."
    return report
  }

  /// The first scans whose images can be read.
  private func slices(_ most: Int, _ options: Study.Options, _ sources: [any ImageSource]) -> [any FigurePanel] {
    var slices: [any FigurePanel] = []
    for (number, one) in cases.enumerated() where slices.count < most && one.shares != nil {
      let path = folder.cohort.located(folder.cohort.files(of: number).image)
      guard let image = try? StudyReader(options: options, sources: sources).image(path).volumes[0],
        let labels = try? folder.labels(number), case .same = GridMatch(labels.geometry, to: image.geometry)
      else { continue }
      slices.append(HabitatSlice(one.name, image: image, labels: labels))
    }
    return slices
  }
}
