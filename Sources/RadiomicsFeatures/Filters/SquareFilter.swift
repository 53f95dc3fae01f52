import RadiomicsCore
import RadiomicsImaging

/// Squares of intensities: (c x)², c = 1 / √m.
/// m, the largest magnitude of the whole image, stays m.
///
/// Example: the image `-2 1 4` becomes `1 0.25 4`.
public struct SquareFilter: IntensityFilter {
  public static let name = "square"
  public static let summary = "Squares of intensities, scaled to the image's range."
  public static let definition =
    "(c x)², c = 1 / √m, m the largest magnitude of the image"
  public static let reference = "PyRadiomics 3.0.1, image type Square; doi:10.1158/0008-5472.CAN-17-0339"
  public static let parameters: [Parameter<Self>] = []

  public init() {}

  public func response(toLargest m: Double) -> @Sendable (Double) -> Double {
    let c = m > 0 ? 1 / m.squareRoot() : 0
    return { ($0 * c) * ($0 * c) }
  }
}
