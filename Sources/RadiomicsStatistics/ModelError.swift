import RadiomicsCore
import RadiomicsNumerics

/// Why rows have no answer to give, by kind; each kind is worded here and nowhere else.
package enum ModelError: AdvisedError, Sendable, Hashable {
  /// There is no such column; those there are.
  case noColumn(String, near: [String])
  /// Columns whose likelihood has no maximum, and how they come to it.
  case separation([String], Separation)
  /// What must have two values has these; the end of the sentence.
  case manyValues(String, [String], String)
  /// All rows that count have one outcome.
  case oneOutcome
  /// No row has the event.
  case noEvent(rows: Int)
  /// Events or others are missing among rows.
  case oneSided(events: Int, rows: Int)
  /// What a model needs, where the outcome is something else.
  case outcome(String, needs: String)
  /// Rows are under observation only from a later time on.
  case lateEntry(must: String)
  /// A number that must be another, at its place.
  case value(String, Double, must: String, Advice? = nil)
  /// Times and a horizon that do not go together.
  case horizon(Double, String)
  /// What cannot be computed with exact ties.
  case exactTies(String)
  /// Groups that cannot be compared.
  case groups(String)
  /// A stratum without baseline hazard.
  case noBaseline(stratum: String)
  /// A formula, and what is wrong with it.
  case formula(String, String)
  /// A column with other signs than letters, digits, `.` and `_` stands in a formula without backticks.
  case unquoted(String, in: String)
  /// A term of a formula or a calculation, and what is wrong with it.
  case term(String, String, Advice? = nil)
  /// Any other place, and what is wrong there.
  case at(String, String, Advice? = nil)
  /// A whole sentence of another error.
  case other(String)

  /// How a likelihood comes to have no maximum.
  package enum Separation: Sendable, Hashable {
    /// Columns separate events from others, with Firth's penalty too.
    case events(isPenalised: Bool)
    /// They do so in a model that has no penalty to offer.
    case oddsRatio
    /// A column puts events in order.
    case order
    /// Columns order or separate the events of a kind.
    case kind(Int)
  }

  /// A sentence with its place.
  package init(_ sentence: String) { self = .other(sentence) }
}

extension ModelError {
  /// *place: what is, what must be*; and what to do, where that is the same whoever says it.
  package var fact: String {
    switch self {
    case .noColumn(let name, let near):
      "there is no column '\(name)'. There are: \(near.prefix(12).joined(separator: ", "))\(near.count > 12 ? ", …" : "")."
        + didYouMean(name, among: near)
    case .separation(let columns, let kind): kind.sentence(columns)
    case .manyValues(let place, let levels, let end):
      "\(place): has \(levels.count) values (\(levels.prefix(4).joined(separator: ", "))\(levels.count > 4 ? ", …" : "")), must have two"
        + end
    case .oneOutcome: "outcome: every row has the same one, must have both."
    case .noEvent(let rows): "outcome: there is no event in \(rows) rows, must be at least one."
    case .oneSided(let events, let rows): "outcome: \(events) events in \(rows) rows, must have events and others."
    case .outcome(let kind, let needs): "outcome: is \(kind), \(needs)."
    case .lateEntry(let must): "time: rows enter late, must be \(must)."
    case .value(let place, let value, let must, _): "\(place): is \(numberText(value)), must be \(must)."
    case .horizon(let horizon, let fact): "horizon \(numberText(horizon)): \(fact)"
    case .exactTies(let fact): "ties 'exact': \(fact)"
    case .groups(let fact): "groups: \(fact)"
    case .noBaseline(let stratum):
      "stratum '\(stratum)': no row had it that the model was fitted to, so there is no baseline hazard."
    case .formula(let text, let fact): "formula '\(text.prefix(60))\(text.count > 60 ? "…" : "")': \(fact)"
    case .unquoted(let name, let text):
      "'\(text)': '\(name)' is a column, whose name has other signs than letters, digits, '.' and '_'. Write it between backticks: "
        + "`\(name)`."
    case .term(let text, let fact, _): "'\(text)': \(fact)"
    case .at(let place, let fact, _): "\(place): \(fact)"
    case .other(let sentence): sentence
    }
  }

  /// What to do, for whoever says it in words of their own.
  package var advice: Advice? {
    switch self {
    case .separation(_, .events(isPenalised: false)): .penalise
    case .value(_, _, _, let advice), .term(_, _, let advice), .at(_, _, let advice): advice
    default: nil
    }
  }
}

extension ModelError.Separation {
  fileprivate func sentence(_ columns: [String]) -> String {
    let names = columns.filter { $0 != "(Intercept)" }.prefix(4).joined(separator: ", ")
    return switch self {
    case .events(let isPenalised):
      "the columns \(names) separate events from others, so that the likelihood has no maximum"
        + (isPenalised ? ", even with Firth's penalty." : ".")
    case .oddsRatio:
      "the columns \(names): separate events from others, so that an odds ratio is infinite. Leave columns out, or join groups in "
        + "which all patients fare alike."
    case .order:
      "column '\(names)': puts events in order so well that the likelihood has no maximum; its coefficient is infinite. Leave it "
        + "out, or join groups without events."
    case .kind(let kind):
      "the columns \(names): the likelihood of events of kind \(kind) has no maximum, as they order or separate the events, or do "
        + "not vary among rows at risk. Leave columns out."
    }
  }
}

extension Matrix {
  /// Refuses columns whose cubes, or the inverses of whose squares, would leave the range of numbers.
  package func check(_ names: [String]) throws(ModelError) {
    for (index, name) in names.enumerated() {
      let largest = column(index).reduce(0) { max($0, abs($1)) }
      guard largest > 1e100 || largest > 0 && largest < 1e-100 else { continue }
      throw ModelError.term(
        name,
        "has values up to \(shortText(largest)) in size, must be between 1e-100 and 1e100 to be computed with. Use another unit, or a "
          + "logarithm.")
    }
  }
}
