import RadiomicsCore

/// Settings that several analyses have, each declared once.
extension Parameter where Owner: Configurable {
  static func markers(_ path: WritableKeyPath<Owner, [String]> & Sendable) -> Self {
    Parameter("markers", path, omitsDefault: true, "Columns, or calculations such as 'log(volume)'.")
  }

  static func subject(_ path: WritableKeyPath<Owner, String?> & Sendable) -> Self {
    Parameter("subject", path, "The column that names the patients, where some have several rows: errors allow for it.")
  }

  static func positive(_ path: WritableKeyPath<Owner, String?> & Sendable) -> Self {
    Parameter("positive", path, "Which of the outcome's two values is the event; without it 1 or true.")
  }

  /// One minus what is called alpha.
  package static func confidence(_ path: WritableKeyPath<Owner, Double> & Sendable) -> Self {
    Parameter("confidence", path, in: 0.5...1, "Level of confidence of limits.")
  }

  static func bootstrap(_ path: WritableKeyPath<Owner, Int> & Sendable, _ summary: String) -> Self {
    Parameter("bootstrap", path, in: 0...100_000, "Samples with replacement: \(summary); 0 for none.")
  }

  static func seed(_ path: WritableKeyPath<Owner, UInt64> & Sendable) -> Self {
    Parameter("seed", path, "Where random samples begin.")
  }

  static func horizon(_ path: WritableKeyPath<Owner, Double?> & Sendable, _ summary: String) -> Self {
    Parameter("horizon", path, in: .positive, summary)
  }

  /// Thresholds of decision curves.
  static func thresholds(_ path: WritableKeyPath<Owner, [Double]> & Sendable) -> Self {
    Parameter(
      "thresholds", "a number from 0 to 1, or a list of them",
      "Probabilities at which patients would be treated, for decision curves; 0.01 to 0.6 without it."
    ) { (setting, owner) throws(SettingError) in
      let values = try [Double](setting: setting)
      guard values.allSatisfy({ $0 > 0 && $0 < 1 }) else {
        throw setting.error("'thresholds' is \(setting.value), must be above 0 and below 1.")
      }
      owner[keyPath: path] = values.sorted()
    } write: { owner in
      let values = owner[keyPath: path]
      return values == Owner()[keyPath: path] ? .null : .list(values.map { .number($0) })
    }
  }
}

/// Settings of those that ask about an outcome.
extension Parameter where Owner: Configurable & AsksOfRoles {
  /// A column of two values.
  static var outcome: Self {
    Parameter("outcome", "a column, or a calculation", "The outcome of two values, of which 1 or true is the event.") {
      (setting, owner) throws(SettingError) in
      if case .survival? = owner.outcome {
        throw setting.error("'outcome' and 'time' or 'event' are set, must be one of both.")
      }
      owner.outcome = .binary(try String(setting: setting))
    } write: { owner in
      if case .binary(let name)? = owner.outcome { .text(name) } else { .null }
    }
  }

  /// Columns of a time and of the event that ends it.
  static var times: [Self] {
    [
      part(of: \.time, "time", "The column with the end of observation, or a calculation."),
      part(of: \.event, "event", "The column that is 1 if the event ended it, else 0, or a calculation."),
    ]
  }

  private static func part(
    of path: WritableKeyPath<Roles, String> & Sendable, _ key: String, _ summary: String
  ) -> Self {
    Parameter(key, "a column, or a calculation", summary) { (setting, owner) throws(SettingError) in
      if case .binary? = owner.outcome {
        throw setting.error("'outcome' and '\(key)' are set, must be one of both.")
      }
      owner.roles[keyPath: path] = try String(setting: setting)
    } write: { owner in
      if case .survival? = owner.outcome { .text(owner.roles[keyPath: path]) } else { .null }
    }
  }
}
