/// An image as stored on disk, in its own sample type; never widened whole.
public struct Scan: Sendable, Equatable {
  /// Stored samples, x fastest.
  public enum Samples: Sendable, Equatable {
    case int8([Int8]), uint8([UInt8]), int16([Int16]), uint16([UInt16]), int32([Int32]), uint32([UInt32])
    case int64([Int64]), uint64([UInt64]), float([Float]), double([Double])
  }

  /// The grid.
  public let geometry: Geometry
  /// `geometry.count` samples.
  public let samples: Samples
  /// Intensity = slope · sample + intercept.
  public let slope, intercept: Double

  /// Samples on a grid; their number must be the grid's.
  public init(geometry: Geometry, samples: Samples, slope: Double = 1, intercept: Double = 0) {
    precondition(samples.count == geometry.count, "a scan has as many samples as its grid")
    self.geometry = geometry
    self.samples = samples
    self.slope = slope
    self.intercept = intercept
  }

  /// Whether intensities are the samples, and these are integers.
  package var holdsWholeNumbers: Bool {
    guard slope == 1, intercept == 0 else { return false }
    switch samples {
    case .float, .double: return false
    default: return true
    }
  }

  /// The intensities of `box`, which must lie inside the grid.
  public func volume(in box: Box) -> Volume<Double> {
    precondition(box.clipped(to: geometry.box) == box, "a box inside the grid")
    let voxels: [Double]
    switch samples {
    case .int8(let values): voxels = widen(values, box) { Double($0) }
    case .uint8(let values): voxels = widen(values, box) { Double($0) }
    case .int16(let values): voxels = widen(values, box) { Double($0) }
    case .uint16(let values): voxels = widen(values, box) { Double($0) }
    case .int32(let values): voxels = widen(values, box) { Double($0) }
    case .uint32(let values): voxels = widen(values, box) { Double($0) }
    case .int64(let values): voxels = widen(values, box) { Double($0) }
    case .uint64(let values): voxels = widen(values, box) { Double($0) }
    case .float(let values): voxels = widen(values, box) { Double($0) }
    case .double(let values): voxels = widen(values, box) { $0 }
    }
    return Volume(geometry: geometry.cropped(to: box), voxels: voxels)
  }

  @inline(__always)
  private func widen<Sample>(_ values: [Sample], _ box: Box, _ convert: (Sample) -> Double) -> [Double] {
    let plain = slope == 1 && intercept == 0
    return [Double](unsafeUninitializedCapacity: box.size.x * box.size.y * box.size.z) { buffer, count in
      for z in box.lower.z..<box.upper.z {
        for y in box.lower.y..<box.upper.y {
          let row = geometry.size.x * (y + geometry.size.y * z)
          for x in box.lower.x..<box.upper.x {
            let value = convert(values[row + x])
            buffer.initializeElement(at: count, to: plain ? value : slope * value + intercept)
            count += 1
          }
        }
      }
    }
  }
}

extension Scan.Samples {
  /// Number of samples.
  public var count: Int {
    switch self {
    case .int8(let values): values.count
    case .uint8(let values): values.count
    case .int16(let values): values.count
    case .uint16(let values): values.count
    case .int32(let values): values.count
    case .uint32(let values): values.count
    case .int64(let values): values.count
    case .uint64(let values): values.count
    case .float(let values): values.count
    case .double(let values): values.count
    }
  }
}
