import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A signature as a file has it: a pipeline that was learnt, and what must be known to use it rightly.
package struct Signature: Sendable, Hashable, Codable {
  /// A column that rows must have.
  package struct Input: Sendable, Hashable, Codable {
    package let name: String
    /// How it was measured; empty where nobody knows.
    package let fingerprint: String, unit: String
    /// Between which values it lay in the rows that the signature was learnt from, rounded outwards; nil of words.
    package let range: ModelColumns.Range?
    /// Whether a step fills it where it is empty.
    package let isImputed: Bool

    private enum CodingKeys: String, CodingKey { case name, fingerprint, unit, range, isImputed = "imputed" }
  }

  /// What is predicted.
  package struct Predicted: Sendable, Hashable, Codable {
    /// The outcome's column or calculation, or the columns of a time; the value that is the event.
    package let names: [String], event: String
    /// `binary`, `survival`, `competing` or `continuous`.
    package let kind: String
    /// What a prediction is, by which model and why; nil unless events compete or it is a treatment's effect. The values that are other events.
    package let quantity: String?, model: String?, competing: [String]?
    /// Until when risks are predicted; nil without times.
    package let horizon: Double?
    /// What is the treatment of which the effect is predicted; nil where none is.
    package let treatment: Treatment?

    /// A column, and what stands in it for either arm.
    package struct Treatment: Sendable, Hashable, Codable {
      package let column: String, control: String, treated: String
    }
  }

  /// From what it was learnt.
  package struct Training: Sendable, Hashable, Codable {
    package let rows: Int, patients: Int
    /// Patients who had the event; nil of numbers.
    package let events: Int?
    package let sites: [String]
    /// Columns that named patients and sites; nil without one.
    package let subject: String?, site: String?
    /// SHA-256 of the files.
    package let inputs: [String]
    package let seed: UInt64

    private enum CodingKeys: String, CodingKey {
      case rows, patients, events, sites, subject, site, inputs = "input_sha256", seed
    }
  }

  /// How well rows that were held out were ordered: the procedure's, not that of this model.
  package struct Performance: Sendable, Hashable, Codable {
    package let measure: String, design: String
    package let withinSite: BoundedValue, pooled: BoundedValue, foldMean: BoundedValue
    package let volumeOnly: BoundedValue?, clinicalOnly: BoundedValue?, shuffled: BoundedValue?

    private enum CodingKeys: String, CodingKey {
      case measure, design, withinSite = "within_site", pooled, foldMean = "fold_mean", volumeOnly = "volume_only",
        clinicalOnly = "clinical_only", shuffled
    }
  }

  /// A refusal that was overridden.
  package struct Allowed: Sendable, Hashable, Codable {
    package let code: String, sentence: String

    package init(code: String, sentence: String) { (self.code, self.sentence) = (code, sentence) }
  }

  static let format = "radiomics-signature", version = 1
  /// Equal steps of the baseline hazard in a file, so that no event's own time can be read.
  static let hazardSteps = 50
  private let format: String, version: Int
  /// The program that wrote it.
  package let software: String
  package let predicted: Predicted
  package let inputs: [Input]
  package internal(set) var predictor: SignaturePredictor
  /// The model in words.
  package let formula: String
  /// Linear predictors between which groups of risk lie, ascending.
  package let cuts: [Double]
  /// Mean and standard deviation of linear predictors of the rows that it was learnt from.
  package let mean: Double, deviation: Double
  package let training: Training
  package let performance: Performance
  /// The lesion's volume alone and clinical columns alone, learnt from the same rows, to stand beside it elsewhere.
  package let volumeAlone: FittedPipeline?, clinicalAlone: FittedPipeline?
  /// Whether something was learnt from rows that are judged, and whether that was forced.
  package let isTransductive: Bool, isForced: Bool
  package let allowed: [Allowed]
  /// Whether training rows, or parts of them, are in the file.
  package let keepsRows: Bool
  /// The recipe by which features were measured, as JSON; nil where nobody knows.
  package let recipe: String?
  /// Words that said that a cell was empty, besides the usual ones; nil of none.
  package let missing: [String]?
  /// By which rows that it was learnt from are known again; nil in files of before.
  package let marks: TrainingMarks?

  private enum CodingKeys: String, CodingKey {
    case format, version, software, predicted, inputs, predictor, formula, cuts, mean, deviation = "sd", training,
      performance, volumeAlone = "volume_alone", clinicalAlone = "clinical_alone", isTransductive = "transductive",
      isForced = "forced_leak", allowed, keepsRows = "keeps_rows", recipe, missing, marks
  }
}

extension Signature {
  /// - `trained`: The study that was learnt and judged.
  /// - `recipe`: By which features were measured, as JSON.
  /// - `images`: SHA-256 of the images that rows were measured in, if they are known.
  /// - `allowed`: Refusals that were overridden; `isForced` if one of them is a leak.
  package init(
    _ trained: TrainedStudy, _ outcome: StudyOutcome, recipe: String? = nil, images: [String] = [],
    allowed: [Allowed] = [],
    isTransductive: Bool = false,
    isForced: Bool = false
  ) {
    let study = trained.training, rows = study.rows, plan = study.plan
    (format, version) = (Self.format, Self.version)
    software = "swift-radiomics \(radiomicsVersion)"
    let kind =
      switch rows.outcome {
      case .binary: "binary"
      case .survival: "survival"
      case .competing: "competing"
      case .number: "continuous"
      }
    let isCompeting = kind == "competing"
    predicted = Predicted(
      names: outcome.names, event: outcome.event, kind: kind,
      quantity: rows.treatment.map { Predicted.effect($0, kind) } ?? (isCompeting ? Predicted.incidence : nil),
      model: rows.treatment != nil ? Predicted.contrasts : isCompeting ? Predicted.fineGray : nil,
      competing: isCompeting ? plan.competing : nil, horizon: study.horizon,
      treatment: rows.treatment.map { .init(column: $0.column, control: $0.control, treated: $0.treated) })
    predictor = trained.fitted.pruned.thinned(to: Self.hazardSteps)
    formula = predictor.formula
    inputs = Self.inputs(predictor, study, rows.table)
    cuts = Self.cuts(trained.linear, plan.riskGroups)
    mean = RadiomicsNumerics.mean(trained.linear)
    deviation = trained.linear.count > 1 ? variance(trained.linear).squareRoot() : 0
    training = Training(
      rows: rows.count, patients: rows.patientCount, events: rows.eventCount, sites: rows.sites?.names ?? [],
      subject: plan.subject, site: plan.site,
      inputs: rows.table.source.filesOfRows.map(\.sha256).filter { !$0.isEmpty }, seed: plan.seed)
    let controls = trained.controls
    performance = Performance(
      measure: rows.measure,
      design: plan.design.outer.words + (plan.design.repeats > 1 ? ", \(plan.design.repeats) times" : ""),
      withinSite: trained.performance.withinSite, pooled: trained.performance.pooled,
      foldMean: trained.performance.foldMean, volumeOnly: controls.volume?.first,
      clinicalOnly: controls.clinical?.first,
      shuffled: controls.shuffles.asked > 0 ? BoundedValue(distribution: controls.shuffles.first) : nil)
    volumeAlone = trained.volumeAlone?.thinned(to: Self.hazardSteps)
    clinicalAlone = trained.clinicalAlone?.thinned(to: Self.hazardSteps)
    (self.isTransductive, self.isForced, self.allowed) = (isTransductive, isForced, allowed)
    keepsRows = predictor.keepsRows
    self.recipe = recipe
    missing = plan.missing.isEmpty ? nil : plan.missing
    marks = TrainingMarks(
      rows, features: study.learner.features, own: inputs.map(\.name), subject: plan.subject, images: images,
      inputs: training.inputs, seed: plan.seed)
  }

  private static func inputs(_ predictor: SignaturePredictor, _ study: StudyTraining, _ table: Table) -> [Input] {
    let filled = study.learner.features + study.learner.imputed, features = predictor.inputs(among: filled)
    let imputes = study.plan.pipeline.steps.contains { $0 is any ImputesFeatures }
    return (features + predictor.otherColumns.filter { !features.contains($0) }).map { name in
      let column = table.column(name)
      var range: ModelColumns.Range?
      if case .numbers(let values)? = column?.values { range = ModelColumns.Range(name, values.compactMap { $0 }) }
      return Input(
        name: name, fingerprint: column?.measurand?.fingerprint ?? "", unit: column?.measurand?.unit ?? "",
        range: range, isImputed: imputes && filled.contains(name))
    }
  }

  /// Cuts of linear predictors into groups of equal size.
  private static func cuts(_ linear: [Double], _ groups: Int) -> [Double] {
    let sorted = linear.sorted()
    return (1..<groups).map { percentile(100 * Double($0) / Double(groups), of: sorted) }
  }

  /// The name of the group of a linear predictor: low and high, low, intermediate and high, or 1 to 5.
  package func group(_ linear: Double) -> String {
    let place = cuts.count { linear > $0 }
    switch cuts.count {
    case 1: return ["low", "high"][place]
    case 2: return ["low", "intermediate", "high"][place]
    default: return "\(place + 1)"
    }
  }

  /// The file's text.
  /// - `key`: The private key that seals it; nil for none.
  package func text(sealedBy key: SealingKey? = nil) throws -> String {
    let value = try Setting.Value(coding: self)
    return try (key.map(value.sealed) ?? value).json + "\n"
  }

  /// Reads a file's bytes.
  /// - `path`: How errors call it.
  /// - `key`: The public key, in Base64, that must have sealed it; nil where any will do, or none.
  /// - Throws: `ModelError` for another kind of file, a newer one, a damaged one, or one that was changed after it was sealed.
  package init(_ bytes: [UInt8], path: String, signedBy key: String? = nil) throws(ModelError) {
    let value: Setting.Value
    do { value = try Setting.Value(json: bytes, file: path) } catch { throw ModelError("\(error)") }
    guard value["format"]?.asText == Self.format else {
      throw ModelError.at(path, "is no signature, must be a file that 'train' wrote.")
    }
    do throws(SettingError) { _ = try value.seal(file: path, by: key) } catch { throw ModelError(error.fact) }
    guard let version = value["version"]?.asInteger, (1...Self.version).contains(version) else {
      throw ModelError.at(
        path, "its version is newer than \(Self.version), or missing. Use a newer version of this program.")
    }
    do {
      self = try value.decoded()
      try check()
    } catch let error as DecodingError {
      throw ModelError.at(path, "\(error.sentence). The file is damaged; train the signature again.")
    } catch { throw ModelError.at(path, "is damaged (\(error)). Train the signature again.") }
  }
}

extension Signature.Predicted {
  static let incidence = "predicted cumulative incidence"
  static let fineGray =
    "Fine and Gray's regression of the subdistribution hazard, whose linear predictor is in the order of the cumulative incidence itself; hazards of "
    + "each cause would not be (Austin, Lee and Fine 2016, doi:10.1161/CIRCULATIONAHA.115.017719)"

  static func effect(_ arms: TrialArms, _ kind: String) -> String {
    "log \(kind == "survival" ? "hazard" : "odds") ratio of \(arms.column) \(arms.treated) over \(arms.control)"
  }
  static let contrasts =
    "columns times the treatment, centred by the share treated: modified covariates, which need no model of the outcome without treatment (Tian "
    + "et al. 2014, doi:10.1080/01621459.2014.951443; Chen et al. 2017, doi:10.1111/biom.12676)"

  /// Whether a time is predicted.
  package var isTimed: Bool { ["survival", "competing"].contains(kind) }
}

extension Signature {
  /// - Throws: `DecodingError` unless its parts fit together.
  private func check() throws {
    let needed = Set(
      predictor.pipelines.flatMap { $0.pipeline.steps.isEmpty ? $0.pipeline.features : [] } + predictor.otherColumns)
    let count = predicted.kind == "survival" ? 2...3 : predicted.kind == "competing" ? 2...2 : 1...1
    guard ["binary", "survival", "competing", "continuous"].contains(predicted.kind),
      count.contains(predicted.names.count),
      cuts == cuts.sorted(), !cuts.isEmpty, needed.isSubset(of: inputs.map(\.name)),
      Set(inputs.map(\.name)).count == inputs.count, predicted.horizon.map({ $0 > 0 && $0.isFinite }) ?? true
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "has an outcome, inputs or cuts that are not those of its model"))
    }
  }
}

/// A step that fills features that are empty.
package protocol ImputesFeatures {}
extension Imputation: ImputesFeatures {}
