import RadiomicsCore

/// A box in any orientation.
package struct OrientedBox: Sendable {
  /// Unit vectors along its edges.
  package let axes: [SIMD3<Double>]
  /// Its edge lengths in the order of `axes`, mm.
  package let lengths: SIMD3<Double>

  /// Its volume, mm³.
  package var volume: Double { lengths.x * lengths.y * lengths.z }
  /// Its surface area, mm².
  package var area: Double { 2 * (lengths.x * lengths.y + lengths.y * lengths.z + lengths.z * lengths.x) }

  /// The smallest box found around a polyhedron; of equally small ones (1e-9), that with the least area.
  ///
  /// Along normals of faces and along edges, the 64 largest of each, rotating callipers (Shamos 1978; Toussaint 1983) give
  /// the smallest box with that axis, around at most 96 corners that lie far out. The 16 best of these axes, and those
  /// of the grid, are then taken around the whole body, and the 8 smallest boxes turned about each of their axes in turn,
  /// again by callipers, while that makes them smaller: first roughly, then the 4 best of them fully. A body of at most 128 corners is searched along all normals and
  /// edges, and more boxes are turned. A minimum box has two adjacent faces that each hold an edge (O'Rourke,
  /// doi:10.1007/BF00991005); the turns reach boxes whose every face holds only an edge, as around a tetrahedron. The
  /// search is not exhaustive over pairs of edges, so the volume is an upper bound. Cost O(k log k) for k corners.
  package init(around polyhedron: Polyhedron) {
    let isSmall = polyhedron.corners.count <= 128, shape = Silhouettes(polyhedron)
    let coarse = isSmall ? shape : polyhedron.outermost(96).map { Silhouettes($0) } ?? shape
    let ranked = smallest(
      isSmall ? 64 : 16, of: shape.directions(isSmall ? .max : 64).map { coarse.smallestBox(along: $0) })
    let axes = ranked.map { $0.axes[2] } + [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    var boxes = smallest(isSmall ? 32 : 8, of: axes.map { shape.smallestBox(along: $0) })
    boxes = smallest(4, of: boxes.map { shape.turned($0, gain: 1e-5) }).map { shape.turned($0, gain: 1e-10) }
    let least = boxes.map(\.volume).min()!
    let best = boxes.filter { $0.volume <= least * (1 + 1e-9) }.min { $0.area < $1.area }!
    self = shape.box(best.axes)
  }

  package init(axes: [SIMD3<Double>], lengths: SIMD3<Double>) {
    self.axes = axes
    self.lengths = lengths
  }
}

/// The smallest few, in order; those of equal volume and area (1e-9) are as a rule the same box, and count once.
private func smallest(_ count: Int, of boxes: [OrientedBox]) -> [OrientedBox] {
  var few: [OrientedBox] = []
  for box in boxes.sorted(by: { $0.volume < $1.volume }) where few.count < count {
    let isKnown = few.reversed().prefix { $0.volume >= box.volume * (1 - 1e-9) }
      .contains { abs($0.area - box.area) <= 1e-9 * box.area }
    if !isKnown { few.append(box) }
  }
  return few
}

extension Polyhedron {
  /// A body of those corners that lie outermost in so many directions all around, to a 65536th of its extent; nil if it
  /// has no more corners anyway.
  fileprivate func outermost(_ count: Int) -> Polyhedron? {
    guard corners.count > count else { return nil }
    var chosen = [Bool](repeating: false, count: corners.count)
    for n in 0..<count / 2 {
      // Evenly over half a sphere, by the golden angle.
      let z = (Double(n) + 0.5) / Double(count / 2), r = (1 - z * z).squareRoot(), turn = 2.399963229728653 * Double(n)
      let direction = SIMD3(r * cos(turn), r * sin(turn), z)
      var low = (index: 0, height: Double.infinity), high = (index: 0, height: -Double.infinity)
      for (index, corner) in corners.enumerated() {
        let height = corner.dot(direction)
        if height < low.height { low = (index, height) }
        if height > high.height { high = (index, height) }
      }
      chosen[low.index] = true
      chosen[high.index] = true
    }
    let some = zip(corners, chosen).filter(\.1).map(\.0)
    let origin = some.reduce(some[0]) { pointwiseMin($0, $1) }
    let extent = some.reduce(0) { max($0, ($1 - origin).max()) }
    guard let hull = ConvexHull(of: some.map { SIMD3<Int>(($0 - origin) * (65536 / extent)) }) else { return nil }
    return Polyhedron(corners: hull.points.map { SIMD3<Double>($0) * (extent / 65536) }, faces: hull.faces)
  }
}
