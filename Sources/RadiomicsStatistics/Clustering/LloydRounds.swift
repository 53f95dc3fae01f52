import RadiomicsCore

/// Lloyd's rounds with one bound for each point: by how much its nearest centre is nearer than the second, plus what its cluster had drifted
/// when that was computed. While the drift is below it, the point's cluster cannot have changed.
struct LloydRounds {
  private let points: ClusterPoints
  private(set) var centres: [[Double]]
  private(set) var labels: [UInt8]
  /// Rounded down.
  private var bounds: [Float]
  /// By cluster: how far its centre and the fastest of the others have moved in all.
  private var drifts: [Double]
  /// By cluster: sums of coordinates, and numbers, of its points.
  private var sums: [Double]
  private var counts: [Int]

  init(_ points: ClusterPoints, _ centres: [[Double]]) {
    self.points = points
    self.centres = centres
    labels = [UInt8](repeating: 0, count: points.count)
    bounds = [Float](repeating: 0, count: points.count)
    drifts = [Double](repeating: 0, count: centres.count)
    sums = [Double](repeating: 0, count: centres.count * points.dimensions)
    counts = [Int](repeating: 0, count: centres.count)
  }

  /// Every point to its nearest centre.
  /// - Returns: The number of points.
  mutating func assignAll(_ lanes: Lanes) -> Int { assign(lanes, all: true) }

  /// Points that may have changed to their nearest centres.
  /// - Returns: How many changed.
  mutating func assign(_ lanes: Lanes) -> Int { assign(lanes, all: false) }

  private mutating func assign(_ lanes: Lanes, all: Bool) -> Int {
    let work = BlockAssignment(points, centres, drifts), blocks = points.blocks
    let found = labels.withUnsafeMutableBufferPointer { labels in
      bounds.withUnsafeMutableBufferPointer { bounds in
        points.elements.withUnsafeBufferPointer { elements in
          nonisolated(unsafe) let (labels, bounds, elements) = (
            labels.baseAddress!, bounds.baseAddress!, elements.baseAddress!
          )
          return lanes.map(blocks.count) { work.changes(blocks[$0], elements, labels, bounds, all: all) }
        }
      }
    }
    var changed = 0
    for block in found where block.changed > 0 {
      changed += block.changed
      for index in sums.indices { sums[index] += block.sums[index] }
      for index in counts.indices { counts[index] += block.counts[index] }
    }
    return changed
  }

  /// Centres to the means of their points; that of a cluster without points to the point farthest from its own.
  mutating func moveCentres() {
    let dimensions = points.dimensions
    var moves = [Double](repeating: 0, count: centres.count), taken: Set<Int> = []
    for cluster in centres.indices {
      let new =
        counts[cluster] > 0
        ? (0..<dimensions).map { sums[cluster * dimensions + $0] / Double(counts[cluster]) } : farthest(&taken)
      moves[cluster] = zip(new, centres[cluster]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot().nextUp
      centres[cluster] = new
    }
    for cluster in centres.indices {
      let others = centres.indices.reduce(0) { $1 == cluster ? $0 : max($0, moves[$1]) }
      drifts[cluster] = (drifts[cluster] + moves[cluster] + others).nextUp
    }
  }

  private func farthest(_ taken: inout Set<Int>) -> [Double] {
    var most = -1.0, chosen = 0
    for point in labels.indices where !taken.contains(point) {
      let distance = points.squaredDistance(point, to: centres[Int(labels[point])])
      if distance > most { (most, chosen) = (distance, point) }
    }
    taken.insert(chosen)
    return points[chosen]
  }

  /// Sum of squared distances of points to their centres.
  func inertia(_ lanes: Lanes) -> Double {
    let blocks = points.blocks, dimensions = points.dimensions, stride = points.stride
    let flat = centres.flatMap { $0 }, labels = labels, elements = points.elements
    let parts = lanes.map(blocks.count) { number in
      var sum = 0.0
      flat.withUnsafeBufferPointer { flat in
        elements.withUnsafeBufferPointer { elements in
          labels.withUnsafeBufferPointer { labels in
            for point in blocks[number] {
              let centre = Int(labels[point]) &* dimensions
              for dimension in 0..<dimensions {
                let difference = elements[dimension &* stride &+ point] - flat[centre &+ dimension]
                sum += difference * difference
              }
            }
          }
        }
      }
      return sum
    }
    return parts.reduce(0, +)
  }
}
