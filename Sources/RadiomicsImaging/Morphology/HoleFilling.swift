extension Volume<UInt8> {
  /// The mask with its holes filled: outside voxels that no path across voxel faces (6 neighbours) joins with the
  /// outside of the mask's box. A cavity open to the border of the grid is not a hole. Cost: linear in the mask's box.
  public func holesFilled() -> Volume<UInt8> {
    guard let box = maskBox else { return self }
    let padded = box.size &+ 2
    let inner = cropped(to: box).voxels
    let background = RowSpans(size: padded) { index in
      let x = index % padded.x - 1, y = index / padded.x % padded.y - 1, z = index / (padded.x * padded.y) - 1
      guard x >= 0, x < box.size.x, y >= 0, y < box.size.y, z >= 0, z < box.size.z else { return true }
      return inner[x + box.size.x * (y + box.size.y * z)] == 0
    }
    // The padding is connected, and the first run lies in it.
    let firsts = firstRuns(of: background, sharingFacesOnly: true)
    var filled = [UInt8](repeating: 1, count: inner.count)
    for (span, first) in zip(background.spans, firsts) where first == 0 {
      guard span.y > 0, span.y <= box.size.y, span.z > 0, span.z <= box.size.z else { continue }
      let row = box.size.x * (span.y - 1 + box.size.y * (span.z - 1)) - 1
      for x in max(1, span.x)..<min(span.x + span.count, box.size.x + 1) { filled[row + x] = 0 }
    }
    return pasting(filled, into: box)
  }
}
