import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// What a lesion would look like if it had merely become smaller: its own texture behind an outline further inside, blended with its
/// background over an edge as wide as the one that was measured, with the noise that blending took away.
///
/// A mask that is merely shrunk has no rim of partial volume, and features of a real, smaller lesion differ from it in every case.
/// With I the image, b the background and w = G(σ) ∗ mask the share of the lesion in each voxel, σ such that b + c w fits the image
/// around the outline best, the object is O = b + (I − b) / w. With the mask m′ of the smaller volume, w′ = G(σ) ∗ m′, it looks like
/// b + w′ (O − b) + ε, ε with the variance s² (1 − (w′/w)²) of the noise that is missing. The smaller outline is the level of the
/// distance to the old one, so that it is of the same shape and lies in the middle.
package struct VolumeNull: Sendable {
  /// Further away than that from the outline, in mean spacings of voxels, there is no rim.
  private static let reach = 5.0
  /// The smallest share of the lesion in a voxel from which its intensity is told.
  private static let leastShare = 0.3

  private let geometry: Geometry, map: Result<IntensityMap?, UndefinedError>?
  private let image: [Double], shares: [Double], background: Double, noise: Double
  /// Voxels of the lesion, the innermost first.
  private let order: [Int]
  /// Width of the edge: standard deviation of the Gaussian that blurs the outline, mm.
  package let edge: Double

  /// - `region`: The lesion at the first scan, on its image.
  /// - Throws: `UndefinedError` if there is no background around it, or it does not stand out.
  package init(_ region: ImagedRegion) throws(UndefinedError) {
    guard let own = region.mask.boundingBox else { throw UndefinedError("the region is empty") }
    let margin = Int(Self.reach) + 4
    let box = own.grown(by: SIMD3(repeating: margin)).clipped(to: region.scan.geometry.box) ?? own
    let volume = region.scan.volume(in: box), mask = region.mask.cropped(to: box).mask
    let geometry = volume.geometry, distances = signedDistances(mask, geometry)
    let reach = Self.reach * geometry.meanSpacing
    let around = meanValue(of: volume.voxels) { distances[$0] < -reach }
    let deepest = distances.max() ?? 0
    let core = meanValue(of: volume.voxels) { distances[$0] > min(reach, deepest / 2) }
    guard let around, let core else { throw UndefinedError("there is no background around the region") }
    guard abs(core - around) > 1e-9 * max(abs(core), abs(around)) else {
      throw UndefinedError("the region does not stand out from its background")
    }
    let rim = distances.indices.filter { abs(distances[$0]) < reach }, whole = Volume(geometry: geometry, voxels: mask)
    let edge = edgeWidth(volume.voxels, whole, rim, (around, core - around))
    shares = whole.blurred(edge)
    (self.geometry, image, map, background, self.edge) = (geometry, volume.voxels, region.map, around, edge)
    noise = Scan(geometry: geometry, samples: .double(volume.voxels)).noiseLevel() ?? 0
    // Distances between voxels are few; smoothed, they tell voxels apart by where the outline lies around them.
    let smooth = Volume(geometry: geometry, voxels: distances).blurred(geometry.meanSpacing)
    order = mask.indices.filter { mask[$0] != 0 }.sorted { (smooth[$1], $0) < (smooth[$0], $1) }
  }

  /// How far the rim goes into the lesion, mm: where a straight edge has 95 % of its contrast.
  package var rim: Double { NormalDistribution().quantile(0.95) * edge }

  private var voxelVolume: Double { geometry.spacing.x * geometry.spacing.y * geometry.spacing.z }

  /// Volume of the lesion, mm³.
  package var volume: Double { Double(order.count) * voxelVolume }

  /// The lesion at a smaller volume (mm³), on the box of its image.
  /// - `seed`: Of the noise.
  /// - Throws: `UndefinedError` if the volume is not smaller, or holds no voxel.
  package func draw(volume: Double, seed: UInt64) throws(UndefinedError) -> ImagedRegion {
    let count = Int((volume / voxelVolume).rounded())
    guard count < order.count else { throw UndefinedError("the lesion did not shrink") }
    guard count > 0 else { throw UndefinedError("the lesion is smaller than a voxel") }
    var smaller = [UInt8](repeating: 0, count: image.count)
    for voxel in order[..<count] { smaller[voxel] = 1 }
    let after = Volume(geometry: geometry, voxels: smaller).blurred(edge)
    var generator = SeededGenerator(seed: seed), result = image
    for voxel in image.indices {
      let kept = after[voxel] / max(shares[voxel], Self.leastShare), lost = max(0, 1 - kept * kept)
      result[voxel] =
        background + kept * (image[voxel] - background) + noise * lost.squareRoot() * generator.normal()
    }
    return ImagedRegion(
      Scan(geometry: geometry, samples: .double(result)), RowSpans(size: geometry.size, mask: smaller), map: map)
  }

  /// A region without its rim; nil if nothing is left.
  /// - `rim`: How far it goes inside, mm.
  package static func core(of region: ImagedRegion, rim: Double) -> ImagedRegion? {
    guard let own = region.mask.boundingBox else { return nil }
    let box = own.grown(by: SIMD3(repeating: 1)).clipped(to: region.scan.geometry.box) ?? own
    let size = region.scan.geometry.size
    let distances = signedDistances(region.mask.cropped(to: box).mask, region.scan.geometry.cropped(to: box))
    let core = RowSpans(size: box.size) { distances[$0] > rim }
    guard !core.isEmpty else { return nil }
    return ImagedRegion(region.scan, core.placed(at: box.lower, in: size), map: region.map)
  }
}

private func meanValue(of values: [Double], where isCounted: (Int) -> Bool) -> Double? {
  var sum = 0.0, count = 0.0
  for index in values.indices where isCounted(index) { (sum, count) = (sum + values[index], count + 1) }
  return count > 0 ? sum / count : nil
}

/// The σ (mm) at which b + c G(σ) ∗ mask is closest to the image in the voxels of a rim, by golden section up to three voxels.
private func edgeWidth(
  _ image: [Double], _ mask: Volume<UInt8>, _ rim: [Int], _ levels: (background: Double, contrast: Double)
) -> Double {
  func loss(_ width: Double) -> Double {
    let shares = mask.blurred(width)
    return rim.reduce(0) { sum, voxel in
      let off = image[voxel] - levels.background - levels.contrast * shares[voxel]
      return sum + off * off
    }
  }
  let golden = (5.0.squareRoot() - 1) / 2, largest = 3 * mask.geometry.meanSpacing
  var low = 0.0, high = largest, a = high - golden * high, b = golden * high, atA = loss(a), atB = loss(b)
  while high - low > 0.02 * largest {
    if atA < atB {
      (high, b, atB) = (b, a, atA)
      a = high - golden * (high - low)
      atA = loss(a)
    } else {
      (low, a, atA) = (a, b, atB)
      b = low + golden * (high - low)
      atB = loss(b)
    }
  }
  return (low + high) / 2
}

extension Geometry {
  fileprivate var meanSpacing: Double { (spacing.x + spacing.y + spacing.z) / 3 }
}

extension Volume<Double> {
  /// Voxels under a Gaussian of a width σ in mm, normalised.
  fileprivate func blurred(_ width: Double) -> [Double] {
    var field = self
    for axis in 0..<3 {
      let sigma = width / geometry.spacing[axis], reach = Int((4 * sigma).rounded(.up))
      guard reach > 0, geometry.size[axis] > 1 else { continue }
      let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }, sum = weights.reduce(0, +)
      field = field.convolved(with: AxisKernel(weights.map { $0 / sum }), along: axis, .mirror)
    }
    return field.voxels
  }
}

extension Volume<UInt8> {
  fileprivate func blurred(_ width: Double) -> [Double] {
    Volume<Double>(geometry: geometry, voxels: voxels.map { Double($0) }).blurred(width)
  }
}

/// Distances from voxel centres to the outline, mm: above 0 inside a mask, below 0 outside. The outline lies half a voxel from the
/// centres on both sides of it.
private func signedDistances(_ mask: [UInt8], _ geometry: Geometry) -> [Double] {
  let inside = Volume(geometry: geometry, voxels: mask).squaredDistances().voxels
  let outside = Volume(geometry: geometry, voxels: mask.map { $0 == 0 ? 1 : 0 }).squaredDistances().voxels
  let half = geometry.meanSpacing / 2
  return mask.indices.map { voxel in
    mask[voxel] != 0 ? min(outside[voxel].squareRoot(), 1e6) - half : half - min(inside[voxel].squareRoot(), 1e6)
  }
}
