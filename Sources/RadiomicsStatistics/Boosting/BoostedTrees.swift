import RadiomicsCore
import RadiomicsNumerics

/// Trees that are added one after the other, each fitted to what those before it leave: the one model here that is not linear, by the library
/// XGBoost, with exact splits and one thread, so that the same rows give the same bits. Chen and Guestrin 2016, doi:10.1145/2939672.2939785.
///
/// What is kept is the library's own text of its trees, with splits halfway between values of training rows, and no row. Numbers are single
/// precision, as the library has them.
package struct BoostedTrees: Sendable, Hashable, Codable {
  /// What is learnt.
  package enum Outcome: Sendable {
    /// Log odds, by the logistic loss.
    case binary([Bool])
    /// Log hazards, by Cox's partial likelihood with Breslow's ties.
    case cox(SurvivalTimes)
    /// A number, by squares.
    case number([Double])
  }

  /// How trees are grown.
  package struct Settings: Sendable, Hashable {
    /// Number of trees, and of splits from root to leaf.
    package var rounds = 100, depth = 3
    /// What share of each tree counts.
    package var rate = 0.1
    /// The smallest sum of second derivatives in a leaf, and the penalty on squares of leaves.
    package var childWeight = 1.0, penalty = 1.0
    /// Which share of rows and columns each tree is grown of, drawn by the seed.
    package var rows = 1.0, columns = 1.0

    package init() {}
  }

  /// The library's text of the trees (JSON).
  package let text: String
  /// By which library, such as `XGBoost 1.7.4`.
  package let library: String
  /// Number of columns, and those by which some tree splits.
  package let width: Int, used: [Int]

  /// Whether the library can be loaded.
  package static var isAvailable: Bool { (try? requireLibrary()) != nil }

  /// - `names`: Of the library, the first that can be loaded counts.
  /// - Throws: `ModelError` if there is none.
  package static func requireLibrary(_ names: [String] = XGBoostLibrary.names) throws(ModelError) {
    _ = try XGBoostLibrary(names)
  }

  /// - `design`: Rows by columns, nothing missing.
  /// - Throws: `ModelError` if the library is not there, or rows are of one outcome or enter late.
  package init(
    _ design: Matrix, _ outcome: Outcome, _ settings: Settings = Settings(), seed: UInt64 = 1
  ) throws(ModelError) {
    let library = try XGBoostLibrary.shared()
    let (objective, labels, start) = try Self.target(outcome)
    let parameters = [
      ("objective", objective), ("base_score", "\(start)"), ("tree_method", "exact"), ("nthread", "1"),
      ("verbosity", "0"), ("seed", "\(seed % 0x7fff_ffff)"), ("max_depth", "\(settings.depth)"),
      ("eta", "\(settings.rate)"), ("min_child_weight", "\(settings.childWeight)"), ("lambda", "\(settings.penalty)"),
      ("subsample", "\(settings.rows)"), ("colsample_bytree", "\(settings.columns)"),
    ]
    let matrix = try XGBoostMatrix(library, design, labels: labels)
    let booster = try XGBoostModel(library, matrix)
    for (name, value) in parameters { try library.check(library.setParameter(booster.handle, name, value)) }
    for round in 0..<settings.rounds {
      try library.check(library.update(booster.handle, CInt(round), matrix.handle))
    }
    text = try booster.text
    self.library = "XGBoost \(library.version)"
    width = design.columns
    used = try Self.splits(text)
  }

  /// The objective, the label of each row, and the prediction that the first tree starts from.
  private static func target(_ outcome: Outcome) throws(ModelError) -> (String, [Double], Double) {
    switch outcome {
    case .binary(let events):
      let share = Double(events.count { $0 }) / Double(max(events.count, 1))
      guard share > 0, share < 1 else { throw ModelError.oneOutcome }
      return ("binary:logistic", events.map { $0 ? 1 : 0 }, share)
    case .cox(let times):
      guard times.start.allSatisfy({ $0 == -.infinity }) else {
        throw ModelError.lateEntry(must: "seen from the beginning for boosted trees")
      }
      guard times.isEvent.contains(true) else { throw ModelError.noEvent(rows: times.count) }
      // Times of those who were censored are negative.
      return ("survival:cox", zip(times.stop, times.isEvent).map { $1 ? $0 : -$0 }, 1)
    case .number(let values): return ("reg:squarederror", values, mean(values))
    }
  }

  /// Columns by which trees split, ascending.
  private static func splits(_ text: String) throws(ModelError) -> [Int] {
    let value: Setting.Value
    do { value = try Setting.Value(json: Array(text.utf8), file: "xgboost") } catch { throw ModelError("\(error)") }
    var found: Set<Int> = []
    for tree in value["learner"]?["gradient_booster"]?["model"]?["trees"]?.asList ?? [] {
      let columns = tree["split_indices"]?.asList ?? [], children = tree["left_children"]?.asList ?? []
      for (column, child) in zip(columns, children) where child.asInteger != -1 {
        if let column = column.asInteger { found.insert(column) }
      }
    }
    return found.sorted()
  }

  /// Log odds, log hazards or numbers of rows.
  /// - `columns`: Those of `used` at least, by their places; others are not looked at.
  /// - Throws: `ModelError` if the library is not there, or cannot read the trees.
  package func predictors(_ columns: [Int: [Double]], rows: Int) throws(ModelError) -> [Double] {
    let library = try XGBoostLibrary.shared()
    let empty = [Double](repeating: .nan, count: rows)
    let design = Matrix(columns: (0..<width).map { columns[$0] ?? empty }, rows: rows)
    let booster = try XGBoostModel(library, text: text)
    return try booster.margins(try XGBoostMatrix(library, design, labels: []))
  }
}

/// Rows as the library has them.
private final class XGBoostMatrix {
  let library: XGBoostLibrary
  private(set) var handle: XGBoostLibrary.Handle?
  let rows: Int

  /// - `labels`: One for each row, or none.
  init(_ library: XGBoostLibrary, _ design: Matrix, labels: [Double]) throws(ModelError) {
    self.library = library
    rows = design.rows
    let numbers = (0..<design.rows).flatMap { row in (0..<design.columns).map { Float(design[row, $0]) } }
    try library.check(
      library.createMatrix(numbers, UInt64(design.rows), UInt64(design.columns), .nan, &handle, 1))
    guard !labels.isEmpty else { return }
    try library.check(library.setFloats(handle, "label", labels.map { Float($0) }, UInt64(labels.count)))
  }

  deinit { if let handle { _ = library.freeMatrix(handle) } }
}

/// Trees as the library has them.
private final class XGBoostModel {
  let library: XGBoostLibrary
  private(set) var handle: XGBoostLibrary.Handle?

  /// Trees to be grown of rows.
  init(_ library: XGBoostLibrary, _ matrix: XGBoostMatrix) throws(ModelError) {
    self.library = library
    try library.check(library.createBooster([matrix.handle], 1, &handle))
  }

  /// Trees that were written.
  init(_ library: XGBoostLibrary, text: String) throws(ModelError) {
    self.library = library
    try library.check(library.createBooster(nil, 0, &handle))
    let bytes = Array(text.utf8)
    try library.check(library.load(handle, bytes, UInt64(bytes.count)))
    try library.check(library.setParameter(handle, "nthread", "1"))
  }

  var text: String {
    get throws(ModelError) {
      var length: UInt64 = 0, bytes: UnsafePointer<CChar>?
      try library.check(library.save(handle, #"{"format": "json"}"#, &length, &bytes))
      return String(decoding: UnsafeRawBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }
  }

  /// Sums of leaves, before any link.
  func margins(_ matrix: XGBoostMatrix) throws(ModelError) -> [Double] {
    let settings = #"{"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false}"#
    var shape: UnsafePointer<UInt64>?, dimension: UInt64 = 0, values: UnsafePointer<Float>?
    try library.check(library.predict(handle, matrix.handle, settings, &shape, &dimension, &values))
    return UnsafeBufferPointer(start: values, count: matrix.rows).map { Double($0) }
  }

  deinit { if let handle { _ = library.freeBooster(handle) } }
}
