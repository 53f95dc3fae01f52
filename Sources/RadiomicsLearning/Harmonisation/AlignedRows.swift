import RadiomicsCore
import RadiomicsStatistics

extension Combat {
  /// Columns that covariates are made of.
  package func covariateColumns(_ rows: Table) throws(ModelError) -> Set<String> {
    Set(try BatchCovariates.formula(covariates, rows)?.columns ?? [])
  }
}

extension Combat {
  private static let clinicalNames: Set = [
    "age", "time", "days", "months", "years", "followup", "follow_up", "bmi", "weight", "height", "stage", "grade",
    "gleason", "psa",
    "ecog", "karnofsky", "kps", "tnm", "ajcc", "dose", "treatment",
  ]

  /// Columns among those that nobody says to be features that are hardly any: with fewer than three values, or called as clinical columns
  /// are. What is harmonised must be measured on images.
  package func doubtful(_ features: [String], _ rows: Table) -> [String] {
    features.filter { name in
      guard case .numbers(let values)? = rows[name] else { return true }
      var different: Set<Double> = []
      for case let value? in values where different.count < 3 { different.insert(value) }
      let lowered = name.lowercased()
      return different.count < 3 || Self.clinicalNames.contains(lowered) || Self.outcomeNames.contains(lowered)
    }
  }
}

extension CombatStep {
  /// Warnings about rows whose covariates lie outside those that were learnt from, and subjects that are new.
  package func findings(_ rows: Table) -> [Finding] {
    var findings = covariates?.findings(rows) ?? []
    if let subjects, let intercepts = try? subjects.intercepts(rows),
      case let new = intercepts.count(where: { $0 == nil }), new > 0
    {
      findings.append(
        Finding(
          .warning, subjects.column,
          "\(new) of \(rows.count) rows are of subjects that were not learnt from: they have the fixed part of the model alone, no intercept "
            + "of their own."))
    }
    return findings
  }
}

extension Table {
  /// The rows of the same table after harmonisation, in this one's order, matched by where they stand in their files.
  /// - `same`: Columns that must say the same in both: batches, covariates, and what else is no feature.
  /// - Throws: `ModelError` if there are others.
  package func aligned(_ later: Table, by same: Set<String>) throws(ModelError) -> Table {
    guard count == later.count else {
      throw ModelError.at(
        "the second table", "has \(later.count) rows, must have the \(count) of the first, in the same order.")
    }
    func order(_ table: Table) -> [Int] { (0..<table.count).sorted { table.source.order($0, before: $1) } }
    var place = [Int](repeating: 0, count: count)
    for (mine, theirs) in zip(order(self), order(later)) { place[mine] = theirs }
    let result = later.rows(place)
    for name in names where same.contains(name) {
      guard let own = labels(name), let other = result.labels(name) else { continue }
      if let row = own.indices.first(where: { own[$0] != other[$0] }) {
        throw ModelError.at(
          "\(result.place(row))",
          "'\(name)' is '\(other[row] ?? "")', must be '\(own[row] ?? "")' as in \(self.place(row)): both tables must have "
            + "the same rows in the same order.")
      }
    }
    return result
  }
}
