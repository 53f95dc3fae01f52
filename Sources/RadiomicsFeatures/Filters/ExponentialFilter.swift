import RadiomicsCore
import RadiomicsImaging

/// Exponentials of intensities: exp(c x), c = log(m) / m.
/// m, the largest magnitude of the whole image, stays m.
///
/// Example: the image `-4 0 4` becomes `0.25 1 4`.
public struct ExponentialFilter: IntensityFilter {
  public static let name = "exponential"
  public static let summary = "Exponentials of intensities, scaled to the image's range."
  public static let definition =
    "exp(c x), c = log(m) / m, m the largest magnitude of the image"
  public static let reference = "PyRadiomics 3.0.1, image type Exponential; doi:10.1158/0008-5472.CAN-17-0339"
  public static let parameters: [Parameter<Self>] = []

  public init() {}

  public func response(toLargest m: Double) -> @Sendable (Double) -> Double {
    let c = m > 0 ? log(m) / m : 0
    return { exp(c * $0) }
  }
}
