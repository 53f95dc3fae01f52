import RadiomicsFeatures
import RadiomicsImaging
import Testing

@Suite struct LocalBinaryPatternTests {
  /// 6 × 5 × 2 voxels at random, and what scikit-image 0.26.0 makes of them with P = 8, R = 1, slice by slice.
  static let image: [Double] = [
    4, 3, 23, 14, 17, 18, 21, 0, 14, 4, 12, 27, 16, 2, 16, 3, 22, 28, 29, 18, 26, 11, 4, 15, 13, 19, 29, 8, 25, 4, 10,
    23, 7, 20, 13, 15, 28, 24, 25, 16, 29, 29, 4, 6, 9, 16, 24, 14, 29, 10, 27, 17, 21, 7, 17, 24, 26, 26, 29, 3,
  ]
  static let uniform: [Double] = [
    3, 9, 0, 9, 2, 1, 0, 8, 9, 7, 6, 1, 9, 7, 2, 8, 2, 0, 0, 9, 1, 9, 8, 9, 3, 9, 0, 5, 0, 4, 3, 2, 5, 1, 5, 2, 0, 9,
    0, 9, 1, 1, 7, 7, 7, 7, 2, 4, 0, 7, 0, 6, 9, 4, 3, 1, 9, 9, 0, 4,
  ]
  static let bits: [Double] = [
    224, 179, 0, 17, 129, 64, 0, 255, 68, 191, 207, 64, 196, 251, 96, 255, 3, 0, 0, 209, 64, 186, 255, 44, 7, 11, 0,
    31, 0, 60, 193, 96, 241, 128, 241, 96, 0, 17, 0, 215, 1, 16, 239, 239, 239, 239, 6, 60, 0, 251, 0, 243, 100, 60,
    7, 1, 5, 17, 0, 60,
  ]
  static let rotated: [Double] = [
    7, 59, 0, 17, 3, 1, 0, 255, 17, 127, 63, 1, 19, 127, 3, 255, 3, 0, 0, 29, 1, 87, 255, 11, 7, 11, 0, 31, 0, 15, 7,
    3, 31, 1, 31, 3, 0, 17, 0, 95, 1, 1, 127, 127, 127, 127, 3, 15, 0, 127, 0, 63, 25, 15, 7, 1, 5, 17, 0, 15,
  ]

  /// The same with P = 12, R = 1.5, uniform.
  static let wide: [Double] = [
    5, 13, 0, 2, 13, 2, 1, 12, 1, 12, 13, 0, 3, 11, 13, 12, 0, 0, 0, 3, 0, 13, 12, 13, 4, 13, 0, 13, 0, 6, 4, 0, 7,
    13, 6, 4, 0, 0, 1, 13, 0, 0, 9, 11, 11, 11, 13, 6, 0, 11, 0, 13, 13, 6, 2, 2, 1, 0, 0, 5,
  ]

  private func response(_ settings: String) throws -> [Double] {
    try firstResponse(of: "lbp2d: {\(settings)}", to: try volume(Self.image, [6, 5, 2]))
  }

  @Test func patternsAreThoseOfScikitImage() throws {
    #expect(try response("") == Self.uniform)
    #expect(try response("method: default") == Self.bits)
    #expect(try response("method: ror") == Self.rotated)
    #expect(try response("samples: 12, radius: 1.5") == Self.wide)
  }

  /// A voxel brighter than all around is 0; one darker, or in a flat area, 8: the edge has zeros beyond it.
  @Test func spots() throws {
    var voxels = [Double](repeating: 5, count: 49)
    voxels[24] = 9
    let bright = try firstResponse(of: "lbp2d", to: try volume(voxels, [7, 7, 1]))
    #expect(bright[24] == 0 && bright[8] == 8)
    voxels[24] = 1
    #expect(try firstResponse(of: "lbp2d", to: try volume(voxels, [7, 7, 1]))[24] == 8)
  }
}
