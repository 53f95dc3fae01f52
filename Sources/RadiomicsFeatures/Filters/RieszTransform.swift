import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Derivatives of an isotropic filter's response that leave its spectrum as it is (IBSI 2, Riesz transform, AYRS).
///
/// In the Fourier domain the filter's response is multiplied by (−i)ᴸ √(L! / l₁! l₂! l₃!) ν₁^l₁ ν₂^l₂ ν₃^l₃ / |ν|ᴸ with
/// L = l₁ + l₂ + l₃, and by 0 at ν = 0: order [1, 0, 0] is a slope along the first axis, [0, 2, 0] a curvature along the
/// second. Dimension and boundary condition are the filter's. Where the image is not periodic it is continued as far as
/// the filter asks; beyond, the transform's slowly vanishing ends meet.
///
/// With `tensor_sigma`, axes turn at every voxel: the first to the direction in which the filtered image changes most, the
/// second and third to the other eigenvectors of the structure tensor (`LocalAxes`).
///
/// Example: cos(q·x) becomes sin(q·x) q₁ / |q| with order [1, 0, 0]; aligned, |sin(q·x)| for every direction of q.
public struct RieszTransform: ImageFilter {
  public static let name = "riesz"
  public static let summary = "Directional derivatives of an isotropic filter's response: edges, ridges and tubes."
  public static let definition =
    "the filter's response, in the Fourier domain times (−i)ᴸ √(L! / l₁! l₂! l₃!) ν₁^l₁ ν₂^l₂ ν₃^l₃ / |ν|ᴸ, L "
    + "= l₁ + l₂ + l₃; with tensor_sigma along the eigenvectors of the structure tensor"
  public static let reference =
    "IBSI 2, Riesz transform (AYRS), doi:10.48550/arXiv.2006.05470; steering and structure tensor: "
    + "doi:10.1109/TIP.2011.2181184"
  public static let parameters: [Parameter<Self>] = [
    Parameter("filter", \.filter, isRequired: true, "The isotropic filter that chooses the scale, with its settings."),
    Parameter(
      "order", \.order, isRequired: true, in: 0...10, "Orders [l1, l2, l3] of the derivatives along the three axes."),
    Parameter(
      "tensor_sigma", \.tensorSigma, in: 0.001...10_000,
      "Standard deviation of the window of the structure tensor that turns the axes at every voxel, mm; without it the "
        + "axes are the image's."),
  ]

  /// The isotropic filter.
  public var filter = RieszBase.simoncelli(SimoncelliWavelet())
  /// l₁, l₂, l₃.
  public var order = [1, 0, 0]
  /// Window of the structure tensor, mm; nil for the image's own axes.
  public var tensorSigma: Double?

  public init() {}

  public func check() throws(SettingError) {
    guard order.count == 3, (1...10).contains(order.reduce(0, +)) else {
      let written = order.map(String.init).joined(separator: ", ")
      throw SettingError(
        place: nil,
        message: "'order' of 'riesz' is [\(written)], must be three whole numbers [l1, l2, l3] with a sum from 1 to 10."
      )
    }
    if case .laplacianOfGaussian(let filter) = filter, filter.variant != .ibsi {
      throw SettingError(
        place: nil,
        message: "'filter' of 'riesz' is 'laplacian_of_gaussian' with variant pyradiomics, must be with variant ibsi.")
    }
    if base.dimension == .slices, order[2] > 0 {
      throw SettingError(
        place: nil,
        message:
          "'order' of 'riesz' has \(order[2]) derivatives along the third axis, must have 0, as '\(filter.name)' works "
          + "in slices (2D).")
    }
  }

  public func support(on grid: Geometry) -> FilterSupport { .global }

  public func obstacle(on grid: Geometry) -> Reason? {
    if let reason = base.obstacle(on: grid) { return reason }
    let padding = base.padding(on: grid)
    if let most = [padding.x, padding.y, padding.z].max(), most > 4096 {
      return Reason("has a filter that reaches \(most / 2) voxels to each side, but it must be 2048 at most")
    }
    let spacing = base.dimension.axes.map { grid.spacing[$0] }.min() ?? 1
    guard let tensorSigma, LocalAxes.reach(tensorSigma / spacing) > 2048 else { return nil }
    return Reason("has a tensor_sigma of \(Setting.Value.number(tensorSigma)) mm, but it must be 512 voxels at most")
  }

  public func workingMemory(on grid: Geometry) -> Int {
    let spectrum = base.spectrumMemory(on: grid)
    return tensorSigma == nil ? spectrum : 2 * spectrum + 8 * 13 * grid.count
  }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let responses = RieszResponses(base, on: image.geometry), spectrum = responses.spectrum(of: image, lanes)
    guard let tensorSigma else { return take(0, responses.response(order, of: spectrum, lanes).cropped(to: box)) }
    let axes = LocalAxes(responses, of: spectrum, window: tensorSigma, base.boundary, lanes)
    take(0, responses.response(order, along: axes, of: spectrum, lanes).cropped(to: box))
  }

  private var base: any IsotropicFilter { filter.filter }
}

/// The isotropic filter of a Riesz transform, written as a recipe's filter is: `simoncelli: { level: 2 }`.
public enum RieszBase: SettingValue {
  case simoncelli(SimoncelliWavelet)
  case laplacianOfGaussian(LaplacianOfGaussian)

  package var filter: any IsotropicFilter {
    switch self {
    case .simoncelli(let filter): filter
    case .laplacianOfGaussian(let filter): filter
    }
  }

  var name: String { type(of: filter).name }

  private static var names: [String] { [SimoncelliWavelet.name, LaplacianOfGaussian.name] }
  public static var expectation: String { "one of \(names.joined(separator: ", ")), with its settings" }

  public init(setting: Setting) throws(SettingError) {
    let entry: (key: String, settings: Setting)
    switch (setting.value, setting.entries.first) {
    case (.text(let name), _): entry = (name, Setting(.null, at: setting.place))
    case (.map, .some(let first)) where setting.entries.count == 1: entry = (first.key, first.setting)
    default: throw Self.mismatch(setting)
    }
    switch entry.key {
    case SimoncelliWavelet.name: self = .simoncelli(try SimoncelliWavelet(setting: entry.settings))
    case LaplacianOfGaussian.name: self = .laplacianOfGaussian(try LaplacianOfGaussian(setting: entry.settings))
    default:
      throw setting.error(
        "'\(entry.key)' is unknown, must be \(Self.expectation).\(didYouMean(entry.key, among: Self.names))")
    }
  }

  public var settingValue: Setting.Value { .map([.init(name, filter.settingValue)]) }
  public var identity: Setting.Value { .map([.init(name, filter.identity)]) }
}
