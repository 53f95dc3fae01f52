import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// By how much a model flatters itself on its own rows: the mean difference, over replicates, between what a model of the
/// replicate shows on its own rows and on all rows. Harrell, Lee and Mark 1996,
/// doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
package struct Optimism: Sendable {
  /// One for each measure; NaN where no replicate had a model.
  package let values: [Double]
  /// Their Monte-Carlo errors: by how much other replicates would change them.
  package let errors: [Double]
  /// Replicates that had a model, and that were asked for.
  package let count: Int, asked: Int

  /// What is left of a measure's apparent value.
  package func corrected(_ apparent: Double, _ measure: Int) -> Cell {
    count > 0 ? .value(apparent - values[measure]) : .undefined("no sample had a model")
  }

  /// How many replicates had a model, under the name of files.
  var samples: Statistic { Statistic("samples", count, "of \(asked) asked for") }

  /// A warning where many replicates had no model, so that the others are a choice.
  var findings: [Finding] {
    guard Double(count) < 0.9 * Double(asked) else { return [] }
    return [
      Finding(
        .warning, "bootstrap",
        "only \(shortText(Double(count))) of \(asked) samples had a model, as in the others a category was missing or events were separated: what is "
          + "corrected leans to samples that are easy to fit. Join rare categories.")
    ]
  }
}

/// The optimism of a model by replicates of its rows.
/// - `measures`: What a model of the replicate shows on its own rows and on all rows, always as many numbers; nil where it has
///   no model.
func optimism(
  of measures: @Sendable (Replicate) -> (own: [Double], others: [Double])?, by replicates: Replicates, on lanes: Lanes
) -> Optimism {
  let found = replicates.map(on: lanes, measures).compactMap { $0 }
  let spans = found.map { zip($0.own, $0.others).map(-) }, n = Double(spans.count)
  let values = (spans.first ?? []).indices.map { k in pairwiseSum(spans.count) { spans[$0][k] } / n }
  let errors = values.enumerated().map { k, center in
    (pairwiseSum(spans.count) { (spans[$0][k] - center) * (spans[$0][k] - center) } / (n - 1) / n).squareRoot()
  }
  return Optimism(values: values, errors: errors, count: spans.count, asked: replicates.count)
}

extension Replicates {
  /// Limits between which statistics lie in all but `alpha` of the replicates; nil of one that fewer than 20 of them had.
  /// - `statistics`: Always as many; none at all where a replicate has none.
  func limits(
    alpha: Double, on lanes: Lanes, _ statistics: @Sendable (Replicate) -> [Double?]
  ) -> [ClosedRange<Double>?] {
    let found = map(on: lanes, statistics).filter { !$0.isEmpty }
    return (found.first ?? []).indices.map { k in
      let values = found.compactMap { $0[k] }.filter(\.isFinite)
      return values.count < 20 ? nil : percentileLimits(values, alpha: alpha)
    }
  }
}

/// The limits between which so large a part of replicates lies.
func percentileLimits(_ values: [Double], alpha: Double) -> ClosedRange<Double> {
  let sorted = values.sorted()
  return percentile(50 * alpha, of: sorted)...percentile(100 - 50 * alpha, of: sorted)
}
