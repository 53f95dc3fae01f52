import Radiomics
import RadiomicsPyRadiomics
import Testing

@Suite struct PyRadiomicsParametersTests {
  private func read(_ yaml: String, isLenient: Bool = false) throws -> PyRadiomicsParameters {
    try PyRadiomicsParameters(yaml: yaml, file: "Params.yaml", isLenient: isLenient)
  }

  /// The keys of the settings that PyRadiomics ships for CT.
  @Test func aUsualFile() throws {
    let parameters = try read(
      """
      imageType:
        Original: {}
        LoG:
          sigma: [1.0, 2.0, 3.0]
        Wavelet: { binWidth: 10 }
      featureClass:
        shape:
        firstorder: []
        glcm:
          - Autocorrelation
          - JointAverage
      setting:
        interpolator: 'sitkBSpline'
        resampledPixelSpacing: [1, 1, 1]
        padDistance: 10
        binWidth: 25
        voxelArrayShift: 1000
        label: 1
      """)
    #expect(parameters.imageTypes.map(\.name) == ["Original", "LoG", "Wavelet"])
    #expect(
      parameters.imageTypes[1].settings.sigma?.map(\.text) == ["1.0", "2.0", "3.0"]
        && parameters.imageTypes[1].settings.binWidth == 25)
    #expect(
      parameters.imageTypes[2].settings.binWidth == 10 && parameters.imageTypes[2].settings.voxelArrayShift == 1000)
    #expect(parameters.featureClasses.map(\.name) == ["shape", "firstorder", "glcm"])
    #expect(parameters.featureClasses[0].features == nil && parameters.featureClasses[1].features == nil)
    #expect(parameters.featureClasses[2].features == ["Autocorrelation", "JointAverage"])
    #expect(parameters.settings.resampledPixelSpacing == [1, 1, 1] && parameters.settings.padDistance == 10)
  }

  @Test func jsonAndDefaults() throws {
    let parameters = try read(#"{"setting": {"binCount": 32, "interpolator": 2, "weightingNorm": null}}"#)
    #expect(parameters.settings.binCount == 32 && parameters.settings.interpolator == .named("sitkLinear"))
    #expect(parameters.settings.weightingNorm == nil && parameters.settings.binWidth == 25)
    #expect(parameters.imageTypes.map(\.name) == ["Original"])
    #expect(
      parameters.featureClasses.map(\.name) == ["shape", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"])
  }

  @Test(arguments: [
    ("setting: {binwidth: 25}", "Params.yaml:1:11: PyRadiomics has no setting 'binwidth'", "Did you mean 'binWidth'?"),
    ("imageType: {LoG: {}}", "Params.yaml:1:13: 'LoG' has no 'sigma'", "[1, 2, 3]"),
    ("imageType: {LocalBinaryPattern2D: {}}", "there is no image type 'LocalBinaryPattern2D'", "LBP2D"),
    ("featureClass: {glcm: Contrast}", "Params.yaml:1:22: 'glcm' is text", "glcm: [NAME, …]"),
    ("featureClass: {glcm: true}", "'glcm' is true or false", "must be a list"),
    ("featureClass: {glcm: 1}", "'glcm' is a whole number", "must be a list"),
    ("featureClass: {glcm: {binWidth: 5}}", "'glcm' is a map", "must be a list"),
    ("featureClass: glcm", "'featureClass' is text", "must be a map"),
    ("imageType: [Original, LoG]", "'imageType' is a list", "must be a map"),
    ("setting: {distances: [9223372036854775807]}", "'distances'", "32"),
    ("setting: {binCount: 9223372036854775807}", "'binCount'", "65535"),
    ("setting: {minimumROISize: 9223372036854775807}", "'minimumROISize'", "must be"),
    ("setting: {padDistance: 9223372036854775807}", "'padDistance'", "must be"),
    ("setting: {gldm_a: 1e19}", "'gldm_a'", "65535"),
    ("setting: {interpolator: -9223372036854775808}", "-9223372036854775808 is", "sitkLinear"),
    ("featureClass: {glmc: }", "there is no feature class 'glmc'", "Did you mean 'glcm'?"),
    ("settings: {binWidth: 25}", "'settings' is no key of a parameter file", "Did you mean 'setting'?"),
    ("setting: {binWidth: 0}", "'binWidth' is 0", "above 0"), ("setting: [1]", "'setting' is a list", "a map"),
    ("setting: {resampledPixelSpacing: [1, 1]}", "has 2 numbers", "must have 3"),
    ("setting: {interpolator: sitkBspline}", "'sitkBspline' is unknown", "Did you mean 'sitkBSpline'?"),
    ("setting:\n\tbinWidth: 25", "Params.yaml:2", "tab"), ("7", "the file is a whole number", "must be a map"),
  ])
  func mistakesGetHelp(_ yaml: String, _ what: String, _ help: String) {
    let error = #expect(throws: SettingError.self) { try self.read(yaml) }
    let text = error?.description ?? "nothing"
    #expect(text.contains(what) && text.contains(help), "\(text)")
  }

  @Test func lenientReadingPassesOver() throws {
    let parameters = try read("setting: {binWidth: 10, additional: 3}\nother: 1", isLenient: true)
    #expect(parameters.settings.binWidth == 10 && parameters.findings.count == 2)
  }
}
