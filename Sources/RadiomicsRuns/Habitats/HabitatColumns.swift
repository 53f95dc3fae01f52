import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsLearning

/// What is measured of a map of habitats: a column for each number, with its definition.
struct HabitatColumns: Sendable {
  /// A map with at least one voxel, means of images by habitat, and what several columns show.
  struct Measured: Sendable {
    let map: HabitatMap, means: [[Double?]]
    fileprivate let depths: [Double?], interactions: InteractionFeatures

    init(_ map: HabitatMap, means: [[Double?]]) {
      (self.map, self.means) = (map, means)
      (depths, interactions) = (map.depths, InteractionFeatures(map.interactions))
    }
  }

  private struct Column: Sendable {
    let measurand: Measurand
    let cell: @Sendable (Measured) -> Cell
  }

  private var columns: [Column] = []
  private let origin: String

  /// - `origin`: What the maps come from: the SHA-256 of the model.
  init(_ model: FittedHabitats, origin: String) {
    self.origin = origin
    let count = model.habitats.count
    add("region_volume", "Volume of the region", .cubicMillimetre, "all voxels with a habitat") {
      .value(Double($0.map.total) * $0.map.labels.geometry.voxelVolume)
    }
    for habitat in 1...count { addHabitat(habitat, model.names) }
    for a in 1...count {
      for b in a + 1..<max(a + 1, count + 1) {
        add("interface_\(a)_\(b)", "Interface", .squareMillimetre, "area between habitats \(a) and \(b)") {
          .value($0.map.interface(a, b))
        }
      }
    }
    addWhole()
  }

  private mutating func addHabitat(_ habitat: Int, _ names: [String]) {
    let empty = Reason("habitat \(habitat) is empty")
    add("share_\(habitat)", "Share", .one, scale: .fraction, "voxels of habitat \(habitat) / all") {
      .value($0.map.share(habitat))
    }
    add("volume_\(habitat)", "Volume", .cubicMillimetre, "voxels of habitat \(habitat)") {
      .value($0.map.volume(habitat))
    }
    add("components_\(habitat)", "Components", .one, "pieces of habitat \(habitat) that hang together by faces") {
      .value(Double($0.map.pieces[habitat - 1].count))
    }
    add("largest_\(habitat)", "Largest component", .one, scale: .fraction, "largest piece / habitat \(habitat)") {
      let voxels = $0.map.voxels[habitat]
      return voxels > 0 ? .value(Double($0.map.pieces[habitat - 1].largest) / Double(voxels)) : .undefined(empty)
    }
    add("depth_\(habitat)", "Depth", .millimetre, "mean distance of habitat \(habitat) from the region's border") {
      $0.depths[habitat - 1].map { .value($0) } ?? .undefined(empty)
    }
    add("surface_\(habitat)", "Surface", .squareMillimetre, "area between habitat \(habitat) and the outside") {
      .value($0.map.interface(0, habitat))
    }
    for (image, name) in names.enumerated() {
      add("mean_\(habitat)_\(name)", "Mean", .one, scale: .interval, "mean of \(name) in habitat \(habitat)") {
        $0.means[habitat - 1][image].map { .value($0) } ?? .undefined(empty)
      }
    }
  }

  private mutating func addWhole() {
    let pure = Reason("all neighbours are of one label: correlation divides by 0")
    add("share_entropy", "Entropy of shares", .one, "-sum p log2 p of shares") { .value($0.map.shareEntropy) }
    add("spatial_entropy", "Spatial entropy", .one, "-sum p log2 p of pairs of habitats that share a face") {
      $0.map.spatialEntropy.map { .value($0) } ?? .undefined("no two voxels share a face")
    }
    add("msi_contrast", "MSI contrast", .one, "sum p (i - j)^2 of the spatial interaction matrix") {
      .value($0.interactions.contrast)
    }
    add("msi_homogeneity", "MSI homogeneity", .one, "sum p / (1 + (i - j)^2)") {
      .value($0.interactions.homogeneity)
    }
    add("msi_energy", "MSI energy", .one, "sum p^2") { .value($0.interactions.energy) }
    add("msi_correlation", "MSI correlation", .one, scale: .correlation, "sum p (i - m)(j - m) / s^2") {
      $0.interactions.correlation.map { .value($0) } ?? .undefined(pure)
    }
    add("ith_score", "ITH score", .one, scale: .fraction, "1 - sum of largest / components, over all voxels") {
      .value($0.map.ithScore)
    }
    add("graph_nodes", "Nodes", .one, "components of all habitats") { .value(Double($0.map.graph.nodes)) }
    add("graph_edges", "Edges", .one, "pairs of components that share a face") { .value(Double($0.map.graph.edges)) }
    add("graph_degree", "Mean degree", .one, "2 edges / nodes") {
      .value(2 * Double($0.map.graph.edges) / Double($0.map.graph.nodes))
    }
  }

  private mutating func add(
    _ column: String, _ name: String, _ unit: Unit, scale: Scale = .ratio, _ definition: String,
    _ cell: @escaping @Sendable (Measured) -> Cell
  ) {
    let feature = Feature(column, name, ibsi: nil, unit: unit, scale: scale, definition)
    let measurand = Measurand(
      column: column, family: "habitats", feature: feature, aggregation: nil, discretisation: nil,
      unit: unit.symbol(intensity: "1"), fingerprint: sha256("habitats/1/\(column)/\(definition)/\(origin)"))
    columns.append(Column(measurand: measurand, cell: cell))
  }

  var measurands: [Measurand] { columns.map(\.measurand) }

  /// One for each column.
  func cells(_ measured: Measured) -> [Cell] { columns.map { $0.cell(measured) } }
}

extension Recipe {
  /// Its columns in each of some habitats: `habitat1.stat_mean`.
  func columns(inHabitats count: Int, origin: String) -> [Measurand] {
    (0..<count).flatMap { habitat in
      columns.map { own in
        Measurand(
          column: "habitat\(habitat + 1).\(own.column)", dialect: own.dialect, filter: own.filter, family: own.family,
          feature: own.feature, aggregation: own.aggregation, discretisation: own.discretisation, unit: own.unit,
          fingerprint: sha256("\(own.fingerprint)/habitat \(habitat + 1)/\(origin)"))
      }
    }
  }
}
