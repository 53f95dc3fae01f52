import Radiomics
import RadiomicsFormats
import Testing

/// How cases are read is told to workers as JSON, and results are told apart by it.
@Suite struct ReadingOptionsTests {
  /// One change for each property. `clip` and `reference` are files: they belong to the case and are told with it.
  private static let ofStudy: [String: @Sendable (inout Study.Options) -> Void] = [
    "region": { $0.region = .union }, "maskThreshold": { $0.maskThreshold = 0.3 },
    "resamplesMask": { $0.resamplesMask = true }, "maskVolume": { $0.maskVolume = 1 },
    "gridTolerance": { $0.gridTolerance = 0.5 }, "volume": { $0.volume = 2 }, "niftiForm": { $0.niftiForm = .qform },
    "allowed": { $0.allowed = [.unit] },
  ]
  private static let ofSeries: [String: @Sendable (inout SeriesOptions) -> Void] = [
    "series": { $0.series = "CT" }, "maskSeries": { $0.maskSeries = "RTSTRUCT" },
    "allowsGaps": { $0.allowsGaps = true },
    "resamplesTilt": { $0.resamplesTilt = true }, "quantity": { $0.quantity = .suvbsa },
    "uptake": { $0.uptake = 3600 }, "contourEdge": { $0.contourEdge = .inside },
  ]

  /// Keys of results are made of these bytes: they stay as they are.
  @Test func bytesStay() {
    #expect(
      Study.Options().json.line
        == #"{"region":"each","mask_threshold":null,"resample_mask":false,"volume":null,"nifti_form":null}"#)
    var options = Study.Options()
    for change in Self.ofStudy.values { change(&options) }
    for change in Self.ofSeries.values { change(&options.series) }
    #expect(
      options.json.line
        == #"{"region":"union","mask_threshold":0.3,"resample_mask":true,"volume":2,"nifti_form":"qform","#
        + #""mask_volume":1,"grid_tolerance":0.5,"allow":["unit"],"series":"CT","mask_series":"RTSTRUCT","#
        + #""allow_gaps":true,"resample_tilt":true,"pet_quantity":"suvbsa","uptake_s":3600,"contour_edge":"inside"}"#
    )
  }

  @Test func wrongOptionsAreRefused() {
    for (text, part) in [
      (#"{"regoin": "each"}"#, "Did you mean 'region'?"), (#"{"volume": "two"}"#, "must be a whole number"),
      (#"{"pet_quantity": "suv"}"#, "must be one of suvbw"), (#"{"uptake_s": -1}"#, "at least 0"),
    ] {
      let error = #expect(throws: SettingError.self) {
        try Study.Options(json: JSON(json: Array(text.utf8), file: "r"), file: "run.json")
      }
      #expect(
        error?.description.contains(part) == true && error?.description.hasPrefix("run.json: ") == true,
        "\(error as Any)")
    }
  }

  @Test func everyOptionIsTold() throws {
    let names = { (value: Any) in Set(Mirror(reflecting: value).children.compactMap(\.label)) }
    #expect(
      names(Study.Options()) == Set(Self.ofStudy.keys).union(["series", "clip", "reference"]),
      "an option has no example here")
    // The unit grid is for files of voxels alone; features are never measured on it.
    #expect(names(SeriesOptions()) == Set(Self.ofSeries.keys).union(["usesUnitGrid"]), "an option has no example here")
    let plain = Study.Options().json.line
    let changes =
      Self.ofStudy.map { ($0.key, $0.value) }
      + Self.ofSeries.map { name, change in (name, { (options: inout Study.Options) in change(&options.series) }) }
    for (name, change) in changes {
      var options = Study.Options()
      change(&options)
      #expect(options.json.line != plain, "\(name) is not told")
      #expect(
        try Study.Options(json: options.json, file: "run.json").json.line == options.json.line, "\(name) is not read")
      #expect(try "\(Study.Options(json: options.json, file: "run.json"))" == "\(options)", "\(name) is not read")
    }
  }
}
