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
    var histogram = [Int](repeating: 0, count: grey.count + 1)
    for span in grey.spans.spans {
      let start = grey.spans.offset(of: span)
      for index in start..<start + span.count { histogram[Int(grey.buffer[index])] += 1 }
    }
    levelCount = grey.count
    let levels = (1...grey.count).filter { histogram[$0] > 0 }
    self.levels = levels
    counts = levels.map { histogram[$0] }
    spans = grey.spans
    slices = Self.slices(of: grey.spans.spans)
    if levels.count == levels.last {
      ranks = grey.buffer
    } else {
      var rankOfLevel = [UInt16](repeating: 0, count: grey.count + 1)
      for (index, level) in levels.enumerated() { rankOfLevel[level] = UInt16(index + 1) }
      ranks = grey.buffer.map { rankOfLevel[Int($0)] }
    }
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
