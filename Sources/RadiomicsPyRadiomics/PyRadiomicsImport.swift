import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

extension PyRadiomicsParameters {
  /// The recipe that measures the same features by IBSI's definitions, and what changes by that, setting by setting.
  /// - Throws: `SettingError` where IBSI has no equivalent.
  package func ibsiRecipe(named name: String) throws(SettingError) -> (recipe: Recipe, changes: [Finding]) {
    let (source, notes) = try recipe(named: name)
    guard settings.distances == [1] else {
      throw SettingError(
        place: nil,
        message:
          "'distances' is \(settings.distances): PyRadiomics takes every step of these Chebyshev distances, IBSI the 13 "
          + "directions times one distance. There is no equivalent; set distances: [1].")
    }
    var layers: [Recipe.Layer] = []
    for layer in source.layers {
      guard layer.slices == .z else {
        throw SettingError(
          place: nil,
          message: "'force2Ddimension' is \(settings.force2Ddimension), IBSI's slices are axial. Set it to 0.")
      }
      let families = layer.families.compactMap { ibsiFamily($0, isFiltered: layer.filter != nil) }
      guard !families.isEmpty else { continue }
      let isOriginal = layer.name == "original"
      layers.append(
        Recipe.Layer(
          name: isOriginal ? nil : layer.name?.replacing("-", with: "_"), filter: layer.filter.map(ibsiFilter),
          families: families))
    }
    let recipe = try Recipe(
      name: name, description: "A PyRadiomics parameter file by IBSI's definitions.",
      preparation: ibsiPreparation(source.preparation), layers: layers.merged)
    return (recipe, notes + changes(source))
  }

  /// PyRadiomics' columns, each followed by IBSI's of the same feature.
  /// - Throws: `SettingError` where IBSI has no equivalent.
  package func bothRecipe(named name: String) throws(SettingError) -> (recipe: Recipe, findings: [Finding]) {
    let (source, _) = try recipe(named: name), (ibsi, changes) = try ibsiRecipe(named: name)
    var left = ibsi.columns.map(\.column)
    let columns = source.columns.flatMap { measurand -> [String] in
      let parts = measurand.column.split(separator: "_", maxSplits: 1).map(String.init)
      let feature = PyRadiomicsFeature.all.first { parts[1] == "\($0.featureClass)_\($0.name)" }
      let prefix = parts[0] == "original" ? "" : parts[0].replacing("-", with: "_") + "."
      guard let tag = feature?.ibsiTag, let index = left.firstIndex(where: { $0.isColumn(of: tag, in: prefix) }) else {
        return [measurand.column]
      }
      return [measurand.column, left.remove(at: index)]
    }
    return (
      try Recipe(
        name: name, description: "A PyRadiomics parameter file by PyRadiomics' and by IBSI's definitions.",
        preparation: source.preparation, layers: source.layers, names: .pyradiomics, columns: columns,
        diagnostics: source.diagnostics, also: [ibsi]),
      changes
    )
  }

  // MARK: Definitions

  private func ibsiPreparation(_ source: Preparation) -> Preparation {
    var preparation = source
    preparation.round = .none
    preparation.normalise?.deviation = nil
    preparation.crop = nil
    preparation.resample?.align = .centre
    preparation.resample?.maskInterpolation = .linear
    preparation.resample?.edge = .border
    preparation.resample?.keepWithin = 0
    preparation.resample?.keepsFlat = false
    preparation.resegment?.shape = .unchanged
    return preparation
  }

  /// Nil for what IBSI does not know.
  private func ibsiFamily(_ family: any FeatureFamily, isFiltered: Bool) -> (any FeatureFamily)? {
    let bins = family.discretisation.map { ibsiBins($0, isFiltered) }
    switch family {
    case is Morphology: return Morphology()
    case is PlaneDiameters, is PyRadiomicsIntensity, is PlanarMorphology, is MaximalCorrelation, is LesionDiameters,
      is Thickness:
      return nil
    case var pairs as Cooccurrence:
      pairs.variant = .ibsi
      pairs.discretisation = bins
      return pairs
    case var runs as RunLength:
      runs.variant = .ibsi
      runs.discretisation = bins
      return runs
    case var tones as NeighbourhoodToneDifference:
      tones.variant = .ibsi
      tones.discretisation = bins
      return tones
    default:
      var family = family
      if let bins { family.discretisation = bins }
      return family
    }
  }

  /// Bins of a fixed width start at the lower bound of the range that is kept, or at the minimum.
  private func ibsiBins(_ bins: Discretisation, _ isFiltered: Bool) -> Discretisation {
    let hasBound = settings.resegmentMode == .absolute && settings.resegmentRange?.isEmpty == false
    switch bins {
    case .fixedBinSize(let width, _):
      return .fixedBinSize(width: width, firstEdge: hasBound && !isFiltered ? .rangeLowerBound : .minimum)
    case .fixedBinNumber(let count, _): return .fixedBinNumber(count: count)
    default: return bins
    }
  }

  private func ibsiFilter(_ filter: any ImageFilter) -> any ImageFilter {
    switch filter {
    case var filter as LaplacianOfGaussian:
      filter.variant = .ibsi
      return filter
    case var filter as SeparableWavelet:
      filter.variant = .ibsi
      return filter
    default: return filter
    }
  }

  // MARK: What changes

  private func changes(_ source: Recipe) -> [Finding] {
    let families = source.layers.flatMap(\.families), filters = source.layers.compactMap(\.filter)
    return (preparationChanges(source, families) + familyChanges(families) + filterChanges(filters)).map {
      Finding(.note, $0.0, $0.1)
    }
  }

  private func preparationChanges(_ source: Recipe, _ families: [any FeatureFamily]) -> [(String, String)] {
    var changes: [(String, String)] = []

    if settings.binCount == nil, families.contains(where: { $0.discretisation != nil }) {
      changes.append(
        (
          "binWidth",
          "bins start at the lower bound of the re-segmentation range, or at the region's minimum where there is none; "
            + "PyRadiomics starts them at a multiple of the width."
        ))
    }
    if settings.binCount != nil { changes.append(("binCount", "edges are exact; PyRadiomics has NumPy's rounding.")) }
    if source.preparation.resample != nil {
      changes += [
        (
          "resampledPixelSpacing",
          "the centres of both grids coincide, PyRadiomics' first corners do; a mask is interpolated "
            + "linearly and cut at one half, PyRadiomics takes the nearest voxel; whole numbers are not cut off to whole numbers."
        ),
        ("padDistance", "filters see the whole image, PyRadiomics' only this margin around the region."),
      ]
    }
    if settings.normalize {
      changes.append(("normalize", "the standard deviation divides by n, PyRadiomics' by n − 1."))
    }
    if settings.resegmentRange != nil {
      changes.append(
        (
          "resegmentShape",
          "shape is measured on the whole outline, PyRadiomics cuts it to the box of what is left, or to what "
            + "is left."
        ))
    }
    return changes
  }

  private func familyChanges(_ families: [any FeatureFamily]) -> [(String, String)] {
    var changes: [(String, String)] = []
    if families.contains(where: { $0 is Morphology }) {
      changes.append(
        (
          "shape",
          "the mesh follows another table of marching cubes, axes divide by n − 1; Maximum2DDiameter… have no equivalent."
        ))
    }
    if families.contains(where: { $0 is PyRadiomicsIntensity }) {
      changes.append(
        (
          "firstorder",
          "kurtosis is an excess (PyRadiomics' − 3); energy and root mean square know no voxelArrayShift "
            + "(\(shortText(settings.voxelArrayShift)) here); TotalEnergy and StandardDeviation have no equivalent."
        ))
    }
    if families.contains(where: { $0 is MaximalCorrelation }) { changes.append(("glcm", "MCC has no equivalent.")) }
    if settings.weightingNorm != nil, settings.weightingNorm != .noWeighting {
      changes.append(("weightingNorm", "lengths are counted in voxels, PyRadiomics' in mm."))
    }
    if families.contains(where: { $0 is PlanarMorphology }) {
      changes.append(("shape2D", "IBSI has no shape in the plane; it is left out."))
    }
    return changes
  }

  private func filterChanges(_ filters: [any ImageFilter]) -> [(String, String)] {
    var changes: [(String, String)] = []
    if filters.contains(where: { $0 is LaplacianOfGaussian }) {
      changes.append(("LoG", "a Gaussian cut off at 4 sigma, the image mirrored; PyRadiomics has ITK's recursive one."))
    }
    if filters.contains(where: { $0 is SeparableWavelet }) {
      changes.append(
        (
          "Wavelet",
          "filters are spread for levels above 1, the image is mirrored; PyRadiomics repeats it, filters not spread."
        ))
    }
    return changes
  }
}

extension [Recipe.Layer] {
  /// Neighbouring layers of the prepared image as one.
  fileprivate var merged: [Recipe.Layer] {
    reduce(into: []) { layers, layer in
      if layer.filter == nil, let last = layers.last, last.filter == nil {
        layers[layers.count - 1].families += layer.families
      } else {
        layers.append(layer)
      }
    }
  }
}

extension String {
  /// Whether it is a column of a feature in an image, `prefix` before the tag.
  fileprivate func isColumn(of tag: String, in prefix: String) -> Bool {
    self == prefix + tag || hasPrefix(prefix + tag + ".")
  }
}
