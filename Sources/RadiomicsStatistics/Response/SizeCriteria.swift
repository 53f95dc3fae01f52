import RadiomicsCore

/// Response by products of two diameters, as WHO had it: the area of lesions in place of their lengths.
///
/// Example: a lesion of 40 × 30 mm, then 30 × 20 mm: 600 of 1,200 mm², half: partial response.
package struct ProductResponse: Sendable {
  /// Sum of products at each visit in units of 10⁻⁴ mm²; nil if one is not known.
  package let sums: [Int?]
  /// The visits after the baseline.
  package let visits: [ResponseCategory]

  /// Nil where there are no target lesions, or a product is not known at the baseline.
  /// - `recist`: The same lesions by RECIST 1.1, for lesions that are not measured.
  package init?(_ lesions: [Lesion], _ recist: Recist) {
    let targets = lesions.filter { $0.role == .target }
    guard !targets.isEmpty, targets.allSatisfy({ $0.products[0] != nil }) else { return nil }
    sums = (0...recist.visits.count).map { visit in
      targets.reduce(0 as Int?) { sum, lesion in sum.flatMap { sum in lesion.products[visit].map { sum + $0 } } }
    }
    let baseline = sums[0]!
    visits = recist.visits.enumerated().map { [sums] index, visit in
      let hasGrown = targets.contains { lesion in
        guard let product = lesion.products[index + 1],
          let least = lesion.products[...index].compactMap({ $0 }).min()
        else { return false }
        return product > least && 4 * product >= 5 * least
      }
      let target: ResponseCategory =
        if hasGrown { .progressive } else if let sum = sums[index + 1] {
          sum == 0 ? .complete : 2 * sum <= baseline ? .partial : .stable
        } else { .notEvaluable }
      return Recist.overall(target, visit.nonTarget, hasNew: visit.hasNew == true)
    }
  }
}

extension ProductResponse: Documented {
  package static let name = "who-response"
  package static let summary = "Response by the product of the longest diameter and its perpendicular: CR, PR, SD, PD."
  package static let definition =
    "PD: the product of one lesion is at least 25 % above its least so far, or a new lesion, or progression of a non-target lesion; PR: the sum of products "
    + "is at least 50 % below the baseline; CR: nothing is left"
  package static let limits = "WHO calls stable disease no change, and has no normal size of nodes"
  package static let reference = "WHO handbook for reporting results of cancer treatment, 1979; Miller et al. 1981"
}

/// Response by the volumes of target lesions.
///
/// Example: 1,000 mm³, then 350 mm³: 65 % less, which is a sphere's diameter shrunk by 30 %.
package struct VolumeResponse: Sendable {
  /// The changes that count, as shares: −0.65 or less is partial response, 0.73 or more progression.
  package struct Limits: Sendable, Hashable {
    package var decrease = -0.65, increase = 0.73
    package init(decrease: Double = -0.65, increase: Double = 0.73) {
      (self.decrease, self.increase) = (decrease, increase)
    }

    /// Those beyond a repeatability coefficient: `1 + coefficient` times as much, or as little.
    package init(repeatability coefficient: Double) {
      self.init(decrease: 1 / (1 + coefficient) - 1, increase: coefficient)
    }
  }

  /// Sum of volumes at each visit, mm³; nil if one is not known.
  package let sums: [Double?]
  /// The visits after the baseline.
  package let visits: [ResponseCategory]

  /// Nil where there are no target lesions, or a volume is not known at the baseline.
  package init?(_ lesions: [Lesion], _ recist: Recist, _ limits: Limits) {
    let targets = lesions.filter { $0.role == .target }
    guard !targets.isEmpty, targets.allSatisfy({ $0.volumes[0] != nil }) else { return nil }
    sums = (0...recist.visits.count).map { visit in
      targets.reduce(0 as Double?) { sum, lesion in sum.flatMap { sum in lesion.volumes[visit].map { sum + $0 } } }
    }
    let baseline = sums[0]!
    // A share that is the limit but for rounding of its volumes reaches it.
    let rounding = 1e-12
    visits = recist.visits.enumerated().map { [sums] index, visit in
      let nadir = sums[...index].compactMap { $0 }.min()!
      let target: ResponseCategory =
        if let sum = sums[index + 1] {
          if targets.allSatisfy({ $0.isGone(index + 1) }) {
            .complete
          } else if sum > nadir,
            sum >= nadir * (1 + limits.increase) * (1 - rounding)
          {
            .progressive
          } else if sum <= baseline * (1 + limits.decrease) * (1 + rounding) {
            .partial
          } else {
            .stable
          }
        } else { .notEvaluable }
      return Recist.overall(target, visit.nonTarget, hasNew: visit.hasNew == true)
    }
  }
}

extension VolumeResponse: Documented {
  package static let name = "volume-response"
  package static let summary = "Response by the sum of the volumes of target lesions: CR, PR, SD, PD."
  package static let definition =
    "PR: at least 65 % below the baseline, PD: at least 73 % above the nadir, which are 30 % less and 20 % more of a sphere's diameter; or beyond a "
    + "repeatability coefficient RC: 1 / (1 + RC) of the baseline or less, 1 + RC of the nadir or more"
  package static let limits =
    "there is no agreed pair of limits for volumes: take the repeatability of the outlines where it is known"
  package static let reference = "Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026 (diameters)"
}
