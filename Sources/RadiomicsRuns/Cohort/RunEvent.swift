import RadiomicsCore

/// What happens while a cohort is measured.
package enum RunEvent: Sendable {
  /// A run begins: cases of the shard, all rows of the cohort.
  case runStarted(shard: Shard, cases: Int, rows: Int, jobs: Int)
  /// A worker process is there.
  case workerStarted(pid: Int32)
  /// A worker takes up a case (row from 0); `attempt` is 2 if another one died over it.
  case caseStarted(row: Int, name: String, pid: Int32, attempt: Int)
  /// A case has a result.
  case caseFinished(row: Int, name: String, CaseFigures)
  /// A case has none: the reason for files, and as it is shown.
  case caseFailed(row: Int, name: String, reason: String, shown: String)
  /// A worker ended by itself, at work on a case or not.
  case workerDied(pid: Int32, row: Int?, how: String)
  /// The run is over, whole or stopped by a signal.
  case runEnded(RunCounts, signal: Int32?)

  /// One line of JSON; rows count from 1. `time` is in seconds since 1970.
  package func line(time: Double) -> String {
    let (name, entries) = parts
    return JSON.map([.init("event", .text(name)), .init("time", .number((time * 1000).rounded() / 1000))] + entries)
      .line + "\n"
  }

  private var parts: (String, [JSON.Entry]) {
    func about(_ row: Int, _ name: String) -> [JSON.Entry] {
      [.init("row", .integer(row + 1)), .init("case", .text(name))]
    }
    switch self {
    case .runStarted(let shard, let cases, let rows, let jobs):
      return (
        "run_started",
        [
          .init("version", .text(radiomicsVersion)), .init("shard", .text("\(shard)")), .init("cases", .integer(cases)),
          .init("rows", .integer(rows)), .init("jobs", .integer(jobs)),
        ]
      )
    case .workerStarted(let pid): return ("worker_started", [.init("pid", .integer(Int(pid)))])
    case .caseStarted(let row, let name, let pid, let attempt):
      return (
        "case_started", about(row, name) + [.init("pid", .integer(Int(pid))), .init("attempt", .integer(attempt))]
      )
    case .caseFinished(let row, let name, let figures):
      return (
        figures.isReused ? "case_reused" : "case_finished",
        about(row, name) + [
          .init("regions", .integer(figures.regions)), .init("undefined", .integer(figures.undefined)),
          .init("warnings", .integer(figures.warnings)), .init("seconds", .number(figures.seconds)),
        ]
      )
    case .caseFailed(let row, let name, let reason, _):
      return ("case_failed", about(row, name) + [.init("reason", .text(reason))])
    case .workerDied(let pid, let row, let how):
      return (
        "worker_died",
        [
          .init("pid", .integer(Int(pid))), .init("row", row.map { .integer($0 + 1) } ?? .null),
          .init("how", .text(how)),
        ]
      )
    case .runEnded(let counts, let signal):
      return (
        "run_ended",
        [
          .init("computed", .integer(counts.computed)), .init("reused", .integer(counts.reused)),
          .init("same_contents", .integer(counts.repeated)),
          .init("failed", .integer(counts.failed)), .init("signal", signal.map { .integer(Int($0)) } ?? .null),
        ]
      )
    }
  }
}

/// Cases by how they ended.
package struct RunCounts: Sendable {
  /// Measured in this run, taken from results that were there, failed.
  package internal(set) var computed = 0, reused = 0, failed = 0
  /// Of `reused` those whose contents are the same as another row's that this run measured.
  package internal(set) var repeated = 0
  /// Cells without a value, warnings.
  package internal(set) var undefined = 0, warnings = 0
  /// None yet.
  package init() {}
  /// Of `reused` those that an earlier run measured.
  package var earlier: Int { reused - repeated }
  /// All that ended.
  package var done: Int { computed + reused + failed }
}

/// Who wants to know what happens while a cohort is measured. Called on the thread that runs it.
package protocol RunObserver: AnyObject {
  /// Whether `tick` is called twice a second.
  var wantsTicks: Bool { get }
  /// Something happened.
  func noted(_ event: RunEvent) throws
  /// Time goes by; bytes of memory that workers hold.
  func tick(memory: Int)
}
