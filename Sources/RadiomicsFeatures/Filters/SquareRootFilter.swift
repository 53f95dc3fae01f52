import RadiomicsCore
import RadiomicsImaging

/// Square roots of magnitudes, with the sign of x: ±√(c |x|), c = m.
/// m, the largest magnitude of the whole image, stays m.
///
/// Example: the image `-1 0 4` becomes `-2 0 4`.
public struct SquareRootFilter: IntensityFilter {
  public static let name = "square_root"
  public static let summary = "Square roots of magnitudes with their sign, scaled to the image's range."
  public static let definition =
    "√(c |x|) with the sign of x, c = m, the largest magnitude of the image"
  public static let reference = "PyRadiomics 3.0.1, image type SquareRoot; doi:10.1158/0008-5472.CAN-17-0339"
  public static let parameters: [Parameter<Self>] = []

  public init() {}

  public func response(toLargest m: Double) -> @Sendable (Double) -> Double {
    { $0 < 0 ? -(-$0 * m).squareRoot() : ($0 * m).squareRoot() }
  }
}
