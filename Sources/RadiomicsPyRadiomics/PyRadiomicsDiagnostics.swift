import RadiomicsCore

extension PyRadiomicsParameters {
  /// The columns that PyRadiomics writes by these parameters, those alike for all cases with their text.
  var diagnostics: [Setting.Value.Entry] {
    guard settings.additionalInfo else { return [] }
    func found(_ what: String, _ names: [String]) -> [Setting.Value.Entry] {
      names.map { .init("\(what)_\($0)", .null) }
    }
    let mask = ["Spacing", "Size", "BoundingBox", "VoxelNum", "VolumeNum", "CenterOfMassIndex", "CenterOfMass"]
    let figures = ["Mean", "Minimum", "Maximum"]
    let program = Setting.Value.text("swift-radiomics \(radiomicsVersion)")
    return ["PyRadiomics", "Numpy", "SimpleITK", "PyWavelet", "Python"].map { .init("Versions_\($0)", program) }
      + [
        .init("Configuration_Settings", .text(writtenSettings.python)),
        .init("Configuration_EnabledImageTypes", .text(writtenImageTypes.python)),
      ] + found("Image-original", ["Hash", "Dimensionality", "Spacing", "Size"] + figures)
      + found("Mask-original", ["Hash"] + mask)
      + (settings.resampledPixelSpacing == nil || settings.interpolator == .none
        ? [] : found("Image-interpolated", ["Spacing", "Size"] + figures) + found("Mask-interpolated", mask + figures))
      + (settings.resegmentRange == nil ? [] : found("Mask-resegmented", mask + figures))
  }
}

extension Setting.Value {
  /// As Python writes it.
  var python: String {
    switch self {
    case .null: "None"
    case .flag(let flag): flag ? "True" : "False"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .text(let text): "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    case .list(let values): "[\(values.map(\.python).joined(separator: ", "))]"
    case .map(let entries): "{\(entries.map { "'\($0.key)': \($0.value.python)" }.joined(separator: ", "))}"
    }
  }
}
