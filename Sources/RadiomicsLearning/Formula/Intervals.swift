import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Numbers cut into intervals, named as R's `cut` does: `(40,60]`.
struct Intervals: Sendable, Hashable, Codable {
  /// Ascending; the ends may be infinite.
  let breaks: [Double]
  /// Whether intervals have their upper end rather than the lower one; whether the outermost end belongs to the outermost interval, too.
  let isRightClosed: Bool, includesEnd: Bool

  /// Breaks in any order.
  /// - Throws: `ModelError` unless there are two or more that differ.
  init(breaks: [Double], isRightClosed: Bool, includesEnd: Bool, name: String) throws(ModelError) {
    let sorted = breaks.sorted()
    guard sorted.count >= 2, zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ModelError.term(name, "must have two or more breaks, each once, such as cut(age, c(0, 40, 60, Inf)).")
    }
    (self.breaks, self.isRightClosed, self.includesEnd) = (sorted, isRightClosed, includesEnd)
  }

  /// As many intervals of equal width over the range of values, the outer ones a thousandth of it wider.
  init(_ values: [Double], count: Int, isRightClosed: Bool, includesEnd: Bool, name: String) throws(ModelError) {
    guard let low = values.min(), let high = values.max(), low < high else {
      throw ModelError.term(name, "every value is the same, intervals need a range.")
    }
    let width = high - low
    var breaks = (0...count).map { low + Double($0) * width / Double(count) }
    breaks[0] = low - width / 1000
    breaks[count] = high + width / 1000
    try self.init(breaks: breaks, isRightClosed: isRightClosed, includesEnd: includesEnd, name: name)
  }

  /// Names of the intervals, with as many digits as tell breaks apart, three at least.
  var labels: [String] {
    let texts = (3...12).lazy.map { digits in breaks.map { Self.text($0, digits: digits) } }
    let ends =
      texts.first { texts in zip(texts, texts.dropFirst()).allSatisfy { $0 != $1 } } ?? breaks.map(numberText)
    return (0..<breaks.count - 1).map { k in
      let isFirst = k == 0 && includesEnd && isRightClosed
      let isLast = k == breaks.count - 2 && includesEnd && !isRightClosed
      return (isRightClosed && !isFirst ? "(" : "[") + "\(ends[k]),\(ends[k + 1])"
        + (isRightClosed || isLast ? "]" : ")")
    }
  }

  /// As C's `%.3g`.
  private static func text(_ number: Double, digits: Int) -> String {
    if number.isInfinite { return number > 0 ? "Inf" : "-Inf" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      _ = withVaList([number]) { vsnprintf(buffer.baseAddress!, 64, "%.\(digits)g", $0) }
      return String(cString: buffer.baseAddress!)
    }
  }

  /// The interval of a number; nil for one outside of all.
  func place(_ x: Double) -> Int? {
    let last = breaks.count - 1
    if includesEnd, x == (isRightClosed ? breaks[0] : breaks[last]) { return isRightClosed ? 0 : last - 1 }
    return (0..<last).first { k in
      isRightClosed ? breaks[k] < x && x <= breaks[k + 1] : breaks[k] <= x && x < breaks[k + 1]
    }
  }
}

extension Formula.Expression {
  /// Arguments of a call by R's rules: named ones by their name, the others in order.
  /// - Throws: `ModelError` for one too many or of another name.
  func arguments(_ names: [String]) throws(ModelError) -> [String: Formula.Expression] {
    guard case .call(let function, let given) = self else { return [:] }
    var found: [String: Formula.Expression] = [:], free = names
    for case .binary("=", .column(let name), let value) in given {
      guard free.contains(name) else {
        throw ModelError.term(
          text,
          "\(function) has no argument '\(name)'. It has: \(names.joined(separator: ", ")).\(didYouMean(name, among: names))"
        )
      }
      found[name] = value
      free.removeAll { $0 == name }
    }
    for value in given {
      if case .binary("=", _, _) = value { continue }
      guard !free.isEmpty else {
        throw ModelError.term(
          text, "has \(given.count) arguments, must have at most \(names.count): \(names.joined(separator: ", ")).")
      }
      found[free.removeFirst()] = value
    }
    guard found[names[0]] != nil else { throw ModelError.term(text, "must have a column, such as \(function)(age).") }
    return found
  }

  /// A number, or several in `c()`, that no row changes; nil if it is none.
  var constants: [Double]? {
    switch self {
    case .number(let number): [number]
    case .column("Inf"): [.infinity]
    case .negative(let part): part.constants?.count == 1 ? part.constants.map { [-$0[0]] } : nil
    case .call("(", let parts): parts[0].constants
    case .call("c", let parts):
      parts.allSatisfy { $0.constants?.count == 1 } ? parts.compactMap(\.constants).map { $0[0] } : nil
    default: nil
    }
  }

  /// Texts, or numbers as texts, in `c()`.
  var constantWords: [String]? {
    guard case .call("c", let parts) = self else { return nil }
    let words = parts.compactMap { part in
      if case .text(let text) = part {
        text
      } else {
        part.constants.flatMap { $0.count == 1 ? numberText($0[0]) : nil }
      }
    }
    return words.count == parts.count ? words : nil
  }

  /// TRUE or FALSE; nil if it is neither.
  var flag: Bool? {
    switch self {
    case .column("TRUE"), .column("T"): true
    case .column("FALSE"), .column("F"): false
    default: nil
    }
  }

  /// What `factor(x, levels)` is of, and its levels where it names them.
  func factor() throws(ModelError) -> (of: Formula.Expression, levels: [String]?) {
    let arguments = try arguments(["x", "levels"])
    guard let levels = arguments["levels"] else { return (arguments["x"]!, nil) }
    guard let words = levels.constantWords, Set(words).count == words.count, words.count > 1 else {
      throw ModelError.term(text, "levels must be like c('low', 'high'), two or more, each once.")
    }
    return (arguments["x"]!, words)
  }

  /// What `cut(x, …)` asks for.
  /// - `values`: Those of all rows, which a number of intervals is learnt from.
  func intervals(of values: () throws(ModelError) -> [Double]) throws(ModelError) -> Intervals {
    let arguments = try arguments(["x", "breaks", "right", "include.lowest"])
    guard let breaks = arguments["breaks"]?.constants, !breaks.isEmpty else {
      throw ModelError.term(text, "must have breaks, such as cut(age, c(0, 40, 60, Inf)), or their number.")
    }
    for name in ["right", "include.lowest"] {
      guard let value = arguments[name], value.flag == nil else { continue }
      throw ModelError.term(text, "\(name) is \(value.text), must be TRUE or FALSE.")
    }
    let isRight = arguments["right"]?.flag ?? true, hasEnd = arguments["include.lowest"]?.flag ?? false
    if breaks.count > 1 {
      return try Intervals(breaks: breaks, isRightClosed: isRight, includesEnd: hasEnd, name: text)
    }
    guard breaks[0] == breaks[0].rounded(), (2...100).contains(breaks[0]) else {
      throw ModelError.term(text, "is cut into \(numberText(breaks[0])) intervals, must be 2 to 100.")
    }
    return try Intervals(values(), count: Int(breaks[0]), isRightClosed: isRight, includesEnd: hasEnd, name: text)
  }

  /// Warnings of values that `cut()` puts in no interval and `factor()` in no level, so that their rows are left out as if they were
  /// missing.
  func outside(_ table: Table) throws(ModelError) -> [Finding] {
    var findings: [Finding] = []
    for call in calls where call.learntFrom == nil {
      guard case .call(let name, let arguments) = call, name == "cut" || name == "factor", !arguments.isEmpty else {
        continue
      }
      let inner = try arguments[0].evaluate(table), outer = try call.evaluate(table)
      let rows = (0..<table.count).filter { outer.isMissing($0) && !inner.isMissing($0) }
      guard let first = rows.first else { continue }
      let which = name == "cut" ? "none of its intervals" : "none of its levels"
      findings.append(
        Finding(
          .warning, call.text,
          "\(rows.count) of \(table.count) rows are left out, as their value is in \(which), first \(table.place(first)) with "
            + "\(inner.words[first] ?? ""). \(name == "cut" ? "Widen the breaks, such as by -Inf and Inf." : "Name all levels.")"
        ))
    }
    return findings
  }

  /// The calls of functions in it, itself among them.
  private var calls: [Formula.Expression] {
    switch self {
    case .call(_, let parts): [self] + parts.flatMap(\.calls)
    case .negative(let part): part.calls
    case .binary(_, let a, let b): a.calls + b.calls
    default: []
    }
  }

  /// What a part is learnt from: the argument of `ns()`, `rcs()`, `scale()`, and of `cut()` into a number of intervals; nil for parts
  /// that each row gives by itself.
  var learntFrom: Formula.Expression? {
    guard case .call(let name, let arguments) = self, let first = arguments.first else { return nil }
    switch name {
    case "ns", "rcs", "scale": return first
    case "cut":
      let breaks = arguments.dropFirst().compactMap { part in
        if case .binary("=", .column(let name), let value) = part { name == "breaks" ? value : nil } else { part }
      }.first
      return breaks?.constants?.count == 1 ? first : nil
    default: return nil
    }
  }
}
