import RadiomicsImaging

/// The prepared image around a region. Where no voxel was made anew, it is the scan itself, and its samples are converted
/// when they are asked for.
public struct RegionImage: Sendable {
  /// The grid of the part that the region and its families need.
  public let geometry: Geometry
  package let source: Source

  package enum Source: Sendable {
    /// The scan from voxel `lower` on, converted.
    case stored(Scan, lower: SIMD3<Int>, IntensityConversion)
    /// Voxels that were made, x fastest over the grid.
    case made([Double])
  }

  /// Prepared intensities.
  public init(_ volume: Volume<Double>) {
    geometry = volume.geometry
    source = .made(volume.voxels)
  }

  /// The part of a scan in `box`, converted.
  package init(_ scan: Scan, in box: Box, rounds: Bool) {
    geometry = scan.geometry.cropped(to: box)
    source = .stored(
      scan, lower: box.lower, IntensityConversion(slope: scan.slope, intercept: scan.intercept, rounds: rounds))
  }

  /// The same image with its intensities mapped, which were not before.
  package func mapped(by map: IntensityMap) -> RegionImage {
    switch source {
    case .stored(let scan, let lower, var conversion):
      conversion.map = map
      return RegionImage(geometry: geometry, source: .stored(scan, lower: lower, conversion))
    case .made(let voxels):
      return RegionImage(Volume(geometry: geometry, voxels: voxels.map(map.callAsFunction)))
    }
  }

  private init(geometry: Geometry, source: Source) {
    self.geometry = geometry
    self.source = source
  }

  /// Every voxel as a number of its own: made at each call, 8 bytes a voxel.
  public var volume: Volume<Double> {
    switch source {
    case .made(let voxels): return Volume(geometry: geometry, voxels: voxels)
    case .stored:
      let size = geometry.size
      let voxels = [Double](unsafeUninitializedCapacity: geometry.count) { buffer, filled in
        for row in 0..<size.y * size.z {
          copyRow(y: row % size.y, z: row / size.y, to: buffer.baseAddress! + row * size.x) { $0 }
        }
        filled = geometry.count
      }
      return Volume(geometry: geometry, voxels: voxels)
    }
  }

  /// Writes `value` of each intensity of a row.
  @inline(__always)
  func copyRow<Value>(y: Int, z: Int, to row: UnsafeMutablePointer<Value>, _ value: (Double) -> Value) {
    let width = geometry.size.x
    switch source {
    case .made(let voxels):
      let start = width * (y + geometry.size.y * z)
      voxels.withUnsafeBufferPointer { voxels in
        for x in 0..<width { (row + x).initialize(to: value(voxels[start + x])) }
      }
    case .stored(let scan, let lower, let conversion):
      let start = lower.x + scan.geometry.size.x * (lower.y + y + scan.geometry.size.y * (lower.z + z))
      func copy<Sample>(_ samples: [Sample], _ number: (Sample) -> Double) {
        samples.withUnsafeBufferPointer { samples in
          for x in 0..<width { (row + x).initialize(to: value(conversion(number(samples[start + x])))) }
        }
      }
      switch scan.samples {
      case .int8(let samples): copy(samples) { Double($0) }
      case .uint8(let samples): copy(samples) { Double($0) }
      case .int16(let samples): copy(samples) { Double($0) }
      case .uint16(let samples): copy(samples) { Double($0) }
      case .int32(let samples): copy(samples) { Double($0) }
      case .uint32(let samples): copy(samples) { Double($0) }
      case .int64(let samples): copy(samples) { Double($0) }
      case .uint64(let samples): copy(samples) { Double($0) }
      case .float(let samples): copy(samples) { Double($0) }
      case .double(let samples): copy(samples) { $0 }
      }
    }
  }
}

extension RegionImage {
  /// Copies a row of samples of 8 or 16 bits that are intensities as they are; false if they are others.
  func copySamples(y: Int, z: Int, to row: UnsafeMutablePointer<Int32>) -> Bool {
    guard case .stored(let scan, let lower, let conversion) = source, conversion.keepsWholeNumbers else { return false }
    let start = lower.x + scan.geometry.size.x * (lower.y + y + scan.geometry.size.y * (lower.z + z))
    func copy<Sample: FixedWidthInteger>(_ samples: [Sample]) -> Bool {
      samples.withUnsafeBufferPointer { samples in
        for x in 0..<geometry.size.x { row[x] = Int32(truncatingIfNeeded: samples[start + x]) }
      }
      return true
    }
    return switch scan.samples {
    case .int8(let samples): copy(samples)
    case .uint8(let samples): copy(samples)
    case .int16(let samples): copy(samples)
    case .uint16(let samples): copy(samples)
    default: false
    }
  }
}

/// What becomes of a stored sample: slope and intercept, rounding, normalisation.
package struct IntensityConversion: Sendable {
  let slope, intercept: Double
  let rounds: Bool
  var map: IntensityMap?

  init(slope: Double = 1, intercept: Double = 0, rounds: Bool = false) {
    self.slope = slope
    self.intercept = intercept
    self.rounds = rounds
  }

  /// Whether whole numbers stay what they are.
  var keepsWholeNumbers: Bool { slope == 1 && intercept == 0 && map == nil }

  @inline(__always)
  func callAsFunction(_ sample: Double) -> Double {
    var intensity = slope == 1 && intercept == 0 ? sample : slope * sample + intercept
    if rounds { intensity = roundedToEven(intensity) }
    return map.map { $0(intensity) } ?? intensity
  }
}
