import RadiomicsImaging

/// What features are measured on: the prepared image around one region, and the region's two masks.
public struct Region: Sendable {
  /// Prepared intensities over the region's box with the margin that families asked for.
  public let image: Volume<Double>
  /// The region before re-segmentation; shape is measured on it.
  public let morphological: RowSpans
  /// The region after re-segmentation, a subset; intensities and texture are measured on it.
  public let intensity: RowSpans
  /// Intensities of `intensity`, in its order.
  public let intensities: [Double]
  /// The re-segmentation range, if there is one; a bound may be infinite.
  public let range: ClosedRange<Double>?

  /// A region on the grid of `image`.
  public init(
    image: Volume<Double>, morphological: RowSpans, intensity: RowSpans, range: ClosedRange<Double>? = nil
  ) {
    precondition(morphological.size == image.geometry.size && intensity.size == image.geometry.size)
    self.image = image
    self.morphological = morphological
    self.intensity = intensity
    self.intensities = intensity.values(of: image.voxels)
    self.range = range
  }

  /// The grid of the prepared image.
  public var geometry: Geometry { image.geometry }
}
