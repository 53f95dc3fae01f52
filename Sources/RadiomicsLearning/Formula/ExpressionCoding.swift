import RadiomicsCore

/// As a file has it: steps in the order in which they are computed, each of what the steps before it left, so that no calculation is
/// nested too deeply to be read. `log(age + 1)` is `age`, 1, a sum, a call.
extension Formula.Expression: Codable {
  private enum Step: Codable {
    case column(String), number(Double), text(String), binary(String), negative
    case call(String, count: Int)

    private enum Key: String, CodingKey { case column, number, text, sign, negative, call, of }

    init(from decoder: any Decoder) throws {
      let step = try decoder.container(keyedBy: Key.self)
      if let name = try step.decodeIfPresent(String.self, forKey: .column) {
        self = .column(name)
      } else if let number = try step.decodeIfPresent(Double.self, forKey: .number) {
        self = .number(number)
      } else if let text = try step.decodeIfPresent(String.self, forKey: .text) {
        self = .text(text)
      } else if let sign = try step.decodeIfPresent(String.self, forKey: .sign) {
        self = .binary(sign)
      } else if let name = try step.decodeIfPresent(String.self, forKey: .call) {
        self = .call(name, count: try step.decode(Int.self, forKey: .of))
      } else {
        _ = try step.decode(Bool.self, forKey: .negative)
        self = .negative
      }
    }

    func encode(to encoder: any Encoder) throws {
      var step = encoder.container(keyedBy: Key.self)
      switch self {
      case .column(let name): try step.encode(name, forKey: .column)
      case .number(let number): try step.encode(number, forKey: .number)
      case .text(let text): try step.encode(text, forKey: .text)
      case .binary(let sign): try step.encode(sign, forKey: .sign)
      case .negative: try step.encode(true, forKey: .negative)
      case .call(let name, let count):
        try step.encode(name, forKey: .call)
        try step.encode(count, forKey: .of)
      }
    }
  }

  package init(from decoder: any Decoder) throws {
    var stack: [(part: Formula.Expression, depth: Int)] = []
    func wrong(_ why: String) -> DecodingError {
      .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: why))
    }
    func take(_ count: Int) throws -> (parts: [Formula.Expression], depth: Int) {
      guard count >= 0, stack.count >= count else { throw wrong("is a calculation with a step too few") }
      let taken = stack.suffix(count), depth = (taken.map(\.depth).max() ?? 0) + 1
      guard depth < Self.deepest else { throw wrong("is nested too deeply") }
      stack.removeLast(count)
      return (taken.map(\.part), depth)
    }
    for step in try decoder.singleValueContainer().decode([Step].self) {
      switch step {
      case .column(let name): stack.append((.column(name), 0))
      case .number(let number): stack.append((.number(number), 0))
      case .text(let text): stack.append((.text(text), 0))
      case .binary(let sign):
        let (parts, depth) = try take(2)
        stack.append((.binary(sign, parts[0], parts[1]), depth))
      case .negative:
        let (parts, depth) = try take(1)
        stack.append((.negative(parts[0]), depth))
      case .call(let name, let count):
        let (parts, depth) = try take(count)
        stack.append((.call(name, parts), depth))
      }
    }
    guard stack.count == 1 else { throw wrong("is a calculation with a step too many or too few") }
    self = stack[0].part
  }

  /// What formulas can be is nested less: sums are cut into pieces, parentheses limited.
  private static let deepest = 5000

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(steps)
  }

  private var steps: [Step] {
    switch self {
    case .column(let name): [.column(name)]
    case .number(let number): [.number(number)]
    case .text(let text): [.text(text)]
    case .binary(let sign, let a, let b): a.steps + b.steps + [.binary(sign)]
    case .negative(let a): a.steps + [.negative]
    case .call(let name, let arguments): arguments.flatMap(\.steps) + [.call(name, count: arguments.count)]
    }
  }
}
