import RadiomicsFormats
import RadiomicsImaging
import RadiomicsNumerics

/// A picture of the same axial slice of two images side by side, before and after a filter.
package enum SlicePair {
  /// PNG of slice `z`, `before` on the left. Black and white are the 1st and 99th percentile of each slice; a response with
  /// both signs is shown around grey for 0. Voxels are rectangles of about their true proportions.
  package static func png(_ before: Volume<Double>, _ after: Volume<Double>, slice z: Int, width: Int = 640) -> [UInt8]
  {
    let size = before.geometry.size, spacing = before.geometry.spacing, gap = 12
    let scale = max(1, width / size.x), proportion = spacing.y / spacing.x
    // A voxel of extreme proportions must not make a picture of any height.
    let tall = max(1, Int(min(Double(4096 / size.y), (Double(scale) * proportion).rounded())))
    let (columns, rows) = (size.x * scale, size.y * tall), all = 2 * columns + gap
    var rgb = [UInt8](repeating: 255, count: 3 * all * rows)
    for (image, left) in [(before, 0), (after, columns + gap)] {
      let greys = greys(of: image, slice: z)
      for row in 0..<rows {
        for column in 0..<columns {
          let grey = greys[column / scale + size.x * (row / tall)]
          for channel in 0..<3 { rgb[3 * (row * all + left + column) + channel] = grey }
        }
      }
    }
    return PNG.encode(width: all, height: rows, rgb: rgb)
  }

  private static func greys(of image: Volume<Double>, slice z: Int) -> [UInt8] {
    let plane = image.geometry.size.x * image.geometry.size.y
    let voxels = Array(image.voxels[z * plane..<(z + 1) * plane]), sorted = voxels.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return voxels.map { _ in 0 } }
    var low = percentile(1, of: sorted), high = percentile(99, of: sorted)
    if low < 0, high > 0, min(-low, high) > 0.2 * max(-low, high) { (low, high) = (-max(-low, high), max(-low, high)) }
    return voxels.map { voxel in
      guard voxel.isFinite, high > low else { return 0 }
      return UInt8((min(1, max(0, (voxel - low) / (high - low))) * 255).rounded())
    }
  }
}
