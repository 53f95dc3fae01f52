import RadiomicsCore
import RadiomicsNumerics

/// What of a feature's variance among patients a uniform phantom has too: where nothing is there to be measured, what varies is noise
/// and the scanner.
package struct NoiseFloor: Sendable {
  /// Variances within scanners or kernels that both were imaged by, pooled by degrees of freedom.
  package let phantom: Double, patients: Double

  /// - `phantom`: Readings of phantoms, by scanner; all under one name where scanners are not told apart.
  /// - `patients`: Readings of patients likewise.
  /// - Returns: Nil without a scanner that has two readings of both, or where patients do not vary.
  package init?(phantom: [String: [Double]], patients: [String: [Double]]) {
    let shared = phantom.keys.sorted().filter { phantom[$0]!.count > 1 && patients[$0]?.count ?? 0 > 1 }
    func pooled(_ readings: [String: [Double]]) -> Double {
      let own = shared.map { readings[$0]! }, df = own.reduce(0) { $0 + $1.count - 1 }
      return own.reduce(0) { $0 + Double($1.count - 1) * variance($1) } / Double(max(1, df))
    }
    (self.phantom, self.patients) = (pooled(phantom), pooled(patients))
    guard !shared.isEmpty, self.patients > 0 else { return nil }
  }

  /// The phantom's variance over that of patients: near 0 what varies is tissue, near 1 and above the scanner's noise.
  package var share: Double { phantom / patients }
}

extension FeatureReliability {
  /// The same with its noise floor, or why there is none.
  package func with(_ floor: NoiseFloor?) -> FeatureReliability {
    let none = Cell.undefined("no scanner has two readings of both phantoms and patients, or patients do not vary")
    let square = column.unit == "1" ? "1" : "(\(column.unit))2"
    let statistics = [
      Statistic(
        "noise_floor", floor.map { .value($0.share) } ?? none, "variance of a uniform phantom over that of patients"),
      Statistic("phantom_variance", floor.map { .value($0.phantom) } ?? none, unit: square),
      Statistic("patients_variance", floor.map { .value($0.patients) } ?? none, unit: square),
    ]
    var result = FeatureReliability(
      column: column, groups: groups + [.init("", statistics)], form: form, dominantError: dominantError,
      difference: difference)
    result.errors = errors
    return result
  }
}
