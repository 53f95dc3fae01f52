import RadiomicsFeatures
import Testing

@Suite struct OccurringLevelsTests {
  @Test func levelsAreRenumbered() throws {
    let example = try TextureExample([2, 1, 3], [7, 2, 0, 0, 4, 7])
    let occurring = example.occurring
    #expect(occurring.levels == [2, 4, 7] && occurring.counts == [1, 1, 2] && occurring.levelCount == 7)
    #expect(occurring.spans.values(of: occurring.ranks) == [3, 1, 2, 3])
    #expect(occurring.slices == [0..<1, 1..<2])
    #expect(occurring.spans(of: 1).map(\.z) == [3])
    let slice = occurring.slice(1)
    #expect(slice.levels == [4, 7] && slice.levelCount == 7)
    #expect(slice.spans.values(of: slice.ranks) == [1, 2])
    #expect(slice.spans.spans.map(\.z) == [0])
  }

  @Test func everyVoxelKeepsItsLevel() throws {
    for example in try TextureExample.randoms {
      let occurring = example.occurring
      let levels = occurring.spans.values(of: occurring.ranks).map { occurring.levels[Int($0) - 1] }
      #expect(levels == example.voxels().map(\.level))
      #expect(occurring.counts.reduce(0, +) == levels.count)
      #expect(occurring.slices.count == example.slices.count)
    }
  }
}
