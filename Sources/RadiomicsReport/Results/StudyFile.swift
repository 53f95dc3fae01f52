import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A study's file with the rows that it names, ready to be learnt.
package struct StudyFile: Sendable {
  package let path: String
  package let plan: StudyPlan
  /// SHA-256 of files that steps learn from.
  package let stepFiles: [String]
  package let measured: MeasuredTable
  package let outcome: StudyOutcome
  package let rows: StudyRows
  /// Names of the candidates, of each source of its own; one without a name where nothing is fused.
  package let sources: [(name: String, features: [String])]
  /// Of all of them.
  package var features: [String] { sources.flatMap(\.features) }
  /// The column of the lesion's volume, if there is one.
  package let volume: String?
  package let findings: [Finding]
  /// Refusals that were overridden, and whether a leak was forced, or something learnt from rows that are judged.
  package let allowed: [Signature.Allowed], isForced: Bool, isTransductive: Bool
  /// The recipe by which features were measured, if the table's provenance has it.
  package let recipe: Setting.Value?
  /// SHA-256 of the images that rows were measured in, if the table's provenance has them.
  package let images: [String]

  /// What may be overridden.
  package struct Overrides: Sendable {
    package var codes: Set<String> = []
    /// Tables harmonised with the rows that are judged, or with the outcome.
    package var forcesLeak = false

    package init() {}
  }

  /// Reads a study, and refuses what would leak.
  /// - `path`: The study's file; tables are beside it.
  /// - `seed`: In place of the study's.
  /// - Throws: `SettingError`, `FormatError`, `StudyError` or `ModelError` with a sentence that says what to do.
  package init(path: String, overrides: Overrides = Overrides(), seed: UInt64? = nil) throws {
    try self.init(
      Setting(yaml: try WholeFile.text(of: path), file: path, kind: "study"), path: path, overrides: overrides,
      seed: seed)
  }

  /// The same of a study's settings.
  package init(_ setting: Setting, path: String, overrides: Overrides = Overrides(), seed: UInt64? = nil) throws {
    var plan = try StudyPlan(setting: setting)
    if let seed { plan.seed = seed }
    @Sendable func beside(_ name: String) -> String { Path.located(name, besides: path) }
    try plan.pipeline.read(
      StepFiles(
        names: { try FeatureSelection(beside($0)).listed ?? [] },
        table: { try MeasuredTable(paths: [beside($0)], recognised: { _ in nil }).table }))
    stepFiles = try plan.pipeline.files.map { sha256(try WholeFile.bytes(of: beside($0))) }
    (self.path, self.plan) = (path, plan)
    let table = beside(plan.table)
    var request = RowsRequest()
    (request.missing, request.joined, request.keys) = (plan.missing, plan.join.map(beside), plan.by)
    request.ordersByNames = true
    let (measured, roles) = try Self.read(plan, table, beside, request)
    self.measured = measured
    let provenance = try TableProvenance(of: table)
    recipe = provenance?.document["recipe"]
    images = provenance?.images.map(\.sha256) ?? []
    let outcome = try StudyOutcome(plan, measured.table)
    self.outcome = outcome
    let own = measured.table.rows(outcome.rows)
    let patients = try own.patients(plan.subject)
    let sites = try plan.site.map { (name) throws(ModelError) in try RowGroups(name, own, as: "site") }
    let treatment = try plan.treatment.map { (name) throws(ModelError) in try TrialArms(name, own) }
    let covariates = try plan.pipeline.steps.compactMap { $0 as? HarmoniseStep }.flatMap {
      try $0.combat.covariateColumns(measured.table)
    }
    let others = roles + covariates, names = measured.features.map(\.name).filter { !others.contains($0) }
    sources = try Self.sources(plan, beside, measured, others)
    let volume =
      try plan.volume.map { (name) throws(ModelError) in
        _ = try own.numbers(name)
        return name
      } ?? own.volumeColumn(names)
    self.volume = volume
    let wanted = Set(names + others + plan.clinical + (volume.map { [$0] } ?? []))
    rows = StudyRows(own.only(wanted), outcome.outcome, patients: patients, sites: sites, treatment: treatment)
    var checks = LeakChecks(overrides)
    try checks.harmonised(provenance?.document, own, table)
    for path in plan.join.map(beside) { try checks.harmonised(TableProvenance(of: path)?.document, own, path) }
    try checks.check(
      rows, names, covariates + plan.pipeline.batches, plan, outcome, of: own, provenance: provenance, path: table)
    (allowed, isForced, isTransductive) = (
      checks.allowed, checks.isForced, checks.isTransductive || !plan.pipeline.estimating.isEmpty
    )
    findings =
      measured.findings + Self.leftOut(measured, roles + covariates, plan) + outcome.findings + checks.findings
      + Self.extreme(rows, names + plan.clinical, table) + Self.unnamed(plan)
  }

  /// The rows, and names of columns with another role than feature.
  private static func read(
    _ plan: StudyPlan, _ table: String, _ beside: (String) -> String, _ request: RowsRequest
  ) throws -> (MeasuredTable, [String]) {
    var roles = [plan.subject, plan.site, plan.start, plan.time, plan.event, plan.outcome, plan.treatment]
      .compactMap { $0 }
    roles += plan.by + plan.clinical
    switch plan.design.outer {
    case .external(let column, _), .temporal(let column, _): roles.append(column)
    default: break
    }
    for step in plan.pipeline.steps.compactMap({ $0 as? HarmoniseStep }) {
      roles += step.combat.batch + step.combat.acquisition + [step.combat.subject].compactMap { $0 }
    }
    let hasFeatures = !plan.candidates.isEmpty || !plan.sources.all.isEmpty
    let chosen = plan.sources.all.isEmpty ? [plan.candidates] : plan.sources.all.map(\.candidates)
    let selections = try hasFeatures ? chosen.map { try selection($0, beside) } : []
    let measured = try MeasuredTable(
      paths: [table], named: Set(roles), selection: selections.count == 1 ? selections[0] : .any(of: selections),
      hasFeatures: hasFeatures,
      request: request, recognised: { _ in nil })
    return (measured, roles)
  }

  /// A warning of columns that a pattern of candidates means and that are left out, as they hold words.
  private static func leftOut(_ measured: MeasuredTable, _ roles: [String], _ plan: StudyPlan) -> [Finding] {
    let table = measured.table, known = Set(measured.features.map(\.name) + roles)
    let patterns = (plan.sources.all.isEmpty ? [plan.candidates] : plan.sources.all.map(\.candidates)).filter {
      $0.count == 1 && $0[0].hasPrefix("/") && $0[0].hasSuffix("/")
    }
    let meant = patterns.flatMap { candidates in
      (try? FeatureSelection(candidates[0]).names(among: table.names, of: measured.path)) ?? []
    }
    return Set(meant).subtracting(known).sorted().map { name in
      let odd = table.oddCell(of: name)
      return Finding(
        .warning, odd?.place ?? measured.path,
        "'\(name)' is left out of the candidates, as \(odd.map { "it is '\($0.text)' there, which is no number" } ?? "it holds words"). Correct it, or name the word "
          + "for nothing as 'missing'.")
    }
  }

  /// Columns whose squares are no numbers, so that nothing can be learnt of them.
  private static func extreme(_ rows: StudyRows, _ names: [String], _ path: String) -> [Finding] {
    rows.extremeColumns(names).map { name, value in
      Finding(
        .warning, path,
        "'\(name)' holds values such as \(numberText(value)), whose squares or differences are beyond what numbers can be: it has no effect on any "
          + "model. Give it in another unit.")
    }
  }

  private static func unnamed(_ plan: StudyPlan) -> [Finding] {
    plan.subject == nil
      ? [
        Finding(
          .note, "subject",
          "no column names patients: each row is taken as a patient of its own. Name it as 'subject' where a patient has several rows."
        )
      ] : []
  }

  private static func selection(_ candidates: [String], _ beside: (String) -> String) throws -> FeatureSelection {
    guard candidates.count == 1 else { return FeatureSelection(names: candidates) }
    return try FeatureSelection(WholeFile.exists(beside(candidates[0])) ? beside(candidates[0]) : candidates[0])
  }

  /// Features of each source.
  private static func sources(
    _ plan: StudyPlan, _ beside: (String) -> String, _ measured: MeasuredTable, _ roles: [String]
  ) throws -> [(name: String, features: [String])] {
    let names = measured.features.map(\.name).filter { !roles.contains($0) }
    guard !plan.sources.all.isEmpty else { return [(name: "", features: names)] }
    return try plan.sources.all.map { source in
      let own = try selection(source.candidates, beside).names(among: names, of: "sources '\(source.name)'")
      return (name: source.name, features: own)
    }
  }
}

extension Table {
  /// Numbers of patients, or of rows where no column names patients.
  fileprivate func patients(_ column: String?) throws -> [Int]? {
    guard let column else { return nil }
    return Factor(name: column, try batchLabels(column, "patient")).codes
  }

  /// Tags of features that are the lesion's volume, and names of columns that nobody measured.
  private static let volumes = [
    "morph_volume", "morph_vol_approx", "morph_volume_approx", "shape_MeshVolume", "shape_VoxelVolume",
  ]
  private static let volumeNames = [
    "volume", "morph_volume", "original_shape_meshvolume", "original_shape_voxelvolume",
  ]
  /// Which columns are taken for the lesion's volume, in words.
  package static var volumeWords: String {
    "a feature \(volumes.joined(separator: ", ")), or a column \(volumeNames.joined(separator: ", "))"
  }

  /// The lesion's volume: a feature of that measurand, else a column called so; nil without one.
  fileprivate func volumeColumn(_ features: [String]) -> String? {
    let known = Self.volumes
    let measured = columns.filter { known.contains($0.measurand?.feature.tag ?? "") }.map(\.name)
    return known.compactMap { tag in measured.first { column($0)?.measurand?.feature.tag == tag } }.first
      ?? names.first { Self.volumeNames.contains($0.lowercased()) }
  }
}
