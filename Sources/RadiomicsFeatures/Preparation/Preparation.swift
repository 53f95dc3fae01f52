import RadiomicsCore
import RadiomicsImaging

/// How an image and its mask are made ready to be measured (IBSI 1, chapter 2): matching of kernels, rounding,
/// normalisation, interpolation, cropping, region operations, re-segmentation, in this order.
public struct Preparation: Configurable {
  public static let name = "preparation"
  public static let summary = "How image and mask are made ready to be measured; steps run in the order listed."
  public static let reference = "IBSI 1, chapter 2, image processing scheme; doi:10.1148/radiol.2020191145"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter(
        "kernel", \.kernel,
        "Makes a CT of a sharp reconstruction kernel as one of a soft kernel is, by phantoms of both: describe kernel."),
      Parameter(
        "round", \.round,
        "Hounsfield units are whole numbers: round intensities on reading and after resampling. stored: what is stored "
          + "in whole numbers stays so, cut off toward zero after resampling, as ITK and PyRadiomics do."),
      Parameter("normalise", \.normalise, "Brings intensities to a common scale, before resampling."),
      Parameter("resample", \.resample, "Interpolates image and mask to a common voxel spacing."),
      Parameter(
        "crop", \.crop, reproducing: .null, in: 0...1e6,
        "Cuts the image to the region's box and so many voxels around it, so that filters see nothing beyond: PyRadiomics' "
          + "padDistance."),
      Parameter("region", \.region, "Operations on the region, in the order given, on the resampled grid."),
      Parameter("resegment", \.resegment, "Leaves voxels out of the intensity mask by their intensity."),
      Parameter(
        "minimum_voxels", \.minimumVoxels, in: 1 ... .infinity,
        "Regions with fewer voxels in the intensity mask are not measured."),
      Parameter(
        "minimum_dimensions", \.minimumDimensions, reproducing: .integer(0), in: 0...3,
        "Regions with more than one voxel along fewer axes are not measured."),
    ]
  }

  /// Rounding of intensities.
  public enum Rounding: String, ChoiceSetting {
    /// As they are.
    case none
    /// To the nearest integer, on reading and after resampling.
    case hounsfield
    /// Toward zero after resampling, if samples are stored as integers and nothing else has made them real.
    case stored
  }

  /// Matching of reconstruction kernels, if any.
  public var kernel: KernelMatch?
  /// Rounding of intensities.
  public var round = Rounding.none
  /// Normalisation, if any.
  public var normalise: Normalisation?
  /// Interpolation, if any.
  public var resample: Resampling?
  /// Voxels around the region's box that are left of the image; nil for all.
  public var crop: Int?
  /// Operations on the region, in order.
  public var region: [RegionOperation]? = nil
  /// Re-segmentation, if any.
  public var resegment: Resegmentation?
  /// Fewest voxels in the intensity mask.
  public var minimumVoxels = 1
  /// Fewest axes along which the intensity mask has more than one voxel.
  public var minimumDimensions = 0

  /// Nothing is changed.
  public init() {}

  /// Whether an operation adds voxels to the region, which a second mask may limit.
  public var addsVoxels: Bool { (region ?? []).contains { $0.reach > 0 } }

  public func check() throws(SettingError) {
    if round == .hounsfield, normalise != nil {
      throw SettingError(
        place: nil,
        message:
          "'preparation' rounds Hounsfield units and normalises, must do one of them: normalised intensities are no "
          + "Hounsfield units. Remove 'round' or 'normalise'.")
    }
    try kernel?.check()
    try normalise?.check()
    try resample?.check()
    try resegment?.check()
  }
}

/// Interpolation of image and mask to a new spacing.
public struct Resampling: Configurable {
  public static let name = "resample"
  public static let summary = "Interpolates image and mask to a common voxel spacing."
  public static let reference = "IBSI 1, interpolation, VTM2"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter(
        "spacing", \.spacing, isRequired: true, in: .notNegative, "New spacing [x, y, z] in mm; 0 keeps an axis."),
      Parameter("interpolation", \.interpolation, "Of the image."),
      Parameter("mask_interpolation", \.maskInterpolation, "Of the mask."),
      Parameter(
        "mask_threshold", \.maskThreshold, in: 1e-6...1,
        "A voxel belongs to the region if at least this part of it is inside."),
      Parameter("align", \.align, "What the old and the new grid have in common: IBSI aligns centres."),
      Parameter("antialiasing", \.antialiasing, "Smooths before down-sampling."),
      Parameter(
        "edge", \.edge, reproducing: .text("border"),
        "What lies beyond the outermost centres: the outer voxel's value; or as in ITK the spline's mirror image for half a "
          + "voxel, and 0 farther out."),
      Parameter(
        "keep_within", \.keepWithin, reproducing: .number(0), in: 0...0.1,
        "The image stays as it is if no spacing would change by more than this part of it."),
      Parameter(
        "keep_flat", \.keepsFlat, reproducing: .flag(false),
        "Whether an axis along which the region has a single voxel is left as it is."),
    ]
  }

  /// New spacing in mm; 0 keeps an axis.
  public var spacing = SIMD3<Double>(0, 0, 0)
  /// Of the image.
  public var interpolation = Interpolation.linear
  /// Of the mask.
  public var maskInterpolation = Interpolation.linear
  /// Part of a voxel that must be inside.
  public var maskThreshold = 0.5
  /// What the grids have in common.
  public var align = GridAlignment.centre
  /// Smoothing before down-sampling.
  public var antialiasing = false
  /// What lies beyond the outermost centres.
  public var edge = InterpolationEdge.border
  /// Part of a spacing by which it may change without anything being interpolated.
  public var keepWithin = 0.0
  /// Whether axes along which the region has a single voxel are left as they are.
  public var keepsFlat = false

  /// Nothing changes.
  public init() {}

  public func check() throws(SettingError) {
    for axis in 0..<3 where spacing[axis] != 0 && !(0.001...1000).contains(spacing[axis]) {
      throw SettingError(
        place: nil, message: "'spacing' is \(spacing.settingValue), must be 0 (keep) or from 0.001 to 1000 mm.")
    }
  }
}

/// Leaves voxels out of the intensity mask; with several rules a voxel must pass all.
public struct Resegmentation: Configurable {
  public static let name = "resegment"
  public static let summary = "Leaves voxels out of the intensity mask by their intensity."
  public static let reference = "IBSI 1, re-segmentation, IFBR: range USB3, outliers 7ACA"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter("range", \.range, "Intensities kept, [lower, upper] in the image's unit; .inf is no bound."),
      Parameter(
        "sigma", \.sigma,
        "Keeps intensities within so many (population) standard deviations of the region's mean: 3 is [-3, 3]."),
      Parameter(
        "relative", \.relative, reproducing: .null,
        "Keeps intensities from one to another part of the region's greatest: [0.41, .inf]."),
      Parameter(
        "shape", \.shape, reproducing: .text("unchanged"),
        "Which voxels shape is measured on: all, those in the box of what is left, or what is left."),
    ]
  }

  /// Which voxels shape is measured on.
  public enum Shape: String, ChoiceSetting {
    /// All, as IBSI has it.
    case unchanged
    /// Those in the box of what is left, as PyRadiomics without `resegmentShape`.
    case cropped
    /// What is left.
    case resegmented
  }

  /// Intensities kept.
  public var range: IntensityRange?
  /// Standard deviations from the mean.
  public var sigma: DeviationRange?
  /// Parts of the greatest intensity.
  public var relative: IntensityRange?
  /// Which voxels shape is measured on.
  public var shape = Shape.unchanged

  /// Keeps all.
  public init() {}

  public func check() throws(SettingError) {
    if range == nil, sigma == nil, relative == nil {
      throw SettingError(
        place: nil, message: "'resegment' has neither 'range' nor 'sigma' nor 'relative', must have one or more.")
    }
  }
}

/// How far from the mean intensities may lie, in standard deviations: one number n for −n to n, or two.
public struct DeviationRange: SettingValue, Hashable {
  public static let expectation = "a number above 0, or two [lower, upper] with -.inf and .inf for no bound"

  /// Both bounds are inside.
  public let bounds: ClosedRange<Double>

  /// Bounds, both inside.
  public init(_ bounds: ClosedRange<Double>) { self.bounds = bounds }

  public init(setting: Setting) throws(SettingError) {
    if case .list = setting.value {
      bounds = try IntensityRange(setting: setting).bounds
    } else {
      let half = try Double(setting: setting)
      guard half > 0 else { throw setting.error("'sigma' is \(setting.value), must be \(Self.expectation).") }
      bounds = -half...half
    }
  }

  public var settingValue: Setting.Value {
    bounds.lowerBound == -bounds.upperBound ? .number(bounds.upperBound) : IntensityRange(bounds).settingValue
  }
}

/// Two bounds, either of which may be infinite.
public struct IntensityRange: SettingValue, Hashable {
  public static let expectation = "two numbers [lower, upper], lower below upper; -.inf and .inf for no bound"

  /// Both bounds are inside.
  public let bounds: ClosedRange<Double>

  /// Bounds, both inside.
  public init(_ bounds: ClosedRange<Double>) { self.bounds = bounds }

  public init(setting: Setting) throws(SettingError) {
    guard setting.elements.count == 2 else { throw Self.mismatch(setting) }
    let lower = try Double(setting: setting.elements[0]), upper = try Double(setting: setting.elements[1])
    guard lower < upper else {
      throw setting.error("the range is \(setting.value), must have its lower bound first and below the upper.")
    }
    bounds = lower...upper
  }

  public var settingValue: Setting.Value { .list([.number(bounds.lowerBound), .number(bounds.upperBound)]) }
}

/// One operation on the region, in mm on the resampled grid.
public enum RegionOperation: SettingValue, Hashable {
  /// Adds all voxels within a distance.
  case dilate(Double)
  /// Takes away all voxels within a distance of the outside.
  case erode(Double)
  /// The shell from `inside` mm within to `outside` mm beyond the border.
  case ring(inside: Double, outside: Double)
  /// Fills background that the region encloses.
  case fillHoles
  /// Keeps the largest connected part.
  case largestComponent

  public static let expectation =
    "{dilate: MM}, {erode: MM}, {ring: {inside: MM, outside: MM}}, fill_holes or largest_component"

  public init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .text("fill_holes"): self = .fillHoles
    case .text("largest_component"): self = .largestComponent
    case .text(let word) where ["dilate", "erode", "ring"].contains(word):
      throw setting.error("'\(word)' has no distance, must be \(Self.expectation).")
    case .text(let word):
      let known = ["fill_holes", "largest_component", "dilate", "erode", "ring"]
      throw setting.error(
        "there is no region operation '\(word)', must be \(Self.expectation).\(didYouMean(word, among: known))")
    default:
      guard setting.entries.count == 1, let (key, place, value) = setting.entries.first else {
        throw Self.mismatch(setting)
      }
      switch key {
      case "dilate": self = .dilate(try Self.distance(value))
      case "erode": self = .erode(try Self.distance(value))
      case "ring":
        let ring = try Ring(setting: value)
        self = .ring(inside: ring.inside, outside: ring.outside)
      default:
        let hint = didYouMean(key, among: ["dilate", "erode", "ring"])
        throw SettingError(
          place: place, message: "there is no region operation '\(key)', must be \(Self.expectation).\(hint)")
      }
    }
  }

  public var settingValue: Setting.Value {
    switch self {
    case .dilate(let distance): .map([.init("dilate", .number(distance))])
    case .erode(let distance): .map([.init("erode", .number(distance))])
    case .ring(let inside, let outside):
      .map([.init("ring", .map([.init("inside", .number(inside)), .init("outside", .number(outside))]))])
    case .fillHoles: .text("fill_holes")
    case .largestComponent: .text("largest_component")
    }
  }

  /// How far beyond the region it may reach, mm.
  package var reach: Double {
    switch self {
    case .dilate(let distance): distance
    case .ring(_, let outside): outside
    default: 0
    }
  }

  private static func distance(_ setting: Setting) throws(SettingError) -> Double {
    let distance = try Double(setting: setting)
    guard distance > 0, distance <= 1000 else {
      throw setting.error("the distance is \(setting.value) mm, must be above 0 and at most 1000.")
    }
    return distance
  }
}

/// `{inside: 2, outside: 5}`.
private struct Ring: Configurable {
  static let name = "ring"
  static let summary = "The shell around the region's border."
  static let reference = "peritumoural ring"
  static var parameters: [Parameter<Self>] {
    [
      Parameter("inside", \.inside, in: 0...1000, "How far it reaches into the region, mm."),
      Parameter("outside", \.outside, in: 0...1000, "How far it reaches beyond the region, mm."),
    ]
  }
  var inside = 0.0
  var outside = 0.0

  func check() throws(SettingError) {
    if inside + outside == 0 {
      throw SettingError(place: nil, message: "'ring' is 0 mm thick, must have 'inside' or 'outside' above 0.")
    }
  }
}
