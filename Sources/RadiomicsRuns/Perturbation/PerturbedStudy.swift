import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

/// A recipe with everything that a plan changes, made once for all cases.
package struct PerturbationSchedule: Sendable {
  /// The plan.
  package let plan: PerturbationPlan
  /// The recipe, unchanged.
  package let recipe: Recipe
  /// What is tried, the unchanged one first.
  package let perturbations: [Perturbation]
  /// The recipe for each.
  let recipes: [Recipe]
  /// Which settings of the procedure some of them change, in the plan's order.
  let processing: [String]

  /// - Throws: `SettingError` or `StudyError` if a change does not fit the recipe.
  package init(_ plan: PerturbationPlan, _ recipe: Recipe) throws {
    guard recipe.also.isEmpty, recipe.diagnostics.isEmpty else {
      throw StudyError.at("recipe", "measures several recipes beside each other, must be one alone to be perturbed.")
    }
    self.plan = plan
    self.recipe = recipe
    perturbations = plan.perturbations
    var recipes: [Recipe] = [], made: [[Setting.Value.Entry]: Recipe] = [:], keys: [String] = []
    for perturbation in perturbations {
      let changed = try made[perturbation.processing] ?? recipe.changed(by: perturbation.processing)
      made[perturbation.processing] = changed
      recipes.append(changed)
      for entry in perturbation.processing where !keys.contains(entry.key) { keys.append(entry.key) }
    }
    self.recipes = recipes
    processing = keys
    if let first = zip(perturbations, recipes).first(where: { perturbation, recipe in
      let resample = recipe.preparation.resample
      return perturbation.rotation != 0 && (resample?.antialiasing == true || resample?.edge == .itk)
    }) {
      throw StudyError.at(
        "plan, \(first.0.name)",
        "rotation goes with neither 'antialiasing' nor 'edge: itk' of the recipe's resampling. Leave "
          + "one of them out.")
    }
  }

  /// Names of the columns that say what was changed.
  package static let texts = [
    "perturbation", "rotation", "shift_x", "shift_y", "shift_z", "noise", "volume", "contour",
  ]

  /// The table's columns, after those that say what a case is.
  package func header(_ texts: [String]) -> TableHeader {
    TableHeader(
      texts: texts + Self.texts + processing, measurands: recipe.columns,
      facts: [
        .init("software", .text("swift-radiomics \(radiomicsVersion)")), .init("recipe", .text(recipe.yaml)),
        .init("recipe_fingerprint", .text(recipe.fingerprint)), .init("plan", .text(plan.settingValue.line)),
      ])
  }

  fileprivate func texts(of perturbation: Perturbation) -> [String?] {
    let shift = perturbation.translation
    let numbers = [perturbation.rotation, shift.x, shift.y, shift.z].map(numberText)
    return [perturbation.name] + numbers + ["\(perturbation.noise ?? 0)", numberText(perturbation.volume)]
      + ["\(perturbation.contour ?? 0)"]
      + processing.map { key in perturbation.processing.first { $0.key == key }?.value.description }
  }
}

extension Study {
  /// Every region under every perturbation, one row each. Results depend on neither lanes nor order.
  /// - Throws: `StudyError` if the recipe is for intensities of another unit.
  /// - `name`: What makes this study's random draws differ from others': its subject.
  /// - `texts`: What the rows begin with, the region's name put in at `regionColumn`.
  package func rows(
    _ schedule: PerturbationSchedule, name: String, texts: [String?], regionColumn: Int, resources: Resources
  ) throws(StudyError) -> (rows: [TableRow], noiseLevel: Double?, findings: [Finding]) {
    let fit = try fit(of: schedule.recipe)
    let drawsNoise = schedule.perturbations.contains { $0.noise != nil }
    let level = drawsNoise ? image.noiseLevel(lanes: resources.lanes) : nil
    let map = schedule.recipe.preparation.normalisation(of: image, fit.tissues, lanes: resources.lanes)
    let count = schedule.perturbations.count
    let rows = resources.lanes.map(regions.count * count) { n -> TableRow in
      let region = regions[n / count], perturbation = schedule.perturbations[n % count],
        recipe = schedule.recipes[n % count]
      var own = texts
      own[regionColumn] = region.name
      own += schedule.texts(of: perturbation)
      let imaged = ImagedRegion(image, region.voxels, clip: clip, tissues: fit.tissues, map: map)
      let source = PerturbationSource(
        imaged, noiseLevel: level ?? 0, seed: schedule.plan.seed, name: "\(name)/\(region.name)")
      let measurement: Measurement
      do throws(UndefinedError) {
        if perturbation.noise != nil, level == nil {
          throw UndefinedError("the noise level cannot be estimated: slices are smaller than 6 x 6 voxels")
        }
        if perturbation.changesImage {
          let changed = try source.perturbed(perturbation, recipe, lanes: resources.lanes)
          measurement = changed.recipe.measurement(of: changed.region, resources: resources)
        } else {
          measurement = recipe.measurement(of: imaged, resources: resources)
        }
      } catch {
        return TableRow(texts: own, status: .failed, reason: error.reason.text, cells: [])
      }
      let (status, reason) = measurement.cells.status
      return TableRow(
        texts: own, status: status, reason: reason, cells: measurement.cells, findings: measurement.findings)
    }
    let unmeasured = unmeasured.map { region in
      var own = texts
      own[regionColumn] = region.name
      own += schedule.texts(of: schedule.perturbations[0])
      return TableRow(texts: own, status: .failed, reason: region.reason, cells: [])
    }
    return (rows + unmeasured, level, fit.findings)
  }
}

/// Image and mask, or a cohort of them, under every perturbation of a plan, into one table.
package struct PerturbationRun {
  let schedule: PerturbationSchedule
  let options: Study.Options
  let sources: [any ImageSource]
  let words: (Advice) -> String

  /// - `sources`: What else than files of voxels is read.
  /// - `words`: How what to do about a case is said.
  package init(
    _ schedule: PerturbationSchedule, options: Study.Options, sources: [any ImageSource] = [],
    words: @escaping (Advice) -> String = \.text
  ) {

    self.schedule = schedule
    self.options = options
    self.sources = sources
    self.words = words
  }

  /// What became of a run.
  package struct Summary: Sendable {
    /// Rows written, of which failed.
    package var rows = 0, failed = 0
    /// Cases whose rows were there from an earlier run.
    package var reused = 0
    /// Cases that could not be read, or have nothing to measure, with reasons.
    package var unread: [(name: String, reason: String)] = []
    /// What was noticed on reading.
    package var findings: [Finding] = []
    fileprivate var cases: [Setting.Value] = []
  }

  /// One image and its mask.
  package func run(image: String, mask: String, into sink: any TableSink, provenance: String?, resources: Resources)
    throws -> Summary
  {
    let study = try Study(image: image, mask: mask, options: options, sources: sources)
    var summary = Summary()
    summary.findings = study.findings
    try sink.begin(schedule.header(["image", "mask", "region"]))
    try append(study, name: "", texts: [image, mask, nil], 2, 0, sink, resources, &summary)
    try sink.finish()
    if let provenance { try write(provenance, summary) }
    return summary
  }

  /// Every case of a cohort; one that cannot be read is a row that says why.
  /// - `kept`: Where each case's rows are kept, and taken from if they are there.
  package func run(
    cohort: Cohort, into sink: any TableSink, provenance: String?, kept: KeptPerturbations? = nil, resources: Resources,
    progress: (Int) -> Void
  ) throws -> Summary {
    try cohort.checkForOneRecipe()
    try cohort.checkMasks(against: schedule.recipe)
    var summary = Summary()
    let regionColumn = cohort.texts.firstIndex(of: "region")!, header = schedule.header(cohort.texts)
    try sink.begin(header)
    for number in 0..<cohort.count {
      let files = cohort.files(of: number), texts = cohort.texts(of: number)
      let study: Study
      do {
        study = try Study(files, options: options, sources: sources)
        _ = try study.fit(of: schedule.recipe)
      } catch let error where error is StudyError || error is FormatError {
        let unknown = [String?](repeating: nil, count: header.texts.count - texts.count)
        let failure = CaseFailure(error, words: words)
        try sink.append(
          [TableRow(texts: texts + unknown, status: .failed, reason: failure.kept, cells: [])], ofCase: number)
        summary.unread.append((cohort.name(of: number), failure.shown))
        summary.rows += 1
        summary.failed += 1
        progress(number + 1)
        continue
      }
      summary.findings += study.findings
      try append(
        study, name: cohort.name(of: number), texts: texts, regionColumn, number, sink, resources, &summary, kept)
      progress(number + 1)
    }
    try sink.finish()
    if let provenance { try write(provenance, summary) }
    return summary
  }

  private func append(
    _ study: Study, name: String, texts: [String?], _ regionColumn: Int, _ number: Int, _ sink: any TableSink,
    _ resources: Resources, _ summary: inout Summary, _ kept: KeptPerturbations? = nil
  ) throws {
    let key = try kept?.key(study, name: name)
    let found = key.flatMap { kept?.rows($0, texts: texts, regionColumn: regionColumn) }
    let (rows, level, noted) =
      try found
      ?? study.rows(schedule, name: name, texts: texts, regionColumn: regionColumn, resources: resources)
    if found != nil { summary.reused += 1 }
    if found == nil, let key {
      try kept?.keep(rows, noiseLevel: level, noted, key, textCount: texts.count, regionColumn: regionColumn)
    }
    try sink.append(rows, ofCase: number)
    summary.findings += noted
    summary.rows += rows.count
    summary.failed += rows.count { $0.status == .failed }
    if let failure = study.failure { summary.unread.append((name.isEmpty ? study.imagePath : name, failure)) }
    summary.cases.append(
      .map([
        .init("case", .text(name)), .init("inputs", .list(try study.inputs.map { try $0.json })),
        .init("acquisition", study.acquisition.json), .init("noise_level", level.map { .number($0) } ?? .null),
      ]))
  }

  private func write(_ path: String, _ summary: Summary) throws {
    let variants = zip(schedule.perturbations, schedule.recipes).filter { !$0.0.processing.isEmpty }
    var fingerprints: [Setting.Value.Entry] = []
    for (perturbation, recipe) in variants {
      let key = perturbation.processing.map { "\($0.key)=\($0.value.description)" }.joined(separator: " ")
      if !fingerprints.contains(where: { $0.key == key }) { fingerprints.append(.init(key, .text(recipe.fingerprint))) }
    }
    let document = Setting.Value.map([
      .init("format", .integer(1)),
      .init(
        "software", .map([.init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion))])),
      .init("recipe", schedule.recipe.settingValue), .init("recipe_fingerprint", .text(schedule.recipe.fingerprint)),
      .init("plan", schedule.plan.settingValue), .init("changed_recipe_fingerprints", .map(fingerprints)),
      .init("reading", options.json), .init("columns", .list(schedule.recipe.columns.map(\.json))),
      .init("cases", .list(summary.cases)), .init("findings", .list(summary.findings.map(\.json))),
    ])
    try OutputFile.write(document.json + "\n", to: path)
  }
}

extension Study {
  /// The study of a case of a cohort.
  init(_ files: CaseFiles, options: Options, sources: [any ImageSource]) throws {
    var options = options
    if let region = files.region { options.region = RegionChoice(region) }
    if let text = files.volume {
      guard let volume = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), volume >= 0 else {
        throw StudyError("'Label_channel' is '\(text)', must be a whole number from 0.")
      }
      options.maskVolume = volume
    }
    options.clip = files.clip.map(files.located)
    options.reference = files.reference.map(files.located)
    options.series.series = files.series ?? options.series.series
    options.series.maskSeries = files.maskSeries ?? options.series.maskSeries
    try self.init(
      image: files.located(files.image), mask: files.located(files.mask), options: options, sources: sources)
  }
}
