import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Brings intensities to a common scale by a linear map, or by several between landmarks, before resampling.
public struct Normalisation: Configurable {
  public static let name = "normalise"
  public static let summary = "Brings intensities to a common scale, before resampling."
  public static let reference = "IBSI 1, post-acquisition processing; PyRadiomics 'normalize'"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter("method", \.method, isRequired: true, "How the scale is found."),
      Parameter("within", \.within, "Voxels that mean, standard deviation and percentiles are taken over."),
      Parameter(
        "reference", \.reference,
        "within reference: the tissue, by the name or number of its label in the mask, or in a mask of its own."),
      Parameter(
        "centre", \.centre,
        "z_score and ratio: what intensities are compared with, the mean (unless said) or the median of those voxels."),
      Parameter(
        "range", \.range, "fixed_range: intensities [lower, upper] that become the ends of 'onto'."),
      Parameter(
        "percentiles", \.percentiles, "percentile_range: percentages [lower, upper] whose intensities become the ends."),
      Parameter("onto", \.onto, "fixed_range and percentile_range: the new range."),
      Parameter(
        "scale", \.scale, in: .positive,
        "z_score: new standard deviation; ratio: what the centre becomes; 1 unless said."
      ),
      Parameter(
        "deviation", \.deviation,
        "z_score: standard deviation divided by n (population, unless said) or n − 1 (sample, as ITK and PyRadiomics)."),
      Parameter(
        "landmarks", \.landmarks,
        "nyul: percentages and their places on the standard scale, as they are learnt from training images."),
      Parameter(
        "above", \.above,
        "Only voxels above this intensity count where the scale is found, such as 0 to leave a background of 0 out."),
      Parameter(
        "clip", \.clip, in: .positive,
        "Clips the result: z_score at this many standard deviations, ranges at this multiple of the new half width (1: at its ends)."
      ),
    ]
  }

  /// How the scale is found.
  public enum Method: String, ChoiceSetting {
    /// (x − centre) / standard deviation · scale.
    case zScore = "z_score"
    /// x / centre · scale.
    case ratio
    /// A given range onto a new one.
    case fixedRange = "fixed_range"
    /// The range between two percentiles onto a new one.
    case percentileRange = "percentile_range"
    /// Percentiles onto landmarks of a standard scale.
    case nyul
  }

  /// What the sum of squared deviations is divided by.
  public enum Deviation: String, ChoiceSetting {
    /// By the number of voxels n.
    case population
    /// By n − 1.
    case sample
  }

  /// Voxels that the scale is found on.
  public enum Extent: String, ChoiceSetting {
    /// The whole image.
    case image
    /// The region before resampling.
    case region
    /// Another tissue before resampling, which is alike in all patients: muscle, fat, white matter.
    case reference
  }

  /// What intensities are compared with.
  public enum Centre: String, ChoiceSetting {
    /// The mean.
    case mean
    /// The median.
    case median
  }

  /// How the scale is found; a recipe must say.
  public var method = Method.zScore
  /// Voxels that the scale is found on.
  public var within = Extent.image
  /// The tissue of `Extent.reference`: the name or number of its label.
  public var reference: TissueName?
  /// Of `zScore` and `ratio`; the mean if not given.
  public var centre: Centre?
  /// Of `fixedRange`.
  public var range: IntensityRange?
  /// Of `percentileRange`.
  public var percentiles: IntensityRange?
  /// The new range; [0, 1] if not given.
  public var onto: IntensityRange?
  /// New standard deviation of `zScore`, new centre of `ratio`; 1 if not given.
  public var scale: Double?
  /// Divisor of the variance of `zScore`; population if not given.
  public var deviation: Deviation?
  /// Of `nyul`.
  public var landmarks: IntensityLandmarks?
  /// Below it, and at it, voxels do not count where the scale is found.
  public var above: Double?
  /// Where results are clipped.
  public var clip: Double?

  /// Nothing set.
  public init() {}

  /// Written out in full: what goes with the method has its default.
  public var settingValue: Setting.Value {
    var full = self
    switch method {
    case .zScore, .ratio: full.scale = scale ?? 1
    case .fixedRange, .percentileRange: full.onto = onto ?? IntensityRange(0...1)
    case .nyul: break
    }
    return .map(
      Self.allParameters.map { Setting.Value.Entry($0.key, $0.write(full)) }.filter { $0.value != .null })
  }

  public var identity: Setting.Value { settingValue }

  public func check() throws(SettingError) {
    let given: [(String, Bool, [Method])] = [
      ("range", range != nil, [.fixedRange]), ("percentiles", percentiles != nil, [.percentileRange]),
      ("onto", onto != nil, [.fixedRange, .percentileRange]), ("scale", scale != nil, [.zScore, .ratio]),
      ("centre", centre != nil, [.zScore, .ratio]),
      ("deviation", deviation != nil, [.zScore]), ("landmarks", landmarks != nil, [.nyul]),
      ("above", above != nil, [.zScore, .ratio, .percentileRange, .nyul]),
      ("clip", clip != nil, [.zScore, .fixedRange, .percentileRange]),
    ]
    for (key, isGiven, methods) in given where isGiven && !methods.contains(method) {
      throw SettingError(place: nil, message: "'\(key)' does not go with method \(method.rawValue). Leave it out.")
    }
    if (within == .reference) != (reference != nil) {
      throw SettingError(
        place: nil,
        message: within == .reference
          ? "within reference needs 'reference', \(TissueName.expectation)."
          : "'reference' does not go with within \(within.rawValue), must have within reference.")
    }
    if method == .fixedRange, range == nil {
      throw SettingError(place: nil, message: "method fixed_range needs 'range', \(IntensityRange.expectation).")
    }
    if method == .percentileRange, percentiles == nil {
      throw SettingError(place: nil, message: "method percentile_range needs 'percentiles', e.g. [1, 99].")
    }
    if method == .nyul, landmarks == nil {
      throw SettingError(place: nil, message: "method nyul needs 'landmarks', \(IntensityLandmarks.expectation).")
    }
    if let percentiles, percentiles.bounds.lowerBound < 0 || percentiles.bounds.upperBound > 100 {
      throw SettingError(place: nil, message: "'percentiles' reach outside 0 to 100, must be percentages.")
    }
    for bound in [range, onto].compactMap({ $0?.bounds })
    where !bound.lowerBound.isFinite || !bound.upperBound.isFinite {
      throw SettingError(place: nil, message: "'range' and 'onto' of a normalisation must be finite.")
    }
  }
}

/// The tissue that intensities are compared with: the name or number of a label.
public struct TissueName: SettingValue, Hashable {
  public static let expectation = "the name or number of a label"

  /// As a choice of regions writes it: `muscle`, `2`.
  public let text: String

  /// A tissue.
  public init(_ text: String) { self.text = text }

  public init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .integer(let label): text = "\(label)"
    case .text(let name) where !name.isEmpty: text = name
    default: throw Self.mismatch(setting)
    }
  }

  public var settingValue: Setting.Value { Int(text).map { .integer($0) } ?? .text(text) }
}

/// A linear map of intensities with optional clipping, or one that is linear between landmarks.
public struct IntensityMap: Sendable, Hashable {
  /// Mapped = slope · intensity + intercept.
  public let slope, intercept: Double
  /// Where mapped intensities are clipped.
  public let clip: ClosedRange<Double>?
  /// Ascending intensities and what they become; empty of a linear map.
  private let landmarks: [Double], places: [Double]

  /// A map.
  public init(slope: Double, intercept: Double, clip: ClosedRange<Double>? = nil) {
    self.slope = slope
    self.intercept = intercept
    self.clip = clip
    (landmarks, places) = ([], [])
  }

  /// A map that is linear between at least two ascending landmarks; beyond the outer ones their segments go on.
  init(landmarks: [Double], onto places: [Double]) {
    (slope, intercept, clip) = (1, 0, nil)
    (self.landmarks, self.places) = (landmarks, places)
  }

  /// The intensity mapped; one that is not finite stays so.
  @inline(__always)
  func callAsFunction(_ intensity: Double) -> Double {
    if !landmarks.isEmpty { return between(intensity) }
    let mapped = slope * intensity + intercept
    guard let clip, mapped.isFinite else { return mapped }
    return min(max(mapped, clip.lowerBound), clip.upperBound)
  }

  private func between(_ intensity: Double) -> Double {
    guard intensity.isFinite else { return intensity }
    var end = 1
    while end < landmarks.count - 1, intensity > landmarks[end] { end += 1 }
    let start = landmarks[end - 1], place = places[end - 1]
    return place + (intensity - start) * ((places[end] - place) / (landmarks[end] - start))
  }
}

extension Normalisation {
  /// The map found on finite `intensities`.
  package func map(from all: Intensities, _ lanes: Lanes) throws(UndefinedError) -> IntensityMap {
    let intensities = all.above(above)
    guard !intensities.isEmpty else { throw UndefinedError("there is no number to normalise by") }
    switch method {
    case .zScore:
      guard let bounds = intensities.bounds, bounds.lowerBound < bounds.upperBound else {
        throw UndefinedError("all intensities are equal: a z-score divides by 0")
      }
      let scale = scale ?? 1, count = Double(intensities.count)
      let variance = intensities.variance(lanes) * (deviation == .sample ? count / (count - 1) : 1)
      let slope = scale / variance.squareRoot()
      return IntensityMap(
        slope: slope, intercept: -middle(of: intensities, lanes) * slope,
        clip: clip.map { -$0 * scale...$0 * scale })
    case .ratio:
      let middle = middle(of: intensities, lanes)
      guard middle > 0 else {
        throw UndefinedError("the \((centre ?? .mean).rawValue) is \(shortText(middle)): a ratio needs one above 0")
      }
      return IntensityMap(slope: (scale ?? 1) / middle, intercept: 0)
    case .fixedRange:
      return linear(from: range!.bounds)
    case .percentileRange:
      let sorted = AscendingIntensities(intensities, lanes), bounds = percentiles!.bounds
      let lower = sorted.percentile(bounds.lowerBound), upper = sorted.percentile(bounds.upperBound)
      guard lower < upper else { throw UndefinedError("both percentiles are \(lower): the range divides by 0") }
      return linear(from: lower...upper)
    case .nyul: return try landmarks!.map(from: intensities, lanes)
    }
  }

  private func middle(of intensities: Intensities, _ lanes: Lanes) -> Double {
    centre == .median ? AscendingIntensities(intensities, lanes).percentile(50) : intensities.mean(lanes)
  }

  private func linear(from old: ClosedRange<Double>) -> IntensityMap {
    let new = onto?.bounds ?? 0...1
    let slope = (new.upperBound - new.lowerBound) / (old.upperBound - old.lowerBound)
    let middle = (new.lowerBound + new.upperBound) / 2, half = (new.upperBound - new.lowerBound) / 2
    return IntensityMap(
      slope: slope, intercept: new.lowerBound - old.lowerBound * slope,
      clip: clip.map { middle - $0 * half...middle + $0 * half })
  }
}
