import RadiomicsNumerics
import Testing

struct QuantileGroupsTests {
  /// Quartiles are 1, 1, 2.5, 4.25, 6. R 4.2.2: table(cut(x, unique(quantile(x, 0:4 / 4)), include.lowest = TRUE)) is 4, 2, 2.
  @Test func theLeastValues() {
    let values = [1.0, 6, 1, 2, 3, 1, 4, 5]
    #expect(quantileGroups(values, 4, lowest: .joinsNext) == [[0, 2, 3, 5], [4, 6], [1, 7]])
    #expect(quantileGroups(values, 4, lowest: .standsApart) == [[0, 2, 5], [3], [4, 6], [1, 7]])
  }

  @Test func fewOrEqualValues() {
    #expect(quantileGroups([2, 2, 2], 10, lowest: .joinsNext) == [[0, 1, 2]])
    #expect(quantileGroups([2, 2, 2], 10, lowest: .standsApart) == [[0, 1, 2]])
    #expect(quantileGroups([], 10, lowest: .joinsNext).isEmpty)
    #expect(quantileGroups([3, 1, 2], 1, lowest: .standsApart) == [[0, 1, 2]])
    // Quantiles 1.5, 2, 2.5: between some of them there is no value.
    #expect(quantileGroups([3, 1, 2], 4, lowest: .joinsNext) == [[1], [2], [], [0]])
  }
}
