import RadiomicsCore
import RadiomicsStatistics

/// A study as data: which table, what is predicted from what, how a signature is learnt, and how that is judged.
package struct StudyPlan: Configurable {
  /// The table, and tables whose columns are added by which columns.
  package var table = "", join: [String] = [], by: [String] = [], missing: [String] = []
  /// A column or calculation of two values or of numbers, or the columns of a time; which value is the event.
  package var outcome: String?, time: String?, event: String?, start: String?, positive: String?
  /// Values of the event's column that are other events, which keep the event from coming.
  package var competing: [String] = []
  /// The column that says how rows of a randomised trial were treated: who benefits is then learnt, in place of who has the event.
  package var treatment: String?
  /// What the outcome's column holds.
  package var kind = OutcomeKind.binary
  /// Which columns are features: a file, a pattern between slashes, or names.
  package var candidates: [String] = []
  /// In place of candidates: those of each source, and how their predictions become one.
  package var sources = SourcesPlan(), fusion = Stacking.Rule.nonNegative
  package var clinical: [String] = []
  package var subject: String?, site: String?, volume: String?
  package var horizon: Double?
  package var design = StudyDesign()
  package var pipeline = PipelinePlan()
  package var shuffles = 200
  package var riskGroups = 2
  package var seed: UInt64 = 1

  /// What an outcome that is no time is.
  package enum OutcomeKind: String, ChoiceSetting {
    case binary, continuous
  }

  package init() {}
  package static let name = "study"
  package static let summary =
    "A study as data: which table, what is predicted from what, how a signature is learnt, and how that is judged."
  package static let definition =
    "every step of the pipeline and the model are learnt in the training part of each fold; what is held out is predicted; at the end all is "
    + "learnt once more from all rows"
  package static let limits =
    "Performance within site can look good, too, where a harmonisation knew the outcome; the program refuses that, it cannot see what was done "
    + "to a table before."
  package static let reference =
    "Varma and Simon 2006, doi:10.1186/1471-2105-7-91; Collins et al. 2024 (TRIPOD+AI), doi:10.1136/bmj-2023-078378"
  package static var parameters: [Parameter<StudyPlan>] {
    [
      Parameter("table", \.table, isRequired: true, "The table (.csv, .tsv, .xlsx), beside the study's file."),
      Parameter("join", \.join, "Tables whose columns are added, such as outcomes."),
      Parameter("by", \.by, "The columns by which rows of joined tables belong together."),
      Parameter("missing", \.missing, "Words that say that a cell is empty, besides the usual ones."),
      Parameter("outcome", \.outcome, "The column of the outcome, or a calculation: status == 'dead'."),
      Parameter(
        "treatment", \.treatment,
        "The column of two arms of a randomised trial: the signature then predicts what the treatment does. It is no feature."
      ),
      Parameter("kind", \.kind, "What the outcome's column holds: two values, or numbers (continuous)."),
      Parameter(
        "time", \.time, "In place of outcome: the column of the time until the event, or until nobody looked any more."),
      Parameter("event", \.event, "With time: the column of the event, or a calculation."),
      Parameter("start", \.start, "With time: the column of the time from which a row is under observation."),
      Parameter("positive", "a word, a number, true or false", "Which value is the event; without it 1 or true.") {
        (setting, owner) throws(SettingError) in
        owner.positive = setting.value == .null ? nil : try setting.cellWord("positive")
      } write: {
        $0.positive.map { .text($0) } ?? .null
      },
      Parameter(
        "competing", "a word or a number, or a list of them",
        "With time and positive: values of the event's column that are other events, after which the event does not come; the one value left is "
          + "of rows that are censored."
      ) { (setting, owner) throws(SettingError) in
        owner.competing = []
        let isList = if case .list = setting.value { true } else { false }
        for element in isList ? setting.elements : [setting] where element.value != .null {
          owner.competing.append(try element.cellWord("competing"))
        }
      } write: {
        $0.competing.isEmpty ? .null : $0.competing.settingValue
      },
      Parameter(
        "candidates", \.candidates,
        "Features: a list (a file), a pattern of names between slashes such as /^cm_/, or names; none for clinical columns alone."
      ),
      Parameter(
        "sources", \.sources,
        "In place of candidates: features of each source, such as ct and pet, which get a pipeline each; clinical columns are one more source."
      ),
      Parameter(
        "fusion", \.fusion,
        "With sources: how predictions become one: weights that are not negative (of all outcomes), logistic, mean, or product of odds."
      ),
      Parameter("clinical", \.clinical, "Columns that enter the model as they are: age, stage."),
      Parameter(
        "subject", \.subject, "The column that names patients, who are never parted; without it each row is one."),
      Parameter("site", \.site, "The column that names sites, within which performance is shown first."),
      Parameter(
        "volume", \.volume, "The column of the lesion's volume, which alone is a control; without it one is looked for."
      ),
      Parameter(
        "horizon", \.horizon, in: .positive,
        "With time: until when risks are predicted; without it the median time of events, to two digits."),
      Parameter("design", \.design, "How the pipeline is judged."),
      Parameter("pipeline", \.pipeline, isRequired: true, "Steps in order, the model last."),
      Parameter(
        "shuffles", \.shuffles, in: 0...100_000,
        "How often everything is learnt anew with the outcome shuffled within sites, to see what chance gives."),
      Parameter("risk_groups", \.riskGroups, in: 2...5, "Number of groups of equal size by the signature."),
      Parameter("seed", \.seed, "Where random numbers begin."),
    ]
  }

  private func refuse(_ sentence: String) throws(SettingError) {
    throw SettingError(place: Place(file: Self.name), message: sentence)
  }

  package func check() throws(SettingError) {
    try checkOutcome()
    try checkSources()
    if join.isEmpty != by.isEmpty { try refuse("'join' and 'by' go together, one of them is missing.") }
    if case .leaveOneSiteOut = design.outer, site == nil {
      try refuse("'design' is leave_one_site_out, must have 'site', the column that names sites.")
    }
    let named = [outcome, time, event, start].compactMap { $0 }
    for (key, names) in [("clinical", clinical), ("candidates", candidates)] {
      if let name = names.first(where: named.contains) {
        try refuse("'\(key)' has '\(name)', which is the outcome, must be none of its columns.")
      }
    }
    if let name = clinical.first(where: { [subject, site].contains($0) }) {
      try refuse(
        "'clinical' has '\(name)', which names \(name == subject ? "patients" : "sites"), must be a column of patients' facts."
      )
    }
  }

  /// What is predicted.
  private func checkOutcome() throws(SettingError) {
    if (outcome == nil) == (time == nil) {
      try refuse("'outcome' and 'time' are \(outcome == nil ? "both missing" : "both given"), must be one of them.")
    }
    if (time == nil) != (event == nil) { try refuse("'time' and 'event' go together, one of them is missing.") }
    if start != nil, time == nil { try refuse("'start' is given without 'time', must go with it.") }
    if horizon != nil, time == nil { try refuse("'horizon' is given without 'time', must go with it.") }
    if !competing.isEmpty {
      guard time != nil, let positive else {
        return try refuse(
          "'competing' must go with 'time', 'event' and 'positive', the value that is the event of interest.")
      }
      if start != nil {
        try refuse("'start' and 'competing' are both given, must be one of them: late entry is not supported with it.")
      }
      if competing.contains(positive) {
        try refuse("'competing' has '\(positive)', which is the event of interest, must be other events.")
      }
    }
    if let treatment {
      if kind == .continuous || !competing.isEmpty || start != nil {
        try refuse("'treatment' must go with an outcome of two values, or with a time and one event without 'start'.")
      }
      if !sources.all.isEmpty { try refuse("'treatment' and 'sources' are both given, must be one of them.") }
      if (candidates + clinical).contains(treatment) {
        try refuse("'\(treatment)' is the treatment, must be neither a candidate nor a clinical column.")
      }
    }
    if kind == .continuous, outcome == nil || positive != nil {
      try refuse("'kind' is continuous, must go with 'outcome' and without 'positive'.")
    }
  }

  /// From what it is learnt.
  private func checkSources() throws(SettingError) {
    if !candidates.isEmpty, !sources.all.isEmpty {
      try refuse("'candidates' and 'sources' are both given, must be one of them.")
    }
    if candidates.isEmpty, sources.all.isEmpty, clinical.isEmpty {
      try refuse("'candidates', 'sources' and 'clinical' are all missing, must be one of them: from what is learnt.")
    }
    if sources.all.contains(where: { $0.name == SourcesPlan.clinical }) {
      try refuse("'sources' has '\(SourcesPlan.clinical)', which clinical columns are: name them as 'clinical'.")
    }
    if !sources.all.isEmpty, sources.all.count + (clinical.isEmpty ? 0 : 1) < 2 {
      try refuse(
        "'sources' is one, must be at least two with clinical columns counted. Name 'candidates' in place of it.")
    }
    if !sources.all.isEmpty, pipeline.sets > 1 {
      try refuse(
        "'impute' draws \(pipeline.sets) sets and 'sources' are given, must be one set where sources are fused.")
    }
  }
}

/// Features of each source, as a study file has them: `{ ct: /^ct_/, pet: [suv_max, suv_mean] }`.
package struct SourcesPlan: Sendable, Hashable, SettingValue {
  package struct Source: Sendable, Hashable {
    package let name: String, candidates: [String]
  }
  package private(set) var all: [Source] = []
  /// The source that clinical columns are.
  package static let clinical = "clinical"

  package init() {}
  package static let expectation = "a map of names and their features: { ct: /^ct_/, pet: /^pet_/ }"

  package init(setting: Setting) throws(SettingError) {
    guard case .map = setting.value else { throw Self.mismatch(setting) }
    for (name, place, value) in setting.entries {
      guard !all.contains(where: { $0.name == name }) else {
        throw SettingError(place: place, message: "the source '\(name)' is there twice, must be once.")
      }
      all.append(Source(name: name, candidates: try [String](setting: value)))
    }
  }

  package var settingValue: Setting.Value {
    all.isEmpty ? .null : .map(all.map { .init($0.name, $0.candidates.settingValue) })
  }
}

extension StudyPlan {
  /// Whether the pipeline fills clinical columns that are empty in some rows.
  package var imputesClinical: Bool { sources.all.isEmpty && pipeline.steps.contains { $0 is Imputation } }
}

extension Stacking.Rule: ChoiceSetting {}

/// The steps of a pipeline and its model, as a study file has them.
package struct PipelinePlan: Sendable, SettingValue {
  package private(set) var steps: [any PipelineStep] = []
  package private(set) var model: any SignatureEstimator = ElasticNetSignature()

  package init() {}
  package init(_ steps: [any PipelineStep], _ model: any SignatureEstimator) {
    (self.steps, self.model) = (steps, model)
  }

  package static var expectation: String {
    "a list of steps, the model last: [impute: median, mrmr: { count: 10 }, elastic_net: { alpha: 1 }]"
  }

  private static var names: [String] {
    PipelineSteps.all.map { $0.name } + SignatureEstimators.all.map { $0.name }
  }

  package init(setting: Setting) throws(SettingError) {
    guard case .list = setting.value, !setting.elements.isEmpty else {
      throw setting.error("the pipeline is \(setting.value.kind), must be \(Self.expectation).")
    }
    for (index, element) in setting.elements.enumerated() {
      let (name, place, value) = try Self.part(element), isLast = index == setting.elements.count - 1
      if let type = PipelineSteps.all.first(where: { $0.name == name }) {
        guard !isLast else {
          throw SettingError(
            place: place,
            message:
              "'\(name)' is the last step, must be a model: \(SignatureEstimators.all.map { $0.name }.joined(separator: ", "))."
          )
        }
        steps.append(try type.init(setting: value))
      } else if let type = SignatureEstimators.all.first(where: { $0.name == name }) {
        guard isLast else {
          throw SettingError(place: place, message: "the model '\(name)' is followed by a step, must be the last.")
        }
        model = try type.init(setting: value)
      } else if name == "median" {
        throw SettingError(
          place: place, message: "'median' is no step by itself, must be 'impute: median', as its other methods are.")
      } else {
        throw SettingError(
          place: place,
          message:
            "there is no step '\(name)', must be one of \(Self.names.joined(separator: ", ")).\(didYouMean(name, among: Self.names))"
        )
      }
    }
  }

  /// `mrmr`, or `mrmr: { count: 10 }`.
  private static func part(_ element: Setting) throws(SettingError) -> (String, Place, Setting) {
    if case .text(let name) = element.value { return (name, element.place, Setting(.null, at: element.place)) }
    guard element.entries.count == 1, let (name, place, value) = element.entries.first else {
      throw element.error("a step is \(element.value.kind), must be a name, or a map of one name and its settings.")
    }
    return (name, place, value)
  }

  /// How many sets of missing values are drawn.
  package var sets: Int { steps.compactMap { ($0 as? Imputation)?.sets }.max() ?? 1 }

  package var settingValue: Setting.Value {
    func part(_ part: any Configurable) -> Setting.Value { .map([.init(type(of: part).name, part.settingValue)]) }
    return .list(steps.map { part($0) } + [part(model)])
  }
}
