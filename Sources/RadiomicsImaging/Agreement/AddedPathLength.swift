import RadiomicsCore

/// How much of a contour must be drawn anew: on each slice (a plane of the third axis), the border pixels of reference A
/// that no border pixel of B lies on or near. Vaassen et al. 2020, doi:10.1016/j.phro.2019.12.001.
public struct AddedPathLength: Sendable, Hashable {
  /// Pixels to draw.
  public let pixels: Int
  /// Pixels of A's contours.
  public let contour: Int
  /// The length of one pixel: the geometric mean of the spacings within a slice, mm.
  public let pixelLength: Double

  /// Path length to add, mm.
  public var length: Double { Double(pixels) * pixelLength }

  /// Compares two masks on one grid with voxels of `spacing` (mm), slice by slice; pixels within `tolerance` mm of B's
  /// contour in the slice need not be drawn. A pixel is border if one of the 4 that share a side with it is outside.
  public init(_ a: RowSpans, _ b: RowSpans, spacing: SIMD3<Double>, tolerance: Double = 0) {
    precondition(a.size == b.size, "two masks on one grid")
    let mine = Self.contours(a), others = Self.contours(b)
    var pixels = 0
    for (slice, drawn) in mine {
      guard let existing = others[slice] else {
        pixels += drawn.count
        continue
      }
      if tolerance == 0 {
        pixels += drawn.count - drawn.commonCount(with: existing)
        continue
      }
      let box = RowSpans(unionOf: [drawn, existing], size: drawn.size).boundingBox!
      let grid = PointGrid(size: box.size, spacing: spacing)
      let distances = grid.distances(
        from: [PointSet(voxels: drawn, of: box)], to: PointSet(voxels: existing, of: box))[0]
      pixels += distances.count { $0 > tolerance }
    }
    self.pixels = pixels
    contour = mine.values.reduce(0) { $0 + $1.count }
    pixelLength = (spacing.x * spacing.y).squareRoot()
  }

  /// The border of each slice by itself, on a grid of one slice.
  private static func contours(_ mask: RowSpans) -> [Int: RowSpans] {
    let size = SIMD3(mask.size.x, mask.size.y, 1)
    return Dictionary(grouping: mask.spans, by: \.z).mapValues { spans in
      let slice = spans.map { RowSpans.Span(x: $0.x, y: $0.y, z: 0, count: $0.count) }
      return RowSpans(size: size, spans: slice).planarBorder()
    }
  }
}

extension RowSpans {
  /// The voxels of a single slice with a neighbour outside among the 4 that share a side: those of the border of the
  /// slice put on and under itself.
  fileprivate func planarBorder() -> RowSpans {
    let stack = (0..<3).flatMap { z in spans.map { Span(x: $0.x, y: $0.y, z: z, count: $0.count) } }
    let border = RowSpans(size: [size.x, size.y, 3], spans: stack).border()
    return RowSpans(
      size: size, spans: border.spans.filter { $0.z == 1 }.map { Span(x: $0.x, y: $0.y, z: 0, count: $0.count) })
  }
}

extension AddedPathLength: Documented {
  public static let name = "added-path-length"
  public static let summary =
    "How much of a reference outline would have to be drawn anew, slice by slice."
  public static let definition =
    "border pixels of A that no border pixel of B lies on, or within the tolerance of"
  public static let limits =
    "Grows with the size of the region. Slices are planes of the third axis."
  public static let reference = "Vaassen et al. 2020, doi:10.1016/j.phro.2019.12.001"
}
