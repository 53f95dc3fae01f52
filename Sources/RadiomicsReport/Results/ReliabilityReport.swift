import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// The reliability of a table's features: what was found, and what is kept.
package struct ReliabilityReport: Sendable {
  /// The table.
  package let table: MeasuredTable
  /// How it was analysed.
  package let analysis: ReliabilityAnalysis
  /// One for each feature.
  package let features: [FeatureReliability]
  /// What a feature must meet to be kept.
  package let requirements: [Requirement]
  /// What was noticed.
  package let findings: [Finding]

  /// One verdict for each feature; nil if nothing is required.
  package let verdicts: [Verdict]?

  init(
    table: MeasuredTable, analysis: ReliabilityAnalysis, features: [FeatureReliability], requirements: [Requirement],
    findings: [Finding]
  ) {
    self.table = table
    self.analysis = analysis
    self.features = features
    self.requirements = requirements
    self.findings = findings
    verdicts = requirements.isEmpty ? nil : features.map { Verdict($0, requirements) }
  }

  /// Number of features that are kept; nil if nothing is required.
  package var keptCount: Int? { verdicts?.count(where: \.isKept) }
}

/// Features that belong together, and how reliable they are.
package struct ReliabilitySummary: Sendable {
  /// `glcm`, or with a filter `glcm, wavelet`.
  package let group: String
  /// Number of features.
  package let count: Int
  /// The median of their coefficients of correlation.
  package let median: Double
  /// How many are kept; nil if nothing is required.
  package let kept: Int?
}

extension ReliabilityReport {
  /// Families and filters, the most reliable first; of columns whose family is known.
  package var summaries: [ReliabilitySummary] {
    var groups: [String: [Int]] = [:]
    for (index, feature) in features.enumerated() {
      guard let family = feature.column.family, feature["icc"]?.value != nil else { continue }
      let filter = feature.column.filter.map { $0 == "none" ? "" : ", \($0)" } ?? ""
      groups[family + filter, default: []].append(index)
    }
    return groups.map { name, members in
      let values = members.map { features[$0]["icc"]!.value! }.sorted()
      let median = (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
      return ReliabilitySummary(
        group: name, count: members.count, median: median,
        kept: verdicts.map { verdicts in members.count { verdicts[$0].isKept } })
    }.sorted { ($1.median, $0.group) < ($0.median, $1.group) }
  }
}

extension MeasuredTable {
  /// How reliability is analysed.
  package struct ReliabilityOptions: Sendable {
    /// Terms of the model; nil for the usual ones.
    package var terms: [String]?
    /// How components are estimated.
    package var method = ComponentMethod.reml
    /// One minus the level of confidence.
    package var alpha = 0.05
    /// Whether profile limits are computed; nil where it costs little.
    package var profiles: Bool?
    /// The scale of columns of which nobody says it.
    package var scale: Scale?
    /// What a feature must meet to be kept.
    package var requirements: [Requirement] = []

    /// REML, 95 %.
    package init() {}
  }

  /// The reliability of every feature.
  /// - `phantom`: Readings of uniform phantoms, for the noise floor.
  /// - Throws: `StudyError` or `ComponentsError` if the rows have no answer to give.
  package func reliability(
    _ roles: Roles, _ options: ReliabilityOptions = ReliabilityOptions(), phantom: MeasuredTable? = nil, lanes: Lanes
  ) throws -> ReliabilityReport {
    let parts = try roles.subjects.map { try texts($0, for: "subject") }
    let subject = (0..<count).map { row in parts.map { $0[row] }.joined(separator: "/") }
    try checkRegions(roles, subject)
    var conditions: [ConditionRole: [String]] = [:]
    for (role, name) in roles.conditions { conditions[role] = try texts(name, for: role.rawValue) }
    let rows = try ReliabilityConditions(subject: subject, conditions)
    var analysis = try ReliabilityAnalysis(rows, terms: options.terms, method: options.method, alpha: options.alpha)
    analysis.profiles = options.profiles
    analysis.truth = try roles.truth.map { try numbers($0, for: "truth") }
    let columns = features.map {
      ReliabilityColumn(
        name: $0.name, unit: $0.measurand.flatMap { $0.unit.isEmpty ? nil : $0.unit } ?? "1",
        scale: $0.measurand?.feature.scale ?? options.scale, family: $0.measurand?.family,
        filter: $0.measurand.flatMap { $0.filter.isEmpty ? nil : $0.filter }, values: $0.numbers)
    }
    var results = try analysis.analyse(columns, lanes: lanes)
    if let phantom { results = try noiseFloors(results, phantom, scanner: roles.conditions[.scanner]) }
    for requirement in options.requirements where !results.contains(where: { $0[requirement.name] != nil }) {
      throw StudyError.at(
        "requirement '\(requirement)'",
        "there is no statistic '\(requirement.name)'."
          + didYouMean(requirement.name, among: results[0].columnNames)
          + " Its names are the columns of the .csv result.")
    }
    var notes = findings + shared(subject) + (options.terms == nil ? rows.usualTerms.findings : [])
    if columns.count > 20, options.requirements.contains(where: { $0.name == "icc" }) {
      notes.append(
        Finding(
          .warning, "requirement",
          "of \(columns.count) columns some have a high icc by chance. Require icc_lower, its lower confidence limit."))
    }
    return ReliabilityReport(
      table: self, analysis: analysis, features: results, requirements: options.requirements,
      findings: notes)
  }

  /// Regions of one subject must not count as repeated readings of one thing.
  private func checkRegions(_ roles: Roles, _ subject: [String]) throws(StudyError) {
    guard has("region"), !roles.readings.contains("region") else { return }
    let regions = try texts("region", for: "the table")
    guard Set(regions).count > 1 else { return }
    throw StudyError.at(
      path,
      "subjects have \(Set(regions).count) different regions ('\(regions[0])', …), which are no repeated readings.",
      .takeAsSubjects(roles.subjects + ["region"]))
  }
}

extension FeatureReliability {
  /// All names of statistics, as tables have them.
  fileprivate var columnNames: [String] {
    groups.flatMap { group in
      group.statistics.flatMap(\.columns).map { group.name.isEmpty ? $0.name : "\(group.name).\($0.name)" }
    }
  }
}

extension ReliabilityReport {
  /// The selection that `train` and others read: each feature with its verdict, the reasons, the numbers required, the
  /// fingerprint, and the errors that changes are judged by.
  package var selection: CSV {
    let names = ["icc", "icc_lower", "icc_upper", "wcv", "rc", "between_sd"]
    let rows = zip(features, table.features).enumerated().map { index, pair in
      let (feature, column) = pair, verdict = verdicts?[index]
      let numbers = names.map { feature[$0]?.csv ?? "" }
      return [
        feature.column.name, verdict?.isKept ?? (feature["icc"]?.value != nil) ? "keep" : "drop",
        verdict?.reasons.joined(separator: "; ") ?? feature["icc"]?.reason?.text ?? "",
      ] + numbers + [column.measurand?.fingerprint ?? ""] + FeatureErrors.cells(feature.errors)
    }
    return CSV(
      header: ["feature", "verdict", "reason"] + names + ["fingerprint"] + FeatureErrors.columns, rows: rows)
  }
}
