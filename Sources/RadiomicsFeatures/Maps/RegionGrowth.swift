import RadiomicsImaging

extension Region {
  /// The neighbourhoods of its voxels as one region: all voxels of the image within a window around a voxel of the
  /// intensity mask, if they are numbers and within the re-segmentation range.
  func grown(by window: Window) -> Region {
    let size = geometry.size
    var mask = [UInt8](repeating: 0, count: geometry.count)
    for span in intensity.spans {
      for offset in window.offsets {
        let y = span.y + offset.y, z = span.z + offset.z
        let first = max(0, span.x + offset.x), end = min(size.x, span.x + span.count + offset.x)
        guard y >= 0, y < size.y, z >= 0, z < size.z, first < end else { continue }
        let row = size.x * (y + size.y * z)
        for x in first..<end { mask[row + x] = 1 }
      }
    }
    let all = RowSpans(size: size, mask: mask)
    let bounds = (range ?? -.infinity ... .infinity).clamped(
      to: -Intensities.largest...Intensities.largest)
    let kept = all.filtered(by: Intensities(of: image, in: all)) { bounds.contains($0) }
    return Region(image: image, morphological: kept, intensity: kept, range: range)
  }
}
