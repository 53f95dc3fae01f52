import RadiomicsCore
import RadiomicsImaging

/// The habitats of a region: a label of each of its voxels, from 1, and 0 outside. What is measured of it depends neither on the order of
/// axes nor on how much lies around the region.
package struct HabitatMap: Sendable {
  /// The labels on a grid that holds the region.
  package let labels: Volume<UInt8>
  /// Number of habitats; some may have no voxel.
  package let count: Int
  /// Voxels of each label, that outside first.
  package let voxels: [Int]
  /// Faces of voxels between labels: across each axis, of label i towards label j and of j towards i. What lies beyond the grid is outside.
  private let faces: [[[Int]]]
  /// By habitat, its pieces that hang together by faces: how many, and voxels of the largest.
  package let pieces: [(count: Int, largest: Int)]
  /// Pieces of all habitats, and pairs of them that share a face.
  package let graph: (nodes: Int, edges: Int)

  /// - `labels`: Up to `count`; cropped to the region within.
  package init(_ labels: Volume<UInt8>, count: Int) {
    precondition(labels.voxels.allSatisfy { $0 <= count }, "labels up to the number of habitats")
    let box = RowSpans(size: labels.geometry.size, mask: labels.voxels).boundingBox
    let cropped = box.map { labels.cropped(to: $0) } ?? labels
    (self.labels, self.count) = (cropped, count)
    var voxels = [Int](repeating: 0, count: count + 1)
    for label in cropped.voxels { voxels[Int(label)] += 1 }
    self.voxels = voxels
    faces = Self.faces(cropped, count)
    (pieces, graph) = Self.pieces(cropped, count)
  }

  /// Voxels of the region.
  package var total: Int { voxels.dropFirst().reduce(0, +) }

  private static func faces(_ labels: Volume<UInt8>, _ count: Int) -> [[[Int]]] {
    let size = labels.geometry.size, strides = [1, size.x, size.x * size.y]
    let empty = [[Int]](repeating: [Int](repeating: 0, count: count + 1), count: count + 1)
    return (0..<3).map { axis in
      var counts = empty
      func add(_ a: UInt8, _ b: UInt8) {
        guard a != 0 || b != 0 else { return }
        counts[Int(a)][Int(b)] += 1
        counts[Int(b)][Int(a)] += 1
      }
      var index = 0
      for z in 0..<size.z {
        for y in 0..<size.y {
          for x in 0..<size.x {
            let place = [x, y, z][axis], label = labels.voxels[index]
            if place == 0 { add(0, label) }
            add(label, place + 1 < size[axis] ? labels.voxels[index + strides[axis]] : 0)
            index += 1
          }
        }
      }
      return counts
    }
  }

  private static func pieces(
    _ labels: Volume<UInt8>, _ count: Int
  ) -> ([(count: Int, largest: Int)], (nodes: Int, edges: Int)) {
    let size = labels.geometry.size, found = facePieces(of: labels.voxels, size: size)
    var sizes = [Int](repeating: 0, count: found.count), labelOf = [UInt8](repeating: 0, count: found.count)
    for (piece, label) in zip(found.pieces, labels.voxels) {
      sizes[Int(piece)] += 1
      labelOf[Int(piece)] = label
    }
    var pieces = [(count: Int, largest: Int)](repeating: (0, 0), count: count)
    for (label, size) in zip(labelOf, sizes) where label > 0 {
      pieces[Int(label) - 1].count += 1
      pieces[Int(label) - 1].largest = max(pieces[Int(label) - 1].largest, size)
    }
    var edges: Set<SIMD2<Int32>> = []
    for axis in 0..<3 {
      let step = [1, size.x, size.x * size.y][axis]
      for index in labels.voxels.indices where labels.voxels[index] > 0 {
        let place = axis == 0 ? index % size.x : axis == 1 ? index / size.x % size.y : index / (size.x * size.y)
        guard place + 1 < size[axis], labels.voxels[index + step] > 0 else { continue }
        let (a, b) = (found.pieces[index], found.pieces[index + step])
        if a != b { edges.insert([min(a, b), max(a, b)]) }
      }
    }
    return (pieces, (labelOf.count { $0 > 0 }, edges.count))
  }
}

extension HabitatMap {
  /// What a habitat's voxels are of the region's, from 0 to 1.
  package func share(_ habitat: Int) -> Double { total > 0 ? Double(voxels[habitat]) / Double(total) : 0 }

  /// mm³.
  package func volume(_ habitat: Int) -> Double { Double(voxels[habitat]) * labels.geometry.voxelVolume }

  /// Area between two labels, mm²; 0 is outside.
  package func interface(_ a: Int, _ b: Int) -> Double {
    let spacing = labels.geometry.spacing
    var area = 0.0
    for axis in 0..<3 { area += Double(faces[axis][a][b]) * spacing[(axis + 1) % 3] * spacing[(axis + 2) % 3] }
    return area
  }

  /// Faces between labels, counted from both sides, so that those within a label count twice: the multiregional spatial interaction (MSI)
  /// matrix. Row and column 0 are outside; what lies there side by side does not count, as it depends on how much is around the region.
  package var interactions: [[Int]] {
    (0...count).map { a in (0...count).map { b in faces.reduce(0) { $0 + $1[a][b] } } }
  }

  /// Mean distance of a habitat's voxels from the region's border, mm: from a voxel's centre to the centre of the nearest voxel outside, less
  /// half a voxel along the shortest side. Nil of an empty habitat.
  package var depths: [Double?] {
    // One voxel more to each side, so that the outside is there.
    let grown = labels.geometry.box.grown(by: [1, 1, 1]), geometry = labels.geometry.cropped(to: grown)
    var outside = [UInt8](repeating: 1, count: geometry.count), sums = [Double](repeating: 0, count: count + 1)
    let size = labels.geometry.size
    func places(_ body: (_ index: Int, _ grown: Int) -> Void) {
      var index = 0
      for z in 0..<size.z {
        for y in 0..<size.y {
          let row = 1 + geometry.size.x * (y + 1 + geometry.size.y * (z + 1))
          for x in 0..<size.x {
            body(index, row + x)
            index += 1
          }
        }
      }
    }
    places { index, place in if labels.voxels[index] > 0 { outside[place] = 0 } }
    let squares = Volume(geometry: geometry, voxels: outside).squaredDistances().voxels
    let half = geometry.spacing.min() / 2
    places { index, place in sums[Int(labels.voxels[index])] += squares[place].squareRoot() - half }
    return (1...max(1, count)).map { voxels[$0] > 0 ? sums[$0] / Double(voxels[$0]) : nil }
  }

  /// Entropy of the shares, bits.
  package var shareEntropy: Double { entropy(voxels.dropFirst().map(Double.init)) }

  /// Entropy of the pairs of habitats that share a face within the region, bits: which habitats lie side by side, beside how many there are of
  /// each. Leibovici 2009, doi:10.1007/978-3-642-03832-7_24, at a distance of one voxel. Nil where no two voxels share a face.
  package var spatialEntropy: Double? {
    let matrix = interactions
    let pairs = (1...max(1, count)).flatMap { a in
      (1...a).map { b in Double(matrix[a][b]) * (a == b ? 0.5 : 1) }
    }
    return pairs.contains { $0 > 0 } ? entropy(pairs) : nil
  }

  private func entropy(_ counts: [Double]) -> Double {
    let sum = counts.reduce(0, +)
    return counts.reduce(0) { $0 - ($1 > 0 ? $1 / sum * log2($1 / sum) : 0) }
  }

  /// How scattered habitats are: 1 − Σ S_max / n / S, with n pieces of a habitat, S_max voxels of its largest and S of the region; 0 where each is
  /// of one piece. Li et al. 2022, doi:10.1007/s00330-022-09055-0; pieces hang together by faces.
  package var ithScore: Double {
    guard total > 0 else { return 0 }
    return 1 - pieces.reduce(0) { $0 + ($1.count > 0 ? Double($1.largest) / Double($1.count) : 0) } / Double(total)
  }
}
