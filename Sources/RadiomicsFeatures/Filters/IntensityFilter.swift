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

  /// Nothing more.
  public func workingMemory(on grid: Geometry) -> Int { 0 }

  public func apply(to image: Volume<Double>, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void) {
    let response = response(toLargest: image.voxels.reduce(0) { max($0, abs($1)) })
    let voxels = [Double](unsafeUninitializedCapacity: image.voxels.count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      let plane = image.geometry.size.x * image.geometry.size.y
      lanes.forEach(image.geometry.size.z) { z in
        for index in z * plane..<(z + 1) * plane { (target + index).initialize(to: response(image.voxels[index])) }
      }
      filled = image.voxels.count
    }
    take(0, Volume(geometry: image.geometry, voxels: voxels))
  }
}
