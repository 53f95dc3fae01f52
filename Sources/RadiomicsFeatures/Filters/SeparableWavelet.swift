import RadiomicsCore
import RadiomicsImaging

/// Undecimated separable wavelets (IBSI 2, 25BO): low- or high-pass filters along each axis, spread by zeros for higher
/// levels, where the low-pass filters of the levels before go first.
///
/// Example: the decomposition `LHL` is smooth along x and z and shows changes along y. With `all`, every combination is a
/// response. With rotation invariance, responses to the filters turned by right angles are pooled.
///
/// The variant `pyradiomics` is the stationary transform of PyWavelets, level by level: periodic, images of odd size
/// extended by one voxel, and filters that are not spread for higher levels.
public struct SeparableWavelet: ImageFilter {
  public static let name = "separable_wavelet"
  public static let summary = "Undecimated wavelets: smooth and detailed parts along each axis, at a scale."
  public static let definition =
    "convolution with a low-pass (L) or high-pass (H) filter along each axis; at level j filters are spread by "
    + "2^(j−1) − 1 zeros and follow the low-pass filters of the levels before"
  public static let reference =
    "IBSI 2, separable wavelets (25BO); doi:10.48550/arXiv.2006.05470. Variant: PyRadiomics 3.0.1, image type Wavelet, "
    + "PyWavelets' swtn"
  public static let parameters: [Parameter<Self>] = [
    Parameter("wavelet", \.wavelet, "The wavelet."),
    Parameter("decomposition", \.decomposition, "L or H for each axis, or all combinations."),
    Parameter("level", \.level, in: 1...12, "The level of decomposition."),
    Parameter("dimension", \.dimension, "In slices, or in the volume."),
    Parameter("rotation_invariance", \.isRotationInvariant, "Whether responses to turned filters are pooled."),
    Parameter("pooling", \.pooling, "How they are pooled."),
    Parameter("boundary", \.boundary, "What lies beyond the image; always periodic for variant pyradiomics."),
    Parameter("variant", \.variant, "IBSI's spread filters, or PyRadiomics' stationary transform."),
  ]

  /// Whose definition.
  public enum Variant: String, ChoiceSetting {
    /// Filters spread by zeros.
    case ibsi
    /// PyRadiomics' stationary transform.
    case pyradiomics
  }

  /// Which parts.
  public enum Decomposition: SettingValue, Hashable {
    /// Every combination.
    case all
    /// L or H for each axis.
    case letters(String)

    public static let expectation = "L or H for each axis such as LLH (LH in slices), or all"

    public init(setting: Setting) throws(SettingError) {
      let text = try String(setting: setting)
      guard text != "all" else {
        self = .all
        return
      }
      guard text.count == 2 || text.count == 3, text.allSatisfy({ $0 == "L" || $0 == "H" }) else {
        throw setting.error("the decomposition is '\(text)', must be \(Self.expectation).")
      }
      self = .letters(text)
    }

    public var settingValue: Setting.Value {
      switch self {
      case .all: .text("all")
      case .letters(let letters): .text(letters)
      }
    }
  }

  /// The wavelet.
  public var wavelet = Wavelet()
  /// Which parts.
  public var decomposition = Decomposition.all
  /// The level, from 1.
  public var level = 1
  /// In slices, or in the volume.
  public var dimension = FilterDimension.volume
  /// Whether responses to turned filters are pooled.
  public var isRotationInvariant = false
  /// How they are pooled.
  public var pooling = Pooling.average
  /// What lies beyond the image.
  public var boundary = Boundary.mirror
  /// Whose definition.
  public var variant = Variant.ibsi

  public init() {}

  public func check() throws(SettingError) {
    if case .letters(let letters) = decomposition, letters.count != dimension.axes.count {
      throw SettingError(
        place: nil,
        message:
          "the decomposition '\(letters)' has \(letters.count) letters, must have \(dimension.axes.count), one for each "
          + "axis of dimension \(dimension.rawValue).")
    }
    if variant == .pyradiomics, isRotationInvariant {
      throw SettingError(
        place: nil, message: "the variant 'pyradiomics' has no rotation invariance. Remove one of the two settings.")
    }
  }

  private var combinations: [String] {
    guard case .letters(let letters) = decomposition else {
      let count = dimension.axes.count
      return (0..<1 << count).map { bits in
        String((0..<count).map { bits >> (count - 1 - $0) & 1 == 0 ? "L" : "H" })
      }
    }
    return [letters]
  }

  public var responses: [String] { decomposition == .all ? combinations : [""] }

  /// Longest filter, voxels.
  private var length: Int { wavelet.low.count << (variant == .ibsi ? level - 1 : 0) }

  public func support(on grid: Geometry) -> FilterSupport {
    guard variant == .ibsi else { return .global }
    let reach = (1...level).reduce(0) { $0 + wavelet.low.count << ($1 - 1) / 2 }
    return .finite([reach, reach, dimension == .volume ? reach : 0], boundary)
  }

  public func obstacle(on grid: Geometry) -> Reason? {
    // PyWavelets lets an image that is shorter than its filters repeat itself.
    guard variant == .ibsi else { return nil }
    for axis in dimension.axes where length > grid.size[axis] {
      return Reason(
        "has filters of \(length) voxels at level \(level) of \(wavelet.name), the image has \(grid.size[axis]) along "
          + "\(axisName(axis)): choose a lower level or a shorter wavelet, or dimension 2D for few slices")
    }
    return nil
  }

  public func workingMemory(on grid: Geometry) -> Int { 8 * grid.count * (dimension.axes.count * level + 1) }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    if variant == .pyradiomics {
      let even = image.evenSized(along: dimension.axes)
      even.forEachResponse(
        to: combinations.map { passes($0, spread: false) }, keeping: box, .periodic, inOrder: true, lanes
      ) {
        for index in $1 { take(index, $0) }
      }
    } else if isRotationInvariant {
      for (index, letters) in combinations.enumerated() {
        take(index, image.pooledResponse(to: passes(letters, spread: true), pooling, keeping: box, boundary, lanes))
      }
    } else {
      image.forEachResponse(
        to: combinations.map { passes($0, spread: true) }, keeping: box, boundary, inOrder: true, lanes
      ) {
        for index in $1 { take(index, $0) }
      }
    }
  }

  /// The low-pass filters of the levels before, then the combination's.
  private func passes(_ letters: String, spread: Bool) -> AxisPasses {
    let low = String(repeating: "L", count: letters.count)
    return AxisPasses(
      axes: letters.count,
      kernels: (1...level).flatMap { number in
        (number == level ? letters : low).map { wavelet.kernel($0, spacing: spread ? 1 << (number - 1) : 1) }
      })
  }
}

extension Volume<Double> {
  /// The image with its first voxels repeated at the end of axes of odd size.
  fileprivate func evenSized(along axes: Range<Int>) -> Volume {
    var size = geometry.size
    for axis in axes { size[axis] += size[axis] % 2 }
    guard size != geometry.size else { return self }
    let grid = geometry.cropped(to: Box(lower: .zero, size: size)), old = geometry.size
    var voxels: [Double] = []
    voxels.reserveCapacity(grid.count)
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x { voxels.append(self[x % old.x, y % old.y, z % old.z]) }
      }
    }
    return Volume(geometry: grid, voxels: voxels)
  }
}
