import RadiomicsCore

private func entry(
  _ key: String, _ expectation: String, _ summary: String, isRequired: Bool = false, preset: Setting.Value = .null
) -> SettingManual {
  SettingManual(key: key, expectation: expectation, isRequired: isRequired, preset: preset, summary: summary)
}

extension Recipe {
  /// The keys of a recipe file, in the order in which they are written.
  public static let settingsManual = [
    entry("format", "a whole number", "Format of the file, \(format).", preset: .integer(format)),
    entry("name", "text", "For people."),
    entry("description", "text", "For people."),
    entry(
      "intensity_unit", "a symbol such as HU or SUV, or 1",
      "Unit of the image. One that contradicts the image's modality or conversion is refused.", preset: .text("1")),
    entry("preparation", "a map of settings", "How image and mask are made ready: describe preparation."),
    entry("layers", "a list of maps", "What is measured: describe layer.", isRequired: true),
    entry("names", ColumnNames.expectation, "How columns are called.", preset: ColumnNames.ibsi.settingValue),
    entry("columns", "a list of columns' names", "Only these columns, in this order; without it all."),
    entry(
      "diagnostics", "a map of names, each with a text or null",
      "Further columns diagnostics_NAME that tell in words what became of image and mask, as PyRadiomics has them."),
    entry("also", "a list of recipes", "Measured beside this one on the same images; their columns follow."),
  ]
}

extension Recipe.Layer {
  /// The keys of a layer, in the order in which they are written.
  public static let settingsManual = [
    entry("name", "letters, digits, _ and -", "Stands before the layer's column names."),
    entry(
      "filter", "none, a filter's name, or its name with a map of settings",
      "What is measured: none is the prepared image itself, else what a filter makes of it. Re-segmentation is decided "
        + "before; describe lists filters.", preset: .text("none")),
    entry(
      "slices", SliceAxis.expectation, "Across which axis slices lie, for filters and families that work in slices.",
      preset: SliceAxis.z.settingValue),
    entry(
      "discretisation", Discretisation.expectation, "For the layer's families that take grey levels and say nothing."),
    entry(
      "families", "a list of names, or of names with a map of settings",
      "What is measured, in the order of columns: describe lists them.", isRequired: true),
  ]
}
