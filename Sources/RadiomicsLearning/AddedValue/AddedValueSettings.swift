import RadiomicsCore

extension AddedValue.Options: Configurable {
  package static let name = "added-value"
  package static let summary =
    "What a marker adds to a prediction: areas, likelihood ratio, reclassification, net benefit."
  package static let limits =
    "Whether a marker adds anything is tested by the likelihood ratio; reclassification of miscalibrated predictions misleads."
  package static let reference =
    "Pencina et al. 2008, doi:10.1002/sim.2929; Hilden and Gerds 2014, doi:10.1002/sim.5804; see nri, idi, auc, decision-curve"
  package static var parameters: [Parameter<Self>] {
    [.outcome] + Parameter.times + [
      Parameter(
        "cuts", \.cuts, omitsDefault: true, in: 0...1,
        "Probabilities between categories; without some there is no categorical reclassification."),
      .subject(\.subject),
      Parameter(
        "difference", \.difference, in: 0...1, "The least difference of probabilities that counts as moved."),
      .horizon(\.horizon, "Until when the event counts, where the outcome is a time."), .positive(\.positive),
      .thresholds(\.thresholds), .confidence(\.confidence),
      .bootstrap(\.bootstraps, "they correct the models' apparent worth"),
      Parameter(
        "perturbations", \.perturbations, in: 0...100_000,
        "Samples of weights that give limits where the outcome is a time."), .seed(\.seed),
    ]
  }

  /// Level of confidence.
  package var confidence: Double {
    get { 1 - alpha }
    set { alpha = 1 - newValue }
  }
}
