extension Volume<UInt8> {
  /// The mask shrunk by a ball: every voxel whose centre is more than `radius` mm from the centre of each voxel outside.
  ///
  /// Voxels beyond the grid are outside, so that the result does not depend on how tightly a mask was cropped. The
  /// complement of an erosion is the dilation of the complement. 0 shrinks nothing. Cost: linear in the mask's box.
  public func eroded(by radius: Double) -> Volume<UInt8> {
    precondition(radius >= 0, "a radius is not negative")
    guard let box = maskBox else { return self }
    let inner = cropped(to: box)
    let outside = Volume(geometry: inner.geometry, voxels: inner.voxels.map { $0 == 0 ? 1 : 0 })
    let limit = squaredLimit(radius), size = box.size, spacing = inner.geometry.spacing
    var kept = outside.squaredDistances().voxels.map { $0 > limit ? UInt8(1) : 0 }
    func isNearBorder(_ index: Int, _ axis: Int) -> Bool {
      let distance = Double(min(index + 1, size[axis] - index)) * spacing[axis]
      return distance * distance <= limit
    }
    for z in 0..<size.z {
      for y in 0..<size.y {
        let row = size.x * (y + size.y * z), isNear = isNearBorder(y, 1) || isNearBorder(z, 2)
        for x in 0..<size.x where isNear || isNearBorder(x, 0) { kept[row + x] = 0 }
      }
    }
    return pasting(kept, into: box)
  }
}
