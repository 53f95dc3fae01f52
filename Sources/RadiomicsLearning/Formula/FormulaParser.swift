import RadiomicsStatistics

/// Reads formulas with R's precedence: `^`, minus, `:`, `* /`, `+ -`, comparisons, `~`.
struct FormulaParser {
  private enum Token: Equatable {
    case name(String)
    case number(Double)
    case text(String)
    case sign(String)
  }

  private let source: String
  private var tokens: [(token: Token, place: Int)] = []
  private var index = 0
  private var depth = 0

  init(_ source: String) throws(ModelError) {
    self.source = source
    try scan()
  }

  private func error(_ place: Int, _ message: String) -> ModelError {
    ModelError.at("formula '\(source)', character \(place + 1)", message)
  }

  private mutating func scan() throws(ModelError) {
    let characters = Array(source)
    var i = 0
    func isName(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "." || c == "_" }
    while i < characters.count {
      let c = characters[i], start = i
      if c.isWhitespace {
        i += 1
      } else if c == "`" || c == "\"" || c == "'" {
        guard let end = characters[(i + 1)...].firstIndex(of: c) else {
          throw error(start, "\(c) is opened and not closed.")
        }
        let text = String(characters[(i + 1)..<end])
        guard c != "`" || !text.isEmpty else { throw error(start, "`` holds no name.") }
        tokens.append((c == "`" ? .name(text) : .text(text), start))
        i = end + 1
      } else if c.isASCII, c.isNumber || c == "." && i + 1 < characters.count && characters[i + 1].isNumber {
        while i < characters.count,
          characters[i].isASCII && characters[i].isNumber || characters[i] == "." || characters[i] == "e"
            || characters[i] == "E" || "+-".contains(characters[i]) && "eE".contains(characters[i - 1])
        { i += 1 }
        let text = String(characters[start..<i])
        guard let number = Double(text.hasSuffix(".") ? text + "0" : text.hasPrefix(".") ? "0" + text : text) else {
          throw error(start, "'\(text)' is no number. A column of this name stands in backticks.")
        }
        tokens.append((.number(number), start))
      } else if c.isLetter || c == "." {
        while i < characters.count, isName(characters[i]) { i += 1 }
        tokens.append((.name(String(characters[start..<i])), start))
      } else {
        let pair = String(characters[i..<min(i + 2, characters.count)])
        let sign = ["<=", ">=", "==", "!="].contains(pair) ? pair : String(c)
        guard "~+-*/^:(),<>=".contains(c) || sign.count == 2 else {
          throw error(start, "'\(c)' has no meaning in a formula. A column with such a name stands in backticks.")
        }
        tokens.append((.sign(sign), start))
        i += sign.count
      }
    }
  }

  private var next: Token? { index < tokens.count ? tokens[index].token : nil }
  private var place: Int { index < tokens.count ? tokens[index].place : source.count }

  private mutating func take(_ signs: [String]) -> String? {
    guard case .sign(let sign)? = next, signs.contains(sign) else { return nil }
    index += 1
    return sign
  }

  /// `left ~ right` or `~ right`.
  mutating func formula() throws(ModelError) -> (Formula.Expression?, Formula.Expression) {
    var left: Formula.Expression?
    if next != .sign("~") { left = try comparison() }
    guard take(["~"]) != nil else {
      throw error(place, "there is no '~', must be like 'outcome ~ age + marker'.")
    }
    let right = try comparison()
    guard index == tokens.count else { throw error(place, "something is left over; a sign is missing before it.") }
    return (left, right)
  }

  /// A calculation alone.
  mutating func calculation() throws(ModelError) -> Formula.Expression {
    let result = try comparison()
    guard index == tokens.count else { throw error(place, "something is left over; a sign is missing before it.") }
    return result
  }

  private mutating func comparison() throws(ModelError) -> Formula.Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw error(place, "parentheses are nested too deeply.") }
    var left = try sum()
    while let sign = take(["<", ">", "<=", ">=", "==", "!="]) { left = .binary(sign, left, try sum()) }
    return left
  }

  private mutating func sum() throws(ModelError) -> Formula.Expression {
    var left: Formula.Expression
    if take(["-"]) != nil {
      left = .negative(try product())
    } else {
      _ = take(["+"])
      left = try product()
    }
    var operands: [(sign: String, value: Formula.Expression)] = []
    while let sign = take(["+", "-"]) { operands.append((sign, try product())) }
    return Self.chain(left, operands)
  }

  /// A sum from the left; a long one in pieces, so that it is not nested as deeply as it is long.
  static func chain(_ first: Formula.Expression, _ operands: [(sign: String, value: Formula.Expression)])
    -> Formula.Expression
  {
    let piece = 256
    var result = first
    for begin in stride(from: 0, to: operands.count, by: piece) {
      let part = operands[begin..<min(begin + piece, operands.count)]
      if operands.count > piece, part.allSatisfy({ $0.sign == "+" }) {
        result = .binary("+", result, part.dropFirst().reduce(part.first!.value) { .binary("+", $0, $1.value) })
      } else {
        result = part.reduce(result) { .binary($1.sign, $0, $1.value) }
      }
    }
    return result
  }

  private mutating func product() throws(ModelError) -> Formula.Expression {
    var left = try interaction()
    while let sign = take(["*", "/"]) { left = .binary(sign, left, try interaction()) }
    return left
  }

  private mutating func interaction() throws(ModelError) -> Formula.Expression {
    var left = try power()
    while take([":"]) != nil { left = .binary(":", left, try power()) }
    return left
  }

  private mutating func power() throws(ModelError) -> Formula.Expression {
    let base = try primary()
    guard take(["^"]) != nil else { return base }
    if take(["-"]) != nil { return .binary("^", base, .negative(try power())) }
    return .binary("^", base, try power())
  }

  private mutating func primary() throws(ModelError) -> Formula.Expression {
    let start = place
    guard let token = next else { throw error(start, "it ends where a column must stand.") }
    index += 1
    switch token {
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .sign("("):
      let inner = try comparison()
      guard take([")"]) != nil else { throw error(place, "')' is missing.") }
      return .call("(", [inner])
    case .sign("-"): return .negative(try primary())
    case .sign(let sign): throw error(start, "'\(sign)' stands where a column must stand.")
    case .name(let name):
      guard take(["("]) != nil else { return .column(name) }
      var arguments: [Formula.Expression] = []
      if take([")"]) != nil { return .call(name, []) }
      repeat {
        let argument = try comparison()
        arguments.append(take(["="]) == nil ? argument : .binary("=", argument, try comparison()))
      } while take([","]) != nil
      guard take([")"]) != nil else { throw error(place, "')' is missing after the arguments of '\(name)'.") }
      return .call(name, arguments)
    }
  }
}
