import RadiomicsImaging

/// Zones of a region: connected voxels of one grey level, each with a number. Scratch space for one slice at a time or
/// the volume.
package struct Zones {
  /// Over the buffer: index of the first voxel of each voxel's zone.
  private var roots: [Int]
  /// Over the buffer: the number of a zone, at its first voxel.
  private var numbers: [Int32]

  /// Room for the zones of a region.
  package init(_ occurring: OccurringLevels) {
    roots = Array(repeating: 0, count: occurring.ranks.count)
    numbers = Array(repeating: 0, count: occurring.ranks.count)
  }

  /// Zones by their number of voxels.
  package mutating func sizes(_ occurring: OccurringLevels, slice: Int?) -> LevelMatrix {
    let spans = occurring.spans(of: slice)
    link(occurring, slice: slice)
    for span in spans {
      let start = occurring.spans.offset(of: span)
      for index in start..<start + span.count {
        let root = roots[index]
        numbers[root] = root == index ? 1 : numbers[root] + 1
      }
    }
    return matrix(occurring, spans)
  }

  /// Zones by the distance of their nearest voxel from the border; `offset` leads from the buffer to the region's grid.
  package mutating func distances(
    _ occurring: OccurringLevels, _ border: BorderDistances, offset: SIMD3<Int>, slice: Int?
  ) -> LevelMatrix {
    let spans = occurring.spans(of: slice)
    link(occurring, slice: slice)
    for span in spans {
      let start = occurring.spans.offset(of: span), origin = border.index(of: SIMD3(span.x, span.y, span.z) &+ offset)
      for step in 0..<span.count {
        let root = roots[start + step], distance = border.values[origin + step]
        numbers[root] = root == start + step ? distance : min(numbers[root], distance)
      }
    }
    return matrix(occurring, spans)
  }

  private mutating func link(_ occurring: OccurringLevels, slice: Int?) {
    let linked = Self.linked(slice == nil ? directions : Array(directions[..<planarDirectionCount]))
    let steps = linked.map { occurring.step($0.direction) }, touching = linked.map(\.touching)
    var target = roots.mutableSpan
    linkVoxels(
      occurring.ranks.span, occurring.spans.size, occurring.spans(of: slice), steps.span, touching.span, &target)
  }

  /// Directions to neighbours, those that touch most others first, each with the set of those it touches.
  private static func linked(_ directions: [SIMD3<Int>]) -> [(direction: SIMD3<Int>, touching: UInt32)] {
    func touch(_ a: SIMD3<Int>, _ b: SIMD3<Int>) -> Bool { GridNorm.chebyshev.squaredLength(a &- b) <= 1 }
    let sorted = directions.map { direction in (direction, directions.count { touch($0, direction) }) }
      .sorted { $0.1 > $1.1 }.map(\.0)
    return sorted.map { direction in
      (direction, sorted.indices.reduce(0) { touch(sorted[$1], direction) ? $0 | 1 << UInt32($1) : $0 })
    }
  }

  private func matrix(_ occurring: OccurringLevels, _ spans: ArraySlice<RowSpans.Span>) -> LevelMatrix {
    var ranks: [UInt16] = [], columns: [Int32] = []
    for span in spans {
      let start = occurring.spans.offset(of: span)
      for index in start..<start + span.count where roots[index] == index {
        ranks.append(occurring.ranks[index])
        columns.append(numbers[index])
      }
    }
    return LevelMatrix(levels: occurring.levels, ranks: ranks, columns: columns, voxels: spans.voxelCount)
  }
}

/// Links voxels of one rank that are one of `steps` apart: union and find in one pass forward, then every voxel is
/// given the first voxel of its zone. A neighbour that touches one of the same rank that is linked already is in its
/// zone: `touching` holds, for each step, the set of the steps it touches. Cost: at most the number of voxels times
/// that of steps.
private func linkVoxels(
  _ ranks: Span<UInt16>, _ size: SIMD3<Int>, _ spans: ArraySlice<RowSpans.Span>, _ steps: Span<Int>,
  _ touching: Span<UInt32>, _ roots: inout MutableSpan<Int>
) {
  let all = UInt32(1) << UInt32(steps.count) - 1
  for span in spans {
    let start = span.x + size.x * (span.y + size.y * span.z)
    for index in start..<start + span.count {
      let rank = ranks[unchecked: index]
      var root = index
      var open = all
      roots[unchecked: index] = index
      while open != 0 {
        let step = open.trailingZeroBitCount
        open &= open &- 1
        var other = index &- steps[unchecked: step]
        guard ranks[unchecked: other] == rank else { continue }
        open &= ~touching[unchecked: step]
        while roots[unchecked: other] != other {
          roots[unchecked: other] = roots[unchecked: roots[unchecked: other]]
          other = roots[unchecked: other]
        }
        if other < root {
          roots[unchecked: root] = other
          root = other
        } else {
          roots[unchecked: other] = root
        }
      }
    }
  }
  for span in spans {
    let start = span.x + size.x * (span.y + size.y * span.z)
    for index in start..<start + span.count {
      roots[unchecked: index] = roots[unchecked: roots[unchecked: index]]
    }
  }
}
