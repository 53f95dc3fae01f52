/// One label of a mask.
public struct MaskLabel: Sendable {
  /// Its number, above 0.
  public let value: Int
  /// Its segment's name, if the file names it.
  public let name: String?
  /// The file's volume it stands in, from 0; labels of different volumes may overlap.
  public let layer: Int
  /// Its voxels.
  public let voxels: RowSpans

  /// A label of a mask.
  public init(value: Int, name: String?, layer: Int, voxels: RowSpans) {
    self.value = value
    self.name = name
    self.layer = layer
    self.voxels = voxels
  }
}
