import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension PyRadiomicsParameters {
  /// The part of a recipe that can be mapped: all but shape, as PyRadiomics has it.
  /// - Throws: `SettingError` if nothing is left.
  package func mapped(_ recipe: Recipe) throws(SettingError) -> Recipe {
    let layers = recipe.layers.filter { layer in !layer.families.contains { mapRefusal($0) != nil } }
    let columns = recipe.columns.map(\.column).filter { !$0.hasPrefix("original_shape") }
    guard !layers.isEmpty else {
      throw SettingError(place: nil, message: "shape has no maps. Name another class under 'featureClass'.")
    }
    return try Recipe(
      name: recipe.name, description: recipe.description, preparation: recipe.preparation, layers: layers,
      names: .pyradiomics, columns: columns, diagnostics: recipe.diagnostics)
  }
}

extension Recipe {
  /// The columns of a table of one case.
  package var header: TableHeader { TableHeader(texts: diagnosticColumns, measurands: columns) }
}

extension Study {
  /// Maps as PyRadiomics' script writes them in its mode `voxel`: each as `Case-NUMBER_COLUMN.nrrd`, cut to the region's box
  /// and the kernel's radius around it.
  /// - Returns: Names and paths of the maps, texts of the recipe's diagnostics, and what was noticed.
  /// - Throws: `StudyError` if the region cannot be prepared, `FormatError` if a file cannot be written.
  package func pyRadiomicsMaps(
    _ recipe: Recipe, _ parameters: PyRadiomicsParameters, case number: Int, to folder: String,
    _ resources: Resources = Resources()
  ) throws -> (maps: [(name: String, path: String)], texts: [String?], findings: [Finding]) {
    var settings = MapSettings()
    settings.radius = parameters.settings.kernelRadius
    settings.neighbours = parameters.settings.maskedKernel ? .region : .image
    let prepared = try prepare(recipe, settings, resources), region = try prepared.region.get()
    guard let grid = prepared.steps.last?.geometry, let mask = region.intensity.boundingBox else {
      preconditionFailure("preparation has steps and leaves voxels")
    }
    let corner = SIMD3<Int>(grid.index(of: region.geometry.origin).rounded(.toNearestOrEven))
    let box = Box(lower: mask.lower &+ corner, size: mask.size)
      .grown(by: SIMD3(repeating: settings.radius)).clipped(to: grid.box)!
    let fill = parameters.settings.initValue, cropped = grid.cropped(to: box)
    var maps: [(name: String, path: String)] = []
    let selection = try MapSelection(recipe)
    try recipe.maps(of: region, on: grid, selection, settings, fill: fill, resources) { map in
      var voxels = [Double](repeating: fill, count: cropped.count)
      map.place(on: region.intensity, in: &voxels, size: box.size, at: corner &- box.lower)
      let path = "\(folder)/Case-\(number)_\(map.measurand.column).nrrd"
      try ImageFormats.write(Scan(Volume(geometry: cropped, voxels: voxels)), to: path)
      maps.append((map.measurand.column, path))
    }
    let names = recipe.columns.map(\.column)
    maps.sort { names.firstIndex(of: $0.name)! < names.firstIndex(of: $1.name)! }
    return (maps, diagnosticTexts(recipe, [prepared.steps])[0], findings)
  }
}
