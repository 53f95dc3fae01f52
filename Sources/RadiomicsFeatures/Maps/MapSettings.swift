import RadiomicsCore

/// How features become maps: which neighbourhood of a voxel is measured, and with which grey levels.
///
/// A map's value at a voxel is the feature of its neighbourhood, measured as a region of its own: neighbours outside it do
/// not exist, and the features of a voxel whose neighbourhood has none are undefined. Voxels lie within a ball if their
/// index distance √(x² + y² + z²) from its centre is at most the radius, within a cube if |x|, |y| and |z| are.
public struct MapSettings: Configurable {
  public static let name = "maps"
  public static let summary = "Features voxel by voxel, each measured in a neighbourhood of the voxel."
  public static let reference = "PyRadiomics' voxel-based extraction, DOI 10.1158/0008-5472.CAN-17-0339"
  public static var parameters: [Parameter<Self>] {
    [
      Parameter("radius", \.radius, in: 1...10, "Radius of the neighbourhood, voxels."),
      Parameter("shape", \.shape, "Its shape."),
      Parameter("neighbours", \.neighbours, "Which voxels of it count."),
      Parameter("levels", \.levels, "What grey levels are made of."),
    ]
  }

  /// The shape of a neighbourhood.
  public enum Shape: String, ChoiceSetting {
    /// Offsets whose components are at most the radius.
    case cube
    /// Offsets whose Euclidean length, in voxels, is at most the radius.
    case ball
  }

  /// Which voxels of a neighbourhood count.
  public enum Neighbours: String, ChoiceSetting {
    /// Those of the region.
    case region
    /// All of the image that the re-segmentation range keeps.
    case image
  }

  /// What grey levels are made of.
  public enum Levels: String, ChoiceSetting {
    /// Once, of the region, or where neighbours are those of the image, of all neighbourhoods together.
    case region
    /// Of each neighbourhood by itself.
    case neighbourhood
  }

  /// Radius of the neighbourhood, voxels.
  public var radius = 1
  /// Its shape.
  public var shape = Shape.cube
  /// Which voxels of it count.
  public var neighbours = Neighbours.region
  /// What grey levels are made of.
  public var levels = Levels.region

  /// The 26 neighbours and the voxel, as far as they belong to the region, with the region's levels.
  public init() {}

  /// The window.
  package var window: Window { Window(shape, radius: radius) }
}
