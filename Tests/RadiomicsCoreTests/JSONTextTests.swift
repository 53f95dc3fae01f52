import Foundation
import RadiomicsCore
import Testing

@Suite struct JSONTextTests {
  private func read(_ text: String) throws -> Setting.Value { try Setting.Value(json: Array(text.utf8), file: "f") }

  @Test func everyKind() throws {
    let value = try read(#" {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "x"}, "d": {}, "e": []} "#)
    #expect(
      value
        == .map([
          .init("a", .list([.integer(1), .number(-2.5), .number(1000), .flag(true), .flag(false), .null])),
          .init("b", .map([.init("c", .text("x"))])), .init("d", .map([])), .init("e", .list([])),
        ]))
    #expect(value["b"]?["c"]?.asText == "x" && value["x"] == nil && value["a"]?.asList?.count == 6)
  }

  /// The escapes of RFC 8259, section 7.
  @Test func escapes() throws {
    #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E ü""#) == .text("\"\\/\u{8}\u{C}\n\r\té\u{1D11E} ü"))
  }

  /// What is written reads back the same, bit for bit, and as another reader has it.
  @Test func writtenAndRead() throws {
    let numbers = [
      0.1, 1 / 3.0, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -2.2250738585072014e-308, 123456789012345680,
      1e15, 7,
    ]
    let text = "a \"quoted\" \\ line\nnext\ttab \u{1} ü \u{1F600}"
    let value = Setting.Value.map([
      .init("n", .list(numbers.map { .number($0) })), .init("t \"", .text(text)), .init("z", .null),
    ])
    #expect(!value.line.contains("\n"))
    let back = try read(value.line)
    #expect(back["n"]?.asList?.compactMap(\.asNumber).map(\.bitPattern) == numbers.map(\.bitPattern))
    #expect(back["t \""]?.asText == text)
    let other = try JSONSerialization.jsonObject(with: Data(value.line.utf8)) as? [String: Any]
    #expect(other?["t \""] as? String == text && (other?["n"] as? [Double])?[1] == 1 / 3.0)
    #expect(try read(value.json) == back)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "nul", "1 2", "\"open", "\"\\x\"", "\"\\uD834\"", "\"\\u12\"", "-",
    "1e999",
    "[1", "{\"a\" 1}", "'a'", "NaN", "\"\\", String(repeating: "[", count: 100_000),
  ])
  func whatIsNone(_ text: String) {
    let error = #expect(throws: SettingError.self) { try read(text) }
    #expect(error?.description.hasPrefix("f: it is no JSON: at byte") ?? false)
  }
}
