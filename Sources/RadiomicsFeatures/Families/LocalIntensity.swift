import Foundation
import RadiomicsCore
import RadiomicsImaging

/// Mean intensities in spheres of 1 cm³ (IBSI 1, chapter 3, "Local intensity features", 9ST6).
///
/// A sphere holds the voxels whose centres lie within ∛(3 / 4π) cm ≈ 6.2 mm of its central voxel's, in the region or not.
/// Voxels beyond the image, and those that are not finite, are not counted.
public struct LocalIntensity: FeatureFamily {
  public static let name = "local_intensity"
  public static let summary = "Peaks of the mean intensity in a sphere of 1 cm³, which may reach beyond the region."
  public static let reference = "IBSI 1, chapter 3, Local intensity features (9ST6)"
  public static let parameters: [Parameter<Self>] = []
  public static let features: [Feature] = [
    Feature(
      "loc_peak_loc", "Local intensity peak", ibsi: "VJGA", unit: .intensity, scale: .interval,
      "the mean in the sphere around the voxel of maximum intensity; of several such voxels the highest mean"),
    Feature(
      "loc_peak_glob", "Global intensity peak", ibsi: "0F91", unit: .intensity, scale: .interval,
      "the highest mean in the spheres around all voxels of the region"),
  ]
  /// Radius of a sphere of 1 cm³, mm.
  static let radius = 10 * cbrt(3 / (4 * Double.pi))

  public init() {}

  public var margin: Double { Self.radius }

  public func measure(_ region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let voxels = region.image.voxels
    let sums = sphereSums(voxels.map { $0.isFinite ? $0 : 0 }, around: region.intensity, region.geometry.spacing)
    let counts = sphereSums(voxels.map { $0.isFinite ? 1 : 0 }, around: region.intensity, region.geometry.spacing)
    let maximum = region.intensities.max()
    var local = -Double.infinity, global = local
    for (index, intensity) in region.intensities.enumerated() {
      let mean = sums[index] / counts[index]
      global = max(global, mean)
      if intensity == maximum { local = max(local, mean) }
    }
    let reason: Reason = "the intensities are too large to add them"
    return [Cell(local, orUndefined: reason), Cell(global, orUndefined: reason)]
  }
}

/// For each voxel of `mask`, in its order, the sum of `values` (x fastest, on the mask's grid) over the sphere around it.
/// Row by row of the sphere, each a difference of two sums along x: cost voxels · rows, not voxels · voxels.
private func sphereSums(_ values: [Double], around mask: RowSpans, _ spacing: SIMD3<Double>) -> [Double] {
  let rows = sphereRows(spacing, size: mask.size), size = mask.size
  let pad = rows.map(\.half).max() ?? 0
  let (sumsAlongX, length) = paddedPrefixSums(values, length: size.x, pad: pad)
  var result = [Double](repeating: 0, count: mask.count)
  var next = 0
  for span in mask.spans {
    for row in rows {
      let y = span.y + row.y, z = span.z + row.z
      guard y >= 0, y < size.y, z >= 0, z < size.z else { continue }
      let low = length * (y + size.y * z) + pad + span.x - row.half, high = low + 2 * row.half + 1
      addDifferences(&result, at: next, of: sumsAlongX, high, low, count: span.count)
    }
    next += span.count
  }
  return result
}

/// result[start + n] += sums[high + n] − sums[low + n]
private func addDifferences(
  _ result: inout [Double], at start: Int, of sums: [Double], _ high: Int, _ low: Int, count: Int
) {
  result.withUnsafeMutableBufferPointer { result in
    sums.withUnsafeBufferPointer { sums in
      for n in 0..<count { result[start + n] += sums[high + n] - sums[low + n] }
    }
  }
}

/// Rows (y, z) of the sphere that fit a grid of `size`, and how far each reaches along x on both sides, in voxels.
private func sphereRows(_ spacing: SIMD3<Double>, size: SIMD3<Int>) -> [(y: Int, z: Int, half: Int)] {
  // A distance that equals the radius but for rounding is within it.
  let limit = LocalIntensity.radius * LocalIntensity.radius * (1 + 1e-9)
  func reach(_ axis: Int, beside rest: Double) -> Int {
    Int(min(Double(size[axis] - 1), (max(0, limit - rest).squareRoot() / spacing[axis]).rounded(.down)))
  }
  var rows: [(y: Int, z: Int, half: Int)] = []
  let farthest = reach(2, beside: 0)
  for z in -farthest...farthest {
    let depth = Double(z) * spacing.z, width = reach(1, beside: depth * depth)
    for y in -width...width {
      let height = Double(y) * spacing.y
      rows.append((y, z, reach(0, beside: depth * depth + height * height)))
    }
  }
  return rows
}

/// Sums of the values left of each place in each row, with `pad` places more on both sides; and the length of a row.
private func paddedPrefixSums(_ values: [Double], length: Int, pad: Int) -> ([Double], length: Int) {
  let padded = length + 1 + 2 * pad
  var sums = [Double](repeating: 0, count: values.count / length * padded)
  for row in 0..<values.count / length {
    let start = row * padded + pad
    for x in 0..<length { sums[start + x + 1] = sums[start + x] + values[row * length + x] }
    for x in start + length + 1..<start + length + 1 + pad { sums[x] = sums[start + length] }
  }
  return (sums, padded)
}
