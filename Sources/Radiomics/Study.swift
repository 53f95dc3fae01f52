import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

/// One image with its mask: read, checked against each other, ready to be measured by any recipe.
///
///     let study = try Study(image: "ct.nii.gz", mask: "gtv.nii.gz")
///     let result = try study.measure(Recipe(preset: "ibsi-ct"))
public struct Study: Sendable {
  /// How image and mask are read.
  public struct Options: Sendable {
    /// Which parts of the mask are measured.
    public var region = RegionChoice.each
    /// Soft masks: voxels of at least this value belong to the region.
    public var maskThreshold: Double?
    /// Put a mask of another grid onto the image's.
    public var resamplesMask = false
    /// The volume of a mask with several that is meant, from 0; nil for all.
    public var maskVolume: Int?
    /// By how many voxels corners of the grids of image and mask may lie apart.
    public var gridTolerance = GridMatch.tolerance
    /// The volume of a 4-D image, from 0.
    public var volume: Int?
    /// Which of NIfTI's two forms places the image; nil for the standard's precedence.
    public var niftiForm: NIfTIForm?
    /// How a series of files is read.
    public var series = SeriesOptions()
    /// A second mask: rings and dilations stay inside it.
    public var clip: String?
    /// A mask of the reference tissue that a recipe normalises by; without it that is a region of the mask itself.
    public var reference: String?
    /// Refusals that are overridden.
    public var allowed: Set<Refusal> = []

    /// Each label, as the files say.
    public init() {}
  }

  /// The image's path as given.
  public let imagePath: String
  /// The mask's path as given.
  public let maskPath: String
  /// The image.
  public let image: Scan
  /// The regions chosen, on the image's grid; none where none of those chosen can be measured.
  public let regions: [NamedRegion]
  /// The regions chosen that cannot be measured.
  public let unmeasured: [UnmeasuredRegion]
  /// What was noticed on reading.
  public let findings: [Finding]
  /// What the image's header says on how it was made.
  public let acquisition: [AcquisitionFact]
  /// Symbol of the unit of intensities, if the image's header tells.
  public let intensityUnit: String?
  /// Everything that was read.
  package let inputs: [StudyInput]
  /// How both were read.
  public let options: Options
  package let clip: RowSpans?
  /// The mask as it is stored, and all its regions on the image's grid.
  let labels, matched: LabelMap
  /// The mask of a reference tissue on the image's grid.
  let reference: LabelMap?

  /// Reads both.
  /// - `sources`: What else than files of voxels is read.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  public init(
    image imagePath: String, mask maskPath: String, options: Options = Options(), sources: [any ImageSource] = []
  ) throws {
    let reader = try StudyReader(options: options, sources: sources).choosingPart(of: imagePath, by: maskPath)
    let options = reader.options
    let stored = try reader.image(imagePath, mask: maskPath)
    let image = stored.volumes[0]
    let mask = try reader.mask(maskPath, for: stored, named: imagePath)
    let clip = try options.clip.map { try reader.mask($0, for: stored, named: imagePath) }
    let reference = try options.reference.map { try reader.mask($0, for: stored, named: imagePath) }
    self.imagePath = imagePath
    self.maskPath = maskPath
    self.options = options
    self.acquisition = stored.acquisition
    self.intensityUnit = stored.unit
    self.inputs =
      reader.inputs("image", imagePath, stored.files) + reader.inputs("mask", maskPath, mask.files)
      + (options.clip.map { reader.inputs("clip", $0, clip!.files) } ?? [])
      + (options.reference.map { reader.inputs("reference", $0, reference!.files) } ?? [])
    self.image = image
    (regions, unmeasured) = try mask.labels.chosen(options.region)
    try Self.check(regions, on: stored, imagePath)
    (labels, matched, self.reference) = (mask.stored, mask.labels, reference?.labels)
    self.clip = try clip?.labels.regions(.union)[0].voxels
    self.findings =
      stored.findings + mask.findings + (clip?.findings ?? []) + (reference?.findings ?? [])
      + Self.padding(stored, regions)
  }

  /// Measures every region. One that would take more memory than `resources` allow is refused before anything is done: its
  /// cells are undefined and say how much it needs.
  /// - Throws: `StudyError` if the recipe is for intensities of another unit, or normalises by a tissue that has no mask.
  public func measure(
    _ recipe: Recipe, _ resources: Resources = Resources(), wholeImage: Bool = false, keepsStages: Bool = false
  ) throws(StudyError) -> StudyResult {
    let fit = try fit(of: recipe)
    var scope = PreparationScope()
    scope.wholeImage = wholeImage || !recipe.diagnostics.isEmpty
    scope.keepsStages = keepsStages
    let size = ImageSize(image)
    let isRefused = { (region: NamedRegion) in
      guard let limit = resources.memory else { return false }
      return recipe.memory(for: size, region.voxels, wholeImage: wholeImage).bytes > limit
    }
    let map =
      regions.allSatisfy(isRefused)
      ? nil : recipe.preparation.normalisation(of: image, fit.tissues, lanes: resources.lanes)
    let measurements = regions.map {
      recipe.measurement(
        of: ImagedRegion(image, $0.voxels, clip: clip, tissues: fit.tissues, map: map), scope, resources: resources)
    }
    return StudyResult(
      study: self, recipe: recipe, measurements: measurements, noted: fit.findings,
      diagnosticTexts: diagnosticTexts(recipe, measurements.map(\.steps)))
  }
}

extension Study {
  /// Why there is nothing to measure; nil if there is something.
  public var failure: String? {
    guard regions.isEmpty else { return nil }
    return unmeasured.map { "\(maskPath): region '\($0.name)' cannot be measured: \($0.reason)." }
      .joined(separator: " ")
  }

  /// For what needs regions.
  /// - Throws: `StudyError` if there are none.
  public func requireRegions() throws(StudyError) {
    if let failure { throw StudyError(failure) }
  }

  /// Refuses regions beyond the parts of an image where its grid holds.
  private static func check(_ regions: [NamedRegion], on stored: StoredImage, _ path: String) throws {
    for region in regions where !stored.measurable.isEmpty && !region.lies(withinOneOf: stored.measurable) {
      let box = region.voxels.boundingBox!, last = box.upper &- 1
      throw StudyError.at(
        path,
        "region '\(region.name)' (columns \(box.lower.x) to \(last.x), rows \(box.lower.y) to \(last.y)) does not lie "
          + "within one ultrasound region that has this size of pixels, so its size is not known. Draw it within one, or "
          + "choose another volume.")
    }
  }

  /// Voxels of regions that the image's header calls padding.
  static func padding(_ stored: StoredImage, _ regions: [NamedRegion]) -> [Finding] {
    guard let padding = stored.padding else { return [] }
    let image = stored.volumes[0]
    return regions.compactMap { region in
      guard let box = region.voxels.boundingBox else { return nil }
      let intensities = region.voxels.cropped(to: box).values(of: image.volume(in: box).voxels)
      let count = intensities.count { padding.contains($0) }
      guard count > 0 else { return nil }
      return Finding(
        .warning, "region \(region.name)",
        "\(count) of \(intensities.count) voxels hold the image's padding value "
          + "(\(shortText(padding.lowerBound))), which is no measurement. Leave them out by 'resegment: { range: … }'.")
    }
  }
}

/// What a recipe found on a study's regions.
public struct StudyResult: Sendable {
  /// The study.
  public let study: Study
  /// The recipe.
  public let recipe: Recipe
  /// One for each of the study's regions.
  public let measurements: [Measurement]
  /// What there is to say of recipe and image.
  package let noted: [Finding]
  /// For each region the texts of the recipe's diagnostics; nil where there is nothing to say.
  package let diagnosticTexts: [[String?]]
  /// The biomarker profile that tables and provenance go by; none unless it is set.
  public var profile: AppliedProfile?

  /// The profile's quantities, nil without a profile.
  public var profiled: ProfiledResult? {
    profile.map { profile in
      profile.result(
        profile.conformance(header: study.acquisition),
        zip(study.regions, measurements).map { ($0.name, $1.cells) })
    }
  }

  /// Findings of reading and of each region, each once.
  public var findings: [Finding] {
    var findings = study.findings + noted
    for (region, measurement) in zip(study.regions, measurements) {
      for finding in measurement.findings {
        findings.append(
          finding.placed(at: "\(study.maskPath), region \(region.name): \(finding.place)"))
      }
    }
    return findings
  }

  /// One row for each region: image, mask, region, status, reason and the recipe's columns. Cells of regions that cannot
  /// be measured are undefined.
  public var table: Table {
    let rows = rows, texts = header.texts.prefix(3) + recipe.diagnosticColumns
    var columns: [Column] = texts.enumerated().map { index, name in
      Column(name, .categories(rows.map { $0.texts[index] }))
    }
    columns += [
      Column("status", .categories(rows.map(\.status.rawValue))), Column("reason", .categories(rows.map(\.reason))),
    ]
    for (index, measurand) in recipe.columns.enumerated() {
      columns.append(
        Column(
          measurand, rows.map { $0.status == .failed ? .undefined(Reason($0.reason ?? "")) : $0.cells[index] }))
    }
    return Table(columns)
  }
}

extension [Cell] {
  /// `ok`, or `partial` with the reasons of undefined cells in short.
  package var status: (status: TableRow.Status, reason: String?) {
    let reasons = compactMap(\.reason)
    guard let first = reasons.first else { return (.ok, nil) }
    if reasons.count == count, Set(reasons).count == 1 { return (.partial, first.text) }
    return (.partial, "\(reasons.count) of \(count) undefined, the first: \(first)")
  }
}
