extension Volume<UInt8> {
  /// The mask grown by a ball: every voxel whose centre is at most `radius` mm from the centre of a voxel that is not 0.
  /// What would lie beyond the grid is cut off: enlarge the grid first where it matters. 0 grows nothing.
  /// Cost: linear in the box of the mask and its margin.
  public func dilated(by radius: Double) -> Volume<UInt8> {
    precondition(radius >= 0, "a radius is not negative")
    guard let box = maskBox else { return self }
    let margin = SIMD3<Int>(
      clampedSteps(radius, geometry.spacing.x, geometry.size.x),
      clampedSteps(radius, geometry.spacing.y, geometry.size.y),
      clampedSteps(radius, geometry.spacing.z, geometry.size.z))
    guard let reached = box.grown(by: margin).clipped(to: geometry.box) else { return self }
    let distances = cropped(to: reached).squaredDistances().voxels
    let limit = squaredLimit(radius)
    return pasting(distances.map { $0 <= limit ? 1 : 0 }, into: reached)
  }
}

/// The square of a distance in mm, a little larger, so that distances equal but for rounding are equal.
func squaredLimit(_ radius: Double) -> Double { radius * radius * (1 + 1e-9) }

/// Voxels within `radius`, at most `most`.
private func clampedSteps(_ radius: Double, _ spacing: Double, _ most: Int) -> Int {
  Int(min(Double(most), (radius / spacing * (1 + 1e-9)).rounded(.up)))
}

extension Volume<UInt8> {
  /// The smallest box that holds all voxels that are not 0.
  var maskBox: Box? { RowSpans(size: geometry.size, mask: voxels).boundingBox }

  /// A mask on this grid that is `part` in a box and 0 elsewhere.
  func pasting(_ part: [UInt8], into box: Box) -> Volume<UInt8> {
    var result = [UInt8](repeating: 0, count: voxels.count)
    var from = 0
    for z in box.lower.z..<box.upper.z {
      for y in box.lower.y..<box.upper.y {
        let start = box.lower.x + geometry.size.x * (y + geometry.size.y * z)
        for x in 0..<box.size.x { result[start + x] = part[from + x] }
        from += box.size.x
      }
    }
    return Volume(geometry: geometry, voxels: result)
  }
}
