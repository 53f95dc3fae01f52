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
  static func response(
    to image: Volume<Double>, keeping box: Box, sigma: Double, axes: Range<Int>, _ lanes: Lanes
  ) -> Volume<Double> {
    func filtered(_ image: Volume<Double>, _ order: RecursiveGaussian.Order, _ axis: Int) -> Volume<Double> {
      let width = sigma / image.geometry.spacing[axis], scale = order == .smoothing ? 1 : width * width
      var kept = image.geometry.box
      (kept.lower[axis], kept.size[axis]) = (box.lower[axis], box.size[axis])
      var part = image.filtered(by: RecursiveGaussian(sigma: width, order: order), along: axis, lanes).cropped(to: kept)
      if scale != 1 { for index in part.voxels.indices { part.voxels[index] *= scale } }
      return part
    }
    return image.laplacian(
      along: axes, keeping: box, smooth: { filtered($0, .smoothing, $1) },
      second: { filtered($0, .secondDerivative, $1) })
  }

  /// How far a voxel counts by more than `error`.
  static func reach(sigma: Double, on grid: Geometry, axes: Range<Int>, error: Double) -> SIMD3<Int> {
    var reach = SIMD3<Int>.zero
    for axis in axes { reach[axis] = RecursiveGaussian.reach(sigma: sigma / grid.spacing[axis], error: error) }
    return reach
  }
}
