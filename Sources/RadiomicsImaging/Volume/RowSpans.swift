/// A set of voxels of a grid as runs along x, ordered by z, then y, then x.
public struct RowSpans: Sendable, Hashable {
  /// Voxels `x` to `x + count − 1` of row (y, z).
  public struct Span: Sendable, Hashable {
    /// Where the run starts.
    public let x, y, z: Int
    /// Its length.
    public let count: Int

    /// A run.
    @inlinable
    public init(x: Int, y: Int, z: Int, count: Int) {
      self.x = x
      self.y = y
      self.z = z
      self.count = count
    }
  }

  /// Size of the grid.
  public let size: SIMD3<Int>
  /// The runs; neighbouring runs of a row do not touch.
  public let spans: [Span]
  /// Number of voxels.
  public let count: Int

  /// The voxels of a grid for which `mask` (x fastest) is not 0.
  public init(size: SIMD3<Int>, mask: [UInt8]) {
    self.init(size: size) { mask[$0] != 0 }
  }

  /// The voxels of a grid whose linear index satisfies `isInside`.
  @inlinable
  public init(size: SIMD3<Int>, where isInside: (Int) -> Bool) {
    var spans: [Span] = []
    var count = 0
    for z in 0..<size.z {
      for y in 0..<size.y {
        let row = size.x * (y + size.y * z)
        var x = 0
        while x < size.x {
          guard isInside(row + x) else {
            x += 1
            continue
          }
          let start = x
          repeat { x += 1 } while x < size.x && isInside(row + x)
          spans.append(Span(x: start, y: y, z: z, count: x - start))
          count += x - start
        }
      }
    }
    self.size = size
    self.spans = spans
    self.count = count
  }

  /// All voxels of a grid.
  package init(all size: SIMD3<Int>) {
    self.init(
      size: size, spans: (0..<size.y * size.z).map { Span(x: 0, y: $0 % size.y, z: $0 / size.y, count: size.x) })
  }

  /// Whether there is no voxel.
  public var isEmpty: Bool { count == 0 }

  /// Linear index of a run's first voxel.
  @inlinable
  public func offset(of span: Span) -> Int { span.x + size.x * (span.y + size.y * span.z) }

  /// 1 inside, 0 outside, over the whole grid.
  public var mask: [UInt8] {
    var mask = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    fill(&mask, with: 1)
    return mask
  }

  /// Sets the voxels in an array over the grid.
  @inlinable
  public func fill<Voxel>(_ voxels: inout [Voxel], with value: Voxel) {
    for span in spans {
      let start = offset(of: span)
      for index in start..<start + span.count { voxels[index] = value }
    }
  }

  /// The smallest box that holds all voxels; nil if there are none.
  public var boundingBox: Box? {
    guard let first = spans.first, let last = spans.last else { return nil }
    var lower = SIMD3(first.x, first.y, first.z), upper = SIMD3(first.x, first.y, last.z)
    for span in spans {
      lower.x = min(lower.x, span.x)
      upper.x = max(upper.x, span.x + span.count - 1)
      lower.y = min(lower.y, span.y)
      upper.y = max(upper.y, span.y)
    }
    return Box(lower: lower, size: upper &- lower &+ 1)
  }

  /// Consecutive runs of about `voxels` voxels in all, for work on several lanes: which runs, and the number of voxels
  /// before them.
  package func stretches(of voxels: Int) -> [(spans: Range<Int>, start: Int, count: Int)] {
    var stretches: [(spans: Range<Int>, start: Int, count: Int)] = []
    var first = 0, start = 0, inside = 0
    for (index, span) in spans.enumerated() {
      inside += span.count
      guard inside >= voxels || index == spans.count - 1 else { continue }
      stretches.append((first..<index + 1, start, inside))
      start += inside
      first = index + 1
      inside = 0
    }
    return stretches
  }

  /// Values of `voxels` (x fastest over the grid) inside, in order.
  @inlinable
  public func values<Voxel>(of voxels: [Voxel]) -> [Voxel] {
    var values: [Voxel] = []
    values.reserveCapacity(count)
    for span in spans {
      let start = offset(of: span)
      values.append(contentsOf: voxels[start..<start + span.count])
    }
    return values
  }
}

extension RowSpans {
  /// The part inside `box`, which lies in the grid, on the box's own grid.
  public func cropped(to box: Box) -> RowSpans {
    if box.lower == .zero, box.size == size { return self }
    var inside: [Span] = []
    for span in spans
    where span.z >= box.lower.z && span.z < box.upper.z && span.y >= box.lower.y && span.y < box.upper.y {
      let first = max(span.x, box.lower.x), end = min(span.x + span.count, box.upper.x)
      guard first < end else { continue }
      inside.append(
        Span(x: first - box.lower.x, y: span.y - box.lower.y, z: span.z - box.lower.z, count: end - first))
    }
    return RowSpans(size: box.size, spans: inside)
  }

  /// The same voxels on a grid of another size, in which this grid's first voxel is `lower`.
  public func placed(at lower: SIMD3<Int>, in size: SIMD3<Int>) -> RowSpans {
    RowSpans(
      size: size,
      spans: spans.map { Span(x: $0.x + lower.x, y: $0.y + lower.y, z: $0.z + lower.z, count: $0.count) })
  }

  /// The voxels that are also in `other`, on the same grid; all if there is no other.
  public func intersection(_ other: RowSpans?) -> RowSpans {
    guard let other else { return self }
    precondition(other.size == size, "two masks on one grid")
    let mine = mask, others = other.mask
    return RowSpans(size: size) { mine[$0] != 0 && others[$0] != 0 }
  }

  /// The voxels that are not in `other`, on the same grid. Cost: linear in the runs of both.
  package func subtracting(_ other: RowSpans) -> RowSpans {
    precondition(other.size == size, "two masks on one grid")
    var rest: [Span] = []
    var first = 0
    for span in spans {
      while first < other.spans.count, other.spans[first].endsBefore(span) { first += 1 }
      var x = span.x, next = first
      while next < other.spans.count, case let hole = other.spans[next], (hole.z, hole.y) == (span.z, span.y),
        hole.x < span.x + span.count
      {
        if hole.x > x { rest.append(Span(x: x, y: span.y, z: span.z, count: hole.x - x)) }
        x = hole.x + hole.count
        next += 1
      }
      let end = span.x + span.count
      if x < end { rest.append(Span(x: x, y: span.y, z: span.z, count: end - x)) }
    }
    return RowSpans(size: size, spans: rest)
  }

  /// The voxels of any of some masks on a grid of `size`. Cost: n log n in the number of runs.
  package init(unionOf masks: [RowSpans], size: SIMD3<Int>) {
    let spans = masks.flatMap(\.spans).sorted { ($0.z, $0.y, $0.x) < ($1.z, $1.y, $1.x) }
    var union: [Span] = []
    for span in spans {
      if let last = union.last, last.z == span.z, last.y == span.y, span.x <= last.x + last.count {
        union[union.count - 1] = Span(
          x: last.x, y: last.y, z: last.z, count: max(last.count, span.x + span.count - last.x))
      } else {
        union.append(span)
      }
    }
    self.init(size: size, spans: union)
  }

  /// Runs that are ordered and do not touch within a row.
  package init(size: SIMD3<Int>, spans: [Span]) {
    self.size = size
    self.spans = spans
    count = spans.reduce(0) { $0 + $1.count }
  }
}

extension RowSpans.Span {
  /// Whether all of it comes before another run.
  fileprivate func endsBefore(_ other: RowSpans.Span) -> Bool {
    (z, y, x + count) <= (other.z, other.y, other.x)
  }
}
