import RadiomicsCore

/// What lies beyond the edge of an image (IBSI 2, boundary conditions).
public enum Boundary: String, ChoiceSetting {
  /// Zeros: `0 0 | a b c d | 0 0`.
  case zero
  /// The edge voxel, repeated: `a a | a b c d | d d`.
  case nearest
  /// The image again: `c d | a b c d | a b`.
  case periodic
  /// The image reflected, its edge voxel repeated: `b a | a b c d | d c`.
  case mirror

  /// The voxel of 0 ..< `count` that stands at any place, nil for a zero.
  @inlinable
  package func place(_ index: Int, of count: Int) -> Int? {
    if index >= 0, index < count { return index }
    switch self {
    case .zero: return nil
    case .nearest: return index < 0 ? 0 : count - 1
    case .periodic:
      let rest = index % count
      return rest < 0 ? rest + count : rest
    case .mirror:
      let period = 2 * count, rest = index % period, place = rest < 0 ? rest + period : rest
      return place < count ? place : period - 1 - place
    }
  }
}
