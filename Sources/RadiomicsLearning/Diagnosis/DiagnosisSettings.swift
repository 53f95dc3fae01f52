import RadiomicsCore
import RadiomicsStatistics

extension Diagnosis.Options: Configurable {
  package static let name = "diagnostic"
  package static let summary =
    "What markers, a model or probabilities are worth for telling patients with a disease from those without."
  package static let limits = "A model judged on the rows that it was fitted to is flattered: correct its optimism."
  package static let reference =
    "STARD 2015, doi:10.1136/bmj.h5527; see auc, two-by-two, calibration, decision-curve, logistic"
  package static var parameters: [Parameter<Self>] {
    [
      .outcome, .markers(\.markers), Parameter("model", \.model, "The right side of a formula of a logistic model."),
      Parameter("firth", \.isFirth, "Whether the model is fitted with Firth's penalty, which no separation disturbs."),
      Parameter("probability", \.probability, "A column of predicted probabilities."), .positive(\.positive),
      Parameter("group", \.group, "A column of two groups of patients in which markers are compared."),
      .subject(\.subject),
      Parameter(
        "cut", "youden, closest, {cost: K, prevalence: P} or a number",
        "Where markers are cut: at the largest sum of sensitivity and specificity, nearest to both being 1, where the expected cost is "
          + "least if a missed event costs K false alarms, or at a number chosen elsewhere."
      ) { (setting, options) throws(SettingError) in
        options.cut = try cut(setting)
      } write: {
        switch $0.cut {
        case .best(.youden): .text("youden")
        case .best(.closest): .text("closest")
        case .best(.cost(let cost, let prevalence)):
          .map([.init("cost", .number(cost)), .init("prevalence", .number(prevalence))])
        case .at(let value): .number(value)
        }
      },
      Parameter(
        "prevalence", \.prevalence, in: 0...1,
        "Share of patients with the disease where the test is to be used; that of these rows without it."),
      Parameter("part", "{specificity: [FROM, TO]} or {sensitivity: [FROM, TO]}", "A part of the curve and its area.") {
        (setting, options) throws(SettingError) in
        options.part = try part(setting)
      } write: {
        $0.part.map {
          .map([
            .init(
              $0.axis == .specificity ? "specificity" : "sensitivity",
              .list([.number($0.range.lowerBound), .number($0.range.upperBound)]))
          ])
        } ?? .null
      },
      .thresholds(\.thresholds), .confidence(\.confidence),
      .bootstrap(\.bootstraps, "they correct the model's apparent worth"), .seed(\.seed),
    ]
  }

  /// Level of confidence.
  package var confidence: Double {
    get { 1 - alpha }
    set { alpha = 1 - newValue }
  }

  private static func cut(_ setting: Setting) throws(SettingError) -> Diagnosis.Cut {
    switch setting.value {
    case .text("youden"): return .best(.youden)
    case .text("closest"): return .best(.closest)
    case .integer, .number: return .at(try Double(setting: setting))
    case .map:
      guard let cost = setting["cost"], let prevalence = setting["prevalence"], setting.entries.count == 2 else {
        break
      }
      let (k, p) = (try Double(setting: cost), try Double(setting: prevalence))
      guard k > 0, k.isFinite else { throw cost.error("'cost' is \(cost.value), must be a number above 0.") }
      guard p > 0, p < 1 else {
        throw prevalence.error("'prevalence' is \(prevalence.value), must be above 0 and below 1.")
      }
      return .best(.cost(k, prevalence: p))
    default: break
    }
    throw setting.error("'cut' is \(setting.value), must be youden, closest, {cost: K, prevalence: P} or a number.")
  }

  private static func part(_ setting: Setting) throws(SettingError) -> (axis: ROC.Axis, range: ClosedRange<Double>) {
    if setting.entries.count == 1, let (key, _, value) = setting.entries.first,
      ["specificity", "sensitivity"].contains(key)
    {
      let ends = try [Double](setting: value)
      if ends.count == 2, 0 <= ends[0], ends[0] < ends[1], ends[1] <= 1 {
        return (key == "specificity" ? .specificity : .sensitivity, ends[0]...ends[1])
      }
    }
    throw setting.error("'part' is \(setting.value), must be like {specificity: [0.9, 1]}.")
  }
}
