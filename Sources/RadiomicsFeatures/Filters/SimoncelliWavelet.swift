import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// An isotropic band of frequencies, an octave wide to each side of its middle (IBSI 2, Simoncelli wavelet, PRT7).
///
/// The image's Fourier transform is multiplied by cos(π/2 log₂(2ν / ν_B)) for ν_B/4 ≤ ν ≤ ν_B, and by 0 elsewhere, with ν
/// the length of the frequency; ν_B is π radians a voxel at level 1 and half as much at every next level. Level j keeps
/// waves of 2ʲ to 2ʲ⁺² voxels, those of 2ʲ⁺¹ voxels in full.
///
/// Example: at level 1 a wave of 4 voxels stays as it is, and one of 4√2 voxels is multiplied by cos(π/4) = 0.707. (Waves
/// have the frequencies of IBSI's grid, n / (n − 1) of their own in an image of n voxels; see `FrequencyGrid`.)
public struct SimoncelliWavelet: ImageFilter, IsotropicFilter {
  public static let name = "simoncelli"
  public static let summary = "An isotropic band of frequencies: texture of one scale, whatever its direction."
  public static let definition =
    "in the Fourier domain times cos(π/2 log₂(2|ν| / ν_B)) for ν_B/4 ≤ |ν| ≤ ν_B, else 0; ν_B = π / 2^(level − 1)"
  public static let reference =
    "IBSI 2, Simoncelli wavelet (PRT7), doi:10.48550/arXiv.2006.05470; doi:10.1023/A:1026553619983"
  public static let parameters: [Parameter<Self>] = [
    Parameter("level", \.level, in: 1...10, "Scale: level j keeps waves of 2^j to 2^(j + 2) voxels."),
    Parameter("dimension", \.dimension, "Waves in slices, or in the volume."),
    Parameter(
      "boundary", \.boundary,
      "What lies beyond the image: periodic, as IBSI's maps have it, or else the image is continued by two of the longest "
        + "waves."),
  ]

  /// Decomposition level j: waves of 2ʲ to 2ʲ⁺² voxels.
  public var level = 1
  /// Waves in slices or in the volume.
  public var dimension = FilterDimension.volume
  /// What lies beyond the image.
  public var boundary = Boundary.periodic

  public init() {}

  public func support(on grid: Geometry) -> FilterSupport { .global }

  public func obstacle(on grid: Geometry) -> Reason? {
    let shortest = dimension.axes.map { grid.size[$0] }.min() ?? 0
    guard shortest < longestWave else { return nil }
    return Reason(
      "keeps waves of up to \(longestWave) voxels at level \(level), but the image has only \(shortest) along one axis")
  }

  public func workingMemory(on grid: Geometry) -> Int { spectrumMemory(on: grid) }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    take(0, filteredInFourierDomain(image, lanes).cropped(to: box))
  }

  private var longestWave: Int { 1 << (level + 2) }

  package func padding(on grid: Geometry) -> SIMD3<Int> { SIMD3(repeating: 2 * longestWave) }

  package func factors(
    on grid: Geometry, _ frequencies: FrequencyGrid
  ) -> @Sendable (FrequencyGrid.Eight) -> SIMD8<Double> {
    let limit = Double.pi / Double(1 << (level - 1))
    return { simoncelliFactors($0.square, limit: limit) }
  }
}

/// cos(π/2 log₂(2ν / ν_B)) for ν_B/4 ≤ ν ≤ ν_B, else 0, of |ν|².
package func simoncelliFactors(_ squares: SIMD8<Double>, limit: Double) -> SIMD8<Double> {
  let upper = limit * limit, lower = upper / 16
  var factors = SIMD8<Double>.zero
  let isInside = (squares .>= lower) .& (squares .<= upper)
  guard any(isInside) else { return factors }
  for lane in 0..<8 where isInside[lane] { factors[lane] = cos(.pi / 4 * log2(4 * squares[lane] / upper)) }
  return factors
}
