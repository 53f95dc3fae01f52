import RadiomicsFormats
import RadiomicsImaging

/// A picture of one axial slice with the contour of a region.
package enum SlicePicture {
  /// PNG of slice `z`: intensities from `window.lowerBound` (black) to `window.upperBound` (white), voxels as
  /// rectangles of about their true proportions, the region's border drawn in orange.
  package static func png(
    of image: Volume<Double>, mask: Volume<UInt8>, slice z: Int, window: ClosedRange<Double>, width: Int = 960
  ) -> [UInt8] {
    let size = image.geometry.size, spacing = image.geometry.spacing
    let scale = max(1, width / size.x)
    let tall = max(1, Int((Double(scale) * spacing.y / spacing.x).rounded()))
    let (columns, rows) = (size.x * scale, size.y * tall)
    var rgb = [UInt8](repeating: 0, count: 3 * columns * rows)
    func isInside(_ x: Int, _ y: Int) -> Bool {
      x >= 0 && y >= 0 && x < size.x && y < size.y && mask[x, y, z] != 0
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let x = column / scale, y = row / tall
        let part = (image[x, y, z] - window.lowerBound) / (window.upperBound - window.lowerBound)
        let grey = UInt8((min(1, max(0, part)) * 255).rounded())
        let isBorder =
          isInside(x, y)
          && ((column % scale < 2 && !isInside(x - 1, y)) || (column % scale >= scale - 2 && !isInside(x + 1, y))
            || (row % tall < 2 && !isInside(x, y - 1)) || (row % tall >= tall - 2 && !isInside(x, y + 1)))
        let pixel = 3 * (row * columns + column)
        rgb[pixel] = isBorder ? 255 : grey
        rgb[pixel + 1] = isBorder ? 140 : grey
        rgb[pixel + 2] = isBorder ? 0 : grey
      }
    }
    return PNG.encode(width: columns, height: rows, rgb: rgb)
  }
}
