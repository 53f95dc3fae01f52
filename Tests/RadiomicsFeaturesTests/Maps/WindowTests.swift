import RadiomicsFeatures
import Testing

@Suite struct WindowTests {
  @Test func voxels() {
    #expect(Window(.cube, radius: 1).offsets.count == 27 && Window(.cube, radius: 3).offsets.count == 343)
    // 1 + 6, then the 12 of √2 and 8 of √3 and 6 at 2.
    #expect(Window(.ball, radius: 1).offsets.count == 7 && Window(.ball, radius: 2).offsets.count == 33)
    #expect(Window(.ball, radius: 2).contains([1, 1, 1]) && !Window(.ball, radius: 2).contains([2, 1, 0]))
  }
}
