import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How one part of a term becomes columns, with what was learnt for it from the rows that a model is fitted to.
enum TermCode: Sendable, Hashable, Codable {
  /// As it is computed.
  case number(of: Formula.Expression)
  /// `scale()`: less the mean, over the standard deviation.
  case scaled(of: Formula.Expression, name: String, mean: Double, deviation: Double)
  /// `ns()`.
  case spline(of: Formula.Expression, name: String, spline: NaturalSpline)
  /// `rcs()`.
  case restricted(of: Formula.Expression, name: String, knots: RestrictedSpline)
  /// `cut()`.
  case intervals(of: Formula.Expression, name: String, intervals: Intervals, hasContrast: Bool)
  /// A factor; with a contrast the first level has no column.
  case levels(of: Formula.Expression, name: String, levels: [String], hasContrast: Bool)

  /// - `table`: The rows that the model is fitted to, without missing values.
  init(_ part: Formula.Expression, _ table: Table, hasContrast: Bool) throws(ModelError) {
    if case .call(let name, let arguments) = part {
      func values() throws(ModelError) -> [Double] { try arguments[0].numbers(table).compactMap { $0 } }
      switch name {
      case "ns":
        self = .spline(
          of: try part.arguments(["x", "df"])["x"]!, name: part.text,
          spline: try Self.spline(part, values))
        return
      case "rcs":
        self = .restricted(
          of: try part.arguments(["x", "knots"])["x"]!, name: part.text,
          knots: try Self.restricted(part, values))
        return
      case "scale":
        self = try Self.scaled(part, try part.arguments(["x"])["x"]!, values())
        return
      case "cut" where !arguments.isEmpty:
        self = .intervals(
          of: arguments[0], name: part.text, intervals: try part.intervals(of: values), hasContrast: hasContrast)
        return
      default: break
      }
    }
    switch try part.evaluate(table) {
    case .numbers: self = .number(of: part)
    case .categories(let words):
      if let odd = part.column.flatMap(table.oddCell) {
        let hint = odd.isInfinite ? "" : " If the numbers are names of categories, write factor(\(part.text))."
        throw ModelError(odd.sentence + hint)
      }
      var named: [String]?
      if case .call("factor", _) = part { named = try part.factor().levels }
      let levels = named ?? Column.Values.levels(words)
      guard levels.count > 1 else {
        throw ModelError.term(part.text, "has the one level '\(levels.first ?? "")', must have at least two to count.")
      }
      self = .levels(of: part, name: part.text, levels: levels, hasContrast: hasContrast)
    }
  }

  private static func spline(
    _ part: Formula.Expression, _ values: () throws(ModelError) -> [Double]
  ) throws(ModelError) -> NaturalSpline {
    let df = try? part.arguments(["x", "df"])["df"]?.constants
    guard let df, df.count == 1, df[0] >= 1, df[0] <= 20, df[0] == df[0].rounded() else {
      throw ModelError.term(part.text, "must be ns(column, df) with df from 1 to 20.")
    }
    return try NaturalSpline(values(), df: Int(df[0]), name: part.text)
  }

  private static func restricted(
    _ part: Formula.Expression, _ values: () throws(ModelError) -> [Double]
  ) throws(ModelError) -> RestrictedSpline {
    let knots = try part.arguments(["x", "knots"])["knots"]
    guard let numbers = knots == nil ? [5] : knots?.constants,
      numbers.count > 1 || RestrictedSpline.counts.contains(Int(exactly: numbers.first ?? 0) ?? 0)
    else {
      throw ModelError.term(
        part.text, "must be rcs(column, 3) with 3 to 7 knots, or name them: rcs(column, c(20, 50, 80)).")
    }
    if numbers.count > 1 { return try RestrictedSpline(knots: numbers, name: part.text) }
    return try RestrictedSpline(values(), count: Int(numbers[0]), name: part.text)
  }

  private static func scaled(
    _ part: Formula.Expression, _ inner: Formula.Expression, _ values: [Double]
  ) throws(ModelError) -> TermCode {
    let center = pairwiseSum(values) / Double(values.count)
    let square = pairwiseSum(values) { ($0 - center) * ($0 - center) } / Double(values.count - 1)
    guard square > 0, square.isFinite else {
      throw ModelError.term(part.text, "every value is the same, a scale needs values that differ.")
    }
    return .scaled(of: inner, name: part.text, mean: center, deviation: square.squareRoot())
  }

  var isLevels: Bool {
    switch self {
    case .levels, .intervals: true
    default: false
    }
  }

  /// What it is computed of.
  var expression: Formula.Expression {
    switch self {
    case .number(let part), .scaled(let part, _, _, _), .spline(let part, _, _), .restricted(let part, _, _),
      .intervals(let part, _, _, _), .levels(let part, _, _, _):
      part
    }
  }

  /// Names of the columns.
  var names: [String] {
    switch self {
    case .number(let part): [part.text]
    case .scaled(_, let name, _, _): [name]
    case .spline(_, let name, let spline): (1...spline.count).map { "\(name)\($0)" }
    case .restricted(let part, let name, let spline):
      (0..<spline.count).map { name + part.text + String(repeating: "'", count: $0) }
    case .intervals(_, let name, let intervals, let hasContrast):
      intervals.labels.dropFirst(hasContrast ? 1 : 0).map { name + $0 }
    case .levels(_, let name, let levels, let hasContrast): levels.dropFirst(hasContrast ? 1 : 0).map { name + $0 }
    }
  }

  /// The columns of rows without missing values; a level that was not there when the model was made is refused.
  func columns(_ table: Table) throws(ModelError) -> [[Double]] {
    func numbers(_ part: Formula.Expression) throws(ModelError) -> [Double] {
      let values = try part.numbers(table), present = values.compactMap { $0 }
      guard present.count == values.count else { throw ModelError.term(names[0], "has missing values.") }
      return present
    }
    func indicators(_ places: [Int], _ count: Int, _ hasContrast: Bool) -> [[Double]] {
      ((hasContrast ? 1 : 0)..<count).map { level in places.map { $0 == level ? 1 : 0 } }
    }
    func bases(_ part: Formula.Expression, _ count: Int, _ basis: (Double) -> [Double]) throws(ModelError) -> [[Double]]
    {
      let rows = try numbers(part).map(basis)
      return (0..<count).map { column in rows.map { $0[column] } }
    }
    switch self {
    case .number(let part): return [try numbers(part)]
    case .scaled(let part, _, let mean, let deviation): return [try numbers(part).map { ($0 - mean) / deviation }]
    case .spline(let part, _, let spline): return try bases(part, spline.count, spline.basis)
    case .restricted(let part, _, let spline): return try bases(part, spline.count, spline.basis)
    case .intervals(let part, let name, let intervals, let hasContrast):
      let values = try numbers(part), places = values.map(intervals.place)
      if let row = places.firstIndex(of: nil) {
        throw ModelError.at(
          table.place(row), "'\(part.text)' is \(numberText(values[row])), must be within the intervals of '\(name)'.")
      }
      return indicators(places.map { $0! }, intervals.breaks.count - 1, hasContrast)
    case .levels(let part, _, let levels, let hasContrast):
      let words = try part.evaluate(table).words, place = Dictionary(zip(levels, levels.indices)) { first, _ in first }
      if let new = words.first(where: { place[$0 ?? ""] == nil }) {
        throw ModelError.term(
          part.text,
          "has '\(new ?? "")', which no row had that the model was fitted to (\(levels.joined(separator: ", "))).")
      }
      return indicators(words.map { place[$0 ?? ""]! }, levels.count, hasContrast)
    }
  }
}
