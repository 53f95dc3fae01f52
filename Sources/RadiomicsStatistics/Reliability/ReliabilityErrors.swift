import RadiomicsCore
import RadiomicsNumerics

/// Errors of a feature as changes are judged by them.
extension ReliabilityAnalysis {
  /// wSD of the same conditions and, where scanners are compared, of different ones, with degrees of freedom (Satterthwaite 1946,
  /// doi:10.2307/3002019, where they are sums of components) on the scale on which errors are constant.
  /// - `rc`: The repeatability coefficient of the feature as measured.
  func errors(_ column: ReliabilityColumn, _ values: [Double], _ model: Model?, rc: Double?) -> FeatureErrors? {
    guard let study = Repeatability(repeats.map { rows in rows.compactMap { column.values[$0] } }) else { return nil }
    let scale = study.errorScale(column.scale)
    let deviation = scale == .log ? study.logarithmicDeviation ?? 0 : study.withinDeviation
    var same: MeasurementError? = MeasurementError(scale, deviation: deviation, df: study.df), other: MeasurementError?
    let hasSessions = model?.names.contains("subject:session") == true || conditions.roles.count > 1
    let hasScanners = model?.names.contains("scanner") == true
    if hasSessions || hasScanners, let model {
      let sums = errorSums(scale == .log ? values.map { log($0) } : values, model)
      if hasSessions { same = sums.same.map { MeasurementError(scale, deviation: $0.deviation, df: $0.df) } }
      other = sums.other.map { MeasurementError(scale, deviation: $0.deviation, df: $0.df) }
    }
    return same.map { FeatureErrors($0, other: other, coefficient: rc) }
  }

  private typealias ErrorSum = (deviation: Double, df: Double)

  /// The sums of components between readings under the same conditions, and on other scanners too.
  private func errorSums(_ values: [Double], _ model: Model) -> (same: ErrorSum?, other: ErrorSum?) {
    guard case .success(let moments) = model.moments else { return (nil, nil) }
    let estimate = model.likelihood.map { $0.fit(values).components } ?? moments.estimate(values)
    let parts = model.names.map { Set($0.split(separator: ":").map(String.init)) }, residual = model.names.count - 1
    func within(_ allowed: Set<String>, containing needed: String) -> [Int] {
      (0..<residual).filter { parts[$0].isSubset(of: allowed) && parts[$0].contains(needed) }
    }
    func sum(_ which: [Int]) -> ErrorSum? {
      let (sum, variance) = estimate.sum(which)
      guard sum >= 0, let variance else { return nil }
      return (sum.squareRoot(), variance > 0 ? 2 * sum * sum / variance : .infinity)
    }
    let isComplete = conditions.roles.allSatisfy { role in
      role.role == .session || parts.contains { $0.contains(role.role.rawValue) }
    }
    guard isComplete else { return (nil, nil) }
    let repeated = [residual] + within(["subject", "session"], containing: "session")
    let scanners = within(["subject", "session", "scanner"], containing: "scanner")
    return (sum(repeated), scanners.isEmpty ? nil : sum(repeated + scanners))
  }
}
