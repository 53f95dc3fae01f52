import RadiomicsCore
import RadiomicsImaging

/// A neighbourhood that is measured as a region of its own, voxel by voxel: with grey levels of each neighbourhood, or where
/// counts cannot follow the window. Cost: that of the family on a small region.
struct MeasuredWindow<Family: FeatureFamily>: WindowCounter {
  /// What the values of voxels are.
  enum Values {
    /// Grey levels, of so many.
    case levels(count: Int)
    /// Intensities, from which levels are made for each neighbourhood, with this re-segmentation range.
    case intensities(ClosedRange<Double>?)
  }

  private let family: Family
  private let kind: Values
  private let values: [Double]
  private let geometry: Geometry
  /// Place of each voxel of the window in the small grid, and in rows.
  private let places: [(place: Int, step: Int)]
  private let resources = Resources()

  init(_ family: Family, _ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows, _ kind: Values) {
    let side = 2 * window.radius + 1
    self.family = family
    self.kind = kind
    values = voxels.values
    geometry = Geometry(
      unchecked: SIMD3(repeating: side), spacing: voxels.spacing, origin: [0, 0, 0], direction: .identity)
    places = window.offsets.map { offset in
      let place = offset &+ window.radius
      return (place.x + side * (place.y + side * place.z), rows.step(offset))
    }
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {}

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    var intensities = [Double](repeating: 0, count: geometry.count), mask = [UInt8](repeating: 0, count: geometry.count)
    for (place, step) in places {
      let rank = Int(rows.ranks[centre + step])
      guard rank > 0 else { continue }
      intensities[place] = values[rank - 1]
      mask[place] = 1
    }
    let spans = RowSpans(size: geometry.size, mask: mask)
    let image = RegionImage(Volume(geometry: geometry, voxels: intensities))
    switch kind {
    case .levels(let count):
      let region = Region(image: image, morphological: spans, intensity: spans)
      let levels = DiscretisedIntensities(of: region.intensities, count: count, edge: nil, resources.lanes) {
        UInt16($0)
      }
      return family.cells(of: region, GreyLevels(levels, of: region), resources)
    case .intensities(let range):
      let region = Region(image: image, morphological: spans, intensity: spans, range: range)
      guard Family.takesLevels, let discretisation = family.discretisation else {
        return family.cells(of: region, nil, resources)
      }
      switch discretisation.levels(of: region.intensities, range: range) {
      case .success(let levels): return family.cells(of: region, GreyLevels(levels, of: region), resources)
      case .failure(let error):
        return Array(repeating: .undefined(error.reason), count: family.aggregations.count * family.measured.count)
      }
    }
  }
}
