import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

extension Recipe {
  /// The PyRadiomics parameter file that says the same: settings are read off the recipe, and the file is good if it gives
  /// the recipe's columns again, by name and fingerprint.
  /// - Throws: `SettingError` with what PyRadiomics has no equivalent for.
  package func pyRadiomicsParameters() throws(SettingError) -> String {
    guard names == .pyradiomics, also.isEmpty else {
      throw refused("its columns are IBSI's, by IBSI's definitions of bins, grid, mesh and kurtosis")
    }
    let text = parameterFile(), again = try PyRadiomicsParameters(yaml: text, file: name).recipe(named: name).recipe
    let missing = zip(columns, again.columns).first { $0.column != $1.column || $0.fingerprint != $1.fingerprint }
    if let (column, _) = missing { throw refused("'\(column.column)' is measured by settings of its own") }
    guard columns.count == again.columns.count else {
      throw refused("it has other columns than PyRadiomics would write")
    }
    return text
  }

  private func refused(_ what: String) -> SettingError {
    SettingError(
      place: nil,
      message: "the recipe '\(name)' has no equivalent among PyRadiomics' parameters: \(what). Only a recipe "
        + "with 'names: pyradiomics' and PyRadiomics' definitions has one.")
  }

  private func parameterFile() -> String {
    var types: [String] = [], classes: [(name: String, features: [String])] = []
    for column in columns {
      let parts = column.column.split(separator: "_").map(String.init)
      guard parts.count == 3 else { continue }
      if let index = classes.firstIndex(where: { $0.name == parts[1] }) {
        if !classes[index].features.contains(parts[2]) { classes[index].features.append(parts[2]) }
      } else {
        classes.append((parts[1], [parts[2]]))
      }
    }
    let sigmas = layers.compactMap { ($0.filter as? LaplacianOfGaussian)?.sigma }
    for layer in layers where layer.families.contains(where: { !($0 is Morphology) && !($0 is PlanarMorphology) }) {
      if let type = layer.imageType(sigmas), !types.contains(type) { types.append(type) }
    }
    let shift = layers.flatMap(\.families).compactMap { ($0 as? PyRadiomicsIntensity)?.shift }.first ?? 0
    let settings = preparation.parameterSettings + bins + (shift == 0 ? [] : ["voxelArrayShift: \(shortText(shift))"])
    return "imageType:\n" + types.map { "  \($0)\n" }.joined() + "featureClass:\n"
      + classes.map { "  \($0.name): [\($0.features.joined(separator: ", "))]\n" }.joined()
      + "setting:\n" + settings.map { "  \($0)\n" }.joined() + "  additionalInfo: \(!diagnostics.isEmpty)\n"
  }

  private var bins: [String] {
    switch layers.flatMap(\.families).compactMap(\.discretisation).first {
    case .fixedBinSize(let width, _): ["binWidth: \(shortText(width, digits: 15))"]
    case .fixedBinNumber(let count, _): ["binCount: \(count)"]
    default: []
    }
  }
}

extension Recipe.Layer {
  /// PyRadiomics' name of the image type with its settings, as far as they have one.
  fileprivate func imageType(_ sigmas: [Double]) -> String? {
    switch filter {
    case nil: "Original: {}"
    case is LaplacianOfGaussian: "LoG: { sigma: [\(sigmas.map { "\($0)" }.joined(separator: ", "))] }"
    case let filter as SeparableWavelet: "Wavelet: { wavelet: \(filter.wavelet.name), level: \(filter.level) }"
    case is SquareFilter: "Square: {}"
    case is SquareRootFilter: "SquareRoot: {}"
    case is LogarithmFilter: "Logarithm: {}"
    case is ExponentialFilter: "Exponential: {}"
    case let filter as GradientMagnitude: "Gradient: { gradientUseSpacing: \(filter.usesSpacing) }"
    default: nil
    }
  }
}

extension Preparation {
  fileprivate var parameterSettings: [String] {
    var settings: [String] = []
    if let normalise {
      settings += ["normalize: true", "normalizeScale: \(shortText(normalise.scale ?? 1, digits: 15))"]
      if let clip = normalise.clip { settings.append("removeOutliers: \(shortText(clip, digits: 15))") }
    }
    if let resample {
      settings.append("resampledPixelSpacing: \(resample.spacing.settingValue)")
      let names: [Interpolation: String] = [.nearest: "sitkNearestNeighbor", .linear: "sitkLinear"]
      settings.append("interpolator: \(names[resample.interpolation] ?? "sitkBSpline")")
    }
    if let crop { settings += ["padDistance: \(crop)"] + (resample == nil ? ["preCrop: true"] : []) }
    if let rule = resegment {
      let modes = [
        ("absolute", rule.range?.bounds), ("relative", rule.relative?.bounds), ("sigma", rule.sigma?.bounds),
      ]
      for case (let mode, let bounds?) in modes {
        let upper = bounds.upperBound.isFinite ? ", \(shortText(bounds.upperBound, digits: 15))" : ""
        settings += ["resegmentRange: [\(shortText(bounds.lowerBound, digits: 15))\(upper)]", "resegmentMode: \(mode)"]
      }
      settings.append("resegmentShape: \(rule.shape == .resegmented)")
    }
    if minimumVoxels > 2 { settings.append("minimumROISize: \(minimumVoxels - 1)") }
    settings.append("minimumROIDimensions: \(minimumDimensions)")
    return settings
  }
}
