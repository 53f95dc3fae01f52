import RadiomicsCore

/// P values corrected for the number of tests that they come from. As R's `p.adjust`.
package enum Multiplicity: String, Sendable, CaseIterable {
  /// Times the number of tests. Controls the chance of any false positive.
  case bonferroni
  /// Step down; as safe as Bonferroni's, and never larger. Holm 1979, JSTOR 4615733.
  case holm
  /// Step up; for independent or positively dependent tests. Hochberg 1988, doi:10.1093/biomet/75.4.800.
  case hochberg
  /// Controls the expected share of false positives among positives, for independent or positively dependent tests. Benjamini and
  /// Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
  case benjaminiHochberg = "bh"
  /// The same under any dependence. Benjamini and Yekutieli 2001, doi:10.1214/aos/1013699998.
  case benjaminiYekutieli = "by"

  /// Corrected values in the order of those given; none is above 1. O(n log n).
  /// - `p`: From 0 to 1.
  package func adjusted(_ p: [Double]) -> [Double] {
    precondition(p.allSatisfy { (0...1).contains($0) }, "p values are from 0 to 1")
    let n = Double(p.count), order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    let harmonic = (0..<p.count).reduce(0) { $0 + 1 / Double(p.count - $1) }
    var result = p
    func steps(_ places: [Int], _ merge: (Double, Double) -> Double, _ factor: (Int) -> Double) {
      var last: Double?
      for place in places {
        let own = p[order[place]] * factor(place), value = last.map { merge($0, own) } ?? own
        last = value
        result[order[place]] = min(1, value)
      }
    }
    let up = Array(p.indices.reversed())
    switch self {
    case .bonferroni: result = p.map { min(1, $0 * n) }
    case .holm: steps(Array(p.indices), max) { n - Double($0) }
    case .hochberg: steps(up, min) { n - Double($0) }
    case .benjaminiHochberg: steps(up, min) { n / Double($0 + 1) }
    case .benjaminiYekutieli: steps(up, min) { harmonic * n / Double($0 + 1) }
    }
    return result
  }
}

extension Multiplicity: Documented {
  package static let name = "multiplicity"
  package static let summary = "P values corrected for the number of tests that they come from."
  package static let definition =
    "Holm: step down, controls the chance of any false positive; Benjamini and Hochberg: step up, "
    + "controls the expected share of false positives among positives"
  package static let limits =
    "Benjamini and Hochberg's holds for independent or positively dependent tests. No correction makes up "
    + "for markers that were tried and not named."
  package static let reference =
    "Holm 1979, JSTOR 4615733; Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x; as "
    + "R's p.adjust"
}
