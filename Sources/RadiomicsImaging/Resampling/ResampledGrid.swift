import RadiomicsCore

/// Where a new grid lies on the old one (IBSI 1, chapter 2, "Interpolation grid", UMPJ).
public enum GridAlignment: String, ChoiceSetting {
  /// The centres of both grids coincide (IBSI 3WE3, recommended).
  case centre
  /// The centres of the first voxels coincide (IBSI SBKJ).
  case origin
  /// The outer corners of the first voxels coincide.
  case corner
}

extension Geometry {
  /// The grid of another spacing over the same extent: ⌈n · s / s′⌉ voxels along each axis (IBSI 026Q, QCY4), same
  /// axes. A quotient that is whole but for rounding (10⁻⁹) is whole.
  /// - `newSpacing`: distance of voxel centres along each axis, mm; 0 keeps an axis as it is.
  /// - `alignment`: where the new grid lies.
  /// - Throws: `GeometryError` for a negative or infinite spacing, or more voxels than can be counted.
  public func resampled(
    to newSpacing: SIMD3<Double>, align alignment: GridAlignment = .centre
  ) throws(GeometryError) -> Geometry {
    var spacing = spacing, size = size, first = SIMD3<Double>.zero
    for axis in 0..<3 where newSpacing[axis] != 0 && newSpacing[axis] != spacing[axis] {
      let old = spacing[axis], new = newSpacing[axis]
      let quotient = Double(size[axis]) * old / new
      let count = max(1, (quotient - 1e-9 * max(1, quotient)).rounded(.up))
      guard new > 0, new.isFinite, count < 0x1p31 else {
        throw .newSpacing(axis: axis, new, extent: Double(size[axis]) * old)
      }
      first[axis] =
        switch alignment {
        case .centre: (old * Double(size[axis] - 1) - new * (count - 1)) / 2
        case .origin: 0
        case .corner: (new - old) / 2
        }
      spacing[axis] = new
      size[axis] = Int(count)
    }
    return try Geometry(size: size, spacing: spacing, origin: origin + direction * first, direction: direction)
  }
}
