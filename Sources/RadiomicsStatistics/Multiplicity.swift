/// P values of a family of tests, so changed that they hold for all of them together.
public enum Multiplicity {
  /// Of the smallest the number of tests, of the next one less, and so on, never falling. Holm 1979.
  public static func holm(_ p: [Double]) -> [Double] {
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var result = p, largest = 0.0
    for (place, index) in order.enumerated() {
      largest = max(largest, min(1, p[index] * Double(p.count - place)))
      result[index] = largest
    }
    return result
  }

  /// The expected share of false discoveries among tests with P values up to each one. Benjamini and Hochberg 1995.
  public static func benjaminiHochberg(_ p: [Double]) -> [Double] {
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var result = p, smallest = 1.0
    for (place, index) in order.enumerated().reversed() {
      smallest = min(smallest, p[index] * Double(p.count) / Double(place + 1))
      result[index] = smallest
    }
    return result
  }
}
