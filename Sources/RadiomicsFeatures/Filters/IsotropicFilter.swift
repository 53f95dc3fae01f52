import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// A filter that is the same in all directions, as a product in the Fourier domain: what the Riesz transform makes
/// directional.
package protocol IsotropicFilter: ImageFilter {
  /// Slices or the volume.
  var dimension: FilterDimension { get }
  /// What lies beyond the image.
  var boundary: Boundary { get }
  /// Voxels with which an image that is not periodic is continued to each side, so that its ends do not meet.
  func padding(on grid: Geometry) -> SIMD3<Int>
  /// Real factors of eight frequencies side by side.
  func factors(on grid: Geometry, _ frequencies: FrequencyGrid) -> @Sendable (FrequencyGrid.Eight) -> SIMD8<Double>
}

extension IsotropicFilter {
  /// The image as it is transformed: itself if it is periodic, else continued to a length that is fast.
  func continued(_ grid: Geometry) -> ContinuedImage {
    var before = SIMD3<Int>.zero, length = grid.size
    if boundary != .periodic {
      let padding = padding(on: grid)
      for axis in dimension.axes {
        before[axis] = padding[axis]
        length[axis] = FourierTransform.fastLength(grid.size[axis] + 2 * padding[axis])
      }
    }
    return ContinuedImage(grid.size, before: before, length: length, boundary)
  }

  /// An image times the filter's factors in the Fourier domain. Cost O(n log n).
  func filteredInFourierDomain(_ image: Volume<Double>, _ lanes: Lanes) -> Volume<Double> {
    let continued = continued(image.geometry), frequencies = FrequencyGrid(continued.size, dimension.axes)
    var spectrum = VolumeSpectrum(of: image.voxels, at: continued.source, alongZ: dimension == .volume, lanes)
    spectrum.multiply(on: frequencies, lanes, by: factors(on: image.geometry, frequencies))
    var response = [Double](repeating: 0, count: image.geometry.count)
    spectrum.write(to: &response, at: continued.target, lanes)
    return Volume(geometry: image.geometry, voxels: response)
  }

  /// Bytes of one spectrum.
  func spectrumMemory(on grid: Geometry) -> Int { VolumeSpectrum.memory(continued(grid).size) }
}

/// The frequencies of a discrete Fourier transform as IBSI 2 has them for filters defined in the Fourier domain: along
/// each axis of n samples, n values from −π to π, 2π / (n − 1) apart, radians for each voxel.
///
/// With n odd, 0 is one of them, and k and −k are opposite. With n even they lie half a step beside those of the
/// transform, k and −k are not opposite, and a map would not be real: IBSI takes its real part, which is the map of the
/// mean of the factors at k and −k. Both are therefore given.
package struct FrequencyGrid: Sendable {
  /// Frequencies, and samples, along each axis.
  package let size: SIMD3<Int>
  /// Frequencies along the axes, in the order of the transform; 0 along an axis that is not transformed.
  private let values: [[Double]]

  /// A grid of samples that are transformed along `axes`.
  package init(_ size: SIMD3<Int>, _ axes: Range<Int>) {
    self.size = size
    values = (0..<3).map { axis in
      let n = size[axis]
      guard axes.contains(axis), n > 1 else { return [Double](repeating: 0, count: n) }
      return (0..<n).map { Double(2 * (($0 + n / 2) % n) - (n - 1)) * .pi / Double(n - 1) }
    }
  }

  /// Whether factors at k and −k are those of opposite frequencies.
  package var isSymmetric: Bool { (0..<3).allSatisfy { size[$0] % 2 == 1 || values[$0].allSatisfy { $0 == 0 } } }

  /// Eight frequencies side by side along x.
  package struct Eight: Sendable {
    /// Their places in the transform: that of the first along x, and along y and z.
    package let first: SIMD3<Int>
    /// Frequencies along the axes, radians for each voxel.
    package let x: SIMD8<Double>
    package let y, z: Double
    /// |ν|².
    package var square: SIMD8<Double> { x * x + (y * y + z * z) }
  }

  /// Frequencies k from (x, y, z) on, or −k. What lies beyond the last along x is that of the first.
  package func eight(_ x: Int, _ y: Int, _ z: Int, mirrored: Bool = false) -> Eight {
    var along = SIMD8<Double>.zero
    for lane in 0..<8 {
      let k = (x + lane) % size.x
      along[lane] = values[0][mirrored ? (size.x - k) % size.x : k]
    }
    return Eight(
      first: [x, y, z], x: along, y: values[1][mirrored ? (size.y - y) % size.y : y],
      z: values[2][mirrored ? (size.z - z) % size.z : z])
  }
}

extension VolumeSpectrum {
  /// Multiplies by (−i)^turns and the mean of real factors at k and, for odd turns with the sign changed, at −k.
  mutating func multiply(
    turns: Int = 0, on frequencies: FrequencyGrid, _ lanes: Lanes,
    by factors: @Sendable (FrequencyGrid.Eight) -> SIMD8<Double>
  ) {
    let isSymmetric = frequencies.isSymmetric
    multiply(turns: turns, lanes) { x, y, z in
      let here = factors(frequencies.eight(x, y, z))
      guard !isSymmetric else { return here }
      let there = factors(frequencies.eight(x, y, z, mirrored: true))
      return (turns % 2 == 0 ? here + there : here - there) * 0.5
    }
  }
}
