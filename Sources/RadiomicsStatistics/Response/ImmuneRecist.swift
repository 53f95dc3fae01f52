import RadiomicsCore

/// Response under immunotherapy (iRECIST): progression by RECIST 1.1 is unconfirmed (iUPD) until a later visit shows more of it (iCPD), or
/// that it went back.
///
/// Example: sums of 100, 130 and 134 mm: iUPD, still iUPD as 4 mm more do not confirm it; with 135 mm it were iCPD.
package struct ImmuneRecist: Sendable {
  /// What iRECIST calls a response.
  package enum Category: String, Sendable, Hashable, CaseIterable {
    case complete = "iCR"
    case partial = "iPR"
    case stable = "iSD"
    case unconfirmed = "iUPD"
    case confirmed = "iCPD"
    case notEvaluable = "NE"
    case persistent = "non-iCR/non-iUPD"
    case noDisease = "NED"

    /// The response of RECIST 1.1 under its name here; progression is unconfirmed.
    init(_ response: ResponseCategory) {
      self =
        switch response {
        case .complete: .complete
        case .partial: .partial
        case .stable: .stable
        case .progressive: .unconfirmed
        case .notEvaluable: .notEvaluable
        case .persistent: .persistent
        case .noDisease: .noDisease
        }
    }
  }

  /// What is found at a visit after the baseline.
  package struct Visit: Sendable, Hashable {
    package let target, nonTarget: Category?
    package let overall: Category
  }

  /// By what disease progresses.
  private struct Kinds: OptionSet {
    let rawValue: Int
    static let target = Kinds(rawValue: 1), nonTarget = Kinds(rawValue: 2), new = Kinds(rawValue: 4)

    init(rawValue: Int) { self.rawValue = rawValue }
    init(_ visit: Recist.Visit) {
      self = []
      if visit.target == .progressive { insert(.target) }
      if visit.nonTarget == .progressive { insert(.nonTarget) }
      if visit.hasNew == true { insert(.new) }
    }
  }

  package let visits: [Visit]

  /// - `recist`: The same visits by RECIST 1.1.
  package init(_ recist: Recist) {
    var open: (kinds: Kinds, first: Recist.Visit)?, isConfirmed = false, visits: [Visit] = []
    for visit in recist.visits {
      let kinds = Kinds(visit)
      var overall = Category(visit.overall)
      if isConfirmed {
        overall = .confirmed
      } else if kinds.isEmpty {
        // What could not be seen neither confirms progression nor takes it back.
        if visit.overall != .notEvaluable { open = nil }
      } else if let earlier = open {
        if !kinds.isSubset(of: earlier.kinds) || Self.isMore(visit, than: earlier.first, kinds) {
          (overall, isConfirmed) = (.confirmed, true)
        }
      } else {
        open = (kinds, visit)
      }
      visits.append(
        Visit(
          target: visit.target.map { Category($0) }, nonTarget: visit.nonTarget.map { Category($0) }, overall: overall))
    }
    self.visits = visits
  }

  /// Whether progression has gone on since it was first seen: 5 mm in a sum, more new lesions, or further growth of lesions that are not
  /// measured.
  private static func isMore(_ visit: Recist.Visit, than first: Recist.Visit, _ kinds: Kinds) -> Bool {
    let step = Lesion.Length.increase
    return kinds.contains(.target) && visit.known - first.known >= step
      || kinds.contains(.nonTarget) && visit.growsFurther
      || kinds.contains(.new)
        && (visit.newCount > first.newCount || visit.newSum - first.newSum >= step || visit.newGrowsFurther)
  }
}

extension ImmuneRecist: Documented {
  package static let name = "irecist"
  package static let summary =
    "Response under immunotherapy: progression is unconfirmed (iUPD) until a later visit confirms it (iCPD)."
  package static let definition =
    "iUPD: progression by RECIST 1.1; iCPD: at a later visit at least 5 mm more in the sum of target lesions or of new ones, more new lesions, further "
    + "growth of lesions that are not measured, or progression of another kind of lesion; where progression is gone, the next is iUPD again"
  package static let limits =
    "the 4 to 8 weeks within which progression is to be confirmed are not held against the dates of visits"
  package static let reference = "Seymour et al. 2017, doi:10.1016/S1470-2045(17)30074-8"
}
