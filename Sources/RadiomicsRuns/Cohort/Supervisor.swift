import RadiomicsCore

/// Hands cases to worker processes as these get free, survives their deaths, and lends the lanes of those that have
/// nothing left to do to those that have.
final class Supervisor {
  /// What it needs to know of its cases.
  struct Task {
    /// Rows of the cohort, from 0, in order.
    let rows: StrideTo<Int>
    /// The files of a row.
    let files: (Int) -> CaseFiles
    /// How events call a row.
    let name: (Int) -> String
    /// Called when a case has ended.
    let ended: (Int, CaseOutcome) throws -> Void
  }

  private let command: [String]
  private let jobs: Int
  private let task: Task
  private let observer: any RunObserver
  private var pending: StrideTo<Int>.Iterator
  private var next: Int?
  /// Cases over which a worker died once: how it died.
  private var retried: [Int: String] = [:]
  private var again: [Int] = []
  private var workers: [WorkerProcess] = []
  private(set) var counts = RunCounts()
  /// Keys of results that this run made, and of those that were there when their rows came.
  private var computed: Set<CaseKey> = [], reused: [CaseKey] = []

  /// - `command`: What starts a worker.
  init(command: [String], jobs: Int, task: Task, observer: any RunObserver) {
    self.command = command
    self.jobs = jobs
    self.task = task
    self.observer = observer
    pending = task.rows.makeIterator()
    next = pending.next()
  }

  private var hasWaiting: Bool { next != nil || !again.isEmpty }

  /// Runs until all cases have ended, or until a byte comes from `stop`.
  /// - Returns: That byte: the signal that stopped it.
  func run(stop: Int32) throws -> Int32? {
    defer { for worker in workers { worker.end(killing: true) } }
    while true {
      try start()
      try handOut()
      guard workers.contains(where: { $0.work != nil || !$0.isReady }) || hasWaiting else { break }
      var waits = [pollfd(fd: stop, events: Int16(POLLIN), revents: 0)]
      waits += workers.map { pollfd(fd: $0.answers, events: Int16(POLLIN), revents: 0) }
      let found = poll(&waits, nfds_t(waits.count), observer.wantsTicks ? 500 : -1)
      if found < 0, errno != EINTR {
        throw StudyError.at("waiting for workers failed", "\(String(cString: strerror(errno))).")
      }
      if observer.wantsTicks { observer.tick(memory: workers.reduce(0) { $0 + $1.memory }) }
      guard found > 0 else { continue }
      if waits[0].revents != 0 { return readBlock(stop)?.first.map(Int32.init) ?? SIGTERM }
      for (worker, wait) in zip(workers, waits.dropFirst()) where wait.revents != 0 { try hear(worker) }
    }
    for worker in workers { worker.end(killing: false) }
    workers = []
    counts.repeated = reused.count { computed.contains($0) }
    return nil
  }

  /// Starts workers while there are cases for them.
  private func start() throws {
    let waiting = again.count + (next == nil ? 0 : 1 + remainder())
    let idle = workers.count { $0.work == nil }
    for _ in 0..<max(0, min(jobs - workers.count, waiting - idle)) {
      let worker = try WorkerProcess(command)
      workers.append(worker)
      try observer.noted(.workerStarted(pid: worker.pid))
    }
  }

  /// Rows after `next`, at most as many as there are jobs.
  private func remainder() -> Int {
    var rest = pending, count = 0
    while count < jobs, rest.next() != nil { count += 1 }
    return count
  }

  private func takeCase() -> Int? {
    if let row = next {
      next = pending.next()
      return row
    }
    return again.isEmpty ? nil : again.removeFirst()
  }

  /// Gives cases to workers that have none, then lends what lanes are left.
  private func handOut() throws {
    var begun: [WorkerProcess] = []
    for worker in workers where worker.isReady && worker.work == nil {
      guard let row = takeCase() else { break }
      worker.work = (row, 1)
      begun.append(worker)
      let attempt = retried[row] == nil ? 1 : 2
      try observer.noted(.caseStarted(row: row, name: task.name(row), pid: worker.pid, attempt: attempt))
    }
    let lent = hasWaiting ? [:] : lanesToLend()
    for worker in begun {
      guard let work = worker.work else { continue }
      worker.send(.measure(number: work.number, task.files(work.number), lanes: work.lanes))
    }
    for worker in workers where !begun.contains(where: { $0 === worker }) {
      guard let work = worker.work, let lanes = lent[worker.pid] else { continue }
      worker.send(.lend(number: work.number, lanes: lanes))
    }
  }

  /// Shares free lanes among the cases that run, those with fewest first.
  private func lanesToLend() -> [pid_t: Int] {
    let running = workers.filter { $0.work != nil }
    guard !running.isEmpty else { return [:] }
    var lent: [pid_t: Int] = [:]
    var free = jobs - running.reduce(0) { $0 + ($1.work?.lanes ?? 0) }
    while free > 0, let poorest = running.min(by: { ($0.work?.lanes ?? 0) < ($1.work?.lanes ?? 0) }) {
      poorest.work?.lanes += 1
      lent[poorest.pid, default: 0] += 1
      free -= 1
    }
    return lent
  }

  private func hear(_ worker: WorkerProcess) throws {
    guard let answers = worker.receive() else { return try bury(worker) }
    for answer in answers {
      switch answer {
      case .ready: worker.isReady = true
      case .finished(let row, let key, let figures):
        worker.work = nil
        if let failure = figures.failure {
          try fail(row, CaseFailure(failure), .finished(key))
          continue
        }
        if figures.isReused { reused.append(key) } else { computed.insert(key) }
        if figures.isReused { counts.reused += 1 } else { counts.computed += 1 }
        counts.undefined += figures.undefined
        counts.warnings += figures.warnings
        try task.ended(row, .finished(key))
        try observer.noted(.caseFinished(row: row, name: task.name(row), figures))
      case .failed(let row, let failure):
        worker.work = nil
        try fail(row, failure)
      }
    }
  }

  /// - `outcome`: What is kept of a case that could be read and has nothing to measure.
  private func fail(_ row: Int, _ failure: CaseFailure, _ outcome: CaseOutcome? = nil) throws {
    counts.failed += 1
    try task.ended(row, outcome ?? .failed(failure.kept))
    try observer.noted(.caseFailed(row: row, name: task.name(row), reason: failure.kept, shown: failure.shown))
  }

  /// A worker has died: its case is tried once more, then it has failed.
  private func bury(_ worker: WorkerProcess) throws {
    workers.removeAll { $0 === worker }
    let how = worker.end(killing: true)
    try observer.noted(.workerDied(pid: worker.pid, row: worker.work?.number, how: how))
    guard worker.isReady else {
      throw StudyError.at(command[0], "a worker process \(how) before it was ready. Its message stands above.")
    }
    guard let row = worker.work?.number else { return }
    guard let first = retried[row] else {
      retried[row] = how
      again.append(row)
      return
    }
    let both = first == how ? "\(how), twice" : "\(first), then \(how)"
    try fail(
      row, CaseFailure("the process that measured it \(both): a lack of memory, or a mistake of this software"))
  }
}
