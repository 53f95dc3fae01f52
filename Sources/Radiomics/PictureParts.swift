import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// Images whose volumes are parts of one picture, such as ultrasound regions whose pixels differ in size: no grid in mm holds
/// for all of it, so the pixels of a mask say which part is meant.
extension StudyReader {
  /// A reader of the part within which the regions asked for lie, where there are several and no volume is asked for.
  /// - Throws: `StudyError` where they lie within none or may lie within several; `FormatError` if they cannot be read.
  package func choosingPart(of path: String, by mask: String) throws -> StudyReader {
    guard options.volume == nil else { return self }
    let parts = try parts(of: path, mask)
    guard parts.count > 1 else { return self }
    var readings: [(grid: Int, regions: [NamedRegion])] = []
    for (number, grid) in Self.grids(parts).enumerated() {
      guard let drawn = try drawn(mask, on: (path, grid)) else { continue }
      readings.append((number, try drawn.labels.chosen(options.region).regions))
    }
    // What has no pixel by one size may have some by another.
    let names = readings.map { Set($0.regions.map(\.name)) }, all = names.reduce(into: Set()) { $0.formUnion($1) }
    let complete = zip(readings, names).filter { $1 == all }.map(\.0)
    let places = complete.flatMap { reading in
      parts.indices.filter { part in reading.regions.allSatisfy { $0.lies(withinOneOf: parts[part].boxes) } }
        .map { (part: $0, grid: reading.grid) }
    }
    // Contours fit every grid: only by the size of the pixels of their own part are they where they were drawn.
    let isPlaced = places.contains { readings.count == 1 || $0.part == $0.grid }
    guard let found = places.first, isPlaced, places.allSatisfy({ $0.part == found.part }) else {
      let what = readings.isEmpty ? "has not the grid of" : isPlaced ? "may lie within several" : "does not lie within"
      throw undecided(path, mask, parts, what + (isPlaced ? "" : " one"))
    }
    var options = options
    options.volume = found.part
    return StudyReader(options: options, sources: sources)
  }

  /// A mask on the grid of `image` as far as it can be read on it; one on another grid of the same picture, pixel by pixel.
  func labels(
    _ path: String, of image: StoredImage, named imagePath: String
  ) throws -> (labels: LabelMap, findings: [Finding], files: [String]) {
    let grid = image.volumes[0].geometry
    let read = try labels(path, on: (imagePath, grid))
    guard !image.measurable.isEmpty, !fits(read.labels.geometry, grid) else { return read }
    let parts = try parts(of: imagePath, path)
    for other in parts.count > 1 ? Self.grids(parts) : [] {
      guard let (labels, findings) = try drawn(path, on: (imagePath, other)) else { continue }
      let note =
        "its grid has pixels of \(shortText(other.spacing.x)) x \(shortText(other.spacing.y)) mm; it is taken pixel by pixel, "
        + "as no size holds for the whole picture."
      return (
        labels.recast(on: grid), read.findings + findings + [Finding(.note, path, note)], read.files
      )
    }
    return read
  }

  private func parts(of path: String, _ mask: String) throws -> [PicturePart] {
    try source(for: path)?.parts(path, mask: mask, reading(.only)) ?? []
  }

  /// The picture's grids: by the size of each part's pixels, and of 1 mm, which viewers take that read no sizes.
  private static func grids(_ parts: [PicturePart]) -> [Geometry] {
    let first = parts[0].geometry
    let plain = Geometry(
      unchecked: first.size, spacing: [1, 1, first.spacing.z], origin: first.origin, direction: first.direction)
    return parts.map(\.geometry) + [plain]
  }

  /// A mask on a grid; nil if it lies on another.
  private func drawn(
    _ mask: String, on grid: (path: String, geometry: Geometry)
  ) throws -> (labels: LabelMap, findings: [Finding])? {
    let read = try labels(mask, on: grid)
    guard fits(read.labels.geometry, grid.geometry) else { return nil }
    return try read.labels.matched(
      to: grid.geometry, named: grid.path, tolerance: options.gridTolerance, resample: false)
  }

  private func undecided(_ path: String, _ mask: String, _ parts: [PicturePart], _ what: String) -> StudyError {
    let list = parts.enumerated().map { "\($0): \($1.title)" }.joined(separator: "; ")
    return StudyError.at(
      mask,
      "the mask \(what) of the parts of \(path) whose pixels have one size (\(list)), so its size is not known. "
        + "Draw it on the picture's pixels within one, or choose the volume by its number.")
  }
}

extension NamedRegion {
  /// Whether all its voxels lie within one of the boxes.
  func lies(withinOneOf boxes: [Box]) -> Bool {
    guard let box = voxels.boundingBox else { return true }
    return boxes.contains { box.clipped(to: $0) == box }
  }
}
