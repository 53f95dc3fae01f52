import RadiomicsCore

/// What a feature must meet to be kept, as a user states it: `icc_lower > 0.75`, `wcv < 10%`.
package struct Requirement: Sendable, Hashable, CustomStringConvertible {
  /// How value and limit are compared.
  package enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .atLeast: value >= limit
      case .atMost: value <= limit
      case .above: value > limit
      case .below: value < limit
      }
    }
  }

  /// The statistic, as tables name it.
  package let name: String
  /// How it is compared.
  package let relation: Relation
  /// With what, as it is written: 10 of `10%`.
  package let number: Double
  /// Whether it is written as a percentage.
  package let isPercent: Bool

  /// What it says.
  package var description: String { "\(name) \(relation.rawValue) \(numberText(number))\(isPercent ? "%" : "")" }

  /// The limit of a statistic with some unit: 10 % of one that is itself in percent is 10, of others 0.1.
  func limit(unit: String) -> Double { isPercent && unit != "%" ? number / 100 : number }

  /// Reads `name relation number`, where `10%` is 0.1; nil if it is nothing of the kind.
  package init?(_ text: String) {
    guard let relation = Relation.allCases.first(where: { text.contains($0.rawValue) }),
      let place = text.firstRange(of: relation.rawValue)
    else { return nil }
    let name = text[..<place.lowerBound].filter { $0 != " " }, number = text[place.upperBound...].filter { $0 != " " }
    let isPercent = number.hasSuffix("%")
    guard !name.isEmpty, let limit = Double(isPercent ? String(number.dropLast()) : String(number)), limit.isFinite
    else { return nil }
    self.name = String(name)
    self.relation = relation
    self.number = limit
    self.isPercent = isPercent
  }

  /// Whether it is about something relative, which only positive values on a ratio scale have.
  var isRelative: Bool { ["wcv", "wcv_upper"].contains(name) || name.contains("CV") || name.contains("pctRC") }
}

/// Whether a feature is kept, and why not.
package struct Verdict: Sendable, Hashable {
  /// Whether all requirements are met.
  package var isKept: Bool { reasons.isEmpty }
  /// One for each requirement that is not met.
  package let reasons: [String]

  /// The verdict on a feature. Where relative statistics mean nothing, a requirement of `rc_over_between_sd` stands for
  /// those of them, if there is one.
  package init(_ feature: FeatureReliability, _ requirements: [Requirement]) {
    let hasSubstitute = requirements.contains { $0.name == "rc_over_between_sd" }
    reasons = requirements.compactMap { requirement in
      let statistic = feature.statistic(requirement.name), limit = requirement.limit(unit: statistic?.unit ?? "1")
      switch statistic?.cell {
      case .value(let value)?:
        if requirement.relation.holds(value, limit) { return nil }
        return
          "\(requirement.name) is \(shortText(value)), must be \(requirement.relation.rawValue) \(numberText(limit))"
      case .undefined(let reason)?:
        return requirement.isRelative && hasSubstitute ? nil : "\(requirement.name) is undefined: \(reason)"
      case nil: return "\(requirement.name) was not computed"
      }
    }
  }
}
