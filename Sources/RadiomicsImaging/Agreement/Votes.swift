import RadiomicsCore

/// How several readers voted on the voxels of a grid: for each pattern of votes that occurs, on how many voxels it does.
public struct Votes: Sendable {
  /// The masks, one for each reader, on one grid.
  public let masks: [RowSpans]
  /// Patterns (bit j: reader j holds the voxel inside) that occur within any mask, and their numbers of voxels, in order
  /// of pattern.
  let patterns: [(pattern: UInt64, count: Int)]
  /// Voxels of the grid that no reader holds inside.
  public let outside: Int

  /// The votes of 2 to 64 readers. Cost: linear in the voxels of their masks.
  public init(_ masks: [RowSpans]) {
    precondition((2...64).contains(masks.count) && masks.allSatisfy { $0.size == masks[0].size }, "masks on one grid")
    self.masks = masks
    var counts: [UInt64: Int] = [:]
    Self.forEachRun(masks) { counts[$0, default: 0] += $1.count }
    patterns = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let size = masks[0].size
    outside = size.x * size.y * size.z - patterns.reduce(0) { $0 + $1.count }
  }

  /// How many voxels got 0, 1, … votes.
  public var histogram: [Int] {
    var histogram = [Int](repeating: 0, count: masks.count + 1)
    histogram[0] = outside
    for (pattern, count) in patterns { histogram[pattern.nonzeroBitCount] += count }
    return histogram
  }

  /// The voxels that more than half of the readers hold inside.
  public var majority: RowSpans { voxels { 2 * $0.nonzeroBitCount > masks.count } }

  /// Generalised conformity index: Σ |Aᵢ ∩ Aⱼ| / Σ |Aᵢ ∪ Aⱼ| over all pairs. Kouwenhoven et al. 2009,
  /// doi:10.1088/0031-9155/54/9/018.
  public var conformityIndex: Cell {
    var intersections = 0, unions = 0
    for (i, a) in masks.enumerated() {
      for b in masks[(i + 1)...] {
        let overlap = Overlap(a, b)
        intersections += overlap.intersection
        unions += overlap.union
      }
    }
    return unions == 0 ? .undefined("all masks are empty") : .value(Double(intersections) / Double(unions))
  }

  /// The voxels whose pattern of votes is accepted; those without any vote are not.
  func voxels(where isInside: (UInt64) -> Bool) -> RowSpans {
    let accepted = Set(patterns.map(\.pattern).filter(isInside))
    var spans: [RowSpans.Span] = []
    Self.forEachRun(masks) { pattern, span in
      guard accepted.contains(pattern) else { return }
      if let last = spans.last, (last.y, last.z) == (span.y, span.z), last.x + last.count == span.x {
        spans[spans.count - 1] = .init(x: last.x, y: last.y, z: last.z, count: last.count + span.count)
      } else {
        spans.append(span)
      }
    }
    return RowSpans(size: masks[0].size, spans: spans)
  }

  /// Calls `body` with each run of voxels that have the same votes, at least one, in order of the grid.
  private static func forEachRun(_ masks: [RowSpans], _ body: (UInt64, RowSpans.Span) -> Void) {
    var changes: [(row: Int, x: Int, reader: Int)] = []
    let size = masks[0].size
    for (reader, mask) in masks.enumerated() {
      for span in mask.spans {
        changes.append((span.y + size.y * span.z, span.x, reader))
        changes.append((span.y + size.y * span.z, span.x + span.count, reader))
      }
    }
    changes.sort { ($0.row, $0.x) < ($1.row, $1.x) }
    var pattern: UInt64 = 0
    for (index, change) in changes.enumerated() {
      pattern ^= 1 << UInt64(change.reader)
      guard pattern != 0, let next = changes.dropFirst(index + 1).first, next.x > change.x || next.row > change.row
      else { continue }
      body(
        pattern, .init(x: change.x, y: change.row % size.y, z: change.row / size.y, count: next.x - change.x))
    }
  }
}
