import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// From what a result of statistics was made is told with it, and twice the same command gives the same bytes.
@Suite struct ResultProvenanceTests {
  private static let text =
    "id,y,m,arm,time,event\n"
    + (0..<24).map { row in
      "P\(row),\(row % 2),\(row == 5 ? "" : "\((row * 7) % 11 + 4 * (row % 2))"),\(row % 3 == 0 ? 1 : 0),\(row + 1),\(row % 4 == 0 ? 0 : 1)\n"
    }.joined()
  /// Of the text, by `sha256sum`.
  private static let digest = "3e6071633c0407792a68de31f9de45e223de6a098120e8f5eaed9535b9a55835"

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "t.csv")
    return folder
  }

  @Test(arguments: [
    ["diagnostic", "--outcome", "y", "--marker", "m", "--confidence=0.9"],
    ["added-value", "--outcome", "y", "--base", "time", "--extended", "time + m", "--cut", "0.5"],
    ["prognostic", "--time", "time", "--event", "event", "--marker", "m"],
    ["predictive", "--treatment", "arm", "--marker", "m", "--outcome", "y"],
    ["reliability", "--subject", "arm", "--session", "y"],
  ])
  func jsonTableAndPage(_ words: [String]) throws {
    let folder = try Self.folder(), verb = words[0], rest = Array(words.dropFirst())
    func run(_ more: String...) throws -> String {
      let path = folder.path("t.csv")
      let run = try Command(arguments: [verb, path] + rest + more, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
    let json = try run("--format", "json")
    #expect(try json == run("--format", "json"))
    let result = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((result["software"] as? [String: String]) == ["name": "swift-radiomics", "version": radiomicsVersion])
    let command = try #require(result["command"] as? [String: Any]),
      inputs = try #require(result["inputs"] as? [[String: Any]])
    #expect(command["verb"] as? String == verb)
    let options = try #require(command["options"] as? [[String: Any]])
    #expect(
      options.compactMap { $0["name"] as? String }
        == rest.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) })
    #expect(inputs[0]["file"] as? String == "t.csv" && inputs[0]["sha256"] as? String == Self.digest)
    #expect(inputs[0]["rows"] as? Int == 24)

    _ = try run("-o", "out.csv", "--report", "page.html")
    let beside = try #require(
      JSONSerialization.jsonObject(with: Data(folder.read("out.provenance.json").utf8)) as? [String: Any])
    #expect((beside["inputs"] as? [[String: Any]])?.first?["sha256"] as? String == Self.digest)
    let page = try folder.read("page.html")
    #expect(page.contains(Self.digest) && page.contains("radiomics \(verb) t.csv") && page.contains(radiomicsVersion))
    #expect(!page.contains(folder.path("")), "folders are not told")
    _ = try run("-o", "out.csv", "--report", "page.html")
    #expect(try folder.read("page.html") == page)
  }
}
