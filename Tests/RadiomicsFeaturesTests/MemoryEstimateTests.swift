import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import Testing

@Suite struct MemoryEstimateTests {
  private static let mask = RowSpans(size: [100, 100, 100]) { index in
    let x = index % 100 - 50, y = index / 100 % 100 - 50, z = index / 10_000 - 50
    return x * x + y * y + z * z <= 1600
  }
  private static let image = ImageSize(
    geometry: Geometry(unchecked: [100, 100, 100], spacing: .one, origin: .zero, direction: .identity), sampleBytes: 2,
    isWhole: true)

  private func recipe(_ preparation: String = "{}") throws -> Recipe {
    try Recipe(
      yaml: """
        name: t
        preparation: \(preparation)
        layers:
          - discretisation: { fixed_bin_number: 32 }
            families: [intensity, glcm, glszm]
        """, file: "t.yaml")
  }

  /// The image itself, two bytes a sample; more for more families at once, for finer grids and wider samples.
  @Test func growsWithWhatIsAskedFor() throws {
    let plain = try recipe().memory(for: Self.image, Self.mask)
    #expect(plain.parts.contains { $0.name == "image" && $0.bytes == 2_000_000 })
    #expect(plain.bytes == plain.parts.reduce(0) { $0 + $1.bytes })
    #expect(try recipe().memory(for: Self.image, Self.mask, atOnce: 2).bytes > plain.bytes)
    #expect(
      try recipe("{ resample: { spacing: [0.5, 0.5, 0.5] } }").memory(for: Self.image, Self.mask).bytes
        > plain.bytes + 7 * 8 * Self.mask.count)
    let wide = ImageSize(geometry: Self.image.geometry, sampleBytes: 8, isWhole: false)
    #expect(try recipe().memory(for: wide, Self.mask).bytes >= plain.bytes + 6_000_000 + 6 * Self.mask.count)
  }

  /// Too little memory is a reason, not a crash; enough changes nothing.
  @Test func refusesEarly() throws {
    let scan = Scan(
      geometry: Self.image.geometry, samples: .int16((0..<1_000_000).map { Int16($0 * 31 % 1000) }))
    let needed = try recipe().memory(for: Self.image, Self.mask).bytes
    let refused = try recipe().measurement(
      of: ImagedRegion(scan, Self.mask), resources: Resources(jobs: 1, memory: needed - 1))
    #expect(refused.cells.allSatisfy { $0.reason?.text.hasPrefix("needs about ") ?? false })
    #expect(refused.cells[0].reason?.text.contains("the memory limit is \(MemoryEstimate.text(needed - 1))") ?? false)
    #expect(refused.cells.count == (try recipe().columns.count) && refused.findings.count == 1)
    let measured = try recipe().measurement(
      of: ImagedRegion(scan, Self.mask), resources: Resources(jobs: 2, memory: needed))
    #expect(measured.cells == (try recipe().measurement(of: ImagedRegion(scan, Self.mask)).cells))
  }

  @Test func sentences() {
    #expect(MemoryEstimate.text(2_140_000_000) == "2.1 GB")
    #expect(MemoryEstimate.text(640_300_000) == "640 MB")
  }
}
