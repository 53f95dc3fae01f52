import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsReport

extension AgreementResult {
  /// How well masks agree, for people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    let regions = comparison.regions.map(\.name)
    var report = Report(
      "Agreement of \(paths.count) masks", sections, table: .rows("region"), findings: comparison.findings,
      provenance: ResultProvenance(comparison.inputs, command: command))
    report.findingsAreTexts = true
    report.question = [
      "How well outlines of the same regions agree: \(paths.map(Path.name).joined(separator: ", ")). The first of a pair is the "
        + "reference A, the other is B. Regions: \(regions.joined(separator: ", "))."
    ]
    report.answers = regions.map { region in
      let dice = pairs.filter { $0.region == region }.compactMap(\.dice.value)
      guard let low = dice.min(), let high = dice.max() else { return "\(region): both masks of a pair are empty." }
      let range =
        dice.count == 1
        ? "Dice is \(shortText(low, digits: 3))"
        : "Dice is from \(shortText(low, digits: 3)) to \(shortText(high, digits: 3))"
      return "Region \(region): \(range); 1 is the same outline, 0 none in common."
    }
    return report
  }

  private var paths: [String] { comparison.paths }

  private var sections: [Section] {
    let together = zip(comparison.regions, consensus).flatMap { togetherForPeople($0.name, $1) }
    return [facts] + pairs.map(forPeople) + together
      + [Section("regions", listing: comparison.regions.indices.map(forFiles))]
  }

  private var facts: Section {
    let geometry = comparison.geometry
    var section = Section()
    section.places = .json
    section.facts = [
      .init("masks", .list(paths.map { .text($0) })),
      .init(
        "grid",
        .map([
          .init("size", .list((0..<3).map { .integer(geometry.size[$0]) })),
          .init("spacing_mm", .list((0..<3).map { .number(geometry.spacing[$0]) })),
        ])), .init("border_neighbours", .integer(Int(options.border.rawValue)!)),
    ]
    return section
  }

  // MARK: For people

  private func forPeople(_ pair: Pair) -> Section {
    let (a, b) = (paths[pair.reference], paths[pair.test])
    var section = Section(
      "", "region \(pair.region): A \(a), B \(b)",
      title: "Region \(pair.region): A \(Path.name(of: a)), B \(Path.name(of: b))")
    section.places = [.text, .page]
    section.quantities = [StatisticGroup("", pair.statistics)]
    return section
  }

  private func togetherForPeople(_ region: String, _ readers: ConsensusStatistics) -> [Section] {
    let matrix = dice(region: region)
    var all = Section("", "region \(region): Dice of all pairs"), mean = Section()
    all.table = TextTable(
      paths.indices.map { i in [paths[i]] + matrix[i].map { $0.value.map { shortText($0) } ?? "-" } },
      right: Set(1...paths.count))
    mean.quantities = [StatisticGroup("", [meanStatistic(region), readers.conformity])]
    all.sections = [mean]
    var majority = Section("", "region \(region): majority vote"), staple = Section("", "region \(region): STAPLE")
    majority.quantities = [StatisticGroup("", readers.majority)]
    staple.quantities = [StatisticGroup("", readers.staple)]
    return [all, majority, staple].map { section in
      var section = section
      section.places = [.text, .page]
      return section
    }
  }

  private func meanStatistic(_ region: String) -> Statistic {
    Statistic("mean_offdiag", meanDice(region), meanDice(region).value == nil ? "" : "mean Dice of all pairs")
  }

  // MARK: For files

  private func forFiles(_ index: Int) -> Section {
    let region = comparison.regions[index].name
    let pairs = pairs.filter { $0.region == region }.map { pair in
      var section = Section()
      let (a, b) = (paths[pair.reference], paths[pair.test])
      section.row = region
      section.rowTexts = [("reference", a), ("test", b)]
      section.facts = [.init("reference", .text(a)), .init("test", .text(b))]
      section.quantities = [StatisticGroup("", pair.statistics)]
      return section
    }
    var section = Section()
    section.places = [.json, .table]
    section.facts = [.init("region", .text(region))]
    section.sections = [Section("pairs", listing: pairs)]
    guard !consensus.isEmpty else { return section }
    let readers = consensus[index]
    var matrix = Section("pairwise_dice")
    matrix.facts = [
      .init("matrix", .list(dice(region: region).map { Statistic("", $0).json })),
      .init("mean_offdiag", meanStatistic(region).json),
    ]
    var votes = Section()
    votes.facts = [
      .init("majority_vote", .map(readers.majority.json)), .init("staple", .map(readers.staple.json)),
    ]
    votes.sections = [Section()]
    votes.sections[0].quantities = [StatisticGroup("", [readers.conformity])]
    for part in [matrix, votes] {
      var part = part
      part.places = .json
      section.sections.append(part)
    }
    return section
  }
}
