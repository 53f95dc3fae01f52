import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// The Laplacian of a Gaussian of width σ (IBSI 2, L6PA): edges and blobs of the size of σ.
///
/// g = −1/s² (1 / (√(2π) s))^D (D − r²/s²) exp(−r² / 2s²), s = σ in voxels, cut to 1 + 2 ⌊d s + ½⌋ voxels along each of D
/// axes. As exp(−r² / 2s²) is a product over the axes and r² a sum, g is a sum of D products. Where voxels are not
/// cubes, r²/s² is Σ x²/s² with the axis's own s, and 1/s² in front the geometric mean: the filter has the same extent in
/// mm along every axis. Example: an impulse of 1 on voxels of 1 mm, σ = 1 mm, has −3 / (2π)^(3/2) = −0.190 in its place.
///
/// The variant `pyradiomics` is σ² ∇² of a recursive Gaussian, as ITK has it.
public struct LaplacianOfGaussian: IsotropicFilter, ImageFilter {
  public static let name = "laplacian_of_gaussian"
  public static let summary = "The Laplacian of a Gaussian: edges and blobs of a size."
  public static let definition =
    "∇²G: −1/s² (√(2π) s)⁻ᴰ (D − r²/s²) exp(−r²/2s²) along D axes, s = σ in voxels, cut off at cutoff · σ; "
    + "variant pyradiomics: σ² ∇² of a recursive Gaussian"
  public static let reference =
    "IBSI 2, Laplacian-of-Gaussian filter (L6PA); doi:10.48550/arXiv.2006.05470. Variant: ITK "
    + "LaplacianRecursiveGaussianImageFilter, PyRadiomics 3.0.1, image type LoG"
  public static let parameters: [Parameter<Self>] = [
    Parameter("sigma", \.sigma, isRequired: true, in: 0.001...10_000, "Width of the Gaussian, mm."),
    Parameter("cutoff", \.cutoff, in: 1...10, "Where the kernel is cut off, in sigma; not for variant pyradiomics."),
    Parameter("dimension", \.dimension, "In slices, or in the volume."),
    Parameter("boundary", \.boundary, "What lies beyond the image; always nearest for variant pyradiomics."),
    Parameter(
      "variant", \.variant, "IBSI's kernel, or PyRadiomics' sigma² times the Laplacian of a recursive Gaussian."),
  ]

  /// Whose definition.
  public enum Variant: String, ChoiceSetting {
    /// The kernel of IBSI 2, cut off.
    case ibsi
    /// Recursive, times σ².
    case pyradiomics
  }

  /// Width of the Gaussian, mm.
  public var sigma = 1.0
  /// Where the kernel is cut off, in σ.
  public var cutoff = 4.0
  /// In slices, or in the volume.
  public var dimension = FilterDimension.volume
  /// What lies beyond the image.
  public var boundary = Boundary.mirror
  /// Whose definition.
  public var variant = Variant.ibsi

  public init() {}

  public func support(on grid: Geometry) -> FilterSupport {
    if variant == .pyradiomics {
      let error = 1e-8
      return .decaying(
        RecursiveLaplacian.reach(sigma: sigma, on: grid, axes: dimension.axes, error: error), error: error)
    }
    return .finite(reach(grid), boundary)
  }

  public func obstacle(on grid: Geometry) -> Reason? {
    for axis in dimension.axes {
      let name = axisName(axis), voxels = sigma / grid.spacing[axis]
      if voxels < (variant == .ibsi ? 0.5 : 0.05) * (1 - 1e-6) {
        return Reason(
          "has a sigma of \(shortText(sigma)) mm, less than \(variant == .ibsi ? "half" : "a twentieth of") a voxel of \(shortText(grid.spacing[axis])) mm along \(name): "
            + "choose a larger one, or smaller voxels")
      }
      if voxels > 500 { return "has a sigma of more than 500 voxels: choose a smaller one" }
      if variant == .pyradiomics, grid.size[axis] < RecursiveLaplacian.fewestVoxels {
        return Reason(
          "needs at least \(RecursiveLaplacian.fewestVoxels) voxels along each axis, the image has \(grid.size[axis]) along "
            + "\(name): choose dimension 2D")
      }
    }
    return nil
  }

  /// PyRadiomics takes widths that voxels do not resolve.
  public func findings(on grid: Geometry) -> [Finding] {
    let coarsest = dimension.axes.map { grid.spacing[$0] }.max() ?? 0
    let isUnresolved = obstacle(on: grid) == nil && sigma < coarsest / 2 * (1 - 1e-6)
    let unresolved = Finding(
      .warning, "filter \(Self.name)",
      "has a sigma of \(shortText(sigma)) mm, less than half a voxel of \(shortText(coarsest)) mm: its Gaussian is not resolved. "
        + "Choose a larger one, or smaller voxels.")
    return reachFindings(on: grid) + (isUnresolved ? [unresolved] : [])
  }

  public func workingMemory(on grid: Geometry) -> Int { 24 * grid.count }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    if variant == .pyradiomics {
      return take(0, RecursiveLaplacian.response(to: image, keeping: box, sigma: sigma, axes: dimension.axes, lanes))
    }
    let kernels = kernels(on: image.geometry)
    func convolved(_ image: Volume<Double>, _ kernel: [Double], _ axis: Int) -> Volume<Double> {
      let kept = box.lower[axis]..<box.upper[axis]
      return image.convolved(with: AxisKernel(mirrored: kernel), along: axis, keeping: kept, boundary, lanes)
    }
    take(
      0,
      image.laplacian(
        along: dimension.axes, keeping: box, smooth: { convolved($0, kernels[$1].gaussian, $1) },
        second: { convolved($0, kernels[$1].second, $1) }))
  }

  private func reach(_ grid: Geometry) -> SIMD3<Int> {
    var reach = SIMD3<Int>.zero
    for axis in dimension.axes { reach[axis] = Int((cutoff * sigma / grid.spacing[axis] + 0.5).rounded(.down)) }
    return reach
  }

  /// Along each of its axes the normal density and (x²/s² − 1) times it, over the geometric mean of s², at 0, 1, 2 …
  private func kernels(on grid: Geometry) -> [(gaussian: [Double], second: [Double])] {
    let widths = dimension.axes.map { sigma / grid.spacing[$0] }, reach = reach(grid)
    let meanSquare = pow(widths.reduce(1, *), 2 / Double(widths.count))
    return widths.enumerated().map { axis, s in
      let squares = (0...reach[axis]).map { Double($0 * $0) / (s * s) }
      let gaussian = squares.map { exp(-$0 / 2) / ((2 * Double.pi).squareRoot() * s) }
      return (gaussian, zip(squares, gaussian).map { ($0 - 1) * $1 / meanSquare })
    }
  }

  package func padding(on grid: Geometry) -> SIMD3<Int> { reach(grid) &* 2 }

  /// The transform of the kernel, which is the same sum of products of transforms along the axes.
  package func factors(
    on grid: Geometry, _ frequencies: FrequencyGrid
  ) -> @Sendable (FrequencyGrid.Eight) -> SIMD8<Double> {
    let kernels = kernels(on: grid)
    let tables = (0..<3).map { axis -> (gaussian: [Double], second: [Double]) in
      let n = frequencies.size[axis]
      guard dimension.axes.contains(axis) else {
        return ([Double](repeating: 1, count: n), [Double](repeating: 0, count: n))
      }
      return (evenTransform(kernels[axis].gaussian, n), evenTransform(kernels[axis].second, n))
    }
    return { frequency in
      let (x, y, z) = (frequency.first.x, frequency.first.y, frequency.first.z)
      var gaussian = SIMD8<Double>.zero, second = SIMD8<Double>.zero
      for lane in 0..<8 {
        gaussian[lane] = tables[0].gaussian[(x + lane) % tables[0].gaussian.count]
        second[lane] = tables[0].second[(x + lane) % tables[0].second.count]
      }
      let (ofY, ofZ) = (tables[1].gaussian[y], tables[2].gaussian[z])
      return second * (ofY * ofZ) + gaussian * (tables[1].second[y] * ofZ + ofY * tables[2].second[z])
    }
  }
}

/// Σ g(|k|) cos(2πkt / n) for t of 0 to n − 1.
private func evenTransform(_ half: [Double], _ n: Int) -> [Double] {
  (0..<n).map { t in
    half.indices.reduce(0) { $0 + (($1 == 0 ? 1 : 2) * half[$1] * cos(2 * .pi * Double($1 * t % n) / Double(n))) }
  }
}

extension Volume<Double> {
  /// Σ over axes of the second derivative along the axis, smoothed along the others. Passes along an axis keep what `box`
  /// has along it; the last axis comes first.
  func laplacian(
    along axes: Range<Int>, keeping box: Box, smooth: (Volume, Int) -> Volume, second: (Volume, Int) -> Volume
  ) -> Volume {
    var part = geometry.box
    for axis in 0..<3 where !axes.contains(axis) {
      (part.lower[axis], part.size[axis]) = (box.lower[axis], box.size[axis])
    }
    // The image smoothed along the axes so far, and the sum of products with one of these axes' second derivatives.
    var smoothed = cropped(to: part), sum: Volume?
    for axis in axes.reversed() {
      var next = second(smoothed, axis)
      if let sum { next.add(smooth(sum, axis)) }
      sum = next
      if axis > axes.lowerBound { smoothed = smooth(smoothed, axis) }
    }
    return sum!
  }

  private mutating func add(_ other: Volume) {
    for index in voxels.indices { voxels[index] += other.voxels[index] }
  }
}
