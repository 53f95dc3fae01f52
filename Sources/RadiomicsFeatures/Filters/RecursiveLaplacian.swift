import RadiomicsCore
import RadiomicsImaging

/// The Laplacian of a Gaussian of width σ by recursion, times σ²: what ITK's LaplacianRecursiveGaussianImageFilter with
/// scale normalisation gives, and PyRadiomics with it. Beyond the image its edge goes on.
///
/// Other than IBSI's Laplacian of Gaussian it is not cut off, has the opposite extent of scale (σ² ∇²), and its Gaussian
/// is an approximation to 10⁻³. Example: x² in mm² has the response 2 σ² far from the edges.
enum RecursiveLaplacian {
  /// Fewest voxels along each axis.
  static let fewestVoxels = 4

  /// The response for σ in mm.
  static func response(to image: Volume<Double>, sigma: Double, axes: Range<Int>, _ lanes: Lanes) -> Volume<Double> {
    let spacing = image.geometry.spacing
    var sum = [Double](repeating: 0, count: image.voxels.count)
    for axis in axes {
      var part = image.filtered(by: filter(.secondDerivative, sigma, spacing[axis]), along: axis, lanes)
      for other in axes where other != axis {
        part = part.filtered(by: filter(.smoothing, sigma, spacing[other]), along: other, lanes)
      }
      let scale = sigma * sigma / (spacing[axis] * spacing[axis])
      for index in sum.indices { sum[index] += scale * part.voxels[index] }
    }
    return Volume(geometry: image.geometry, voxels: sum)
  }

  /// How far a voxel counts by more than `error`.
  static func reach(sigma: Double, on grid: Geometry, axes: Range<Int>, error: Double) -> SIMD3<Int> {
    var reach = SIMD3<Int>.zero
    for axis in axes { reach[axis] = RecursiveGaussian.reach(sigma: sigma / grid.spacing[axis], error: error) }
    return reach
  }

  private static func filter(_ order: RecursiveGaussian.Order, _ sigma: Double, _ spacing: Double) -> RecursiveGaussian
  {
    RecursiveGaussian(sigma: sigma / spacing, order: order)
  }
}
