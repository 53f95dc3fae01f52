import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Nyúl's standard scale: landmarks learnt from images, and what images become on it.
@Suite(.golden(.landmarks)) struct IntensityLandmarksTests {
  private static let lanes = Lanes(jobs: 1)

  private static func images() throws -> [[Double]] {
    try StatisticalReference.table("nyul_images").map { $0.texts.map { Double($0)! } }
  }

  /// Four images of 2,000 voxels; the scale of the first three.
  private static func learnt() throws -> (scale: IntensityLandmarks, scan: Scan, values: [Double]) {
    let images = try images(), above = images.prefix(3).map { Intensities($0.filter { $0 > 0 }) }
    let geometry = try Geometry(size: [20, 10, 10], spacing: [1, 1, 1], origin: [0, 0, 0])
    return (
      try IntensityLandmarks(learning: above, lanes), Scan(geometry: geometry, samples: .double(images[3])), images[3]
    )
  }

  private static func prepared(_ scan: Scan, _ normalise: Normalisation) throws -> [Double] {
    var preparation = Preparation()
    preparation.normalise = normalise
    let all = RowSpans(all: scan.geometry.size)
    return try Array(preparation.prepare(ImagedRegion(scan, all)).region.get().intensities)
  }

  private static func nyul(_ landmarks: IntensityLandmarks) -> Normalisation {
    var normalise = Normalisation()
    (normalise.method, normalise.landmarks, normalise.above) = (.nyul, landmarks, 0)
    return normalise
  }

  @Test(arguments: StatisticalReference.cases("q_landmarks")) func asNumPyHasIt(_ reference: StatisticalReference)
    throws
  {
    let (landmarks, scan, _) = try Self.learnt()
    for (value, expected) in zip(landmarks.scale, reference["standard_scale"]!.asList!) {
      reference.expectValue(value, expected, "scale")
    }
    let mapped = try Self.prepared(scan, Self.nyul(landmarks)), expected = reference["mapped"]!.asList!
    #expect(mapped.count == expected.count)
    for (value, expected) in zip(mapped, expected) { reference.expectValue(value, expected, "mapped") }
  }

  /// The tool itself computes in numbers of 24 bits: 6·10⁻⁸ of intensities up to 200 and slopes up to 2.
  @Test func asIntensityNormalizationHasItInSinglePrecision() throws {
    let reference = try #require(StatisticalReference.cases("g_harmonisation").first { $0.id == "nyul" })
    let (landmarks, scan, _) = try Self.learnt(), mapped = try Self.prepared(scan, Self.nyul(landmarks))
    for (place, expected) in zip(reference["indices"]!.asList!, reference["values"]!.asList!) {
      expectClose(mapped[place.asInteger!], expected.asNumber!, absolute: 2.4e-5)
    }
    for (value, expected) in zip(landmarks.scale, reference["standard_scale"]!.asList!) {
      expectClose(value, expected.asNumber!, absolute: 1.2e-5)
    }
  }

  /// What scanners do by a linear map is undone; an image on the scale stays.
  @Test func linearMapsAreUndone() throws {
    let (landmarks, scan, values) = try Self.learnt(), once = try Self.prepared(scan, Self.nyul(landmarks))
    let other = Scan(geometry: scan.geometry, samples: .double(values.map { 3 * $0 }))
    for (a, b) in zip(once, try Self.prepared(other, Self.nyul(landmarks))) { expectClose(b, a, absolute: 1e-9) }
    let moved = Scan(geometry: scan.geometry, samples: .double(values.map { 3 * $0 + 500 }))
    var normalise = Self.nyul(landmarks)
    normalise.above = nil
    for (a, b) in zip(try Self.prepared(scan, normalise), try Self.prepared(moved, normalise)) {
      expectClose(b, a, absolute: 1e-9)
    }
  }

  @Test func recipesKeepTheScale() throws {
    let (landmarks, _, _) = try Self.learnt(), recipe = try Recipe(preset: "ibsi-mr")
    let changed = try recipe.normalising(Self.nyul(landmarks), description: "x")
    let again = try Recipe(yaml: changed.yaml, file: "r.yaml")
    #expect(again.preparation.normalise?.landmarks == landmarks && again.fingerprint == changed.fingerprint)
    #expect(again.fingerprint != recipe.fingerprint)
    for (wrong, part) in [
      ("{method: nyul}", "needs 'landmarks'"),
      ("{method: z_score, landmarks: {percentages: [1, 99], scale: [0, 1]}}", "does not go"),
      ("{method: nyul, landmarks: {percentages: [1, 99], scale: [0]}}", "as many ascending places"),
      ("{method: nyul, landmarks: {percentages: [99, 1], scale: [0, 1]}}", "as many ascending places"),
    ] {
      let error = #expect(throws: SettingError.self) {
        try Normalisation(setting: Setting(yaml: wrong, file: "n.yaml"))
      }
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
  }

  @Test func imagesWithoutRangeAreUndefined() {
    #expect(throws: UndefinedError.self) { try IntensityLandmarks(learning: [Intensities([5, 5, 5])], Self.lanes) }
    #expect(throws: UndefinedError.self) { try IntensityLandmarks(learning: [Intensities([Double]())], Self.lanes) }
  }
}
