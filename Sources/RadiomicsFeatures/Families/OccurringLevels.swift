import RadiomicsImaging

/// The grey levels that occur in a region, and the region renumbered by them, so that matrices have no empty rows.
package struct OccurringLevels: Sendable {
  /// Ng: number of levels, empty ones included.
  package let levelCount: Int
  /// The levels that occur, ascending; the level of rank r is `levels[r − 1]`.
  package let levels: [Int]
  /// Number of voxels of each.
  package let counts: [Int]
  /// Rank of each voxel, over the padded buffer of the grey levels; 0 outside.
  package let ranks: [UInt16]
  /// The region's runs within the buffer.
  package let spans: RowSpans
  /// The runs of each slice that has voxels, as a range of `spans.spans`.
  package let slices: [Range<Int>]

  /// Renumbers `grey`.
  package init(_ grey: GreyLevels) {
    self.init(levelCount: grey.count, levels: Array(1...grey.count), buffer: grey.buffer, spans: grey.spans)
  }

  /// Keeps of `levels`, which `buffer` numbers from 1, those that occur.
  private init(levelCount: Int, levels: [Int], buffer: [UInt16], spans: RowSpans) {
    var histogram = [Int](repeating: 0, count: levels.count + 1)
    for span in spans.spans {
      let start = spans.offset(of: span)
      for index in start..<start + span.count { histogram[Int(buffer[index])] += 1 }
    }
    let kept = (1...levels.count).filter { histogram[$0] > 0 }
    self.levelCount = levelCount
    self.levels = kept.map { levels[$0 - 1] }
    counts = kept.map { histogram[$0] }
    self.spans = spans
    slices = Self.slices(of: spans.spans)
    if kept.count == kept.last {
      ranks = buffer
    } else {
      var rankOfNumber = [UInt16](repeating: 0, count: levels.count + 1)
      for (index, number) in kept.enumerated() { rankOfNumber[number] = UInt16(index + 1) }
      ranks = buffer.map { rankOfNumber[Int($0)] }
    }
  }

  /// A slice by itself, with the levels that occur in it.
  package func slice(_ index: Int) -> OccurringLevels {
    let plane = spans.size.x * spans.size.y, z = spans.spans[slices[index].lowerBound].z
    let buffer = Array(ranks[plane * z..<plane * (z + 1)])
    let size = SIMD3(spans.size.x, spans.size.y, 1)
    return OccurringLevels(
      levelCount: levelCount, levels: levels, buffer: buffer, spans: RowSpans(size: size) { buffer[$0] != 0 })
  }

  /// The runs of a slice, or of the volume for nil.
  package func spans(of slice: Int?) -> ArraySlice<RowSpans.Span> {
    slice.map { spans.spans[slices[$0]] } ?? spans.spans[...]
  }

  /// Linear step in `ranks` of a voxel offset.
  package func step(_ offset: SIMD3<Int>) -> Int { offset.x + spans.size.x * (offset.y + spans.size.y * offset.z) }

  private static func slices(of spans: [RowSpans.Span]) -> [Range<Int>] {
    var slices: [Range<Int>] = []
    var start = 0
    while start < spans.count {
      var end = start + 1
      while end < spans.count, spans[end].z == spans[start].z { end += 1 }
      slices.append(start..<end)
      start = end
    }
    return slices
  }
}

extension ArraySlice<RowSpans.Span> {
  /// Number of voxels.
  var voxelCount: Int { reduce(0) { $0 + $1.count } }
}
