import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A pipeline learnt once from each of several sets of rows in which missing values were drawn. A linear predictor is the mean over the sets, so that
/// what is not known of missing values is averaged over. van Buuren 2018, Flexible Imputation of Missing Data, section 5.1.
package struct FittedSets: Sendable, Hashable, Codable {
  package let pipelines: [FittedPipeline]

  init(_ pipelines: [FittedPipeline]) { self.pipelines = pipelines }

  private enum CodingKeys: String, CodingKey { case pipelines = "sets" }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    pipelines = try parts.decode([FittedPipeline].self, forKey: .pipelines)
    guard !pipelines.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .pipelines, in: parts, debugDescription: "has no sets, must be at least one")
    }
  }

  /// The mean over sets.
  func linearPredictors(_ rows: Table) throws(ModelError) -> [Double] {
    var sums = [Double](repeating: 0, count: rows.count)
    for pipeline in pipelines {
      for (row, value) in try pipeline.linearPredictors(rows).enumerated() { sums[row] += value }
    }
    return sums.map { $0 / Double(pipelines.count) }
  }

  /// The mean over sets of what their models make of a linear predictor.
  func prediction(_ linear: Double, horizon: Double?) -> Double? {
    let found = pipelines.compactMap { $0.model.prediction(linear, horizon: horizon) }
    return found.count == pipelines.count ? mean(found) : nil
  }

  /// A coefficient over all sets, 0 where a set has none, with its error by Rubin's rules: T = W + (1 + 1/m) B, W the mean of squared errors and B the
  /// variance between sets; degrees of freedom (m − 1) (1 + W / ((1 + 1/m) B))². Rubin 1987, doi:10.1002/9780470316696.
  package struct Coefficient: Sendable, Hashable {
    package let name: String, value: Double
    /// Nil of a model whose coefficients have no errors.
    package let error: Double?, degreesOfFreedom: Double?
    /// The share of its variance that comes of missing values.
    package let missingShare: Double?
  }

  /// Of the columns that count in any set, in the order in which they come; nil of models that are no sums.
  package var coefficients: [Coefficient]? {
    let models = pipelines.compactMap(\.model.linear)
    guard models.count == pipelines.count else { return nil }
    var seen: Set<String> = []
    let names = models.flatMap(\.counted).filter { seen.insert($0).inserted }, m = Double(models.count)
    return names.map { name in
      let places = models.map { $0.names.firstIndex(of: name) }
      let values = zip(models, places).map { model, place in place.map { model.coefficients[$0] } ?? 0 }
      let errors = zip(models, places).compactMap { model, place in place.flatMap { model.errors?[$0] } }
      guard errors.count == models.count else {
        return Coefficient(name: name, value: mean(values), error: nil, degreesOfFreedom: nil, missingShare: nil)
      }
      let within = mean(errors.map { $0 * $0 }), between = (1 + 1 / m) * (m > 1 ? variance(values) : 0)
      return Coefficient(
        name: name, value: mean(values), error: (within + between).squareRoot(),
        degreesOfFreedom: between > 0 ? (m - 1) * (1 + within / between) * (1 + within / between) : .infinity,
        missingShare: between / (within + between))
    }
  }

  /// In words: the mean of the sets' sums, as far as the columns are what the steps make of them.
  var formula: String {
    guard let coefficients else { return pipelines[0].model.formula }
    let models = pipelines.compactMap(\.model.linear), isHazard = models.contains { $0.link == .logHazard }
    var text = isHazard ? "" : shortText(mean(models.map(\.intercept)), digits: 6)
    for coefficient in coefficients {
      let size = "\(shortText(abs(coefficient.value), digits: 6)) × \(coefficient.name)",
        isNegative = coefficient.value < 0
      text += text.isEmpty ? (isNegative ? "−" : "") + size : (isNegative ? " − " : " + ") + size
    }
    return "\(text.isEmpty ? "0" : text) (mean of \(pipelines.count) imputed sets)"
  }
}
