import RadiomicsCore
import Synchronization

/// A value that several need, made by the first who asks.
package final class Once<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)

  /// Not made yet.
  package init() {}

  /// The value. Who waits while another makes it lends its lane to the work.
  package func value(_ lanes: Lanes, _ make: () -> Value) -> Value {
    if let value = made.withLockIfAvailable({ $0.filled(make) }) { return value }
    return lanes.whileWaiting { made.withLock { $0.filled(make) } }
  }
}

/// Values by a key, each made by the first who asks for it.
package final class OncePer<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let values = Mutex<[Key: Once<Value>]>([:])

  /// None made yet.
  package init() {}

  /// The value of a key.
  package func value(_ key: Key, _ lanes: Lanes, _ make: () -> Value) -> Value {
    let once = values.withLock { values in
      let once = values[key] ?? Once()
      values[key] = once
      return once
    }
    return once.value(lanes, make)
  }
}

extension Optional {
  fileprivate mutating func filled(_ make: () -> Wrapped) -> Wrapped {
    if let value = self { return value }
    let value = make()
    self = value
    return value
  }
}
