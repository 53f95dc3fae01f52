import RadiomicsCore

/// Which neighbours make a voxel of a mask one of its border: one of them is outside. Beyond the grid is outside.
public enum BorderRule: String, Sendable, CaseIterable {
  /// The 6 that share a face, as MedPy and MONAI have it.
  case faces = "6"
  /// The 26 that share a face, an edge or a corner; more voxels are border.
  case corners = "26"
}

extension RowSpans {
  /// The voxels that have a neighbour outside. 64 voxels are looked at together.
  public func border(_ rule: BorderRule = .faces) -> RowSpans {
    let rows = BitRows(self), size = rows.size, lower = rows.lower
    var spans: [Span] = []
    for z in 1..<max(1, size.z - 1) {
      for y in 1..<max(1, size.y - 1) {
        forEachRun(rows.pitch, { rows.border(rule, word: $0, y, z) }) { x, count in
          spans.append(Span(x: x + lower.x, y: y + lower.y, z: z + lower.z, count: count))
        }
      }
    }
    return RowSpans(size: self.size, spans: spans)
  }
}

extension BitRows {
  /// The voxels of a word that are inside and have a neighbour outside; row (y, z) is no outer row of the grown box.
  fileprivate func border(_ rule: BorderRule, word: Int, _ y: Int, _ z: Int) -> UInt64 {
    let layer = pitch * size.y, row = pitch * y + layer * z
    let inside = words[row + word]
    guard inside != 0 else { return 0 }
    /// Voxels that are inside together with both neighbours along x.
    func thick(_ row: Int) -> UInt64 {
      let middle = words[row + word]
      let before = word > 0 ? words[row + word - 1] >> 63 : 0,
        after = word + 1 < pitch ? words[row + word + 1] << 63 : 0
      return middle & (middle << 1 | before) & (middle >> 1 | after)
    }
    var interior = thick(row)
    for z in -1...1 {
      for y in -1...1 where (y, z) != (0, 0) {
        let other = row + y * pitch + z * layer
        switch rule {
        case .faces where y == 0 || z == 0: interior &= words[other + word]
        case .faces: break
        case .corners: interior &= thick(other)
        }
      }
    }
    return inside & ~interior
  }
}

/// Calls `body` with each run of ones in a row of words.
private func forEachRun(_ count: Int, _ word: (Int) -> UInt64, _ body: (_ start: Int, _ count: Int) -> Void) {
  var start = 0, length = 0
  for n in 0..<count {
    var bits = word(n), bit = 0
    while bits != 0 {
      let zeros = bits.trailingZeroBitCount
      bits >>= UInt64(zeros)
      bit += zeros
      let ones = (~bits).trailingZeroBitCount
      bits = ones == 64 ? 0 : bits >> UInt64(ones)
      let x = n << 6 + bit
      if length > 0, start + length == x {
        length += ones
      } else {
        if length > 0 { body(start, length) }
        (start, length) = (x, ones)
      }
      bit += ones
    }
  }
  if length > 0 { body(start, length) }
}
