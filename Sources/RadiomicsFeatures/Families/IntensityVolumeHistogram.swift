import RadiomicsCore

/// How much of the volume has at least an intensity (IBSI 1, chapter 3, "Intensity-volume histogram features", P88C).
///
/// The intensities i lie w apart over a range G; ν_i is the share of voxels of intensity i or more, and
/// γ_i = (i − min G) / (max G − min G).
/// - Without discretisation, for whole intensities such as Hounsfield units: w = 1, and G is the re-segmentation range, or
///   the region's minimum to maximum where that is open.
/// - Fixed bin size, for calibrated intensities such as SUV: intensities become centres of bins of width w. The bins start
///   at the first edge and cover the range up to the upper bound of the re-segmentation range, or the region's maximum.
/// - Fixed bin number, for arbitrary intensities (1000 are usual): intensities are bin numbers, G = 1 … count, w = 1.
///
/// Example, the digital phantom: ν is 1, 0.324, 0.324, 0.311, 0.095, 0.095 for i = 1 … 6, so that V10 is 0.324 and I10 is 5.
public struct IntensityVolumeHistogram: FeatureFamily {
  public static let name = "ivh"
  public static let summary = "How much of the region's volume has at least a given intensity."
  public static let reference = "IBSI 1, chapter 3, Intensity-volume histogram features (P88C)"
  public static let parameters: [Parameter<Self>] = []
  public static let needsLevels = true
  public static let takesLevels = false
  public static let features: [Feature] = [
    Feature(
      "ivh_v10", "Volume fraction at 10% intensity", ibsi: "BC2M", scale: .fraction, "the largest ν_i with γ_i ≥ 0.1"),
    Feature(
      "ivh_v90", "Volume fraction at 90% intensity", ibsi: "BC2M", scale: .fraction, "the largest ν_i with γ_i ≥ 0.9"),
    Feature(
      "ivh_i10", "Intensity at 10% volume", ibsi: "GBPN", unit: .intensity, scale: .interval,
      "the least i with ν_i ≤ 0.1, max G + w if there is none; a bin number for a fixed bin number"),
    Feature(
      "ivh_i90", "Intensity at 90% volume", ibsi: "GBPN", unit: .intensity, scale: .interval,
      "the least i with ν_i ≤ 0.9, max G + w if there is none; a bin number for a fixed bin number"),
    Feature(
      "ivh_diff_v10_v90", "Volume fraction difference between 10% and 90% intensity", ibsi: "DDTU", scale: .fraction,
      "V10 − V90"),
    Feature(
      "ivh_diff_i10_i90", "Intensity difference between 10% and 90% volume", ibsi: "CNV2", unit: .intensity, "I10 − I90"
    ),
    Feature(
      "ivh_auc", "Area under the IVH curve", ibsi: "9CMM", scale: .fraction,
      "∫ ν dγ by the trapezoidal rule; 0 if the region has one intensity"),
  ]

  public var discretisation: Discretisation?

  public init() {}

  public func check() throws(SettingError) {
    if case .equalProbability = discretisation {
      throw SettingError(
        place: nil,
        message:
          "'ivh' has a discretisation of equal probability, must have none, a fixed bin size or a fixed bin number.")
    }
  }

  /// Bin numbers have no unit.
  public func unit(of feature: Feature) -> Unit {
    switch discretisation {
    case .fixedBinNumber, .equalProbability: .one
    default: feature.unit
    }
  }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let discretisation else { preconditionFailure("the intensity-volume histogram has a discretisation") }
    switch discretisation.steps(of: region.intensities, range: region.range, resources.lanes) {
    case .success(let steps): return steps.cells
    case .failure(let error): return [Cell](repeating: .undefined(error.reason), count: Self.features.count)
    }
  }
}

/// Intensities as steps 0 … `top` from min G to max G: step k stands for intensity `first` + k · `width`.
private struct IntensitySteps {
  /// The step of each voxel.
  let steps: AscendingIntensities
  /// Steps from min G to max G.
  let top: Double
  /// Intensity of step 0, and between steps.
  let first, width: Double

  /// Ascending steps, each so often; those above `top` count as `top`.
  init(_ steps: [Double], counts: [Int], top: Double, first: Double, width: Double) {
    self.steps = AscendingIntensities(steps.map { min($0, top) }, counts: counts)
    self.top = top
    self.first = first
    self.width = width
  }

  /// ν at the first step with γ ≥ percent / 100.
  func volume(percent: Double) -> Double { share(from: (top * percent / 100).rounded(.up)) }

  /// The share of voxels of at least a step.
  private func share(from step: Double) -> Double {
    Double(steps.count - steps.rank(of: step)) / Double(steps.count)
  }

  /// Intensity of the first step with ν ≤ percent / 100: one above the highest step that more voxels reach.
  func intensity(percent: Int) -> Double {
    let allowed = steps.count * percent / 100
    return first + (steps[steps.count - 1 - allowed] + 1) * width
  }

  /// Σ ν_k − (ν_0 + ν_top) / 2 over the number of steps; Σ ν_k is 1 + the mean step, and ν_0 is 1.
  var area: Double {
    guard steps[0] < steps[steps.count - 1] else { return 0 }
    var sum = 0.0
    steps.forEachDistinct { sum += $0 * Double($1.count) }
    return (sum / Double(steps.count) + (1 - share(from: top)) / 2) / top
  }

  var cells: [Cell] {
    guard top > 0 else {
      let reason: Reason = "the range has one intensity, of which there are no fractions"
      return [Cell](repeating: .undefined(reason), count: 6) + [.value(0)]
    }
    let v10 = volume(percent: 10), v90 = volume(percent: 90)
    let i10 = intensity(percent: 10), i90 = intensity(percent: 90)
    return [v10, v90, i10, i90, v10 - v90, i10 - i90, area].map {
      Cell($0, orUndefined: "the intensities are too large to take differences")
    }
  }
}

extension Discretisation {
  fileprivate func steps(
    of intensities: Intensities, range: ClosedRange<Double>?, _ lanes: Lanes
  ) -> Result<IntensitySteps, UndefinedError> {
    switch self {
    case .none: return wholeSteps(intensities, range, lanes)
    case .fixedBinNumber, .equalProbability:
      return levels(of: intensities, range: range, lanes).map {
        IntensitySteps($0.steps, counts: $0.voxelCounts, top: Double($0.count - 1), first: 1, width: 1)
      }
    case .fixedBinSize(let width, _):
      let upper = [range?.upperBound, intensities.max()].compactMap { $0 }.first { $0.isFinite } ?? 0
      return levels(of: intensities, range: range, lanes).map {
        let edge = $0.edge?.first ?? 0
        let bins = max(1, ((upper - edge) / width * (1 - 1e-9)).rounded(.up))
        return IntensitySteps(
          $0.steps, counts: $0.voxelCounts, top: bins - 1, first: edge + width / 2, width: width)
      }
    }
  }

  private func wholeSteps(
    _ intensities: Intensities, _ range: ClosedRange<Double>?, _ lanes: Lanes
  ) -> Result<IntensitySteps, UndefinedError> {
    guard intensities.areWhole, let least = intensities.min(), let most = intensities.max() else {
      return .failure(
        UndefinedError(
          "the intensities are not whole numbers, so that the intensity-volume histogram needs bins; "
            + "give it a fixed_bin_size (calibrated intensities) or a fixed_bin_number (arbitrary ones)"))
    }
    let lower = range.map { $0.lowerBound.rounded(.up) } ?? -.infinity
    let upper = range.map { $0.upperBound.rounded(.down) } ?? .infinity
    let first = lower.isFinite ? min(lower, least) : least, last = upper.isFinite ? max(upper, most) : most
    var steps: [Double] = [], counts: [Int] = []
    AscendingIntensities(intensities, lanes).forEachDistinct {
      steps.append($0 - first)
      counts.append($1.count)
    }
    return .success(IntensitySteps(steps, counts: counts, top: last - first, first: first, width: 1))
  }
}

extension DiscretisedIntensities {
  /// Step 0 … of each level.
  fileprivate var steps: [Double] { (0..<count).map(Double.init) }
}
