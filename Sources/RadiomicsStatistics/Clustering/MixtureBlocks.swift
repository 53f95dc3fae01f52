import RadiomicsCore
import RadiomicsNumerics

/// The loops of a Gaussian mixture over blocks of points, four at a time. A difference d from a component's mean is whitened by the
/// inverse W of its covariance's Cholesky factor: −2 log N = d'W'Wd − 2 log |W| + n log 2π.
struct MixtureBlocks: Sendable {
  /// Sums over points, weighted by how far they belong to each component.
  struct Sums: Sendable {
    var logLikelihood = 0.0
    /// By component; by component and coordinate, differences from the mean; and their products, lower halves row by row.
    var weights: [Double], shifts: [Double], squares: [Double]

    mutating func add(_ other: Sums) {
      logLikelihood += other.logLikelihood
      for index in weights.indices { weights[index] += other.weights[index] }
      for index in shifts.indices { shifts[index] += other.shifts[index] }
      for index in squares.indices { squares[index] += other.squares[index] }
    }
  }

  private let points: ClusterPoints
  private let count: Int, dimensions: Int
  private let isFull: Bool
  /// Mean after mean; lower halves of W row by row; log π_j |W_j| (2π)^(−n/2).
  private let means: [Double], whitening: [Double], logs: [Double]

  init(_ mixture: GaussianMixture, _ points: ClusterPoints) throws(ModelError) {
    self.points = points
    (count, dimensions) = (mixture.weights.count, points.dimensions)
    isFull = mixture.shape == .full
    means = mixture.means.flatMap { $0 }
    var whitening: [Double] = [], logs: [Double] = []
    for (component, covariance) in mixture.covariances.enumerated() {
      guard let inverse = Self.inverseFactor(covariance) else {
        throw ModelError.at(
          "mixture", "component \(component + 1) has no volume, must vary along each image. Choose fewer components.")
      }
      let logDeterminant = inverse.indices.reduce(0) { $0 + log(inverse[$1][$1]) }
      logs.append(log(mixture.weights[component]) + logDeterminant - Double(dimensions) / 2 * log(2 * .pi))
      for row in inverse.indices { whitening += inverse[row][0...row] }
    }
    (self.whitening, self.logs) = (whitening, logs)
  }

  /// W with W C W' = 1, lower triangular.
  private static func inverseFactor(_ matrix: [[Double]]) -> [[Double]]? {
    let n = matrix.count
    var factor = [[Double]](repeating: [Double](repeating: 0, count: n), count: n), inverse = factor
    for row in 0..<n {
      for column in 0...row {
        var sum = matrix[row][column]
        for inner in 0..<column { sum -= factor[row][inner] * factor[column][inner] }
        if row > column {
          factor[row][column] = sum / factor[column][column]
        } else {
          guard sum > 0, sum.isFinite else { return nil }
          factor[row][row] = sum.squareRoot()
        }
      }
    }
    for row in 0..<n {
      inverse[row][row] = 1 / factor[row][row]
      for column in 0..<row {
        var sum = 0.0
        for inner in column..<row { sum -= factor[row][inner] * inverse[inner][column] }
        inverse[row][column] = sum / factor[row][row]
      }
    }
    return inverse
  }

  /// log π_j N of each component for four points from `first` on, and their differences from means.
  @inline(__always)
  private func densities(
    _ first: Int, _ elements: UnsafePointer<Double>, _ means: UnsafePointer<Double>, _ whitening: UnsafePointer<Double>,
    _ differences: UnsafeMutablePointer<SIMD4<Double>>, _ logs: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    let half = dimensions &* (dimensions &+ 1) / 2
    for component in 0..<count {
      let own = differences + component &* dimensions
      for dimension in 0..<dimensions {
        let place = UnsafeRawPointer(elements + (dimension &* points.stride &+ first))
        own[dimension] = place.loadUnaligned(as: SIMD4<Double>.self) - means[component &* dimensions &+ dimension]
      }
      var sum = SIMD4<Double>.zero, entry = whitening + component &* half
      for row in 0..<dimensions {
        var white = own[row] * entry[row]
        if isFull { for column in 0..<row { white += own[column] * entry[column] } }
        sum += white * white
        entry += row &+ 1
      }
      logs[component] = self.logs[component] - 0.5 * sum
    }
  }

  /// The sums of a block of points.
  func expectation(_ block: Range<Int>) -> Sums {
    let half = dimensions * (dimensions + 1) / 2
    var likelihood = 0.0
    let sums = withUnsafeTemporaryAllocation(
      of: SIMD4<Double>.self, capacity: count * (2 + 2 * dimensions + half)
    ) { room -> [Double] in
      room.initialize(repeating: .zero)
      let logs = room.baseAddress!, differences = logs + count
      let weights = differences + count * dimensions, shifts = weights + count, squares = shifts + count * dimensions
      points.elements.withUnsafeBufferPointer { elements in
        means.withUnsafeBufferPointer { means in
          whitening.withUnsafeBufferPointer { whitening in
            for first in stride(from: block.lowerBound, to: block.upperBound, by: 4) {
              densities(
                first, elements.baseAddress!, means.baseAddress!, whitening.baseAddress!, differences, logs)
              let part = share(logs, block.upperBound &- first)
              likelihood += part
              accumulate(logs, differences, weights, shifts, squares)
            }
          }
        }
      }
      return (0..<count * (1 + dimensions + half)).map { weights[$0].sum() }
    }
    return Sums(
      logLikelihood: likelihood, weights: Array(sums[..<count]), shifts: Array(sums[count..<count * (1 + dimensions)]),
      squares: Array(sums[(count * (1 + dimensions))...]))
  }

  /// Logarithms become shares that add to 1, 0 beyond the last point.
  /// - Returns: The sum of the logarithms of the points' densities.
  @inline(__always)
  private func share(_ logs: UnsafeMutablePointer<SIMD4<Double>>, _ rest: Int) -> Double {
    var most = logs[0]
    for component in 1..<max(1, count) { most.replace(with: logs[component], where: logs[component] .> most) }
    var sum = SIMD4<Double>.zero
    for component in 0..<count {
      logs[component] = exponential(logs[component] - most)
      sum += logs[component]
    }
    var inverse = 1 / sum, likelihood = 0.0
    for lane in 0..<min(4, rest) { likelihood += most[lane] + log(sum[lane]) }
    if rest < 4 { for lane in rest..<4 { inverse[lane] = 0 } }
    for component in 0..<count { logs[component] *= inverse }
    return likelihood
  }

  @inline(__always)
  private func accumulate(
    _ shares: UnsafePointer<SIMD4<Double>>, _ differences: UnsafePointer<SIMD4<Double>>,
    _ weights: UnsafeMutablePointer<SIMD4<Double>>, _ shifts: UnsafeMutablePointer<SIMD4<Double>>,
    _ squares: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    let half = dimensions &* (dimensions &+ 1) / 2
    for component in 0..<count {
      let share = shares[component], own = differences + component &* dimensions
      weights[component] += share
      var square = squares + component &* half
      for row in 0..<dimensions {
        let weighted = share * own[row]
        shifts[component &* dimensions &+ row] += weighted
        if isFull { for column in 0..<row { square[column] += weighted * own[column] } }
        square[row] += weighted * own[row]
        square += row &+ 1
      }
    }
  }

  /// −log π_j N by component, for each point of a block.
  func costs(_ block: Range<Int>) -> [[Double]] {
    var costs = [[Double]](repeating: [Double](repeating: 0, count: block.count), count: count)
    withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: count * (1 + dimensions)) { room in
      room.initialize(repeating: .zero)
      let logs = room.baseAddress!
      for first in stride(from: block.lowerBound, to: block.upperBound, by: 4) {
        points.elements.withUnsafeBufferPointer { elements in
          densities(first, elements.baseAddress!, means, whitening, logs + count, logs)
        }
        for component in 0..<count {
          for lane in 0..<min(4, block.upperBound - first) {
            costs[component][first - block.lowerBound + lane] = -logs[component][lane]
          }
        }
      }
    }
    return costs
  }
}

/// eˣ of numbers that are not above 0, to one unit in the last place: x = n log 2 + r with |r| ≤ ½ log 2, and Taylor's series of r.
@inline(__always)
private func exponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
  let magic = SIMD4<Double>(repeating: 0x1.8p52)
  var x = x
  x.replace(with: -708, where: x .< -708)
  let shifted = x * 1.4426950408889634 + magic, whole = shifted - magic
  let r = x - whole * 0x1.62E42FEFA38p-1 - whole * 0x1.EF35793C7673p-45
  var sum = SIMD4<Double>(repeating: 1 / 6_227_020_800)
  for coefficient in inverseFactorials { sum = sum * r + coefficient }
  let bits = unsafeBitCast(shifted, to: SIMD4<Int64>.self)
  return unsafeBitCast(unsafeBitCast(sum, to: SIMD4<Int64>.self) &+ (bits &<< 52), to: SIMD4<Double>.self)
}

/// 1/12! … 1/0!
private let inverseFactorials: [Double] = [
  1 / 479_001_600, 1 / 39_916_800, 1 / 3_628_800, 1 / 362_880, 1 / 40_320, 1 / 5_040, 1 / 720, 1 / 120, 1 / 24, 1 / 6,
  0.5, 1, 1,
]
