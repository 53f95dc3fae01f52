import RadiomicsCore
import RadiomicsNumerics

/// Coefficients of subjects × readings, and what two readings of each subject allow.
extension ReliabilityAnalysis {
  struct Classical {
    /// Whether every subject has every reading.
    var isComplete = false
    /// The coefficient quoted: agreement where readings are told apart.
    var icc: CorrelationEstimate?
    /// Of two readings that are told apart, which is subtracted from which.
    var difference: ReadingDifference?
    var groups: [StatisticGroup] = []
  }

  func classical(_ column: ReliabilityColumn, _ matrix: Result<[[Int?]], MatrixError>) -> Classical {
    var result = Classical()
    let complete: [[Double]], count: Int, names: [String]
    switch matrix {
    case .failure(let error):
      result.groups = [.init("ICC", error.reason)]
      return result
    case .success(let rows): (complete, count, result.isComplete, names) = completeReadings(column, rows)
    }
    guard complete.count > 1, count > 1 else {
      result.groups = [.init("ICC", "fewer than two subjects have all \(count) readings")]
      return result
    }
    let icc = IntraclassCorrelation(complete)
    guard icc.variance.between > 0 || icc.variance.within > 0 else {
      result.groups = [.init("ICC", "all complete subjects have one value")]
      return result
    }
    result.icc = icc.shroutFleiss(conditions.roles.isEmpty ? .oneway : .agreement, average: false, alpha: alpha)
    for average in [false, true] {
      for (number, model) in zip(1..., IntraclassCorrelation.Model.allCases) {
        let name = "ICC\(number)\(average ? "k" : "")"
        let isDefined = model == .oneway || !conditions.roles.isEmpty
        result.groups.append(
          isDefined
            ? .init(name, icc.shroutFleiss(model, average: average, alpha: alpha).statistics)
            : .init(name, Self.unnamed))
      }
    }
    result.groups.insert(
      .init(
        "readings", [Statistic("n_complete", complete.count, "subjects with all readings"), Statistic("k", count)]),
      at: 0)
    guard count == 2 else { return result }
    guard names.count == 2 else {
      result.groups += [.init("ccc", Self.unnamed), .init("bland_altman", Self.unnamed)]
      return result
    }
    let difference = ReadingDifference(of: names[0], less: names[1])
    result.difference = difference
    result.groups += pairs(complete.map { $0[0] }, complete.map { $0[1] }, difference, column.unit)
    return result
  }

  /// Why there is nothing that depends on which of a subject's readings is paired with which of another's.
  private static var unnamed: Reason {
    "nobody says which reading is which: a column of sessions, scanners, readers or ways of processing would"
  }

  /// The readings of subjects that have all of them, their number, and whether all subjects with a value do. Conditions
  /// that are told apart stay apart: a subject without one of those that occur is incomplete.
  private func completeReadings(
    _ column: ReliabilityColumn, _ rows: [[Int?]]
  ) -> (complete: [[Double]], count: Int, isComplete: Bool, names: [String]) {
    var readings = rows.map { $0.map { $0.flatMap { column.values[$0] } } }, names: [String] = []
    if conditions.roles.isEmpty {
      readings = readings.map { $0.filter { $0 != nil } }
    } else if let width = readings.first?.count {
      let used = (0..<width).filter { j in readings.contains { $0[j] != nil } }
      readings = readings.map { row in used.map { row[$0] } }
      let all = conditions.readingNames()
      names = used.map { all[$0] }
    }
    let count = readings.map(\.count).max() ?? 0, present = readings.filter { $0.contains { $0 != nil } }
    let complete = present.map { $0.compactMap { $0 } }.filter { $0.count == count }
    return (complete, count, complete.count == present.count, names)
  }

  /// The limits of agreement of a column with two readings of each subject, and which is subtracted from which; nil if there are
  /// none of three subjects, or no condition tells them apart.
  package func agreement(of column: ReliabilityColumn) -> (limits: BlandAltman, difference: ReadingDifference)? {
    guard case .success(let rows) = conditions.readings() else { return nil }
    let (pairs, count, _, names) = completeReadings(column, rows)
    guard count == 2, names.count == 2, pairs.count > 2 else { return nil }
    return (BlandAltman(pairs.map { $0[0] }, pairs.map { $0[1] }), ReadingDifference(of: names[0], less: names[1]))
  }

  private func pairs(
    _ first: [Double], _ second: [Double], _ difference: ReadingDifference, _ unit: String
  ) -> [StatisticGroup] {
    let isVaried = first.count > 2 && variance(first) > 0 && variance(second) > 0
    guard isVaried else { return [.init("ccc", "fewer than three pairs, or constant readings")] }
    let ccc = Concordance(first, second), limits = ccc.limits(.fisher, alpha: alpha)
    let why: Reason = "the correlation is 0 or perfect"
    func cell(_ value: Double?) -> Cell { value.map { Cell($0, orUndefined: why) } ?? .undefined(why) }
    return [
      .init(
        "ccc",
        [
          Statistic("ccc", ccc.value, "Lin's concordance"), Statistic("lower", cell(limits?.lower)),
          Statistic("upper", cell(limits?.upper)),
          Statistic("scale_shift", ccc.scaleShift, "SD of \(difference.less) over that of \(difference.of)"),
          Statistic("location_shift", ccc.locationShift, "\(difference.less) less \(difference.of), in SDs"),
          Statistic("bias_correction_Cb", ccc.biasCorrection),
        ]),
      .init("bland_altman", BlandAltman(first, second).statistics(difference, unit: unit, alpha: alpha)),
    ]
  }

  /// Spread of readings under the same conditions.
  func repeatability(
    _ column: ReliabilityColumn
  ) -> (value: Repeatability?, group: StatisticGroup) {
    let readings = repeats.map { rows in rows.compactMap { column.values[$0] } }
    guard let value = Repeatability(readings) else {
      return (nil, .init("repeatability", "no subject was measured twice under the same conditions"))
    }
    let statistics = value.statistics(scale: column.scale, unit: column.unit, alpha: alpha)
    return (value, .init("repeatability", statistics))
  }

  func linearity(_ column: ReliabilityColumn) -> [StatisticGroup] {
    guard let truth else { return [] }
    let pairs = zip(column.values, truth).compactMap { value, truth in value.flatMap { v in truth.map { (v, $0) } } }
    guard let line = Linearity(pairs.map(\.0), truth: pairs.map(\.1)) else {
      return [.init("linearity", "fewer than three values with a truth, or all truths are equal")]
    }
    func estimate(_ name: String, _ value: Estimate, unit: String = "1") -> [Statistic] {
      let limits = value.limits(alpha)
      return [
        Statistic(name, value.value, unit: unit), Statistic("\(name)_lower", limits?.lowerBound ?? .nan, unit: unit),
        Statistic("\(name)_upper", limits?.upperBound ?? .nan, unit: unit),
      ]
    }
    let percent = line.percentBias.map { Cell.value($0) } ?? .undefined("a truth is 0")
    let curvature = line.curvatureP.map { Cell.value($0) } ?? .undefined("fewer than three different truths")
    return [
      .init(
        "linearity",
        estimate("slope", line.slope) + estimate("intercept", line.intercept, unit: column.unit)
          + [Statistic("r2", line.explained)] + estimate("bias", line.bias, unit: column.unit)
          + [
            Statistic("pct_bias", percent, unit: "%"), Statistic("curvature_p", curvature, "is the relation curved?"),
          ])
    ]
  }
}

/// Two readings by the names of their conditions, the second of which is subtracted from the first.
package struct ReadingDifference: Sendable, Hashable, CustomStringConvertible {
  /// The one whose name comes first, and the other.
  package let of: String, less: String
  /// Two names.
  package init(of: String, less: String) { (self.of, self.less) = (of, less) }
  /// `session retest less session test`.
  package var description: String { "\(of) less \(less)" }
}

extension CorrelationEstimate {
  /// All of its numbers.
  package var statistics: [Statistic] {
    let perfect: Reason = "there is no variation within subjects"
    guard !(value > 1) else {
      let reason: Reason = "readings differ less than chance allows: the coefficient is beyond 1"
      return ["icc", "F", "df1", "df2", "p", "lower", "upper"].map { Statistic($0, .undefined(reason)) }
    }
    return [
      ("icc", value), ("F", ratio), ("df1", df1), ("df2", df2), ("p", p), ("lower", lower), ("upper", upper),
    ].map { Statistic($0, Cell($1, orUndefined: perfect)) }
  }
}
