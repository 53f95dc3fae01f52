import Foundation
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

struct LocalThicknessTests {
  private func spans(_ size: SIMD3<Int>, where isInside: (SIMD3<Int>) -> Bool) -> RowSpans {
    RowSpans(size: size) { isInside([$0 % size.x, $0 / size.x % size.y, $0 / (size.x * size.y)]) }
  }

  /// 19 voxels are within 1.5 mm of the middle; a corner is √3/2 mm from a point whose sphere has 1 mm.
  @Test func cube() {
    let values = LocalThickness(RowSpans(all: [3, 3, 3]), spacing: .one).values
    #expect(values.count { $0 == 3 } == 19 && values.count { $0 == 2 } == 8)
  }

  /// A slab of k voxels is k voxels thick, whether k is odd or even, but for its rim; between centres k + 1 or k.
  @Test(arguments: 1...6)
  func slab(_ count: Int) {
    let spacing = SIMD3(0.5, 0.5, 2.0), side = 8 * count + 9
    let mask = RowSpans(all: [side, side, count])
    let values = LocalThickness(mask, spacing: spacing).values
    #expect(values.max() == 2 * Double(count))
    #expect(values[side / 2 + side * (side / 2)] == 2 * Double(count))
    let between = LocalThickness(mask, spacing: spacing, border: .centres).values
    #expect(between.max() == 2 * Double(count.isMultiple(of: 2) ? count : count + 1))
  }

  /// All spheres around all points of the half-voxel lattice, each with its distance to the nearest box outside.
  @Test func isTheLargestOfAllSpheres() {
    let size = SIMD3(9, 8, 7), spacing = SIMD3(1.0, 1.25, 2.0)
    let mask = spans(size) { place in
      let d = SIMD3<Double>(place) - [4, 3.5, 3]
      return (d * d).sum() < 14 && !(place.x == 4 && place.y < 4) || place.x == 0
    }
    let inside = mask.mask
    var boxes: [SIMD3<Int>] = []
    for z in -1...size.z {
      for y in -1...size.y {
        for x in -1...size.x {
          let isOutside = x < 0 || y < 0 || z < 0 || x == size.x || y == size.y || z == size.z
          if isOutside || inside[x + size.x * (y + size.y * z)] == 0 { boxes.append([x, y, z]) }
        }
      }
    }
    let voxels = mask.spans.flatMap { span in (span.x..<span.x + span.count).map { SIMD3($0, span.y, span.z) } }
    var expected = [Double](repeating: 0, count: voxels.count)
    for z in -1...2 * size.z - 1 {
      for y in -1...2 * size.y - 1 {
        for x in -1...2 * size.x - 1 {
          let point = SIMD3(Double(x), Double(y), Double(z)) / 2
          let square = boxes.map { box -> Double in
            let away = (point - SIMD3<Double>(box)).absolute - 0.5
            let d = away.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 100)) * spacing
            return (d * d).sum()
          }.min()!
          for (index, voxel) in voxels.enumerated() {
            let d = (SIMD3<Double>(voxel) - point) * spacing
            if (d * d).sum() <= square * (1 + 1e-9) { expected[index] = max(expected[index], 2 * square.squareRoot()) }
          }
        }
      }
    }
    let found = LocalThickness(mask, spacing: spacing).values
    for (a, b) in zip(found, expected) { expectClose(a, b, relative: 1e-12) }
  }

  /// PoreSpy 3.2.0 on three balls that meet, every voxel; see PROVENANCE.md beside the file.
  @Test func equalsPoreSpy() throws {
    let size = SIMD3(34, 24, 22)
    let mask = spans(size) { place in
      [(SIMD3(11.0, 11, 11), 9.0), ([22, 12, 10], 7), ([29, 13, 11], 4)].contains { ball in
        let d = SIMD3<Double>(place) - ball.0
        return (d * d).sum() <= ball.1 * ball.1
      }
    }
    var counts: [Int: Int] = [:]
    for value in LocalThickness(mask, spacing: .one, border: .centres).values {
      counts[Int((value * value / 4).rounded()), default: 0] += 1
    }
    let expected = try ReferenceData.table("response/porespy.csv")
    #expect(counts.count == expected.count)
    for row in expected {
      #expect(counts[Int(row["squared_radius"]!)!] == Int(row["voxels"]!), "\(row)")
    }
  }
}

extension SIMD3<Double> {
  fileprivate var absolute: SIMD3<Double> { replacing(with: -self, where: self .< 0) }
}
