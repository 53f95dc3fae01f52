import Foundation
import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// The Laplacian of Gaussian as the Riesz transform needs it (IBSI 2, Laplacian of Gaussian, L6PA): its kernel, cut to
/// 2⌊d σ + ½⌋ + 1 samples along each axis, as a product in the Fourier domain.
///
/// Example: with σ = 1.5 voxels and d = 4 the kernel has 13 samples along each axis.
public struct RieszLaplacian: IsotropicFilter, ImageFilter {
  public static let name = "laplacian_of_gaussian"
  public static let summary = "Blobs of one size: the Laplacian of the image smoothed by a Gaussian."
  public static let reference = "IBSI 2, Laplacian of Gaussian (L6PA); doi:10.48550/arXiv.2006.05470"
  public static let parameters: [Parameter<Self>] = [
    Parameter(
      "sigma", \.sigma, isRequired: true, in: .leastNonzeroMagnitude...10_000, "Standard deviation of the Gaussian, mm."
    ),
    Parameter("cutoff", \.truncation, in: 1...10, "Sigmas at which the kernel is cut along each axis."),
    Parameter("dimension", \.dimension, "Circles in slices, or balls in the volume."),
    Parameter("boundary", \.boundary, "What lies beyond the image."),
  ]

  /// σ, mm.
  public var sigma = 3.0
  /// d: the kernel ends at d σ.
  public var truncation = 4.0
  /// Slices or the volume.
  public var dimension = FilterDimension.volume
  /// What lies beyond the image.
  public var boundary = Boundary.mirror

  public init() {}

  public func support(on grid: Geometry) -> FilterSupport {
    .finite(reach(grid), boundary)
  }

  public func obstacle(on grid: Geometry) -> Reason? {
    let spacings = dimension.axes.map { grid.spacing[$0] }
    func mm(_ value: Double) -> String { "\(Setting.Value.number(value)) mm" }
    if let spacing = spacings.max(), sigma < spacing / 2 * (1 - 1e-9) {
      return Reason("has a sigma of \(mm(sigma)), but it must be half a voxel (\(mm(spacing / 2))) at least")
    }
    guard let spacing = spacings.min(), truncation * sigma / spacing > 2048 else { return nil }
    return Reason(
      "reaches \(Setting.Value.number((truncation * sigma / spacing).rounded())) voxels to each side, but it must be 2048 "
        + "at most")
  }

  public func workingMemory(_ voxels: Int) -> Int { spectrumMemory(voxels, padding: 2 * Int(truncation * sigma)) }

  public func apply(to image: Volume<Double>, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void) {
    take(0, filteredInFourierDomain(image, lanes))
  }

  private func reach(_ grid: Geometry) -> SIMD3<Int> {
    var reach = SIMD3<Int>.zero
    for axis in dimension.axes { reach[axis] = Int((truncation * sigma / grid.spacing[axis] + 0.5).rounded(.down)) }
    return reach
  }

  package func padding(on grid: Geometry) -> SIMD3<Int> { reach(grid) &* 2 }

  /// With e the Gaussian along an axis and a = (k² / σ² − 1) e / σ², the kernel is Σ aₘ eₙ over its axes, and so is its
  /// transform.
  package func factors(
    on grid: Geometry, _ frequencies: FrequencyGrid
  ) -> @Sendable (FrequencyGrid.Eight) -> SIMD8<Double> {
    let reach = reach(grid)
    let tables = (0..<3).map { axis -> (gauss: [Double], second: [Double]) in
      let n = frequencies.size[axis]
      guard dimension.axes.contains(axis) else {
        return ([Double](repeating: 1, count: n), [Double](repeating: 0, count: n))
      }
      let sigma = sigma / grid.spacing[axis], scale = 1 / (sigma * (2 * .pi).squareRoot())
      let gauss = (0...reach[axis]).map { scale * exp(-Double($0 * $0) / (2 * sigma * sigma)) }
      let second = gauss.enumerated().map { k, e in (Double(k * k) / (sigma * sigma) - 1) * e / (sigma * sigma) }
      return (evenTransform(gauss, n), evenTransform(second, n))
    }
    return { frequency in
      let (x, y, z) = (frequency.first.x, frequency.first.y, frequency.first.z)
      var gauss = SIMD8<Double>.zero, second = SIMD8<Double>.zero
      for lane in 0..<8 {
        gauss[lane] = tables[0].gauss[(x + lane) % tables[0].gauss.count]
        second[lane] = tables[0].second[(x + lane) % tables[0].gauss.count]
      }
      let (gaussY, gaussZ) = (tables[1].gauss[y], tables[2].gauss[z])
      return second * (gaussY * gaussZ) + gauss * (tables[1].second[y] * gaussZ + gaussY * tables[2].second[z])
    }
  }
}

/// Σ g(|k|) cos(2πkt / n) for t of 0 to n − 1.
private func evenTransform(_ half: [Double], _ n: Int) -> [Double] {
  (0..<n).map { t in
    half.indices.reduce(0) { $0 + (($1 == 0 ? 1 : 2) * half[$1] * cos(2 * .pi * Double($1 * t % n) / Double(n))) }
  }
}
