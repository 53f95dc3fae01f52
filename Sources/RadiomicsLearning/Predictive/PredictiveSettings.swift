import RadiomicsCore

extension CensoringRule: ChoiceSetting {}

extension PredictiveAnalysis.Options: Configurable {
  package static let name = "predictive"
  package static let summary = "Whether a marker tells who benefits from a treatment, or only the outcome."
  package static let limits =
    "Needs two arms, best by chance; a single arm can only show a prognostic effect. Subgroups show nothing by their own P values."
  package static let reference =
    "Janes et al. 2014, doi:10.1515/ijb-2012-0052; Gail and Simon 1985, doi:10.2307/2530862; see interaction, treatment-selection"
  package static var parameters: [Parameter<Self>] {
    [.outcome] + Parameter.times + [
      Parameter("treatment", \.treatment, isRequired: true, "A column of two values, or a calculation."),
      .subject(\.subject), .positive(\.positive), .markers(\.markers),
      Parameter("adjust", \.adjust, "The right side of a formula of what else counts."),
      Parameter(
        "spline", \.spline, in: 2...10, "Degrees of freedom of a spline of the marker; a straight line without."),
      Parameter("cuts", \.cuts, omitsDefault: true, "Where the marker is cut into groups; at its median without."),
      Parameter("at", \.places, omitsDefault: true, "Values of the marker at which the treatment's effect is given."),
      .horizon(\.horizon, "Until when risks are computed, if outcomes are times."),
      Parameter("censored", \.censoring, "What is done with patients censored before."),
      Parameter("randomised", \.isRandomised, "Whether chance decided who was treated."), .confidence(\.confidence),
      .bootstrap(\.bootstraps, "they give limits of what is gained by the marker"), .seed(\.seed),
    ]
  }

  /// Level of confidence.
  package var confidence: Double {
    get { 1 - alpha }
    set { alpha = 1 - newValue }
  }
}
