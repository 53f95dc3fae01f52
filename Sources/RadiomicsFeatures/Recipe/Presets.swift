import RadiomicsCore

/// A recipe that comes with the software.
public struct Preset: Sendable {
  /// The name that `--recipe` takes.
  public let name: String
  /// The recipe as a user would write it.
  public let yaml: String

  /// All presets, in the order of `recipe list`.
  public static let all: [Preset] = [
    Preset(name: "default", yaml: defaultYAML),
    Preset(name: "ibsi-ct", yaml: ctYAML),
    Preset(name: "ibsi-mr", yaml: mrYAML),
    Preset(name: "ibsi-pet", yaml: petYAML),
    Preset(name: "ibsi-us", yaml: ultrasoundYAML),
    Preset(name: "ibsi-digital", yaml: digitalYAML),
    Preset(name: "ibsi-config-a", yaml: configA),
    Preset(name: "ibsi-config-b", yaml: configB),
    Preset(name: "ibsi-config-c", yaml: configC),
    Preset(name: "ibsi-config-d", yaml: configD),
    Preset(name: "ibsi-config-e", yaml: configE),
    Preset(name: "ibsi2-config-a", yaml: filterConfigA),
    Preset(name: "ibsi2-config-b", yaml: filterConfigB),
    Preset(name: "ibsi2-ct", yaml: studyCT),
    Preset(name: "ibsi2-mr", yaml: studyMR),
    Preset(name: "ibsi2-pet", yaml: studyPET),
    Preset(name: "benchmark", yaml: benchmark),
  ]
}

extension Recipe {
  /// A recipe that comes with the software.
  /// - Throws: `SettingError` if there is no preset of that name.
  public init(preset name: String) throws(SettingError) {
    guard let preset = Preset.all.first(where: { $0.name == name }) else {
      let names = Preset.all.map(\.name)
      throw SettingError(
        place: nil,
        message:
          "there is no preset '\(name)'. There are: \(names.joined(separator: ", ")).\(didYouMean(name, among: names))")
    }
    try self.init(yaml: preset.yaml, file: "preset \(name)")
  }
}

/// Families of a 3-D layer as presets list them.
private let volumetricFamilies = """
      families:
        - MORPHOLOGY
        - local_intensity
        - intensity
        - intensity_histogram
        - ivh: { discretisation: IVH }
        - glcm: { aggregation: GLCM }
        - glrlm: { aggregation: GLCM }
        - glszm: { aggregation: ZONE }
        - gldzm: { aggregation: ZONE }
        - ngtdm: { aggregation: ZONE }
        - ngldm: { aggregation: ZONE }
  """

/// A layer of all families.
private func layer(
  _ discretisation: String, ivh: String, directions: String = "3D:mrg", zones: String = "3D",
  morphology: String = "morphology"
) -> String {
  "layers:\n  - discretisation: \(discretisation)\n"
    + volumetricFamilies.replacing("MORPHOLOGY", with: morphology).replacing("IVH", with: ivh)
    .replacing("GLCM", with: directions).replacing("ZONE", with: zones) + "\n"
}

private let sliceDirections = "[2D:avg, 2D:mrg, 2.5D:avg, 2.5D:mrg]"
private let volumeDirections = "[3D:avg, 3D:mrg]"
private let sliceZones = "[2D, 2.5D]"

private let startingPoint =
  "A starting point, not an endorsement: settings of the multi-modality study in doi:10.1148/radiol.231319 (IBSI 2, phase 3)."

private let defaultYAML = """
  name: default
  description: Every IBSI 1 feature on the image as it is, 32 bins between the region's minimum and maximum.
  """ + "\n" + layer("{ fixed_bin_number: 32 }", ivh: "{ fixed_bin_number: 1000 }")

private let ctYAML = """
  name: ibsi-ct
  description: "\(startingPoint) Soft tissue on CT; widen the range for lung or bone."
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [1, 1, 1], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [-200, 200] }
  """ + "\n" + layer("{ fixed_bin_size: 10 }", ivh: "none")

private let mrYAML = """
  name: ibsi-mr
  description: "\(startingPoint) MR intensities have no unit: here the image's 1st to 99th percentile become 0 to 1000. The study's own normalisation is not given as a formula; replace it by yours."
  preparation:
    normalise: { method: percentile_range, percentiles: [1, 99], within: image, onto: [0, 1000] }
    resample: { spacing: [1, 1, 1], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [0, .inf] }
  """ + "\n" + layer("{ fixed_bin_size: 10 }", ivh: "{ fixed_bin_size: 1 }")

private let petYAML = """
  name: ibsi-pet
  description: "\(startingPoint) PET in SUV."
  intensity_unit: SUV
  preparation:
    resample: { spacing: [3, 3, 3], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [0, .inf] }
  """ + "\n" + layer("{ fixed_bin_size: 0.25 }", ivh: "{ fixed_bin_size: 0.1 }")

private let ultrasoundYAML = """
  name: ibsi-us
  description: "A starting point, not an endorsement: intensities and texture in the plane of one 2-D ultrasound image, 32 bins. Volumes are not defined there. For images of unequal depth add 'resample: { spacing: [0.1, 0.1, 0] }' with your size of pixels."
  layers:
    - discretisation: { fixed_bin_number: 32 }
      families:
        - intensity
        - intensity_histogram
        - ivh: { discretisation: none }
        - glcm: { aggregation: [2D:avg, 2D:mrg] }
        - glrlm: { aggregation: [2D:avg, 2D:mrg] }
        - glszm: { aggregation: 2D }
        - gldzm: { aggregation: 2D }
        - ngtdm: { aggregation: 2D }
        - ngldm: { aggregation: 2D }
  """

private let digitalYAML = """
  name: ibsi-digital
  description: The digital phantom of IBSI 1, grey levels as they are, every aggregation.
  """ + "\n"
  + layer(
    "none", ivh: "none", directions: "[2D:avg, 2D:mrg, 2.5D:avg, 2.5D:mrg, 3D:avg, 3D:mrg]",
    zones: "[2D, 2.5D, 3D]")

private let configA = """
  name: ibsi-config-a
  description: Configuration A of IBSI 1, slice by slice without resampling.
  intensity_unit: HU
  preparation:
    round: hounsfield
    resegment: { range: [-500, 400] }
  """ + "\n" + layer("{ fixed_bin_size: 25 }", ivh: "none", directions: sliceDirections, zones: sliceZones)

private let configB = """
  name: ibsi-config-b
  description: Configuration B of IBSI 1, slice by slice, 2 mm in plane.
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [2, 2, 0], interpolation: linear, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [-500, 400] }
  """ + "\n" + layer("{ fixed_bin_number: 32 }", ivh: "none", directions: sliceDirections, zones: sliceZones)

private let configC = """
  name: ibsi-config-c
  description: Configuration C of IBSI 1, 2 mm, trilinear, fixed bin size.
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [2, 2, 2], interpolation: linear, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [-1000, 400] }
  """ + "\n" + layer("{ fixed_bin_size: 25 }", ivh: "{ fixed_bin_size: 2.5 }", directions: volumeDirections)

private let configD = """
  name: ibsi-config-d
  description: Configuration D of IBSI 1, 2 mm, trilinear, outliers beyond 3 standard deviations left out.
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [2, 2, 2], interpolation: linear, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { sigma: 3 }
  """ + "\n" + layer("{ fixed_bin_number: 32 }", ivh: "none", directions: volumeDirections)

private let configE = """
  name: ibsi-config-e
  description: Configuration E of IBSI 1, 2 mm, cubic spline, range and outliers.
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [2, 2, 2], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [-1000, 400], sigma: 3 }
  """ + "\n" + layer("{ fixed_bin_number: 32 }", ivh: "{ fixed_bin_number: 1000 }", directions: volumeDirections)

private let benchmark = """
  name: benchmark
  description: The work that speed is compared by. The image as it is, 32 bins, all of IBSI 1 in 3-D but Moran's I and Geary's C.
  """ + "\n"
  + layer(
    "{ fixed_bin_number: 32 }", ivh: "{ fixed_bin_number: 1000 }", morphology: "morphology: { autocorrelation: none }")
