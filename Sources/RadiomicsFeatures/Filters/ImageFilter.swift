import RadiomicsCore
import RadiomicsImaging

/// Makes response maps of an image, which a layer measures instead of the image (IBSI 2).
public protocol ImageFilter: Configurable {
  /// What it computes, as a formula.
  static var definition: String { get }
  /// Names of its response maps, letters and digits, for columns and files; one without a name if there is only one.
  var responses: [String] { get }
  /// How far away a voxel of the image still counts.
  func support(on grid: Geometry) -> FilterSupport
  /// Why it cannot be applied to an image on this grid: a sentence that goes on from "'name' …". Nil as a rule.
  func obstacle(on grid: Geometry) -> Reason?
  /// What the user should know of it on this grid.
  func findings(on grid: Geometry) -> [Finding]
  /// Symbol of the unit of response maps of an image with the unit `intensity`.
  func unit(of intensity: String) -> String
  /// Whether every response that depends on a voxel that is not a number is none either.
  var handsOnNaN: Bool { get }
  /// Bytes that it takes at most besides image and response, for an image on this grid.
  func workingMemory(on grid: Geometry) -> Int
  /// Hands each response map on as soon as it is made, in the order of `responses`, on the part `box` of the grid of `image`.
  /// Voxels do not depend on the number of lanes.
  func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (_ response: Int, Volume<Double>) -> Void)
}

/// How much of the image a voxel's response depends on.
public enum FilterSupport: Sendable, Hashable {
  /// On so many voxels to each side; a part of the image with this margin gives the same response.
  case finite(SIMD3<Int>)
  /// On all, but on voxels beyond so many to each side by at most `error` of the image's range.
  case decaying(SIMD3<Int>, error: Double)
  /// On all: the filter works on the whole image.
  case global

  /// Voxels to each side, nil for all.
  public var margin: SIMD3<Int>? {
    switch self {
    case .finite(let voxels), .decaying(let voxels, _): voxels
    case .global: nil
    }
  }
}

extension ImageFilter {
  /// A single map.
  public var responses: [String] { [""] }
  /// None.
  public func obstacle(on grid: Geometry) -> Reason? { nil }
  /// As sums do.
  public var handsOnNaN: Bool { true }
  /// The image's.
  public func unit(of intensity: String) -> String { intensity }
  /// Two more images.
  public func workingMemory(on grid: Geometry) -> Int { 16 * grid.count }

  /// Whether it reaches beyond the image.
  public func findings(on grid: Geometry) -> [Finding] { reachFindings(on: grid) }

  /// A filter that reaches across the whole image sees more of what lies beyond than of the image.
  func reachFindings(on grid: Geometry) -> [Finding] {
    guard obstacle(on: grid) == nil, case .finite(let reach) = support(on: grid),
      let axis = (0..<3).first(where: { reach[$0] >= grid.size[$0] && grid.size[$0] > 0 && reach[$0] > 0 })
    else { return [] }
    let advice =
      axis == 2 && Self.parameters.contains { $0.key == "dimension" } ? ", or dimension 2D for few slices" : ""
    return [
      Finding(
        .warning, "filter \(Self.name)",
        "reaches \(reach[axis]) voxels, the image has \(grid.size[axis]) along \(axisName(axis)): responses follow "
          + "mostly from its boundary condition. Choose a smaller filter\(advice).")
    ]
  }

  /// The response maps, all at once.
  public func responses(to image: Volume<Double>, _ lanes: Lanes = Lanes(jobs: 1)) -> [Volume<Double>] {
    var maps: [Volume<Double>] = []
    apply(to: image, keeping: image.geometry.box, lanes) { _, map in maps.append(map) }
    return maps
  }
}

/// Whether a filter works slice by slice or in the volume.
public enum FilterDimension: String, ChoiceSetting {
  /// In each axial slice (the plane of the image's first two axes).
  case slices = "2D"
  /// In the volume.
  case volume = "3D"

  /// Axes along which it works.
  package var axes: Range<Int> { self == .slices ? 0..<2 : 0..<3 }
}

extension FilterSupport {
  /// Finite as a rule; where the image repeats itself, its other end counts as well.
  package static func finite(_ reach: SIMD3<Int>, _ boundary: Boundary) -> FilterSupport {
    boundary == .periodic ? .global : .finite(reach)
  }
}

/// As messages call an axis.
func axisName(_ axis: Int) -> String { ["x", "y", "z"][axis] }
