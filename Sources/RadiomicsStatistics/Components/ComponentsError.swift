import RadiomicsCore

/// Why a model of variance components cannot be estimated, by kind.
package enum ComponentsError: AdvisedError, Sendable, Hashable {
  /// No term is named, or one is empty.
  case noTerms, emptyTerm
  /// A term names a factor that is not there; those that are.
  case noFactor(String, term: String, near: [String])
  /// A term has a single level, or one for each row.
  case singleLevel(String), levelForEachRow(String)
  /// Two terms cut the rows alike.
  case confounded(String, with: String)
  /// Rows cannot tell components apart.
  case inseparable([String])
  /// One subject, or none.
  case fewSubjects([String])
  /// No subject has two readings.
  case noRepeats(subjects: Int)
  /// A condition that no subject was measured under two of.
  case confoundedWithSubject(String, levels: Int)

  package var advice: Advice? { nil }

  /// *place: what is, what must be. What to do.*
  package var fact: String {
    switch self {
    case .noTerms: "components: no term is named, there must be at least one, such as 'subject'."
    case .emptyTerm: "components: a term is empty, must be a factor or factors joined by ':'."
    case .noFactor(let name, let term, let near):
      "component '\(term)': there is no factor '\(name)'. There are: \(near.joined(separator: ", "))."
        + didYouMean(name, among: near)
    case .singleLevel(let term): "component '\(term)': has a single level, must have at least two to vary."
    case .levelForEachRow(let term):
      "component '\(term)': each row has a level of its own, so it cannot be told from the residual. Repeat readings, or leave it "
        + "out."
    case .confounded(let term, let other):
      "component '\(term)': is confounded with '\(other)': each level of one goes with one level of the other. Leave one of them "
        + "out."
    case .inseparable(let names):
      "components: \(names.joined(separator: ", ")) cannot be told apart by these rows. Leave one out."
    case .fewSubjects(let names):
      "subject: there \(names.first.map { "is one subject only ('\($0)')" } ?? "are no rows"), must be at least two. Reliability tells "
        + "differences between subjects from differences within them."
    case .noRepeats(let subjects):
      "subject: each of the \(subjects) subjects has one reading, must have at least two for some. Name the column that says who was "
        + "measured, not a row's number."
    case .confoundedWithSubject(let factor, let levels):
      "\(factor): is confounded with the subject: no subject was measured under two of its \(levels) levels, some must be. Leave it "
        + "out."
    }
  }
}
