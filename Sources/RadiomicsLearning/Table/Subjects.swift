import RadiomicsCore
import RadiomicsStatistics

/// The column in which a table names its patients unless asked otherwise.
private let usualSubject = "subject"

extension Table {
  /// Numbers from 0 of the patients that a column names, in its order.
  /// - Throws: `ModelError` if there is no such column.
  func subjects(_ column: String?) throws(ModelError) -> [Int]? {
    guard let column else { return nil }
    guard let words = labels(column)?.map({ $0 ?? "" }) else {
      _ = try numbers(column)
      return nil
    }
    let code = Dictionary(uniqueKeysWithValues: Set(words).sorted().enumerated().map { ($1, $0) })
    return words.map { code[$0]! }
  }

  /// - Throws: `ModelError` if all rows are of one patient, as errors lie between patients.
  func requireSeveralPatients(_ column: String?) throws(ModelError) {
    guard let column, let clusters = try subjects(column) else { return }
    guard Set(clusters).count > 1 else {
      throw ModelError.at(
        "column '\(column)'",
        "all \(count) rows are of one patient, must be of several, as errors lie between patients.")
    }
  }

  /// The rows in which a column, of patients or groups, is not missing; all without one.
  func present(_ column: String?) throws(ModelError) -> Table {
    guard let column else { return self }
    let words = try Formula.Expression.column(column).evaluate(self).words
    let named = words.indices.filter { words[$0] != nil }
    guard !named.isEmpty || count == 0 else {
      throw ModelError.at("column '\(column)'", "is empty in all \(count) rows, must have values.")
    }
    return rows(named)
  }

  /// What must be said of rows that may belong to the same patient.
  /// - `subject`: The column that was named.
  /// - `modelled`: Whether a formula names clusters.
  func subjectFindings(_ subject: String?, modelled: Bool = false) -> [Finding] {
    if let subject {
      return [
        Finding(
          .note, subject,
          "patients are counted, and standard errors of models, areas, curves and concordance allow for several rows of one. "
            + "P of likelihood-ratio, score, McNemar's and goodness-of-fit tests, of tests of groups and of proportional hazards assume "
            + "independent rows unless their names say robust or clustered.")
      ]
    }
    guard let words = labels(usualSubject)?.compactMap({ $0 }) else { return [] }
    let counts = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +), repeated = counts.count { $0.value > 1 }
    guard repeated > 0 else { return [] }
    return [
      Finding(
        .warning, usualSubject,
        "\(repeated) of \(counts.count) patients have several rows, which count as patients of their own"
          + "\(modelled ? " in all but the model" : ""), so that errors are too small.",
        advice: .takeSubjects(usualSubject, notClusters: modelled))
    ]
  }
}

/// A formula's right side in whose model rows of the same patient belong together.
func clustered(_ right: Formula.Expression, _ subject: String?) throws(ModelError) -> Formula.Expression {
  guard let subject else { return right }
  guard try Formula(nil, right).clusters.isEmpty else {
    throw ModelError.at(
      "model '\(right.text)'",
      "has cluster(), and the patients' column '\(subject)' says the same. Leave one of them out.")
  }
  return .binary("+", right, .call("cluster", [.column(subject)]))
}

extension Table {
  /// Whether a formula's right side names clusters.
  func namesClusters(_ right: String?) -> Bool {
    right.flatMap { try? Formula(nil, rightSide($0)) }?.clusters.isEmpty == false
  }
}
