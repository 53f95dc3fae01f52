import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

extension PyRadiomicsParameters {
  /// The recipe that measures what PyRadiomics measures by these parameters, under its names and in its order.
  /// - Throws: `SettingError` where there is no equivalent.
  package func recipe(named name: String) throws(SettingError) -> (recipe: Recipe, findings: [Finding]) {
    var layers: [Recipe.Layer] = [], columns: [String] = [], notes = findings
    let all = classes(&notes)
    for type in [settings] + imageTypes.map(\.settings) { try type.checkDistances(of: all.map(\.name)) }
    for (featureClass, features) in all.sorted(by: { $0.name < $1.name }) where featureClass.hasPrefix("shape") {
      layers.append(
        Recipe.Layer(
          name: "original", slices: featureClass == "shape" ? .z : settings.sliceAxis,
          families: featureClass == "shape" ? [shape, PlaneDiameters()] : [PlanarMorphology()]))
      columns += features.map { "original_\(featureClass)_\($0)" }
    }
    let texture = all.filter { !$0.name.hasPrefix("shape") }
    for type in imageTypes {
      notes += type.findings
      let families = texture.flatMap { type.settings.families($0.name) }
      guard !families.isEmpty else { continue }
      for (filter, prefix, images) in try type.images() {
        layers.append(
          Recipe.Layer(name: prefix, filter: filter, slices: type.settings.sliceAxis, families: families))
        columns += images.flatMap { image in
          texture.flatMap { type in type.features.map { "\(image)_\(type.name)_\($0)" } }
        }
      }
    }
    guard !columns.isEmpty else {
      throw SettingError(place: nil, message: "the parameters ask for no feature. Name classes under 'featureClass'.")
    }
    let recipe = try Recipe(
      name: name, description: "What PyRadiomics 3.0.1 measures by a parameter file.",
      preparation: try settings.recipePreparation(), layers: layers, names: .pyradiomics, columns: columns,
      diagnostics: diagnostics)
    return (recipe, notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
  }

  /// How image and mask are read by these parameters. A region that was chosen goes before the label.
  package func reading(_ options: Study.Options, choosesRegion: Bool) -> Study.Options {
    var options = options
    if !choosesRegion { options.region = .label(settings.label) }
    options.maskVolume = settings.labelChannel
    options.resamplesMask = options.resamplesMask || settings.correctMask
    options.gridTolerance = max(options.gridTolerance, settings.geometryTolerance ?? 0)
    return options
  }

  private var shape: Morphology {
    var morphology = Morphology()
    morphology.mesh = .pyradiomics
    morphology.axisNormalisation = .population
    morphology.autocorrelation = .none
    return morphology
  }

  /// The classes with the names of their features in the order of columns. A name that has no value any more is noted.
  private func classes(_ notes: inout [Finding]) -> [(name: String, features: [String])] {
    featureClasses.map { name, features in
      let all = PyRadiomicsFeature.all.filter { $0.featureClass == name }
      guard let features else { return (name, all.filter { !$0.isDeprecated }.map(\.name)) }
      for feature in features {
        guard let gone = PyRadiomicsFeature.removed.first(where: { $0.featureClass == name && $0.name == feature })
        else { continue }
        notes.append(
          Finding(
            .warning, "\(name)_\(feature)",
            "PyRadiomics has no value for it any more, and there is no column. The same says \(gone.sameAs)."))
      }
      let known = features.filter { feature in all.contains { $0.name == feature } }
      return (name, known.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    }
  }
}

extension PyRadiomicsParameters.ImageType {
  /// What its users should know.
  fileprivate var findings: [Finding] {
    guard name == "LBP2D", !settings.force2D else { return [] }
    return [
      Finding(
        .warning, "LBP2D",
        "works in slices, texture is measured in the volume. Set 'force2D: true' to measure in slices.")
    ]
  }

  /// Its filters, the name of the layer of each, and of the images that are wanted of it.
  fileprivate func images() throws(SettingError) -> [(filter: (any ImageFilter)?, prefix: String, images: [String])] {
    func single(_ filter: (any ImageFilter)?, _ name: String) -> [((any ImageFilter)?, String, [String])] {
      [(filter, name, [name])]
    }
    switch name {
    case "Original": return single(nil, "original")
    case "LoG":
      return (settings.sigma ?? []).map { sigma in
        var filter = LaplacianOfGaussian()
        filter.sigma = sigma.value
        filter.variant = .pyradiomics
        let prefix = "log-sigma-\(sigma.text.replacing(".", with: "-"))-mm-3D"
        return (filter, prefix, [prefix])
      }
    case "Wavelet": return wavelets()
    case "Square": return single(SquareFilter(), "square")
    case "SquareRoot": return single(SquareRootFilter(), "squareroot")
    case "Logarithm": return single(LogarithmFilter(), "logarithm")
    case "Exponential": return single(ExponentialFilter(), "exponential")
    case "Gradient":
      var filter = GradientMagnitude()
      filter.usesSpacing = settings.gradientUseSpacing
      return single(filter, "gradient")
    case "LBP2D":
      var filter = LocalBinaryPattern()
      filter.radius = settings.lbp2DRadius
      filter.samples = settings.lbp2DSamples
      filter.method = settings.lbp2DMethod
      if settings.force2Ddimension == 2, settings.lbp2DMethod == .default || settings.lbp2DMethod == .ror {
        throw SettingError(
          place: nil,
          message: "'lbp2DMethod' is \(settings.lbp2DMethod) and 'force2Ddimension' 2: the order of points is mirrored "
            + "in these slices, which has no equivalent. Use 'uniform'.")
      }
      return single(filter, "lbp-2D")
    case "LBP3D":
      var filter = SphericalPattern()
      filter.levels = settings.lbp3DLevels
      filter.radius = settings.lbp3DIcosphereRadius
      filter.subdivisions = settings.lbp3DIcosphereSubdivision
      return [(filter, "lbp-3D", filter.responses.map { "lbp-3D-\($0)" })]
    default: preconditionFailure("the image type '\(name)' was checked on reading")
    }
  }

  /// A filter for each level; of the last one the approximation too.
  private func wavelets() -> [(filter: (any ImageFilter)?, prefix: String, images: [String])] {
    var all: [(filter: (any ImageFilter)?, prefix: String, images: [String])] = []
    for number in 1...settings.level {
      var filter = SeparableWavelet()
      filter.wavelet = settings.wavelet
      filter.level = settings.startLevel + number
      filter.dimension = settings.force2D ? .slices : .volume
      filter.variant = .pyradiomics
      let prefix = number == 1 ? "wavelet" : "wavelet\(number)", responses = filter.responses
      let wanted = Array(responses.dropFirst()) + (number == settings.level ? [responses[0]] : [])
      all.append((filter, prefix, wanted.map { "\(prefix)-\($0)" }))
    }
    return all
  }
}

extension PyRadiomicsSettings {
  /// `force2Ddimension` counts NumPy's axes: z, y, x.
  fileprivate var sliceAxis: SliceAxis { force2D ? [.z, .y, .x][force2Ddimension] : .z }

  private var discretisation: Discretisation {
    binCount.map { .fixedBinNumber(count: $0, edges: .numpy) } ?? .fixedBinSize(width: binWidth, firstEdge: .multiple)
  }

  private var directional: DirectionalAggregation {
    switch (force2D, weightingNorm == nil) {
    case (false, true): .averaged3D
    case (false, false): .merged3D
    case (true, true): .averaged25D
    case (true, false): .merged25D
    }
  }

  private var inSlices: SliceAggregation { force2D ? .merged25D : .volume3D }

  private var weighting: DirectionWeighting {
    switch weightingNorm {
    case nil, .noWeighting: .none
    case .manhattan: .manhattan
    case .euclidean: .euclidean
    case .infinity: .chebyshev
    }
  }

  /// The farthest distance of classes that look at every voxel around one.
  private static let farthestNeighbour = 10

  /// Refuses distances that a class does not reach.
  fileprivate func checkDistances(of classes: [String]) throws(SettingError) {
    guard let far = distances.first(where: { $0 > Self.farthestNeighbour }),
      let featureClass = classes.first(where: { ["gldm", "ngtdm"].contains($0) })
    else { return }
    throw SettingError(
      place: nil,
      message:
        "'distances' holds \(far), must be at most \(Self.farthestNeighbour) for the class \(featureClass). Leave the class "
        + "out, or choose shorter distances.")
  }

  /// Distances other than 1.
  private var shells: [Int]? {
    let distances = Set(distances).sorted()
    return distances == [1] ? nil : distances
  }

  /// The families that a class is made of.
  fileprivate func families(_ featureClass: String) -> [any FeatureFamily] {
    switch featureClass {
    case "firstorder":
      var histogram = IntensityHistogram(), energies = PyRadiomicsIntensity()
      histogram.discretisation = discretisation
      energies.shift = voxelArrayShift
      return [IntensityStatistics(), energies, histogram]
    case "glcm":
      var correlation = MaximalCorrelation()
      correlation.pairs.discretisation = discretisation
      correlation.pairs.aggregation = [directional]
      correlation.pairs.symmetric = symmetricalGLCM
      correlation.pairs.weighting = weighting
      correlation.pairs.shells = shells
      correlation.pairs.variant = .pyradiomics
      return [correlation.pairs, correlation]
    case "glrlm":
      var runs = RunLength()
      runs.discretisation = discretisation
      runs.aggregation = [directional]
      runs.weighting = weighting
      runs.variant = .pyradiomics
      return [runs]
    case "glszm":
      var zones = SizeZone()
      zones.discretisation = discretisation
      zones.aggregation = [inSlices]
      return [zones]
    case "gldm":
      var dependence = NeighbouringDependence()
      dependence.discretisation = discretisation
      dependence.aggregation = [inSlices]
      dependence.coarseness = Int(gldmAlpha.rounded(.down))
      dependence.shells = shells
      return [dependence]
    case "ngtdm":
      var tones = NeighbourhoodToneDifference()
      tones.discretisation = discretisation
      tones.aggregation = [inSlices]
      tones.shells = shells
      tones.variant = .pyradiomics
      return [tones]
    default: preconditionFailure("the class '\(featureClass)' was checked on reading")
    }
  }

  /// How image and mask are made ready.
  fileprivate func recipePreparation() throws(SettingError) -> Preparation {
    var preparation = Preparation()
    preparation.round = .stored
    if normalize {
      var normalise = Normalisation()
      normalise.deviation = .sample
      normalise.scale = normalizeScale
      normalise.clip = removeOutliers
      preparation.normalise = normalise
    }
    if let spacing = resampledPixelSpacing, let interpolation = try interpolation() {
      var resample = Resampling()
      resample.spacing = SIMD3(spacing[0], spacing[1], spacing[2])
      resample.interpolation = interpolation
      resample.maskInterpolation = .nearest
      resample.align = .corner
      resample.edge = .itk
      resample.keepWithin = 1e-5
      resample.keepsFlat = true
      preparation.resample = resample
      preparation.crop = padDistance
    } else if preCrop {
      preparation.crop = padDistance
    }
    preparation.resegment = try resegmentation()
    preparation.minimumVoxels = max(2, (minimumROISize ?? 0) + 1)
    preparation.minimumDimensions = minimumROIDimensions
    return preparation
  }

  private func interpolation() throws(SettingError) -> Interpolation? {
    switch interpolator {
    case .none: return nil
    case .named("sitkNearestNeighbor"): return .nearest
    case .named("sitkLinear"): return .linear
    case .named("sitkBSpline"): return .cubicSpline
    case .named(let name):
      throw SettingError(
        place: nil,
        message:
          "'interpolator' is \(name), which has no equivalent. Use sitkBSpline, sitkLinear or sitkNearestNeighbor.")
    }
  }

  private func resegmentation() throws(SettingError) -> Resegmentation? {
    guard let bounds = resegmentRange?.sorted(), let first = bounds.first else { return nil }
    let last = bounds.count > 1 ? bounds[1] : .infinity
    guard first < last else {
      throw SettingError(place: nil, message: "'resegmentRange' is \(bounds), must have two different numbers.")
    }
    var rule = Resegmentation()
    switch resegmentMode {
    case .absolute: rule.range = IntensityRange(first...last)
    case .relative: rule.relative = IntensityRange(first...last)
    case .sigma: rule.sigma = DeviationRange(first...last)
    }
    rule.shape = resegmentShape ? .resegmented : .cropped
    return rule
  }
}
