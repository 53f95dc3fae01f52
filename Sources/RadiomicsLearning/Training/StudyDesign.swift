import RadiomicsCore
import RadiomicsStatistics

/// How a study judges its pipeline on rows that it was not learnt from.
package struct StudyDesign: Configurable {
  /// How rows are held out.
  package enum Outer: Sendable, Hashable {
    /// Patients in as many parts, each held out once; parts have their share of each site and outcome.
    case folds(Int)
    /// Each site is held out once.
    case leaveOneSiteOut
    /// So many samples with replacement of patients; those not drawn are held out. Efron and Tibshirani 1997.
    case bootstrap632plus(Int)
    /// Rows of which a column has this value are held out.
    case external(column: String, value: String)
    /// Rows of which a column has this number, or a later one, are held out.
    case temporal(column: String, from: Double)
  }
  package var outer = Outer.folds(5)
  /// Parts of the training rows by which the model chooses its settings.
  package var inner = 5
  /// How often folds are dealt anew.
  package var repeats = 1

  package init() {}
  package static let name = "design"
  package static let summary = "How a pipeline is judged on rows that it was not learnt from."
  package static let limits =
    "Everything is learnt in the training part of each fold; patients are never parted. The estimate is of the procedure, not of the model "
    + "that is refitted on all rows."
  package static let reference =
    "Varma and Simon 2006, doi:10.1186/1471-2105-7-91; .632+: Efron and Tibshirani 1997, doi:10.1080/01621459.1997.10474007"
  package static let parameters: [Parameter<StudyDesign>] = [
    Parameter(
      "outer", \.outer,
      "How rows are held out: parts with their share of each site and outcome, each site, samples, or rows of a column."
    ),
    Parameter("inner", \.inner, in: 2...1000, "Parts of the training rows by which the model chooses its settings."),
    Parameter("repeats", \.repeats, in: 1...1000, "How often folds are dealt anew."),
  ]

  package func check() throws(SettingError) {
    guard repeats > 1 else { return }
    if case .folds = outer { return }
    throw SettingError(
      place: Place(file: Self.name),
      message: "'repeats' is \(repeats), must be 1 unless 'outer' is folds, which are dealt anew.")
  }
}

extension StudyDesign.Outer: SettingValue {
  package static let expectation =
    "{folds: N}, leave_one_site_out, {bootstrap632plus: N}, {external: {column: NAME, value: WORD}}, or {temporal: {column: NAME, from: NUMBER}}"
  private static let known = ["folds", "leave_one_site_out", "bootstrap632plus", "external", "temporal"]

  package init(setting: Setting) throws(SettingError) {
    if case .text("leave_one_site_out") = setting.value {
      self = .leaveOneSiteOut
      return
    }
    guard setting.entries.count == 1, let (key, place, value) = setting.entries.first else {
      if case .text(let word) = setting.value {
        throw setting.error("'\(word)' is unknown, must be \(Self.expectation).\(didYouMean(word, among: Self.known))")
      }
      throw Self.mismatch(setting)
    }
    func count(_ least: Int) throws(SettingError) -> Int {
      let count = try Int(setting: value)
      guard (least...100_000).contains(count) else {
        throw value.error("'\(key)' is \(count), must be from \(least) to 100000.")
      }
      return count
    }
    switch key {
    case "folds": self = .folds(try count(2))
    case "bootstrap632plus": self = .bootstrap632plus(try count(20))
    case "external":
      let part = try HeldOutRows(setting: value)
      self = .external(column: part.column, value: part.value)
    case "temporal":
      let part = try LaterRows(setting: value)
      self = .temporal(column: part.column, from: part.from)
    default:
      throw SettingError(
        place: place,
        message: "there is no design '\(key)', must be \(Self.expectation).\(didYouMean(key, among: Self.known))")
    }
  }

  package var settingValue: Setting.Value {
    switch self {
    case .folds(let count): .map([.init("folds", .integer(count))])
    case .leaveOneSiteOut: .text("leave_one_site_out")
    case .bootstrap632plus(let count): .map([.init("bootstrap632plus", .integer(count))])
    case .external(let column, let value):
      .map([.init("external", .map([.init("column", .text(column)), .init("value", .text(value))]))])
    case .temporal(let column, let from):
      .map([.init("temporal", .map([.init("column", .text(column)), .init("from", .number(from))]))])
    }
  }

  /// What it is, in words.
  package var words: String {
    switch self {
    case .folds(let count): "\(count)-fold cross-validation"
    case .leaveOneSiteOut: "each site held out once"
    case .bootstrap632plus(let count): "\(count) samples of patients with replacement (.632+)"
    case .external(let column, let value): "rows of \(column) \(value) held out"
    case .temporal(let column, let from): "rows of \(column) from \(numberText(from)) on held out"
    }
  }
}

extension Setting {
  /// What a cell of a table says, as a file of settings names it: a word, a number, true or false.
  /// - Throws: `SettingError` for a list or a map.
  func cellWord(_ key: String) throws(SettingError) -> String {
    switch value {
    case .text(let word): return word
    case .integer(let number): return "\(number)"
    case .number(let number): return numberText(number)
    case .flag(let flag): return flag ? "true" : "false"
    default: throw error("'\(key)' is \(value.kind), must be a word, a number, true or false.")
    }
  }
}

/// `{column: hospital, value: B}`.
private struct HeldOutRows: Configurable {
  static let name = "external"
  static let summary = "Rows of which a column has a value are held out."
  static let reference = StudyDesign.reference
  static let parameters: [Parameter<HeldOutRows>] = [
    Parameter("column", \.column, isRequired: true, "The column."),
    Parameter("value", "a word or a number", isRequired: true, "The value of rows that are held out.") {
      (setting, owner) throws(SettingError) in
      owner.value = try setting.cellWord("value")
    } write: {
      .text($0.value)
    },
  ]
  var column = "", value = ""
}

/// `{column: year, from: 2021}`.
private struct LaterRows: Configurable {
  static let name = "temporal"
  static let summary = "Rows of which a column has a number, or a later one, are held out."
  static let reference = StudyDesign.reference
  static let parameters: [Parameter<LaterRows>] = [
    Parameter("column", \.column, isRequired: true, "The column."),
    Parameter("from", \.from, isRequired: true, "The smallest number of rows that are held out."),
  ]
  var column = "", from = 0.0
}

/// Rows that are learnt from, and others that are judged.
package struct OuterSplit: Sendable, Hashable, Codable {
  package let training: [Int], held: [Int]
  /// Which time rows are dealt, and which part is held out.
  package let turn: Int, part: Int
  /// Rows of which no outcome is looked at: effects of batches that training rows lack are estimated from them.
  package let apart: [Int]

  init(training: [Int], held: [Int], turn: Int, part: Int, apart: [Int] = []) {
    (self.training, self.held, self.turn, self.part, self.apart) = (training, held, turn, part, apart)
  }
}

extension StudyDesign {
  /// All splits of rows, in order.
  /// - Throws: `ModelError` where a column, a site or a part has nothing to hold out.
  package func splits(_ rows: StudyRows, seed: UInt64) throws(ModelError) -> [OuterSplit] {
    let all = Array(0..<rows.count)
    switch outer {
    case .folds(let parts):
      return try (0..<repeats).flatMapThrowing { (turn) throws(ModelError) in
        let folds = stratifiedFolds(parts, patients: rows.patients, strata: rows.strata, seed: seed, replicate: turn)
        guard Set(folds).count == parts else {
          throw ModelError.at(
            "design", "\(Set(folds).count) patients are dealt into \(parts) parts, must be at least one for each.")
        }
        return (0..<parts).map { part in
          OuterSplit(
            training: all.filter { folds[$0] != part }, held: all.filter { folds[$0] == part }, turn: turn, part: part)
        }
      }
    case .leaveOneSiteOut:
      guard let sites = rows.sites else {
        throw ModelError.at("design", "leave_one_site_out needs 'site', the column that names them.")
      }
      guard sites.names.count > 1 else {
        throw ModelError.at("'\(sites.column)'", "all rows are of one site, must be several to hold each out.")
      }
      return sites.names.indices.map { site in
        let held = Set(all.filter { sites.codes[$0] == site }.map { rows.patients[$0] })
        return OuterSplit(
          training: all.filter { !held.contains(rows.patients[$0]) }, held: all.filter { sites.codes[$0] == site },
          turn: 0, part: site)
      }
    case .bootstrap632plus(let count):
      let replicates = Replicates(.bootstrap(count), rows: rows.count, patients: rows.patients, seed: seed)
      return (0..<count).map { number in
        OuterSplit(training: replicates[number].rows, held: replicates[number].heldOut, turn: number, part: 0)
      }
    case .external(let column, let value):
      guard let labels = rows.table.labels(column) else { throw Self.noColumn(column, rows.table) }
      let names = Set(labels.compactMap { $0 }).sorted()
      guard names.contains(value) else {
        throw ModelError.at(
          "'\(column)'",
          "no row has '\(value)', must be one of \(names.prefix(12).joined(separator: ", ")).\(didYouMean(value, among: names))"
        )
      }
      try Self.check(rows, column) { labels[$0] == nil }
      return [try Self.split(rows, column, held: all.filter { labels[$0] == value })]
    case .temporal(let column, let from):
      let numbers = try rows.table.numbers(column)
      try Self.check(rows, column) { numbers[$0] == nil }
      return [try Self.split(rows, column, held: all.filter { numbers[$0]! >= from })]
    }
  }

  /// - Throws: `ModelError` for a row of which nobody knows on which side it is.
  private static func check(_ rows: StudyRows, _ column: String, isMissing: (Int) -> Bool) throws(ModelError) {
    guard let row = (0..<rows.count).first(where: isMissing) else { return }
    throw ModelError.at(
      rows.table.place(row),
      "'\(column)' is empty, must say whether the row is learnt from or held out. Fill it, or leave the row out.")
  }

  private static func noColumn(_ name: String, _ table: Table) -> ModelError { .noColumn(name, near: table.names) }

  /// Patients of whom a row is held out are not learnt from.
  private static func split(_ rows: StudyRows, _ column: String, held: [Int]) throws(ModelError) -> OuterSplit {
    let patients = Set(held.map { rows.patients[$0] })
    let training = (0..<rows.count).filter { !patients.contains(rows.patients[$0]) }
    guard !held.isEmpty, !training.isEmpty else {
      throw ModelError.at(
        "'\(column)'", "\(held.isEmpty ? "no" : "every") row is held out, must be some and not all of \(rows.count).")
    }
    return OuterSplit(training: training, held: held, turn: 0, part: 0)
  }
}

extension Sequence {
  /// What elements become, in one list.
  fileprivate func flatMapThrowing<Value>(
    _ body: (Element) throws(ModelError) -> [Value]
  ) throws(ModelError) -> [Value] {
    var result: [Value] = []
    for element in self { result += try body(element) }
    return result
  }
}
