import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Rows that hold the same measurements: to 10⁻⁵ of a value, or one of them rounded.
struct TwinRows {
  /// Columns that tell rows apart, by rows.
  private let rows: [[Double?]]
  /// Decimals with which a row is written at most.
  private let decimals: [Int]

  /// Values that must be equal, of columns in which at least half of the rows differ, whole numbers or not.
  static let least = 5
  /// Digits of a value below which its being equal to another's rounded one says nothing.
  private static let digits = 3

  /// Nil unless enough columns tell rows apart.
  init?(_ columns: [[Double?]], count: Int) {
    let telling = columns.map { column in (column: column, distinct: Set(column.compactMap { $0 }).count) }
      .filter { 2 * $0.distinct >= count }.sorted { $0.distinct > $1.distinct }.map(\.column)
    guard telling.count >= Self.least else { return nil }
    rows = (0..<count).map { row in telling.map { $0[row] } }
    decimals = rows.map { $0.lazy.compactMap { $0 }.map(Self.decimals).max() ?? 0 }
  }

  /// Digits after the point of the shortest text that reads as the number.
  private static func decimals(_ value: Double) -> Int {
    let text = "\(value)".lowercased().split(separator: "e")
    let own = text[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.count } ?? 0
    return max(0, own - (text.count > 1 ? Int(text[1]) ?? 0 : 0))
  }

  /// Whether all values that both rows have are equal, and enough of them say something.
  func areTwins(_ a: Int, _ b: Int) -> Bool {
    let unit = pow(10, -Double(min(decimals[a], decimals[b])))
    var telling = 0
    for (x, y) in zip(rows[a], rows[b]) {
      guard let x, let y else { continue }
      let size = max(abs(x), abs(y))
      if x == y || x != x.rounded() && abs(x - y) <= 1e-5 * size {
        telling += 1
      } else if decimals[a] != decimals[b], abs(x - y) <= 0.5 * unit * (1 + 1e-9) {
        if size >= unit * pow(10, Double(Self.digits - 1)) { telling += 1 }
      } else {
        return false
      }
    }
    return telling >= Self.least
  }
}

extension StudyRows {
  /// Pairs of rows of different patients that have the same values: one image under two names. O(rows²), most pairs by their first value.
  package func duplicates(_ features: [String]) throws(ModelError) -> [(Int, Int)] {
    var columns: [[Double?]] = []
    for name in features { columns.append(try table.numbers(name)) }
    let twins = TwinRows(columns, count: count)
    let rows = (0..<count).map { row in columns.map { $0[row] } }
    // Few columns must be equal to the last bit, and not whole numbers.
    let isTold = rows.map { $0.count(where: { $0.map { $0 != $0.rounded() } ?? false }) > 1 }
    return (0..<count).compactMap { row in
      (0..<row).first { earlier in
        patients[earlier] != patients[row]
          && (twins?.areTwins(earlier, row) ?? false || isTold[row] && rows[earlier] == rows[row])
      }.map { ($0, row) }
    }
  }
}
