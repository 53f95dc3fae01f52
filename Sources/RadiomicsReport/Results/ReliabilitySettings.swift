import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension ComponentMethod: ChoiceSetting {}

extension Requirement: SettingValue {
  package static var expectation: String { "a rule such as 'icc_lower > 0.75'" }
  package init(setting: Setting) throws(SettingError) {
    guard case .text(let text) = setting.value, let requirement = Requirement(text) else {
      throw setting.error("\(setting.value) is \(setting.value.kind), must be \(Self.expectation).")
    }
    self = requirement
  }
  package var settingValue: Setting.Value { .text(description) }
}

extension Roles: Configurable {
  package static let name = "conditions"
  package static let summary = "Who was measured under which conditions, by the columns that say so."
  package static let reference = "Raunig et al. 2015, doi:10.1177/0962280214537344"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("subject", \.subjects, "Columns that together name a subject."),
      condition(.session, "A visit: the same conditions again."), condition(.scanner, "A device."),
      condition(.reader, "A person or program that outlines."),
      condition(.processing, "A way of processing: reconstruction, preparation, perturbation."),
      Parameter("truth", \.truth, "A column with the true value, for linearity and bias."),
    ]
  }

  private static func condition(_ role: ConditionRole, _ summary: String) -> Parameter<Self> {
    Parameter(role.rawValue, "a column", summary) { (setting, roles) throws(SettingError) in
      roles.conditions[role] = try String(setting: setting)
    } write: {
      $0.conditions[role].map { .text($0) } ?? .null
    }
  }
}

extension Scale: ChoiceSetting {}

extension MeasuredTable.ReliabilityOptions: Configurable {
  package static let name = "reliability"
  package static let summary = "How far features can be trusted when a measurement is repeated."
  package static let definition =
    "y = μ + subject + subject:session + scanner + subject:scanner + reader + … + e, as far as named"
  package static let limits =
    "Coefficients hold for subjects as different as these. A search among many features needs other rows to confirm what it finds."
  package static let reference =
    "Raunig et al. 2015, doi:10.1177/0962280214537344; see icc, bland-altman, repeatability, ccc, linearity, reml, moments"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("terms", \.terms, "Terms of the model, such as subject:scanner; the usual ones without it."),
      Parameter("method", \.method, "How components are estimated."), .confidence(\.confidence),
      Parameter(
        "profile", \.profiles, "Whether limits are profile-likelihood ones; where that costs little without it."),
      Parameter("scale", \.scale, "The scale of columns of which nobody says it."),
      Parameter("require", \.requirements, omitsDefault: true, "What a feature must meet to be kept."),
    ]
  }

  /// Level of confidence.
  package var confidence: Double {
    get { 1 - alpha }
    set { alpha = 1 - newValue }
  }
}
