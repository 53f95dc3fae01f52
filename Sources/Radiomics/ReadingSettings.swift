import RadiomicsCore
import RadiomicsFormats

extension RegionChoice: SettingValue {
  public static let expectation =
    "each, union, components, a label's number, a segment's exact name, or /regex/ over names"
  public init(setting: Setting) throws(SettingError) { self.init(try String(setting: setting)) }
  public var settingValue: Setting.Value { .text(text) }
}

/// Options that change what is measured, as run folders, case keys and provenance have them. A second mask is a case's own.
extension Study.Options: Configurable {
  public static let name = "reading"
  public static let summary = "How image and mask are read: regions, volumes, series, and what may be overridden."
  public static let limits = "These enter the key of each result: a run that is resumed must be read alike."
  public static let reference = "IBSI 1, Chapter 2; DICOM PS3.3"
  public static let parameters: [Parameter<Study.Options>] = [
    Parameter("region", \.region, "Which parts of the mask are measured."),
    Parameter("mask_threshold", \.maskThreshold, "Soft masks: voxels of at least this value belong to the region."),
    Parameter(
      "resample_mask", \.resamplesMask, "Whether a mask of another grid is put onto the image's, nearest label."),
    Parameter("volume", \.volume, "The volume of a 4-D image, from 0."),
    Parameter("nifti_form", \.niftiForm, "Which form places a NIfTI file; without it sform if its code is above 0."),
    Parameter(
      "mask_volume", \.maskVolume, omitsDefault: true, "The volume of a mask with several, from 0; all without it."),
    Parameter(
      "grid_tolerance", \.gridTolerance, omitsDefault: true, in: .notNegative,
      "By how many voxels corners of the grids of image and mask may lie apart."),
    Parameter("allow", \.allowed, omitsDefault: true, "Refusals that are overridden, by their codes."),
    Parameter(
      "series", \.series.series, omitsDefault: true,
      "DICOM: which series, by modality, number, description, /regex/ or UID."),
    Parameter("mask_series", \.series.maskSeries, omitsDefault: true, "DICOM: which structure set or segmentation."),
    Parameter(
      "allow_gaps", \.series.allowsGaps, omitsDefault: true,
      "DICOM: whether missing slices and uneven distances are interpolated."),
    Parameter(
      "resample_tilt", \.series.resamplesTilt, omitsDefault: true,
      "DICOM: whether the slices of a tilted gantry are put above each other."),
    Parameter(
      "pet_quantity", \.series.quantity, omitsDefault: true,
      "DICOM: what PET is converted to; uptake by body weight without it."),
    Parameter(
      "uptake_s", \.series.uptake, omitsDefault: true, in: .notNegative,
      "DICOM: seconds from injection to the begin of a PET scan; by the file's times without it."),
    Parameter(
      "contour_edge", \.series.contourEdge, omitsDefault: true,
      "DICOM: whether voxels whose centres lie on a contour belong: half of them, or all (inside)."),
  ]

  /// The options as files have them.
  package var json: Setting.Value { written }

  /// Reads what `json` writes.
  /// - `file`: How errors call where it stands.
  /// - Throws: `SettingError` for an option that is unknown or has another value.
  package init(json: Setting.Value, file: String) throws(SettingError) {
    try self.init(setting: Setting(json, at: Place(file: file)))
  }
}
