import RadiomicsNumerics
import Testing

@Suite struct SeededGeneratorTests {
  @Test func agreesWithThePublishedSequence() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in generator.next() } == expected)
  }

  @Test func uniformStaysInside() {
    var generator = SeededGenerator(seed: 1)
    let count = 1_000_000
    var sum = 0.0, isInside = true
    for _ in 0..<count {
      let number = generator.uniform()
      isInside = isInside && (0..<1).contains(number)
      sum += number
    }
    #expect(isInside)
    // Five standard errors of the mean, √(1/12/count) each.
    #expect(abs(sum / Double(count) - 0.5) < 5 * (1 / 12 / Double(count)).squareRoot())
  }
}
