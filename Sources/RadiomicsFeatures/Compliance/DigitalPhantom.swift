import RadiomicsImaging

/// The digital phantom of IBSI 1 (chapter 5; CC BY 4.0, Alex Zwanenburg): 5 × 4 × 4 voxels of 2 mm, 74 of them in the
/// region, grey levels 1 to 6.
public enum DigitalPhantom {
  /// The grid.
  public static let geometry = Geometry(unchecked: [5, 4, 4], spacing: [2, 2, 2], origin: .zero, direction: .identity)

  /// Intensities, x fastest.
  public static let intensities: [Double] = [
    1, 4, 4, 1, 1,  // slice 1
    1, 4, 6, 1, 1,
    4, 1, 6, 4, 1,
    4, 4, 6, 4, 1,
    1, 4, 4, 1, 1,  // slice 2
    1, 1, 6, 1, 1,
    1, 1, 3, 1, 1,
    4, 4, 6, 1, 1,
    1, 4, 4, 1, 1,  // slice 3
    1, 1, 1, 1, 1,
    1, 1, 9, 1, 1,
    1, 1, 6, 1, 1,
    1, 4, 4, 1, 1,  // slice 4
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 6, 1, 1,
  ]

  /// 1 inside the region.
  public static let mask: [UInt8] = [
    1, 1, 1, 1, 1,  // slice 1
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,  // slice 2
    1, 1, 1, 1, 1,
    0, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 0, 0,  // slice 3
    1, 1, 1, 1, 1,
    1, 1, 0, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 0, 0,  // slice 4
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
    1, 1, 1, 1, 1,
  ]

  /// The phantom as a prepared region: nothing is resampled, re-segmented or discretised.
  public static var region: Region {
    let spans = RowSpans(size: geometry.size, mask: mask)
    return Region(image: Volume(geometry: geometry, voxels: intensities), morphological: spans, intensity: spans)
  }
}
