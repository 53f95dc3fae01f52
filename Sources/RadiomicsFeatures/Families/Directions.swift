import RadiomicsCore

/// How the length of a voxel offset m is measured, in voxels (IBSI 1, "Grid distances", MPUJ).
public enum GridNorm: String, ChoiceSetting {
  /// Largest of |mx|, |my|, |mz| (PVMT).
  case chebyshev
  /// Square root of mx² + my² + mz² (G9EV).
  case euclidean
  /// |mx| + |my| + |mz| (LIFZ).
  case manhattan
}

extension GridNorm {
  /// ‖m‖².
  package func squaredLength(_ m: SIMD3<Int>) -> Int {
    switch self {
    case .chebyshev:
      let length = max(abs(m.x), abs(m.y), abs(m.z))
      return length * length
    case .euclidean: return m.x * m.x + m.y * m.y + m.z * m.z
    case .manhattan:
      let length = abs(m.x) + abs(m.y) + abs(m.z)
      return length * length
    }
  }
}

/// How matrices of different directions are weighted when they are merged (IBSI 1, "Distance weighting", 6CK8).
public enum DirectionWeighting: String, ChoiceSetting {
  /// All alike.
  case none
  /// By the largest component: all directions alike again.
  case chebyshev
  /// By the Euclidean length of the direction.
  case euclidean
  /// By the sum of the components of the direction.
  case manhattan
}

extension DirectionWeighting {
  /// Weight of the direction `m` at Chebyshev distance `distance`: exp(−‖m‖²), relative to a direction along an axis,
  /// so that the Chebyshev norm has no effect, as the manual says. Lengths are in voxels, whatever the spacing.
  package func weight(_ direction: SIMD3<Int>, distance: Int = 1) -> Double {
    guard let norm = GridNorm(rawValue: rawValue) else { return 1 }
    return exp(Double(distance) * Double(distance) * Double(1 - norm.squaredLength(direction)))
  }
}

/// The 13 directions between a voxel and its 26 neighbours, up to sign (IBSI 1, "Grey level co-occurrence based
/// features"). Each leads forward in memory. Directions at a distance δ are these, multiplied by δ.
package let directions: [SIMD3<Int>] = [
  [1, 0, 0], [1, 1, 0], [0, 1, 0], [-1, 1, 0],
  [-1, -1, 1], [0, -1, 1], [1, -1, 1], [-1, 0, 1], [0, 0, 1], [1, 0, 1], [-1, 1, 1], [0, 1, 1], [1, 1, 1],
]

/// The first so many of `directions` lie in the slice.
package let planarDirectionCount = 4

/// Steps between the voxels of a pair or a run, each up to sign; those in the slice first.
package struct DirectionSet: Sendable {
  package let steps: [SIMD3<Int>]
  /// The first so many lie in the slice.
  package let planarCount: Int

  /// The 13 directions, multiplied by a distance.
  package init(distance: Int = 1) {
    steps = directions.map { $0 &* distance }
    planarCount = planarDirectionCount
  }

  /// Every step of one of these Chebyshev distances, as PyRadiomics' `distances` has them: 13 of distance 1, 49 of 2.
  /// - `size`: Voxels of the box in which steps must have room; nil for any.
  package init(shells: [Int], within size: SIMD3<Int>? = nil) {
    let farthest = shells.max() ?? 0
    func side(_ axis: Int) -> ClosedRange<Int> {
      let reach = min(farthest, size.map { max(0, $0[axis] - 1) } ?? farthest)
      return -reach...reach
    }
    let all = side(2).flatMap { z in side(1).flatMap { y in side(0).map { x in SIMD3(x, y, z) } } }
    let forward = all.drop { $0 != .zero }.filter { shells.contains(max(abs($0.x), abs($0.y), abs($0.z))) }
    let planar = forward.filter { $0.z == 0 }
    steps = planar + forward.filter { $0.z != 0 }
    planarCount = planar.count
  }

  private init(steps: [SIMD3<Int>], planarCount: Int) {
    self.steps = steps
    self.planarCount = planarCount
  }

  /// Those for which something is true.
  func filtered(_ isKept: (SIMD3<Int>) -> Bool) -> DirectionSet {
    DirectionSet(steps: steps.filter(isKept), planarCount: steps[..<planarCount].count(where: isKept))
  }
}

extension DirectionWeighting {
  /// Squares of the lengths of steps, mm².
  func squaredLengths(_ steps: [SIMD3<Int>], _ spacing: SIMD3<Double>) -> [Double] {
    steps.map { step in
      let lengths = (0..<3).map { Double(abs(step[$0])) * spacing[$0] }
      switch self {
      case .none: return 1
      case .chebyshev: return lengths.max()! * lengths.max()!
      case .euclidean: return lengths.reduce(0) { $0 + $1 * $1 }
      case .manhattan: return lengths.reduce(0, +) * lengths.reduce(0, +)
      }
    }
  }
}
