import RadiomicsImaging

/// An affine map from voxel indices to a position in mm: columns are the steps along x, y and z.
struct Placement {
  var steps: Matrix3
  var origin: SIMD3<Double>

  /// Position of a voxel.
  func position(of index: SIMD3<Double>) -> SIMD3<Double> { origin + steps * index }

  /// The same in a frame whose axes point along or against this one's.
  func turned(by signs: SIMD3<Double>) -> Placement {
    Placement(steps: Matrix3(steps.x * signs, steps.y * signs, steps.z * signs), origin: origin * signs)
  }

  /// Lengths multiplied by `factor`.
  func scaled(by factor: Double) -> Placement {
    factor == 1 ? self : turned(by: SIMD3(repeating: factor))
  }

  /// The greatest distance, over the corners of a grid, between where this and `other` place it.
  func greatestDistance(to other: Placement, size: SIMD3<Int>) -> Double {
    var greatest = 0.0
    for corner in 0..<8 {
      let last = SIMD3<Double>(size &- 1)
      let index = SIMD3<Double>(
        corner & 1 == 0 ? 0 : last.x, corner & 2 == 0 ? 0 : last.y, corner & 4 == 0 ? 0 : last.z)
      greatest = max(greatest, (position(of: index) - other.position(of: index)).length)
    }
    return greatest
  }

  /// The grid, taking this as LPS and mm.
  func geometry(size: SIMD3<Int>) throws(GeometryError) -> Geometry {
    let spacing = SIMD3(steps.x.length, steps.y.length, steps.z.length)
    return try Geometry(
      size: size, spacing: spacing, origin: origin,
      direction: Matrix3(steps.x / spacing.x, steps.y / spacing.y, steps.z / spacing.z))
  }
}

extension Matrix3 {
  /// Columns that are unit vectors up to the digits of a text (1e-3, as `Geometry` admits) brought to length 1; others
  /// as they are. A length that is 1 to rounding error is left, so that what was written reads back the same.
  var withUnitColumns: Matrix3 {
    var matrix = self
    for axis in 0..<3 {
      let length = self[axis].length
      if abs(length - 1) < 1e-3, abs(length - 1) > 4 * Double.ulpOfOne { matrix[axis] /= length }
    }
    return matrix
  }
}

/// From right-anterior-superior to left-posterior-superior.
let rasToLPS = SIMD3<Double>(-1, -1, 1)
