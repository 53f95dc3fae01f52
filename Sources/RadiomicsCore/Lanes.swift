import Dispatch
import Synchronization

/// The threads that work may use at once: the caller's own, and helpers from a common stock. Loops may be nested; a
/// loop takes helpers whenever some are free, before each of its steps, so that none idles while there is work. A thread
/// that waits for others lends its lane to them; helpers stop after a step when somebody waits for a lane to go on.
///
/// Results never depend on the number of lanes: a loop is cut into the same steps for any, each writes its own result,
/// and the caller combines them in order.
public final class Lanes: Sendable {
  /// Lanes that nobody uses; below 0, how many threads wait for one.
  private let free: Atomic<Int>
  private let returned = DispatchSemaphore(value: 0)

  /// `jobs` threads, the caller's included.
  public init(jobs: Int) {
    precondition(jobs >= 1, "at least the caller's own thread")
    free = Atomic(jobs - 1)
  }

  /// Adds `count` lanes, also to loops that run.
  public func lend(_ count: Int) {
    let before = free.add(count, ordering: .relaxed).oldValue
    for _ in 0..<max(0, min(count, -before)) { returned.signal() }
  }

  /// Lends the caller's lane while `body` waits for other threads, and goes on when a lane is free again.
  package func whileWaiting<Value>(_ body: () -> Value) -> Value {
    lend(1)
    let value = body()
    if free.subtract(1, ordering: .relaxed).newValue < 0 { returned.wait() }
    return value
  }

  /// Calls `body` once for each number from 0 to `count` − 1, in any order, and returns when all are done.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1 else {
      if count == 1 { body(0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { Loop(count: count, lanes: self, body: $0).workAndWait() }
    }
  }

  /// The results of `body` for 0 to `count` − 1, in this order.
  public func map<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
    if count == 1 { return [body(0)] }
    return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      nonisolated(unsafe) let values = buffer.baseAddress
      forEach(count) { values!.advanced(by: $0).initialize(to: body($0)) }
      filled = count
    }
  }

  fileprivate func take() -> Bool {
    var seen = free.load(ordering: .relaxed)
    while seen > 0 {
      let (taken, now) = free.weakCompareExchange(expected: seen, desired: seen - 1, ordering: .relaxed)
      if taken { return true }
      seen = now
    }
    return false
  }

  fileprivate var areWanted: Bool { free.load(ordering: .relaxed) < 0 }
}

/// A running loop. A helper that starts late finds no step left and does not touch `body`, so nobody waits for it.
private final class Loop: Sendable {
  private let count: Int
  private let next = Atomic(0), done = Atomic(0)
  private let finished = DispatchSemaphore(value: 0)
  private let lanes: Lanes
  private nonisolated(unsafe) let body: UnsafePointer<@Sendable (Int) -> Void>

  init(count: Int, lanes: Lanes, body: UnsafePointer<@Sendable (Int) -> Void>) {
    self.count = count
    self.lanes = lanes
    self.body = body
  }

  func workAndWait() {
    work(isHelper: false)
    guard finished.wait(timeout: .now()) == .timedOut else { return }
    lanes.whileWaiting { finished.wait() }
  }

  private func work(isHelper: Bool) {
    while !(isHelper && lanes.areWanted) {
      let step = next.add(1, ordering: .relaxed).oldValue
      guard step < count else { return }
      if step < count - 1, lanes.take() {
        DispatchQueue.global().async {
          self.work(isHelper: true)
          self.lanes.lend(1)
        }
      }
      run(step)
      if done.add(1, ordering: .acquiringAndReleasing).newValue == count { finished.signal() }
    }
  }

  /// Never inlined, so that no reference to the closure outlives the step.
  @inline(never)
  private func run(_ step: Int) { body.pointee(step) }
}
