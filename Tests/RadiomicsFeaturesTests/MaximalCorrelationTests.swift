import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct MaximalCorrelationTests {
  private func value(_ example: TextureExample, _ change: (inout MaximalCorrelation) -> Void = { _ in }) -> Cell {
    var family = MaximalCorrelation()
    family.discretisation = Discretisation.none
    change(&family)
    return family.cells(of: example.region, example.levels, Resources())[0]
  }

  /// The row `1 1 2 2`: p = [[2, 1], [1, 2]] / 6, A = [[2, 1], [1, 2]] / 3, singular values 1 and 1/3.
  @Test func row() throws {
    expectClose(try #require(value(TextureExample([4, 1, 1], [1, 1, 2, 2])).value), 1.0 / 3, relative: 1e-12)
  }

  /// Pairs (1, 2) and (2, 3) only: 2 says all of 1 or 3, so the levels are as dependent as can be.
  @Test func functionsOfEachOther() throws {
    expectClose(try #require(value(TextureExample([5, 1, 1], [1, 2, 0, 2, 3])).value), 1, relative: 1e-12)
    expectClose(
      try #require(value(TextureExample([5, 1, 1], [1, 2, 0, 3, 4])) { $0.pairs.symmetric = false }.value), 1,
      relative: 1e-12
    )
  }

  /// Every pair once: the levels are independent.
  @Test func independent() throws {
    let example = try TextureExample([5, 1, 1], [1, 1, 2, 2, 1])
    #expect(abs(try #require(value(example) { $0.pairs.symmetric = false }.value)) < 1e-7)
  }

  /// Numbers given to levels do not matter.
  @Test func doesNotDependOnLevelNumbers() throws {
    let example = try TextureExample.random([9, 8, 7], levels: 6, outside: 0.1, seed: 3)
    let turned = try TextureExample(example.size, example.values.map { [0, 40, 3, 17, 2, 9, 25][$0] })
    expectClose(try #require(value(turned).value), try #require(value(example).value), relative: 1e-9)
  }

  @Test func oneLevelHasNone() throws {
    #expect(value(try TextureExample([3, 1, 1], [2, 2, 2])).reason?.text.contains("one grey level") == true)
  }
}
