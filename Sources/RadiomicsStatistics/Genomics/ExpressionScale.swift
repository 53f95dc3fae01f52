import RadiomicsCore
import RadiomicsNumerics

/// What is made of a table of expression before it is tested.
package enum ExpressionScale: String, Sendable, Hashable, Codable, CaseIterable {
  /// As it stands.
  case none
  /// log₂(x + 1).
  case log
  /// All samples get the same distribution, the mean of the samples' sorted values; ties get the mean of theirs. Bolstad et al. 2003,
  /// doi:10.1093/bioinformatics/19.2.185.
  case quantile
  /// Each gene's ranks as normal quantiles, Φ⁻¹((rank − 3/8) / (n + 1/4)); ties share the mean of their ranks. Blom 1958.
  case inverseNormal = "inverse-normal"
  /// log₂((count + 0.5) / (sum of the sample's counts + 1) · 10⁶) as limma's voom, without its weights.
  case voomLike = "voom-like"

  /// The values that are made; none is made of an empty cell.
  /// - `side`: Samples by genes, NaN where a cell is empty.
  /// - Throws: `ModelError` for values that a logarithm does not take.
  package func applied(to side: MassUnivariate.Side) throws(ModelError) -> MassUnivariate.Side {
    switch self {
    case .none: return side
    case .log, .voomLike:
      if let low = side.elements.first(where: { $0 < 0 }) {
        throw ModelError.at(
          "expression",
          "has \(numberText(low)), must be 0 or more for \(rawValue): is it a logarithm already? Then take it as it stands."
        )
      }
      if self == .log { return side.mapped { log2($0 + 1) } }
      var sums = [Double](repeating: 0, count: side.rows)
      for j in 0..<side.count {
        for (row, value) in side.column(j).enumerated() where !value.isNaN { sums[row] += value }
      }
      var elements = side.elements
      for place in elements.indices {
        elements[place] = log2((elements[place] + 0.5) / (sums[place % side.rows] + 1) * 1e6)
      }
      return .init(rows: side.rows, count: side.count, elements: elements)
    case .inverseNormal: return side.byGene(Self.normalScores)
    case .quantile: return side.withEqualSamples()
    }
  }

  private static func normalScores(_ values: [Double]) -> [Double] {
    let n = Double(values.count)
    return ColumnCorrelations.ranks(values).map { NormalDistribution().quantile(($0 - 0.375) / (n + 0.25)) }
  }
}

extension MassUnivariate.Side {
  fileprivate func mapped(_ body: (Double) -> Double) -> Self {
    .init(rows: rows, count: count, elements: elements.map { $0.isNaN ? .nan : body($0) })
  }

  /// What a function makes of each gene's numbers.
  fileprivate func byGene(_ body: ([Double]) -> [Double]) -> Self {
    var result = elements
    for j in 0..<count {
      let places = (j * rows..<(j + 1) * rows).filter { !elements[$0].isNaN }
      for (place, value) in zip(places, body(places.map { elements[$0] })) { result[place] = value }
    }
    return .init(rows: rows, count: count, elements: result)
  }

  /// Each sample's quantiles replaced by the mean of all samples'; where cells are empty, by interpolation.
  fileprivate func withEqualSamples() -> Self {
    guard count > 0 else { return self }
    let samples = (0..<rows).map { row in (0..<count).map { elements[$0 * rows + row] } }
    var means = [Double](repeating: 0, count: count)
    for sample in samples {
      let sorted = ascending(sample.filter { !$0.isNaN })
      for place in means.indices where !sorted.isEmpty {
        means[place] += Self.interpolated(sorted, Double(place) / Double(max(count - 1, 1))) / Double(rows)
      }
    }
    var result = elements
    for (row, sample) in samples.enumerated() {
      let places = sample.indices.filter { !sample[$0].isNaN },
        ranks = ColumnCorrelations.ranks(places.map { sample[$0] })
      for (place, rank) in zip(places, ranks) {
        result[place * rows + row] = Self.interpolated(means, (rank - 1) / Double(max(places.count - 1, 1)))
      }
    }
    return .init(rows: rows, count: count, elements: result)
  }

  /// The quantile of sorted numbers, between them in a straight line.
  private static func interpolated(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1), low = min(sorted.count - 1, max(0, Int(place + 1e-9)))
    let rest = max(0, place - Double(low))
    return low + 1 < sorted.count ? sorted[low] + rest * (sorted[low + 1] - sorted[low]) : sorted[low]
  }
}
