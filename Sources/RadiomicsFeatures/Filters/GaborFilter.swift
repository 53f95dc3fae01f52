import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// The modulus of the response to a wave in a Gaussian window, in planes of the image (IBSI 2, Gabor, Q88H).
///
/// The kernel exp(−(a² + γ²b²) / 2σ² + 2πi a / λ), with a = x cos θ + y sin θ and b = x sin θ − y cos θ, is not normalised
/// and turns clockwise with θ as a slice is displayed. Distances are in mm. θ and θ + 180° give conjugate responses, and
/// so the same modulus: only one of them is computed.
///
/// The kernel is cut where what is left out, 2πσ²/γ exp(−r²/2) voxels beyond an ellipse of r σ, weighs at most 1e-8: a
/// response differs by at most as much times the largest absolute intensity.
///
/// Example: an impulse of 1 becomes the window exp(−(a² + γ²b²) / 2σ²) around it.
public struct GaborFilter: ImageFilter {
  public static let name = "gabor"
  public static let summary = "Waves of one length and direction, or of all directions: ripples, ridges, stripes."
  public static let definition =
    "|image ∗ exp(−(a² + γ²b²) / 2σ² + 2πi a / λ)|, a = x cos θ + y sin θ, b = x sin θ − y cos θ, in planes"
  public static let reference = "IBSI 2, Gabor filter (Q88H); doi:10.48550/arXiv.2006.05470"
  public static let parameters: [Parameter<Self>] = [
    Parameter(
      "sigma", \.sigma, isRequired: true, in: 0.001...10_000,
      "Standard deviation of the window along the wave, mm."),
    Parameter(
      "wavelength", \.wavelength, isRequired: true, in: 0.001...10_000, "Length of the wave, mm."),
    Parameter(
      "aspect_ratio", \.aspectRatio, in: 0.01...100,
      "Gamma: the window's extent along the wave, divided by that across it."),
    Parameter(
      "angle", \.angle, in: -360...360, "Theta: direction of the wave, degrees, clockwise from the first axis."),
    Parameter(
      "angle_step", \.angleStep, in: 1...360,
      "Steps in which the direction turns once around from 'angle', degrees; without it, there is one direction."),
    Parameter("pooling", \.pooling, "What is taken of the directions' responses."),
    Parameter("planes", \.planes, "Axial slices, or the average over the slices along all three axes."),
    Parameter("boundary", \.boundary, "What lies beyond the image."),
  ]

  /// The planes in which it works.
  public enum Planes: String, ChoiceSetting {
    /// The image's first two axes.
    case axial
    /// Axes 1 and 2, 1 and 3, 2 and 3; the average of the three.
    case orthogonal

    /// Axes of each plane, and the one across.
    fileprivate var axes: [[Int]] { self == .axial ? [[0, 1, 2]] : [[0, 1, 2], [0, 2, 1], [1, 2, 0]] }
  }

  /// Standard deviation of the Gaussian window along the wave, mm.
  public var sigma = 5.0
  /// Wavelength, mm.
  public var wavelength = 4.0
  /// γ: σ along the wave, divided by that across it.
  public var aspectRatio = 1.0
  /// θ, degrees.
  public var angle = 0.0
  /// Step of θ over the full circle, degrees; nil for one direction.
  public var angleStep: Double?
  /// Average or maximum over directions.
  public var pooling = Pooling.average
  /// Axial, or all three.
  public var planes = Planes.axial
  /// What lies beyond the image.
  public var boundary = Boundary.mirror

  public init() {}

  public func check() throws(SettingError) {
    guard let angleStep, (360 / angleStep).rounded() * angleStep != 360 else { return }
    throw SettingError(
      place: nil,
      message:
        "'angle_step' of 'gabor' is \(Setting.Value.number(angleStep)), must be a whole part of 360 degrees: 45, "
        + "22.5, 30 …")
  }

  public func support(on grid: Geometry) -> FilterSupport {
    guard boundary != .periodic else { return .global }
    var reach = SIMD3<Int>.zero
    for axes in planes.axes {
      let kernel = GaborKernel(self, grid.spacing, axes)
      for (n, axis) in axes.prefix(2).enumerated() { reach[axis] = max(reach[axis], kernel.reach[n]) }
    }
    return .decaying(reach, error: GaborKernel.error)
  }

  public func obstacle(on grid: Geometry) -> Reason? {
    let axes = planes == .axial ? 0..<2 : 0..<3, spacing = axes.map { grid.spacing[$0] }.max() ?? 0
    func mm(_ value: Double) -> String { "\(Setting.Value.number(value)) mm" }
    if sigma < spacing / 2 * (1 - 1e-9) {
      return Reason("has a sigma of \(mm(sigma)), but it must be half a voxel (\(mm(spacing / 2))) at least")
    }
    let reach = planes.axes.map { GaborKernel(self, grid.spacing, $0).reach }.map { max($0.x, $0.y) }.max() ?? 0
    guard reach > 2048 else { return nil }
    return Reason("reaches \(reach) voxels to each side, but it must be 2048 at most")
  }

  /// Voxels show a wave shorter than two of them as a longer one.
  public func findings(on grid: Geometry) -> [Finding] {
    let spacing = (planes == .axial ? 0..<2 : 0..<3).map { grid.spacing[$0] }.max() ?? 0
    let isAliased = obstacle(on: grid) == nil && wavelength < spacing * 2 * (1 - 1e-9)
    let aliased = Finding(
      .warning, "filter \(Self.name)",
      "has waves of \(shortText(wavelength)) mm, which voxels of \(shortText(spacing)) mm show as longer ones: choose waves of "
        + "\(shortText(2 * spacing)) mm or more, or smaller voxels.")
    return reachFindings(on: grid) + (isAliased ? [aliased] : [])
  }

  public func workingMemory(on grid: Geometry) -> Int {
    let slices = planes.axes.map { axes in
      let kernel = GaborKernel(self, grid.spacing, axes)
      let length = SIMD2(grid.size[axes[0]], grid.size[axes[1]]) &+ 2 &* kernel.reach
      let side = SIMD2(FourierTransform.fastLength(length.x), FourierTransform.fastLength(length.y))
      // Kernels as samples and as spectra, and what a few lanes work on.
      return (4 * kernel.directions.count + 16) * VolumeSpectrum.memory([side.x, side.y, 1])
    }
    return 8 * grid.count + (slices.max() ?? 0)
  }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    var response = [Double](repeating: 0, count: image.geometry.count)
    for axes in planes.axes {
      let kernel = GaborKernel(self, image.geometry.spacing, axes)
      response.withUnsafeMutableBufferPointer {
        addModulus(
          of: image, kernel, boundary, axes, box.lower[axes[2]]..<box.upper[axes[2]], takesMaximum: pooling == .max,
          weight: 1 / Double(planes.axes.count),
          to: $0.baseAddress!, lanes)
      }
    }
    take(0, Volume(geometry: image.geometry, voxels: response).cropped(to: box))
  }
}

/// The kernels of a filter in one plane, one for each direction.
struct GaborKernel: Sendable {
  /// Weight of what is cut off.
  static let error = 1e-8
  private let sigma, wavelength, aspectRatio: Double
  private let spacing: SIMD2<Double>
  /// cos θ and sin θ of each direction whose modulus is its own.
  let directions: [SIMD2<Double>]
  /// Voxels to each side along both axes.
  let reach: SIMD2<Int>

  init(_ filter: GaborFilter, _ spacing: SIMD3<Double>, _ axes: [Int]) {
    (sigma, wavelength, aspectRatio) = (filter.sigma, filter.wavelength, filter.aspectRatio)
    self.spacing = [spacing[axes[0]], spacing[axes[1]]]
    let steps = filter.angleStep.map { Int((360 / $0).rounded()) } ?? 1
    directions = (0..<(steps % 2 == 0 ? steps / 2 : steps)).map {
      let angle = (filter.angle + 360 * Double($0) / Double(steps)) * .pi / 180
      return [cos(angle), sin(angle)]
    }
    let window = 2 * Double.pi * sigma * sigma / (aspectRatio * self.spacing.x * self.spacing.y)
    let radius = min(1e9, sigma * (2 * log(max(1, window / Self.error))).squareRoot()), across = radius / aspectRatio
    var reach = SIMD2<Double>.zero
    for direction in directions {
      let (x, y) = (direction * direction * (radius * radius), direction * direction * (across * across))
      reach = pointwiseMax(reach, SIMD2(x.x + y.y, x.y + y.x).squareRoot() / self.spacing)
    }
    self.reach = SIMD2<Int>(pointwiseMin(reach, SIMD2(repeating: 1e6)).rounded(.up))
  }

  /// Real and imaginary part at a place in voxels.
  func value(_ place: SIMD2<Int>, _ direction: SIMD2<Double>) -> SIMD2<Double> {
    let k = SIMD2<Double>(place) * spacing
    let a = k.x * direction.x + k.y * direction.y, b = k.x * direction.y - k.y * direction.x
    let window = exp(-(a * a + aspectRatio * aspectRatio * b * b) / (2 * sigma * sigma))
    let phase = 2 * Double.pi * a / wavelength
    return [window * cos(phase), window * sin(phase)]
  }

  /// Real and imaginary parts, direction after direction, as slices of `length`, wrapped around its edges.
  func slices(_ reach: SIMD2<Int>, _ length: SIMD2<Int>) -> [Double] {
    var slices = [Double](repeating: 0, count: 2 * directions.count * length.x * length.y)
    for (n, direction) in directions.enumerated() {
      for v in -reach.y...reach.y {
        for u in -reach.x...reach.x {
          let value = value([u, v], direction)
          let place = (u + length.x) % length.x + length.x * ((v + length.y) % length.y + 2 * n * length.y)
          slices[place] = value.x
          slices[place + length.x * length.y] = value.y
        }
      }
    }
    return slices
  }
}

/// Adds `weight` times the average or maximum of the moduli of all directions, in the planes of the first two of `axes`
/// that stand at `slices` along the third.
/// Each slice is continued by the kernel's reach, so that a circular convolution is one with the boundary condition; beyond
/// zeros, places that no voxel is apart from another need no kernel. Cost O(n log n) for each slice and direction.
private func addModulus(
  of image: Volume<Double>, _ kernel: GaborKernel, _ boundary: Boundary, _ axes: [Int], _ slices: Range<Int>,
  takesMaximum: Bool, weight: Double, to response: UnsafeMutablePointer<Double>, _ lanes: Lanes
) {
  let size = image.geometry.size, plane = SIMD2(size[axes[0]], size[axes[1]])
  let isZero = boundary == .zero, reach = isZero ? pointwiseMin(kernel.reach, plane &- 1) : kernel.reach
  let before = isZero ? SIMD2<Int>.zero : reach, least = plane &+ before &+ reach
  let length = SIMD2(FourierTransform.fastLength(least.x), FourierTransform.fastLength(least.y))
  let kernels = VolumeSpectrum(
    of: kernel.slices(reach, length), at: SamplePlaces([length.x, length.y, 2 * kernel.directions.count]),
    alongZ: false, lanes)
  let inside = ContinuedImage(
    [plane.x, plane.y, 1], before: [before.x, before.y, 0], length: [length.x, length.y, 1], boundary
  ).target
  let strides = [1, size.x, size.x * size.y], scale = weight / (takesMaximum ? 1 : Double(kernel.directions.count))
  nonisolated(unsafe) let response = response
  lanes.forEach(slices.count) { index in
    let slice = slices.lowerBound + index
    let continued = ContinuedImage(
      size, before: [before.x, before.y, 0], length: [length.x, length.y, 1], boundary, axes: axes,
      slices: slice..<slice + 1)
    let spectrum = VolumeSpectrum(of: image.voxels, at: continued.source, alongZ: false, lanes)
    var pooled = [Double](repeating: 0, count: plane.x * plane.y)
    var real = pooled, imaginary = pooled
    for n in kernel.directions.indices {
      spectrum.times(slice: 2 * n, of: kernels, lanes).write(to: &real, at: inside, lanes)
      spectrum.times(slice: 2 * n + 1, of: kernels, lanes).write(to: &imaginary, at: inside, lanes)
      pool(&pooled, real, imaginary, takesMaximum: takesMaximum)
    }
    for v in 0..<plane.y {
      let row = response + slice * strides[axes[2]] + v * strides[axes[1]]
      for u in 0..<plane.x { row[u * strides[axes[0]]] += pooled[u + plane.x * v] * scale }
    }
  }
}

/// The sum or maximum so far, with one more modulus.
private func pool(_ pooled: inout [Double], _ real: [Double], _ imaginary: [Double], takesMaximum: Bool) {
  for t in pooled.indices {
    let modulus = (real[t] * real[t] + imaginary[t] * imaginary[t]).squareRoot()
    pooled[t] = takesMaximum ? max(pooled[t], modulus) : pooled[t] + modulus
  }
}
