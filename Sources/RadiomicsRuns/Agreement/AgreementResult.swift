import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsReport

/// How well masks agree: each pair of them, and of more than two all together, region by region.
package struct AgreementResult: Sendable {
  /// One pair of masks in one region; numbers of masks count from 0.
  package struct Pair: Sendable {
    /// The region's name.
    package let region: String
    /// The number of the reference, A.
    package let reference: Int
    /// The number of the mask compared with it, B.
    package let test: Int
    /// Dice's coefficient.
    package let dice: Cell
    /// What was measured.
    package let statistics: [Statistic]
  }

  /// What was compared.
  package let comparison: MaskComparison
  let options: AgreementOptions
  /// All pairs, by region, reference and test.
  package let pairs: [Pair]
  /// Of each region, if there are more than two masks.
  package let consensus: [ConsensusStatistics]

  /// Every pair's Dice in one region: symmetric, the diagonal is a mask with itself.
  package func dice(region: String) -> [[Cell]] {
    let count = comparison.paths.count
    var matrix = [[Cell]](repeating: [Cell](repeating: .value(1), count: count), count: count)
    for pair in pairs where pair.region == region {
      matrix[pair.reference][pair.test] = pair.dice
      matrix[pair.test][pair.reference] = pair.dice
    }
    return matrix
  }

  /// The mean Dice of all pairs in a region.
  package func meanDice(_ region: String) -> Cell {
    let values = pairs.filter { $0.region == region }.map(\.dice), numbers = values.compactMap(\.value)
    guard numbers.count == values.count else { return .undefined("both masks of a pair are empty") }
    return .value(numbers.reduce(0, +) / Double(numbers.count))
  }
}

extension MaskComparison {
  /// Measures every pair, the earlier mask as reference, and what all of more than two agree on.
  package func measure(_ options: AgreementOptions = AgreementOptions(), lanes: Lanes) -> AgreementResult {
    let count = paths.count
    let jobs = regions.indices.flatMap { region in
      (0..<count).flatMap { i in (i + 1..<count).map { (region: region, i: i, j: $0) } }
    }
    let pairs = lanes.map(jobs.count) { n in
      let (region, i, j) = jobs[n], masks = regions[region].masks
      let statistics = AgreementStatistics(a: masks[i], b: masks[j], spacing: geometry.spacing, options: options)
      return AgreementResult.Pair(
        region: regions[region].name, reference: i, test: j, dice: Overlap(masks[i], masks[j]).dice,
        statistics: statistics.measured(lanes: lanes))
    }
    return AgreementResult(
      comparison: self, options: options, pairs: pairs,
      consensus: count > 2 ? regions.map { ConsensusStatistics($0.masks) } : [])
  }
}

extension AgreementResult {
  /// All of it as JSON.
  package var json: Setting.Value { report().json }
  /// One row for each region and pair.
  package var table: CSV { report().csv }
}
