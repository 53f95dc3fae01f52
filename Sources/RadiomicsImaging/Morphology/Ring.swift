extension Volume<UInt8> {
  /// The shell around the mask's border, from `inside` mm within it to `outside` mm beyond it: the dilation by `outside`
  /// without the erosion by `inside`. Peritumoural regions are rings.
  /// - `limits`: a mask of the same size that the ring must not leave, such as an organ.
  public func ring(inside: Double, outside: Double, within limits: Volume<UInt8>? = nil) -> Volume<UInt8> {
    var ring = dilated(by: outside)
    let core = eroded(by: inside).voxels
    for index in core.indices where core[index] != 0 { ring.voxels[index] = 0 }
    if let limits {
      precondition(limits.geometry.size == geometry.size, "both masks have the same size")
      for index in limits.voxels.indices where limits.voxels[index] == 0 { ring.voxels[index] = 0 }
    }
    return ring
  }
}
