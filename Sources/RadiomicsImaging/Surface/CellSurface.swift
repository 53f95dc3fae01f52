import RadiomicsCore

/// Which triangulation of a mask's surface is meant. Marching cubes (doi:10.1145/37401.37422) leaves it open how
/// voxels that touch only across a diagonal are linked, and how a loop that is not flat is filled.
public enum SurfaceRule: String, ChoiceSetting, Sendable {
  /// Closed for every mask. Equal, in 246 of the 254 kinds of cell, to the variant of Lewiner
  /// (doi:10.1080/10867651.2003.10487582) in scikit-image, which most teams of IBSI used.
  case ibsi
  /// Equal to the C code of PyRadiomics, 2.0.1 to 3.0.1: cells that touch may link diagonal voxels differently, so the
  /// surface can have slits, and turning the image changes it.
  case pyradiomics
  /// As `pyradiomics`, but for one kind of cell, whose last triangle is missing: PyRadiomics' up to 2.0, by which a part
  /// of its published baseline was made.
  case pyradiomics2 = "pyradiomics_2_0"
}

/// The piece of surface in a cell: the cube between eight neighbouring voxel centres, with any of them inside. Corner
/// c of the cell lies at (c & 1, c >> 1 & 1, c >> 2) and is inside if bit c of the cell's case is set. Coordinates are
/// doubled, so that the surface's vertices, midpoints of edges, are whole: 0 to 2.
///
/// The rule. On each face of the cell, crossed edges are linked so that the inside lies to the left, seen from outside.
/// Where two voxels face each other across a diagonal, inside voxels are linked (`ibsi`), or those of corner 6's
/// side (`pyradiomics`). The links form loops of 3 to 7 vertices. Of all triangulations of a loop without a diagonal
/// in a face of the cell, the one that passes nearest to the cell's centre is taken: least |Σ a·(b×c)| about the
/// centre. A loop of seven, a bridge between diagonal voxels, is made as wide as possible instead: most |Σ a·(b×c)|,
/// of all triangulations (`ibsi`) or of the fans (`pyradiomics`). With `ibsi`, a loop of three and a loop of four
/// that both surround the outside become the ends of a tunnel.
package struct CellSurface: Sendable {
  /// Corners of a triangle, counterclockwise seen from outside.
  package typealias Triangle = (a: SIMD3<Int>, b: SIMD3<Int>, c: SIMD3<Int>)

  /// The triangles.
  package let triangles: [Triangle]
  /// Σ a·(b×c): 48 times the volume of the cone over the surface from corner 0, in voxels.
  package let cone: Int
  /// Σ a×b + b×c + c×a: 8 times the area vector.
  package let areaVector: SIMD3<Int>

  init(triangles: [Triangle]) {
    self.triangles = triangles
    cone = triangles.reduce(0) { $0 + $1.a.dot($1.b.cross($1.c)) }
    areaVector = triangles.reduce(SIMD3.zero) { $0 &+ $1.a.cross($1.b) &+ $1.b.cross($1.c) &+ $1.c.cross($1.a) }
  }

  /// Area at a voxel spacing.
  package func area(spacing: SIMD3<Double>) -> Double {
    triangles.reduce(0) { sum, triangle in
      let ab = SIMD3<Double>(triangle.b &- triangle.a) * spacing / 2
      let ac = SIMD3<Double>(triangle.c &- triangle.a) * spacing / 2
      return sum + ab.cross(ac).length / 2
    }
  }

  /// The surfaces of the 256 cases.
  package static func table(_ rule: SurfaceRule) -> [CellSurface] {
    switch rule {
    case .ibsi: ibsi
    case .pyradiomics: pyradiomics
    case .pyradiomics2: pyradiomics2
    }
  }

  private static let ibsi = (0..<256).map { CellSurface(case: $0, rule: .ibsi) }
  private static let pyradiomics = (0..<256).map { CellSurface(case: $0, rule: .pyradiomics) }

  private static let pyradiomics2 = pyradiomics.enumerated().map { corners, surface in
    guard corners == 0b0011_1110 || corners == 0b1100_0001 else { return surface }
    let missing: Set<SIMD3<Int>> = [[2, 1, 2], [0, 1, 2], [1, 0, 0]]
    return CellSurface(triangles: surface.triangles.filter { Set([$0.a, $0.b, $0.c]) != missing })
  }

  /// Surfaces whose areas weigh the elements of a boundary by which surface Dice is measured (Nikolov et al. 2021,
  /// doi:10.2196/26151): on every face, the voxels that are fewer in the cell are kept apart.
  package static let boundaryElements = (0..<256).map { corners in
    CellSurface(
      triangles: cellLoops(corners, joinsInside: corners.nonzeroBitCount > 4).flatMap { fill($0, fansOnly: false) })
  }

  private init(case corners: Int, rule: SurfaceRule) {
    let loops = cellLoops(corners, joinsInside: rule == .ibsi || corners >> 6 & 1 == 1)
    if rule == .ibsi, loops.map(\.count).sorted() == [3, 4], corners.nonzeroBitCount == 5 {
      self.init(triangles: tunnel(loops.first { $0.count == 3 }!, loops.first { $0.count == 4 }!))
    } else {
      self.init(triangles: loops.flatMap { fill($0, fansOnly: rule == .pyradiomics && $0.count == 7) })
    }
  }
}

/// Loops of edge midpoints around the inside corners.
private func cellLoops(_ corners: Int, joinsInside: Bool) -> [[SIMD3<Int>]] {
  func place(_ corner: Int) -> SIMD3<Int> { [corner & 1, corner >> 1 & 1, corner >> 2 & 1] }
  func key(_ point: SIMD3<Int>) -> Int { point.x + 3 * point.y + 9 * point.z }
  var next = [SIMD3<Int>?](repeating: nil, count: 27)
  var starts: [SIMD3<Int>] = []
  for axis in 0..<3 {
    for side in 0..<2 {
      let u = 1 << ((axis + (side == 1 ? 1 : 2)) % 3), v = 1 << ((axis + (side == 1 ? 2 : 1)) % 3), low = side << axis
      let ring = [low, low | u, low | u | v, low | v]
      func isInside(_ i: Int) -> Bool { corners >> ring[i & 3] & 1 == 1 }
      func middle(_ i: Int) -> SIMD3<Int> { place(ring[i & 3]) &+ place(ring[(i + 1) & 3]) }
      for enter in 0..<4 where !isInside(enter) && isInside(enter + 1) {
        var leave = enter
        repeat { leave += joinsInside ? 3 : 1 } while !(isInside(leave) && !isInside(leave + 1))
        next[key(middle(enter))] = middle(leave)
        starts.append(middle(enter))
      }
    }
  }
  var loops: [[SIMD3<Int>]] = []
  for start in starts where next[key(start)] != nil {
    var loop: [SIMD3<Int>] = []
    var point = start
    while let following = next[key(point)] {
      next[key(point)] = nil
      loop.append(point)
      point = following
    }
    loops.append(loop)
  }
  return loops
}

/// The triangulation of a loop that the rule chooses.
private func fill(_ loop: [SIMD3<Int>], fansOnly: Bool) -> [CellSurface.Triangle] {
  let n = loop.count
  func isAllowed(_ i: Int, _ j: Int) -> Bool {
    let isSide = (j - i) % n == 1 || (j - i) % n == n - 1
    return isSide || !(0..<3).contains { loop[i][$0] == loop[j][$0] && loop[i][$0] != 1 }
  }
  var best: (score: Int, triangles: [CellSurface.Triangle])?
  for triangulation in triangulations(0, n - 1) {
    let isFan = (0..<n).contains { apex in triangulation.allSatisfy { $0.contains(apex) } }
    guard !fansOnly || isFan,
      triangulation.allSatisfy({ isAllowed($0[0], $0[1]) && isAllowed($0[1], $0[2]) && isAllowed($0[0], $0[2]) })
    else { continue }
    let triangles = triangulation.map { (a: loop[$0[0]], b: loop[$0[1]], c: loop[$0[2]]) }
    let bulge = abs(triangles.reduce(0) { $0 + ($1.a &- 1).dot(($1.b &- 1).cross($1.c &- 1)) })
    let score = n == 7 ? -bulge : bulge
    if best == nil || score < best!.score { best = (score, triangles) }
  }
  return best!.triangles
}

/// All triangulations of the polygon with corners i … j.
private func triangulations(_ i: Int, _ j: Int) -> [[[Int]]] {
  if j - i < 2 { return [[]] }
  return (i + 1..<j).flatMap { k in
    triangulations(i, k).flatMap { left in triangulations(k, j).map { left + $0 + [[i, k, j]] } }
  }
}

/// The tunnel between a loop p of three, two of which lie in the face with the diagonal, and a loop q of four: the
/// third of p is linked with the side of q in the opposite face, and a fan from the cell's centre closes the rest.
private func tunnel(_ three: [SIMD3<Int>], _ four: [SIMD3<Int>]) -> [CellSurface.Triangle] {
  var best: [CellSurface.Triangle] = []
  for i in 0..<3 {
    let p = [three[i], three[(i + 1) % 3], three[(i + 2) % 3]]
    let axis = (0..<3).first { p[1][$0] == p[2][$0] && p[1][$0] != 1 }!
    for j in 0..<4 {
      let q = (0..<4).map { four[(j + $0) % 4] }
      let isOpposite = q[0][axis] == 2 - p[1][axis] && q[1][axis] == q[0][axis]
      guard isOpposite, q[2][axis] == p[1][axis], q[3][axis] == p[1][axis] else { continue }
      let ring = [q[0], p[1], p[2], q[1], q[2], q[3]]
      best = [(q[0], q[1], p[0]), (p[0], p[1], q[0]), (p[2], p[0], q[1])]
      best += (0..<6).map { (a: SIMD3(1, 1, 1), b: ring[$0], c: ring[($0 + 1) % 6]) }
    }
  }
  return best
}
