import RadiomicsImaging

extension Scan {
  /// Intensities, on the volume's grid.
  public init(_ volume: Volume<Double>) {
    self.init(geometry: volume.geometry, samples: .double(volume.voxels))
  }

  /// A mask or label map, x fastest over the grid.
  public init(geometry: Geometry, mask: [UInt8]) { self.init(geometry: geometry, samples: .uint8(mask)) }

  /// The intensities themselves, as doubles, where there is a slope or intercept; else the samples as they are.
  var withScalingApplied: Scan {
    slope == 1 && intercept == 0 ? self : Scan(volume(in: geometry.box))
  }
}

extension StagedFile {
  /// Writes samples in this machine's byte order.
  func append(_ samples: Scan.Samples) throws(FormatError) {
    let failure = samples.withBytes { buffer -> FormatError? in
      do throws(FormatError) {
        try append(buffer)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }
}

/// Numbers between blanks, each the shortest that reads back the same.
func written(_ vector: SIMD3<Double>, separator: String = " ") -> String {
  (0..<3).map { "\(vector[$0])" }.joined(separator: separator)
}
