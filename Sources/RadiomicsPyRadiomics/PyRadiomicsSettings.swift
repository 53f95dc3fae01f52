import RadiomicsCore
import RadiomicsFeatures

/// The settings of a PyRadiomics parameter file, of all images or of one image type, under PyRadiomics' names and with its
/// defaults (3.0.1, `setting` and `voxelSetting`). `None`, as YAML has it null, is allowed where PyRadiomics has it.
package struct PyRadiomicsSettings: Configurable {
  package static let name = "setting"
  package static let summary = "Settings of a PyRadiomics parameter file."
  package static let reference = "PyRadiomics 3.0.1, paramSchema.yaml and featureextractor.py"
  package static var parameters: [Parameter<Self>] { checks + preparation + bins + filters + classes + maps }

  /// How a re-segmentation range is meant.
  package enum ResegmentMode: String, ChoiceSetting {
    /// Intensities.
    case absolute
    /// Parts of the region's maximum.
    case relative
    /// Standard deviations from the region's mean.
    case sigma
  }

  /// By which length of a direction, in mm, matrices are weighted when they are merged.
  package enum WeightingNorm: String, ChoiceSetting {
    /// Sum of components.
    case manhattan
    /// Length.
    case euclidean
    /// Largest component.
    case infinity
    /// Merged, all alike.
    case noWeighting = "no_weighting"
  }

  // Checks of image and mask.
  package var label = 1, labelChannel = 0, minimumROIDimensions = 2
  package var minimumROISize: Int?
  package var geometryTolerance: Double?
  package var correctMask = false, additionalInfo = true
  // Preparation.
  package var normalize = false
  package var normalizeScale = 1.0
  package var removeOutliers: Double?
  package var resampledPixelSpacing: [Double]?
  package var interpolator = Interpolator.named("sitkBSpline")
  package var padDistance = 5
  package var preCrop = false
  package var resegmentRange: [Double]?
  package var resegmentMode = ResegmentMode.absolute
  package var resegmentShape = false
  // Bins.
  package var binWidth = 25.0
  package var binCount: Int?
  // Filters.
  package var sigma: [PythonNumber]?
  package var wavelet = Wavelet()
  package var level = 1, startLevel = 0
  package var gradientUseSpacing = true
  package var lbp2DRadius = 1.0, lbp2DSamples = 8
  package var lbp2DMethod = LocalBinaryPattern.Method.uniform
  package var lbp3DLevels = 2, lbp3DIcosphereSubdivision = 1
  package var lbp3DIcosphereRadius = 1.0
  // Classes.
  package var force2D = false
  package var force2Ddimension = 0
  package var distances = [1]
  package var symmetricalGLCM = true
  package var weightingNorm: WeightingNorm?
  package var gldmAlpha = 0.0, voxelArrayShift = 0.0
  // Maps.
  package var kernelRadius = 1
  package var maskedKernel = true
  package var initValue = 0.0
  package var voxelBatch = -1

  /// PyRadiomics' defaults.
  package init() {}

  package func check() throws(SettingError) {
    if let resampledPixelSpacing, resampledPixelSpacing.count != 3 {
      throw SettingError(
        place: nil,
        message: "'resampledPixelSpacing' has \(resampledPixelSpacing.count) numbers, must have 3: [x, y, z].")
    }
    if let resegmentRange, resegmentRange.count > 2 {
      throw SettingError(
        place: nil, message: "'resegmentRange' has \(resegmentRange.count) numbers, must have 1 or 2: [lower, upper].")
    }
  }
}

extension PyRadiomicsSettings {
  private static var checks: [Parameter<Self>] {
    [
      Parameter("label", \.label, in: 1...Double(Int32.max), "Label of the region in the mask."),
      Parameter("label_channel", \.labelChannel, in: 0...1e6, "Channel of a mask with several."),
      Parameter(
        "minimumROIDimensions", \.minimumROIDimensions, in: 1...3,
        "Axes along which a region must have more than one voxel."),
      Parameter(
        "minimumROISize", \.minimumROISize, in: 1...Double(Int32.max), "A region must have more voxels than this."),
      Parameter(
        "geometryTolerance", \.geometryTolerance, in: .positive, "By how much grids of image and mask may differ."),
      Parameter("correctMask", \.correctMask, "Whether a mask on another grid is resampled to the image's."),
      Parameter("additionalInfo", \.additionalInfo, "Whether columns diagnostics_… are written."),
    ]
  }

  private static var preparation: [Parameter<Self>] {
    [
      Parameter("normalize", \.normalize, "Whether the image becomes its z-score."),
      Parameter("normalizeScale", \.normalizeScale, in: .positive, "Factor of the z-score."),
      Parameter(
        "removeOutliers", \.removeOutliers, in: .positive, "Where the z-score is clipped, standard deviations."),
      Parameter(
        "resampledPixelSpacing", \.resampledPixelSpacing, in: .notNegative, "New spacing, mm; 0 keeps an axis."),
      Parameter("interpolator", \.interpolator, "SimpleITK's interpolator of the image."),
      Parameter("padDistance", \.padDistance, in: 0...1e6, "Voxels kept around the region for filters."),
      Parameter("preCrop", \.preCrop, "Whether the image is cropped to the region and padDistance."),
      Parameter("resegmentRange", \.resegmentRange, "Intensities kept: the least, or the least and the greatest."),
      Parameter("resegmentMode", \.resegmentMode, "What the range is given in."),
      Parameter("resegmentShape", \.resegmentShape, "Whether shape is measured on what is left, too."),
    ]
  }

  private static var bins: [Parameter<Self>] {
    [
      Parameter("binWidth", \.binWidth, in: .positive, "Width of a bin; bins start at multiples of it."),
      Parameter(
        "binCount", \.binCount, in: 1...Double(Discretisation.mostLevels), "Number of bins; wins over binWidth."),
    ]
  }

  private static var filters: [Parameter<Self>] {
    [
      Parameter("sigma", \.sigma, in: .positive, "Widths of the Laplacian of Gaussian, mm."),
      Parameter("wavelet", \.wavelet, "PyWavelets' name of the wavelet."),
      Parameter("level", \.level, in: 1...12, "Levels of decomposition."),
      Parameter("start_level", \.startLevel, in: 0...12, "First level, from 0."),
      Parameter("gradientUseSpacing", \.gradientUseSpacing, "Whether the gradient is taken per mm."),
      Parameter("lbp2DRadius", \.lbp2DRadius, in: 0.1...100, "Radius of the circle, voxels."),
      Parameter("lbp2DSamples", \.lbp2DSamples, in: 1...24, "Points on the circle."),
      Parameter("lbp2DMethod", \.lbp2DMethod, "What a pattern becomes."),
      Parameter("lbp3DLevels", \.lbp3DLevels, in: 1...10, "Levels of spherical harmonics."),
      Parameter("lbp3DIcosphereRadius", \.lbp3DIcosphereRadius, in: 0.1...100, "Radius of the sphere, voxels."),
      Parameter(
        "lbp3DIcosphereSubdivision", \.lbp3DIcosphereSubdivision, in: 0...4, "Subdivisions of the icosahedron."),
    ]
  }

  private static var classes: [Parameter<Self>] {
    [
      Parameter("force2D", \.force2D, "Whether texture is measured slice by slice."),
      Parameter("force2Ddimension", \.force2Ddimension, in: 0...2, "Across which axis slices lie: 0 z, 1 y, 2 x."),
      Parameter("distances", \.distances, in: 1...32, "Chebyshev distances of neighbours, voxels."),
      Parameter("symmetricalGLCM", \.symmetricalGLCM, "Whether pairs are counted both ways."),
      Parameter("weightingNorm", \.weightingNorm, "How matrices are weighted and merged; null averages features."),
      Parameter(
        "gldm_a", \.gldmAlpha, in: 0...Double(Discretisation.mostLevels),
        "Largest difference of levels that depend on each other."),
      Parameter("voxelArrayShift", \.voxelArrayShift, "Added to intensities for energy and root mean square."),
    ]
  }

  private static var maps: [Parameter<Self>] {
    [
      Parameter("kernelRadius", \.kernelRadius, in: 1...10, "Radius of a voxel's neighbourhood."),
      Parameter("maskedKernel", \.maskedKernel, "Whether only voxels of the region count."),
      Parameter("initValue", \.initValue, "Stands in a map where there is no value."),
      Parameter("voxelBatch", \.voxelBatch, "Voxels done at once there; without effect here."),
    ]
  }
}

/// SimpleITK's interpolator, by name or number; null means that nothing is resampled.
package enum Interpolator: SettingValue, Hashable {
  case none
  case named(String)

  /// SimpleITK's names by their numbers from 1.
  static let names = [
    "sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLabelGaussian",
    "sitkHammingWindowedSinc", "sitkCosineWindowedSinc", "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
  ]

  package static var expectation: String { "one of \(names.joined(separator: ", ")), its number from 1, or null" }

  package init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .null: self = .none
    case .integer(let number) where (1...Self.names.count).contains(number): self = .named(Self.names[number - 1])
    case .text(let name) where Self.names.contains(name): self = .named(name)
    case .text(let name):
      throw setting.error("'\(name)' is unknown, must be \(Self.expectation).\(didYouMean(name, among: Self.names))")
    default: throw Self.mismatch(setting)
    }
  }

  package var settingValue: Setting.Value {
    switch self {
    case .none: .null
    case .named(let name): .text(name)
    }
  }
}

/// A number and how Python writes it: PyRadiomics names images by what a file says, 1 or 1.0.
package struct PythonNumber: SettingValue, Hashable {
  package static var expectation: String { Double.expectation }

  package let value: Double
  /// `1` for a whole number written so, `1.0` for the same with a point.
  package let text: String

  package init(setting: Setting) throws(SettingError) {
    value = try Double(setting: setting)
    if case .integer(let number) = setting.value { text = "\(number)" } else { text = "\(value)" }
  }

  package var settingValue: Setting.Value { Int(text).map { .integer($0) } ?? .number(value) }
}
