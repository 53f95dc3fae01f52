extension Volume<UInt8> {
  /// The mask's connected parts; voxels that share a face, an edge or a corner are connected (26 neighbours).
  ///
  /// The largest part is 1, the next 2 …; among parts of equal size the one whose first voxel (x fastest) comes first.
  /// Union of runs along x; cost: linear, but for sorting the parts.
  /// - Returns: the part of each voxel, 0 outside, and the number of voxels of each part.
  public func connectedComponents() -> (labels: Volume<UInt32>, sizes: [Int]) {
    let spans = RowSpans(size: geometry.size, mask: voxels)
    let firsts = firstRuns(of: spans, sharingFacesOnly: false)
    var sizes = [Int](repeating: 0, count: firsts.count)
    for (span, first) in zip(spans.spans, firsts) { sizes[first] += span.count }
    let order = firsts.indices.filter { sizes[$0] > 0 }
      .sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
    var labelOfFirst = [UInt32](repeating: 0, count: firsts.count)
    for (rank, first) in order.enumerated() { labelOfFirst[first] = UInt32(rank + 1) }
    var labels = [UInt32](repeating: 0, count: voxels.count)
    for (span, first) in zip(spans.spans, firsts) {
      let start = spans.offset(of: span)
      for index in start..<start + span.count { labels[index] = labelOfFirst[first] }
    }
    return (Volume<UInt32>(geometry: geometry, voxels: labels), order.map { sizes[$0] })
  }

  /// The largest of the connected parts; the empty mask for an empty mask.
  public func largestComponent() -> Volume<UInt8> {
    Volume(geometry: geometry, voxels: connectedComponents().labels.voxels.map { $0 == 1 ? 1 : 0 })
  }
}

/// For each run the index of the first run it is connected with, directly or through others: across faces (6
/// neighbours), or across edges and corners too (26).
func firstRuns(of mask: RowSpans, sharingFacesOnly: Bool) -> [Int] {
  let spans = mask.spans, rows = mask.size.y * mask.size.z
  var rowStarts = [Int](repeating: 0, count: rows + 1)
  for span in spans { rowStarts[span.y + mask.size.y * span.z + 1] += 1 }
  for row in 0..<rows { rowStarts[row + 1] += rowStarts[row] }
  var parents = Array(spans.indices)
  let earlier = sharingFacesOnly ? [(-1, 0), (0, -1)] : [(-1, 0), (-1, -1), (0, -1), (1, -1)]
  for z in 0..<mask.size.z {
    for y in 0..<mask.size.y {
      let row = y + mask.size.y * z
      for (dy, dz) in earlier where y + dy >= 0 && y + dy < mask.size.y && z + dz >= 0 {
        let other = row + dy + mask.size.y * dz
        join(
          spans, rowStarts[row]..<rowStarts[row + 1], rowStarts[other]..<rowStarts[other + 1],
          reach: sharingFacesOnly ? 0 : 1, &parents)
      }
    }
  }
  for run in parents.indices { parents[run] = parents[parents[run]] }
  return parents
}

/// Joins runs of two rows that overlap, or come within `reach` voxels of it.
private func join(
  _ spans: [RowSpans.Span], _ first: Range<Int>, _ second: Range<Int>, reach: Int, _ parents: inout [Int]
) {
  var a = first.lowerBound, b = second.lowerBound
  while a < first.upperBound, b < second.upperBound {
    let endA = spans[a].x + spans[a].count, endB = spans[b].x + spans[b].count
    if spans[a].x < endB + reach, spans[b].x < endA + reach {
      let rootA = root(of: a, &parents), rootB = root(of: b, &parents)
      parents[max(rootA, rootB)] = min(rootA, rootB)
    }
    if endA < endB { a += 1 } else { b += 1 }
  }
}

/// The run at the top, halving the path on the way. A parent never comes after its run.
private func root(of run: Int, _ parents: inout [Int]) -> Int {
  var run = run
  while parents[run] != run {
    parents[run] = parents[parents[run]]
    run = parents[run]
  }
  return run
}

extension RowSpans {
  /// Number of connected parts (26 neighbours).
  package var partCount: Int { Set(firstRuns(of: self, sharingFacesOnly: false)).count }
}
