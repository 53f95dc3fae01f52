import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Intensities brought to the scale of a reference tissue, against sums by hand.
@Suite struct ReferenceNormalisationTests {
  private static let geometry = Geometry(
    unchecked: [4, 4, 4], spacing: [1, 1, 2], origin: .zero, direction: .identity)

  /// Squares of the voxels' numbers, times `slope`, plus `intercept`. The tissue is the first eight voxels, mean 17.5, median
  /// 12.5, variance 278.25; the region is the ninth slice row.
  private static func region(slope: Double = 1, intercept: Double = 0, tissue: Range<Int>? = 0..<8) -> ImagedRegion {
    let values = (0..<64).map { slope * Double($0 * $0) + intercept }
    func voxels(_ range: Range<Int>) -> RowSpans { RowSpans(size: geometry.size) { range.contains($0) } }
    return ImagedRegion(
      Scan(geometry: geometry, samples: .double(values)), voxels(32..<36),
      tissues: tissue.map { ["muscle": voxels($0)] } ?? [:])
  }

  private static func preparation(_ normalise: String) throws -> Preparation {
    try Preparation(
      setting: Setting(yaml: "normalise: {within: reference, reference: muscle, \(normalise)}", file: "r"))
  }

  private static func measured(_ normalise: String, _ region: ImagedRegion = region()) throws -> [Double] {
    try Array(preparation(normalise).prepare(region).region.get().intensities)
  }

  private static let raw = (32..<36).map { Double($0 * $0) }

  /// Settings, what they subtract, and what they divide by.
  private static let maps: [(String, Double, Double)] = [
    ("method: z_score", 17.5, 16.680827317612277),
    ("method: z_score, centre: median, scale: 100", 12.5, 0.16680827317612277),
    ("method: z_score, deviation: sample", 17.5, 17.832554500127007), ("method: ratio", 0, 17.5),
    ("method: ratio, centre: median, scale: 50", 0, 0.25),
    // Above 4: 9, 16, 25, 36, 49.
    ("method: ratio, above: 4", 0, 27),
  ]

  @Test(arguments: maps)
  func asByHand(_ normalise: String, _ centre: Double, _ unit: Double) throws {
    let found = try Self.measured(normalise)
    for (value, raw) in zip(found, Self.raw) { expectClose(value, (raw - centre) / unit, relative: 1e-13) }
    #expect(found.count == 4)
  }

  /// Scanners whose scales differ by a slope and an offset become one by a z-score, by a slope alone by a ratio.
  @Test func scannersBecomeOne() throws {
    for (normalise, intercept) in [("method: z_score", 30.0), ("method: ratio", 0)] {
      let one = try Self.measured(normalise),
        other = try Self.measured(normalise, Self.region(slope: 3.7, intercept: intercept))
      for (a, b) in zip(one, other) { expectClose(a, b, relative: 1e-12) }
    }
  }

  /// The map of all regions, as studies make it once, and the one that a region makes for itself have the same bits.
  @Test func mapsMadeOnceAreTheSame() throws {
    let preparation = try Self.preparation("method: z_score")
    var region = Self.region()
    let alone = try preparation.prepare(region).region.get()
    region.map = preparation.normalisation(of: region.scan, region.tissues)
    #expect(try Array(preparation.prepare(region).region.get().intensities) == Array(alone.intensities))
  }

  @Test func whatGivesNoScaleSaysWhy() throws {
    func reason(_ normalise: String, _ region: ImagedRegion) -> String {
      do {
        return "\(try Self.measured(normalise, region))"
      } catch { return "\(error)" }
    }
    #expect(reason("method: ratio", Self.region(tissue: nil)).contains("'muscle', of which there is no mask"))
    #expect(
      reason("method: ratio", Self.region(intercept: -50)).contains("the mean is -32.5: a ratio needs one above 0"))
    #expect(reason("method: z_score", Self.region(tissue: 3..<4)).contains("a z-score divides by 0"))
  }

  @Test(arguments: [
    ("method: z_score, within: reference", "within reference needs 'reference', the name or number of a label"),
    ("method: z_score, reference: muscle", "'reference' does not go with within image"),
    ("method: nyul, centre: median, landmarks: {percentages: [1, 99], scale: [1, 100]}", "'centre' does not go with"),
    ("method: z_score, within: referense", "Did you mean 'reference'?"),
    ("method: z_score, within: reference, referense: 2", "Did you mean 'reference'?"),
  ])
  func wrongSettings(_ normalise: String, _ part: String) {
    let error = #expect(throws: SettingError.self) {
      try Preparation(setting: Setting(yaml: "normalise: {\(normalise)}", file: "r.yaml"))
    }
    #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
  }

  /// The tissue's name decides which voxels count, so it is part of the fingerprint; it is written as it was read.
  @Test func nameIsInTheFingerprint() throws {
    func recipe(_ name: String) throws -> Recipe {
      try Recipe(
        yaml: """
          name: t
          preparation: {normalise: {method: ratio, within: reference, reference: \(name)}}
          layers: [{families: [intensity]}]
          """, file: "t.yaml")
    }
    #expect(try recipe("muscle").fingerprint != recipe("fat").fingerprint)
    let numbered = try recipe("2"), again = try Recipe(yaml: numbered.yaml, file: "u.yaml")
    #expect(numbered.yaml.contains("reference: 2,"), "\(numbered.yaml)")
    #expect(again.fingerprint == numbered.fingerprint)
  }
}
