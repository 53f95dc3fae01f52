import RadiomicsCore
import RadiomicsStatistics

/// How far a quantity repeats, and who has shown it.
public struct RepeatabilityClaim: Sendable, Hashable {
  /// What is claimed.
  public enum Kind: Sendable, Hashable {
    /// The error does not depend on the value: repeatability coefficient RC, in the quantity's unit.
    case constant(rc: Double)
    /// The error grows with the value: within-subject coefficient of variation, as a fraction.
    case proportional(wcv: Double)
  }

  /// What is claimed.
  public let kind: Kind
  /// The study.
  public let source: String
  /// Values for which it was shown; nil if nobody says.
  public let range: ClosedRange<Double>?
  /// Degrees of freedom of the study's error; nil if nobody says.
  public let df: Double?

  init(setting: Setting) throws(SettingError) {
    try setting.requireMap("a claim", ["rc", "wsd", "wcv", "pct_rc", "source", "range", "df"])
    var kinds: [Kind] = []
    for (key, _, value) in setting.entries where ["rc", "wsd", "wcv", "pct_rc"].contains(key) {
      let number = try Double(setting: value)
      guard number > 0, number.isFinite else { throw value.error("'\(key)' is \(value.value), must be above 0.") }
      switch key {
      case "rc": kinds.append(.constant(rc: number))
      case "wsd": kinds.append(.constant(rc: Repeatability.factor * number))
      case "wcv": kinds.append(.proportional(wcv: number))
      default: kinds.append(.proportional(wcv: number / (100 * Repeatability.factor)))
      }
    }
    guard kinds.count == 1 else {
      throw setting.error(
        "a claim has \(kinds.count) of rc, wsd, wcv (a fraction) and pct_rc, must have exactly one of them.")
    }
    guard let source = setting["source"] else {
      throw setting.error("a claim needs 'source', the study that it comes from.")
    }
    kind = kinds[0]
    self.source = try String(setting: source)
    df = try setting["df"].map { (df) throws(SettingError) in
      let number = try Double(setting: df)
      guard number >= 1, number.isFinite else { throw df.error("'df' is \(df.value), must be 1 or more.") }
      return number
    }
    range = try setting["range"].map { (range) throws(SettingError) in
      guard range.elements.count == 2 else { throw range.error("'range' is \(range.value), must be two numbers.") }
      let low = try Double(setting: range.elements[0]), high = try Double(setting: range.elements[1])
      guard low < high else { throw range.error("'range' is \(range.value), must have its lower end first.") }
      return low...high
    }
  }

  /// The 95 % interval of the true value around a measured one, its bias taken to be negligible; or why there is none.
  /// Obuchowski and Bullen 2018, doi:10.1177/0962280217693662.
  public func interval(around value: Double) -> Result<ClosedRange<Double>, UncertaintyError> {
    if let range, !range.contains(value) {
      return .failure(
        UncertaintyError(
          "the claim was shown for \(shortText(range.lowerBound)) to \(shortText(range.upperBound)) only"))
    }
    switch kind {
    case .constant(let rc):
      let half = rc / 2.0.squareRoot()
      return .success(value - half...value + half)
    case .proportional(let wcv):
      guard value > 0 else { return .failure(UncertaintyError("the claim is relative, and the value is not above 0")) }
      let factor = exp(1.96 * log(1 + wcv * wcv).squareRoot())
      return .success(value / factor...value * factor)
    }
  }

  /// What it rests on, for people.
  public func basis(unit: String) -> String {
    let unit = unit == "1" ? "" : " \(unit)"
    return switch kind {
    case .constant(let rc):
      "±1.96 wSD = RC/√2; RC \(shortText(rc))\(unit) from \(source); negligible bias assumed"
    case .proportional(let wcv):
      "asymmetric, by wCV \(shortText(100 * wcv, digits: 3)) % from \(source); negligible bias assumed"
    }
  }
}

/// Why a value has no interval.
public struct UncertaintyError: Error, Sendable, Hashable {
  /// The rest of a sentence.
  public let reason: String
  init(_ reason: String) { self.reason = reason }
}
