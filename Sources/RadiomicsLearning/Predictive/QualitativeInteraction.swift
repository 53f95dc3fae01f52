import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Whether effects in subgroups differ, and whether some even have another sign than others: Cochran's Q, 1954, and the
/// likelihood-ratio test of Gail and Simon 1985, doi:10.2307/2530862. An interaction with one sign everywhere changes
/// how much a treatment helps, one with two signs whom it helps.
package struct QualitativeInteraction: Sendable, Hashable {
  /// Sums of squared z of effects above 0, and of those below.
  package let above: Double, below: Double
  /// Number of subgroups.
  package let count: Int
  /// That all effects are equal.
  package let heterogeneity: CoxModel.Test

  /// - `effects`: Independent estimates with errors above 0.
  /// - Returns: Nil for fewer than two subgroups.
  package init?(_ effects: [Estimate]) {
    guard effects.count > 1, effects.allSatisfy({ $0.error > 0 && $0.error.isFinite && $0.value.isFinite }) else {
      return nil
    }
    count = effects.count
    func squares(_ part: [Estimate]) -> Double {
      pairwiseSum(part.count) { part[$0].value / part[$0].error * (part[$0].value / part[$0].error) }
    }
    above = squares(effects.filter { $0.value > 0 })
    below = squares(effects.filter { $0.value < 0 })
    let weights = effects.map { 1 / ($0.error * $0.error) }
    let center = pairwiseSum(effects.count) { weights[$0] * effects[$0].value } / pairwiseSum(weights)
    let q = pairwiseSum(effects.count) {
      weights[$0] * (effects[$0].value - center) * (effects[$0].value - center)
    }
    heterogeneity = CoxModel.Test(statistic: q, df: effects.count - 1)
  }

  /// The test that no two effects have different signs: the lesser of both sums.
  package var statistic: Double { min(above, below) }

  /// P of a larger statistic where effects are 0, which is the most that the hypothesis allows: among the other K − 1
  /// subgroups each number of signs has its binomial share, and as many degrees of freedom. 1 − 2^(1 − K) where all
  /// signs agree.
  package var p: Double {
    let n = count - 1, scale = lgamma(Double(n + 1)) - Double(n) * log(2)
    return min(
      1,
      pairwiseSum(n) { index in
        let k = Double(index + 1), share = exp(scale - lgamma(k + 1) - lgamma(Double(n) - k + 1))
        return share * ChiSquared(k).above(statistic)
      })
  }

  /// Under the names of files.
  package var statistics: [Statistic] {
    [
      Statistic("Q", heterogeneity.statistic, "Cochran's, of the logarithms"),
      Statistic("Q_p", heterogeneity.p, "that the effect is the same in all groups"),
      Statistic("gail_simon_stat", statistic), Statistic("gail_simon_p", p, "that no effect has the other sign"),
    ]
  }
}

extension QualitativeInteraction: Documented {
  package static let name = "qualitative-interaction"
  package static let summary =
    "Whether effects of a treatment differ between subgroups, and whether some have another sign than "
    + "others."
  package static let definition =
    "Cochran's Q of the effects; Gail and Simon's statistic, the smaller of the sums of squared z above "
    + "and below 0"
  package static let limits =
    "Subgroups are independent. An interaction of one sign changes how much a treatment helps, one of two "
    + "signs whom it helps."
  package static let reference =
    "Cochran 1954, doi:10.2307/3001666; Gail and Simon 1985, doi:10.2307/2530862"
}
