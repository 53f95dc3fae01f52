import RadiomicsCore
import RadiomicsImaging

/// Grey level run lengths: how long voxels of one level follow each other along a direction (Galloway 1975; IBSI 1,
/// TP0I).
///
/// Element (i, j) of the matrix of a direction counts the runs of level i and length j. The row `1 1 2` has along
/// (1, 0, 0) a run of level 1 and length 2 and a run of level 2 and length 1: short runs emphasis is
/// (1/2² + 1/1²) / 2 = 0.625, run percentage 2/3. Merged matrices add up their numbers of voxels Nv too.
///
/// Merged matrices may be weighted by exp(1 − ‖m‖²), the manual's exp(−‖m‖²) relative to a direction along an axis; Nv is
/// weighted alike. The scale cancels in all features but the two non-uniformities that are not normalised: Σ r² / Ns
/// grows with it. Relative to an axis, runs along axes count as one each.
///
/// The variant `pyradiomics` weights directions by their lengths in mm, and leaves out those along which no two voxels of
/// the region lie on a line.
///
/// Source: IBSI 1, chapter 3, "Grey level run length based features", DOI 10.1148/radiol.2020191145.
public struct RunLength: FeatureFamily {
  public static let name = "glrlm"
  public static let summary = "Grey level run lengths: how long voxels of one grey level follow each other."
  public static let reference = "IBSI 1, grey level run length based features (TP0I), DOI 10.1148/radiol.2020191145"
  public static let needsLevels = true

  /// How grey levels are made.
  public var discretisation: Discretisation?
  /// How directions and slices become one value.
  public var aggregation: [DirectionalAggregation] = [.merged3D]
  /// How directions are weighted when they are merged.
  public var weighting = DirectionWeighting.none
  /// Whose conventions.
  public var variant = Variant.ibsi

  /// 3D:mrg, not weighted.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How directions and slices become one value."),
      Parameter(
        "weighting", \.weighting,
        """
        Norm |m|, in voxels, by which exp(1 − |m|²) weights directions m that are merged: exp(−|m|²) relative to an \
        axis. It has no other effect.
        """),
      Parameter(
        "variant", \.variant, reproducing: .text("ibsi"),

        "pyradiomics: weights are lengths in mm; directions without two voxels of the region on a line are left out."),
    ]
  }

  public func check() throws(SettingError) { try checkDistinct(aggregation) }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("glrlm works on grey levels") }
    var set = DirectionSet()
    if variant == .pyradiomics { set = set.filtered(levels.hasTwoVoxels(onALineAlong:)) }
    return aggregated(
      aggregation, levels, resources.lanes, set, weights: weights(set.steps, levels.spacing),
      undefined: undefined("there is no run", Self.features),
      count: { LevelMatrix(runsOf: $0, $1, resources.lanes) },
      features: { LevelMatrixFeatures($0).common.map(Cell.value) })
  }

  /// A weight for each direction, for voxels of some mm.
  func weights(_ steps: [SIMD3<Int>], _ spacing: SIMD3<Double>) -> [Double] {
    guard variant == .pyradiomics else { return steps.map { weighting.weight($0) } }
    return weighting.squaredLengths(steps, spacing).map { $0.squareRoot() }
  }
}

extension RunLength {
  public static let features = [
    Feature("rlm_sre", "Short runs emphasis", ibsi: "22OV", scale: .fraction, "Σ r(·j) / j² / Ns"),
    Feature("rlm_lre", "Long runs emphasis", ibsi: "W4KF", "Σ j² r(·j) / Ns"),
    Feature("rlm_lgre", "Low grey level run emphasis", ibsi: "V3SW", scale: .fraction, "Σ r(i·) / i² / Ns"),
    Feature("rlm_hgre", "High grey level run emphasis", ibsi: "G3QZ", "Σ i² r(i·) / Ns"),
    Feature(
      "rlm_srlge", "Short run low grey level emphasis", ibsi: "HTZT", scale: .fraction,
      "Σ r(i,j) / (i² j²) / Ns"),
    Feature("rlm_srhge", "Short run high grey level emphasis", ibsi: "GD3A", "Σ i² r(i,j) / j² / Ns"),
    Feature("rlm_lrlge", "Long run low grey level emphasis", ibsi: "IVPO", "Σ j² r(i,j) / i² / Ns"),
    Feature("rlm_lrhge", "Long run high grey level emphasis", ibsi: "3KUM", "Σ i² j² r(i,j) / Ns"),
    Feature("rlm_glnu", "Grey level non-uniformity", ibsi: "R5YN", "Σ r(i·)² / Ns"),
    Feature("rlm_glnu_norm", "Normalised grey level non-uniformity", ibsi: "OVBL", scale: .fraction, "Σ r(i·)² / Ns²"),
    Feature("rlm_rlnu", "Run length non-uniformity", ibsi: "W92Y", "Σ r(·j)² / Ns"),
    Feature("rlm_rlnu_norm", "Normalised run length non-uniformity", ibsi: "IC23", scale: .fraction, "Σ r(·j)² / Ns²"),
    Feature("rlm_r_perc", "Run percentage", ibsi: "9ZK5", scale: .fraction, "Ns / Nv"),
    Feature("rlm_gl_var", "Grey level variance", ibsi: "8CE5", "Σ (i − μ)² r(i,j) / Ns, μ = Σ i r(i,j) / Ns"),
    Feature("rlm_rl_var", "Run length variance", ibsi: "SXLW", "Σ (j − μ)² r(i,j) / Ns, μ = Σ j r(i,j) / Ns"),
    Feature("rlm_rl_entr", "Run entropy", ibsi: "HJ9O", "−Σ p log₂ p, p = r(i,j) / Ns"),
  ]
}

extension GreyLevels {
  /// Whether two voxels lie on a line along a direction. Mostly the first are neighbours; else each line is looked at.
  func hasTwoVoxels(onALineAlong direction: SIMD3<Int>) -> Bool {
    let forward = step(direction)
    var lines: Set<SIMD3<Int>> = []
    for span in spans.spans {
      let start = spans.offset(of: span)
      for index in start..<start + span.count where hasVoxel(at: index + forward) { return true }
    }
    let axis = direction.z != 0 ? 2 : direction.y != 0 ? 1 : 0
    for span in spans.spans {
      for x in span.x..<span.x + span.count {
        let place = SIMD3(x, span.y, span.z), number = place[axis] * direction[axis]
        if !lines.insert(place &- direction &* number).inserted { return true }
      }
    }
    return false
  }

  private func hasVoxel(at index: Int) -> Bool {
    switch ranks {
    case .bytes(let ranks): index >= 0 && ranks[index] != 0
    case .words(let ranks): index >= 0 && ranks[index] != 0
    }
  }
}

extension LevelMatrix {
  /// Runs along each of `directions`, added up.
  package init(runsOf grey: GreyLevels, _ directions: ArraySlice<SIMD3<Int>>, _ lanes: Lanes) {
    let chains = RowChains.all(directions, grey.size)
    let longest = max(grey.size.x, grey.size.y, grey.size.z)
    var positions = RunPositions(grey, chains, longest: min(longest, 256), UInt8.self, lanes)
    // The last position that a byte holds stands for all that follow.
    if longest > 256, positions.reachLast {
      positions = RunPositions(grey, chains, longest: longest, UInt32.self, lanes)
    }
    self.init(
      levels: grey.levels, starts: positions.starts, counts: positions.runs(grey, directions.count),
      voxels: grey.voxelCount * directions.count)
  }
}

/// Rows of the box that follow each other along a step in y and z. As a run never leaves its chain of rows, chains can
/// be worked on by themselves.
private struct RowChains {
  /// The step; 0 and 0 for runs along the rows themselves.
  let y, z: Int
  /// The steps in x of the directions that have this step in y and z.
  var x: [Int]
  /// The first row of each chain: y and z.
  let first: [SIMD2<Int>]

  static func all(_ directions: ArraySlice<SIMD3<Int>>, _ size: SIMD3<Int>) -> [RowChains] {
    var all: [RowChains] = []
    for direction in directions {
      if let index = all.firstIndex(where: { $0.y == direction.y && $0.z == direction.z }) {
        all[index].x.append(direction.x)
      } else {
        var first: [SIMD2<Int>] = []
        for z in 0..<size.z {
          for y in 0..<size.y {
            let before = (y: y - direction.y, z: z - direction.z)
            let isInside = before.y >= 0 && before.y < size.y && before.z >= 0
            if before == (y, z) || !isInside { first.append([y, z]) }
          }
        }
        all.append(RowChains(y: direction.y, z: direction.z, x: [direction.x], first: first))
      }
    }
    return all
  }
}

/// Numbers of voxels by rank and position from 0 in their run; position 0 is left out.
private struct RunPositions {
  /// Where each rank starts in `counts`, and where the last ends.
  var starts = [0]
  var counts: [Int]

  /// Counts positions below `longest`, which `Position` holds.
  init<Position: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ grey: GreyLevels, _ chains: [RowChains], longest: Int, _: Position.Type, _ lanes: Lanes
  ) {
    for count in grey.rankCounts { starts.append(starts[starts.count - 1] + min(count, longest)) }
    let cells = starts[starts.count - 1], starts = starts
    let parts = max(1, min(16, grey.voxelCount / max(1 << 18, cells)))
    let rows = Self.firstSpans(grey)
    let tables = lanes.map(chains.count * parts) { step in
      var table = [UInt32](repeating: 0, count: cells)
      var target = table.mutableSpan
      let set = chains[step / parts], part = step % parts
      let first = set.first[set.first.count * part / parts..<set.first.count * (part + 1) / parts]
      let spans = grey.spans.spans
      switch grey.ranks {
      case .bytes(let ranks):
        countPositions(ranks.span, grey.size, spans, rows, set, first, starts.span, Position.self, &target)
      case .words(let ranks):
        countPositions(ranks.span, grey.size, spans, rows, set, first, starts.span, Position.self, &target)
      }
      return table
    }
    counts = Array(repeating: 0, count: cells)
    for table in tables { for cell in 0..<cells { counts[cell] += Int(table[cell]) } }
  }

  /// Whether a voxel has the last position of 256.
  var reachLast: Bool {
    starts.indices.dropLast().contains { starts[$0 + 1] - starts[$0] == 256 && counts[starts[$0 + 1] - 1] > 0 }
  }

  /// Numbers of runs by rank and length from 1: a run of length n has one voxel at each position up to n − 1.
  func runs(_ grey: GreyLevels, _ directionCount: Int) -> [Int] {
    var runs = counts
    for (row, count) in grey.rankCounts.enumerated() {
      let cells = starts[row]..<starts[row + 1]
      runs[cells.lowerBound] = count * directionCount - counts[cells].reduce(0, +)
      for cell in cells.dropLast() { runs[cell] -= runs[cell + 1] }
    }
    return runs
  }

  /// The first run of each row of the box, and the number of runs.
  private static func firstSpans(_ grey: GreyLevels) -> [Int] {
    var first = [Int](repeating: 0, count: grey.size.y * grey.size.z + 1)
    for span in grey.spans.spans { first[span.y + grey.size.y * span.z + 1] += 1 }
    for row in 1..<first.count { first[row] += first[row - 1] }
    return first
  }
}

/// Counts voxels by rank (row from `starts[rank − 1]`) and position in their run, except those that start one, along
/// `chains` of rows from their `first` on; `rows` holds the first of `spans` in each row. Cost: a fraction of a step for
/// each voxel and direction, and one for each voxel that continues a run.
private func countPositions<Rank: FixedWidthInteger, Position: FixedWidthInteger & BitwiseCopyable>(
  _ ranks: Span<Rank>, _ size: SIMD3<Int>, _ spans: [RowSpans.Span], _ rows: [Int], _ chains: RowChains,
  _ first: ArraySlice<SIMD2<Int>>, _ starts: Span<Int>, _: Position.Type, _ counts: inout MutableSpan<UInt32>
) {
  let width = size.x + 2 + GreyLevels.Ranks.slack, isAlongRows = chains.y == 0 && chains.z == 0
  var before = [Position](repeating: 0, count: width * chains.x.count), positions = before
  for start in first {
    var y = start.x, z = start.y
    while y >= 0, y < size.y, z < size.z {
      let row = y + size.y * z
      for span in spans[rows[row]..<rows[row + 1]] {
        let here = span.x + size.x * row
        for (index, x) in chains.x.enumerated() {
          let there = here - x - size.x * (chains.y + size.y * chains.z), place = width * index + span.x + 1
          var target = positions.mutableSpan
          continueRuns(ranks, here, there, span.count, before.span, place - x, &target, place)
          tally(ranks, here, span.count, &target, place, isAlongRows, starts, &counts)
        }
      }
      guard !isAlongRows else { break }
      swap(&before, &positions)
      y += chains.y
      z += chains.z
    }
  }
}

/// The positions of `count` voxels `here`: one more than that of the voxel `there` if it has the same rank, else 0.
private func continueRuns<Rank: FixedWidthInteger, Position: FixedWidthInteger>(
  _ ranks: Span<Rank>, _ here: Int, _ there: Int, _ count: Int, _ before: Span<Position>, _ source: Int,
  _ positions: inout MutableSpan<Position>, _ target: Int
) {
  for x in 0..<(count &+ 15) & ~15 {
    let same: Position = ranks[unchecked: here &+ x] == ranks[unchecked: there &+ x] ? .max : 0
    positions[unchecked: target &+ x] = (min(before[unchecked: source &+ x], .max &- 1) &+ 1) & same
  }
}

/// Counts the positions from `place` on that are not 0. Along rows, where they only say whether a voxel continues a run,
/// it adds them up.
private func tally<Rank: FixedWidthInteger, Position: FixedWidthInteger & BitwiseCopyable>(
  _ ranks: Span<Rank>, _ here: Int, _ count: Int, _ positions: inout MutableSpan<Position>, _ place: Int,
  _ isAlongRows: Bool, _ starts: Span<Int>, _ counts: inout MutableSpan<UInt32>
) {
  for block in stride(from: 0, to: count, by: 64) {
    var open = notZero(positions.span, place &+ block, min(64, count &- block))
    while open != 0 {
      let x = block &+ open.trailingZeroBitCount
      open &= open &- 1
      if isAlongRows {
        positions[unchecked: place &+ x] = min(positions[unchecked: place &+ x &- 1], .max &- 1) &+ 1
      }
      let row = starts[unchecked: Int(truncatingIfNeeded: ranks[unchecked: here &+ x]) &- 1]
      counts[unchecked: row &+ Int(truncatingIfNeeded: positions[unchecked: place &+ x])] &+= 1
    }
  }
}

/// Which of `count` values from `start` on, at most 64, are not 0; bytes by eights.
private func notZero<Position: FixedWidthInteger & BitwiseCopyable>(
  _ positions: Span<Position>, _ start: Int, _ count: Int
) -> UInt64 {
  var set: UInt64 = 0
  if Position.self == UInt8.self {
    for byte in stride(from: 0, to: count, by: 8) {
      let eight = unsafe positions.bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: start &+ byte, as: UInt64.self)
      let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
      let high = ((((eight & low) &+ low) | eight) & ~low) &>> 7  // 1 for each byte that is not 0
      set |= ((high &* 0x0102_0408_1020_4080) &>> 56) &<< UInt64(byte)  // their bits side by side
    }
  } else {
    for index in 0..<count where positions[unchecked: start &+ index] != 0 { set |= 1 &<< UInt64(index) }
  }
  return set & (UInt64.max &>> UInt64(64 &- count))
}
