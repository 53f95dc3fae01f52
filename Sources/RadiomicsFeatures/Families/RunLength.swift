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
    ]
  }

  public func check() throws(SettingError) { try checkDistinct(aggregation) }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func measure(_ region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("glrlm works on grey levels") }
    let occurring = OccurringLevels(levels)
    var positions = [Int32](repeating: 0, count: occurring.ranks.count)
    return RadiomicsFeatures.measure(
      aggregation, slices: occurring.slices.count, weights: directions.map { weighting.weight($0) },
      empty: LevelMatrix(levels: occurring.levels), undefined: undefined("there is no run", Self.features),
      count: { LevelMatrix(runsOf: occurring, direction: directions[$0], slice: $1, positions: &positions) },
      features: { LevelMatrixFeatures($0).common.map(Cell.value) })
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

extension LevelMatrix {
  /// Runs along one of `directions` in a slice or (nil) the volume; `positions` is scratch space over the buffer.
  package init(
    runsOf occurring: OccurringLevels, direction: SIMD3<Int>, slice: Int?, positions: inout [Int32]
  ) {
    let size = occurring.spans.size, spans = occurring.spans(of: slice)
    let longest = max(size.x, size.y, size.z)
    self.init(
      levels: occurring.levels, widths: occurring.counts.map { min($0, longest) }, voxels: spans.voxelCount)
    let starts = starts
    var positionSpan = positions.mutableSpan, target = counts.mutableSpan
    countPositions(
      occurring.ranks.span, size, spans, occurring.step(direction), starts.span, &positionSpan, &target)
    runsFromPositions()
  }
}

/// Counts voxels by rank (row from `starts[rank − 1]`) and position from 1 in their run along `step`, which leads
/// forward in memory. Cost: one step for each voxel.
private func countPositions(
  _ ranks: Span<UInt16>, _ size: SIMD3<Int>, _ spans: ArraySlice<RowSpans.Span>, _ step: Int, _ starts: Span<Int>,
  _ positions: inout MutableSpan<Int32>, _ counts: inout MutableSpan<Double>
) {
  for span in spans {
    let start = span.x + size.x * (span.y + size.y * span.z)
    for index in start..<start + span.count {
      let rank = ranks[unchecked: index], before = index &- step
      let carried: Int32 = ranks[unchecked: before] == rank ? -1 : 0  // a mask, so that there is no branch
      let position = (positions[unchecked: before] & carried) &+ 1
      positions[unchecked: index] = position
      counts[unchecked: starts[unchecked: Int(rank) &- 1] &+ Int(position) &- 1] += 1
    }
  }
}
