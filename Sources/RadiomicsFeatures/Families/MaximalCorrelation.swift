import RadiomicsCore
import RadiomicsNumerics

/// The maximal correlation coefficient of grey level pairs (Haralick 1973, doi:10.1109/TSMC.1973.4309314, feature 14): the
/// largest correlation that any functions of the two levels of a pair can have.
///
/// It is the square root of the second largest eigenvalue of Q(i, j) = Σ_k p(i, k) p(j, k) / (p(i) p(k)), and so the
/// second largest singular value of A(i, j) = p(i, j) / √(p(i) p(j)), whose largest is 1. Undefined with one level.
///
/// Example: two levels, p = [[0.4, 0.1], [0.1, 0.4]]: A = [[0.8, 0.2], [0.2, 0.8]] has the singular values 1 and 0.6.
public struct MaximalCorrelation: FeatureFamily {
  public static let name = "maximal_correlation"
  public static let summary = "The largest correlation that any functions of two neighbouring grey levels have."
  public static let reference = "Haralick 1973, doi:10.1109/TSMC.1973.4309314; PyRadiomics 3.0.1, glcm: MCC"
  public static let needsLevels = true
  public static let features = [
    Feature(
      "cm_mcc", "Maximal correlation coefficient", ibsi: nil, scale: .fraction,
      "square root of the second largest eigenvalue of Q(i,j) = Σ p(i,k) p(j,k) / (p(i) p(k))")
  ]

  /// How pairs are counted: the settings of `glcm`.
  public var pairs = Cooccurrence()

  /// 3D:mrg at distance 1, symmetric, not weighted.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.pairs.aggregation, "As for glcm."),
      Parameter("distance", \.pairs.distance, in: 1 ... .infinity, "As for glcm."),
      Parameter("symmetric", \.pairs.symmetric, "As for glcm."),
      Parameter("weighting", \.pairs.weighting, "As for glcm."),
      Parameter("shells", \.pairs.shells, in: 1...32, "As for glcm."),
      Parameter(
        "variant", \.pairs.variant,
        "pyradiomics: 1 where the region has one level, 0 in a matrix of one level; weights as for glcm."),
    ]
  }

  public func check() throws(SettingError) { try pairs.check() }

  public var discretisation: Discretisation? {
    get { pairs.discretisation }
    set { pairs.discretisation = newValue }
  }

  public var aggregations: [String?] { pairs.aggregations }

  /// Most levels that may occur; the matrix has their square.
  private static let mostOccurringLevels = 1024

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("maximal_correlation works on grey levels") }
    let count = levels.levels.count
    if count < 2, pairs.variant == .pyradiomics { return aggregations.map { _ in .value(1) } }
    guard (2...Self.mostOccurringLevels).contains(count) else {
      let reason: Reason =
        count < 2
        ? "one grey level: there is nothing to correlate"
        : Reason(
          "\(count) grey levels occur, at most \(Self.mostOccurringLevels) are possible: discretise into fewer bins")
      return aggregations.map { _ in .undefined(reason) }
    }
    return pairs.aggregatedCells(
      levels, resources.lanes, undefined: [.undefined(pairs.noPairs)]
    ) { [.value($0.maximalCorrelation)] }
  }
}

extension CooccurrenceMatrix {
  /// The second largest singular value of p(i, j) / √(p(i) p(j)): the first one's vectors are √p(i) and √p(j), and are
  /// taken away. Lanczos' method on A Aᵀ, every vector made orthogonal to all before: exact after as many steps as there
  /// are levels, and to rounding long before. Cost: steps · pairs, at most `mostSteps`.
  var maximalCorrelation: Double {
    let n = levels.count, mostSteps = 128
    var rows = [Double](repeating: 0, count: n), columns = rows
    for i in 0..<n {
      for j in 0..<n {
        rows[i] += counts[i * stride + j + 1]
        columns[j] += counts[i * stride + j + 1]
      }
    }
    let total = rows.reduce(0, +), first = rows.map { ($0 / total).squareRoot() }
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n where rows[i] > 0 {
      for j in 0..<n where counts[i * stride + j + 1] > 0 {
        a[i * n + j] = counts[i * stride + j + 1] / (rows[i] * columns[j]).squareRoot()
      }
    }
    /// A Aᵀ x.
    func squared(_ x: [Double]) -> [Double] {
      var between = [Double](repeating: 0, count: n)
      for i in 0..<n { for j in 0..<n { between[j] += a[i * n + j] * x[i] } }
      return (0..<n).map { i in
        var sum = 0.0
        for j in 0..<n { sum += a[i * n + j] * between[j] }
        return sum
      }
    }
    // Any vector that is not special: parts of the golden ratio.
    let start = (1...n).map { (Double($0) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) - 0.5 }
    let largest = largestEigenvalue(from: start, orthogonalTo: first, steps: min(n - 1, mostSteps), squared)
    return min(1, max(0, largest).squareRoot())
  }
}

/// The largest eigenvalue of a symmetric map of vectors orthogonal to a unit vector, by Lanczos' method.
private func largestEigenvalue(
  from start: [Double], orthogonalTo first: [Double], steps: Int, _ map: ([Double]) -> [Double]
) -> Double {
  var basis = [first], diagonal: [Double] = [], beside: [Double] = []
  /// What is left of a vector beside the basis; twice, as once leaves rounding.
  func orthogonal(_ vector: [Double]) -> [Double] {
    var vector = vector
    for _ in 0..<2 {
      for known in basis {
        let part = dot(known, vector)
        for i in vector.indices { vector[i] -= part * known[i] }
      }
    }
    return vector
  }
  var next = orthogonal(start)
  for _ in 0..<steps {
    let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 1e-13 else { break }
    if !diagonal.isEmpty { beside.append(norm) }
    let vector = next.map { $0 / norm }, image = map(vector)
    diagonal.append(dot(vector, image))
    basis.append(vector)
    next = orthogonal(image)
  }
  return largestEigenvalue(diagonal, beside)
}

/// The largest eigenvalue of a symmetric tridiagonal matrix with eigenvalues of at most 1, by bisection: as many
/// eigenvalues lie above x as pivots of T − x are positive (Barth, Martin and Wilkinson, doi:10.1007/BF02162154).
private func largestEigenvalue(_ diagonal: [Double], _ beside: [Double]) -> Double {
  guard !diagonal.isEmpty else { return 0 }
  var low = -1e-9, high = 1 + 1e-9
  for _ in 0..<80 {
    let x = (low + high) / 2
    var pivot = diagonal[0] - x, isAbove = pivot > 0
    for index in diagonal.indices.dropFirst() where !isAbove {
      let divisor = abs(pivot) < 1e-300 ? -1e-300 : pivot
      pivot = diagonal[index] - x - beside[index - 1] * beside[index - 1] / divisor
      isAbove = pivot > 0
    }
    if isAbove { low = x } else { high = x }
  }
  return (low + high) / 2
}
