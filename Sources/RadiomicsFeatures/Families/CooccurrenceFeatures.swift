import Foundation
import RadiomicsCore

extension CooccurrenceMatrix {
  /// The features of a matrix with counts, in the order of `Cooccurrence.features`.
  func features(levelCount: Int) -> [Cell] {
    let p = CooccurrenceProbabilities(self)
    let difference = Moments(p.differences, first: 0), sum = Moments(p.sums, first: 2 * levels[0])
    let entropies = (x: entropy(p.rows), y: entropy(p.columns), xy: p.entropy)
    // As the marginals are those of p, HXY1 and HXY2 are both HX + HY.
    let information = entropies.x + entropies.y - entropies.xy
    var inverse = InverseDifferences()
    inverse.add(p.differences, levelCount: Double(levelCount))
    let deviations = p.rowVariance.squareRoot() * p.columnVariance.squareRoot()
    let mostEntropy = max(entropies.x, entropies.y)
    let correlation: Cell =
      deviations > 0 ? .value(p.covariance / deviations) : .undefined("one grey level: correlation divides by 0")
    let information1: Cell =
      mostEntropy > 0
      ? .value(-information / mostEntropy) : .undefined("one grey level: information correlation 1 divides by 0")
    let values = [
      p.maximum, p.rowMean, p.rowVariance, entropies.xy,
      difference.mean, difference.second, entropy(p.differences),
      sum.mean, sum.second, entropy(p.sums),
      p.energy, difference.second + difference.mean * difference.mean, difference.mean,
      inverse.first, inverse.firstNormalised, inverse.second, inverse.secondNormalised, inverse.variance,
    ]
    return values.map(Cell.value) + [correlation]
      + [p.product, sum.second, sum.third, sum.fourth].map(Cell.value)
      + [information1, .value((1 - exp(-2 * max(0, information))).squareRoot())]
  }
}

/// Probabilities p(i, j) of a co-occurrence matrix and their sums along rows, columns and diagonals.
private struct CooccurrenceProbabilities {
  /// p(i) and p(j).
  var rows, columns: [Double]
  /// p(|i − j| = k) from k = 0; p(i + j = k) from twice the smallest level.
  var differences, sums: [Double]
  var rowMean = 0.0, columnMean = 0.0, rowVariance = 0.0, columnVariance = 0.0, covariance = 0.0
  /// Largest p, Σ p², −Σ p log₂ p and Σ i j p.
  var maximum = 0.0, energy = 0.0, entropy = 0.0, product = 0.0

  init(_ matrix: CooccurrenceMatrix) {
    let levels = matrix.levels, count = levels.count
    rows = Array(repeating: 0, count: count)
    columns = rows
    for row in 0..<count {
      for column in 0..<count {
        let pairs = matrix.counts[row * matrix.stride + column + 1]
        rows[row] += pairs
        columns[column] += pairs
      }
    }
    let total = rows.reduce(0, +)
    for index in 0..<count {
      rows[index] /= total
      columns[index] /= total
      rowMean += Double(levels[index]) * rows[index]
      columnMean += Double(levels[index]) * columns[index]
    }
    for index in 0..<count {
      rowVariance += (Double(levels[index]) - rowMean) * (Double(levels[index]) - rowMean) * rows[index]
      columnVariance += (Double(levels[index]) - columnMean) * (Double(levels[index]) - columnMean) * columns[index]
    }
    let range = levels[count - 1] - levels[0]
    differences = Array(repeating: 0, count: range + 1)
    sums = Array(repeating: 0, count: 2 * range + 1)
    for row in 0..<count {
      for column in 0..<count {
        let pairs = matrix.counts[row * matrix.stride + column + 1]
        guard pairs > 0 else { continue }
        let p = pairs / total
        let i = Double(levels[row]), j = Double(levels[column])
        differences[abs(levels[row] - levels[column])] += p
        sums[levels[row] + levels[column] - 2 * levels[0]] += p
        covariance += (i - rowMean) * (j - columnMean) * p
        product += i * j * p
        maximum = max(maximum, p)
        energy += p * p
        entropy -= p * log2(p)
      }
    }
  }
}

/// Σ p(|i − j| = k) over 1 + k, 1 + k / Ng, 1 + k², 1 + k² / Ng² and, without k = 0, k².
private struct InverseDifferences {
  var first = 0.0, firstNormalised = 0.0, second = 0.0, secondNormalised = 0.0, variance = 0.0

  mutating func add(_ differences: [Double], levelCount: Double) {
    for (index, p) in differences.enumerated() {
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
    for (index, p) in probabilities.enumerated() {
      let deviation = Double(first + index) - mean
      let square = deviation * deviation
      second += square * p
      third += square * deviation * p
      fourth += square * square * p
    }
  }
}

/// −Σ p log₂ p.
private func entropy(_ probabilities: [Double]) -> Double {
  var sum = 0.0
  for p in probabilities where p > 0 { sum -= p * log2(p) }
  return sum
}
