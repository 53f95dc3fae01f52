import RadiomicsCore
import RadiomicsImaging

/// What features are measured on: the prepared image around one region, and the region's two masks.
public struct Region: Sendable {
  /// The prepared image over the region's box with the margin that families asked for.
  public let image: RegionImage
  /// The region before re-segmentation; shape is measured on it.
  public let morphological: RowSpans
  /// The region after re-segmentation, a subset; intensities and texture are measured on it.
  public let intensity: RowSpans
  /// Intensities of `intensity`, in its order.
  public let intensities: Intensities
  /// The re-segmentation range, if there is one; a bound may be infinite.
  public let range: ClosedRange<Double>?

  /// A region on the grid of `image`.
  public init(
    image: Volume<Double>, morphological: RowSpans, intensity: RowSpans, range: ClosedRange<Double>? = nil
  ) {
    self.init(image: RegionImage(image), morphological: morphological, intensity: intensity, range: range)
  }

  /// A region on the grid of `image`.
  public init(
    image: RegionImage, morphological: RowSpans, intensity: RowSpans, range: ClosedRange<Double>? = nil
  ) {
    self.init(
      image: image, morphological: morphological, intensity: intensity,
      intensities: Intensities(of: image, in: intensity), range: range)
  }

  package init(
    image: RegionImage, morphological: RowSpans, intensity: RowSpans, intensities: Intensities,
    range: ClosedRange<Double>?
  ) {
    precondition(morphological.size == image.geometry.size && intensity.size == image.geometry.size)
    self.image = image
    self.morphological = morphological
    self.intensity = intensity
    self.intensities = intensities
    self.range = range
  }

  /// The grid of the prepared image.
  public var geometry: Geometry { image.geometry }
}
