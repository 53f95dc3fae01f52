import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// Deaths of workers, memory, and what reaches the disk.
@Suite struct WorkerTests {
  /// A case that needs more memory than there is kills its worker, and no other case.
  @Test func lackOfMemory() throws {
    let cohort = try SmallCohort(4)
    let size = SIMD3(1000, 1000, 1500)
    let header = """
      NRRD0004
      type: short
      dimension: 3
      sizes: \(size.x) \(size.y) \(size.z)
      encoding: gzip
      endian: little


      """
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let member = Gzip.compress(zeros)
    let members = (size.x * size.y * size.z * 2 + zeros.count - 1) / zeros.count
    try cohort.folder.write(Array(header.utf8) + (0..<members).flatMap { _ in member }, to: "huge.nrrd")
    var lines = try cohort.folder.read("cohort.csv").split(separator: "\n").map(String.init)
    lines.insert("HUGE,huge.nrrd,m0.nrrd,x", at: 2)
    try cohort.folder.write(lines.map { $0 + "\n" }.joined(), to: "cohort.csv")
    let run = try cohort.extract("-o", "t.csv", "--jobs", "2", "--events", "e.jsonl", shell: "ulimit -v 2000000")
    #expect(run.status == 1, "\(run.errors)")
    let table = try CSV(path: cohort.folder.path("t.csv"))
    #expect(table.rows.map { $0[5] } == ["ok", "failed", "ok", "ok", "ok"])
    #expect(table.rows[1][6].contains("twice: a lack of memory"), "\(table.rows[1][6])")
    #expect(try cohort.count("worker_died", in: "e.jsonl") == 2)
  }

  /// A worker that is killed once costs nothing but time.
  @Test func killedWorker() throws {
    let cohort = try SmallCohort(3, size: 40, families: SmallCohort.texture)
    let whole = try cohort.extract("-o", "whole.csv", "--jobs", "2")
    #expect(whole.status == 0)
    let run = try RunningCommand(
      arguments: [
        "extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "t.csv", "--jobs", "1", "--events", "e.jsonl",
      ], in: cohort.folder)
    var pid: Int?
    while pid == nil, run.isRunning {
      pid = try cohort.events("e.jsonl").first { $0["event"] as? String == "case_started" }?["pid"] as? Int
    }
    kill(Int32(try #require(pid)), SIGKILL)
    #expect(run.wait() == 0)
    #expect(try cohort.count("worker_died", in: "e.jsonl") == 1)
    let died = try cohort.events("e.jsonl").first { $0["event"] as? String == "worker_died" }
    #expect(died?["how"] as? String == "was ended by SIGKILL")
    let again = try cohort.events("e.jsonl").contains {
      $0["attempt"] as? Int == 2 && $0["row"] as? Int == died?["row"] as? Int
    }
    #expect(again)
    #expect(try cohort.folder.read("t.csv") == cohort.folder.read("whole.csv"))
  }

  #if os(Linux)
    /// No worker outlives a supervisor that is killed.
    @Test func noOrphans() throws {
      let cohort = try SmallCohort(3, size: 40, families: SmallCohort.texture)
      let run = try RunningCommand(
        arguments: [
          "extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "t.csv", "--jobs", "2", "--events", "e.jsonl",
        ], in: cohort.folder)
      while try cohort.count("case_started", in: "e.jsonl") < 2, run.isRunning { usleep(2000) }
      let pids = try cohort.events("e.jsonl").filter { $0["event"] as? String == "worker_started" }
        .compactMap { $0["pid"] as? Int }
      #expect(pids.count == 2)
      run.send(SIGKILL)
      #expect(run.wait() == -SIGKILL)
      var alive = pids
      for _ in 0..<500 where !alive.isEmpty {
        alive = alive.filter { pid in
          let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
          return !status.isEmpty && !status.contains(") Z ")
        }
        usleep(10_000)
      }
      #expect(alive.isEmpty)
    }

    /// Memory of supervisor and workers does not grow with the number of cases: under 1 kB a case over 2,000 of them,
    /// measured after the first quarter.
    @Test func flatMemory() throws {
      let count = ProcessInfo.processInfo.environment["RADIOMICS_CASES"].flatMap { Int($0) } ?? 2000
      let cohort = try SmallCohort(20, size: 4)
      var lines = "subject,image,mask,mask_copy\n"
      for number in 0..<count { lines += "S\(number),i\(number % 20).nrrd,m\(number / 20 % 20).nrrd,\(number)\n" }
      try cohort.folder.write(lines, to: "cohort.csv")
      let run = try RunningCommand(
        arguments: [
          "extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "t.csv", "--jobs", "2", "--events", "e.jsonl",
        ], in: cohort.folder)
      while !WholeFile.exists(cohort.folder.path("e.jsonl")), run.isRunning { usleep(2000) }
      var pids: [Int] = [], first: [Int: (cases: Int, bytes: Int)] = [:], last = first
      while run.isRunning {
        if pids.count < 3 {
          pids =
            try cohort.events("e.jsonl").filter { $0["event"] as? String == "worker_started" }
            .compactMap { $0["pid"] as? Int } + [Int(run.pid)]
        }
        // Two events a case.
        let done = try WholeFile.bytes(of: cohort.folder.path("e.jsonl")).count { $0 == UInt8(ascii: "\n") } / 2
        for pid in pids where done > count / 4 && done < count {
          guard let bytes = Self.ownMemory(of: pid) else { continue }
          if first[pid] == nil { first[pid] = (done, bytes) }
          last[pid] = (done, bytes)
        }
        usleep(20_000)
      }
      #expect(run.wait() == 0)
      #expect(first.count == 3)
      for (pid, start) in first {
        let end = try #require(last[pid])
        let perCase = Double(end.bytes - start.bytes) / Double(max(1, end.cases - start.cases))
        #expect(end.cases - start.cases > count / 4)
        #expect(perCase < 1000, "\(perCase) bytes a case")
      }
    }

    /// Bytes that belong to a process alone.
    private static func ownMemory(of pid: Int) -> Int? {
      guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) }.map { $0 * 1024 }
    }

    private static let strace = "/usr/bin/strace"
    private static let mustTrace =
      FileManager.default.isExecutableFile(atPath: strace) || ProcessInfo.processInfo.environment["CI"] != nil

    /// What a power loss needs: a result is written, brought to the disk, renamed, and its name brought to the disk.
    @Test(.enabled(if: mustTrace)) func orderOnTheDisk() throws {
      let cohort = try SmallCohort(2)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Self.strace)
      process.arguments = [
        "-f", "-y", "-e", "trace=write,fsync,rename,renameat,renameat2", "-o", "trace", Command.program.path, "extract",
        "cohort.csv", "--recipe", "recipe.yaml", "-o", "t.csv", "--jobs", "1", "--quiet",
      ]
      process.currentDirectoryURL = cohort.folder.url
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let calls = try cohort.folder.read("trace").split(separator: "\n").map(String.init)
      let renames = calls.indices.filter { calls[$0].contains(" rename") && calls[$0].contains("/cases/") }
      #expect(renames.count == 2)
      for rename in renames {
        let names = calls[rename].split(separator: "\"").map(String.init)
        let (partial, final) = (names[1], names[3])
        let folder = final[..<(try #require(final.lastIndex(of: "/")))]
        let written = try #require(calls[..<rename].lastIndex { $0.contains(" write(") && $0.contains(partial) })
        let synchronised = try #require(calls[..<rename].lastIndex { $0.contains(" fsync(") && $0.contains(partial) })
        let named = try #require(
          calls[rename...].firstIndex { $0.contains(" fsync(") && $0.contains("\(folder)>") && $0.contains("= 0") })
        #expect(written < synchronised && synchronised < rename && rename < named)
        // Only then does the worker say that the case is done.
        let answered = try #require(calls[rename...].firstIndex { $0.contains(" write(1<") && $0.contains("case") })
        #expect(named < answered)
      }
    }
  #endif
}
