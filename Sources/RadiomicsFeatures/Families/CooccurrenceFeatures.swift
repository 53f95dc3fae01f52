import RadiomicsCore

extension CooccurrenceMatrix {
  /// The features of a matrix with counts, in the order of `Cooccurrence.features`.
  func features(levelCount: Int, _ variant: Variant) -> [Cell] {
    var pairs: [CooccurrencePairs.Entry] = []
    for row in levels.indices {
      for column in levels.indices where counts[row * stride + column + 1] > 0 {
        pairs.append(.init(row: row, column: column, count: counts[row * stride + column + 1]))
      }
    }
    var sums = CooccurrenceSums()
    return sums.features(CooccurrencePairs(levels: levels, entries: pairs), levelCount: levelCount, variant)
  }
}

/// The pairs of levels of which there are any.
struct CooccurrencePairs {
  struct Entry {
    /// Indices of the two levels.
    let row, column: Int
    let count: Double
  }

  /// Ascending.
  var levels: [Int]
  /// Row by row, each from the first column on.
  var entries: [Entry]
}

/// Probabilities p(i, j) of a co-occurrence matrix and their sums along rows, columns and diagonals. To be used again for
/// other matrices without new memory.
struct CooccurrenceSums {
  /// p(i) and p(j).
  private var rows: [Double] = [], columns: [Double] = []
  /// p(|i − j| = k) from k = 0; p(i + j = k) from twice the smallest level.
  private var differences: [Double] = [], sums: [Double] = []
  private var shares = ShareEntropies()

  /// No matrix yet.
  init() {}

  /// The features of a matrix with counts, in the order of `Cooccurrence.features`.
  mutating func features(_ pairs: CooccurrencePairs, levelCount: Int, _ variant: Variant) -> [Cell] {
    let levels = pairs.levels, range = levels[levels.count - 1] - levels[0]
    rows.clear(levels.count)
    columns.clear(levels.count)
    addMarginals(pairs.entries, &rows, &columns)
    shares.total = rows.reduce(0, +)
    var entropies = (x: shares.divide(&rows), y: shares.divide(&columns), xy: 0.0)
    let x = LevelMoments(levels, rows), y = LevelMoments(levels, columns)
    differences.clear(range + 1)
    sums.clear(2 * range + 1)
    let p = PairSums(pairs, x.mean, y.mean, &shares, &differences, &sums)
    entropies.xy = p.entropy
    let differenceEntropy = shares.divide(&differences), sumEntropy = shares.divide(&sums)
    let difference = Moments(differences, first: 0), sum = Moments(sums, first: 2 * levels[0])
    // As the marginals are those of p, HXY1 and HXY2 are both HX + HY.
    let information = entropies.x + entropies.y - entropies.xy
    let inverse = InverseDifferences(differences, levelCount: Double(levelCount))
    let deviations = x.variance.squareRoot() * y.variance.squareRoot()
    let mostEntropy = max(entropies.x, entropies.y)
    let correlation: Cell =
      deviations > 0
      ? .value(p.covariance / deviations)
      : variant == .ibsi ? .undefined("one grey level: correlation divides by 0") : .value(1)
    let information1: Cell =
      mostEntropy > 0
      ? .value(-information / mostEntropy)
      : variant == .ibsi ? .undefined("one grey level: information correlation 1 divides by 0") : .value(0)
    return [
      .value(p.maximum), .value(x.mean), .value(x.variance), .value(entropies.xy),
      .value(difference.mean), .value(difference.second), .value(differenceEntropy),
      .value(sum.mean), .value(sum.second), .value(sumEntropy),
      .value(p.energy), .value(difference.second + difference.mean * difference.mean), .value(difference.mean),
      .value(inverse.first), .value(inverse.firstNormalised), .value(inverse.second), .value(inverse.secondNormalised),
      .value(inverse.variance),
      correlation, .value(p.product), .value(sum.second), .value(sum.third), .value(sum.fourth),
      information1, .value((1 - exp(-2 * max(0, information))).squareRoot()),
    ]
  }
}

/// Adds the counts of pairs to those of their rows and columns.
private func addMarginals(_ entries: [CooccurrencePairs.Entry], _ rows: inout [Double], _ columns: inout [Double]) {
  let entries = entries.span
  var rows = rows.mutableSpan, columns = columns.mutableSpan
  for index in 0..<entries.count {
    let entry = entries[unchecked: index]
    rows[entry.row] += entry.count
    columns[entry.column] += entry.count
  }
}

/// Mean and variance of levels with probabilities p.
private struct LevelMoments {
  var mean = 0.0, variance = 0.0

  init(_ levels: [Int], _ probabilities: [Double]) {
    for (level, p) in zip(levels, probabilities) { mean += Double(level) * p }
    for (level, p) in zip(levels, probabilities) { variance += (Double(level) - mean) * (Double(level) - mean) * p }
  }
}

/// Sums over p(i, j): Σ (i − μi)(j − μj) p, the largest p, Σ p², −Σ p log₂ p and Σ i j p.
private struct PairSums {
  var covariance = 0.0, maximum = 0.0, energy = 0.0, entropy = 0.0, product = 0.0

  /// Adds counts to those of each |i − j| and each i + j, too.
  init(
    _ pairs: CooccurrencePairs, _ rowMean: Double, _ columnMean: Double, _ shares: inout ShareEntropies,
    _ differences: inout [Double], _ sums: inout [Double]
  ) {
    let entries = pairs.entries.span, levels = pairs.levels.span, first = 2 * levels[0]
    var differences = differences.mutableSpan, sums = sums.mutableSpan
    for index in 0..<entries.count {
      let entry = entries[unchecked: index], p = entry.count / shares.total
      let row = levels[entry.row], column = levels[entry.column]
      differences[abs(row - column)] += entry.count
      sums[row + column - first] += entry.count
      covariance += (Double(row) - rowMean) * (Double(column) - columnMean) * p
      product += Double(row) * Double(column) * p
      maximum = max(maximum, p)
      energy += p * p
      entropy -= shares.term(entry.count, p)
    }
  }
}

/// p log₂ p of shares p of a total. Those of small whole counts, which recur, are kept until the total changes.
private struct ShareEntropies {
  var total = 0.0 {
    didSet { if total != oldValue { known = Array(repeating: Self.unknown, count: Self.most) } }
  }
  private var known: [Double] = []

  private static let most = 1024
  /// No share has it: p log₂ p is not positive.
  private static let unknown = 1.0

  /// Of `count`, whose share is `p`.
  @inline(__always)
  mutating func term(_ count: Double, _ p: Double) -> Double {
    guard count < Double(Self.most) else { return p * log2(p) }
    let number = Int(count)
    guard Double(number) == count else { return p * log2(p) }
    let term = known[number]
    if term != Self.unknown { return term }
    known[number] = p * log2(p)
    return known[number]
  }

  /// Divides counts by their total, and gives −Σ p log₂ p.
  mutating func divide(_ counts: inout [Double]) -> Double {
    var counts = counts.mutableSpan
    var entropy = 0.0
    for index in 0..<counts.count where counts[unchecked: index] > 0 {
      let p = counts[unchecked: index] / total
      entropy -= term(counts[unchecked: index], p)
      counts[unchecked: index] = p
    }
    return entropy
  }
}

extension [Double] {
  /// Zeros, `count` of them.
  fileprivate mutating func clear(_ count: Int) {
    removeAll(keepingCapacity: true)
    append(contentsOf: repeatElement(0, count: count))
  }
}

/// Σ p(|i − j| = k) over 1 + k, 1 + k / Ng, 1 + k², 1 + k² / Ng² and, without k = 0, k².
private struct InverseDifferences {
  var first = 0.0, firstNormalised = 0.0, second = 0.0, secondNormalised = 0.0, variance = 0.0

  init(_ differences: [Double], levelCount: Double) {
    for (index, p) in differences.enumerated() where p > 0 {
      let k = Double(index), share = k / levelCount
      first += p / (1 + k)
      firstNormalised += p / (1 + share)
      second += p / (1 + k * k)
      secondNormalised += p / (1 + share * share)
      if index > 0 { variance += p / (k * k) }
    }
  }
}

/// Mean and central moments of the numbers from `first` on with probabilities p.
private struct Moments {
  var mean = 0.0, second = 0.0, third = 0.0, fourth = 0.0

  init(_ probabilities: [Double], first: Int) {
    for (index, p) in probabilities.enumerated() { mean += Double(first + index) * p }
    for (index, p) in probabilities.enumerated() where p > 0 {
      let deviation = Double(first + index) - mean
      let square = deviation * deviation
      second += square * p
      third += square * deviation * p
      fourth += square * square * p
    }
  }
}
