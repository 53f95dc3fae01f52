import RadiomicsCore
import RadiomicsNumerics

/// A marker cut at a threshold against the outcome.
package struct TwoByTwo: Sendable, Hashable {
  /// True and false positives, false and true negatives.
  package let tp: Int, fp: Int, fn: Int, tn: Int

  /// Why nothing can be said of the cut; nil where there are positives and negatives.
  package var noCut: Reason? {
    if tp + fp == 0 { return "no row is at or above the cut" }
    return tn + fn == 0 ? "no row is below the cut" : nil
  }

  /// A marker at or above `threshold` is positive.
  package init(_ marker: [Double], _ isEvent: [Bool], threshold: Double) {
    var counts = [0, 0, 0, 0]
    for (value, event) in zip(marker, isEvent) { counts[(value >= threshold ? 0 : 2) + (event ? 0 : 1)] += 1 }
    (tp, fp, fn, tn) = (counts[0], counts[1], counts[2], counts[3])
  }

  /// Share of events that are positive.
  package var sensitivity: Proportion { Proportion(tp, of: tp + fn) }
  /// Share of others that are negative.
  package var specificity: Proportion { Proportion(tn, of: tn + fp) }
  /// Share of positives that are events, at the prevalence of these rows.
  package var ppv: Proportion { Proportion(tp, of: tp + fp) }
  /// Share of negatives that are no events, at the prevalence of these rows.
  package var npv: Proportion { Proportion(tn, of: tn + fn) }
  /// Share of all that are told rightly.
  package var accuracy: Proportion { Proportion(tp + tn, of: tp + fp + fn + tn) }

  /// Predictive values by Bayes' rule where so large a part has the disease.
  package func predictiveValues(prevalence: Double) -> (positive: Double, negative: Double) {
    let (se, sp, q) = (sensitivity.estimate, specificity.estimate, 1 - prevalence)
    return (
      se * prevalence / (se * prevalence + (1 - sp) * q), sp * q / (sp * q + (1 - se) * prevalence)
    )
  }

  /// Likelihood ratios and the odds ratio, with limits on the logarithm (Simel 1991, doi:10.1016/0895-4356(91)90128-V).
  package func ratios(alpha: Double = 0.05) -> [Statistic] {
    let (a, b, c, d) = (Double(tp), Double(fp), Double(fn), Double(tn)), (m, n) = (a + c, b + d)
    func ratio(_ name: String, _ value: Double, _ variance: Double, _ meaning: String) -> [Statistic] {
      let estimate = Estimate(value, error: value * variance.squareRoot(), .log)
      return [
        Statistic(name, value, meaning),
        Statistic("\(name)_ci", estimate.limits(alpha, orUndefined: "a cell of the table is empty")),
      ]
    }
    return ratio("lr_pos", (a / m) / (b / n), 1 / a - 1 / m + 1 / b - 1 / n, "odds rise by this if positive")
      + ratio("lr_neg", (c / m) / (d / n), 1 / c - 1 / m + 1 / d - 1 / n, "odds fall to this part if negative")
      + ratio("dor", a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d, "diagnostic odds ratio")
  }

  /// Matthews' correlation of marker and outcome, and F₁.
  package var summaries: [Statistic] {
    let (a, b, c, d) = (Double(tp), Double(fp), Double(fn), Double(tn))
    let root = ((a + b) * (a + c) * (d + b) * (d + c)).squareRoot()
    return [
      Statistic("mcc", (a * d - b * c) / root, "correlation of test and outcome"),
      Statistic("f1", 2 * a / (2 * a + b + c), "harmonic mean of sensitivity and ppv"),
    ]
  }
}

/// Two tests of the same patients: whether they are positive equally often. McNemar 1947, doi:10.1007/BF02295996.
package struct McNemar: Sendable, Hashable {
  /// Positive by the first test only, by the second only.
  package let first: Int, second: Int

  /// Patients by both tests.
  package init(_ a: [Bool], _ b: [Bool]) {
    first = zip(a, b).count { $0 && !$1 }
    second = zip(a, b).count { !$0 && $1 }
  }

  /// Where several rows may belong to one patient: the first's positives less the second's in each, against their spread. Obuchowski
  /// 1998, doi:10.1002/(SICI)1097-0258(19980715)17:13<1495::AID-SIM863>3.0.CO;2-I.
  package static func clustered(_ a: [Bool], _ b: [Bool], _ clusters: [Int]?) -> [Statistic] {
    guard let clusters else { return [] }
    let differences = [Int]?.some(clusters).sums(zip(a, b).map { $0 == $1 ? 0 : $0 ? 1 : -1 })
    let patients = Double(Set(clusters).count), sum = differences.reduce(0, +)
    let spread = differences.reduce(0) { $0 + $1 * $1 } * patients / (patients - 1)
    let chi = Cell(sum * sum / spread, orUndefined: "both tests are positive equally often in every patient")
    return [
      Statistic("chisq_clustered", chi, "allows for several rows of a patient"),
      Statistic("p_clustered", chi.value.map { .value(ChiSquared(1).above($0)) } ?? chi),
    ]
  }

  /// χ² without correction, its p, and the exact p of the binomial distribution; two-sided.
  package var statistics: [Statistic] {
    let (b, c) = (Double(first), Double(second)), chi = (b - c) * (b - c) / (b + c), n = first + second
    // P(X ≤ k) of n fair coins is that of a Beta variable.
    let k = Double(min(first, second)), tail = n == 0 ? 1 : BetaDistribution(Double(n) - k, k + 1).below(0.5)
    return [
      Statistic("b", first, "positive by the first alone"), Statistic("c", second, "positive by the second alone"),
      Statistic("chisq", n == 0 ? .undefined("both tests agree on every row") : .value(chi)),
      Statistic("p", n == 0 ? .undefined("both tests agree on every row") : .value(ChiSquared(1).above(chi))),
      Statistic("p_exact", min(1, 2 * tail)),
    ]
  }
}

extension TwoByTwo: Documented {
  package static let name = "two-by-two"
  package static let summary =
    "A marker cut at a threshold against the outcome: sensitivity, specificity, predictive values, likelihood "
    + "ratios."
  package static let definition =
    "sensitivity = TP / (TP + FN); specificity = TN / (TN + FP); PPV = TP / (TP + FP); NPV = TN / (TN + FN); LR+ "
    + "= sensitivity / (1 − specificity)"
  package static let limits =
    "A cut that is searched for on the same rows flatters itself. Predictive values are those of the share of "
    + "diseased patients in these rows, unless a prevalence is given."
  package static let reference = "Altman and Bland 1994, doi:10.1136/bmj.308.6943.1552 and doi:10.1136/bmj.309.6947.102"
}

extension McNemar: Documented {
  package static let name = "mcnemar"
  package static let summary = "Whether two tests of the same patients are positive equally often."
  package static let definition = "the pairs that only one of both tests calls positive, b and c, against a fair coin"
  package static let limits = "Undefined where both tests agree in every patient."
  package static let reference = "McNemar 1947, doi:10.1007/BF02295996"
}
