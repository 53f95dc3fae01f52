import RadiomicsCore
import RadiomicsImaging

/// Grey level co-occurrence: how often the levels i and j lie a step m apart (Haralick 1973; IBSI 1, LFYI).
///
/// Element (i, j) of the matrix of a direction m counts the voxels of level i whose neighbour at +m has level j, and,
/// if symmetric, also those whose neighbour at −m has; p(i, j) is its share. For the row `1 1 2` and m = (1, 0, 0) the
/// pairs are (1, 1) and (1, 2): p(1, 1) = 2/4, p(1, 2) = p(2, 1) = 1/4, hence contrast 1/4 + 1/4 = 0.5.
///
/// At a distance δ the 13 directions are multiplied by δ. Ng of the normalised features is the number of levels of the
/// discretisation, empty ones included. Merged matrices may be weighted by exp(δ²(1 − ‖m‖²)), the manual's exp(−‖δm‖²)
/// relative to a direction along an axis; features are made of shares, in which that scale cancels. Undefined with a
/// single level: correlation and information correlation 1.
///
/// The variant `pyradiomics` gives these two the values 1 and 0, in each matrix that has a single level, and weights
/// directions by exp(−‖m‖²) with lengths in mm.
///
/// Source: IBSI 1, chapter 3, "Grey level co-occurrence based features", DOI 10.1148/radiol.2020191145.
public struct Cooccurrence: FeatureFamily {
  public static let name = "glcm"
  public static let summary = "Grey level co-occurrence: how often pairs of grey levels are neighbours."
  public static let reference = "IBSI 1, grey level co-occurrence based features (LFYI), DOI 10.1148/radiol.2020191145"
  public static let needsLevels = true

  /// How grey levels are made.
  public var discretisation: Discretisation?
  /// How directions and slices become one value.
  public var aggregation: [DirectionalAggregation] = [.merged3D]
  /// Chebyshev distance δ between the voxels of a pair, voxels.
  public var distance = 1
  /// Whether pairs are counted both ways.
  public var symmetric = true
  /// How directions are weighted when they are merged.
  public var weighting = DirectionWeighting.none
  /// Chebyshev distances instead of `distance`, each with all of its steps as directions.
  public var shells: [Int]?
  /// Whose conventions.
  public var variant = Variant.ibsi

  /// 3D:mrg at distance 1, symmetric, not weighted.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How directions and slices become one value."),
      Parameter("distance", \.distance, in: 1 ... .infinity, "Distance between the voxels of a pair, voxels."),
      Parameter("symmetric", \.symmetric, "Whether pairs are counted both ways."),
      Parameter(
        "weighting", \.weighting,
        """
        Norm |m|, in voxels, by which exp(δ²(1 − |m|²)) weights directions m that are merged, δ the distance: \
        exp(−|δm|²) relative to an axis. It has no other effect.
        """),
      Parameter(
        "shells", \.shells, reproducing: .null, in: 1...32,
        "Instead of distance: every step of these Chebyshev distances is a direction (PyRadiomics' distances)."),
      Parameter(
        "variant", \.variant, reproducing: .text("ibsi"),
        "pyradiomics: with one level correlation is 1 and information correlation 1 is 0; weights take lengths in mm."),
    ]
  }

  public func check() throws(SettingError) {
    try checkDistinct(aggregation)
    try checkShells(shells)
  }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  /// Most levels that may occur; the matrix has their square.
  static let mostOccurringLevels = 4096

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("glcm works on grey levels") }
    precondition(distance >= 1, "a distance of at least 1")
    guard levels.levels.count <= Self.mostOccurringLevels else {
      let cells = undefined(
        """
        \(levels.levels.count) grey levels occur, glcm takes at most \(Self.mostOccurringLevels): \
        discretise into fewer bins
        """, Self.features)
      return aggregation.flatMap { _ in cells }
    }
    return aggregatedCells(levels, resources.lanes, undefined: undefined(noPairs, Self.features)) { [variant] in
      $0.features(levelCount: levels.count, variant)
    }
  }

  /// Why there is nothing to measure.
  var noPairs: Reason {
    let distances = shells.map { $0.map { "\($0)" }.joined(separator: " or ") } ?? "\(distance)"
    return Reason("no two voxels are a distance of \(distances) apart along a direction")
  }

  /// The steps between the voxels of a pair; steps across all of a box of `size` voxels lead out of it as longer ones do.
  func directions(in size: SIMD3<Int>) -> DirectionSet {
    guard let shells else { return DirectionSet(distance: min(distance, max(size.x, size.y, size.z))) }
    return DirectionSet(shells: shells, within: size)
  }

  /// A weight for each direction, for voxels of some mm.
  func weights(_ set: DirectionSet, _ spacing: SIMD3<Double>) -> [Double] {
    guard variant == .pyradiomics || shells != nil else {
      return RadiomicsFeatures.directions.map { weighting.weight($0, distance: distance) }
    }
    guard weighting != .none, !set.steps.isEmpty else { return set.steps.map { _ in 1 } }
    let squares = weighting.squaredLengths(set.steps, variant == .pyradiomics ? spacing : [1, 1, 1])
    return squares.map { exp(squares.min()! - $0) }
  }

  /// Features of the matrices that these settings ask for, aggregated as they say.
  func aggregatedCells(
    _ levels: GreyLevels, _ lanes: Lanes, undefined: [Cell],
    _ features: @Sendable (CooccurrenceMatrix) -> [Cell]
  ) -> [Cell] {
    let set = directions(in: levels.size)
    return aggregated(
      aggregation, levels, lanes, set, weights: weights(set, levels.spacing), undefined: undefined,
      count: { CooccurrenceMatrix($0, $1, lanes) }, features: { features(symmetric ? $0.symmetrised : $0) })
  }
}

extension Cooccurrence {
  public static let features = [
    Feature("cm_joint_max", "Joint maximum", ibsi: "GYBY", scale: .fraction, "max p(i,j)"),
    Feature("cm_joint_avg", "Joint average", ibsi: "60VM", "μ = Σ i p(i,j)"),
    Feature("cm_joint_var", "Joint variance", ibsi: "UR99", "Σ (i − μ)² p(i,j)"),
    Feature("cm_joint_entr", "Joint entropy", ibsi: "TU9B", "HXY = −Σ p(i,j) log₂ p(i,j)"),
    Feature("cm_diff_avg", "Difference average", ibsi: "TF7R", "μ = Σ k p(|i−j|=k)"),
    Feature("cm_diff_var", "Difference variance", ibsi: "D3YU", "Σ (k − μ)² p(|i−j|=k)"),
    Feature("cm_diff_entr", "Difference entropy", ibsi: "NTRS", "−Σ p(|i−j|=k) log₂ p(|i−j|=k)"),
    Feature("cm_sum_avg", "Sum average", ibsi: "ZGXS", "μ = Σ k p(i+j=k)"),
    Feature("cm_sum_var", "Sum variance", ibsi: "OEEB", "Σ (k − μ)² p(i+j=k)"),
    Feature("cm_sum_entr", "Sum entropy", ibsi: "P6QZ", "−Σ p(i+j=k) log₂ p(i+j=k)"),
    Feature("cm_energy", "Angular second moment", ibsi: "8ZQL", scale: .fraction, "Σ p(i,j)²"),
    Feature("cm_contrast", "Contrast", ibsi: "ACUI", "Σ (i−j)² p(i,j)"),
    Feature("cm_dissimilarity", "Dissimilarity", ibsi: "8S9J", "Σ |i−j| p(i,j)"),
    Feature("cm_inv_diff", "Inverse difference", ibsi: "IB1Z", scale: .fraction, "Σ p(i,j) / (1 + |i−j|)"),
    Feature(
      "cm_inv_diff_norm", "Normalised inverse difference", ibsi: "NDRX", scale: .fraction,
      "Σ p(i,j) / (1 + |i−j| / Ng)"),
    Feature("cm_inv_diff_mom", "Inverse difference moment", ibsi: "WF0Z", scale: .fraction, "Σ p(i,j) / (1 + (i−j)²)"),
    Feature(
      "cm_inv_diff_mom_norm", "Normalised inverse difference moment", ibsi: "1QCO", scale: .fraction,
      "Σ p(i,j) / (1 + (i−j)² / Ng²)"),
    Feature("cm_inv_var", "Inverse variance", ibsi: "E8JP", scale: .fraction, "Σ p(i,j) / (i−j)² over i ≠ j"),
    Feature(
      "cm_corr", "Correlation", ibsi: "NI2N", scale: .correlation, "Σ (i − μi)(j − μj) p(i,j) / (σi σj)"),
    Feature("cm_auto_corr", "Autocorrelation", ibsi: "QWB0", "Σ i j p(i,j)"),
    Feature("cm_clust_tend", "Cluster tendency", ibsi: "DG8W", "Σ (i + j − μi − μj)² p(i,j)"),
    Feature("cm_clust_shade", "Cluster shade", ibsi: "7NFM", scale: .interval, "Σ (i + j − μi − μj)³ p(i,j)"),
    Feature("cm_clust_prom", "Cluster prominence", ibsi: "AE86", "Σ (i + j − μi − μj)⁴ p(i,j)"),
    Feature(
      "cm_info_corr1", "Information correlation 1", ibsi: "R8DG", scale: .correlation,
      "(HXY − HXY1) / max(HX, HY), HXY1 = −Σ p(i,j) log₂(p(i) p(j))"),
    Feature(
      "cm_info_corr2", "Information correlation 2", ibsi: "JN9H", scale: .fraction,
      "√(1 − exp(−2 (HXY2 − HXY))), HXY2 = −Σ p(i) p(j) log₂(p(i) p(j))"),
  ]
}

/// Numbers of pairs of the levels that occur.
package struct CooccurrenceMatrix: TextureMatrix {
  /// Grey level of each row and column, ascending.
  package let levels: [Int]
  /// Row by row with a column of zeros before the first level.
  package private(set) var counts: [Double]

  /// Cells of a row.
  var stride: Int { levels.count + 1 }

  /// Nothing counted.
  package init() { self.init(levels: []) }

  private init(levels: [Int]) {
    self.levels = levels
    counts = Array(repeating: 0, count: levels.count * (levels.count + 1))
  }

  /// Pairs of a voxel and its neighbour at each of some offsets.
  package init(_ grey: GreyLevels, _ offsets: ArraySlice<SIMD3<Int>>, _ lanes: Lanes) {
    self.init(levels: grey.levels)
    let offsets = Array(offsets)
    let cells = counts.count, stride = stride
    // Neighbouring voxels count in two tables while both stay in the cache: who adds to a cell twice in a row, waits.
    let tables = cells <= 1 << 14 ? 2 : 1
    let blocks = grey.spans.blocks(of: max(1 << 15, cells))
    let parts = lanes.map(blocks.count) { index in
      var table = [UInt32](repeating: 0, count: cells * tables)
      var target = table.mutableSpan
      let spans = grey.spans.spans[blocks[index].spans], odd = cells * (tables - 1)
      switch grey.ranks {
      case .bytes(let ranks): countPairs(ranks.span, grey.size, spans, offsets, UInt16(stride), odd, &target)
      case .words(let ranks): countPairs(ranks.span, grey.size, spans, offsets, UInt32(stride), odd, &target)
      }
      return table
    }
    for part in parts {
      for table in 0..<tables { for cell in 0..<cells { counts[cell] += Double(part[table * cells + cell]) } }
    }
    for row in levels.indices { counts[row * stride] = 0 }
  }

  package var isEmpty: Bool { !counts.contains { $0 != 0 } }

  /// Adds `weight` times the counts of `other`, which has the same levels; a matrix without levels takes them over.
  package mutating func add(_ other: CooccurrenceMatrix, weight: Double) {
    if levels.isEmpty { self = CooccurrenceMatrix(levels: other.levels) }
    precondition(levels == other.levels, "matrices of the same levels")
    for cell in counts.indices { counts[cell] += weight * other.counts[cell] }
  }

  /// Pairs counted both ways: the sum with the transposed matrix.
  package var symmetrised: CooccurrenceMatrix {
    var result = self
    for row in levels.indices {
      for column in levels.indices where counts[row * stride + column + 1] != 0 {
        result.counts[column * stride + row + 1] += counts[row * stride + column + 1]
      }
    }
    return result
  }

  /// The number of pairs of two levels.
  package subscript(i: Int, j: Int) -> Double {
    guard let row = levels.firstIndex(of: i), let column = levels.firstIndex(of: j) else { return 0 }
    return counts[row * stride + column + 1]
  }
}

/// Counts the ranks (row `counts[(rank − 1) · stride]`) of voxels and of their neighbours at `offsets`; column 0
/// collects neighbours outside the region. Every other voxel counts `odd` cells further on. `Cell` holds any index of a
/// table. Cost: one step for each voxel and offset.
private func countPairs<Rank: FixedWidthInteger, Cell: FixedWidthInteger>(
  _ ranks: Span<Rank>, _ size: SIMD3<Int>, _ spans: ArraySlice<RowSpans.Span>, _ offsets: [SIMD3<Int>],
  _ stride: Cell, _ odd: Int, _ counts: inout MutableSpan<UInt32>
) {
  var rowCells = [Cell](repeating: 0, count: size.x + GreyLevels.Ranks.slack), pairCells = rowCells
  var rows = rowCells.mutableSpan, cells = pairCells.mutableSpan
  for span in spans {
    let start = span.x + size.x * (span.y + size.y * span.z)
    for x in 0..<(span.count &+ 15) & ~15 {
      rows[unchecked: x] = (Cell(truncatingIfNeeded: ranks[unchecked: start &+ x]) &- 1) &* stride
    }
    for offset in offsets {
      let y = span.y + offset.y, z = span.z + offset.z
      let first = max(0, -offset.x - span.x), last = min(span.count, size.x - offset.x - span.x)
      guard first < last, y >= 0, y < size.y, z >= 0, z < size.z else { continue }
      let neighbour = start &+ first &+ offset.x &+ size.x &* (offset.y &+ size.y &* offset.z)
      let count = last &- first
      for x in 0..<(count &+ 15) & ~15 {
        cells[unchecked: x] =
          rows[unchecked: first &+ x] &+ Cell(truncatingIfNeeded: ranks[unchecked: neighbour &+ x])
      }
      var x = 0
      while x &+ 1 < count {
        counts[unchecked: Int(cells[unchecked: x])] &+= 1
        counts[unchecked: Int(cells[unchecked: x &+ 1]) &+ odd] &+= 1
        x &+= 2
      }
      if count & 1 == 1 { counts[unchecked: Int(cells[unchecked: count &- 1])] &+= 1 }
    }
  }
}
