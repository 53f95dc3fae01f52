import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

/// The process that `extract COHORT` starts for its cases; not for people.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Measures cases that a supervisor hands in.", shouldDisplay: false)

  @Argument var folder: String
  @Option var shard: String
  @Option var maxMemory: Int?
  @Option var words: Words = .extract

  func run() throws {
    try Worker(run: folder, shard: Shard(shard), memory: maxMemory, sources: [DICOMSource()], words: words.of).serve()
  }
}
