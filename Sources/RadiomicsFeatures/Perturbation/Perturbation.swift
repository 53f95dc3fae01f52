import RadiomicsCore
import RadiomicsImaging

/// One change to image, region or procedure, as a repeated examination might have made it. Zwanenburg et al. 2019,
/// doi:10.1038/s41598-018-36938-4.
public struct Perturbation: Sendable, Hashable {
  /// Rotation about the third axis through the region's centre, degrees.
  public var rotation = 0.0
  /// Shift of the grid along its axes, in voxels of the grid that is interpolated to.
  public var translation = SIMD3<Double>.zero
  /// Which drawing of noise is added; nil for none.
  public var noise: Int?
  /// Part by which the region's volume grows (above 0) or shrinks.
  public var volume = 0.0
  /// Which drawing of a contour along supervoxels; nil for the one that was outlined.
  public var contour: Int?
  /// Settings of the procedure that differ: name in the plan, and value.
  public var processing: [Setting.Value.Entry] = []

  /// None.
  public init() {}

  /// Whether image or region are changed, besides the procedure.
  package var changesImage: Bool { changesGrid || noise != nil || volume != 0 || contour != nil }
  /// Whether voxels come to lie elsewhere.
  var changesGrid: Bool { rotation != 0 || translation != .zero }

  /// A name of letters, digits and signs: `rot-10_tx0.25_noise2_vol+0.1_contour1_spacing2`, or `none`.
  public var name: String {
    func signed(_ number: Double) -> String { (number > 0 ? "+" : "") + numberText(number) }
    var parts: [String] = []
    if rotation != 0 { parts.append("rot\(signed(rotation))") }
    for (axis, letter) in zip(0..<3, ["x", "y", "z"]) where translation[axis] != 0 {
      parts.append("t\(letter)\(numberText(translation[axis]))")
    }
    if let noise { parts.append("noise\(noise)") }
    if volume != 0 { parts.append("vol\(signed(volume))") }
    if let contour { parts.append("contour\(contour)") }
    for entry in processing {
      let value = entry.value.description.filter { $0.isLetter || $0.isNumber || "+-._".contains($0) }
      parts.append("\(entry.key)_\(value)")
    }
    return parts.isEmpty ? "none" : parts.joined(separator: "_")
  }
}

/// Which perturbations are tried.
public struct PerturbationPlan: Configurable {
  public static let name = "plan"
  public static let summary = "Which changes of image, region and procedure are tried, alone or in every combination."
  public static let reference = "Zwanenburg et al. 2019, doi:10.1038/s41598-018-36938-4"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter("design", \.design, "factorial: every combination. listed: one change at a time."),
      Parameter("seed", \.seed, in: 0...0x1p53, "What noise and contours are drawn from."),
      Parameter("rotation", \.rotation, in: -180...180, "Angles about the third axis, degrees."),
      Parameter(
        "translation", \.translation, in: -1...1,
        "Shifts in voxels of the grid that is interpolated to; each along x, y and z in every combination."),
      Parameter(
        "noise", \.noise, in: 0...1000,
        "How many times noise is added: normal, of the level that is estimated from the image."),
      Parameter("volume", \.volume, in: -0.9...10, "Parts by which the region grows or shrinks: [-0.1, 0.1]."),
      Parameter("contour", \.contour, in: 0...1000, "How many times the contour is drawn anew along supervoxels."),
      Parameter("spacing", \.spacing, "Spacings in mm to which images are interpolated: [[1, 1, 1], [2, 2, 2]]."),
      Parameter("interpolation", \.interpolation, "Ways of interpolating images."),
      Parameter("discretisation", \.discretisation, "Discretisations of all families that need one."),
      Parameter("resegment_range", \.resegmentRange, "Ranges of intensities that are kept."),
      Parameter(
        "filter", \.filter, "Settings of filters: {sigma: [1, 2, 3]} changes sigma wherever a layer's filter has it."),
    ]
  }

  /// How changes are put together.
  public enum Design: String, ChoiceSetting {
    case factorial, listed
  }

  /// How changes are put together.
  public var design = Design.factorial
  /// What noise and contours are drawn from.
  public var seed = 1
  /// Degrees.
  public var rotation: [Double] = []
  /// Voxels.
  public var translation: [Double] = []
  /// Number of drawings of noise.
  public var noise = 0
  /// Parts of the volume.
  public var volume: [Double] = []
  /// Number of drawings of contours.
  public var contour = 0
  /// mm.
  public var spacing: [SIMD3<Double>] = []
  /// Ways of interpolating.
  public var interpolation: [Interpolation] = []
  /// Ways of discretising.
  public var discretisation: [Discretisation] = []
  /// Ranges of intensities.
  public var resegmentRange: [IntensityRange] = []
  /// Settings of filters by key.
  public var filter = FilterChanges()

  /// Nothing is changed.
  public init() {}

  /// Reads a plan; `file` is how errors call it.
  public init(yaml: String, file: String) throws(SettingError) {
    try self.init(setting: Setting(yaml: yaml, file: file))
    guard perturbations.count > 1 else {
      throw SettingError(
        place: Place(file: file, line: 1, column: 1),
        message: "the plan changes nothing, must have at least one of rotation, translation, noise, volume, contour, "
          + "spacing, interpolation, discretisation, resegment_range, filter.")
    }
    guard perturbations.count <= 100_000 else {
      throw SettingError(
        place: Place(file: file, line: 1, column: 1),
        message:
          "the plan has \(perturbations.count) combinations, must have at most 100000. Shorten lists, or write design: listed."
      )
    }
  }

  /// All of them, the unchanged one first.
  public var perturbations: [Perturbation] {
    let factors = self.factors
    guard design == .factorial else {
      return [Perturbation()] + factors.flatMap { $0.map { change in changed(Perturbation(), change) } }
    }
    // What moves or redraws stands for a draw; the unchanged one is a level of each factor.
    var all = [Perturbation()]
    for factor in factors { all = all.flatMap { one in [one] + factor.map { changed(one, $0) } } }
    return all
  }

  private typealias Change = @Sendable (inout Perturbation) -> Void

  private func changed(_ perturbation: Perturbation, _ change: Change) -> Perturbation {
    var changed = perturbation
    change(&changed)
    return changed
  }

  private var factors: [[Change]] {
    var factors: [[Change]] = []
    factors.append(rotation.filter { $0 != 0 }.map { angle in { $0.rotation = angle } })
    let shifts = Set(translation + [0]).sorted()
    let vectors = shifts.flatMap { x in shifts.flatMap { y in shifts.map { z in SIMD3(x, y, z) } } }
    factors.append(vectors.filter { $0 != .zero }.map { vector in { $0.translation = vector } })
    factors.append((0..<noise).map { draw in { $0.noise = draw + 1 } })
    factors.append(volume.filter { $0 != 0 }.map { part in { $0.volume = part } })
    factors.append((0..<contour).map { draw in { $0.contour = draw + 1 } })
    func processing(_ key: String, _ values: [Setting.Value]) {
      factors.append(values.map { value in { $0.processing.append(.init(key, value)) } })
    }
    processing("spacing", spacing.map(\.settingValue))
    processing("interpolation", interpolation.map(\.settingValue))
    processing("discretisation", discretisation.map(\.settingValue))
    processing("resegment_range", resegmentRange.map(\.settingValue))
    for change in filter.changes { processing("filter.\(change.key)", change.values) }
    return factors
  }
}

/// Settings of filters with the values that are tried.
public struct FilterChanges: SettingValue, Hashable {
  public static let expectation = "a map of filter settings, each with a list of values: {sigma: [1, 2]}"
  /// By key, in order.
  public let changes: [Change]

  /// A setting and its values.
  public struct Change: Sendable, Hashable {
    public let key: String
    public let values: [Setting.Value]
  }

  init() { changes = [] }

  public init(setting: Setting) throws(SettingError) {
    guard case .map = setting.value else { throw Self.mismatch(setting) }
    var changes: [Change] = []
    for (key, _, values) in setting.entries {
      guard case .list(let list) = values.value, !list.isEmpty else {
        throw values.error("'\(key)' is \(values.value.kind), must be a list of values to try.")
      }
      changes.append(Change(key: key, values: list))
    }
    self.changes = changes
  }

  public var settingValue: Setting.Value { .map(changes.map { .init($0.key, .list($0.values)) }) }
}
