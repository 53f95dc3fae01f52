import RadiomicsCore
import RadiomicsStatistics

/// Who is who in a table: the columns that say whose rows they are, what became of them and under which conditions; the same for every
/// analysis. What is not named plays no part.
package struct Roles: Sendable, Hashable {
  /// Columns that together name the patient, or the subject of repeated readings; none where each row is one.
  package var subjects: [String] = []
  /// What happens to them; nil where nothing says it but a formula, or the usual names of a time and an event.
  package var outcome: OutcomeColumns?
  /// A column of the beginning of observation, where rows enter late.
  package var start: String?
  /// The value of an outcome's or event's column that is the event; nil for 1, true, or of an outcome's words the later in the alphabet.
  package var positive: String?
  /// The value of the event's column that counts as the event where there are several kinds; the others compete with it.
  package var cause: Double?
  /// A column of two values, or a calculation; of which 1 or the later in the alphabet means treated.
  package var treatment = ""
  /// A column of how much a row counts.
  package var weights: String?
  /// A column of groups of patients that are compared, and one of strata within which they are.
  package var group: String?, stratify: String?
  /// Columns of the conditions of repeated readings, and one with the true value.
  package var conditions: [ConditionRole: String] = [:], truth: String?

  package init() {}

  /// The column that names the patients, where some have several rows.
  package var subject: String? {
    get { subjects.first }
    set { subjects = newValue.map { [$0] } ?? [] }
  }

  /// The column of the end of observation.
  package var time: String {
    get { if case .survival(let time, _)? = outcome { time } else { "time" } }
    set { outcome = .survival(time: newValue, event: event) }
  }

  /// The column of the event that ends it.
  package var event: String {
    get { if case .survival(_, let event)? = outcome { event } else { "event" } }
    set { outcome = .survival(time: time, event: newValue) }
  }

  /// All columns that say who was measured and how: no features.
  package var readings: Set<String> { Set(subjects + conditions.values + [truth].compactMap { $0 }) }
}

/// What is asked of an analysis, the columns' roles among it as if they were its own.
@dynamicMemberLookup package protocol AsksOfRoles {
  var roles: Roles { get set }
}

extension AsksOfRoles {
  package subscript<Value>(dynamicMember role: WritableKeyPath<Roles, Value>) -> Value {
    get { roles[keyPath: role] }
    set { roles[keyPath: role] = newValue }
  }

  /// The same asked about an outcome.
  package func asking(about outcome: OutcomeColumns?) -> Self {
    var result = self
    result.roles.outcome = outcome
    return result
  }
}

/// What happens to patients: one of two outcomes, or an event after some time.
package enum OutcomeColumns: Sendable, Hashable {
  /// A column of two values, of which 1 or the later in the alphabet is the event.
  case binary(String)
  /// Columns of times and of events, 1 or 0.
  case survival(time: String, event: String)

  /// All of them.
  package var columns: [String] {
    switch self {
    case .binary(let name): [name]
    case .survival(let time, let event): [time, event]
    }
  }

  /// The column, or that of the event.
  var event: String {
    switch self {
    case .binary(let name): name
    case .survival(_, let event): event
    }
  }
}
