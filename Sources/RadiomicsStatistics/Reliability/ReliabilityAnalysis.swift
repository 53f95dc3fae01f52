import RadiomicsCore
import RadiomicsNumerics

/// A column of a study of reliability.
package struct ReliabilityColumn: Sendable {
  /// Its name.
  package let name: String
  /// Symbol of its unit.
  package let unit: String
  /// Kind of scale; nil if nobody says.
  package let scale: Scale?
  /// Family and filter, where they are known.
  package let family: String?, filter: String?
  /// Values by row.
  package let values: [Double?]

  /// A column.
  package init(
    name: String, unit: String, scale: Scale?, family: String? = nil, filter: String? = nil, values: [Double?]
  ) {
    self.name = name
    self.unit = unit
    self.scale = scale
    self.family = family
    self.filter = filter
    self.values = values
  }
}

/// How components are estimated.
package enum ComponentMethod: String, Sendable, CaseIterable {
  /// Restricted maximum likelihood.
  case reml
  /// The method of moments, whose estimates may be negative.
  case moments
}

/// Results of one column, in groups.
package struct FeatureReliability: Sendable {
  /// The column.
  package let column: ReliabilityColumn
  /// The groups, in order.
  package let groups: [StatisticGroup]
  /// Which coefficient `icc` is: `ICC1`, `ICC2`, `ICC_agreement_single`.
  package let form: String
  /// The component with the largest share beside the subjects; nil if there is none.
  package let dominantError: String?
  /// Which of two readings is subtracted from which in bias, shifts and limits of agreement; nil where there are none.
  package let difference: ReadingDifference?
  /// How far readings lie apart under the same conditions and between scanners, on the scale on which that is constant; nil where no
  /// subject was measured twice.
  package var errors: FeatureErrors?

  /// A statistic by its name in tables: `icc_lower`, `repeatability.wSD`.
  package subscript(name: String) -> Cell? { statistic(name)?.cell }

  /// The same with its unit.
  func statistic(_ name: String) -> (cell: Cell, unit: String)? {
    for group in groups {
      for statistic in group.statistics {
        for column in statistic.columns
        where (group.name.isEmpty ? column.name : "\(group.name).\(column.name)") == name {
          return (column.cell, statistic.unit)
        }
      }
    }
    return nil
  }
}

/// The reliability of the columns of one table.
package struct ReliabilityAnalysis: Sendable {
  /// Who was measured under which conditions.
  package let conditions: ReliabilityConditions
  /// The terms of the model.
  package let terms: [String]
  /// How components are estimated.
  package let method: ComponentMethod
  /// One minus the level of confidence.
  package let alpha: Double
  /// Whether profile limits are computed; nil where it costs little, for complete balanced designs.
  package var profiles: Bool?
  /// The true value of each row, where it is known.
  package var truth: [Double?]?
  /// Rows of the same subject under the same conditions.
  let repeats: [[Int]]

  /// - `terms`: Those of the model; nil for the usual ones.
  /// - Throws: `ComponentsError` if the model cannot be estimated from complete rows.
  package init(
    _ conditions: ReliabilityConditions, terms: [String]? = nil, method: ComponentMethod = .reml, alpha: Double = 0.05
  ) throws(ComponentsError) {
    self.conditions = conditions
    repeats = conditions.repeats()
    self.terms = terms ?? conditions.usualTerms.terms
    self.method = method
    self.alpha = alpha
    if terms != nil { _ = try VarianceDesign(conditions.factors, terms: self.terms) }
  }

  /// The model for the rows that have values, made once for all columns with the same rows.
  struct Model: Sendable {
    let rows: [Int]
    let moments: Result<MomentEstimator, ComponentsError>
    let likelihood: LikelihoodEstimator?
    let names: [String]

    init(_ design: VarianceDesign, _ rows: [Int], _ method: ComponentMethod) {
      self.rows = rows
      var reduced: Result<VarianceDesign, ComponentsError> = .success(design)
      if rows.count < design.count {
        do throws(ComponentsError) { reduced = .success(try design.rows(rows)) } catch { reduced = .failure(error) }
      }
      names = design.names
      switch reduced {
      case .success(let design):
        do throws(ComponentsError) {
          moments = .success(try MomentEstimator(design, hasErrors: method == .moments))
        } catch {
          moments = .failure(error)
        }
        likelihood = method == .reml ? LikelihoodEstimator(design) : nil
      case .failure(let error): (moments, likelihood) = (.failure(error), nil)
      }
    }
  }

  /// Analyses columns, each by itself; those that have no result say why.
  /// - Throws: `ComponentsError` if the model cannot be estimated from any rows.
  package func analyse(_ columns: [ReliabilityColumn], lanes: Lanes) throws(ComponentsError) -> [FeatureReliability] {
    let design = terms.isEmpty ? nil : try VarianceDesign(conditions.factors, terms: terms)
    var patterns: [[Int]] = [], numbers: [[Int]: Int] = [:]
    let patternOf = columns.map { column in
      let rows = column.values.indices.filter { column.values[$0] != nil }
      if let number = numbers[rows] { return number }
      numbers[rows] = patterns.count
      patterns.append(rows)
      return patterns.count - 1
    }
    let models = lanes.map(patterns.count) { [patterns] n in
      patterns[n].count > 2 ? design.map { Model($0, patterns[n], method) } : nil
    }
    let matrix = conditions.readings()
    return lanes.map(columns.count) { n in result(columns[n], models[patternOf[n]], matrix) }
  }

  private func result(
    _ column: ReliabilityColumn, _ model: Model?, _ matrix: Result<[[Int?]], MatrixError>
  ) -> FeatureReliability {
    let values = column.values.compactMap { $0 }
    let subjects = Set(zip(conditions.subject.codes, column.values).filter { $0.1 != nil }.map(\.0)).count
    let counts = [
      Statistic("n_rows", values.count, "rows with a value"),
      Statistic("n_missing", column.values.count - values.count),
      Statistic("n_subjects", subjects),
    ]
    guard let low = values.min(), let high = values.max(), values.count > 2, subjects > 1,
      (1e-100...1e100).contains(high - low), max(abs(low), abs(high)) < 1e100
    else {
      let reason = Self.obstacle(values, subjects)
      let headline = ["icc", "icc_lower", "icc_upper", "between_sd"].map { Statistic($0, .undefined(reason)) }
      return FeatureReliability(
        column: column, groups: [.init("", counts + headline)], form: "none", dominantError: nil, difference: nil)
    }
    let components = componentsOf(values, model, column.unit)
    let classical = classical(column, matrix)
    let usesMatrix = classical.isComplete && classical.icc != nil
    let (form, icc) =
      usesMatrix
      ? (conditions.roles.isEmpty ? "ICC1" : "ICC2", headline(classical.icc!))
      : ("ICC_agreement_single", components.icc)
    let summary =
      counts + [
        Statistic("mean", mean(values), unit: column.unit), Statistic("min", low, unit: column.unit),
        Statistic("max", high, unit: column.unit),
        Statistic("between_sd", components.between, unit: column.unit, "SD between subjects"),
      ] + icc
    let repeatability = repeatability(column)
    let groups =
      [.init("", summary + ratios(column, components, repeatability))] + classical.groups + [repeatability.group]
      + linearity(column) + components.groups
    var found = FeatureReliability(
      column: column, groups: groups, form: form, dominantError: components.dominant,
      difference: classical.difference)
    found.errors = errors(column, values, model, rc: found["rc"]?.value)
    return found
  }

  /// Why some values allow no analysis.
  private static func obstacle(_ values: [Double], _ subjects: Int) -> Reason {
    guard let low = values.min(), let high = values.max() else { return "no row has a value" }
    if subjects < 2 { return "values of one subject only" }
    if values.count < 3 { return "fewer than 3 values" }
    if low == high { return "constant: every value is \(numberText(low))" }
    return "values from \(numberText(low)) to \(numberText(high)) are too large or too close to be computed with"
  }

  private func headline(_ estimate: CorrelationEstimate) -> [Statistic] {
    [
      Statistic("icc", estimate.value), Statistic("icc_lower", estimate.lower), Statistic("icc_upper", estimate.upper),
    ]
  }
}
