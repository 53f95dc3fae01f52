import RadiomicsImaging

extension RowSpans {
  /// Consecutive runs that lanes work on by themselves.
  package struct Block: Sendable {
    /// Which of `spans`.
    package var spans: Range<Int>
    /// Number of voxels before the first.
    package var firstVoxel: Int
    /// Number of voxels.
    package var count: Int
  }

  /// The region in blocks of at least `voxels` voxels (the last may have fewer), and at most 64 blocks. They depend on
  /// nothing else, so that what is summed block by block is the same for any number of lanes.
  package func blocks(of voxels: Int) -> [Block] { blocks(of: voxels, spans.indices.map { $0..<$0 + 1 }) }

  /// The same with blocks made of whole `units`, consecutive ranges of all `spans`.
  package func blocks(of voxels: Int, _ units: [Range<Int>]) -> [Block] {
    let enough = max(1, voxels, (count + 63) / 64)
    var blocks: [Block] = []
    var block = Block(spans: 0..<0, firstVoxel: 0, count: 0)
    for unit in units {
      block.count += spans[unit].reduce(0) { $0 + $1.count }
      block.spans = block.spans.lowerBound..<unit.upperBound
      guard block.count >= enough else { continue }
      blocks.append(block)
      block = Block(
        spans: unit.upperBound..<unit.upperBound, firstVoxel: block.firstVoxel + block.count, count: 0)
    }
    return block.count > 0 ? blocks + [block] : blocks
  }
}
