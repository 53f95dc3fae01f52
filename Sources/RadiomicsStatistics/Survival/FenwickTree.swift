/// Sums over the first ranks of numbers that are added rank by rank, both in O(log n). Fenwick 1994,
/// doi:10.1002/spe.4380240306.
struct FenwickTree {
  private var sums: [Double]

  /// Zeros of so many ranks.
  init(count: Int) { sums = [Double](repeating: 0, count: count + 1) }

  /// Adds at a rank from 0.
  mutating func add(_ value: Double, at rank: Int) {
    var index = rank + 1
    while index < sums.count {
      sums[index] += value
      index += index & -index
    }
  }

  /// The sum over ranks below one.
  func sum(below rank: Int) -> Double {
    var index = rank, sum = 0.0
    while index > 0 {
      sum += sums[index]
      index -= index & -index
    }
    return sum
  }
}
