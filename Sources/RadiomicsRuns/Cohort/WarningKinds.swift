import RadiomicsCore

/// Warnings of many cases, those that differ in numbers alone counted as one kind.
package struct WarningKinds: Sendable {
  /// Warnings that say the same.
  package struct Kind: Sendable {
    /// Cases in which it occurs.
    package fileprivate(set) var count = 0
    /// The worst of them: its name and what was said. Of numbers the largest counts, of `a of b` the largest share.
    package fileprivate(set) var name = "", message = ""
    fileprivate var measure = -Double.infinity
    fileprivate var lastCase = -1
  }

  /// More kinds than this are not told apart.
  private static let most = 1000
  private var kinds: [String: Kind] = [:]
  private var order: [String] = []
  private var cases = 0

  package init() {}

  /// Those that occur in most cases first.
  package var sorted: [Kind] {
    order.compactMap { kinds[$0] }.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
  }

  /// The findings of one case.
  package mutating func add(_ findings: [Finding], name: String) {
    cases += 1
    for finding in findings where finding.severity == .warning {
      let (kind, measure) = Self.kind(of: finding.message)
      if kinds[kind] == nil {
        guard order.count < Self.most else { continue }
        order.append(kind)
      }
      var found = kinds[kind] ?? Kind()
      if found.lastCase != cases { found.count += 1 }
      found.lastCase = cases
      if measure > found.measure {
        (found.name, found.message, found.measure) = (name, "\(finding.place): \(finding.message)", measure)
      }
      kinds[kind] = found
    }
  }

  /// A message without its numbers, and how bad it is by them.
  private static func kind(of message: String) -> (text: String, measure: Double) {
    var text = "", number = "", numbers: [Double] = [], between = "", share: Double?
    func end() {
      guard let value = Double(number) else { return text += number }
      if share == nil, between == " of ", value > 0, let part = numbers.last { share = part / value }
      numbers.append(value)
      text += "#"
      between = ""
    }
    for character in message {
      if character.isASCII, character.isNumber || character == "." && !number.isEmpty {
        number.append(character)
        continue
      }
      // The point that ends a sentence is none of the number's.
      let hasPoint = number.last == "."
      if hasPoint { number.removeLast() }
      if !number.isEmpty { end() }
      number = ""
      if hasPoint { text.append(".") }
      text.append(character)
      if !numbers.isEmpty { between.append(character) }
    }
    if number.last == "." { number.removeLast() }
    if !number.isEmpty { end() }
    guard let first = numbers.first else { return (text, 0) }
    return (text, share ?? first)
  }
}
