import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import Testing

@Suite struct GreyLevelsTests {
  /// Ranks of the voxels in span order.
  func ranks(_ levels: GreyLevels) -> [Int] {
    switch levels.ranks {
    case .bytes(let ranks): levels.spans.values(of: ranks).map(Int.init)
    case .words(let ranks): levels.spans.values(of: ranks).map(Int.init)
    }
  }

  @Test func levelsAreRenumbered() throws {
    let levels = try TextureExample([2, 1, 3], [7, 2, 0, 0, 4, 7]).levels
    #expect(levels.levels == [2, 4, 7] && levels.rankCounts == [1, 1, 2] && levels.count == 7)
    #expect(levels.voxelCounts == [0, 1, 0, 1, 0, 0, 2] && levels.voxelCount == 4)
    #expect(levels.size == [4, 3, 5] && levels.offset == [-1, -1, -1])
    #expect(ranks(levels) == [3, 1, 2, 3])
    #expect(levels.slices == [0..<1, 1..<2])
    let slice = levels.slice(1)
    #expect(slice.levels == [4, 7] && slice.count == 7 && slice.isSlice && !levels.isSlice)
    #expect(ranks(slice) == [1, 2])
    #expect(slice.size == [4, 3, 1] && slice.offset == [-1, -1, 2])
  }

  @Test func everyVoxelKeepsItsLevel() throws {
    for example in try TextureExample.randoms {
      let levels = example.levels
      #expect(ranks(levels).map { levels.levels[$0 - 1] } == example.voxels().map(\.level))
      #expect(levels.rankCounts.reduce(0, +) == example.voxels().count)
      #expect(levels.slices.count == example.slices.count)
      var count = 0
      for index in 0..<levels.size.x * levels.size.y * levels.size.z where levels.level(at: index) != 0 { count += 1 }
      #expect(count == levels.voxelCount)
    }
  }

  /// A byte holds ranks to 255, however high the levels are.
  @Test(arguments: [(255, 1, true), (256, 1, false), (255, 200, true), (40_000, 1, false)])
  func ranksTakeFewBytes(_ count: Int, _ step: Int, _ fits: Bool) throws {
    let levels = try TextureExample([count, 1, 1], (1...count).map { $0 * step }).levels
    if case .bytes = levels.ranks { #expect(fits) } else { #expect(!fits) }
    #expect(ranks(levels) == Array(1...count))
    #expect(levels.levels.last == count * step)
  }

  /// Blocks hold all runs in order, each at least as many voxels as asked for but the last.
  @Test func blocks() throws {
    let spans = try TextureExample.random([30, 20, 10], levels: 3, outside: 0.5, seed: 3).levels.spans
    for voxels in [1, 100, 1000, 100_000] {
      let blocks = spans.blocks(of: voxels)
      #expect(blocks.map(\.count).reduce(0, +) == spans.count && blocks.count <= 64)
      #expect(blocks.dropLast().allSatisfy { $0.count >= voxels })
      var next = 0, voxel = 0
      for block in blocks {
        #expect(block.spans.lowerBound == next && block.firstVoxel == voxel)
        #expect(spans.spans[block.spans].reduce(0) { $0 + $1.count } == block.count)
        next = block.spans.upperBound
        voxel += block.count
      }
      #expect(next == spans.spans.count)
    }
  }
}
