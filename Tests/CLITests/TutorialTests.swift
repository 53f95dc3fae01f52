import Foundation
import RadiomicsTestSupport
import Testing

/// Commands of the tutorials do what these say.
@Suite struct TutorialTests {
  private static let documentation = ReferenceData.project.appendingPathComponent("Documentation")

  /// Each line that begins with `$ radiomics`, with the lines after it that it should print.
  private static func steps(_ name: String) throws -> [(command: [String], output: [String])] {
    let text = try String(contentsOf: documentation.appendingPathComponent(name), encoding: .utf8)
    var steps: [(command: [String], output: [String])] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("    $ radiomics ") {
        steps.append((words(line.dropFirst("    $ radiomics ".count)), []))
      } else if line.hasPrefix("    "), !steps.isEmpty {
        steps[steps.count - 1].output.append(squeezed(line))
      }
    }
    return steps
  }

  /// Words of a command line; those in quotes stay together.
  private static func words(_ line: Substring) -> [String] {
    line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
      index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
    }
  }

  private static func squeezed(_ line: some StringProtocol) -> String {
    line.split(whereSeparator: { $0 == " " }).joined(separator: " ")
  }

  @Test(arguments: [
    ("Tutorial.md", "one-marker", 6), ("Signatures.md", "signature", 8), ("Response.md", "response", 3),
    ("Habitats.md", "habitats", 5), ("Genes.md", "genes", 3), ("Change.md", "change", 4),
  ])
  func everyCommandPrintsWhatIsShown(_ name: String, _ files: String, _ count: Int) throws {
    let steps = try Self.steps(name), folder = try TemporaryFolder()
    #expect(steps.count == count && steps.allSatisfy { !$0.output.isEmpty })
    let source = Self.documentation.appendingPathComponent(files)
    for file in try FileManager.default.contentsOfDirectory(atPath: source.path) where !file.hasSuffix(".py") {
      try folder.write(String(contentsOf: source.appendingPathComponent(file), encoding: .utf8), to: file)
    }
    for (command, output) in steps {
      let run = try Command(arguments: command, in: folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
      let printed = Set((run.output + run.errors).split(separator: "\n").map(Self.squeezed))
      for line in output { #expect(printed.contains(line), "\(command): \(line)\n\(run.output)\(run.errors)") }
    }
  }
}
