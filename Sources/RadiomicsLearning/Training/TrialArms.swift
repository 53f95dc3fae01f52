import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// The arms of a randomised trial by whose rows it is learnt who benefits from a treatment.
package struct TrialArms: Sendable, Hashable {
  /// The column, and what stands in it for either arm.
  package let column: String, control: String, treated: String
  /// Whether each row was treated.
  package let isTreated: [Bool]

  /// - Throws: `ModelError` if there is no such column, a cell is empty, or there are not two arms.
  package init(_ column: String, _ table: Table) throws(ModelError) {
    let words = try table.batchLabels(column, "treatment"), levels = Column.Values.levels(words)
    guard levels.count == 2 else {
      throw ModelError.at(
        "treatment '\(column)'",
        "has \(levels.prefix(6).joined(separator: ", ")), must have two values, one of either arm. Rows of one arm alone can only show a "
          + "prognostic effect.")
    }
    let arms = OutcomeCoding.truths(levels) ?? levels
    self.init(column: column, control: arms[0], treated: arms[1], isTreated: words.map { $0 == arms[1] })
  }

  private init(column: String, control: String, treated: String, isTreated: [Bool]) {
    (self.column, self.control, self.treated, self.isTreated) = (column, control, treated, isTreated)
  }

  /// Some of the rows.
  func rows(_ rows: [Int]) -> TrialArms {
    TrialArms(column: column, control: control, treated: treated, isTreated: rows.map { isTreated[$0] })
  }

  /// 1 of treated and 0 of other rows less the share that was treated.
  /// - Throws: `ModelError` if all rows are of one arm.
  func centred() throws(ModelError) -> [Double] {
    let share = Double(isTreated.count { $0 }) / Double(max(isTreated.count, 1))
    guard share > 0, share < 1 else {
      throw ModelError.at(
        "treatment '\(column)'",
        "\(isTreated.count) rows that are learnt from are all \(share > 0 ? treated : control), must be of both arms.")
    }
    return isTreated.map { ($0 ? 1 : 0) - share }
  }

  /// For each row a number of which the mean is by how much the treatment raises the outcome there, but for the mean effect: what was observed less
  /// what the row's arm makes expected, times (A − π) / (π (1 − π)), with A whether the row was treated and π the share that was. Of a marker that tells
  /// of the outcome alike in both arms it is independent in sign. Signorovitch 2007; Tian et al. 2014, doi:10.1080/01621459.2014.951443.
  func effects(_ outcome: Outcome) -> [Double] {
    let share = Double(isTreated.count { $0 }) / Double(max(isTreated.count, 1)), spread = share * (1 - share)
    var values = [Double](repeating: 0, count: isTreated.count)
    guard spread > 0 else { return values }
    for arm in [false, true] {
      let rows = isTreated.indices.filter { isTreated[$0] == arm }
      let own: [Double]
      switch outcome.rows(rows) {
      case .binary(let events): own = events.map { $0 ? 1 : 0 }
      case .survival(let times): own = times.martingaleResiduals
      case .competing(let times): own = times.martingaleResiduals
      case .number(let numbers): own = numbers
      }
      let center = mean(own)
      for (row, value) in zip(rows, own) { values[row] = (value - center) * ((arm ? 1 : 0) - share) / spread }
    }
    return values
  }
}

extension StudyRows {
  /// What predictions are held against: the outcome, or what the treatment does.
  package var observed: ObservedOutcome { treatment.map { .numbers($0.effects(outcome)) } ?? outcome.observed }

  /// What steps that choose by the outcome are handed.
  var chosenBy: Outcome { treatment.map { .number($0.effects(outcome)) } ?? outcome }

  /// What is measured of predictions, as people call it.
  package var measure: String { treatment == nil ? outcome.measure : "concordance with benefit" }

  /// With predictions, as calibration takes them; nil of times without a horizon, and of a treatment's effect, which nobody observes.
  package func calibrated(_ predictions: [Double], horizon: Double?) -> CalibratedOutcome? {
    treatment == nil ? outcome.calibrated(predictions, horizon: horizon) : nil
  }
}

extension PreparedRows {
  /// The name of the column that is the treatment itself.
  static let treatmentColumn = "(treatment)"

  /// Each column times how the row was treated, and that by itself: what the model then finds are effects of the treatment. With halves for equal
  /// arms these are the modified covariates of Tian et al. 2014, doi:10.1080/01621459.2014.951443; centred by the share treated they are right for
  /// unequal arms too: Chen et al. 2017, doi:10.1111/biom.12676.
  func contrasted(_ arms: [Double]) -> PreparedRows {
    let columns = (0..<design.columns).map { zip(design.column($0), arms).map(*) } + [arms]
    return PreparedRows(
      names: names + [Self.treatmentColumn], design: Matrix(columns: columns, rows: arms.count),
      isFree: isFree + [true],
      outcome: outcome)
  }
}

extension SignatureModel {
  /// Of coefficients of columns times the treatment: the treatment's effect by these columns.
  /// - Throws: `ModelError` for a model that is no sum.
  func effect() throws(ModelError) -> SignatureModel {
    guard case .linear(let model) = self else {
      throw ModelError.at(
        "pipeline",
        "the model is boosted trees, which have no coefficients of a treatment's effect, must be elastic_net, ridge or regression where "
          + "'treatment' is given.")
    }
    return .linear(model.effect)
  }
}

extension LinearSignature {
  fileprivate var effect: LinearSignature {
    let kept = names.indices.filter { names[$0] != PreparedRows.treatmentColumn }
    let own = names.firstIndex(of: PreparedRows.treatmentColumn).map { coefficients[$0] } ?? 0
    return LinearSignature(
      method: "\(method) of columns times the treatment", link: .effect, names: kept.map { names[$0] },
      coefficients: kept.map { coefficients[$0] }, intercept: own, penalty: penalty, mix: mix, ties: ties,
      baseline: nil,
      errors: errors.map { all in kept.map { all[$0] } })
  }
}
