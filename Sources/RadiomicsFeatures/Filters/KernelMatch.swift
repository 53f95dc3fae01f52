import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Power of noise within slices by frequency, of a phantom that is uniform: air, water.
package struct NoiseSpectrum: Sendable, Hashable {
  /// Middles of bands, 1/mm, ascending.
  package let frequencies: [Double]
  /// Mean power of each, mm² times the square of the intensity's unit.
  package let powers: [Double]

  /// Each slice without its mean and its slopes, band by band; bands are as wide as frequencies lie apart along the shorter side.
  /// O(bands × n log n).
  /// - Returns: Nil if slices have fewer than eight voxels along one axis, or no noise.
  package init?(of phantom: Volume<Double>, _ lanes: Lanes) {
    let grid = phantom.geometry, size = grid.size, spacing = grid.spacing
    guard size.x >= 8, size.y >= 8, phantom.voxels.allSatisfy(\.isFinite) else { return nil }
    let noise = withoutTrend(phantom), places = SamplePlaces(size)
    let width = 1 / min(Double(size.x) * spacing.x, Double(size.y) * spacing.y)
    let band = { @Sendable (x: Int, y: Int) -> Int in Int((slicewise(x, y, size, spacing) / width).rounded()) }
    var counts = [Int](repeating: 0, count: band(size.x / 2, size.y / 2) + 1)
    for y in 0..<size.y { for x in 0..<size.x { counts[band(x, y)] += 1 } }
    let spectrum = VolumeSpectrum(of: noise, at: places, alongZ: false, lanes)
    var frequencies: [Double] = [], powers: [Double] = [], part = noise
    for index in 1..<counts.count where counts[index] > 0 {
      var own = spectrum.copy(lanes)
      own.multiply(lanes) { x, y, _ in
        var factors = SIMD8<Double>.zero
        for n in 0..<8 where x + n < size.x && band(x + n, y) == index { factors[n] = 1 }
        return factors
      }
      own.write(to: &part, at: places, lanes)
      let energy = pairwiseSum(part) { $0 * $0 } / Double(size.z)
      frequencies.append(Double(index) * width)
      powers.append(spacing.x * spacing.y * energy / Double(counts[index]))
    }
    guard powers.contains(where: { $0 > 0 }) else { return nil }
    (self.frequencies, self.powers) = (frequencies, powers)
  }

  /// Linear between bands, constant beyond them.
  package func power(at frequency: Double) -> Double { interpolated(frequencies, powers, frequency) }
}

/// Makes an image of a sharp reconstruction kernel as one of a soft kernel is: each slice times √(NPS soft / NPS sharp) of its frequency, 1 at
/// frequency 0 and never above 1, as what a soft kernel left out cannot be put back. The spectra are those of uniform phantoms of both
/// kernels, never those of the lesion, whose texture is not noise.
///
/// For instance where the soft kernel has a quarter of the sharp one's noise power, waves become half as high.
public struct KernelMatch: Configurable, Hashable {
  public static let name = "kernel"
  public static let summary =
    "Makes a CT of a sharp reconstruction kernel as one of a soft kernel is, slice by slice, before anything else."
  public static let definition =
    "each slice times the root of soft over sharp noise power of its frequency, 1 at frequency 0 and never above 1"
  public static let limits =
    "Sharp to soft only. The spectra are those of uniform phantoms, never those of a lesion. Axial slices, with pixels no "
    + "smaller than the phantoms'. A recipe that names the file gets what it holds, and its SHA-256."
  public static let reference = "noise power spectra as in AAPM TG-233, doi:10.1002/mp.13763"
  public static let parameters: [Parameter<Self>] = [
    Parameter(
      "file", \.file, changesNumbers: false,
      "The file of a match that was learnt from phantoms; a relative path begins where the recipe lies."),
    Parameter("sha256", \.sha256, "Of that file."),
    Parameter("sharp", \.sharp, changesNumbers: false, "What headers call the sharp kernel; others are refused."),
    Parameter("soft", \.soft, changesNumbers: false, "What headers call the soft kernel; its images are refused."),
    Parameter("pixel", \.pixel, changesNumbers: false, in: .positive, "Width of the phantoms' pixels, mm."),
    Parameter("frequencies", \.frequencies, in: .notNegative, "Of waves within slices, 1/mm, ascending from 0."),
    Parameter("gains", \.gains, in: 0...1, "What these waves are multiplied by."),
  ]

  /// Where it is kept, and the SHA-256 of the file.
  public var file, sha256: String?
  /// What headers call the kernels.
  public var sharp, soft: String?
  /// Width of the phantoms' pixels, mm.
  public var pixel: Double?
  /// 1/mm, ascending, from 0, and what waves of them are multiplied by; empty until the file is read.
  public var frequencies: [Double]?
  /// In the same order.
  public var gains: [Double]?

  /// None.
  public init() {}

  /// Whether it can be applied: its file was read.
  package var isReady: Bool { gains != nil }

  public func check() throws(SettingError) {
    guard let gains, let frequencies else {
      guard self.gains == nil, frequencies == nil, file != nil else {
        throw SettingError(
          place: nil, message: "'kernel' needs 'file', or 'pixel', 'frequencies' and 'gains'. There is no default.")
      }
      return
    }
    guard gains.count == frequencies.count, gains.count > 1, frequencies[0] == 0, gains[0] == 1, pixel != nil,
      zip(frequencies, frequencies.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw SettingError(
        place: nil,
        message: "'kernel' must have 'pixel', at least two ascending 'frequencies' from 0, and as many 'gains' from 1.")
    }
  }

  /// - `pixel`: Width of the sharp phantom's pixels, mm.
  /// - Throws: `UndefinedError` if the kernel to be left has no more noise than the one to come to.
  package init(sharp: NoiseSpectrum, soft: NoiseSpectrum, pixel: Double) throws(UndefinedError) {
    let ratios = zip(sharp.frequencies, sharp.powers).map { frequency, power in
      power > 0 ? (soft.power(at: frequency) / power).squareRoot() : 1
    }
    let above = sharp.frequencies.indices.filter { ratios[$0] > 1 }.count
    guard 2 * above < ratios.count else {
      throw UndefinedError("the sharp kernel has less noise than the soft one at most frequencies, must have more")
    }
    self.pixel = pixel
    frequencies = [0] + sharp.frequencies
    gains = [1] + ratios.map { min(1, $0) }
  }

  /// Linear between the frequencies, constant beyond the last; 1 until the file is read.
  package func gain(at frequency: Double) -> Double {
    guard let frequencies, let gains else { return 1 }
    return interpolated(frequencies, gains, frequency)
  }

  /// The image with matched slices, mirrored beyond its edges. O(n log n).
  package func apply(to image: Volume<Double>, _ lanes: Lanes) -> Volume<Double> {
    apply(in: image.geometry.box, of: image.geometry, lanes) { image.cropped(to: $0) }
  }

  /// The part in `box` of an image with matched slices. Slices are matched one by one, so that a part has the bits of the whole.
  /// - `read`: The image in a box.
  package func apply(
    in box: Box, of grid: Geometry, _ lanes: Lanes, _ read: @Sendable (Box) -> Volume<Double>
  ) -> Volume<Double> {
    let size = SIMD3(grid.size.x, grid.size.y, 1), filter = SliceFilter(self, size, grid.spacing)
    let part = Box(lower: [box.lower.x, box.lower.y, 0], size: [box.size.x, box.size.y, 1])
    let slices = lanes.map(box.size.z) { z in
      let slice = read(Box(lower: [0, 0, box.lower.z + z], size: size))
      return filter.apply(to: slice, lanes).cropped(to: part).voxels
    }
    return Volume(geometry: grid.cropped(to: box), voxels: Array(slices.joined()))
  }
}

/// Multiplies the waves of slices of one size.
private struct SliceFilter: Sendable {
  private static let reach = 32
  private let continued: ContinuedImage
  /// Eight gains along x, y fastest.
  private let gains: [SIMD8<Double>]

  init(_ match: KernelMatch, _ size: SIMD3<Int>, _ spacing: SIMD3<Double>) {
    var before = SIMD3<Int>.zero, length = size
    for axis in 0..<2 {
      before[axis] = Self.reach
      length[axis] = FourierTransform.fastLength(size[axis] + 2 * Self.reach)
    }
    continued = ContinuedImage(size, before: before, length: length, .mirror)
    var gains: [SIMD8<Double>] = []
    for x in stride(from: 0, through: length.x / 2, by: 8) {
      for y in 0..<length.y {
        var eight = SIMD8<Double>.zero
        for n in 0..<8 where x + n < length.x { eight[n] = match.gain(at: slicewise(x + n, y, length, spacing)) }
        gains.append(eight)
      }
    }
    self.gains = gains
  }

  func apply(to slice: Volume<Double>, _ lanes: Lanes) -> Volume<Double> {
    var spectrum = VolumeSpectrum(of: slice.voxels, at: continued.source, alongZ: false, lanes)
    spectrum.multiply(lanes) { [gains, rows = continued.size.y] x, y, _ in gains[x / 8 * rows + y] }
    var voxels = slice.voxels
    spectrum.write(to: &voxels, at: continued.target, lanes)
    return Volume(geometry: slice.geometry, voxels: voxels)
  }
}

/// The length of a frequency within slices, 1/mm.
private func slicewise(_ x: Int, _ y: Int, _ size: SIMD3<Int>, _ spacing: SIMD3<Double>) -> Double {
  let fx = Double(min(x, size.x - x)) / (Double(size.x) * spacing.x)
  let fy = Double(min(y, size.y - y)) / (Double(size.y) * spacing.y)
  return (fx * fx + fy * fy).squareRoot()
}

private func interpolated(_ places: [Double], _ values: [Double], _ place: Double) -> Double {
  guard let next = places.firstIndex(where: { $0 > place }) else { return values[values.count - 1] }
  guard next > 0 else { return values[0] }
  let share = (place - places[next - 1]) / (places[next] - places[next - 1])
  return values[next - 1] + share * (values[next] - values[next - 1])
}

/// Each slice less the plane that fits it best, as columns and rows are orthogonal.
private func withoutTrend(_ phantom: Volume<Double>) -> [Double] {
  let size = phantom.geometry.size, count = size.x * size.y
  let middle = SIMD2(Double(size.x - 1) / 2, Double(size.y - 1) / 2)
  var voxels = phantom.voxels
  for z in 0..<size.z {
    var sum = 0.0, along = SIMD2<Double>.zero, squares = SIMD2<Double>.zero
    for index in 0..<count {
      let offset = SIMD2(Double(index % size.x), Double(index / size.x)) - middle, value = voxels[z * count + index]
      sum += value
      along += offset * value
      squares += offset * offset
    }
    let slope = along / squares, mean = sum / Double(count)
    for index in 0..<count {
      let offset = SIMD2(Double(index % size.x), Double(index / size.x)) - middle
      voxels[z * count + index] -= mean + (offset * slope).sum()
    }
  }
  return voxels
}
