import Foundation
import RadiomicsTestSupport
import Testing

/// The manual of statistics: pages out of the declarations that files of settings are read by.
@Suite struct DescribeTests {
  private func describe(_ words: String...) throws -> Command {
    try Command(arguments: ["describe"] + words, in: TemporaryFolder())
  }

  @Test(arguments: ["cox", "icc", "auc", "fine-gray", "elastic-net", "logistic", "bland-altman", "diagnostic"])
  func aStatisticHasAPage(_ name: String) throws {
    let page = try describe(name)
    #expect(page.status == 0)
    for part in ["\(name)\n", "Limits: ", "Reference: ", "Revision 1", "settings"] {
      #expect(page.output.contains(part), "\(name): \(part)")
    }
    #expect(try describe().output.contains("\n\(name)  "))
  }

  @Test func aPageTellsFormulaRangesAndDefaults() throws {
    let page = try describe("elastic-net").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(page.contains("minimises −log L / n + λ (α |β|₁ + (1 − α) |β|² / 2)"))
    #expect(page.contains("alpha: a number from 0 to 1; default 1 "))
    #expect(page.contains("formula: text; required"))
    #expect(page.contains("validation: {bootstrap: N}"))
    #expect(try describe("cox").output.contains("ties: one of efron, breslow, exact; default efron"))
    #expect(try describe("icc").output.contains("confidence: a number from 0.5 to 1; default 0.95"))
  }

  @Test(arguments: ["study", "impute", "reliable", "mrmr", "stability", "pca", "xgboost", "elastic_net", "ridge"])
  func stepsAndModelsOfStudiesHavePages(_ name: String) throws {
    let page = try describe(name)
    #expect(page.status == 0 && page.output.hasPrefix("\(name)\n") && page.output.contains("settings"))
  }

  @Test func wordsFindStatisticsToo() throws {
    #expect(try describe("subdistribution").output.contains("fine-gray"))
    #expect(try describe("Bland").status == 0)
    let unknown = try describe("coxx")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("Did you mean 'cox'?"))
  }

  @Test func everyPageSaysWhatProgramsNeed() throws {
    struct Page: Decodable {
      struct Setting: Decodable { let key, expectation, summary: String }
      let name, summary, reference, definition: String
      let settings: [Setting]
    }
    let pages = try JSONDecoder().decode([Page].self, from: Data(describe("--format", "json").output.utf8))
    #expect(Set(pages.map(\.name)).count == pages.count)
    #expect(Set(["glcm", "cox", "zph", "reliability", "resampling"]).isSubset(of: pages.map(\.name)))
    for page in pages {
      #expect(!page.summary.isEmpty && !page.reference.isEmpty, "\(page.name)")
      #expect(page.settings.allSatisfy { !$0.expectation.isEmpty && !$0.summary.isEmpty }, "\(page.name)")
    }
  }
}
