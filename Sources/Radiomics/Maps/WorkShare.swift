import Synchronization

/// How much of some work is done, told by many threads.
final class WorkShare: Sendable {
  private let all: Int
  private let done = Atomic(0)
  private let tell: @Sendable (Double) -> Void

  /// Tells the share of `all` that is done after each addition.
  init(of all: Int, _ tell: @escaping @Sendable (Double) -> Void) {
    self.all = all
    self.tell = tell
  }

  @Sendable func add(_ count: Int) {
    let now = done.add(count, ordering: .relaxed).newValue
    tell(min(1, Double(now) / Double(max(all, 1))))
  }
}
