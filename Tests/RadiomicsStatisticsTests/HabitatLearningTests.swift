import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import Testing

/// Habitats that were planted, learnt from voxels of several subjects.
@Suite struct HabitatLearningTests {
  /// Three kinds of voxels in two images, whose shares differ from subject to subject.
  private static let centres = [[0.0, 200], [10, 100], [20, 300]]

  private static func samples(
    _ subjects: Int, each count: Int = 90, spread: Double = 1, shift: Double = 0, seed: UInt64 = 1
  ) -> ([HabitatSample], [[Int]]) {
    var kinds: [[Int]] = []
    let samples = (0..<subjects).map { subject in
      var generator = SeededGenerator(seed: seed &* 1000 + UInt64(subject))
      let own = (0..<count).map { $0 % (subject.isMultiple(of: 2) ? 3 : 5) % 3 }, offset = shift * generator.normal()
      kinds.append(own)
      let columns = (0..<2).map { image in
        own.map { centres[$0][image] + (image == 0 ? 1 : 10) * (offset + spread * generator.normal()) }
      }
      return HabitatSample("S\(subject)", ClusterPoints(columns))
    }
    return (samples, kinds)
  }

  private static func settings(_ change: (inout HabitatSettings) -> Void = { _ in }) -> HabitatSettings {
    var settings = HabitatSettings(images: ["a", "b"])
    (settings.bootstraps, settings.restarts) = (10, 4)
    change(&settings)
    return settings
  }

  private static func labels(_ model: FittedHabitats, _ sample: HabitatSample) throws -> [Int] {
    let costs = try model.habitats.costs((0..<2).map(sample.points.column), Lanes(jobs: 2))
    return (0..<sample.points.count).map { voxel in costs.indices.min { costs[$0][voxel] < costs[$1][voxel] }! }
  }

  @Test(arguments: HabitatSettings.Method.allCases, HabitatSettings.Design.allCases)
  func plantedHabitatsAreFound(_ method: HabitatSettings.Method, _ design: HabitatSettings.Design) throws {
    let (samples, kinds) = Self.samples(6)
    let settings = Self.settings { ($0.method, $0.design) = (method, design) }
    guard design != .subject || method == .kmeans else {
      #expect(throws: ModelError.self) {
        try FittedHabitats(samples, counts: 3...3, settings, names: ["a", "b"], Lanes(jobs: 1))
      }
      return
    }
    let model = try FittedHabitats(samples, counts: 3...3, settings, names: ["a", "b"], Lanes(jobs: 1))
    for (mean, planted) in zip(model.habitats.means, Self.centres) {
      #expect(abs(mean[0] - planted[0]) < 0.5 && abs(mean[1] - planted[1]) < 5)
    }
    for (sample, planted) in zip(samples, kinds) { #expect(try Self.labels(model, sample) == planted) }
    #expect(model.unstable.isEmpty && model.choice.jaccard.allSatisfy { $0 > 0.95 } && model.findings.isEmpty)
    let other = try FittedHabitats(samples, counts: 3...3, settings, names: ["a", "b"], Lanes(jobs: 3))
    #expect(other == model)
  }

  /// The largest number that is steady; of what has no parts none is.
  @Test func theNumberIsChosenByStability() throws {
    let (samples, _) = Self.samples(8, each: 60)
    let model = try FittedHabitats(samples, counts: 2...5, Self.settings(), names: ["a", "b"], Lanes(jobs: 1))
    #expect(model.habitats.count == 3 && model.choices.map(\.count) == [2, 3, 4, 5])
    for choice in model.choices {
      let jaccard = try #require(choice.meanJaccard)
      #expect(choice.count <= 3 ? jaccard >= FittedHabitats.steady : jaccard < FittedHabitats.steady)
    }
    #expect(model.choices.map(\.criterion).min() == model.choices[1].criterion)
  }

  @Test func whatIsNotFoundAgainIsNamedUnstable() throws {
    // No parts at all, cut into five.
    let samples = (0..<6).map { subject in
      var generator = SeededGenerator(seed: UInt64(subject) + 40)
      return HabitatSample("S\(subject)", ClusterPoints((0..<2).map { _ in (0..<12).map { _ in generator.normal() } }))
    }
    let model = try FittedHabitats(samples, counts: 5...5, Self.settings(), names: ["a", "b"], Lanes(jobs: 1))
    #expect(!model.unstable.isEmpty)
    #expect(model.findings.contains { $0.message.contains("is unstable") })
  }

  /// Subjects whose images are shifted as a whole: pooled, the shift makes habitats; by subject, it does not.
  @Test func eachSubjectByItself() throws {
    let (samples, kinds) = Self.samples(8, spread: 0.7, shift: 4, seed: 5)
    func errors(_ design: HabitatSettings.Design) throws -> Int {
      let settings = Self.settings { $0.design = design }
      let model = try FittedHabitats(samples, counts: 3...3, settings, names: ["a", "b"], Lanes(jobs: 1))
      return try zip(samples, kinds).reduce(0) { sum, pair in
        try sum + zip(Self.labels(model, pair.0), pair.1).count { $0 != $1 }
      }
    }
    #expect(try errors(.subject) < 8)
    #expect(try errors(.pooled) > 40)
  }

  /// A file holds no voxel, reads as it was written, and a damaged one is refused.
  @Test func keptAndReadAgain() throws {
    let (samples, _) = Self.samples(4)
    for method in HabitatSettings.Method.allCases {
      let model = try FittedHabitats(
        samples, counts: 3...3, Self.settings { $0.method = method }, names: ["a", "b"], Lanes(jobs: 1))
      let text = try model.text
      #expect(try FittedHabitats(Array(text.utf8), path: "M.json") == model)
      for value in samples[0].points.column(1) { #expect(!text.contains("\(value)")) }
      for damaged in [
        text.replacing("\"radiomics-habitats\"", with: "\"radiomics-model\""),
        text.replacing("\"version\": 1", with: "\"version\": 9"), text.replacing("\"scales\"", with: "\"scale\""),
        text.replacing("\"images\": [", with: "\"images\": [\"c\", "), String(text.dropLast(40)),
      ] {
        #expect(throws: ModelError.self) { try FittedHabitats(Array(damaged.utf8), path: "M.json") }
      }
    }
  }

  @Test func whatCannotBeLearnt() throws {
    let (samples, _) = Self.samples(3), flat = [HabitatSample("F", ClusterPoints([[1, 1, 1], [1, 2, 3]]))]
    func message(_ samples: [HabitatSample], _ counts: ClosedRange<Int>) -> String {
      do {
        _ = try FittedHabitats(samples, counts: counts, Self.settings(), names: ["a", "b"], Lanes(jobs: 1))
        return ""
      } catch { return "\(error)" }
    }
    #expect(message(flat, 2...2).contains("image 'a'"))
    #expect(message([samples[0]], 2...4).contains("one number"))
    #expect(message([], 2...2).contains("no subject"))
    #expect(message(samples, 1...3).contains("from 2 to"))
    #expect(message([HabitatSample("T", ClusterPoints([[1, 2], [3, 4]]))], 3...3).contains("2 voxels for 3"))
  }
}
