/// A 3×3 matrix of three columns.
public struct Matrix3: Sendable, Hashable {
  /// The columns.
  public var x, y, z: SIMD3<Double>

  /// A matrix of columns.
  @inlinable
  public init(_ x: SIMD3<Double>, _ y: SIMD3<Double>, _ z: SIMD3<Double>) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The identity.
  public static let identity = Matrix3([1, 0, 0], [0, 1, 0], [0, 0, 1])

  /// Column `axis`, 0 to 2.
  @inlinable
  public subscript(axis: Int) -> SIMD3<Double> {
    get { axis == 0 ? x : axis == 1 ? y : z }
    set { if axis == 0 { x = newValue } else if axis == 1 { y = newValue } else { z = newValue } }
  }

  /// The matrix times a vector.
  @inlinable
  public static func * (matrix: Matrix3, vector: SIMD3<Double>) -> SIMD3<Double> {
    matrix.x * vector.x + matrix.y * vector.y + matrix.z * vector.z
  }

  /// The matrix product.
  @inlinable
  public static func * (left: Matrix3, right: Matrix3) -> Matrix3 {
    Matrix3(left * right.x, left * right.y, left * right.z)
  }

  /// Rows and columns exchanged.
  @inlinable
  public var transposed: Matrix3 { Matrix3([x.x, y.x, z.x], [x.y, y.y, z.y], [x.z, y.z, z.z]) }

  /// The inverse; the determinant must not be 0.
  @inlinable
  public var inverse: Matrix3 {
    let rows = Matrix3(y.cross(z), z.cross(x), x.cross(y))
    let scale = 1 / determinant
    return Matrix3(rows.x * scale, rows.y * scale, rows.z * scale).transposed
  }

  /// The determinant.
  @inlinable
  public var determinant: Double { x.dot(y.cross(z)) }
}

extension SIMD3<Double> {
  /// Scalar product.
  @inlinable
  public func dot(_ other: Self) -> Double { x * other.x + y * other.y + z * other.z }

  /// Vector product.
  @inlinable
  public func cross(_ other: Self) -> Self {
    [y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x]
  }

  /// Euclidean length.
  @inlinable
  public var length: Double { dot(self).squareRoot() }
}

/// Why a grid cannot be a grid.
public enum GeometryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Sizes are not all positive, or their product is beyond counting.
  case size(SIMD3<Int>), tooManyVoxels(SIMD3<Int>)
  /// A spacing is out of range, along an axis.
  case spacing(axis: Int, Double)
  /// A new spacing is out of range, along an axis of some extent in mm.
  case newSpacing(axis: Int, Double, extent: Double)
  /// A coordinate of the origin is out of range.
  case origin(axis: Int, Double)
  /// An axis is no unit vector, or not orthogonal to the next.
  case sheared(axis: Int, length: Double, product: Double)

  /// What is, and what must be.
  public var description: String {
    switch self {
    case .size(let size): "the size is \(size.x) x \(size.y) x \(size.z), must be at least 1 along each axis"
    case .tooManyVoxels(let size): "the size is \(size.x) x \(size.y) x \(size.z), too many voxels to count"
    case .spacing(let axis, let spacing):
      "the spacing along \(Self.names[axis]) is \(spacing) mm, must be above 0 (from 1e-06 to 1000000)"
    case .newSpacing(let axis, let spacing, let extent):
      "the new spacing along axis \(axis + 1) is \(spacing) mm over \(extent) mm, must be above 0 and give fewer than "
        + "2 147 483 648 voxels"
    case .origin(let axis, let place):
      "the origin's \(Self.names[axis]) is \(place) mm, must be a number of at most 1e9"
    case .sheared(let axis, let length, let product):
      "the axes are not orthogonal unit vectors (axis \(Self.names[axis]): length \(length), product with the next "
        + "\(product)); a sheared grid must be resampled first"
    }
  }

  private static let names = ["x", "y", "z"]
}

/// A regular grid in the patient: LPS coordinates (x to the left, y to posterior, z to superior), millimetres.
public struct Geometry: Sendable, Hashable {
  /// Voxels along each axis, x fastest in memory.
  public let size: SIMD3<Int>
  /// Distance of neighbouring voxel centres along each axis, mm.
  public let spacing: SIMD3<Double>
  /// Centre of voxel (0, 0, 0) in LPS, mm.
  public let origin: SIMD3<Double>
  /// Column a: unit vector of axis a in LPS. Orthonormal; may be left-handed.
  public let direction: Matrix3

  /// A grid.
  /// - Throws: `GeometryError` unless sizes are positive and their product fits, spacings lie from a nanometre to a
  ///   kilometre, the origin is within 1e9 mm and the axes are orthogonal to within 1e-3.
  public init(
    size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], origin: SIMD3<Double> = [0, 0, 0],
    direction: Matrix3 = .identity
  ) throws(GeometryError) {
    guard size.x > 0, size.y > 0, size.z > 0 else {
      throw .size(size)
    }
    let (plane, overflow) = size.x.multipliedReportingOverflow(by: size.y)
    guard !overflow, !plane.multipliedReportingOverflow(by: size.z).overflow else {
      throw .tooManyVoxels(size)
    }
    for axis in 0..<3 where !(1e-6...1e6).contains(spacing[axis]) {
      throw .spacing(axis: axis, spacing[axis])
    }
    for axis in 0..<3 where !(abs(origin[axis]) <= 1e9) {
      throw .origin(axis: axis, origin[axis])
    }
    for axis in 0..<3 {
      let length = direction[axis].length, product = direction[axis].dot(direction[(axis + 1) % 3])
      guard abs(length - 1) < 1e-3, abs(product) < 1e-3 else {
        throw .sheared(axis: axis, length: length, product: product)
      }
    }
    self.size = size
    self.spacing = spacing
    self.origin = origin
    self.direction = direction
  }

  /// Number of voxels.
  @inlinable
  public var count: Int { size.x * size.y * size.z }

  /// Volume of a voxel, mm³.
  @inlinable
  public var voxelVolume: Double { spacing.x * spacing.y * spacing.z }

  /// LPS position of a (fractional) voxel index, mm.
  @inlinable
  public func position(of index: SIMD3<Double>) -> SIMD3<Double> { origin + direction * (index * spacing) }

  /// (Fractional) voxel index of an LPS position.
  @inlinable
  public func index(of position: SIMD3<Double>) -> SIMD3<Double> {
    (direction.inverse * (position - origin)) / spacing
  }

  /// The whole grid as a box.
  public var box: Box { Box(lower: .zero, size: size) }

  /// The grid of a box of voxels (which may reach outside).
  public func cropped(to box: Box) -> Geometry {
    Geometry(
      unchecked: box.size, spacing: spacing, origin: position(of: SIMD3<Double>(box.lower)), direction: direction)
  }

  /// For grids derived from a valid one.
  package init(unchecked size: SIMD3<Int>, spacing: SIMD3<Double>, origin: SIMD3<Double>, direction: Matrix3) {
    precondition(size.x > 0 && size.y > 0 && size.z > 0, "a grid needs voxels")
    self.size = size
    self.spacing = spacing
    self.origin = origin
    self.direction = direction
  }
}

extension String {
  fileprivate subscript(offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}

/// A box of voxels: `lower` inclusive, `lower + size` exclusive.
public struct Box: Sendable, Hashable {
  /// First voxel.
  public var lower: SIMD3<Int>
  /// Voxels along each axis.
  public var size: SIMD3<Int>

  /// A box.
  public init(lower: SIMD3<Int>, size: SIMD3<Int>) {
    self.lower = lower
    self.size = size
  }

  /// One past the last voxel.
  public var upper: SIMD3<Int> { lower &+ size }

  /// The box grown by `margin` voxels on each side.
  public func grown(by margin: SIMD3<Int>) -> Box { Box(lower: lower &- margin, size: size &+ margin &+ margin) }

  /// The smallest box that holds both.
  public func union(_ other: Box) -> Box {
    let low = pointwiseMin(lower, other.lower)
    return Box(lower: low, size: pointwiseMax(upper, other.upper) &- low)
  }

  /// The part inside `other`; nil if there is none.
  public func clipped(to other: Box) -> Box? {
    var low = lower, high = upper
    for axis in 0..<3 {
      low[axis] = max(low[axis], other.lower[axis])
      high[axis] = min(high[axis], other.upper[axis])
      if high[axis] <= low[axis] { return nil }
    }
    return Box(lower: low, size: high &- low)
  }
}
