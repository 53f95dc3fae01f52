import RadiomicsCore
import RadiomicsImaging

/// A filter that maps each intensity by itself, scaled by the largest magnitude of the whole image.
public protocol IntensityFilter: ImageFilter {
  /// What becomes of an intensity in an image whose largest magnitude is m.
  func response(toLargest m: Double) -> @Sendable (Double) -> Double
}

extension IntensityFilter {
  /// The scale is the whole image's.
  public func support(on grid: Geometry) -> FilterSupport { .global }

  /// The largest magnitude does not.
  public var handsOnNaN: Bool { false }

  /// Nothing more.
  public func workingMemory(on grid: Geometry) -> Int { 0 }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let response = response(toLargest: image.voxels.reduce(0) { max($0, abs($1)) })
    let part = image.cropped(to: box)
    let voxels = [Double](unsafeUninitializedCapacity: part.voxels.count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      let plane = box.size.x * box.size.y
      lanes.forEach(box.size.z) { z in
        for index in z * plane..<(z + 1) * plane { (target + index).initialize(to: response(part.voxels[index])) }
      }
      filled = part.voxels.count
    }
    take(0, Volume(geometry: part.geometry, voxels: voxels))
  }
}
