import RadiomicsCore

/// What a factor stands for in a study of reliability; decides which components a coefficient is made of.
package enum ConditionRole: String, Sendable, CaseIterable {
  /// A visit: the same conditions again.
  case session
  /// A device.
  case scanner
  /// A person or program that outlines.
  case reader
  /// A way of processing: reconstruction, preparation, perturbation.
  case processing
}

/// Who was measured under which conditions, row by row.
package struct ReliabilityConditions: Sendable {
  /// The subjects.
  package let subject: Factor
  /// The conditions that are told apart, in the order of their roles.
  package let roles: [(role: ConditionRole, factor: Factor)]

  /// Rows of a study. Factors bear the names of their roles; the subject's is `subject`.
  /// - Throws: `ComponentsError` if there is one subject only, or no subject has two rows.
  package init(subject: [String], _ conditions: [ConditionRole: [String]]) throws(ComponentsError) {
    self.subject = Factor(name: "subject", subject)
    roles = ConditionRole.allCases.compactMap { role in
      conditions[role].map { (role, Factor(name: role.rawValue, $0)) }
    }
    let count = self.subject.levels.count
    guard count > 1 else { throw .fewSubjects(self.subject.levels) }
    guard count < subject.count else { throw .noRepeats(subjects: count) }
    for (_, factor) in roles { try Self.check(factor, self.subject) }
  }

  var factors: [Factor] { [subject] + roles.map(\.factor) }

  /// A condition that goes with the subjects tells nothing about them.
  private static func check(_ factor: Factor, _ subject: Factor) throws(ComponentsError) {
    guard factor.levels.count > 1, subject.isNested(in: factor) else { return }
    throw .confoundedWithSubject(factor.name, levels: factor.levels.count)
  }

  /// The terms of the usual model, and why some are left out: subject; subject:session; scanner and subject:scanner; reader
  /// and subject:reader; processing.
  package var usualTerms: (terms: [String], findings: [Finding]) {
    var terms: [String] = [], kept: [Factor] = [], findings: [Finding] = []
    if hasOwnSessions {
      findings.append(
        Finding(
          .note, "session",
          "subjects have sessions of different names; they are matched by the order of these names, as that of dates (2026-11-23)."
        ))
    }
    var wanted = ["subject"]
    for (role, _) in roles {
      switch role {
      case .session: wanted.append("subject:session")
      case .scanner, .reader: wanted += [role.rawValue, "subject:\(role.rawValue)"]
      case .processing: wanted.append("processing")
      }
    }
    for term in wanted {
      let parts = term.split(separator: ":").map(String.init)
      let factor = Factor.crossing(parts.map { name in factors.first { $0.name == name }! })
      if let why = obstacle(to: factor, after: kept) {
        findings.append(Finding(.note, "component '\(term)'", why + "; it is left out."))
      } else {
        terms.append(term)
        kept.append(factor)
      }
    }
    return (terms, findings)
  }

  private func obstacle(to factor: Factor, after kept: [Factor]) -> String? {
    if factor.levels.count < 2 { return "has a single level" }
    if factor.levels.count == factor.codes.count {
      return "has no repeated readings, so that it is part of the residual"
    }
    guard let other = kept.first(where: { $0.isSamePartition(as: factor) }) else { return nil }
    return "is confounded with '\(other.name)': each level of one goes with one level of the other"
  }

  /// Readings of each subject as a matrix: conditions, or readings in order where none is told apart. Nil with a reason if
  /// there are several factors or a subject was measured twice under one condition.
  func readings() -> Result<[[Int?]], MatrixError> {
    let count = subject.levels.count
    guard roles.count < 2 else {
      return .failure(MatrixError("several factors: see ICC_agreement_single and the components"))
    }
    guard let factor = roles.first.map(matched) else {
      var rows = [[Int?]](repeating: [], count: count)
      for (row, code) in subject.codes.enumerated() { rows[code].append(row) }
      let longest = rows.map(\.count).max()!
      return .success(rows.map { $0 + [Int?](repeating: nil, count: longest - $0.count) })
    }
    guard factor.levels.count <= 10_000_000 / count else {
      return .failure(MatrixError("the \(factor.levels.count) levels of \(factor.name) are too many for a matrix"))
    }
    var rows = [[Int?]](repeating: [Int?](repeating: nil, count: factor.levels.count), count: count)
    var repeated: Set<Int> = []
    for (row, code) in subject.codes.enumerated() {
      if rows[code][factor.codes[row]] != nil { repeated.insert(code) }
      rows[code][factor.codes[row]] = row
    }
    guard repeated.isEmpty else {
      return .failure(
        MatrixError("\(repeated.count) subjects were measured more than once under the same \(factor.name)"))
    }
    return .success(rows)
  }

  /// The factor, sessions that are called otherwise for each subject by their order.
  private func matched(_ role: (role: ConditionRole, factor: Factor)) -> Factor {
    hasOwnSessions && role.role == .session ? role.factor.numbered(within: subject) : role.factor
  }

  /// Names of the readings that `readings()` has as columns: `scanner A`; empty where no condition tells them apart.
  func readingNames() -> [String] {
    guard roles.count == 1, let role = roles.first else { return [] }
    return matched(role).levels.map { "\(role.role.rawValue) \($0)" }
  }

  /// Whether no two subjects have a session of one name (dates), so that sessions can only be matched by their order.
  var hasOwnSessions: Bool {
    guard let session = roles.first(where: { $0.role == .session })?.factor else { return false }
    return session.isNested(in: subject)
  }

  /// Rows that were measured under the same conditions but for the session, by subject.
  package func repeats() -> [[Int]] {
    let fixed = Factor.crossing([subject] + roles.filter { $0.role != .session }.map(\.factor))
    var rows = [[Int]](repeating: [], count: fixed.levels.count)
    for (row, code) in fixed.codes.enumerated() { rows[code].append(row) }
    return rows
  }
}

/// Why readings make up no matrix.
struct MatrixError: Error {
  let reason: Reason
  init(_ text: String) { reason = Reason(text) }
}
