import RadiomicsCore
import RadiomicsImaging

/// A region on the image that shows it, with what belongs to both: whoever moves or changes one sees all of them.
public struct ImagedRegion: Sendable {
  /// The image.
  public var scan: Scan
  /// The region's voxels on the image's grid.
  public var mask: RowSpans
  /// A second mask on the image's grid; rings and dilations add nothing outside it.
  public var clip: RowSpans?
  /// Tissues on the image's grid that recipes normalise by, by their name in the recipe.
  public var tissues: [String: RowSpans]
  /// The normalisation that the image gives all regions, from `Preparation.normalisation(of:_:)`; nil: it is found where it is needed.
  public var map: Result<IntensityMap?, UndefinedError>?

  /// - Precondition: All masks share the image's grid.
  public init(
    _ scan: Scan, _ mask: RowSpans, clip: RowSpans? = nil, tissues: [String: RowSpans] = [:],
    map: Result<IntensityMap?, UndefinedError>? = nil
  ) {
    precondition(
      mask.size == scan.geometry.size && clip?.size ?? mask.size == mask.size
        && tissues.values.allSatisfy { $0.size == mask.size }, "masks share the image's grid")
    self.scan = scan
    self.mask = mask
    self.clip = clip
    self.tissues = tissues
    self.map = map
  }
}
