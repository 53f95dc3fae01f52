import RadiomicsCore
import RadiomicsImaging

/// Laws' kernels: products of short kernels that find levels, edges, spots, waves and ripples, one along each axis (IBSI 2,
/// JTXT), and the energy of their responses (PQSD).
///
/// Example: `E5L5` finds edges along x, smoothed along y. With rotation invariance the responses to the kernel turned by
/// right angles are pooled; with an energy distance δ the magnitudes are averaged over boxes of 2δ + 1 voxels.
public struct LawsKernels: ImageFilter {
  public static let name = "laws"
  public static let summary = "Laws' kernels: levels, edges, spots, waves and ripples, and their energy."
  public static let definition =
    "convolution with one kernel along each axis, kernels normalised to Σ g² = 1; energy: the mean of "
    + "|response| over 2δ + 1 voxels along each axis"
  public static let reference = "IBSI 2, Laws kernels (JTXT), energy (PQSD); doi:10.48550/arXiv.2006.05470"
  public static let parameters: [Parameter<Self>] = [
    Parameter("kernels", \.kernels, isRequired: true, "One along each axis: two for slices, three for the volume."),
    Parameter("rotation_invariance", \.isRotationInvariant, "Whether responses to turned kernels are pooled."),
    Parameter("pooling", \.pooling, "How they are pooled."),
    Parameter(
      "energy_distance", \.energyDistance, in: 1...500,
      "Chebyshev distance of voxels whose magnitudes are averaged to an energy map, voxels."),
    Parameter("boundary", \.boundary, "What lies beyond the image."),
  ]

  /// Kernels along the axes.
  public var kernels = Kernels()
  /// Whether responses to turned kernels are pooled.
  public var isRotationInvariant = false
  /// How they are pooled.
  public var pooling = Pooling.max
  /// Chebyshev distance of voxels that an energy is averaged over; none for the responses themselves.
  public var energyDistance: Int?
  /// What lies beyond the image.
  public var boundary = Boundary.mirror

  public init() {}

  /// Kernels along x, y and, for the volume, z, such as `E5L5S5`.
  public struct Kernels: SettingValue, Hashable {
    /// Their names.
    public let names: [String]

    /// Smoothing in slices.
    public init() { names = ["L5", "L5"] }

    public static let expectation =
      "two or three of \(weights.map(\.name).joined(separator: ", ")) in one word, such as E5L5S5"

    public init(setting: Setting) throws(SettingError) {
      let text = try String(setting: setting)
      var names: [String] = [], rest = Substring(text)
      while !rest.isEmpty {
        let name = String(rest.prefix(2))
        guard weights.contains(where: { $0.name == name }) else {
          throw setting.error(
            "there is no kernel '\(name)' in '\(text)', must be \(Self.expectation)."
              + didYouMean(name, among: weights.map(\.name)))
        }
        names.append(name)
        rest = rest.dropFirst(2)
      }
      guard names.count == 2 || names.count == 3 else {
        throw setting.error("'\(text)' has \(names.count) kernels, must be \(Self.expectation).")
      }
      self.names = names
    }

    public var settingValue: Setting.Value { .text(names.joined()) }

    /// Normalised weights.
    var passes: AxisPasses {
      AxisPasses(
        axes: names.count,
        kernels: names.map { name in
          let kernel = weights.first { $0.name == name }!.weights
          let norm = kernel.reduce(0) { $0 + $1 * $1 }.squareRoot()
          return AxisKernel(kernel.map { $0 / norm })
        })
    }
  }

  public func support(on grid: Geometry) -> FilterSupport {
    let reaches = kernels.passes.kernels.map(\.reach), widest = isRotationInvariant ? reaches.max()! : 0
    var reach = SIMD3<Int>.zero
    for (axis, own) in reaches.enumerated() { reach[axis] = max(own, widest) + (energyDistance ?? 0) }
    return .finite(reach, boundary)
  }

  public func workingMemory(on grid: Geometry) -> Int { 32 * grid.count }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let passes = kernels.passes, grid = image.geometry
    let distance = energyDistance ?? 0, reach = SIMD3(distance, distance, passes.axes == 3 ? distance : 0)
    let around = boundary == .periodic ? grid.box : box.grown(by: reach).clipped(to: grid.box) ?? box
    var response = image
    if isRotationInvariant {
      response = image.pooledResponse(to: passes, pooling, keeping: around, boundary, lanes)
    } else {
      image.forEachResponse(to: [passes], keeping: around, boundary, lanes) { found, _ in response = found }
    }
    guard energyDistance != nil else { return take(0, response) }
    for index in response.voxels.indices { response.voxels[index] = abs(response.voxels[index]) }
    let width = 2 * distance + 1, mean = AxisKernel([Double](repeating: 1 / Double(width), count: width))
    let kept = Box(lower: box.lower &- around.lower, size: box.size)
    response.forEachResponse(
      to: [AxisPasses(axes: passes.axes, kernels: Array(repeating: mean, count: passes.axes))], keeping: kept, boundary,
      lanes
    ) { energy, _ in take(0, energy) }
  }
}

/// Kernels as Laws and IBSI 2 give them, before normalisation.
private let weights: [(name: String, weights: [Double])] = [
  ("L3", [1, 2, 1]), ("L5", [1, 4, 6, 4, 1]), ("E3", [-1, 0, 1]), ("E5", [-1, -2, 0, 2, 1]), ("S3", [-1, 2, -1]),
  ("S5", [-1, 0, 2, 0, -1]), ("W5", [-1, 2, 0, -2, 1]), ("R5", [1, -4, 6, -4, 1]),
]
