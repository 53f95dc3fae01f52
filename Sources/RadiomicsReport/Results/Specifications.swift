import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// Every defensible choice of a study: axes of which each value changes the study or the recipe.
package struct SpecificationPlan: Sendable {
  /// What can be chosen.
  package struct Axis: Sendable, Hashable {
    package let name: String
    /// Each with what it is called, and what it changes in the study and in the recipe.
    package let values: [(label: String, study: Setting.Value, recipe: Setting.Value)]
    /// Where the plan names it.
    let place: Place

    package static func == (a: Axis, b: Axis) -> Bool {
      a.name == b.name && a.values.map(\.label) == b.values.map(\.label)
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  package let axes: [Axis]
  /// The cohort that is measured anew where an axis changes the recipe, and the recipe that is changed.
  package let cohort: String?, recipe: String?
  /// More are no plan.
  package static let most = 2000

  private static let example = "axes of values, such as pipeline.mrmr.count: [5, 10, 20]"

  /// Reads a plan: `axis: [values]`. A value is a map that is laid over the study (under `recipe`, over the recipe), or stands in place of the
  /// setting that the axis names: `seed`, `pipeline.mrmr.count`, `recipe.preparation.resample.spacing`.
  /// - Throws: `SettingError` with the place.
  package init(_ setting: Setting) throws(SettingError) {
    guard case .map = setting.value else {
      throw setting.error("the plan is \(setting.value.kind), must be \(Self.example).")
    }
    var axes: [Axis] = [], cohort: String?, recipe: String?
    for (name, place, value) in setting.entries {
      if ["cohort", "recipe"].contains(name), case .text(let text) = value.value {
        if name == "cohort" { cohort = text } else { recipe = text }
        continue
      }
      guard case .list = value.value, value.elements.count > 1 else {
        throw SettingError(
          place: place,
          message: "'\(name)' is \(value.value.kind), must be a list of at least two values: \(Self.example).")
      }
      axes.append(Axis(name: name, values: value.elements.map { Self.value(name, $0.value) }, place: place))
    }
    guard !axes.isEmpty else { throw setting.error("the plan has no axis, must be \(Self.example).") }
    (self.axes, self.cohort, self.recipe) = (axes, cohort, recipe)
    guard count <= Self.most else {
      throw setting.error("the plan has \(count) specifications, must be at most \(Self.most). Leave values out.")
    }
    if changesRecipe, cohort == nil {
      throw setting.error(
        "an axis changes the recipe, and 'cohort' is missing: the images that are measured anew, must be named.")
    }
  }

  private static func value(_ name: String, _ value: Setting.Value) -> (String, Setting.Value, Setting.Value) {
    if case .map(let entries) = value {
      let label = value["label"]?.asText ?? value.description
      let own = entries.filter { !["recipe", "label"].contains($0.key) }
      return (label, .map(own), value["recipe"] ?? .map([]))
    }
    let path = name.split(separator: ".").map(String.init)
    func nested(_ path: ArraySlice<String>) -> Setting.Value {
      path.isEmpty ? value : .map([.init(path.first!, nested(path.dropFirst()))])
    }
    return path.first == "recipe"
      ? (value.description, .map([]), nested(path[1...])) : (value.description, nested(path[...]), .map([]))
  }

  /// Number of specifications.
  package var count: Int { axes.reduce(1) { $0 * $1.values.count } }
  package var changesRecipe: Bool { axes.contains { $0.values.contains { $0.recipe != .map([]) } } }

  /// The number of each axis's value of a specification, from 0, the last axis fastest.
  package func choices(_ number: Int) -> [Int] {
    var rest = number
    return axes.reversed().map { axis in
      defer { rest /= axis.values.count }
      return rest % axis.values.count
    }.reversed()
  }

  /// A study and a recipe under some choices.
  package func study(_ study: Setting.Value, _ choices: [Int]) -> Setting.Value {
    zip(axes, choices).reduce(study) { $0.laid(over: $1.0.values[$1.1].study) }
  }
  package func recipe(_ recipe: Setting.Value, _ choices: [Int]) -> Setting.Value {
    zip(axes, choices).reduce(recipe) { $0.laid(over: $1.0.values[$1.1].recipe) }
  }
}

extension SpecificationPlan {
  /// - Throws: `SettingError` for an axis that changes a step which the study's pipeline does not have.
  func check(_ study: Setting.Value) throws(SettingError) {
    for axis in axes {
      for value in axis.values {
        guard let (step, steps) = study.missed(by: value.study) else { continue }
        throw SettingError(
          place: axis.place,
          message:
            "'\(axis.name)' changes '\(step)', which the study does not have there, must be one of \(steps.joined(separator: ", ")).\(didYouMean(step, among: steps))"
        )
      }
    }
  }

  /// A study under some choices, ready to be learnt; shuffles are of the study, not of every choice.
  func training(
    _ study: Setting.Value, _ choices: [Int], _ place: Place, _ path: String, _ overrides: StudyFile.Overrides,
    _ lanes: Lanes
  ) throws -> (StudyFile, StudyTraining) {
    do {
      let own = study.laid(over: .map([.init("shuffles", .integer(0))]))
      let file = try StudyFile(Setting(own, at: place), path: path, overrides: overrides)
      return (
        file, try StudyTraining(file.plan, file.rows, sources: file.sources, volume: nil, lanes: lanes)
      )
    } catch let error as SettingError {
      let words = zip(axes, choices).map { "\($0.name): \($0.values[$1].label)" }.joined(separator: ", ")
      throw SettingError(place: axes.first?.place ?? place, message: "with \(words): \(error.fact)")
    }
  }

  /// What judging all choices would take, in words; each is made ready, and of twelve at most a split is learnt.
  /// - `study`: The study's file.
  package func forecast(study path: String, overrides: StudyFile.Overrides) throws -> [String] {
    let setting = try Setting(yaml: try WholeFile.text(of: path), file: path, kind: "study")
    try check(setting.value)
    var fits = 0, seconds: [Double] = []
    for number in 0..<count {
      let choices = choices(number)
      let (_, training) = try training(
        self.study(setting.value, choices), choices, setting.place, path, overrides, Lanes(jobs: 1))
      fits += training.splits.count
      if number % max(1, (count + 11) / 12) == 0, let own = training.secondsOfSplit() { seconds.append(own) }
    }
    let tables = Set((0..<count).map { recipe(.map([]), choices($0)).json }).count
    let time = seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count) * Double(fits)
    return [
      "\(count) choices of \(axes.map(\.name).joined(separator: ", ")): everything is learnt \(fits) times.",
      time.map {
        "Expected: about \(shortText(max($0, 0.1), digits: 2)) s of a processor, by a split of \(seconds.count) of the choices."
      }
        ?? "Expected: no split that was tried has a model, so that nobody knows how long it takes.",
    ] + (changesRecipe ? ["Images are measured by \(tables) recipes before; that time is not among it."] : [])
  }
}

extension Setting.Value {
  /// The name of a step that a patch changes and a list of steps does not have, with those that it has; nil if there is none.
  fileprivate func missed(by patch: Setting.Value) -> (step: String, steps: [String])? {
    guard case .map(let new) = patch else { return nil }
    if case .list(let steps) = self {
      let names = steps.compactMap { step -> String? in
        if case .map(let own) = step { own.first?.key } else { step.asText }
      }
      return new.first { !names.contains($0.key) }.map { ($0.key, names) }
    }
    return new.lazy.compactMap { entry in self[entry.key].flatMap { $0.missed(by: entry.value) } }.first
  }

  /// The same with a patch over it: maps key by key; a list of steps, such as a pipeline, by the names of its steps.
  fileprivate func laid(over patch: Setting.Value) -> Setting.Value {
    switch (self, patch) {
    case (.map(let own), .map(let new)):
      var result = own
      for entry in new {
        if let place = result.firstIndex(where: { $0.key == entry.key }) {
          result[place] = .init(entry.key, result[place].value.laid(over: entry.value))
        } else {
          result.append(entry)
        }
      }
      return .map(result)
    case (.list(let steps), .map(let new)):
      return .list(
        steps.map { step in
          if case .text(let name) = step, let value = new.first(where: { $0.key == name })?.value {
            return .map([.init(name, value)])
          }
          guard case .map(let own) = step, own.count == 1, let value = new.first(where: { $0.key == own[0].key })?.value
          else { return step }
          return .map([.init(own[0].key, own[0].value.laid(over: value))])
        })
    default: return patch
    }
  }
}

/// What a study finds under every choice of a plan.
package struct Specifications: Sendable {
  /// One specification.
  package struct Result: Sendable {
    package let choices: [Int]
    /// The value that stands first, or why there is none.
    package let value: BoundedValue
  }

  package let plan: SpecificationPlan, results: [Result], measure: String
  /// What the study itself says, as its place among the results; nil if the plan does not hold it.
  package let own: [Int]?
  private let file: String, table: Table, seed: UInt64

  /// - `study`: The study's file.
  /// - `measured`: Gives the table of a cohort by a recipe.
  package init(
    _ plan: SpecificationPlan, study path: String, overrides: StudyFile.Overrides, lanes: Lanes,
    measured: (Setting.Value) throws -> String, progress: (Int, Int) -> Void
  ) throws {
    let setting = try Setting(yaml: try WholeFile.text(of: path), file: path, kind: "study")
    try plan.check(setting.value)
    let recipe = try plan.recipe.map { try Setting(yaml: WholeFile.text(of: $0), file: $0).value } ?? .map([])
    var results: [Result] = [], measure = "", table: Table?, seed: UInt64 = 1, tables: [String: String] = [:]
    for number in 0..<plan.count {
      let choices = plan.choices(number)
      var study = plan.study(setting.value, choices)
      if plan.changesRecipe {
        let own = plan.recipe(recipe, choices)
        let path = try tables[own.json] ?? measured(own)
        tables[own.json] = path
        study = study.laid(over: .map([.init("table", .text(path))]))
      }
      let (file, training) = try plan.training(study, choices, setting.place, path, overrides, lanes)
      (measure, table, seed) = (file.rows.measure, file.measured.table, file.plan.seed)
      let value: BoundedValue
      do throws(ModelError) { value = try training.performance().first } catch {
        value = BoundedValue(undefined: error.fact)
      }
      results.append(Result(choices: choices, value: value))
      progress(number + 1, plan.count)
    }
    (self.plan, self.results, self.measure, self.table, self.seed) = (plan, results, measure, table!, seed)
    file = path
    own = Self.own(plan, setting.value)
  }

  /// Which choices leave the study as it is.
  private static func own(_ plan: SpecificationPlan, _ study: Setting.Value) -> [Int]? {
    var choices: [Int] = []
    for axis in plan.axes {
      guard let place = axis.values.firstIndex(where: { study.laid(over: $0.study) == study && $0.recipe == .map([]) })
      else { return nil }
      choices.append(place)
    }
    return choices
  }

  private var known: [(choices: [Int], value: Double, lower: Double?, upper: Double?)] {
    results.compactMap { result in
      result.value.value.map { (result.choices, $0, result.value.lower, result.value.upper) }
    }
  }

  /// The share of variance among results that each axis explains by itself.
  private var shares: [Double?] { specificationShares(known.map(\.value), choices: known.map(\.choices)) }

  /// For people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    var report = Report(
      "\(Path.name(of: file)) under \(results.count) choices", [head, axes, Section("specifications", listing: each)],
      table: .rows("specification"), findings: [],
      provenance: ResultProvenance(ResultProvenance.Input.files(of: table, used: nil), seed: seed, command: command))
    report.question = ["Whether the result hangs on choices that could have been made otherwise."]
    report.answers = answers
    report.figure = { FigurePanels.svg("Specifications", [curve]) }
    report.caption =
      "Each choice's \(measure) with its 95 % confidence interval in ascending order; below, what was chosen."
    return report
  }

  private var curve: SpecificationCurve {
    SpecificationCurve(
      known.map { result in
        .init(
          result.value, limits: result.lower.flatMap { low in result.upper.map { low...$0 } }, choices: result.choices,
          isOwn: result.choices == own)
      },
      zip(plan.axes, shares.isEmpty ? plan.axes.map { _ in nil } : shares).map {
        .init($0.name, $0.values.map(\.label), explained: $1)
      },
      measure: measure, neutral: 0.5)
  }

  private var answers: [String] {
    let sorted = known.map(\.value).sorted(), agreeing = curve.agreeing
    guard let low = sorted.first, let high = sorted.last else { return ["No choice has a result."] }
    return [
      "\(agreeing) of \(results.count) choices (\(percentText(Double(agreeing) / Double(results.count)))) agree that \(measure) is above 0.5, their 95 % limits leaving it out.",
      "\(measure) from \(shortText(low, digits: 3)) to \(shortText(high, digits: 3)), median \(shortText(sorted[sorted.count / 2], digits: 3)).",
    ]
      + (known.count < results.count
        ? ["\(results.count - known.count) choices have no result; the table says why."] : [])
  }

  private var head: Section {
    var section = Section("", "\(results.count) choices of \(plan.axes.map(\.name).joined(separator: ", "))")
    section.sentences = answers
    section.facts = [
      .init("measure", .text(measure)), .init("agreeing", .integer(curve.agreeing)),
      .init("count", .integer(results.count)),
      .init("share_agreeing", .number(Double(curve.agreeing) / Double(max(results.count, 1)))),
    ]
    return section
  }

  private var axes: Section {
    var section = Section(isNewBlock: true, title: "What the choice explains")
    section.places = [.text, .page]
    let shares = shares
    section.table = TextTable(
      [["choice", "values", "share of variance"]]
        + plan.axes.enumerated().map { place, axis in
          let share = shares.indices.contains(place) ? shares[place] : nil
          return [
            axis.name, axis.values.map(\.label).joined(separator: ", "), share.map { shortText($0, digits: 2) } ?? "-",
          ]
        }, right: [2])
    return section
  }

  private var each: [Section] {
    results.enumerated().map { number, result in
      var section = Section()
      section.places = [.json, .table]
      section.row = "\(number + 1)"
      section.rowTexts = zip(plan.axes, result.choices).map { ($0.name, $0.values[$1].label) }
      section.facts = zip(plan.axes, result.choices).map { .init($0.name, .text($0.values[$1].label)) }
      func cell(_ number: Double?) -> Cell {
        number.map { .value($0) } ?? .undefined(Reason(result.value.reason ?? ""))
      }
      section.quantities = [
        StatisticGroup(
          "",
          [
            Statistic("value", cell(result.value.value)), Statistic("lower", cell(result.value.lower)),
            Statistic("upper", cell(result.value.upper)),
          ])
      ]
      return section
    }
  }
}
