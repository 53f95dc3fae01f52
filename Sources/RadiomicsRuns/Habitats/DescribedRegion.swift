import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning
import RadiomicsNumerics

/// The voxels of a case's region, described by images that lie on one grid.
package struct DescribedRegion: Sendable {
  /// The image's grid.
  let geometry: Geometry
  /// Voxels that have a number in every image.
  let voxels: RowSpans
  /// Of each image, in the order of the voxels.
  package let columns: [[Double]]
  /// Voxels of the region without a number in some image.
  let leftOut: Int
  let findings: [Finding]

  /// Reads row `number` of a cohort: its regions together.
  /// - Throws: `FormatError` or `StudyError` if a file cannot be read, lies on another grid, or there is no voxel.
  init(
    _ cohort: Cohort, _ number: Int, _ images: [HabitatImage], options: Study.Options, sources: [any ImageSource],
    _ lanes: Lanes
  ) throws {
    let study = try Study(cohort.files(of: number), options: options, sources: sources)
    try study.requireRegions()
    let grid = study.image.geometry
    let region = RowSpans(unionOf: study.regions.map(\.voxels), size: grid.size)
    guard let box = region.boundingBox else {
      throw StudyError.at(study.maskPath, "the region has no voxel, must have one at least.")
    }
    let inner = region.cropped(to: box)
    var columns: [[Double]] = [], scans = ["image": study.image]
    for image in images {
      let scan = try scans[image.column] ?? Self.scan(image.column, of: cohort, number, grid, options, sources)
      scans[image.column] = scan
      columns += try image.values(of: scan, in: box, inner, lanes)
    }
    let isKnown = (0..<inner.count).map { voxel in columns.allSatisfy { $0[voxel].isFinite } }
    let kept = isKnown.count { $0 }
    guard kept > 0 else {
      throw StudyError.at(study.maskPath, "no voxel of the region has a number in every image, must be one at least.")
    }
    geometry = grid
    leftOut = inner.count - kept
    if leftOut == 0 {
      (voxels, self.columns) = (region, columns)
    } else {
      var mask = [UInt8](repeating: 0, count: grid.count), place = 0
      for span in region.spans {
        let start = region.offset(of: span)
        for index in start..<start + span.count {
          mask[index] = isKnown[place] ? 1 : 0
          place += 1
        }
      }
      voxels = RowSpans(size: grid.size, mask: mask)
      self.columns = columns.map { column in zip(column, isKnown).compactMap { $1 ? $0 : nil } }
    }
    let noted =
      leftOut == 0
      ? []
      : [
        Finding(
          .warning, cohort.place(of: number),
          "\(leftOut) of \(inner.count) voxels have no number in some image; they belong to no habitat.")
      ]
    findings = study.findings + noted
  }

  /// A further file of a case, on the grid of its image.
  private static func scan(
    _ column: String, of cohort: Cohort, _ number: Int, _ grid: Geometry, _ options: Study.Options,
    _ sources: [any ImageSource]
  ) throws -> Scan {
    guard let name = cohort.text(column, of: number) else {
      throw StudyError.at(cohort.place(of: number), "'\(column)' is empty, must name an image of the case.")
    }
    let path = cohort.located(name)
    let scan = try StudyReader(options: options, sources: sources).image(path).volumes[0]
    switch GridMatch(scan.geometry, to: grid, tolerance: options.gridTolerance) {
    case .same: return scan
    case .reordered(let axes, let flips):
      return Scan(scan.volume(in: scan.geometry.box).reordered(axes: axes, flips: flips))
    case .different(let differences):
      throw StudyError.at(
        path,
        "its grid is not that of the case's image, must be the same: \(differences.joined(separator: "; ")) (mask: this "
          + "file). Register and resample it first.")
    }
  }

  /// Means of columns over all voxels of each habitat; nil where there is none.
  /// - `labels`: From 0.
  func means(_ labels: [UInt8], count: Int) -> [[Double?]] {
    let sizes = labels.counts(of: count)
    let sums = columns.map { column in
      var sums = [Double](repeating: 0, count: count)
      for (label, value) in zip(labels, column) { sums[Int(label)] += value }
      return sums
    }
    return (0..<count).map { habitat in sums.map { sizes[habitat] > 0 ? $0[habitat] / Double(sizes[habitat]) : nil } }
  }

  /// As many voxels as are asked for, drawn without replacement, in the order of drawing; all if there are fewer.
  /// - `seed`: Of the case.
  static func drawn(_ count: Int, of all: Int, seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed), places = Array(0..<all)
    let count = min(count, all)
    for index in 0..<count { places.swapAt(index, index + generator.below(all - index)) }
    return Array(places[..<count])
  }
}

extension HabitatImage {
  /// Values at a region's voxels of each response; those of a filter are what the whole image gives.
  /// - `inner`: The region in `box`.
  fileprivate func values(of scan: Scan, in box: Box, _ inner: RowSpans, _ lanes: Lanes) throws -> [[Double]] {
    guard let filter else { return [inner.values(of: scan.volume(in: box).voxels)] }
    let name = type(of: filter).name
    if let obstacle = filter.obstacle(on: scan.geometry) { throw StudyError.at(text, "'\(name)' \(obstacle.text).") }
    let reach = filter.support(on: scan.geometry).margin
    let source = reach.map { box.grown(by: $0).clipped(to: scan.geometry.box) ?? box } ?? scan.geometry.box
    let part = scan.volume(in: source)
    guard filter.handsOnNaN || part.voxels.allSatisfy(\.isFinite) else {
      throw StudyError.at(text, "voxels within the reach of '\(name)' are not numbers. Correct the image.")
    }
    var found: [[Double]] = []
    filter.apply(to: part, keeping: Box(lower: box.lower &- source.lower, size: box.size), lanes) { _, response in
      found.append(inner.values(of: response.voxels))
    }
    return found
  }
}
