import RadiomicsCore
import RadiomicsImaging

/// The mean of a box of M voxels along each axis around a voxel (IBSI 2, mean filter, S60F).
///
/// Example: M = 3 in one dimension turns `0 0 9 0 0` into `0 3 3 3 0`.
public struct MeanFilter: ImageFilter {
  public static let name = "mean"
  public static let summary = "The mean of a box around each voxel: smooths noise."
  public static let definition =
    "the mean over a box of support voxels along each axis"
  public static let reference = "IBSI 2, mean filter (S60F); doi:10.48550/arXiv.2006.05470"
  public static let parameters: [Parameter<Self>] = [
    Parameter("support", \.support, isRequired: true, in: 1...999, "Voxels of the box along each axis, odd."),
    Parameter("dimension", \.dimension, "Boxes in slices, or in the volume."),
    Parameter("boundary", \.boundary, "What lies beyond the image."),
  ]

  /// Voxels of the box along each axis, odd.
  public var support = 5
  /// Squares or cubes.
  public var dimension = FilterDimension.volume
  /// What lies beyond the image.
  public var boundary = Boundary.mirror

  public init() {}

  public func check() throws(SettingError) {
    guard support % 2 == 1 else {
      throw SettingError(
        place: nil, message: "'support' of 'mean' is \(support), must be odd, so that the box has a middle voxel.")
    }
  }

  public func support(on grid: Geometry) -> FilterSupport {
    let reach = support / 2
    return .finite([reach, reach, dimension == .volume ? reach : 0], boundary)
  }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let kernel = AxisKernel([Double](repeating: 1 / Double(support), count: support))
    let passes = AxisPasses(axes: dimension.axes.count, kernels: dimension.axes.map { _ in kernel })
    image.forEachResponse(to: [passes], keeping: box, boundary, lanes) { response, _ in take(0, response) }
  }
}
