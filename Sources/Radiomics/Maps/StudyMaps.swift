import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

/// What was mapped.
public struct MapsResult: Sendable {
  /// The study.
  public let study: Study
  /// The recipe.
  public let recipe: Recipe
  /// Which neighbourhoods were measured.
  public let settings: MapSettings
  /// What stands where there is no value.
  public let fill: Double
  /// The grid of the maps: the image's own, or where the recipe resamples, the prepared image's.
  public let grid: Geometry
  /// Voxels with values.
  public let voxelCount: Int
  /// Each map: the column, where it is, and where it is undefined.
  public let maps: [Map]
  /// What the user should know.
  public let findings: [Finding]
  let steps: [PreparationStep]

  /// One map.
  public struct Map: Sendable {
    /// What is mapped.
    public let measurand: Measurand
    /// The file's name.
    public let file: String
    /// The volume in the file, from 0.
    public let volume: Int
    /// Voxels where it is undefined, and the first one's reason.
    public let undefined: (count: Int, reason: Reason?)
  }
}

extension Study {
  /// Maps features at every voxel of the study's region and writes them, each as soon as its family is done: in memory are
  /// the maps of one family.
  /// - `writeFile`: Writes the files of a folder; nil: the format that their ending names.
  /// - `progress`: Told by any thread how much of all work is done, 0 to 1.
  /// - Throws: `StudyError` if the study has several regions, the region cannot be prepared, or it takes more memory than
  ///   `resources` allow; `FormatError` if a file cannot be written.
  public func maps(
    _ recipe: Recipe, _ selection: MapSelection, _ settings: MapSettings = MapSettings(), to target: MapTarget,
    fill: Double = .nan, writeFile: WriteMap? = nil, _ resources: Resources = Resources(),
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> MapsResult {
    try requireRegions()
    guard regions.count == 1 else {
      let names = regions.prefix(8).map(\.name).joined(separator: ", ")
      throw StudyError.at(
        maskPath,
        "has \(regions.count) regions (\(names)), maps are made of one.", .chooseRegionOrUnion)
    }
    let noted = try fit(of: recipe).findings
    let prepared = try prepare(recipe, settings, resources), region = try prepared.region.get()
    guard let grid = prepared.steps.last?.geometry else { preconditionFailure("preparation has steps") }
    try checkMemory(recipe, selection, region, grid, resources)
    let lower = grid.index(of: region.geometry.origin)
    var writer = try MapWriter(
      target, count: selection.columns.count, grid: grid, region.intensity,
      at: SIMD3(Int(lower.x.rounded()), Int(lower.y.rounded()), Int(lower.z.rounded())), fill: fill, writeFile)
    let done = WorkShare(of: region.intensity.count * recipe.passes(for: selection), progress)
    var maps: [MapsResult.Map] = []
    try recipe.maps(of: region, on: grid, selection, settings, fill: fill, resources, progress: done.add) { map in
      try writer.write(map)
      let place = writer.places[maps.count]
      maps.append(
        MapsResult.Map(
          measurand: map.measurand, file: place.file, volume: place.volume, undefined: map.undefined))
    }
    try writer.finish()
    let nowhere = Set(
      maps.filter { $0.undefined.count == region.intensity.count }.compactMap { $0.undefined.reason?.text })
    let empty = nowhere.sorted().map { Finding(.warning, "maps", "some have no value at any voxel: \($0).") }
    return MapsResult(
      study: self, recipe: recipe, settings: settings, fill: fill, grid: grid, voxelCount: region.intensity.count,
      maps: maps,
      findings: findings + noted + selection.findings + recipe.findings(on: prepared.steps)
        + recipe.layers.flatMap { $0.filter?.findings(on: grid) ?? [] }
        + empty + notes(recipe, grid),
      steps: prepared.steps)
  }

  /// The study's region with what neighbourhoods and filters need around it.
  package func prepare(_ recipe: Recipe, _ settings: MapSettings, _ resources: Resources) throws -> PreparedRegion {
    var scope = PreparationScope()
    scope.wholeImage = !recipe.diagnostics.isEmpty
    scope.margin = { recipe.margin(on: $0) }
    if settings.neighbours == .image {
      // As many voxels around the region as neighbourhoods reach, along the axis where they are largest.
      let spacing = recipe.preparation.resample?.spacing ?? .zero
      let largest = (0..<3).map { spacing[$0] > 0 ? spacing[$0] : image.geometry.spacing[$0] }.max() ?? 0
      let margin = SIMD3(repeating: Double(settings.radius) * largest)
      scope.margin = { recipe.margin(on: $0) + margin }
    }
    if let limit = resources.memory {
      let needed = recipe.memory(for: ImageSize(image), regions[0].voxels)
      guard needed.bytes <= limit else { throw lack(needed.text, limit) }
    }
    let prepared = try recipe.preparation.prepare(
      ImagedRegion(image, regions[0].voxels, clip: clip, tissues: fit(of: recipe).tissues), scope,
      lanes: resources.lanes)
    if case .failure(let error) = prepared.region {
      throw StudyError.at("\(maskPath), region \(regions[0].name)", "nothing was mapped: \(error.reason).")
    }
    return prepared
  }

  /// The maps of one family, and the volume that is written next with its bytes before and after compression.
  private func checkMemory(
    _ recipe: Recipe, _ selection: MapSelection, _ region: Region, _ grid: Geometry, _ resources: Resources
  ) throws(StudyError) {
    guard let limit = resources.memory else { return }
    let standing = recipe.memory(for: ImageSize(image), regions[0].voxels).bytes
    let most = Dictionary(grouping: selection.columns) { recipe.columns[$0].family }.values.map(\.count).max() ?? 0
    let maps = 8 * (most + 1) * region.intensity.count, writing = 3 * 8 * grid.count
    guard standing + maps + writing > limit else { return }
    func text(_ bytes: Int) -> String { MemoryEstimate.text(bytes) }
    throw lack(
      "\(text(standing + maps + writing)) (maps of a family \(text(maps)), writing \(text(writing)), the rest "
        + "\(text(standing)))", limit)
  }

  private func lack(_ needed: String, _ limit: Int) -> StudyError {
    StudyError.memory(
      "\(imagePath): making maps", needed: needed, limit: MemoryEstimate.text(limit), otherwise: "choose fewer features"
    )
  }

  private func notes(_ recipe: Recipe, _ grid: Geometry) -> [Finding] {
    guard recipe.preparation.resample != nil else { return [] }
    return [
      Finding(
        .note, "maps",
        "are on the prepared image's grid, \(grid.size.x) x \(grid.size.y) x \(grid.size.z) voxels of "
          + "\(grid.spacing.settingValue) mm, as the recipe resamples.")
    ]
  }
}
