import RadiomicsCore
import RadiomicsImaging

/// Logarithms of magnitudes, with the sign of x: ±c log(|x| + 1), c = m / log(m + 1).
/// m, the largest magnitude of the whole image, stays m.
///
/// Example: the image `-1 0 3` becomes `-1.5 0 3`.
public struct LogarithmFilter: IntensityFilter {
  public static let name = "logarithm"
  public static let summary = "Logarithms of magnitudes with their sign, scaled to the image's range."
  public static let definition =
    "c log(|x| + 1) with the sign of x, c = m / log(m + 1), m the largest magnitude of the image"
  public static let reference = "PyRadiomics 3.0.1, image type Logarithm; doi:10.1158/0008-5472.CAN-17-0339"
  public static let parameters: [Parameter<Self>] = []

  public init() {}

  public func response(toLargest m: Double) -> @Sendable (Double) -> Double {
    let c = m > 0 ? m / log(m + 1) : 0
    return { $0 < 0 ? -log(1 - $0) * c : log($0 + 1) * c }
  }
}
