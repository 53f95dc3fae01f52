import RadiomicsCore
import RadiomicsNumerics

/// How well a marker tells events from others: the receiver operating characteristic and the area under it, with DeLong's
/// variance (1988, doi:10.2307/2531595) from ranks (Sun and Xu 2014, doi:10.1109/LSP.2014.2337313). O(n log n).
package struct ROC: Sendable {
  /// One operating point: a marker at or above the threshold is positive.
  package struct Point: Sendable, Hashable {
    /// Half way between two values; −∞ and ∞ at the ends.
    package let threshold: Double
    /// Share of events that are positive, and of others that are not.
    package let sensitivity: Double, specificity: Double
  }

  /// From sensitivity 1 to specificity 1.
  package let points: [Point]
  /// Number of events and of others.
  package let positives: Int, negatives: Int
  /// Area under the curve: the probability that an event has the larger value, ties counting one half.
  package let auc: Double
  /// DeLong's variance of the area; undefined for a single event or other.
  package let variance: Double
  /// For each row: events' and others' structural components.
  let components: (events: [Double], others: [Double])
  /// Where several rows may belong to one patient, what each patient's rows add to both.
  let patients: PatientComponents?
  let isEvent: [Bool]
  /// Each row's place among the steps of the curve, from the least value; the patients of the rows.
  let steps: [Int], clusters: [Int]?

  /// - `clusters`: Numbers from 0 of rows that belong to the same patient: the variance is then Obuchowski's, 1997,
  ///   doi:10.2307/2533958.
  /// - Throws: `ModelError` unless both outcomes occur.
  package init(_ marker: [Double], _ isEvent: [Bool], clusters: [Int]? = nil) throws(ModelError) {
    precondition(marker.count == isEvent.count, "an outcome for each value")
    let order = ascendingOrder(of: marker)
    let positives = isEvent.count { $0 }, negatives = marker.count - positives
    guard positives > 0, negatives > 0 else {
      throw ModelError.oneSided(events: positives, rows: marker.count)
    }
    (self.positives, self.negatives, self.isEvent, self.clusters) = (positives, negatives, isEvent, clusters)
    let (m, n) = (Double(positives), Double(negatives))
    var points = [Point(threshold: -.infinity, sensitivity: 1, specificity: 0)]
    var events: [Double] = [], others: [Double] = [], start = 0, below = (events: 0.0, others: 0.0)
    var ofRow = [Double](repeating: 0, count: marker.count), steps = [Int](repeating: 0, count: marker.count)
    points.reserveCapacity(marker.count + 1)
    while start < order.count {
      var end = start, tied = (events: 0.0, others: 0.0)
      while end < order.count, marker[order[end]] == marker[order[start]] {
        if isEvent[order[end]] { tied.events += 1 } else { tied.others += 1 }
        end += 1
      }
      for row in order[start..<end] {
        steps[row] = points.count - 1
        ofRow[row] =
          isEvent[row]
          ? (below.others + tied.others / 2) / n : 1 - (below.events + tied.events / 2) / m
      }
      below = (below.events + tied.events, below.others + tied.others)
      let value = marker[order[start]]
      points.append(
        Point(
          threshold: end < order.count ? value + (marker[order[end]] - value) / 2 : .infinity,
          sensitivity: (m - below.events) / m, specificity: below.others / n))
      start = end
    }
    for row in marker.indices { if isEvent[row] { events.append(ofRow[row]) } else { others.append(ofRow[row]) } }
    (self.points, self.steps) = (points, steps)
    components = (events, others)
    auc = pairwiseSum(events) / m
    patients = clusters.map { [auc] in PatientComponents(ofRow, isEvent, $0, center: auc) }
    variance =
      patients.map { $0.covariance(with: $0) }
      ?? RadiomicsNumerics.variance(events) / m + RadiomicsNumerics.variance(others) / n
  }

  /// Why the area has no limits; nil where it has.
  package var noLimits: Reason? {
    guard variance.isFinite else {
      return patients == nil ? "there is a single event or other" : "the events or the others are all of one patient"
    }
    return variance > 0 ? nil : "the rows order events and others all alike, so that the area has no error"
  }

  /// Limits of the area: normal, within 0 to 1; nil where its variance is 0 or not known.
  package func limits(alpha: Double = 0.05) -> ClosedRange<Double>? {
    guard noLimits == nil else { return nil }
    return Estimate(auc, error: variance.squareRoot()).limits(alpha)?.clamped(to: 0...1)
  }

  /// Limits by the logarithm of the odds of the area, which never leave 0 to 1; nil for an area of 0 or 1.
  package func logitLimits(alpha: Double = 0.05) -> ClosedRange<Double>? {
    guard noLimits == nil else { return nil }
    return Estimate(auc, error: variance.squareRoot(), .logit).limits(alpha)
  }

  /// Hanley and McNeil's standard error, 1982, doi:10.1148/radiology.143.1.7063747.
  package var hanleyMcNeilError: Double {
    let q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc), square = auc * auc
    let sum = auc * (1 - auc) + Double(positives - 1) * (q1 - square) + Double(negatives - 1) * (q2 - square)
    return (sum / (Double(positives) * Double(negatives))).squareRoot()
  }

  /// The covariance of the areas of two markers of the same rows.
  package func covariance(with other: ROC) -> Double {
    precondition(isEvent == other.isEvent, "two markers of the same rows")
    if let patients, let others = other.patients { return patients.covariance(with: others) }
    return RadiomicsNumerics.covariance(components.events, other.components.events) / Double(positives)
      + RadiomicsNumerics.covariance(components.others, other.components.others) / Double(negatives)
  }
}

extension ROC {
  /// A rule for an operating point.
  package enum Cut: Sendable, Hashable {
    /// Largest sensitivity + specificity. Youden 1950.
    case youden
    /// Nearest to sensitivity 1 and specificity 1.
    case closest
    /// Least expected cost: a false negative costs so many times a false positive, at a prevalence.
    case cost(Double, prevalence: Double)
  }

  /// The operating points that a rule finds best; several where they are equally good.
  package func best(_ cut: Cut) -> [Point] {
    func worth(_ point: Point) -> Double {
      switch cut {
      case .youden: point.sensitivity + point.specificity
      case .closest:
        -((1 - point.sensitivity) * (1 - point.sensitivity) + (1 - point.specificity) * (1 - point.specificity))
      case .cost(let cost, let prevalence):
        point.sensitivity + (1 - prevalence) / (cost * prevalence) * point.specificity
      }
    }
    let worths = points.map(worth), best = worths.max()!
    return zip(points, worths).filter { abs($0.1 - best) <= 1e-12 * abs(best) }.map(\.0)
  }
}

/// How far the structural components of each patient's rows lie from the area. Obuchowski 1997, doi:10.2307/2533958.
struct PatientComponents: Sendable {
  private let ofEvents: [Double], ofOthers: [Double]
  /// Rows, and patients who have one, of either kind; patients with any.
  private let rows: (events: Double, others: Double)
  let patients: (events: Double, others: Double, all: Double)

  init(_ components: [Double], _ isEvent: [Bool], _ clusters: [Int], center: Double) {
    func sums(_ kind: Bool, _ value: (Int) -> Double) -> [Double] {
      [Int]?.some(clusters).sums(components.indices.map { isEvent[$0] == kind ? value($0) : 0 })
    }
    let counts = (events: sums(true) { _ in 1 }, others: sums(false) { _ in 1 })
    (ofEvents, ofOthers) = (sums(true) { components[$0] - center }, sums(false) { components[$0] - center })
    rows = (counts.events.reduce(0, +), counts.others.reduce(0, +))
    patients = (
      Double(counts.events.count { $0 > 0 }), Double(counts.others.count { $0 > 0 }), Double(Set(clusters).count)
    )
  }

  /// The covariance of two areas of the same rows; not a number for a single patient of either kind.
  func covariance(with other: PatientComponents) -> Double {
    func sum(_ a: [Double], _ b: [Double]) -> Double { pairwiseSum(a.count) { a[$0] * b[$0] } }
    let mixed = sum(ofEvents, other.ofOthers) + sum(ofOthers, other.ofEvents)
    return patients.events / (patients.events - 1) * sum(ofEvents, other.ofEvents) / (rows.events * rows.events)
      + patients.others / (patients.others - 1) * sum(ofOthers, other.ofOthers) / (rows.others * rows.others)
      + patients.all / (patients.all - 1) * mixed / (rows.events * rows.others)
  }

  /// The covariance of two areas of different rows, some of which may be of the same patients.
  func covariance(acrossRows other: PatientComponents) -> Double {
    func ofArea(_ part: PatientComponents, _ patient: Int) -> Double {
      guard patient < part.ofEvents.count else { return 0 }
      return part.ofEvents[patient] / part.rows.events + part.ofOthers[patient] / part.rows.others
    }
    return pairwiseSum(ofEvents.count) { ofArea(self, $0) * ofArea(other, $0) }
  }
}

/// Tests of two areas under the curve. DeLong, DeLong and Clarke-Pearson 1988.
extension ROC {
  /// The area less that of another marker of the same rows; of equal markers it has no error, and there is nothing to test.
  package func difference(from other: ROC) -> Estimate {
    // In this order what is not a number stays so.
    let variance = max(variance + other.variance - 2 * covariance(with: other), 0)
    return Estimate(auc - other.auc, error: variance.squareRoot())
  }

  /// The area less that of another sample of rows, with Welch's degrees of freedom; patients with rows in both are allowed for.
  package func difference(fromOtherRows other: ROC) -> Estimate {
    let (v, w) = (variance, other.variance)
    func count(_ roc: ROC) -> Double { roc.patients?.patients.all ?? Double(roc.positives + roc.negatives) }
    let (n, m) = (count(self), count(other))
    let shared = patients.flatMap { own in other.patients.map { own.covariance(acrossRows: $0) } } ?? 0
    return Estimate(
      auc - other.auc, error: max(v + w - 2 * shared, 0).squareRoot(),
      df: (v + w) * (v + w) / (v * v / (n - 1) + w * w / (m - 1)))
  }
}

extension ROC {
  /// Wilson's limits of sensitivity at each specificity of the curve, pointwise; nil where there are too few events.
  package func band(alpha: Double = 0.05) -> [(place: Double, lower: Double, upper: Double)]? {
    guard positives > 1 else { return nil }
    return points.reversed().compactMap { point in
      let cases = Int((point.sensitivity * Double(positives)).rounded())
      return Proportion(cases, of: positives).limits(.wilson, alpha: alpha).map {
        (1 - point.specificity, $0.lowerBound, $0.upperBound)
      }
    }
  }
}

extension ROC: Documented {
  package static let name = "auc"
  package static let summary =
    "How well a marker tells events from others: the area under the receiver operating characteristic."
  package static let definition =
    "P(marker of an event > marker of another) + P(both are equal) / 2; standard error by DeLong from structural "
    + "components, of patients with several rows by Obuchowski"
  package static let limits =
    "Undefined without events and others. An area says nothing of calibration, nor where to cut. Of a model on "
    + "the rows that it was fitted to it is too large. DeLong's test does not hold between nested models on their "
    + "own rows."
  package static let reference =
    "DeLong et al. 1988, doi:10.2307/2531595; Sun and Xu 2014, doi:10.1109/LSP.2014.2337313; Obuchowski 1997, "
    + "doi:10.2307/2533958"
}

extension ROC.Cut: Documented {
  package static let name = "youden"
  package static let summary =
    "Where a marker is cut: largest sum of sensitivity and specificity, nearest to both being 1, or least "
    + "expected cost."
  package static let definition =
    "youden: max sensitivity + specificity − 1 (J); closest: min (1 − sensitivity)² + (1 − specificity)²; "
    + "cost K: max sensitivity − (1 − prevalence) / (K prevalence) · (1 − specificity)"
  package static let limits =
    "A cut that is chosen on the rows that it is judged on flatters; judge it on others. J weighs a "
    + "missed event as a false alarm, whatever they cost."
  package static let reference =
    "Youden 1950, doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3; as pROC"
}
