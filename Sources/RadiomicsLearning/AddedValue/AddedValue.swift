import RadiomicsCore
import RadiomicsStatistics

/// What a marker adds to a base model: two predictions of the same rows, one with the marker and one without.
package struct AddedValue: Sendable {
  /// Where the two predictions come from.
  package enum Predictions: Sendable, Hashable {
    /// Models to be fitted: right sides of formulas, or whole formulas.
    case formulas(base: String, extended: String)
    /// Columns of probabilities, predicted elsewhere.
    case columns(base: String, extended: String)
  }

  /// What is asked.
  package struct Options: AsksOfRoles, Sendable {
    /// Who is who.
    package var roles = Roles()
    /// Probabilities between categories; without some there is no categorical reclassification.
    package var cuts: [Double] = []
    /// The least difference of probabilities that counts as moved; nil for none to be asked about.
    package var difference: Double?
    /// Until when the event counts, where the outcome is a time.
    package var horizon: Double?
    /// Thresholds of the decision curves.
    package var thresholds = (1...60).map { Double($0) / 100 }
    /// One minus the level of confidence.
    package var alpha = 0.05
    /// Samples with replacement that correct the models' apparent worth; 0 for none.
    package var bootstraps = 0
    /// Samples of weights that give limits where the outcome is a time.
    package var perturbations = 300
    /// Where random samples begin.
    package var seed: UInt64 = 1
    /// Threads that samples may use.
    package var lanes = Lanes(jobs: 1)
    /// 95 %.
    package init() {}
  }

  /// As the outcome was asked for, and which value is the event; 1 where it is a time.
  package let outcome: String, event: String
  /// As the predictions were asked for.
  package let predictions: Predictions
  /// What was asked.
  package let options: Options
  /// Rows on which predictions are judged, patients of whom they are, and rows left out as a value is missing.
  package let count: Int, patients: Int, missing: Int
  /// Number of events; by the horizon where the outcome is a time.
  package let events: Int
  /// Whether the models were fitted to the rows on which they are judged.
  package let isApparent: Bool
  /// The models; nil for columns of probabilities.
  package let models: (base: RiskModel, extended: RiskModel)?
  /// Probabilities of the rows, with their outcome.
  package let judged: JudgedPair
  /// What both predictions are good for.
  package let netBenefit: NetBenefit
  /// Whether the extended model explains more than chance would; nil where that has no meaning.
  package let ratio: LikelihoodRatio?
  /// Moves between categories where the outcome is a time, by Kaplan and Meier; nil without cuts.
  package let moves: SurvivalReclassification?
  /// Rows to which models are fitted.
  package let fitted: Int
  /// Everything in numbers.
  package let groups: [StatisticGroup]
  /// What was noticed.
  package let findings: [Finding]

  /// The outcome need not be named where the formulas name it.
  /// - `validation`: Other rows on which models are judged; nil for those that they are fitted to.
  /// - Throws: `ModelError` with a sentence that says what must be.
  package init(
    _ table: Table, _ predictions: Predictions, _ options: Options, validation: Table? = nil
  ) throws(ModelError) {
    self.predictions = predictions
    self.options = options
    let all = (validation ?? table).count, question = try AddedValueQuestion(options.outcome, predictions, table)
    var findings = table.subjectFindings(options.subject) + (validation.map(table.shared) ?? [])
    let needed = question.joint.columns + [options.subject].compactMap { $0 }
    let validation = try validation.map { other throws(ModelError) in
      try other.columns(needed).present(options.subject)
    }
    let whole = try table.columns(needed).naming(options.positive, eventOf: question.response)
    let used = try whole.present(options.subject)
    let joint = try ModelFrame(question.joint, used, codedBy: whole), rows = used.rows(joint.rows)
    try rows.requireSeveralPatients(options.subject)
    self.outcome = question.response.text
    event = joint.event
    if case .survival = joint.outcome, options.horizon == nil {
      throw ModelError.at("outcome '\(self.outcome)'", "is a time, a horizon must be named by which the event counts.")
    }
    if case .binary = joint.outcome, options.horizon != nil {
      throw ModelError.at(
        "outcome '\(self.outcome)'", "is one of two values, a horizon belongs to times until the event.")
    }
    try Self.requireRoles([table, validation].compactMap { $0 }, question, predictions)
    let fit = options.horizon.map(RiskModel.cox) ?? RiskModel.logistic
    var pair: ModelPair?
    if case .formulas = predictions { pair = try ModelPair(question, rows, fit, horizon: options.horizon) }
    models = pair.map { ($0.base, $0.extended) }
    isApparent = pair != nil && validation == nil
    if let validation {
      guard let pair else {
        throw ModelError.at("validation", "needs models, must not be given with columns of probabilities.")
      }
      let other = try joint.applied(to: validation)
      let chosen = validation.rows(other.rows)
      judged = try pair.judged(chosen, options)
      findings += other.outside
      missing = other.missing + (all - validation.count)
    } else {
      if let pair {
        judged = try pair.judged(rows, options)
      } else {
        judged = try JudgedPair(columns: predictions, rows, joint.outcome, options)
      }
      missing = joint.missing + (all - used.count)
    }
    (count, patients) = (judged.base.count, judged.clusters.patients(judged.base.count))
    events = judged.events
    let parts = try AddedValueParts(judged, pair, isApparent: isApparent, options)
    groups = parts.groups
    (ratio, moves, fitted) = (parts.ratio, parts.moves, joint.rows.count)
    netBenefit = parts.netBenefit
    self.findings =
      parts.findings(missing: missing, of: all) + joint.outside + findings
      + OutcomeCoding.guess(self.outcome, event: event, named: options.positive)
  }

  /// Times and probabilities must be such.
  private static func requireRoles(
    _ tables: [Table], _ question: AddedValueQuestion, _ predictions: Predictions
  ) throws(ModelError) {
    for table in tables {
      if case .call("Surv", let parts) = question.response, parts.count == 2 {
        try table.require(.followUp, parts[0].column ?? parts[0].text)
      }
    }
    if case .columns(let base, let extended) = predictions {
      try tables[0].require(.probability, base)
      try tables[0].require(.probability, extended)
    }
  }

  /// Patients by the categories of both predictions; nil without cuts, or where the outcome is a time.
  package var categories: Reclassification? {
    guard let outcome = judged.binary, !options.cuts.isEmpty else { return nil }
    return try? Reclassification(
      judged.base, judged.extended, outcome.map { $0 == 1 }, .categories(options.cuts))
  }

  /// Both curves; nil where the outcome is a time.
  package var curves: (base: ROC, extended: ROC)? {
    guard let isEvent = judged.binary?.map({ $0 == 1 }), let base = try? ROC(judged.base, isEvent),
      let extended = try? ROC(judged.extended, isEvent)
    else { return nil }
    return (base, extended)
  }
}
