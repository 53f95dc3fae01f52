import Foundation
import RadiomicsCLI
import RadiomicsReport
import RadiomicsTestSupport
import Testing

/// Whatever a result calls a number, `describe` knows the page of.
@Suite struct ResultNamesTests {
  @Test func namesOfPagesAreExplained() {
    for name in listedNames where name != "median icc" { #expect(ManualPage.ofResult(named: name) != nil, "\(name)") }
  }

  @Test func namesBelongToOnePage() {
    let names = ManualPage.statistics.flatMap(\.names), pages = ManualPage.statistics.map(\.name)
    #expect(Set(names).count == names.count && Set(names).isDisjoint(with: pages) && Set(pages).count == pages.count)
    for page in ManualPage.resultNames.keys { #expect(pages.contains(page), "\(page)") }
  }

  /// Numbers in JSON but for the format, settings (which pages list), and columns of tables.
  @Test func numbersOfResultsAreExplained() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Data/outputs")
    let settings = Set(ManualPage.statistics.flatMap { $0.settings.map(\.key) } + ["format", "marker"])
    var seen: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    where file.pathExtension == "json" {
      let result = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      seen.formUnion(Self.numbers(in: result).subtracting(Self.terms(in: result)))
    }
    #expect(seen.count > 200)
    for name in seen.subtracting(settings).sorted() { #expect(ManualPage.ofResult(named: name) != nil, "\(name)") }
  }

  @Test(arguments: [
    ("agreement", "agreement"), ("sample-size", "sample-size"), ("harmonise", "harmonise"), ("dice", "dice"),
    ("youden", "youden"), ("youden_J", "youden"), ("hr_ci95", "cox"), ("auc_ci95_delong", "auc"),
    ("calibration_t124", "survival-calibration"), ("se_nri_ev", "nri"), ("surface_dice_3.0", "surface-dice"),
    ("kbet_after", "batch-mixing"), ("RDC_reader_lower", "repeatability"), ("ppv_at_prev_10pct", "two-by-two"),
  ])
  func describeFindsThePage(_ name: String, _ page: String) throws {
    let run = try Command("describe", name, in: TemporaryFolder())
    #expect(run.status == 0 && run.output.hasPrefix("\(page)\n"), "\(run.output.prefix(200))\(run.errors)")
  }

  private static func numbers(in value: Any) -> Set<String> {
    if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(numbers(in: $1)) } }
    guard let map = value as? [String: Any] else { return [] }
    return map.reduce(into: []) { names, entry in
      guard !["inputs", "command", "findings", "software"].contains(entry.key) else { return }
      let values = entry.value as? [Any] ?? [entry.value]
      if !values.isEmpty, values.allSatisfy({ $0 is NSNull || isNumber($0) }), values.contains(where: isNumber) {
        names.insert(entry.key)
      }
      names.formUnion(numbers(in: entry.value))
    }
  }

  private static func isNumber(_ value: Any) -> Bool {
    (value as? NSNumber).map { !(value is Bool) || ![0, 1].contains($0.doubleValue) } ?? false
  }

  /// Names of coefficients: terms of models.
  private static func terms(in value: Any) -> Set<String> {
    if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(terms(in: $1)) } }
    guard let map = value as? [String: Any] else { return [] }
    return map.reduce(into: Set((map["coef"] as? [String: Any] ?? [:]).keys)) { $0.formUnion(terms(in: $1.value)) }
  }
}
