import RadiomicsNumerics
import Testing

@Suite struct AscendingOrderTests {
  /// Many and few numbers, with ties, both zeros, infinities and very different sizes, are ordered as by comparison.
  @Test(arguments: [0, 1, 50, 4096, 4097, 20_000]) func isThatOfComparison(_ count: Int) {
    var generator = SeededGenerator(seed: 4)
    let numbers = (0..<count).map { place -> Double in
      switch place % 7 {
      case 0: (generator.normal() * 3).rounded()
      case 1: place % 2 == 0 ? 0.0 : -0.0
      case 2: generator.normal() * 1e300
      case 3: generator.normal() * 1e-307
      case 4: place % 21 == 4 ? .infinity : -.infinity
      default: generator.normal()
      }
    }
    let expected = numbers.indices.sorted { numbers[$0] != numbers[$1] ? numbers[$0] < numbers[$1] : $0 < $1 }
    #expect(ascendingOrder(of: numbers) == expected)
  }
}
