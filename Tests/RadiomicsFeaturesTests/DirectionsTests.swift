import Foundation
import RadiomicsFeatures
import Testing

@Suite struct DirectionsTests {
  /// With their opposites the directions are all 26 neighbours; the planar ones come first.
  @Test func directionsAreComplete() {
    let both = Set(directions + directions.map { SIMD3<Int>.zero &- $0 })
    #expect(directions.count == 13 && both.count == 26)
    #expect(both.allSatisfy { GridNorm.chebyshev.squaredLength($0) == 1 })
    #expect(directions.enumerated().allSatisfy { ($1.z == 0) == ($0 < planarDirectionCount) })
  }

  @Test func norms() {
    #expect(GridNorm.chebyshev.squaredLength([1, -3, 2]) == 9)
    #expect(GridNorm.euclidean.squaredLength([1, -3, 2]) == 14)
    #expect(GridNorm.manhattan.squaredLength([1, -3, 2]) == 36)
  }

  /// exp(−‖δm‖²) over its value along an axis.
  @Test func weights() {
    #expect(DirectionWeighting.none.weight([1, 1, 1]) == 1)
    #expect(DirectionWeighting.chebyshev.weight([1, 1, 1], distance: 3) == 1)
    #expect(DirectionWeighting.euclidean.weight([1, 1, 0]) == exp(-1))
    #expect(DirectionWeighting.manhattan.weight([1, 1, 1], distance: 2) == exp(-36 + 4))
  }
}
