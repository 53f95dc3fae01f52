import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsRuns
import Synchronization

/// Writes what happens in a run as JSON lines, and shows it on a terminal.
final class RunReport: RunObserver {
  /// Cases by how they ended.
  private(set) var counts = RunCounts()
  /// The first 20 that failed: name and reason.
  private(set) var failed: [(name: String, reason: String)] = []
  /// Reasons by row, as they are shown.
  private(set) var reasons: [Int: String] = [:]
  private let events: Int32?
  private let path: String
  private let progress: Progress?

  /// - `appends`: Whether events are added to those of an earlier run.
  init(events: String?, appends: Bool, progress: Progress?) throws {
    self.progress = progress
    path = events ?? ""
    self.events = try events.map { path in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o666)
      guard descriptor >= 0 else {
        throw ValidationError("\(path): cannot be written: \(String(cString: strerror(errno))).")
      }
      return descriptor
    }
  }

  deinit { if let events { close(events) } }

  var wantsTicks: Bool { progress != nil && isatty(2) == 1 }

  func noted(_ event: RunEvent) throws {
    switch event {
    case .runEnded(let counts, _): self.counts = counts
    case .caseFailed(let row, let name, _, let shown):
      reasons[row] = shown
      if failed.count < 20 { failed.append((name, shown)) }
    default: break
    }
    if wantsTicks { progress?.noted(event) }
    guard let events else { return }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let line = Array(event.line(time: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9).utf8)
    guard write(events, line, line.count) == line.count else {
      throw ValidationError("\(path): cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  func tick(memory: Int) { progress?.show(memory: memory) }
}

/// One line on a terminal: cases done, rate, time left, memory, the case that began last.
final class Progress {
  private var all = 0, done = 0, computed = 0, memory = 0
  private var current = ""
  private var start = now(), shown = 0.0

  func noted(_ event: RunEvent) {
    switch event {
    case .runStarted(_, let cases, _, _):
      all = cases
      start = now()
    case .caseStarted(_, let name, _, _): current = name
    case .caseFinished(_, _, let figures):
      done += 1
      if !figures.isReused { computed += 1 }
    case .caseFailed:
      done += 1
      computed += 1
    default: break
    }
    show(memory: memory)
  }

  func show(memory: Int) {
    self.memory = memory
    let time = now()
    guard time - shown > 0.2 else { return }
    shown = time
    let rate = Double(computed) / max(time - start, 1e-3)
    var text = "\(done)/\(all) cases"
    if computed > 0 {
      text += ", \(shortText(rate, digits: 2))/s, \(Self.span(Double(all - done) / rate)) left"
    }
    if memory > 0 { text += ", \(memory / 1_000_000) MB" }
    Terminal.put("\r\u{1B}[K" + String(Terminal.visible("\(text), \(current)").prefix(79)))
  }

  /// Removes the line.
  func clear() { if shown > 0 { Terminal.put("\r\u{1B}[K") } }

  /// `45 s`, `12 min`, `3 h 20 min`.
  static func span(_ seconds: Double) -> String {
    guard seconds < 1e8 else { return "long" }
    let minutes = Int((seconds / 60).rounded())
    if seconds < 90 { return "\(Int(seconds.rounded(.up))) s" }
    return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}

/// One line on a terminal: the share that is done, and the time left.
final class ShareLine: Sendable {
  private let start = now()
  private let shown = Mutex(now())

  /// Nil if it is not wanted, or there is no terminal.
  init?(isShown: Bool) {
    guard isShown, isatty(2) == 1 else { return nil }
  }

  /// Called as often as one likes, by any thread.
  func show(_ share: Double) {
    shown.withLock { shown in
      let time = now()
      guard time - shown > 0.2, share > 0 else { return }
      shown = time
      let left = (time - start) * (1 - share) / share
      Terminal.put("\r\u{1B}[K\(Int(share * 100)) %, \(Progress.span(left)) left")
    }
  }

  func clear() { Terminal.put("\r\u{1B}[K") }
}

extension Terminal {
  /// Writes to the error stream as it is.
  fileprivate static func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }
}
