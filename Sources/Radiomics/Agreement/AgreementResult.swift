import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// How well masks agree: each pair of them, and of more than two all together, region by region.
public struct AgreementResult: Sendable {
  /// One pair of masks in one region; numbers of masks count from 0.
  public struct Pair: Sendable {
    /// The region's name.
    public let region: String
    /// The number of the reference, A.
    public let reference: Int
    /// The number of the mask compared with it, B.
    public let test: Int
    /// What was measured.
    public let statistics: [Statistic]
  }

  /// What was compared.
  public let comparison: MaskComparison
  let options: AgreementOptions
  /// All pairs, by region, reference and test.
  public let pairs: [Pair]
  /// Of each region, if there are more than two masks.
  package let consensus: [ConsensusStatistics]

  /// Every pair with the values of one statistic in one region: symmetric, the diagonal is a mask with itself.
  package func matrix(_ name: String, region: String) -> [[Cell]] {
    let count = comparison.paths.count
    var matrix = [[Cell]](repeating: [Cell](repeating: .value(1), count: count), count: count)
    for pair in pairs where pair.region == region {
      let cell = pair.statistics.first { $0.name == name }!.cells[0]
      matrix[pair.reference][pair.test] = cell
      matrix[pair.test][pair.reference] = cell
    }
    return matrix
  }
}

extension MaskComparison {
  /// Measures every pair, the earlier mask as reference, and what all of more than two agree on.
  public func measure(_ options: AgreementOptions = AgreementOptions(), lanes: Lanes) -> AgreementResult {
    let count = paths.count
    let jobs = regions.indices.flatMap { region in
      (0..<count).flatMap { i in (i + 1..<count).map { (region: region, i: i, j: $0) } }
    }
    let pairs = lanes.map(jobs.count) { n in
      let (region, i, j) = jobs[n], masks = regions[region].masks
      let statistics = AgreementStatistics(a: masks[i], b: masks[j], spacing: geometry.spacing, options: options)
      return AgreementResult.Pair(
        region: regions[region].name, reference: i, test: j, statistics: statistics.measured(lanes: lanes))
    }
    return AgreementResult(
      comparison: self, options: options, pairs: pairs,
      consensus: count > 2 ? regions.map { ConsensusStatistics($0.masks) } : [])
  }
}

extension AgreementResult {
  /// All of it as JSON.
  public var json: Setting.Value {
    let geometry = comparison.geometry
    return .map([
      .init("format", .integer(1)),
      .init("masks", .list(comparison.paths.map { .text($0) })),
      .init(
        "grid",
        .map([
          .init("size", .list((0..<3).map { .integer(geometry.size[$0]) })),
          .init("spacing_mm", .list((0..<3).map { .number(geometry.spacing[$0]) })),
        ])),
      .init("border_neighbours", .integer(Int(options.border.rawValue)!)),
      .init("regions", .list(comparison.regions.indices.map(regionJSON))),
      .init(
        "findings", .list(comparison.findings.map { .text("\($0.severity.rawValue): \($0.plainPlace): \($0.message)") })
      ),
    ])
  }

  private func regionJSON(_ index: Int) -> Setting.Value {
    let region = comparison.regions[index].name
    let pairs = pairs.filter { $0.region == region }.map { pair in
      Setting.Value.map(
        [
          .init("reference", .text(comparison.paths[pair.reference])),
          .init("test", .text(comparison.paths[pair.test])),
        ] + pair.statistics.json)
    }
    var entries: [Setting.Value.Entry] = [.init("region", .text(region)), .init("pairs", .list(pairs))]
    if !consensus.isEmpty {
      let readers = consensus[index]
      entries += [
        .init(
          "pairwise_dice",
          .map([
            .init("matrix", .list(matrix("dice", region: region).map { Statistic("", $0).json })),
            .init("mean_offdiag", meanDice(region).json),
          ])),
        .init("majority_vote", .map(readers.majority.json)), .init("staple", .map(readers.staple.json)),
      ]
      entries += [readers.conformity].json
    }
    return .map(entries)
  }

  /// The mean Dice of all pairs in a region.
  package func meanDice(_ region: String) -> Statistic {
    let values = pairs.filter { $0.region == region }.map { $0.statistics.first { $0.name == "dice" }!.cells[0] }
    let numbers = values.compactMap(\.value)
    guard numbers.count == values.count else {
      return Statistic("mean_offdiag", .undefined("both masks of a pair are empty"))
    }
    return Statistic("mean_offdiag", numbers.reduce(0, +) / Double(numbers.count), "mean Dice of all pairs")
  }

  /// One row for each region and pair.
  public var table: CSV {
    let header = ["region", "reference", "test"] + pairs[0].statistics.flatMap(\.columns).map(\.name)
    return CSV(
      header: header,
      rows: pairs.map { pair in
        [pair.region, comparison.paths[pair.reference], comparison.paths[pair.test]]
          + pair.statistics.flatMap(\.columns).map(\.cell.csv)
      })
  }
}
