import RadiomicsCore
import Testing

@Suite struct YAMLTests {
  private func read(_ yaml: String) throws(SettingError) -> Setting { try Setting(yaml: yaml, file: "r.yaml") }

  @Test func keepsKindsAndPlaces() throws {
    let setting = try read("a: 1\nb: [2.5, x, -.inf]\nc: {d: true, e: '1', f: null}\n")
    #expect(
      setting.value
        == .map([
          .init("a", .integer(1)), .init("b", .list([.number(2.5), .text("x"), .number(-.infinity)])),
          .init("c", .map([.init("d", .flag(true)), .init("e", .text("1")), .init("f", .null)])),
        ]))
    #expect(setting["b"]!.elements[1].place == Place(file: "r.yaml", line: 2, column: 10))
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", "stands twice"), ("\tname: x\n", "spaces, not tabs"), ("a: [1, 2\n", "not YAML"),
    ("", "the file is empty"), ("a: *x\n", "not YAML"), (String(repeating: "[", count: 5000), "nested"),
    (String(repeating: "- ", count: 3000) + "x", "nest"), ("? [a]\n: 1\n", "a key must be a word"),
  ])
  func refuses(_ yaml: String, _ words: String) {
    let error = #expect(throws: SettingError.self) { try self.read(yaml) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "nothing")")
    #expect(error?.description.hasPrefix("r.yaml") ?? false)
  }

  /// Aliases that multiply must not fill the memory.
  @Test func boundsAliases() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(uses)]\n"
    }
    let error = #expect(throws: SettingError.self) { try self.read(yaml) }
    #expect(error?.description.contains("too many entries") ?? false)
  }

  @Test func writtenValuesReadBack() throws {
    let values: [Setting.Value] = [
      .text("a: b"), .text("yes"), .text("1.5"), .text("x \"y\" \\ z\n"), .text(""), .number(0.1), .number(1e300),
      .number(.infinity), .integer(-3), .flag(false), .list([.text("2.5D:mrg"), .number(-2.5e-7)]), .text("- x"),
      .map([.init("k", .list([]))]), .text("é # ü"),
    ]
    for value in values {
      #expect(try read("v: \(value)")["v"]!.value == value, "\(value)")
    }
  }
}
