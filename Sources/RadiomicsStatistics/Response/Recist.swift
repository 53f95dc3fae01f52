import RadiomicsCore

/// What became of lesions, as RECIST 1.1 and others say it.
package enum ResponseCategory: String, Sendable, Hashable, CaseIterable {
  case complete = "CR"
  case partial = "PR"
  case stable = "SD"
  case progressive = "PD"
  case notEvaluable = "NE"
  /// There, and no unequivocal progression; the only disease where there are no target lesions.
  case persistent = "non-CR/non-PD"
  /// No disease at the baseline, and none since.
  case noDisease = "NED"
}

/// Response of the target lesions, of the others, and of both at the visits of one subject by RECIST 1.1.
///
/// Example: sums of 100, 70 and 84 mm: partial response (30 % less than 100), then progression (20 % and 14 mm more than the least, 70),
/// although 84 is less than the baseline.
package struct Recist: Sendable {
  /// What is found at a visit after the baseline.
  package struct Visit: Sendable, Hashable {
    /// Sum of the target lesions, hundredths of a millimetre; nil if one of them is not known.
    package var sum: Int?
    /// The sum of those that are known.
    package var known = 0
    /// The least sum before this visit, the baseline among them.
    package var nadir = 0
    /// Nil where there are no target lesions.
    package var target: ResponseCategory?
    /// Nil where there are no non-target lesions.
    package var nonTarget: ResponseCategory?
    /// Whether there are new lesions that are surely such; nil: there are only doubtful ones.
    package var hasNew: Bool? = false
    package var overall = ResponseCategory.notEvaluable
    /// Whether progression is that of a lesion that had been gone.
    package var isReappearance = false
    /// Non-target or new lesions that grew further, number of new lesions and sum of their sizes.
    package var growsFurther = false, newGrowsFurther = false, newCount = 0, newSum = 0
  }

  /// Sum of the target lesions at the baseline, hundredths of a millimetre; 0 where there are none.
  package let baseline: Int
  /// The visits after the baseline.
  package let visits: [Visit]

  /// - `lesions`: Of one subject, with equally many visits; sizes of target lesions are known at the baseline.
  package init(_ lesions: [Lesion], visits count: Int) {
    let targets = lesions.filter { $0.role == .target }, others = lesions.filter { $0.role == .nonTarget },
      new = lesions.filter { $0.role == .new }
    baseline = targets.reduce(0) { $0 + ($1.size(0) ?? 0) }
    var nadir = baseline, complete = 0, wasComplete = false, visits: [Visit] = []
    for index in 1..<max(count, 1) {
      var visit = Visit()
      visit.nadir = nadir
      if !targets.isEmpty {
        visit.add(
          targets, index, baseline: baseline,
          back: targets.contains { $0.isBack(index, after: wasComplete, confirmed: complete > 1) })
      }
      visit.nonTarget = Self.nonTarget(others, index)
      visit.add(new: new, index)
      visit.growsFurther = others.contains { $0.states[index] == .progression(further: true) }
      visit.overall = Self.overall(visit.target, visit.nonTarget, hasNew: visit.hasNew == true)
      if let sum = visit.sum { nadir = min(nadir, sum) }
      complete = visit.target == .complete ? complete + 1 : 0
      wasComplete = wasComplete || complete > 0
      visits.append(visit)
    }
    self.visits = visits
  }

  /// Non-target lesions: progression of one counts before all; one that is there is enough for non-CR/non-PD; complete response only if
  /// all were seen to be gone.
  static func nonTarget(_ lesions: [Lesion], _ visit: Int) -> ResponseCategory? {
    guard !lesions.isEmpty else { return nil }
    let states = lesions.map { $0.states[visit] }
    if states.contains(where: { if case .progression? = $0 { true } else { false } }) { return .progressive }
    if states.contains(.present) { return .persistent }
    return states.allSatisfy { $0 == .absent } ? .complete : .notEvaluable
  }

  /// Table 1 and 2 of RECIST 1.1.
  package static func overall(
    _ target: ResponseCategory?, _ nonTarget: ResponseCategory?, hasNew: Bool
  ) -> ResponseCategory {
    if hasNew || target == .progressive || nonTarget == .progressive { return .progressive }
    switch target {
    case nil: return nonTarget ?? .noDisease
    case .complete?: return nonTarget == nil || nonTarget == .complete ? .complete : .partial
    case let target?: return target
    }
  }

  /// The best response until progression, which need not be confirmed; not evaluable where there is none.
  package static func best(_ responses: [ResponseCategory]) -> ResponseCategory {
    let end = responses.firstIndex(of: .progressive).map { $0 + 1 } ?? responses.count
    let order: [ResponseCategory] = [.complete, .partial, .stable, .persistent, .noDisease, .progressive]
    return order.first { responses[..<end].contains($0) } ?? .notEvaluable
  }
}

extension Lesion {
  /// Whether a lesion that was gone is back: after complete response one that is no node; a node only after complete response that was
  /// confirmed, if it is no longer of normal size.
  fileprivate func isBack(_ visit: Int, after wasComplete: Bool, confirmed: Bool) -> Bool {
    guard isNode ? confirmed : wasComplete, let size = size(visit) else { return false }
    return isNode ? !isGone(visit) && size >= Length.normalNode : size > 0
  }

  /// What was last seen of it by a visit.
  fileprivate func last(_ visit: Int) -> State? { states[...visit].last { $0 != nil && $0 != .notEvaluable } ?? nil }
}

extension Recist.Visit {
  fileprivate mutating func add(_ targets: [Lesion], _ visit: Int, baseline: Int, back: Bool) {
    let sizes = targets.map { $0.size(visit) }
    known = sizes.reduce(0) { $0 + ($1 ?? 0) }
    sum = sizes.contains(nil) ? nil : known
    let increase = known - nadir
    isReappearance = back
    target =
      if targets.allSatisfy({ $0.isGone(visit) }) {
        .complete
      } else if back
        || (increase >= Lesion.Length.increase && 5 * increase >= nadir)
      { .progressive } else if sum == nil { .notEvaluable } else if 10 * known <= 7 * baseline { .partial } else {
        .stable
      }
  }

  /// New lesions stay until they were seen to be gone.
  fileprivate mutating func add(new lesions: [Lesion], _ visit: Int) {
    var doubtful = false
    for lesion in lesions {
      switch lesion.last(visit) {
      case nil, .absent?: continue
      case .equivocal?: doubtful = true
      case .measured(let size, _)?:
        newCount += 1
        newSum += size
      case .tooSmall?:
        newCount += 1
        newSum += Lesion.Length.tooSmall
      default: newCount += 1
      }
      if lesion.states[visit] == .progression(further: true) { newGrowsFurther = true }
    }
    hasNew = newCount > 0 ? true : doubtful ? nil : false
  }
}

extension Recist: Documented {
  package static let name = "recist"
  package static let summary =
    "Response of solid tumours by the sum of target lesions, by non-target and new lesions: CR, PR, SD, PD, NE."
  package static let definition =
    "CR: all target lesions gone, every target node below 10 mm in its short axis; PD: sum at least 20 % and at least 5 mm above the nadir (the least sum "
    + "so far, the baseline among them), a target lesion that is back after CR, a new lesion, or unequivocal progression of a non-target lesion; NE: a target "
    + "lesion is not known, unless those that are known reach PD; PR: sum at least 30 % below the baseline; SD: none of these. In this order, in whole "
    + "hundredths of a millimetre, without rounding of percentages"
  package static let reference =
    "Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026; Schwartz et al. 2016, doi:10.1016/j.ejca.2016.03.081"
}
