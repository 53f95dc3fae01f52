import RadiomicsCore

/// Where results of parts of a study are kept, so that a run that was killed goes on, and several processes share the work. What is kept is read
/// again with the same bits.
package protocol KeepsUnits: Sendable {
  /// What was kept under a name; nil if nothing was.
  func kept(_ name: String) -> Setting.Value?
  /// Keeps a result, whole or not at all.
  func keep(_ value: Setting.Value, as name: String)
}

/// Which parts of a study's work one process does.
package struct TrainingShard: Sendable, Hashable {
  /// From 1.
  package let number: Int, count: Int

  package init(_ number: Int, of count: Int) { (self.number, self.count) = (number, count) }

  /// Whether a unit of work, from 0, is its own.
  func has(_ unit: Int) -> Bool { unit % count == number - 1 }
}

/// What is kept of a study's work, and of which part of it this process does.
package struct TrainingUnits: Sendable {
  let store: (any KeepsUnits)?
  /// Nil where all is done.
  package let shard: TrainingShard?

  package init(_ store: (any KeepsUnits)? = nil, shard: TrainingShard? = nil) {
    (self.store, self.shard) = (store, shard)
  }

  /// A result that was kept, or is found now and kept.
  /// - `isWhole`: Whether what was kept is what it should be.
  func value<Value: Codable>(
    _ name: String, isWhole: (Value) -> Bool = { _ in true }, _ make: () -> Value?
  ) -> Value? {
    if let kept = store?.kept(name), let value: Value = try? kept.decoded(), isWhole(value) { return value }
    guard let value = make() else { return nil }
    if let store, let written = try? Setting.Value(coding: value) { store.keep(written, as: name) }
    return value
  }
}
