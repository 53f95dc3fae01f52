import RadiomicsCore
import RadiomicsImaging

/// A region's grey levels, made once for each distinct discretisation, over the tight box of its intensity mask with
/// one voxel outside all around, so that kernels need no bounds tests. Voxels hold ranks: the levels that occur,
/// numbered from 1, so that matrices have no empty rows.
public struct GreyLevels: Sendable {
  /// Ng: number of levels, empty ones included.
  public let count: Int
  /// The levels that occur, ascending; the level of rank r is `levels[r − 1]`.
  public let levels: [Int]
  /// Number of voxels of each of `levels`.
  public let rankCounts: [Int]
  /// Size of the box along each axis, padding included.
  public let size: SIMD3<Int>
  /// The region's runs within the box.
  public let spans: RowSpans
  /// Voxel distances, mm.
  public let spacing: SIMD3<Double>
  /// Index in the region's grid of the box's first voxel (−1 where the box starts at the grid's border).
  public let offset: SIMD3<Int>
  /// Rank of each voxel of the box.
  package let ranks: Ranks
  /// The runs of each slice that has voxels, as a range of `spans.spans`.
  package let slices: [Range<Int>]
  let shared = SharedTexture()

  /// Ranks, x fastest, 0 outside the region; `slack` more zeros let kernels read whole blocks.
  package enum Ranks: Sendable {
    case bytes([UInt8])
    case words([UInt16])

    /// Zeros after the last voxel.
    package static let slack = 64
  }

  /// Levels of `region`, whose intensity mask must not be empty.
  public init(_ discretised: DiscretisedIntensities, of region: Region, _ lanes: Lanes = Lanes(jobs: 1)) {
    let box = region.intensity.boundingBox!.grown(by: [1, 1, 1])
    let spans = region.intensity.placed(at: SIMD3<Int>.zero &- box.lower, in: box.size)
    self.init(
      count: discretised.count, levels: Array(1...discretised.count), counts: discretised.voxelCounts,
      numbers: discretised.levels, spans: spans, spacing: region.geometry.spacing, offset: box.lower, lanes)
  }

  /// Keeps of `levels` those with a count; `numbers` are their indices from 1, for each voxel in span order.
  private init(
    count: Int, levels: [Int], counts: [Int], numbers: VoxelLevels, spans: RowSpans, spacing: SIMD3<Double>,
    offset: SIMD3<Int>, _ lanes: Lanes
  ) {
    let kept = levels.indices.filter { counts[$0] > 0 }
    var rankOfNumber = [UInt16](repeating: 0, count: levels.count + 1)
    for (index, number) in kept.enumerated() { rankOfNumber[number + 1] = UInt16(index + 1) }
    self.count = count
    self.levels = kept.map { levels[$0] }
    rankCounts = kept.map { counts[$0] }
    size = spans.size
    self.spans = spans
    self.spacing = spacing
    self.offset = offset
    let (codes, rankOfCode) = numbers.coded(by: rankOfNumber)
    ranks =
      kept.count <= Int(UInt8.max)
      ? .bytes(Self.ranks(codes, rankOfCode, spans, lanes))
      : .words(Self.ranks(codes, rankOfCode, spans, lanes))
    slices = Self.slices(of: spans.spans)
  }

  /// Number of voxels with a level.
  public var voxelCount: Int { spans.count }

  /// Number of voxels of each level 1 … `count`.
  public var voxelCounts: [Int] {
    var counts = [Int](repeating: 0, count: count)
    for (level, voxels) in zip(levels, rankCounts) { counts[level - 1] = voxels }
    return counts
  }

  /// The level of a voxel of the box (x fastest), 0 outside the region.
  public func level(at index: Int) -> Int {
    let rank =
      switch ranks {
      case .bytes(let ranks): Int(ranks[index])
      case .words(let ranks): Int(ranks[index])
      }
    return rank == 0 ? 0 : levels[rank - 1]
  }

  /// Linear step in the box of a voxel offset.
  @inlinable
  public func step(_ offset: SIMD3<Int>) -> Int { offset.x + size.x * (offset.y + size.y * offset.z) }
}

extension GreyLevels {
  /// Whether this is a slice by itself, without padding along z.
  package var isSlice: Bool { size.z == 1 }

  /// A slice by itself, with the levels that occur in it: one plane of the box.
  package func slice(_ index: Int) -> GreyLevels {
    let z = spans.spans[slices[index].lowerBound].z, plane = size.x * size.y
    let runs = spans.spans[slices[index]].map { RowSpans.Span(x: $0.x, y: $0.y, z: 0, count: $0.count) }
    let inside = RowSpans(size: [size.x, size.y, 1], spans: runs)
    let numbers: [UInt16]
    switch ranks {
    case .bytes(let ranks): numbers = inside.values(of: ranks[(z * plane)..<(z + 1) * plane].map(UInt16.init))
    case .words(let ranks): numbers = inside.values(of: Array(ranks[(z * plane)..<(z + 1) * plane]))
    }
    let lanes = Lanes(jobs: 1)
    return GreyLevels(
      count: count, levels: levels, counts: Array(occurrences(numbers, of: levels.count + 1, lanes).dropFirst()),
      numbers: VoxelLevels(form: .plain(numbers)),
      spans: inside, spacing: spacing, offset: [offset.x, offset.y, offset.z + z], lanes)
  }

  private static func ranks<Rank: FixedWidthInteger & Sendable>(
    _ codes: [UInt16], _ rankOfCode: [UInt16], _ spans: RowSpans, _ lanes: Lanes
  ) -> [Rank] {
    let count = spans.size.x * spans.size.y * spans.size.z + Ranks.slack
    return [Rank](unsafeUninitializedCapacity: count) { buffer, filled in
      nonisolated(unsafe) let ranks = buffer
      let blocks = spans.blocks(of: 1 << 16)
      let starts = [0] + blocks.dropFirst().map { spans.offset(of: spans.spans[$0.spans.lowerBound]) } + [count]
      lanes.forEach(blocks.count) { index in
        ranks[starts[index]..<starts[index + 1]].initialize(repeating: 0)
        var target = ranks.mutableSpan
        place(
          codes.span, rankOfCode.span, blocks[index].firstVoxel, spans.spans[blocks[index].spans], spans.size,
          &target)
      }
      filled = count
    }
  }

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

/// Writes the ranks of codes from `first` on, which are in span order, where `spans` lie in the box.
private func place<Rank: FixedWidthInteger>(
  _ codes: Span<UInt16>, _ rankOfCode: Span<UInt16>, _ first: Int, _ spans: ArraySlice<RowSpans.Span>,
  _ size: SIMD3<Int>, _ ranks: inout MutableSpan<Rank>
) {
  var voxel = first
  for span in spans {
    let start = span.x + size.x * (span.y + size.y * span.z)
    for index in start..<start + span.count {
      ranks[unchecked: index] = Rank(truncatingIfNeeded: rankOfCode[Int(codes[unchecked: voxel])])
      voxel += 1
    }
  }
}
