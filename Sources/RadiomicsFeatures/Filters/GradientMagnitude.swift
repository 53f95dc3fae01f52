import RadiomicsCore
import RadiomicsImaging

/// The length of the gradient: of central differences along the three axes, (x₊₁ − x₋₁) / 2 by the voxel spacing. Beyond
/// the image its edge goes on.
///
/// Example: on voxels of 2 mm the row `0 4 8` has the gradient `1 2 1` per mm.
public struct GradientMagnitude: ImageFilter {
  public static let name = "gradient_magnitude"
  public static let summary = "The length of the gradient: edges."
  public static let definition =
    "√Σ (∂x)² of central differences, the edge voxel repeated beyond the image"
  public static let reference =
    "PyRadiomics 3.0.1, image type Gradient; ITK GradientMagnitudeImageFilter; doi:10.1158/0008-5472.CAN-17-0339"
  public static let parameters: [Parameter<Self>] = [
    Parameter("use_spacing", \.usesSpacing, "Whether differences are taken per mm, else per voxel.")
  ]

  /// Whether differences are taken per mm.
  public var usesSpacing = true

  public init() {}

  public func support(on grid: Geometry) -> FilterSupport { .finite([1, 1, 1]) }

  public func unit(of intensity: String) -> String {
    let numerator = intensity == "1" ? "1" : intensity
    return usesSpacing ? "\(numerator)/mm" : intensity
  }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let grid = image.geometry.cropped(to: box)
    var squares = [Double](repeating: 0, count: grid.count)
    for axis in 0..<3 {
      let half = 0.5 / (usesSpacing ? image.geometry.spacing[axis] : 1)
      var line = box
      (line.lower[axis], line.size[axis]) = (0, image.geometry.size[axis])
      let differences = image.cropped(to: line)
        .convolved(
          with: AxisKernel([half, 0, -half]), along: axis, keeping: box.lower[axis]..<box.upper[axis], .nearest, lanes
        ).voxels
      for index in squares.indices { squares[index] += differences[index] * differences[index] }
    }
    take(0, Volume(geometry: grid, voxels: squares.map { $0.squareRoot() }))
  }
}
