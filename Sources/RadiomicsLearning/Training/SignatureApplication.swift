import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What a signature says of a row.
package struct SignatureRow: Sendable, Hashable {
  /// A probability, the risk until the horizon, or the number; the linear predictor.
  package let prediction: Double?, linear: Double?
  /// The group of risk.
  package let group: String?
  /// Columns of which the value lies outside of those that the signature was learnt from.
  package let outOfRange: [String]
  /// Why there is no prediction; nil where there is one.
  package let reason: String?

  /// No prediction, for a reason.
  package func without(_ reason: String) -> SignatureRow {
    SignatureRow(prediction: nil, linear: nil, group: nil, outOfRange: [], reason: reason)
  }
}

extension Signature {
  /// Columns that were measured otherwise than in the rows that the signature was learnt from, or of which nobody knows how.
  /// - Throws: `ModelError` for a column that is not there, or whose fingerprint is another one.
  package func check(_ table: Table) throws(ModelError) -> [Finding] {
    var unknown: [String] = []
    for input in inputs {
      guard let column = table.column(input.name) else {
        throw ModelError.noColumn(input.name, near: table.names)
      }
      guard !input.fingerprint.isEmpty else { continue }
      guard let own = column.measurand?.fingerprint, !own.isEmpty else {
        unknown.append(input.name)
        continue
      }
      guard own == input.fingerprint else {
        throw ModelError.at(
          "'\(input.name)'",
          "was measured otherwise than in the rows that the signature was learnt from (fingerprint \(own.prefix(12)), must be "
            + "\(input.fingerprint.prefix(12))). Measure it by the signature's recipe.")
      }
    }
    guard let first = unknown.first else { return [] }
    return [
      Finding(
        .warning, first,
        "\(unknown.count == 1 ? "nobody knows how it was" : "and \(unknown.count - 1) more: nobody knows how they were") measured, as no provenance lies "
          + "beside the table; the signature was learnt from columns of a known recipe.")
    ]
  }

  /// What it says of each row, by itself.
  /// - Throws: `ModelError` for a column that is not there, has words, or was measured otherwise.
  package func apply(_ table: Table) throws(ModelError) -> [SignatureRow] {
    _ = try check(table)
    var reasons = [String?](repeating: nil, count: table.count)
    for input in inputs where !input.isImputed {
      if input.range != nil { _ = try table.numbers(input.name) }
      guard let values = table[input.name] else { continue }
      for row in reasons.indices where reasons[row] == nil && values.isMissing(row) {
        reasons[row] = "'\(input.name)' is empty, and nothing says how it is filled"
      }
    }
    var linear = [Double?](repeating: nil, count: table.count)
    let complete = reasons.indices.filter { reasons[$0] == nil }
    do throws(ModelError) {
      for (row, value) in zip(complete, try predictor.linearPredictors(table.rows(complete))) { linear[row] = value }
    } catch {
      // One row that cannot be predicted does not keep others from it.
      for row in complete {
        do throws(ModelError) { linear[row] = try predictor.linearPredictors(table.rows([row]))[0] } catch {
          reasons[row] = error.description
        }
      }
    }
    return reasons.indices.map { row in
      guard let value = linear[row], value.isFinite else {
        let reason = reasons[row] ?? "the prediction is no finite number: a value is out of all measure"
        return SignatureRow(prediction: nil, linear: nil, group: nil, outOfRange: [], reason: reason)
      }
      return SignatureRow(
        prediction: predictor.prediction(value, horizon: predicted.horizon), linear: value, group: group(value),
        outOfRange: outOfRange(table, row), reason: nil)
    }
  }

  private func outOfRange(_ table: Table, _ row: Int) -> [String] {
    inputs.compactMap { input in
      guard let range = input.range, case .numbers(let values)? = table[input.name], let value = values[row] else {
        return nil
      }
      return value < range.lowest || value > range.highest ? input.name : nil
    }
  }

  /// The study's settings as far as they say what the outcome of other rows is.
  /// - `table`: Columns that name patients and sites count if it has them.
  package func plan(_ table: Table) -> StudyPlan {
    var plan = StudyPlan()
    switch predicted.kind {
    case "survival", "competing":
      if let others = predicted.competing { (plan.positive, plan.competing) = (predicted.event, others) }
      let names = predicted.names
      (plan.start, plan.time, plan.event) = (names.count > 2 ? names[0] : nil, names[names.count - 2], names.last)
    default:
      plan.outcome = predicted.names.first
      if predicted.kind == "continuous" { plan.kind = .continuous }
    }
    plan.treatment = predicted.treatment?.column
    plan.subject = training.subject.flatMap { table[$0] == nil ? nil : $0 }
    plan.site = training.site.flatMap { table[$0] == nil ? nil : $0 }
    return plan
  }
}
