import Dispatch
import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import Synchronization

/// The process that measures one case after the other: orders come in by standard input, answers go out by standard
/// output. It ends when its input does, in the middle of a case too, so that none outlives its supervisor.
package struct Worker: Sendable {
  private let folder: RunFolder
  private let recipe: Recipe
  private let shard: Shard
  private let memory: Int?
  private let sources: [any ImageSource]
  private let words: @Sendable (Advice) -> String
  private let answers: Int32 = 1

  /// A worker for a run folder that is there.
  /// - `memory`: Bytes for one step's work; nil for no limit.
  /// - `sources`: What else than files of voxels is read.
  /// - `words`: How what to do about a case is said.
  /// - Throws: `StudyError` if it is of another version.
  package init(
    run path: String, shard: Shard, memory: Int?, sources: [any ImageSource] = [],
    words: @escaping @Sendable (Advice) -> String = \.text
  ) throws {
    folder = try RunFolder(path: path)
    guard folder.description.software == radiomicsVersion else {
      throw StudyError.at(path, "it is of version \(folder.description.software), this is \(radiomicsVersion).")
    }
    recipe = try folder.recipe()
    self.shard = shard
    self.memory = memory
    self.sources = sources
    self.words = words
  }

  /// Follows orders until there are no more.
  package func serve() {
    let running = Running()
    let queue = DispatchQueue(label: "case")
    send(.ready)
    var lines = LineBuffer()
    while let block = readBlock(0) {
      for line in lines.add(block) {
        switch WorkerOrder(line: line) {
        case .measure(let number, let files, let lanes):
          let lanes = Lanes(jobs: lanes)
          running.begin(number, lanes)
          queue.async {
            let answer = self.measure(number, files, lanes)
            running.end()
            self.send(answer)
          }
        case .lend(let number, let lanes): running.lend(number, lanes)
        case nil: _exit(3)
        }
      }
    }
    _exit(0)
  }

  private func send(_ answer: WorkerAnswer) {
    guard writeAll(Array(answer.line.utf8), to: answers) else { _exit(0) }
  }

  private func measure(_ number: Int, _ files: CaseFiles, _ lanes: Lanes) -> WorkerAnswer {
    do {
      let (key, figures) = try measure(files, Resources(lanes: lanes, memory: memory))
      return .finished(number: number, key, figures)
    } catch {
      return .failed(number: number, CaseFailure(error, words: words, files.asWritten))
    }
  }

  private func measure(_ files: CaseFiles, _ resources: Resources) throws -> (CaseKey, CaseFigures) {
    let clock = ContinuousClock(), start = clock.now
    func seconds() -> Double { (clock.now - start) / .seconds(1) }
    let study = try Study(
      files, options: Study.Options(json: folder.description.reading, file: folder.path), sources: sources)
    let inputs = try study.inputs.map(CaseResult.Input.init)
    let key = CaseKey(
      inputs: inputs, options: study.options, recipeFingerprint: folder.description.recipeFingerprint)
    if let known = try? folder.result(of: key), known.serves(memory) {
      return (key, known.figures(isReused: true, seconds(), study.failure.map(files.asWritten)))
    }
    let read = seconds()
    let measured = try study.measure(recipe, resources)
    let timings = JSON.map([.init("read", .number(read)), .init("measure", .number(seconds() - read))])
    let result = CaseResult(measured, key: key, inputs: inputs, timings: timings, memory: memory)
    try folder.keep(result, shard)
    return (key, result.figures(isReused: false, seconds(), study.failure.map(files.asWritten)))
  }
}

/// The case that runs, so that lanes can be lent to it.
private final class Running: Sendable {
  private let state = Mutex<(number: Int, lanes: Lanes)?>(nil)
  func begin(_ number: Int, _ lanes: Lanes) { state.withLock { $0 = (number, lanes) } }
  func end() { state.withLock { $0 = nil } }
  func lend(_ number: Int, _ count: Int) {
    state.withLock { running in
      if let running, running.number == number, count > 0 { running.lanes.lend(count) }
    }
  }
}

extension CaseResult.Input {
  /// Reads a study's input for its digest.
  fileprivate init(_ input: StudyInput) throws {
    let (digest, count) = try input.digest()
    self.init(role: input.role, sha256: digest, byteCount: count)
  }
}

extension CaseResult {
  /// Whether no more cells would have a value with so much memory.
  fileprivate func serves(_ limit: Int?) -> Bool {
    guard let memory else { return true }
    return limit.map { $0 <= memory } ?? false
  }

  fileprivate func figures(isReused: Bool, _ seconds: Double, _ failure: String?) -> CaseFigures {
    let all = findings + regions.flatMap(\.findings)
    return CaseFigures(
      isReused: isReused, regions: regions.count, undefined: undefinedCount,
      warnings: all.count { $0.severity == .warning }, seconds: (seconds * 1e6).rounded() / 1e6, failure: failure)
  }
}

extension CaseFiles {
  /// A text with paths as the cohort writes them, so that it does not depend on where the run was started.
  fileprivate func asWritten(_ text: String) -> String {
    guard !folder.isEmpty else { return text }
    return images.filter { !$0.hasPrefix("/") }
      .sorted { $0.utf8.count > $1.utf8.count }
      .reduce(text) { $0.replacing(folder + $1, with: $1) }
  }
}
