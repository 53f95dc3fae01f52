import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A run that is killed at any moment and resumed ends as one that was not.
@Suite struct KillTests {
  private let cohort: SmallCohort
  private let undisturbed: [String: String]
  private static let tables = ["t.csv", "t.tsv", "t.jsonl"]

  init() throws {
    cohort = try SmallCohort(40, size: 12, families: SmallCohort.texture)
    var texts: [String: String] = [:]
    for name in Self.tables {
      let run = try cohort.extract("-o", name, "--jobs", "2", "--resume")
      #expect(run.status == 0, "\(run.errors)")
      texts[name] = try cohort.folder.read(name)
    }
    undisturbed = texts
    try Folder.remove(cohort.folder.path("t.run"))
  }

  /// Which result files there are, and when each was made.
  private func results() throws -> [String: Date] {
    var found: [String: Date] = [:]
    let cases = cohort.folder.url.appendingPathComponent("k.run/cases")
    guard let files = FileManager.default.enumerator(at: cases, includingPropertiesForKeys: nil) else { return [:] }
    for case let file as URL in files where file.pathExtension == "json" {
      found[file.lastPathComponent] =
        try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
    }
    return found
  }

  /// Runs until the end, or until so many cases have got a result and some more time has gone by; then kills the
  /// supervisor, or first the worker that began a case last.
  private func runAndKill(
    _ table: String, afterCases cases: Int, seconds: Double, worker: Bool, events: String
  ) throws -> Int32 {
    let run = try RunningCommand(
      arguments: [
        "extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", table, "--jobs", "2", "--resume", "--events", events,
        "--quiet",
      ], in: cohort.folder)
    while run.isRunning, try cohort.count("case_finished", in: events) < cases { usleep(1000) }
    Thread.sleep(forTimeInterval: seconds)
    if worker, run.isRunning {
      let pid = try cohort.events(events).last { $0["event"] as? String == "case_started" }?["pid"] as? Int
      if let pid { kill(Int32(pid), SIGKILL) }
      Thread.sleep(forTimeInterval: seconds)
    }
    run.send(SIGKILL)
    return run.wait()
  }

  @Test func anyMoment() throws {
    var generator = SeededGenerator(seed: 20)
    var kills = 0, round = 0, workerKills = 0
    while kills < 24 {
      let table = ["k.csv", "k.tsv", "k.jsonl"][round % 3]
      var before: [String: Date] = [:], run = 0
      while true {
        run += 1
        let isWorker = run % 3 == 0
        // Every fourth kill comes at the start, the others while cases are measured.
        let status = try runAndKill(
          table, afterCases: run % 4 == 0 ? 0 : 1 + Int(generator.uniform() * 6), seconds: 0.03 * generator.uniform(),
          worker: isWorker, events: "e\(round)-\(run).jsonl")
        let after = try results()
        for (name, date) in before { #expect(after[name] == date, "\(name) was computed again") }
        before = after
        if status == 0 { break }
        #expect(status == -SIGKILL)
        kills += 1
        workerKills += isWorker ? 1 : 0
        try #require(run < 200)
      }
      #expect(try cohort.folder.read(table) == undisturbed["t" + table.dropFirst()])
      var finished: [Int: Int] = [:]
      for number in 1...run {
        for event in try cohort.events("e\(round)-\(number).jsonl") where event["event"] as? String == "case_finished" {
          finished[try #require(event["row"] as? Int), default: 0] += 1
        }
      }
      #expect(finished.values.allSatisfy { $0 == 1 }, "finished cases were computed again")
      let left = try Folder.names(in: cohort.folder.path("k.run"), hidden: true)
      #expect(left == ["cases", "cohort.csv", "recipe.yaml", "run.json", "shard-1-of-1.json", "shard-1-of-1.lock"])
      let again = try cohort.extract("-o", table, "--resume", "--events", "again.jsonl")
      #expect(again.status == 0)
      #expect(try cohort.count("case_finished", in: "again.jsonl") == 0)
      try Folder.remove(cohort.folder.path("again.jsonl"))
      try Folder.remove(cohort.folder.path("k.run"))
      round += 1
    }
    #expect(workerKills > 0)
  }
}
