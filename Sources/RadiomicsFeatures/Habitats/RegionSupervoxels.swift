import RadiomicsCore
import RadiomicsImaging

/// A region cut into connected pieces that are alike in several images: simple linear iterative clustering within a mask. Each image counts in units
/// of its standard deviation within the region, so that neither its unit nor what lies outside changes anything; distances are in mm. Achanta
/// et al. 2012, doi:10.1109/TPAMI.2012.120.
package struct RegionSupervoxels: Sendable {
  /// The piece of each voxel, from 0, in the region's order.
  package let labels: [Int32]
  /// Number of pieces.
  package let count: Int

  /// - `columns`: Of each image the values of the region's voxels, in its order.
  /// - `volume`: The volume that a piece should have, mm³.
  /// - `compactness`: The weight of distance (in edges of such a piece) against values.
  package init(
    _ region: RowSpans, spacing: SIMD3<Double>, _ columns: [[Double]], volume: Double, compactness: Double = 0.5,
    iterations: Int = 10
  ) {
    guard let box = region.boundingBox else {
      (labels, count) = ([], 0)
      return
    }
    let cells = SeedCells(region, box, spacing: spacing, edge: cbrt(volume))
    let work = Clustering(cells, Self.standardised(columns), compactness / cbrt(volume))
    let pieces = work.labels(iterations)
    // Parts of a piece that do not touch by a face become pieces of their own.
    var grid = [Int32](repeating: -1, count: box.size.x * box.size.y * box.size.z), places: [Int] = []
    for span in region.cropped(to: box).spans {
      let start = span.x + box.size.x * (span.y + box.size.y * span.z)
      for index in start..<start + span.count {
        grid[index] = pieces[places.count]
        places.append(index)
      }
    }
    let connected = facePieces(of: grid, size: box.size)
    var numbers: [Int32: Int32] = [:], labels: [Int32] = []
    for place in places {
      let piece = connected.pieces[place], number = numbers[piece] ?? Int32(numbers.count)
      numbers[piece] = number
      labels.append(number)
    }
    (self.labels, count) = (labels, numbers.count)
  }

  private static func standardised(_ columns: [[Double]]) -> [[Double]] {
    columns.map { column in
      let mean = column.reduce(0, +) / Double(column.count)
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
      // Several images together weigh as much as one.
      let scale = variance > 0 ? 1 / (variance * Double(columns.count)).squareRoot() : 0
      return column.map { ($0 - mean) * scale }
    }
  }

  /// The means of columns in each piece.
  package func means(_ columns: [[Double]]) -> [[Double]] {
    var counts = [Double](repeating: 0, count: count)
    for label in labels { counts[Int(label)] += 1 }
    return columns.map { column in
      var sums = [Double](repeating: 0, count: count)
      for (label, value) in zip(labels, column) { sums[Int(label)] += value }
      return zip(sums, counts).map { $0 / $1 }
    }
  }
}

/// Blocks of about a piece's size that tile a region's box: where pieces begin, and which of them may take a voxel.
private struct SeedCells {
  /// mm from the box's first voxel, of each of the region's voxels.
  private(set) var positions: [SIMD3<Double>] = []
  /// The block of each.
  private(set) var blocks: [Int32] = []
  let size: SIMD3<Int>

  init(_ region: RowSpans, _ box: Box, spacing: SIMD3<Double>, edge: Double) {
    var step = SIMD3<Int>.zero, size = SIMD3<Int>.zero
    for axis in 0..<3 {
      step[axis] = max(1, Int((edge / spacing[axis]).rounded()))
      size[axis] = (box.size[axis] + step[axis] - 1) / step[axis]
    }
    self.size = size
    for span in region.spans {
      for x in span.x..<span.x + span.count {
        let place = SIMD3(x, span.y, span.z) &- box.lower, block = place / step
        positions.append(SIMD3<Double>(place) * spacing)
        blocks.append(Int32(block.x + size.x * (block.y + size.y * block.z)))
      }
    }
  }

  /// The blocks around each block, itself among them.
  func around(_ block: Int) -> [Int] {
    let place = SIMD3(block % size.x, block / size.x % size.y, block / (size.x * size.y))
    var found: [Int] = []
    for z in max(0, place.z - 1)...min(size.z - 1, place.z + 1) {
      for y in max(0, place.y - 1)...min(size.y - 1, place.y + 1) {
        for x in max(0, place.x - 1)...min(size.x - 1, place.x + 1) { found.append(x + size.x * (y + size.y * z)) }
      }
    }
    return found
  }
}

/// Voxels go to the nearest piece that began in a block beside theirs; pieces move to the means of their voxels.
private struct Clustering {
  private let cells: SeedCells
  private let columns: [[Double]]
  private let weight: Double
  private let around: [[Int]]

  init(_ cells: SeedCells, _ columns: [[Double]], _ weight: Double) {
    (self.cells, self.columns, self.weight) = (cells, columns, weight)
    around = (0..<cells.size.x * cells.size.y * cells.size.z).map(cells.around)
  }

  /// A piece's place and values.
  private struct Centre {
    var position = SIMD3<Double>.zero
    var values: [Double]
    var count = 0.0
  }

  func labels(_ iterations: Int) -> [Int32] {
    var labels = cells.blocks
    for _ in 0..<iterations {
      let centres = centres(labels)
      for voxel in labels.indices { labels[voxel] = nearest(voxel, centres) }
    }
    return labels
  }

  private func centres(_ labels: [Int32]) -> [Centre] {
    var centres = [Centre](repeating: Centre(values: columns.map { _ in 0 }), count: around.count)
    for (voxel, label) in labels.enumerated() {
      let piece = Int(label)
      centres[piece].position += cells.positions[voxel]
      centres[piece].count += 1
      for (index, column) in columns.enumerated() { centres[piece].values[index] += column[voxel] }
    }
    for piece in centres.indices where centres[piece].count > 0 {
      centres[piece].position /= centres[piece].count
      for index in columns.indices { centres[piece].values[index] /= centres[piece].count }
    }
    return centres
  }

  private func nearest(_ voxel: Int, _ centres: [Centre]) -> Int32 {
    var least = Double.infinity, found = cells.blocks[voxel]
    for piece in around[Int(cells.blocks[voxel])] where centres[piece].count > 0 {
      let way = (cells.positions[voxel] - centres[piece].position) * weight
      var distance = (way * way).sum()
      for (index, column) in columns.enumerated() {
        let difference = column[voxel] - centres[piece].values[index]
        distance += difference * difference
      }
      if distance < least { (least, found) = (distance, Int32(piece)) }
    }
    return found
  }
}
