import RadiomicsCore
import RadiomicsStatistics

/// The estimators that files and the manual know by name.
package enum Estimators {
  package static let all: [any Estimator.Type] = [
    LogisticRegression.self, CoxRegression.self, FineGrayRegression.self, PenalisedCoxRegression.self,
  ]

  /// Reads `{ cox: { formula: age + sex, ties: breslow } }`.
  /// - Throws: `SettingError` with the place of what is unknown or out of its range.
  package static func read(_ setting: Setting) throws(SettingError) -> any Estimator {
    let known = all.map { $0.name }
    guard setting.entries.count == 1, let (name, place, value) = setting.entries.first else {
      throw setting.error(
        "an estimator is \(setting.value.kind), must be a map of one of \(known.joined(separator: ", ")).")
    }
    guard let type = all.first(where: { $0.name == name }) else {
      throw SettingError(
        place: place,
        message: "there is no estimator '\(name)', must be one of \(known.joined(separator: ", "))."
          + didYouMean(name, among: known))
    }
    return try type.init(setting: value)
  }
}

extension Parameter where Owner: Configurable {
  /// The right side of a formula.
  static func formula(_ path: WritableKeyPath<Owner, String> & Sendable, _ example: String) -> Self {
    Parameter("formula", path, isRequired: true, "The right side of a formula, as in R: \(example).")
  }

  /// A column of weights.
  static func weights(_ path: WritableKeyPath<Owner, String?> & Sendable) -> Self {
    Parameter("weights", path, "A column of weights of the rows, 0 or more; each row counts once without it.")
  }
}

extension Ties: ChoiceSetting {}
