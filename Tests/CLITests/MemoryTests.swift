import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// What a run takes of memory, as the system counts it, against what was estimated before.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"), "the system has no /proc"))
struct MemoryTests {
  private static let layers = """
    layers:
      - discretisation: { fixed_bin_number: 32 }
        families: [{ morphology: { autocorrelation: none } }, local_intensity, intensity, intensity_histogram,
          { ivh: { discretisation: { fixed_bin_number: 1000 } } }, glcm, glrlm, glszm, gldzm, ngtdm, ngldm]
    """

  @Test(arguments: [
    (side: 64, radius: 13.4, preparation: "{}"), (side: 80, radius: 29, preparation: "{}"),
    (side: 150, radius: 62, preparation: "{}"),
    (side: 60, radius: 20, preparation: "{ resample: { spacing: [0.5, 0.5, 0.5], interpolation: cubic_spline } }"),
  ])
  func estimateHolds(_ side: Int, _ radius: Double, _ preparation: String) throws {
    let folder = try TemporaryFolder(), geometry = try Geometry(size: SIMD3(side, side, side))
    let size = geometry.size
    let mask = RowSpans(size: size) { index in
      let place = SIMD3(index % side, index / side % side, index / (side * side)) &- side / 2
      return (SIMD3<Double>(place) * SIMD3<Double>(place)).sum() <= radius * radius
    }
    let samples = (0..<geometry.count).map { Int16(truncatingIfNeeded: $0 &* 7919 % 1000) }
    try ImageFormats.write(Scan(geometry: geometry, samples: .int16(samples)), to: folder.path("image.nii"))
    try ImageFormats.write(Scan(geometry: geometry, mask: mask.mask), to: folder.path("mask.nii"))
    let yaml = "name: memory\npreparation: \(preparation)\n\(Self.layers)\n"
    try folder.write(yaml, to: "r.yaml")
    let peak = try peak([
      "extract", folder.path("image.nii"), folder.path("mask.nii"), "--recipe", folder.path("r.yaml"), "-q", "-o",
      folder.path("out.csv"), "--jobs", "1",
    ])
    let recipe = try Recipe(yaml: yaml, file: "r.yaml")
    let image = ImageSize(geometry: geometry, sampleBytes: 2, isWhole: true)
    let estimate = recipe.memory(for: image, mask)
    #expect(estimate.bytes >= peak, "\(estimate.text), measured \(peak)")
    #expect(Double(estimate.bytes) <= 1.3 * Double(peak), "\(estimate.text), measured \(peak)")
  }

  /// Harmonisation takes no more than a few times what its table holds (16 bytes for a number that may be missing), beyond the program itself:
  /// fitting copies no features, applying does not hold what it writes as texts.
  @Test func harmonisationHoldsTheTableAFewTimes() throws {
    let folder = try TemporaryFolder(), rows = 1000, features = 1000
    var text = "site," + (0..<features).map { "f\($0)" }.joined(separator: ",") + "\n"
    var generator = SeededGenerator(seed: 1)
    for row in 0..<rows {
      text += "s\(row % 4)"
      for _ in 0..<features { text += ",\(Double(generator.below(1_000_000)) / 1e6)" }
      text += "\n"
    }
    try folder.write(text, to: "t.csv")
    let program = try peak(["--version"]), table = Double(rows * features * 16)
    let fit = try peak(["harmonise", "fit", folder.path("t.csv"), "--batch", "site", "-o", folder.path("h.json"), "-q"])
    let apply = try peak([
      "harmonise", "apply", folder.path("h.json"), folder.path("t.csv"), "-o", folder.path("o.csv"), "-q",
    ])
    #expect(Double(fit - program) <= 3 * table, "\(Double(fit - program) / table)")
    #expect(Double(apply - program) <= 5.5 * table, "\(Double(apply - program) / table)")
  }

  /// Bytes that the program had in memory at most, as its status said last. What the system reports of ended children
  /// counts this process, too, out of which they were made.
  private func peak(_ arguments: [String]) throws -> Int {
    var process = pid_t(), status: Int32 = 0, peak = 0
    let words = ([Command.program.path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    try #require(posix_spawn(&process, Command.program.path, nil, nil, words, nil) == 0)
    while waitpid(process, &status, WNOHANG) == 0 {
      let lines = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      if let line = lines.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) {
        peak = max(peak, 1024 * (line.split(separator: " ").compactMap { Int($0) }.first ?? 0))
      }
      usleep(500)
    }
    try #require(status == 0)
    return peak
  }
}
