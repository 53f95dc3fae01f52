import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct PlaneDiametersTests {
  private func diameters(_ region: Region) -> [Double?] {
    PlaneDiameters().cells(of: region, nil, Resources()).map(\.value)
  }

  @Test func oneVoxel() throws {
    let geometry = try Geometry(size: [3, 3, 3], spacing: [1, 1, 3]), mask = RowSpans(size: [3, 3, 3]) { $0 == 13 }
    let region = Region(
      image: Volume(geometry: geometry, voxels: Array(repeating: 1, count: 27)), morphological: mask, intensity: mask)
    #expect(diameters(region) == [1, 3, 3])
  }

  /// All pairs of all vertices of regions with holes and parts.
  @Test func isTheLargestOfAllPairs() throws {
    for example in try TextureExample.randoms {
      let vertices = vertices(example)
      func largest(_ axis: Int) -> Double {
        var largest = 0.0
        for a in vertices {
          for b in vertices where a[axis] == b[axis] {
            largest = max(largest, (((a - b) * (a - b)).sum()).squareRoot())
          }
        }
        return largest
      }
      for (value, axis) in zip(diameters(example.region), [2, 1, 0]) {
        expectClose(try #require(value), largest(axis), relative: 1e-12)
      }
    }
  }

  private func vertices(_ example: TextureExample) -> [SIMD3<Double>] {
    let size = example.size, mask = example.region.morphological, spacing = example.region.geometry.spacing
    var inside = Set<SIMD3<Int>>()
    for span in mask.spans { for x in span.x..<span.x + span.count { inside.insert([x, span.y, span.z]) } }
    var vertices: [SIMD3<Double>] = []
    for z in -1...size.z {
      for y in -1...size.y {
        for x in -1...size.x {
          let here = SIMD3(x, y, z)
          for step in [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
          where inside.contains(here) != inside.contains(here &+ step) {
            vertices.append((SIMD3<Double>(here) + SIMD3<Double>(step) / 2) * spacing)
          }
        }
      }
    }
    return vertices
  }
}
