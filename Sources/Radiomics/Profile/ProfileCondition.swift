import RadiomicsCore
import RadiomicsFormats

/// What one fact of an acquisition must be.
public struct ProfileCondition: Sendable, Hashable {
  /// What is asked for.
  public enum Demand: Sendable, Hashable {
    case number(Double, tolerance: Double)
    case range(ClosedRange<Double>)
    case texts([String])
  }

  /// How an acquisition stands to it.
  public enum Verdict: String, Sendable, Hashable {
    case pass, fail
    /// Neither the header nor the user says.
    case unknown
  }

  /// The fact, as the provenance calls it: `tube_voltage_kv`.
  public let name: String
  /// What it must be.
  public let demand: Demand

  init(name: String, _ setting: Setting) throws(SettingError) {
    self.name = name
    func texts(_ values: [Setting.Value]) -> [String] {
      values.map { value in if case .text(let text) = value { text } else { value.description } }
    }
    switch setting.value {
    case .integer(let number): demand = .number(Double(number), tolerance: 0)
    case .number(let number): demand = .number(number, tolerance: 0)
    case .text(let text): demand = .texts([text])
    case .list(let values): demand = .texts(texts(values))
    case .map:
      try setting.requireMap("a condition", ["value", "tolerance", "at_least", "at_most", "one_of"])
      if let list = setting["one_of"], case .list(let values) = list.value, setting.entries.count == 1 {
        demand = .texts(texts(values))
      } else if let value = setting["value"], setting["at_least"] == nil, setting["at_most"] == nil,
        setting["one_of"] == nil
      {
        let tolerance = try setting["tolerance"].map { (t) throws(SettingError) in try Double(setting: t) } ?? 0
        guard tolerance >= 0 else { throw setting.error("'tolerance' is \(numberText(tolerance)), must be 0 or more.") }
        demand = .number(try Double(setting: value), tolerance: tolerance)
      } else {
        let low = try setting["at_least"].map { (n) throws(SettingError) in try Double(setting: n) }
        let high = try setting["at_most"].map { (n) throws(SettingError) in try Double(setting: n) }
        guard low != nil || high != nil, setting["value"] == nil, setting["one_of"] == nil, setting["tolerance"] == nil,
          low ?? -.infinity <= high ?? .infinity
        else {
          throw setting.error(
            "the condition '\(name)' must be a value, {value, tolerance}, {at_least, at_most} or {one_of: [...]}.")
        }
        demand = .range((low ?? -.infinity)...(high ?? .infinity))
      }
    default:
      throw setting.error(
        "the condition '\(name)' is \(setting.value.kind), must be a value, {value, tolerance}, {at_least, at_most} or {one_of: [...]}."
      )
    }
  }

  /// What must be, for people.
  public var text: String {
    switch demand {
    case .number(let value, 0): numberText(value)
    case .number(let value, let tolerance): "\(numberText(value)) ± \(numberText(tolerance))"
    case .range(let range) where range.lowerBound == -.infinity: "at most \(numberText(range.upperBound))"
    case .range(let range) where range.upperBound == .infinity: "at least \(numberText(range.lowerBound))"
    case .range(let range): "\(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
    case .texts(let texts): texts.joined(separator: " or ")
    }
  }

  /// How a fact stands to it; of one with several values (slices may differ) all must pass.
  func verdict(_ fact: AcquisitionFact?) -> Verdict {
    guard let fact, !fact.values.isEmpty else { return .unknown }
    return fact.values.allSatisfy(accepts) ? .pass : .fail
  }

  private func accepts(_ value: AcquisitionFact.Value) -> Bool {
    switch (demand, value) {
    case (.texts(let texts), .text(let text)): texts.contains { $0.lowercased() == text.lowercased() }
    case (.texts(let texts), .number(let number)): texts.contains { Double($0) == number }
    case (_, .text(let text)): Double(text).map(accepts) ?? false
    case (_, .number(let number)): accepts(number)
    }
  }

  private func accepts(_ number: Double) -> Bool {
    switch demand {
    // A tolerance covers rounding in headers, too.
    case .number(let value, let tolerance): abs(number - value) <= tolerance + 1e-9 * abs(value)
    case .range(let range): range.contains(number)
    case .texts: false
    }
  }
}
