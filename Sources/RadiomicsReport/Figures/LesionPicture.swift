import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// A lesion in the slice of its longest diameter, with its outline and both diameters.
package struct LesionPicture: Sendable {
  private let image: Volume<Double>, mask: Volume<UInt8>
  private let diameters: SliceDiameters, corner: SIMD2<Double>

  /// - `image`: The scan, on whose grid the region lies.
  package init(_ image: Scan, _ region: RowSpans, _ diameters: SliceDiameters) {
    let box = region.boundingBox!, spacing = image.geometry.spacing, margin = 15.0
    let reach = SIMD3(Int((margin / spacing.x).rounded(.up)), Int((margin / spacing.y).rounded(.up)), 0)
    let slice = Box(lower: [box.lower.x, box.lower.y, diameters.slice], size: [box.size.x, box.size.y, 1])
    let shown = slice.grown(by: reach).clipped(to: image.geometry.box)!
    self.image = image.volume(in: shown)
    mask = Volume(geometry: self.image.geometry, voxels: region.cropped(to: shown).mask)
    self.diameters = diameters
    corner = [Double(shown.lower.x), Double(shown.lower.y)]
  }

  /// The picture as SVG, with what it is below.
  package func svg(_ title: String) -> String {
    let size = image.geometry.size, spacing = image.geometry.spacing
    let scale = max(1, 640 / size.x), tall = max(1, Int((Double(scale) * spacing.y / spacing.x).rounded()))
    let width = Double(size.x * scale), height = Double(size.y * tall)
    let sorted = image.voxels.filter(\.isFinite).sorted()
    let low = sorted.first ?? 0, high = sorted.last ?? 1
    let png = SlicePicture.png(
      of: image, mask: mask, slice: 0, window: low...max(high, low + 1e-9), width: max(size.x, 640))
    var drawing = Drawing(width: max(width, 420), height: height + 46, title: title)
    drawing.image(png, 0, 0, width, height)
    for (line, color) in [(diameters.long, "#ffd400"), (diameters.short, "#00e5ff")] {
      let ends = [line.from, line.to].map { ($0 - corner + 0.5) * [Double(scale), Double(tall)] }
      drawing.line(ends[0].x, ends[0].y, ends[1].x, ends[1].y, color: "#000", width: 4)
      drawing.line(ends[0].x, ends[0].y, ends[1].x, ends[1].y, color: color, width: 2)
    }
    drawing.text(8, height + 18, title, size: 13, isBold: true)
    drawing.text(
      8, height + 36,
      "slice \(diameters.slice + 1): longest diameter \(fixedText(diameters.long.length, decimals: 2)) mm (yellow), perpendicular "
        + "\(fixedText(diameters.short.length, decimals: 2)) mm (blue)", size: 12)
    return drawing.svg
  }
}
