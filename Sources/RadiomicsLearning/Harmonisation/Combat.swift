import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// ComBat: what scanners, sites or protocols do to the location and scale of each feature is learnt from training rows and taken out of any
/// rows, each by itself. A feature is y = α + xβ + γ(batch) + δ(batch)·e; α, β and the residual variance by least squares, γ and δ drawn to
/// what is usual in the batch; a row becomes (y − α − xβ − γ)/√δ + α + xβ, γ and δ in its standardised units.
///
/// For instance a feature of mean 10 and standard deviation 2 that one of two scanners of as many rows reads 1 higher: γ is ±0.25, and a row
/// of it that reads 12 becomes 12 − 0.25 · 2 = 11.5 where scales are equal.
package struct Combat: Configurable, Transformer {
  /// What is taken out, and how it is estimated.
  package enum Method: String, ChoiceSetting, Codable {
    /// Locations and scales by empirical Bayes with parametric priors.
    case parametric
    /// The same with the other features' effects as prior.
    case nonparametric
    /// Locations alone, parametric or not.
    case meanOnly = "mean-only"
    case meanOnlyNonparametric = "mean-only-nonparametric"
    /// Locations and scales without priors.
    case locationScale = "location-scale"
    /// Parametric, then the same without priors for the components of what is left: covariances too.
    case covbat
    /// Parametric for one batch column after the other.
    case nested
    /// Parametric, with an intercept for each subject.
    case longitudinal
  }

  /// How the residual variance of longitudinal ComBat is estimated.
  package enum ResidualVariance: String, ChoiceSetting, Codable {
    /// Restricted maximum likelihood.
    case reml
    /// The mean square of residuals.
    case msr
  }

  package var method = Method.parametric
  /// Columns of scanners, sites or protocols; several are nested in this order.
  package var batch: [String] = []
  /// Names of columns, or terms of R's formulas of them.
  package var covariates: [String] = []
  package var reference: String?
  package var subject: String?
  package var residualVariance = ResidualVariance.reml
  package var explained = 0.95
  package var tolerance = 1e-13
  /// Columns that tell how a batch acquires its images.
  package var acquisition: [String] = []
  /// Columns that are harmonised; set by who reads the table.
  package var features: [String] = []

  package init() {}

  package static let name = "combat"
  package static let summary =
    "Takes the effects of scanners, sites or protocols on locations and scales of features out of rows, as learnt from training rows."
  package static let reference =
    "Johnson et al. 2007, doi:10.1093/biostatistics/kxj037; Fortin et al. 2018, doi:10.1016/j.neuroimage.2017.11.024; covbat: Chen et al. "
    + "2022, doi:10.1002/hbm.25688; nested: Horng et al. 2022, doi:10.1038/s41598-022-08412-9; longitudinal: Beer et al. 2020, "
    + "doi:10.1016/j.neuroimage.2020.117129"
  package static let parameters: [Parameter<Combat>] = [
    Parameter(
      "method", \.method,
      "What is taken out: locations and scales by empirical Bayes (parametric, nonparametric), locations alone (mean-only, "
        + "mean-only-nonparametric), both without priors (location-scale), covariances too (covbat), several batch columns one after the "
        + "other (nested), or with an intercept for each subject (longitudinal)."),
    Parameter(
      "batch", \.batch, isRequired: true,
      "Columns of scanners, sites or protocols, in the order in which they are taken out."),
    Parameter(
      "covariates", \.covariates,
      "Columns whose effects are kept; numbers count as numbers, words as factors, factor(stage) makes a factor of numbers. Never the outcome."
    ),
    Parameter("reference", \.reference, "The batch that all others are brought to; its rows do not change."),
    Parameter("subject", \.subject, "longitudinal: the column that names subjects."),
    Parameter(
      "residual_variance", \.residualVariance,
      "longitudinal: how the residual variance is estimated, by restricted maximum likelihood or as the mean square of residuals."
    ),
    Parameter(
      "explained", \.explained, in: 0.01...1, "covbat: the share of variance that the components together explain."),
    Parameter(
      "tolerance", \.tolerance, in: 1e-15...0.1,
      "The relative change at which empirical Bayes stops; R's sva has 0.0001, which leaves errors of some 10⁻⁶."),
    Parameter(
      "acquisition", \.acquisition,
      "Columns that say how images were acquired (kernel, manufacturer, slice thickness), to find the batch nearest to an unknown one."
    ),
  ]

  package func check() throws(SettingError) {
    let place = Place(file: "combat")
    func refuse(_ sentence: String) throws(SettingError) { throw SettingError(place: place, message: sentence) }
    if batch.isEmpty || batch.contains("") {
      try refuse(
        "'batch' \(batch.isEmpty ? "names no column" : "has an empty name"), must name the columns of scanners, sites or protocols."
      )
    }
    if batch.count > 1, method != .nested {
      try refuse(
        "'batch' has \(batch.count) columns, must be one for the method \(method.rawValue). Several are for nested.")
    }
    if method == .nested, reference != nil {
      try refuse("'reference' is set, cannot be with nested, whose columns have batches of their own.")
    }
    if method == .longitudinal, subject == nil {
      try refuse("'subject' is missing, longitudinal needs the column that names subjects.")
    }
    if method == .longitudinal, reference != nil {
      try refuse("'reference' is set, cannot be with longitudinal, which brings all batches to their mean.")
    }
    if Set(batch).count < batch.count { try refuse("'batch' names a column twice, must name each once.") }
  }
}

extension Combat.Method {
  /// How effects are drawn to what is usual, and whether they are locations alone.
  func shrinkage(_ tolerance: Double) -> (shrinkage: BatchShrinkage, isMeanOnly: Bool) {
    switch self {
    case .parametric, .covbat, .nested, .longitudinal: (.parametric(tolerance: tolerance), false)
    case .nonparametric: (.nonparametric, false)
    case .meanOnly: (.parametric(tolerance: tolerance), true)
    case .meanOnlyNonparametric: (.nonparametric, true)
    case .locationScale: (.none, false)
    }
  }
}
