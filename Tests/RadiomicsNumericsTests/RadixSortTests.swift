import RadiomicsCore
import RadiomicsNumerics
import Testing

@Suite struct RadixSortTests {
  private static func scattered(_ count: Int) -> [Double] {
    var generator = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { index in
      let number = (generator.uniform() - 0.5) * (index % 3 == 0 ? 1e-300 : index % 3 == 1 ? 1 : 1e300)
      return index % 7 == 0 ? number.rounded() : number
    }
  }

  @Test(arguments: [0, 1, 100, 4096, 4097, 5000, 300_001], [1, 3])
  func doublesAscend(_ count: Int, _ jobs: Int) {
    let numbers =
      Self.scattered(count) + [
        .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      ]
    #expect(ascending(numbers, Lanes(jobs: jobs)) == numbers.sorted())
  }

  @Test(arguments: [10, 4097, 300_001], [1, 3])
  func floatsAscend(_ count: Int, _ jobs: Int) {
    let numbers =
      Self.scattered(count).map { Float($0) } + [
        .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .infinity, -.infinity,
      ]
    #expect(ascending(numbers, Lanes(jobs: jobs)) == numbers.sorted())
  }

  /// Numbers that differ in one digit alone, and equal ones.
  @Test func fewDigits() {
    let numbers = (0..<10_000).map { Double($0 * 7919 % 256) }
    #expect(ascending(numbers) == numbers.sorted())
    #expect(ascending([Float](repeating: -2.5, count: 9000)) == [Float](repeating: -2.5, count: 9000))
  }
}
