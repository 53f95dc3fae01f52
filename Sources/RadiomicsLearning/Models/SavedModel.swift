import RadiomicsCore
import RadiomicsStatistics

/// A fitted model as a file has it, with what must be known to use it rightly.
package struct SavedModel: Sendable, Hashable {
  /// A model of any kind that is kept.
  package enum Model: Sendable, Hashable {
    case logistic(FittedLogistic), cox(FittedCox), fineGray(FittedFineGray)

    /// The words for all of them, in files.
    package static let kinds = [FittedLogistic.kind, FittedCox.kind, FittedFineGray.kind]

    /// What all have.
    package var fitted: any FittedModel {
      switch self {
      case .logistic(let model): model
      case .cox(let model): model
      case .fineGray(let model): model
      }
    }

    /// Probabilities of the event until each time, that it comes first where there are several: for each row one for each. Those of
    /// models without times are the same at all.
    func risks(_ rows: Table, at times: [Double]) throws(ModelError) -> [[Double]] {
      switch self {
      case .logistic(let model): try model.predict(rows).map { risk in times.map { _ in risk } }
      case .cox(let model): try model.cumulativeHazards(rows, at: times).map { $0.map { -expm1(-$0) } }
      case .fineGray(let model): try model.incidences(rows, at: times)
      }
    }

    /// The same with baseline hazards at so many times only.
    func thinned(to count: Int) -> Model {
      switch self {
      case .logistic: self
      case .cox(let model): .cox(model.thinned(to: count))
      case .fineGray(let model): .fineGray(model.thinned(to: count))
      }
    }
  }

  /// The program that wrote it.
  package let software: String
  /// As it was asked for, for people; nothing reads it.
  package let formula: String
  /// What is predicted: the outcome's column or calculation, or the columns of a time, and the value that is the event.
  package let outcome: [String], event: String
  /// Rows that it was fitted to, patients of whom they are, and events.
  package let rows: Int, patients: Int, events: Int
  /// SHA-256 of the files that the rows come from, if that is known.
  package let inputs: [String]
  /// The model.
  package let model: Model

  init(
    _ model: Model, formula: String, outcome: [String], event: String, rows: Int, patients: Int, events: Int,
    _ source: Table.Source
  ) {
    software = "swift-radiomics \(radiomicsVersion)"
    (self.model, self.formula, self.outcome, self.event) = (model, formula, outcome, event)
    (self.rows, self.patients, self.events) = (rows, patients, events)
    inputs = source.filesOfRows.map(\.sha256).filter { !$0.isEmpty }
  }

  private init(_ other: SavedModel, _ model: Model) {
    (software, formula, outcome, event) = (other.software, other.formula, other.outcome, other.event)
    (rows, patients, events, inputs) = (other.rows, other.patients, other.events, other.inputs)
    self.model = model
  }

  /// The same with baseline hazards at so many times only, at equal distances.
  package func thinned(to count: Int) -> SavedModel { SavedModel(self, model.thinned(to: count)) }
}

extension SavedModel {
  /// What it predicts of rows; nil where a value that is needed is missing.
  /// - Throws: `ModelError` for a column that is not there, or a level that no row had that it was fitted to.
  func predictions(of table: Table) throws(ModelError) -> [Double?] {
    let fitted = model.fitted, known = try fitted.columns.complete(table)
    var values = [Double?](repeating: nil, count: table.count)
    for (row, value) in zip(known, try fitted.predict(table.rows(known))) { values[row] = value }
    return values
  }

  /// The column of its predictions, which is no column of a file.
  static let column = "saved model"

  /// - `times`: Whether the outcome is a time.
  /// - Throws: `ModelError` if the model is of another kind of outcome.
  package func require(times: Bool) throws(ModelError) {
    let isOfTimes = if case .logistic = model { false } else { true }
    guard isOfTimes == times else {
      throw ModelError.at(
        "saved model",
        isOfTimes
          ? "is of a time until an event, must be of an outcome of two values. Use it in prognostic."
          : "is of an outcome of two values, must be of a time until an event. Use it in diagnostic.")
    }
  }

  /// A table with a column of what the model predicts, and the column's name, which the table did not have.
  /// - `times`: Whether the outcome is a time.
  func predicting(_ table: Table, times: Bool) throws(ModelError) -> (table: Table, name: String) {
    try require(times: times)
    var name = Self.column
    while table[name] != nil { name += "'" }
    return (table.with(name, .numbers(try predictions(of: table))), name)
  }

  /// A warning where it is judged by another event than the one that it predicts.
  func findings(_ outcome: String, _ event: String) -> [Finding] {
    guard event != self.event else { return [] }
    return [
      Finding(
        .warning, Self.column,
        "predicts \(self.outcome.joined(separator: ", ")) = \(self.event), and is judged by \(outcome) = \(event). Name the event if this "
          + "is another.")
    ]
  }

  /// A warning of times that are later than all that it knows.
  package func findings(at moments: [Double]) -> [Finding] {
    let baselines =
      switch model {
      case .logistic: [BaselineHazard]()
      case .cox(let model): model.baseline
      case .fineGray(let model): [model.baseline]
      }
    guard let last = baselines.compactMap(\.times.last).min() else { return [] }
    let later = moments.filter { $0 > last }
    guard !later.isEmpty else { return [] }
    return [
      Finding(
        .warning, Self.column,
        "knows no event after \(shortText(last)), so that what it predicts for \(later.map(numberText).joined(separator: ", ")) is what it "
          + "predicts for \(shortText(last)).")
    ]
  }

  /// Who is who in what it predicts, for rows that it is judged on: columns of the outcome, and which value or kind is the event.
  /// - `named`: The column of the outcome, or of the event, if it is another there, of which nothing is known.
  /// - `table`: The rows; nil before they are read.
  package func roles(judgedBy named: String?, in table: Table?) -> Roles {
    var roles = Roles(), column = outcome.last ?? ""
    let isOther = named.map { $0 != column } ?? false, number = Double(event)
    column = named ?? column
    switch model {
    case .logistic: roles.outcome = .binary(column)
    case .cox, .fineGray:
      roles.event = column
      if outcome.count > 1 { roles.time = outcome[outcome.count - 2] }
      if outcome.count > 2 { roles.start = outcome[0] }
    }
    guard !isOther, let values = table?[column] else { return roles }
    if number == nil, event.truth == nil {
      roles.positive = event
    } else if case .logistic = model {
      roles.positive = Column.Values.levels(values.words).contains(event) ? event : nil
    } else if case .fineGray = model {
      roles.cause = number
    } else if let number, ![1, 2].contains(number) {
      roles.cause = number
    }
    return roles
  }

  /// What must be known where it is judged on rows of a table.
  package func findings(_ table: Table) -> [Finding] {
    let own = table.source.filesOfRows.filter { inputs.contains($0.sha256) }
    let flattery = own.map { file in
      Finding(
        .warning, Self.column,
        "is judged on \(file.path), which it was fitted to, which flatters it. Judge it on other patients.")
    }
    return flattery + model.fitted.columns.findings(table)
  }
}

extension SavedModel: Codable {
  /// The word with which every file begins, and the newest layout of the rest.
  private static let format = "radiomics-model", version = 1

  private enum Key: String, CodingKey {
    case format, version, software, kind, formula, outcome, event, rows, patients, events, inputs = "input_sha256",
      model
  }

  package func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: Key.self)
    try parts.encode(Self.format, forKey: .format)
    try parts.encode(Self.version, forKey: .version)
    try parts.encode(software, forKey: .software)
    try parts.encode(type(of: model.fitted).kind, forKey: .kind)
    try parts.encode(formula, forKey: .formula)
    try parts.encode(outcome, forKey: .outcome)
    try parts.encode(event, forKey: .event)
    try parts.encode(rows, forKey: .rows)
    try parts.encode(patients, forKey: .patients)
    try parts.encode(events, forKey: .events)
    try parts.encode(inputs, forKey: .inputs)
    switch model {
    case .logistic(let model): try parts.encode(model, forKey: .model)
    case .cox(let model): try parts.encode(model, forKey: .model)
    case .fineGray(let model): try parts.encode(model, forKey: .model)
    }
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: Key.self)
    software = try parts.decode(String.self, forKey: .software)
    formula = try parts.decode(String.self, forKey: .formula)
    outcome = try parts.decode([String].self, forKey: .outcome)
    event = try parts.decode(String.self, forKey: .event)
    rows = try parts.decode(Int.self, forKey: .rows)
    patients = try parts.decode(Int.self, forKey: .patients)
    events = try parts.decode(Int.self, forKey: .events)
    inputs = try parts.decode([String].self, forKey: .inputs)
    switch try parts.decode(String.self, forKey: .kind) {
    case FittedLogistic.kind: model = .logistic(try parts.decode(FittedLogistic.self, forKey: .model))
    case FittedCox.kind: model = .cox(try parts.decode(FittedCox.self, forKey: .model))
    case FittedFineGray.kind: model = .fineGray(try parts.decode(FittedFineGray.self, forKey: .model))
    case let kind:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: parts,
        debugDescription: "is '\(kind)', must be one of \(Model.kinds.joined(separator: ", "))")
    }
  }

  /// The file's text.
  package var text: String {
    get throws { try Setting.Value(coding: self).json + "\n" }
  }

  /// Reads a file's bytes.
  /// - `path`: How errors call it.
  /// - Throws: `ModelError` for another kind of file, a newer one, or a damaged one.
  package init(_ bytes: [UInt8], path: String) throws(ModelError) {
    let value: Setting.Value
    do { value = try Setting.Value(json: bytes, file: path) } catch { throw ModelError("\(error)") }
    guard value["format"]?.asText == Self.format else {
      throw ModelError.at(path, "is no saved model, must be a file that an analysis kept its model in.")
    }
    guard let version = value["version"]?.asInteger, (1...Self.version).contains(version) else {
      let number = value["version"]?.asNumber.map(numberText) ?? "missing", by = value["software"]?.asText ?? ""
      throw ModelError.at(
        path,
        "its version is \(number), must be \(Self.version) at most\(by.isEmpty ? "" : " (it was written by \(by))"). Use a newer "
          + "version of this program.")
    }
    do {
      self = try value.decoded()
    } catch let error as DecodingError {
      throw ModelError.at(path, "\(error.sentence). The file is damaged; save the model again.")
    } catch {
      throw ModelError.at(path, "is damaged (\(error)). Save the model again.")
    }
  }
}

extension DecodingError {
  /// Where in a file, and what is wrong there.
  var sentence: String {
    func place(_ path: [any CodingKey]) -> String { "'" + path.map(\.stringValue).joined(separator: ".") + "'" }
    switch self {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(place(context.codingPath)) \(context.debugDescription)"
    @unknown default: return "it cannot be read"
    }
  }
}
