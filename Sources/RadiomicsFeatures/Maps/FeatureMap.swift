import RadiomicsCore
import RadiomicsImaging

/// A feature at every voxel of a region, each measured in the voxel's neighbourhood.
public struct FeatureMap: Sendable {
  /// What is mapped: the recipe's column.
  public let measurand: Measurand
  /// One value for each voxel of the region's intensity mask, in its order; the fill where it is undefined.
  public let values: [Double]
  /// Voxels where it is undefined, and the first one's reason.
  public let undefined: (count: Int, reason: Reason?)
}

extension FeatureMap {
  /// The map on the grid of a region's image.
  public func volume(on region: Region, fill: Double = .nan) -> Volume<Double> {
    var voxels = [Double](repeating: fill, count: region.geometry.count)
    place(on: region.intensity, in: &voxels, size: region.geometry.size, at: .zero)
    return Volume(geometry: region.geometry, voxels: voxels)
  }

  /// Writes the values of `mask`'s voxels into a grid of another size, in which the mask's first voxel is `lower`.
  package func place(on mask: RowSpans, in voxels: inout [Double], size: SIMD3<Int>, at lower: SIMD3<Int>) {
    precondition(mask.count == values.count, "a value for each voxel")
    var next = 0
    for span in mask.spans {
      let start = span.x + lower.x + size.x * (span.y + lower.y + size.y * (span.z + lower.z))
      for index in start..<start + span.count {
        voxels[index] = values[next]
        next += 1
      }
    }
  }
}

/// Which columns of a recipe are mapped.
public struct MapSelection: Sendable {
  /// Indices of the recipe's columns, ascending.
  public let columns: [Int]
  /// Families of the recipe that cannot be mapped, and why.
  public let findings: [Finding]

  /// The columns that `names` mean: features' tags, IBSI codes, families or whole column names; all that can be mapped
  /// if there are none.
  /// - Throws: `SettingError` if a name is unknown, or of a family that cannot be mapped.
  public init(_ recipe: Recipe, _ names: [String]? = nil) throws(SettingError) {
    if let layer = recipe.layers.first(where: { $0.slices != .z }) {
      throw SettingError(
        place: nil, message: "a layer has slices across \(layer.slices.rawValue), maps need slices across z.")
    }
    let refused = recipe.layers.flatMap(\.families).compactMap { family in
      mapRefusal(family).map { (name: type(of: family).name, reason: $0) }
    }
    func reason(_ measurand: Measurand) -> String? { refused.first { $0.name == measurand.family }?.reason }
    guard let names else {
      columns = recipe.columns.indices.filter { reason(recipe.columns[$0]) == nil }
      findings = refused.map { Finding(.note, "maps", "\($0.name) is left out: \($0.reason).") }
      guard !columns.isEmpty else {
        throw SettingError(place: nil, message: "the recipe has no family that can be mapped. \(refused.sentence)")
      }
      return
    }
    var chosen: Set<Int> = []
    for name in names {
      let found = recipe.columns.indices.filter { recipe.columns[$0].answers(to: name) }
      guard let first = found.first else {
        let known = recipe.columns.flatMap { [$0.feature.tag, $0.family, $0.column] }
        throw SettingError(
          place: nil, message: "the recipe measures no feature '\(name)'.\(didYouMean(name, among: known))")
      }
      if let reason = reason(recipe.columns[first]) {
        throw SettingError(place: nil, message: "'\(name)' cannot be mapped: \(reason). Leave it out.")
      }
      chosen.formUnion(found)
    }
    columns = chosen.sorted()
    findings = []
  }
}

extension [(name: String, reason: String)] {
  fileprivate var sentence: String { map { "\($0.name): \($0.reason)." }.joined(separator: " ") }
}

/// Why a family says nothing of small neighbourhoods; nil if it can be mapped.
package func mapRefusal(_ family: any FeatureFamily) -> String? {
  switch type(of: family).name {
  case _ where family is any WindowedFamily: nil
  case Morphology.name: "a neighbourhood has the shape of the window, whatever is in it"
  case LocalIntensity.name: "its spheres of 1 mL are neighbourhoods of their own, which no window may cut"
  case IntensityVolumeHistogram.name:
    "the few voxels of a neighbourhood fill volume fractions in steps; percentiles of 'intensity' say the same"
  default: "its counts are not known to follow a window"
  }
}
