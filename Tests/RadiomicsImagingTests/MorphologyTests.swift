import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Distances, dilation, erosion, ring, holes and connected parts against their definitions.
@Suite struct MorphologyTests {
  static let spacings: [SIMD3<Double>] = [[1, 1, 1], [0.7, 1.1, 3], [2.5, 0.4, 1]]

  static func mask(
    _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], seed: UInt64 = 1, share: UInt64 = 30
  ) -> Volume<UInt8> {
    let geometry = Geometry(unchecked: size, spacing: spacing, origin: .zero, direction: .identity)
    var state = seed
    let voxels = (0..<geometry.count).map { (_: Int) -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % 100 < share ? 1 : 0
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  static func filled(_ size: SIMD3<Int>, where isInside: (Int, Int, Int) -> Bool) -> Volume<UInt8> {
    let geometry = Geometry(unchecked: size, spacing: [1, 1, 1], origin: .zero, direction: .identity)
    var voxels: [UInt8] = []
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x { voxels.append(isInside(x, y, z) ? 1 : 0) }
      }
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  static func positions(_ geometry: Geometry) -> [SIMD3<Double>] {
    (0..<geometry.count).map { (index: Int) -> SIMD3<Double> in
      let x = index % geometry.size.x, y = index / geometry.size.x % geometry.size.y
      return geometry.position(of: [Double(x), Double(y), Double(index / (geometry.size.x * geometry.size.y))])
    }
  }

  /// Squared distances to the nearest voxel for which `isSite` holds, by comparing all pairs.
  static func compared(_ mask: Volume<UInt8>, where isSite: (UInt8) -> Bool) -> [Double] {
    let positions = positions(mask.geometry)
    let sites = zip(positions, mask.voxels).filter { isSite($0.1) }.map(\.0)
    return positions.map { position in
      sites.map { ($0 - position).dot($0 - position) }.min() ?? .infinity
    }
  }

  @Test(arguments: spacings, [1, 8, 60] as [UInt64])
  func distancesAreThoseOfAllPairs(_ spacing: SIMD3<Double>, _ share: UInt64) {
    for seed: UInt64 in 1...5 {
      let mask = Self.mask([9, 7, 6], spacing: spacing, seed: seed, share: share)
      let expected = Self.compared(mask) { $0 != 0 }
      for (value, expected) in zip(mask.squaredDistances().voxels, expected) {
        if expected == .infinity { #expect(value == .infinity) } else { expectClose(value, expected, relative: 1e-14) }
      }
    }
  }

  @Test func distancesInAPlaneAndALine() {
    let plane = Self.mask([20, 15, 1], spacing: [0.5, 2, 1], share: 5)
    for (value, expected) in zip(plane.squaredDistances().voxels, Self.compared(plane) { $0 != 0 }) {
      expectClose(value, expected, relative: 1e-14)
    }
    let line = Self.filled([1, 1, 6]) { _, _, z in z == 2 }
    #expect(line.squaredDistances().voxels == [4, 1, 0, 1, 4, 9])
    #expect(Self.filled([3, 2, 2]) { _, _, _ in false }.squaredDistances().voxels.allSatisfy { $0 == .infinity })
  }

  @Test(arguments: spacings, [0, 0.5, 1.1, 2.5, 40])
  func dilationAndErosionAreThoseOfAllPairs(_ spacing: SIMD3<Double>, _ radius: Double) {
    for share: UInt64 in [3, 50, 93] {
      let mask = Self.mask([8, 7, 6], spacing: spacing, seed: share, share: share)
      let limit = radius * radius + 1e-9
      let toInside = Self.compared(mask) { $0 != 0 }
      #expect(mask.dilated(by: radius).voxels == toInside.map { $0 <= limit ? 1 : 0 })
      // Erosion: with a wide border of outside voxels, as voxels beyond the grid are outside.
      let wide = Self.padded(mask, by: 2)
      let toOutside = Self.compared(wide) { $0 == 0 }
      let expected = Volume(geometry: wide.geometry, voxels: toOutside.map { $0 > limit ? UInt8(1) : 0 })
      #expect(Self.padded(mask.eroded(by: radius), by: 2).voxels == expected.voxels)
    }
  }

  static func padded(_ mask: Volume<UInt8>, by margin: Int) -> Volume<UInt8> {
    let size = mask.geometry.size
    let geometry = mask.geometry.cropped(to: mask.geometry.box.grown(by: [margin, margin, margin]))
    let voxels = (0..<geometry.count).map { (index: Int) -> UInt8 in
      let x = index % geometry.size.x - margin, y = index / geometry.size.x % geometry.size.y - margin
      let z = index / (geometry.size.x * geometry.size.y) - margin
      guard x >= 0, y >= 0, z >= 0, x < size.x, y < size.y, z < size.z else { return 0 }
      return mask[x, y, z]
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  @Test func ballOfThreeMillimetres() {
    // Σ over the integer points of a ball of radius 3: 123 (OEIS A000605).
    let point = Self.filled([9, 9, 9]) { $0 == 4 && $1 == 4 && $2 == 4 }
    let ball = point.dilated(by: 3)
    #expect(ball.voxels.reduce(0) { $0 + Int($1) } == 123)
    // A ball eroded by its radius less a little is its centre; by its radius, nothing (the next outside voxel of the
    // ball lies at √10 mm).
    #expect(ball.eroded(by: 3) == point)
    #expect(ball.eroded(by: 3.2).voxels.allSatisfy { $0 == 0 })
    // 0.1 · 3 is a little more than 0.3 in double precision, and yet within 0.3 mm.
    let fine = Geometry(unchecked: [7, 1, 1], spacing: [0.1, 1, 1], origin: .zero, direction: .identity)
    #expect(
      Volume<UInt8>(geometry: fine, voxels: [1, 0, 0, 0, 0, 0, 0]).dilated(by: 0.3).voxels == [1, 1, 1, 1, 0, 0, 0])
  }

  @Test(arguments: spacings)
  func ringIsDilationWithoutErosion(_ spacing: SIMD3<Double>) {
    let mask = Self.mask([10, 9, 8], spacing: spacing, share: 85)
    let outer = mask.dilated(by: 2).voxels, inner = mask.eroded(by: 1).voxels
    #expect(mask.ring(inside: 1, outside: 2).voxels == zip(outer, inner).map { $0 - $1 })
    #expect(mask.ring(inside: 0, outside: 0).voxels.allSatisfy { $0 == 0 })
    let limits = Self.mask([10, 9, 8], spacing: spacing, seed: 7, share: 50)
    let clipped = mask.ring(inside: 1, outside: 2, within: limits).voxels
    #expect(clipped == zip(mask.ring(inside: 1, outside: 2).voxels, limits.voxels).map { $0 * $1 })
  }

  @Test func holes() {
    let shell = Self.filled([7, 7, 7]) { x, y, z in max(abs(x - 3), abs(y - 3), abs(z - 3)) == 2 }
    let cube = Self.filled([7, 7, 7]) { x, y, z in max(abs(x - 3), abs(y - 3), abs(z - 3)) <= 2 }
    #expect(shell.holesFilled() == cube)
    // A shell at the border of its grid has a hole all the same; one with a way out has none.
    let tight = Self.filled([5, 5, 5]) { x, y, z in [x, y, z].contains { $0 == 0 || $0 == 4 } }
    #expect(tight.holesFilled().voxels.allSatisfy { $0 == 1 })
    var open = shell
    open.voxels[1 + 7 * (3 + 7 * 3)] = 0
    #expect(open.holesFilled() == open)
    // A way out through an edge only is none.
    var edge = shell
    edge.voxels[1 + 7 * (1 + 7 * 3)] = 0
    #expect(edge.holesFilled().voxels.reduce(0) { $0 + Int($1) } == 124)
    let empty = Self.filled([3, 3, 3]) { _, _, _ in false }
    #expect(empty.holesFilled() == empty)
  }

  /// Labels by flooding from one voxel to the next.
  static func flooded(_ mask: Volume<UInt8>) -> [[Int]] {
    let size = mask.geometry.size
    var seen = mask.voxels.map { $0 == 0 }
    var parts: [[Int]] = []
    for seed in seen.indices where !seen[seed] {
      seen[seed] = true
      var part = [seed], next = 0
      while next < part.count {
        let x = part[next] % size.x, y = part[next] / size.x % size.y, z = part[next] / (size.x * size.y)
        next += 1
        for c in max(0, z - 1)...min(size.z - 1, z + 1) {
          for b in max(0, y - 1)...min(size.y - 1, y + 1) {
            for a in max(0, x - 1)...min(size.x - 1, x + 1) {
              let index = a + size.x * (b + size.y * c)
              guard !seen[index] else { continue }
              seen[index] = true
              part.append(index)
            }
          }
        }
      }
      parts.append(part)
    }
    return parts
  }

  @Test(arguments: [2, 6, 9, 12, 20, 60] as [UInt64])
  func componentsAreThoseOfFlooding(_ share: UInt64) {
    for seed: UInt64 in 1...4 {
      let mask = Self.mask([14, 11, 9], seed: seed, share: share)
      let parts = Self.flooded(mask).sorted { $0.count != $1.count ? $0.count > $1.count : $0[0] < $1[0] }
      var expected = [UInt32](repeating: 0, count: mask.voxels.count)
      for (rank, part) in parts.enumerated() { for index in part { expected[index] = UInt32(rank + 1) } }
      let (labels, sizes) = mask.connectedComponents()
      #expect(sizes == parts.map(\.count))
      #expect(labels.voxels == expected)
      #expect(mask.largestComponent().voxels == expected.map { $0 == 1 ? 1 : 0 })
    }
  }

  @Test func diagonalNeighboursAreConnected() {
    let chain = Self.filled([4, 4, 4]) { x, y, z in x == y && y == z }
    #expect(chain.connectedComponents().sizes == [4])
    let apart = Self.filled([5, 1, 1]) { x, _, _ in x != 2 }
    #expect(apart.connectedComponents().sizes == [2, 2])
    #expect(apart.largestComponent().voxels == [1, 1, 0, 0, 0])
    let empty = Self.filled([2, 2, 2]) { _, _, _ in false }
    #expect(empty.connectedComponents().sizes.isEmpty)
    #expect(empty.largestComponent() == empty)
  }
}
