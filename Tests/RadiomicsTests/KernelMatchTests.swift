import Radiomics
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

/// Images of a sharp kernel made as those of a soft one are, by phantoms of both.
@Suite struct KernelMatchTests {
  private static let lanes = Lanes(jobs: 2)

  private static func cohort(_ kind: String, _ kernel: String, _ more: String) throws -> SimulatedCohort {
    try SimulatedCohort(
      SimulationPlan(
        setting: Setting(
          yaml:
            "kind: \(kind)\nkernels: [\(kernel)]\nscanners: 1\nnoise: 20\nseed: 7\nsessions: 2\nvariance: {subject: 100}\n"
            + more,
          file: "p.yaml")))
  }

  /// The middle of a uniform ball.
  private static func phantom(_ kernel: String) throws -> Volume<Double> {
    let cohort = try cohort(
      "uniform", kernel, "subjects: 2\nsize: [96, 96, 24]\nradius: [37, 37]\nspacing: [0.8, 0.8, 4]\n")
    let image = cohort.image(of: cohort.examinations[0], lanes: lanes).image
    return image.volume(in: Box(lower: [24, 24, 8], size: [48, 48, 8]))
  }

  private static func match() throws -> KernelMatch {
    let sharp = try #require(NoiseSpectrum(of: phantom("sharp"), lanes)),
      soft = try #require(NoiseSpectrum(of: phantom("soft"), lanes))
    return try KernelMatch(sharp: sharp, soft: soft, pixel: 0.8)
  }

  /// Gains are the ratio of the kernels' transfers, which the plan states, but for the error of a mean power: a band at 0.1 1/mm has 24
  /// frequencies, half of them free, in each of 8 slices, so that its power is certain to 1/√96 = 10 %, a gain to 5 %.
  @Test func gainsAreThoseOfTheKernels() throws {
    let match = try Self.match()
    #expect(match.gains?.first == 1 && match.gains!.allSatisfy { (0...1).contains($0) })
    for frequency in [0.1, 0.2, 0.3, 0.4] {
      let sharp = (1 + 4.8 * frequency * frequency) * exp(-(frequency / 0.9) * (frequency / 0.9))
      expectClose(match.gain(at: frequency), exp(-(frequency / 0.4) * (frequency / 0.4)) / sharp, absolute: 0.05)
    }
    #expect(throws: UndefinedError.self) {
      try KernelMatch(
        sharp: NoiseSpectrum(of: Self.phantom("soft"), Self.lanes)!,
        soft: NoiseSpectrum(of: Self.phantom("sharp"), Self.lanes)!, pixel: 0.8)
    }
  }

  /// White noise has the same power everywhere, σ² times the area of a pixel: of 15,360 voxels to √(2 / 15360) = 1.1 %, of the smallest
  /// bands, 150 free frequencies, to 8 %; four of these errors.
  @Test func whiteNoiseIsWhite() throws {
    var generator = SeededGenerator(seed: 2)
    let geometry = try Geometry(size: [40, 32, 12], spacing: [0.5, 0.8, 3])
    let noise = (0..<geometry.count).map { 3 * Double($0 % 40) + 10 * generator.normal() }
    let spectrum = try #require(NoiseSpectrum(of: Volume(geometry: geometry, voxels: noise), Self.lanes))
    expectClose(mean(spectrum.powers), 100 * 0.5 * 0.8, relative: 0.05)
    #expect(spectrum.powers.dropFirst(3).allSatisfy { abs($0 - 40) < 12 })
  }

  /// A constant stays; edges of the image do not ring.
  @Test func constantsStay() throws {
    let geometry = try Geometry(size: [30, 26, 3], spacing: [0.8, 0.8, 2]), match = try Self.match()
    let matched = match.apply(
      to: Volume(geometry: geometry, voxels: [Double](repeating: -1000, count: geometry.count)), Self.lanes)
    for voxel in matched.voxels { expectClose(voxel, -1000, relative: 1e-12) }
  }

  /// Of texture features that the kernel changes by more than repeats differ, at least 70 % of the change is undone in the median.
  @Test func textureComesBack() throws {
    let more = "subjects: 3\nsize: [56, 56, 18]\nradius: [12, 15]\ntexture: 30\nspacing: [0.8, 0.8, 2]\n"
    let soft = try Self.cohort("lesions", "soft", more), sharp = try Self.cohort("lesions", "sharp", more),
      match = try Self.match()
    let recipe = try Recipe(
      yaml: """
        name: t
        intensity_unit: HU
        layers: [{families: [{glcm: {discretisation: {fixed_bin_size: {width: 25, first_edge: multiple}}}},
          {glrlm: {discretisation: {fixed_bin_size: {width: 25, first_edge: multiple}}}}]}]
        """, file: "t.yaml")
    func features(_ image: Scan, _ mask: Scan) throws -> [Double?] {
      let size = mask.geometry.size, voxels = mask.volume(in: mask.geometry.box).voxels
      let region = ImagedRegion(image, RowSpans(size: size) { voxels[$0] > 0 })
      return recipe.measurement(of: region).cells.map { $0.value.flatMap { $0 > 0 ? log($0) : nil } }
    }
    var ofSoft: [[Double?]] = [], ofSharp: [[Double?]] = [], ofMatched: [[Double?]] = []
    for (one, other) in zip(soft.examinations, sharp.examinations) {
      #expect(one.name == other.name)
      let (image, mask) = soft.image(of: one, lanes: Self.lanes),
        before = sharp.image(of: other, lanes: Self.lanes).image
      let after = match.apply(to: before.volume(in: before.geometry.box), Self.lanes)
      ofSoft.append(try features(image, mask))
      ofSharp.append(try features(before, mask))
      ofMatched.append(try features(Scan(after), mask))
    }
    var left: [Double] = []
    for feature in ofSoft[0].indices {
      let values = [ofSoft, ofSharp, ofMatched].map { $0.map { $0[feature] } }
      guard values.allSatisfy({ !$0.contains(nil) }) else { continue }
      let (a, b, c) = (values[0].map { $0! }, values[1].map { $0! }, values[2].map { $0! })
      // Two sessions of each subject: the repeatability coefficient of the logarithm.
      let repeats = (0..<a.count / 2).map { subject -> Double in
        let difference: Double = a[2 * subject] - a[2 * subject + 1]
        return difference * difference / 2
      }
      let coefficient = 1.96 * (2 * mean(repeats)).squareRoot()
      for row in a.indices where abs(b[row] - a[row]) > coefficient {
        left.append(abs(c[row] - a[row]) / abs(b[row] - a[row]))
      }
    }
    let sorted = left.sorted()
    #expect(sorted.count > 60 && sorted[sorted.count / 2] <= 0.3, "\(sorted.count), median \(sorted[sorted.count / 2])")
  }
}
