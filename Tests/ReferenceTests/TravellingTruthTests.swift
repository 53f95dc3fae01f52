import Foundation
import RadiomicsCore
import RadiomicsTestSupport
import Testing

/// Golden cases of statistics come with the project, and all of them are tested.
struct TravellingTruthTests {
  private static let folder = StatisticalReference.folder

  private static func names(_ path: String, _ ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(path).path).sorted()
      .filter { $0.hasSuffix(ending) }
  }

  private static func cases() throws -> [StatisticalReference] {
    try names("", ".json").flatMap { StatisticalReference.cases(String($0.dropLast(5)), in: folder) }
  }

  @Test func aClonerRunsManyCases() throws {
    let cases = try Self.cases()
    #expect(Set(cases.map(\.key)).count == cases.count)
    for reference in cases where !reference.isInformative {
      #expect(GoldenSuite.allCases.contains { $0.tests(reference) }, "\(reference.key): a suite must test it")
    }
    #expect(cases.count { !$0.isInformative } >= 250)
  }

  /// A suite that claims cases is one that fails where it compares none of them.
  @Test func everyClaimIsASuite() throws {
    let tests = ReferenceData.project.appendingPathComponent("Tests")
    let sources = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
        try String(contentsOf: $0, encoding: .utf8)
      }
    for suite in GoldenSuite.allCases {
      #expect(sources.count { $0.contains("@Suite(.golden(.\(suite.rawValue)))") } == 1, "\(suite)")
      #expect(!suite.cases.isEmpty, "\(suite)")
    }
  }

  /// Each file's source and licence stands in PROVENANCE.md.
  @Test func everyFileHasAProvenance() throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("PROVENANCE.md"), encoding: .utf8)
    for name in try Self.names("", "") + Self.names("data", "") where !["data", "PROVENANCE.md"].contains(name) {
      #expect(text.contains("`\(name)`"), "\(name): PROVENANCE.md must say where it is from")
    }
  }
}
