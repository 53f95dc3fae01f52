import RadiomicsNumerics

/// Points that are clustered, coordinate by coordinate in one piece of memory.
package struct ClusterPoints: Sendable, Hashable {
  /// Number of points, and of their coordinates.
  package let count: Int, dimensions: Int
  /// Coordinate f of point i at f · `stride` + i; what is beyond `count` is 0.
  let elements: [Double]
  /// `count`, rounded up to whole vectors.
  let stride: Int

  /// - `columns`: One for each coordinate, all of one length and finite.
  package init(_ columns: [[Double]]) {
    let count = columns.first?.count ?? 0, stride = (count + 7) / 8 * 8
    precondition(columns.allSatisfy { $0.count == count }, "a coordinate of each point")
    (self.count, dimensions, self.stride) = (count, columns.count, stride)
    var elements: [Double] = []
    elements.reserveCapacity(stride * columns.count)
    for column in columns {
      elements += column
      elements += repeatElement(0, count: stride - count)
    }
    self.elements = elements
  }

  /// The coordinates of a point.
  package subscript(point: Int) -> [Double] { (0..<dimensions).map { elements[$0 * stride + point] } }

  /// One coordinate of all points.
  package func column(_ dimension: Int) -> [Double] {
    Array(elements[dimension * stride..<dimension * stride + count])
  }

  /// Some of the points, which may occur several times.
  package func points(_ which: [Int]) -> ClusterPoints {
    ClusterPoints((0..<dimensions).map { dimension in which.map { elements[dimension * stride + $0] } })
  }

  /// Points one after another.
  package init(joining parts: [ClusterPoints]) {
    let dimensions = parts.first?.dimensions ?? 0
    self.init((0..<dimensions).map { dimension in parts.flatMap { $0.column(dimension) } })
  }

  /// The squared distance of a point to a place.
  func squaredDistance(_ point: Int, to place: [Double]) -> Double {
    var sum = 0.0
    for dimension in 0..<dimensions {
      let difference = elements[dimension * stride + point] - place[dimension]
      sum += difference * difference
    }
    return sum
  }

  /// Variance of each coordinate, divided by the number of points.
  package var variances: [Double] {
    (0..<dimensions).map { dimension in
      let column = column(dimension)
      return count > 1 ? variance(column) * Double(count - 1) / Double(count) : 0
    }
  }

  /// Points are worked on in blocks of this size, whatever the number of lanes, so that sums have one order.
  static let block = 16_384

  /// The blocks.
  var blocks: [Range<Int>] {
    Swift.stride(from: 0, to: count, by: Self.block).map { $0..<min($0 + Self.block, count) }
  }
}

/// How many in each of some groups, and the share of the largest.
extension [UInt8] {
  /// How often each label from 0 to `count` − 1 occurs.
  package func counts(of count: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for label in self { counts[Int(label)] += 1 }
    return counts
  }
}
