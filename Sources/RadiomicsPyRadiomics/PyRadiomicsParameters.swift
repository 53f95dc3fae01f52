import RadiomicsCore
import RadiomicsFeatures

/// A PyRadiomics parameter file, YAML or JSON: which images are measured, which features of which classes, and how.
package struct PyRadiomicsParameters: Sendable {
  /// An image type with the settings that hold for it: those of the file, and its own.
  package struct ImageType: Sendable {
    /// `Original`, `LoG` …
    package let name: String
    package let settings: PyRadiomicsSettings
  }

  /// The images, in the order of the file.
  package let imageTypes: [ImageType]
  /// The classes in the order of the file, with the names of their features; nil for all that are not deprecated.
  package let featureClasses: [(name: String, features: [String]?)]
  /// What holds for all images.
  package let settings: PyRadiomicsSettings
  /// Settings that hold for all images, PyRadiomics' own defaults first, and those of each image type, as they are written.
  let writtenSettings, writtenImageTypes: Setting.Value
  /// Keys that were passed over, if the reading was lenient.
  package let findings: [Finding]

  /// PyRadiomics' image types.
  package static let imageTypeNames = [
    "Original", "LoG", "Wavelet", "Square", "SquareRoot", "Logarithm", "Exponential", "Gradient", "LBP2D", "LBP3D",
  ]
  /// PyRadiomics' classes; `shape2D` only where asked for.
  package static let featureClassNames = PyRadiomicsFeature.classes

  /// Reads a file; `file` is how errors call it. PyRadiomics warns of unknown keys and goes on; here they are errors, unless
  /// `isLenient`.
  /// - `overrides`: Settings that go before those of the file: `binWidth`, `10`; errors call them by `overridesName` and the key.
  package init(
    yaml: String, file: String, isLenient: Bool = false, overrides: [(key: String, text: String)] = [],
    overridesName: String = "setting"
  ) throws(SettingError) {
    var passed: [Finding] = []
    let root = try Setting(yaml: yaml, file: file)
    guard root.isMapOrEmpty else {
      throw root.error("the file is \(root.value.kind), must be a map with imageType, featureClass or setting.")
    }
    let keys = ["imageType", "featureClass", "setting", "voxelSetting"]
    for (key, place, _) in root.entries where !keys.contains(key) {
      let error = SettingError(
        place: place,
        message:
          "'\(key)' is no key of a parameter file, must be one of \(keys.joined(separator: ", ")).\(didYouMean(key, among: keys))"
      )
      guard isLenient else { throw error }
      passed.append(Finding(.warning, "\(place)", "'\(key)' is unknown and passed over."))
    }
    let common =
      try Self.known(root["setting"], isLenient, &passed) + Self.known(root["voxelSetting"], isLenient, &passed)
      + Self.known(overrides.isEmpty ? nil : Self.setting(overrides, named: overridesName), isLenient, &passed)
    settings = try Self.read(common, at: root.place)
    writtenSettings = Self.written(common)
    var types: [ImageType] = [], written: [Setting.Value.Entry] = []
    for (name, place, own) in try root["imageType"]?.requiredMap("imageType", "{ Original: {}, LoG: { sigma: [3] } }")
      ?? []
    {
      guard Self.imageTypeNames.contains(name) else {
        throw SettingError(
          place: place,
          message: "there is no image type '\(name)', must be one of \(Self.imageTypeNames.joined(separator: ", "))."
            + didYouMean(name, among: Self.imageTypeNames))
      }
      let settings = try Self.read(common + Self.known(own, isLenient, &passed), at: place)
      if name == "LoG", settings.sigma == nil {
        throw SettingError(
          place: place, message: "'LoG' has no 'sigma', must have a list of widths in mm: LoG: { sigma: [1, 2, 3] }.")
      }
      types.append(ImageType(name: name, settings: settings))
      written.append(.init(name, .map(own.entries.map { .init($0.key, $0.setting.value) })))
    }
    imageTypes = types.isEmpty ? [ImageType(name: "Original", settings: settings)] : types
    writtenImageTypes = .map(written.isEmpty ? [.init("Original", .map([]))] : written)
    featureClasses = try Self.classes(root["featureClass"], inSlices: settings.force2D)
    findings = passed
  }

  /// The defaults that PyRadiomics lists, with what the file says.
  private static func written(_ entries: [Entry]) -> Setting.Value {
    let defaults = PyRadiomicsSettings()
    let listed = [
      "minimumROIDimensions", "minimumROISize", "normalize", "normalizeScale", "removeOutliers",
      "resampledPixelSpacing",
      "interpolator", "preCrop", "padDistance", "distances", "force2D", "force2Ddimension", "resegmentRange", "label",
      "additionalInfo",
    ]
    var all = listed.map { key in
      Setting.Value.Entry(
        key, PyRadiomicsSettings.allParameters.first { $0.key == key }!.write(defaults).asWritten(key))
    }
    for entry in entries {
      if let index = all.firstIndex(where: { $0.key == entry.key }) {
        all[index] = .init(entry.key, entry.setting.value)
      } else {
        all.append(.init(entry.key, entry.setting.value))
      }
    }
    return .map(all)
  }

  /// Overrides as a map; what a list is to be may be written with commas alone.
  private static func setting(
    _ overrides: [(key: String, text: String)], named name: String
  ) throws(SettingError) -> Setting {
    var entries: [Entry] = []
    for (key, text) in overrides {
      let place = "\(name) \(key)", defaults = PyRadiomicsSettings()
      let parameter = PyRadiomicsSettings.allParameters.first { $0.key == key }
      var written = text == "None" ? "null" : text
      switch parameter?.write(defaults) {
      case .flag: written = text == "1" || text.lowercased() == "true" ? "true" : "false"
      case _ where parameter?.expectation.contains("list") == true && !text.hasPrefix("["): written = "[\(text)]"
      default: break
      }
      entries.append(
        (key, Place(file: place), Setting(try Setting(yaml: written, file: place).value, at: Place(file: place))))
    }
    return Setting(map: entries, at: Place(file: name))
  }

  private typealias Entry = (key: String, keyPlace: Place, setting: Setting)

  /// The entries of a map of settings; unknown ones are errors, or passed over.
  private static func known(
    _ setting: Setting?, _ isLenient: Bool, _ passed: inout [Finding]
  ) throws(SettingError) -> [Entry] {
    guard let setting else { return [] }
    let keys = PyRadiomicsSettings.allParameters.map(\.key)
    var known: [Entry] = []
    for entry in try setting.requiredMap("setting", "{ binWidth: 25 }") {
      if keys.contains(entry.key) {
        known.append(entry)
      } else if isLenient {
        passed.append(Finding(.warning, "\(entry.keyPlace)", "the setting '\(entry.key)' is unknown and passed over."))
      } else {
        throw SettingError(
          place: entry.keyPlace,
          message: "PyRadiomics has no setting '\(entry.key)'.\(didYouMean(entry.key, among: keys))", advice: .passOver)
      }
    }
    return known
  }

  /// Settings of which later ones win.
  private static func read(_ entries: [Entry], at place: Place) throws(SettingError) -> PyRadiomicsSettings {
    var last: [Entry] = []
    for entry in entries {
      last.removeAll { $0.key == entry.key }
      last.append(entry)
    }
    return try PyRadiomicsSettings(setting: Setting(map: last, at: place))
  }

  /// The name of a feature of a class.
  private static func known(_ setting: Setting, in featureClass: String) throws(SettingError) -> String {
    let name = try String(setting: setting)
    let names =
      PyRadiomicsFeature.all.filter { $0.featureClass == featureClass }.map(\.name)
      + PyRadiomicsFeature.removed.filter { $0.featureClass == featureClass }.map(\.name)
    guard names.contains(name) else {
      throw setting.error("the class '\(featureClass)' has no feature '\(name)'.\(didYouMean(name, among: names))")
    }
    return name
  }

  /// PyRadiomics' order of columns: shape first, then as named, or all by name.
  private static func classes(_ setting: Setting?, inSlices: Bool) throws(SettingError) -> [(
    name: String, features: [String]?
  )] {
    let entries = try setting?.requiredMap("featureClass", "{ firstorder: [], glcm: [Contrast] }") ?? []
    guard !entries.isEmpty else {
      return featureClassNames.filter { $0 != "shape2D" || inSlices }.map { ($0, nil) }
    }
    var classes: [(name: String, features: [String]?)] = []
    for (name, place, features) in entries {
      guard featureClassNames.contains(name) else {
        throw SettingError(
          place: place,
          message: "there is no feature class '\(name)', must be one of \(featureClassNames.joined(separator: ", "))."
            + didYouMean(name, among: featureClassNames))
      }
      let named = try features.requiredList(name, "\(name): [NAME, …], or nothing after the colon for all its features")
        .map { (feature) throws(SettingError) in try known(feature, in: name) }
      classes.append((name, named.isEmpty ? nil : named))
    }
    return classes
  }
}

extension Setting.Value {
  /// A whole number without its point, one distance as a list.
  fileprivate func asWritten(_ key: String) -> Setting.Value {
    if key == "distances" { return .list([self]) }
    guard case .number(let number) = self, number == number.rounded(), abs(number) < 1e15 else { return self }
    return .integer(Int(number))
  }
}

extension Setting {
  /// A file of nothing but comments says nothing, as a map without entries does.
  fileprivate var isMapOrEmpty: Bool {
    if case .map = value { return true }
    return value == .null
  }
}
