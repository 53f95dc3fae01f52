import RadiomicsCore
import RadiomicsImaging

/// Across which axis of the image slices lie.
public enum SliceAxis: String, ChoiceSetting {
  /// Planes of constant z, as IBSI has it.
  case z
  /// Planes of constant y.
  case y
  /// Planes of constant x.
  case x

  /// The image's axes in the order that makes slices planes of constant z.
  var order: SIMD3<Int> {
    switch self {
    case .z: [0, 1, 2]
    case .y: [0, 2, 1]
    case .x: [1, 2, 0]
    }
  }

  /// Lengths along turned axes, along the image's own.
  func turnedBack(_ lengths: SIMD3<Double>) -> SIMD3<Double> {
    var own = SIMD3<Double>.zero
    for axis in 0..<3 { own[order[axis]] = lengths[axis] }
    return own
  }

  func turned(_ grid: Geometry) -> Geometry { self == .z ? grid : grid.reordered(axes: order, flips: Self.unflipped) }

  /// The same voxels with axes in another order.
  func turned(_ region: Region) -> Region {
    guard self != .z else { return region }
    func mask(_ spans: RowSpans) -> RowSpans {
      let turned = Volume(geometry: region.geometry, voxels: spans.mask).reordered(axes: order, flips: Self.unflipped)
      return RowSpans(size: turned.geometry.size, mask: turned.voxels)
    }
    return Region(
      image: region.image.volume.reordered(axes: order, flips: Self.unflipped),
      morphological: mask(region.morphological), intensity: mask(region.intensity), range: region.range)
  }

  private static let unflipped = [false, false, false]
}
