/// A neighbourhood as offsets from its centre, in the order of memory.
package struct Window: Sendable {
  /// Largest component of an offset.
  package let radius: Int
  /// The offsets, that of the centre among them.
  package let offsets: [SIMD3<Int>]
  private let members: Set<SIMD3<Int>>

  /// A cube, or the voxels within an index distance of `radius`.
  package init(_ shape: MapSettings.Shape, radius: Int) {
    var offsets: [SIMD3<Int>] = []
    for z in -radius...radius {
      for y in -radius...radius {
        for x in -radius...radius where shape == .cube || x * x + y * y + z * z <= radius * radius {
          offsets.append([x, y, z])
        }
      }
    }
    self.init(radius: radius, offsets)
  }

  private init(radius: Int, _ offsets: [SIMD3<Int>]) {
    self.radius = radius
    self.offsets = offsets
    members = Set(offsets)
  }

  /// Whether an offset belongs to it.
  package func contains(_ offset: SIMD3<Int>) -> Bool { members.contains(offset) }

  /// Its slices, each a window of its own.
  var slices: [Window] { (-radius...radius).map { z in Window(radius: radius, offsets.filter { $0.z == z }) } }

  /// The offsets that it has only before (from the old centre), and only after (from the new one) it moves by a voxel
  /// along x.
  var leaving: [SIMD3<Int>] { offsets.filter { !contains($0 &- [1, 0, 0]) } }
  var entering: [SIMD3<Int>] { offsets.filter { !contains($0 &+ [1, 0, 0]) } }
}
