/// A mask over its box grown by one voxel on each side, a bit a voxel; rows start on a word.
struct BitRows: Sendable {
  /// The grown box's first voxel.
  let lower: SIMD3<Int>
  /// The grown box's size.
  let size: SIMD3<Int>
  /// Words of a row.
  let pitch: Int
  let words: [UInt64]

  init(_ mask: RowSpans) {
    guard let box = mask.boundingBox?.grown(by: [1, 1, 1]) else {
      (lower, size, pitch, words) = (.zero, .zero, 0, [])
      return
    }
    let pitch = (box.size.x + 63) / 64
    var words = [UInt64](repeating: 0, count: pitch * box.size.y * box.size.z)
    for span in mask.spans {
      let row = pitch * (span.y - box.lower.y + box.size.y * (span.z - box.lower.z))
      let first = span.x - box.lower.x, last = first + span.count - 1
      let head = ~UInt64(0) << UInt64(first & 63), tail = ~UInt64(0) >> UInt64(63 - last & 63)
      let (from, to) = (row + first >> 6, row + last >> 6)
      if from == to {
        words[from] |= head & tail
      } else {
        words[from] |= head
        for word in from + 1..<to { words[word] = ~0 }
        words[to] |= tail
      }
    }
    (lower, size, self.pitch, self.words) = (box.lower, box.size, pitch, words)
  }
}

/// Calls `body` with the position, counted from the grown box, and the case of each cell that holds voxels of both
/// kinds. 64 cells are looked at together.
@inline(__always)
func forEachSurfaceCell(
  of rows: BitRows, layers: Range<Int>, _ body: (_ x: Int, _ y: Int, _ z: Int, _ corners: Int) -> Void
) {
  let pitch = rows.pitch, layer = pitch * rows.size.y
  rows.words.withUnsafeBufferPointer { words in
    for z in layers {
      for y in 0..<rows.size.y - 1 {
        let row = pitch * y + layer * z
        for word in 0..<pitch {
          let n = row + word, isLast = word == pitch - 1
          @inline(__always) func pair(_ n: Int) -> (left: UInt64, right: UInt64) {
            let left = words[n]
            return (left, left >> 1 | (isLast ? 0 : words[n + 1] << 63))
          }
          let a = pair(n), b = pair(n + pitch), c = pair(n + layer), d = pair(n + layer + pitch)
          let any = a.left | a.right | b.left | b.right | c.left | c.right | d.left | d.right
          let all = a.left & a.right & b.left & b.right & c.left & c.right & d.left & d.right
          var mixed = any & ~all
          while mixed != 0 {
            let bit = UInt64(mixed.trailingZeroBitCount)
            mixed &= mixed &- 1
            let near =
              a.left >> bit & 1 | (a.right >> bit & 1) << 1 | (b.left >> bit & 1) << 2 | (b.right >> bit & 1) << 3
            let far =
              c.left >> bit & 1 | (c.right >> bit & 1) << 1 | (d.left >> bit & 1) << 2 | (d.right >> bit & 1) << 3
            body(word << 6 + Int(bit), y, z, Int(near | far << 4))
          }
        }
      }
    }
  }
}
