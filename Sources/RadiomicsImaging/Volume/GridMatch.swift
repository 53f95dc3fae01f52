import RadiomicsCore

/// How a mask's grid lies to an image's grid.
public enum GridMatch: Sendable, Hashable {
  /// The same voxels in the same order: corners agree within half a hundredth of a voxel.
  case same
  /// The same voxels with axes permuted or flipped: image axis a is mask axis `axes[a]`, reversed if `flips[a]`.
  case reordered(axes: SIMD3<Int>, flips: [Bool])
  /// Other voxels: what differs, in words with millimetres.
  case different([String])

  /// Corners may differ by this part of a voxel, unless said otherwise.
  public static let tolerance = 0.005

  /// Compares the grid of `mask` with that of `image`.
  public init(_ mask: Geometry, to image: Geometry, tolerance: Double = Self.tolerance) {
    if mask == image || Self.agree(mask, image, tolerance) {
      self = .same
    } else if let (axes, flips) = Self.reordering(mask, to: image),
      Self.agree(mask.reordered(axes: axes, flips: flips), image, tolerance)
    {
      self = .reordered(axes: axes, flips: flips)
    } else {
      self = .different(Self.differences(mask, image, tolerance))
    }
  }

  /// Equal sizes, and every corner voxel at the same place within the tolerance.
  private static func agree(_ mask: Geometry, _ image: Geometry, _ tolerance: Double) -> Bool {
    guard mask.size == image.size else { return false }
    for corner in 0..<8 {
      let index = SIMD3<Double>(
        corner & 1 == 0 ? 0 : Double(image.size.x - 1), corner & 2 == 0 ? 0 : Double(image.size.y - 1),
        corner & 4 == 0 ? 0 : Double(image.size.z - 1))
      let shift = image.index(of: mask.position(of: index)) - index
      if abs(shift.x) > tolerance || abs(shift.y) > tolerance || abs(shift.z) > tolerance { return false }
    }
    // A single slice has no second corner along z: its thickness must agree as well.
    return (0..<3).allSatisfy { image.size[$0] > 1 || abs(mask.spacing[$0] / image.spacing[$0] - 1) <= tolerance }
  }

  private static func reordering(_ mask: Geometry, to image: Geometry) -> (SIMD3<Int>, [Bool])? {
    var axes = SIMD3(-1, -1, -1), flips = [false, false, false]
    for a in 0..<3 {
      for b in 0..<3 where abs(image.direction[a].dot(mask.direction[b])) > 0.9 {
        axes[a] = b
        flips[a] = image.direction[a].dot(mask.direction[b]) < 0
      }
    }
    return Set([axes.x, axes.y, axes.z]) == [0, 1, 2] ? (axes, flips) : nil
  }

  private static func differences(_ mask: Geometry, _ image: Geometry, _ tolerance: Double) -> [String] {
    func list(_ v: SIMD3<Double>) -> String {
      "[\(shortText(v.x, digits: 7)), \(shortText(v.y, digits: 7)), \(shortText(v.z, digits: 7))]"
    }
    func list(_ v: SIMD3<Int>) -> String { "\(v.x) x \(v.y) x \(v.z)" }
    var differences: [String] = []
    if mask.size != image.size {
      differences.append("size: mask \(list(mask.size)), image \(list(image.size)) voxels")
    }
    let spacing = (0..<3).map { abs(mask.spacing[$0] - image.spacing[$0]) }.max()!
    if (0..<3).contains(where: { abs(mask.spacing[$0] / image.spacing[$0] - 1) * Double(image.size[$0]) > tolerance }) {
      differences.append(
        "spacing: mask \(list(mask.spacing)) mm, image \(list(image.spacing)) mm (by \(shortText(spacing)) mm)")
    }
    let shift = (mask.origin - image.origin).length
    if shift > tolerance * image.spacing.min() {
      differences.append(
        "origin: mask \(list(mask.origin)) mm, image \(list(image.origin)) mm (by \(shortText(shift)) mm)")
    }
    let angles = (0..<3).map { mask.direction[$0].angle(to: image.direction[$0]) }
    let reach = (0..<3).map { angles[$0] * .pi / 180 * Double(image.size[$0]) * image.spacing[$0] }.max()!
    if reach > tolerance * image.spacing.min() {
      differences.append(
        "direction: axes x, y, z turned by \(shortText(angles[0])), \(shortText(angles[1])), \(shortText(angles[2])) degrees "
          + "(by \(shortText(reach)) mm at the far end)")
    }
    return differences.isEmpty ? ["corners: apart by more than \(tolerance) voxels"] : differences
  }
}

extension SIMD3<Double> {
  /// Angle between unit vectors, degrees; exact for small angles, too.
  fileprivate func angle(to other: Self) -> Double {
    let sine = cross(other).length, cosine = dot(other)
    return atan2(sine, cosine) * 180 / .pi
  }
}

extension Geometry {
  /// The same voxels with axis a taken from axis `axes[a]`, reversed if `flips[a]`.
  public func reordered(axes: SIMD3<Int>, flips: [Bool]) -> Geometry {
    var size = SIMD3<Int>.zero, spacing = SIMD3<Double>.zero, direction = direction, first = SIMD3<Double>.zero
    for a in 0..<3 {
      size[a] = self.size[axes[a]]
      spacing[a] = self.spacing[axes[a]]
      direction[a] = flips[a] ? -self.direction[axes[a]] : self.direction[axes[a]]
      first[axes[a]] = flips[a] ? Double(size[a] - 1) : 0
    }
    return Geometry(unchecked: size, spacing: spacing, origin: position(of: first), direction: direction)
  }
}

extension Volume {
  /// The same voxels in another order of axes.
  public func reordered(axes: SIMD3<Int>, flips: [Bool]) -> Volume {
    let strides = SIMD3(1, geometry.size.x, geometry.size.x * geometry.size.y)
    let target = geometry.reordered(axes: axes, flips: flips)
    var start = 0
    var steps = SIMD3<Int>.zero
    for a in 0..<3 {
      steps[a] = flips[a] ? -strides[axes[a]] : strides[axes[a]]
      if flips[a] { start += (target.size[a] - 1) * strides[axes[a]] }
    }
    var reordered: [Voxel] = []
    reordered.reserveCapacity(voxels.count)
    for z in 0..<target.size.z {
      for y in 0..<target.size.y {
        var index = start + z * steps.z + y * steps.y
        for _ in 0..<target.size.x {
          reordered.append(voxels[index])
          index += steps.x
        }
      }
    }
    return Volume(geometry: target, voxels: reordered)
  }

  /// The voxel nearest to each voxel centre of `grid`, which may lie and turn in any way; `outside` beyond the border.
  public func nearest(on grid: Geometry, outside: Voxel) -> Volume {
    let origin = geometry.index(of: grid.position(of: .zero))
    let step = Matrix3(
      geometry.index(of: grid.position(of: [1, 0, 0])) - origin,
      geometry.index(of: grid.position(of: [0, 1, 0])) - origin,
      geometry.index(of: grid.position(of: [0, 0, 1])) - origin)
    var result: [Voxel] = []
    result.reserveCapacity(grid.count)
    for z in 0..<grid.size.z {
      for y in 0..<grid.size.y {
        for x in 0..<grid.size.x {
          let index = (origin + step * SIMD3(Double(x), Double(y), Double(z))).rounded(.toNearestOrAwayFromZero)
          let isInside =
            index.x >= 0 && index.y >= 0 && index.z >= 0 && index.x < Double(geometry.size.x)
            && index.y < Double(geometry.size.y) && index.z < Double(geometry.size.z)
          result.append(isInside ? self[Int(index.x), Int(index.y), Int(index.z)] : outside)
        }
      }
    }
    return Volume(geometry: grid, voxels: result)
  }
}
