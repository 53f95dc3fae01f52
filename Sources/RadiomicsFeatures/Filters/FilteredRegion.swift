import RadiomicsCore
import RadiomicsImaging

extension Recipe.Layer {
  /// Image around a region that the layer needs on a prepared image's grid, mm to each side; infinite where a filter works
  /// on the whole image.
  func margin(on grid: Geometry) -> SIMD3<Double> {
    let around = SIMD3(repeating: families.map(\.margin).max() ?? 0)
    guard let filter, filter.obstacle(on: grid) == nil else { return around }
    guard let reach = filter.support(on: grid).margin else { return SIMD3(repeating: .infinity) }
    return around + SIMD3<Double>(reach) * grid.spacing
  }

  /// The part of the prepared image that the layer's images cover: the region with what families need around it; and the
  /// part that the filter makes them of.
  func boxes(of region: Region) -> (response: Box, source: Box) {
    let grid = region.geometry, box = region.morphological.boundingBox ?? grid.box
    let around = SIMD3<Double>(repeating: families.map(\.margin).max() ?? 0) / grid.spacing
    let response = box.grown(by: SIMD3<Int>(around.rounded(.up))).clipped(to: grid.box) ?? box
    guard let reach = filter?.support(on: grid).margin else { return (response, grid.box) }
    return (response, response.grown(by: reach).clipped(to: grid.box) ?? response)
  }
}

extension Recipe.Layer {
  /// A region in one of the layer's images: which of the filter's responses it is and its name, the part of the region's
  /// grid that it covers, and the region on it or why there is none.
  typealias Image = (index: Int, name: String, box: Box, region: Result<Region, UndefinedError>)

  /// Hands on a region in each of the layer's images as soon as it is made, in order. `whole` is the prepared image's grid, of which
  /// the region has a part.
  func forEachImage(of region: Region, on whole: Geometry, _ lanes: Lanes, _ take: (Image) -> Void) {
    guard let filter else { return take((0, "", region.geometry.box, .success(region))) }
    let names = filter.responses.map { [name ?? filter.label, $0].filter { !$0.isEmpty }.joined(separator: "_") }
    if let obstacle = filter.obstacle(on: whole) {
      let error = UndefinedError("'\(type(of: filter).name)' \(obstacle.text)")
      for (index, name) in names.enumerated() { take((index, name, region.geometry.box, .failure(error))) }
      return
    }
    let (box, source) = boxes(of: region)
    let kept = Box(lower: box.lower &- source.lower, size: box.size), image = region.image.volume(in: source)
    let count = image.voxels.count { !$0.isFinite }
    guard count == 0 || filter.handsOnNaN else {
      let error = UndefinedError(
        "\(count) voxels within the reach of '\(type(of: filter).name)' are not numbers (NaN or infinite): correct the image"
      )
      for (index, name) in names.enumerated() { take((index, name, region.geometry.box, .failure(error))) }
      return
    }
    filter.apply(to: image, keeping: kept, lanes) { index, response in
      let filtered = Result { () throws(UndefinedError) in
        try region.filtered(response, in: box, named: names[index], isImageFinite: count == 0, lanes)
      }
      take((index, names[index], box, filtered))
    }
  }
}

extension Region {
  /// The region in one response map, which covers the part `box` of its grid.
  func filtered(
    _ response: Volume<Double>, in box: Box, named name: String, isImageFinite: Bool, _ lanes: Lanes
  ) throws(UndefinedError) -> Region {
    let image = RegionImage(response)
    let intensity = intensity.cropped(to: box), intensities = Intensities(of: image, in: intensity, lanes)
    let largest = Intensities.largest
    guard intensities.allLie(in: -largest...largest) else {
      let count = intensities.count { !(abs($0) <= largest) }
      throw UndefinedError(
        "\(count) of the region's \(intensities.count) voxels have no number in the response of '\(name)': "
          + (isImageFinite
            ? "its settings or the intensities are too extreme"
            : "the image has voxels that are not numbers (NaN or infinite) within its reach"))
    }
    return Region(
      image: image, morphological: morphological.cropped(to: box), intensity: intensity, intensities: intensities,
      range: nil)
  }
}

extension RegionImage {
  /// Every voxel of a part as a number of its own.
  func volume(in box: Box) -> Volume<Double> {
    box == geometry.box ? volume : volume.cropped(to: box)
  }
}
