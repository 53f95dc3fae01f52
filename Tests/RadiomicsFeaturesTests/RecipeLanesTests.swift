import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import Testing

/// Results do not depend on the number of threads.
@Suite struct RecipeLanesTests {
  @Test(arguments: ["ibsi-config-a", "ibsi-config-b", "ibsi-config-e", "ibsi-mr"])
  func bitsAtAnyJobs(_ preset: String) throws {
    let geometry = try Geometry(size: [90, 80, 40], spacing: [0.9, 1, 2.2])
    var generator = SeededGenerator(seed: 11)
    var samples: [Int16] = []
    for index in 0..<geometry.count {
      samples.append(Int16(generator.uniform() * 300) + Int16(index % 90) * 2 - 250)
    }
    let scan = Scan(geometry: geometry, samples: .int16(samples))
    let mask = RowSpans(size: geometry.size) { index in
      let x = index % 90 - 45, y = index / 90 % 80 - 40, z = index / 7200 - 20
      return x * x + y * y + 5 * z * z < 900
    }
    let recipe = try Recipe(preset: preset)
    let one = recipe.measurement(of: ImagedRegion(scan, mask), resources: Resources(jobs: 1))
    #expect(one.cells.count { $0.value != nil } > one.cells.count / 2)
    for jobs in [2, 3, 8] {
      #expect(
        recipe.measurement(of: ImagedRegion(scan, mask), resources: Resources(jobs: jobs)).cells == one.cells,
        "\(jobs) jobs")
    }
  }
}
