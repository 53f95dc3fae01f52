import RadiomicsCore
import RadiomicsStatistics

extension KaplanMeier.Interval: ChoiceSetting {}

extension Prognosis.Options: Configurable {
  package static let name = "prognostic"
  package static let summary = "What markers, groups and a model say about the time until an event."
  package static let limits =
    "Censoring must not depend on the risk. A model judged on the rows that it was fitted to is flattered: correct its optimism."
  package static let reference =
    "REMARK 2005, doi:10.1093/jnci/dji237; see kaplan-meier, log-rank, cox, concordance, uno, auc-t, brier-t, survival-calibration, zph"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("time", \.time, "The column with the end of observation, or a calculation."),
      Parameter("event", \.event, "The column that is 1 if the event ended it, else 0, or a calculation."),
      Parameter("start", \.start, "The column with the beginning, where rows enter late."), .subject(\.subject),
      Parameter("cause", \.cause, "Which event, if there are several kinds; the others compete: see fine-gray, gray."),
      .positive(\.positive), .markers(\.markers),
      Parameter("screen", \.isScreen, "Whether each column of numbers that is not named is a marker."),
      Parameter("model", \.model, "The right side of a formula of a Cox model."),
      Parameter("tt", \.timeTransform, "What tt(column) in the model is, of x and t: 'x * log(t + 20)'."),
      Parameter("ties", \.ties, "How events at the same time are counted."),
      Parameter("weights", \.weights, "A column of weights of the rows."),
      Parameter("robust", \.isRobust, "Whether covariances come from the rows' influences."),
      Parameter("group", \.group, "A column of groups that are compared."),
      Parameter("stratify", \.stratify, "A column of strata within which they are."),
      Parameter("predictor", \.predictor, "A column of linear predictors of a model made elsewhere."), .risks,
      .cut,
      Parameter(
        "times", \.times, omitsDefault: true, in: .positive,
        "Times at which results are given; without them those by which a quarter, half and three quarters of events have happened."
      ),
      .horizon(\.horizon, "Where restricted means end; later events do not count for concordance."),
      Parameter("interval", \.interval, "On which scale limits of survival are symmetric."), .confidence(\.confidence),
      .bootstrap(\.bootstraps, "they correct the model's apparent worth"), .seed(\.seed),
    ]
  }

  /// Level of confidence.
  package var confidence: Double {
    get { 1 - alpha }
    set { alpha = 1 - newValue }
  }
}

extension Parameter<Prognosis.Options> {
  fileprivate static var risks: Self {
    Parameter(
      "risks", "a map of times and columns, { 365: risk365 }",
      "Columns of probabilities of the event until a time, predicted elsewhere."
    ) { (setting, options) throws(SettingError) in
      for (key, place, column) in try setting.requiredMap("risks", "{ 365: risk365 }") {
        guard let time = Double(key), time > 0, time.isFinite else {
          throw SettingError(place: place, message: "'risks' names the time '\(key)', must be a number above 0.")
        }
        options.risks.append((time, try String(setting: column)))
      }
    } write: {
      $0.risks.isEmpty
        ? .null : .map($0.risks.map { .init(Setting.Value.number($0.time).description, .text($0.column)) })
    }
  }

  fileprivate static var cut: Self {
    Parameter(
      "cut", "median, optimal, none or a number",
      "Where markers, predictors and the model are cut into groups of risk: at the median of the rows that a model is fitted to, where the "
        + "log-rank statistic is largest (its P is corrected), nowhere, or at a number chosen elsewhere."
    ) { (setting, options) throws(SettingError) in
      switch setting.value {
      case .text("median"): options.cut = .median
      case .text("optimal"): options.cut = .optimal
      case .text("none"): options.cut = nil
      case .integer, .number: options.cut = .at(try Double(setting: setting))
      default: throw setting.error("'cut' is \(setting.value), must be median, optimal, none or a number.")
      }
    } write: {
      switch $0.cut {
      case .median: .text("median")
      case .optimal: .text("optimal")
      case nil: .text("none")
      case .at(let value): .number(value)
      }
    }
  }
}
