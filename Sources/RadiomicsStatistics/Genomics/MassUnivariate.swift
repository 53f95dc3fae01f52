import RadiomicsCore
import RadiomicsNumerics

/// Every feature against every gene, beside confounders: the partial correlation r of both, and
/// t = r √(df / (1 − r²)) with df = n − 2 − rank Z, which is that of the feature's coefficient in a linear model of the gene.
///
/// Both sides are residualised, so that all pairs are products of matrices: 2 n p g operations for p features and g genes.
package struct MassUnivariate: Sendable {
  /// What is tested.
  package enum Test: String, Sendable, Hashable, Codable, CaseIterable {
    /// The coefficient by its own residual variance.
    case plain = "t"
    /// By a variance that is drawn to those of the other genes with the same feature, as limma 3.54.
    case moderated
    /// Ranks of both sides, out of which the confounders are taken; without confounders Spearman's ρ. Not the ρ of residuals.
    case spearman
  }

  package var test = Test.plain
  /// The false discovery rate that is asked for.
  package var level = 0.05
  /// How many pairs are given by rank, also if they are no discoveries.
  package var top = 1000
  /// Up to how many pairs every one is computed in double precision and kept. Of more, single precision chooses.
  package var most = 1 << 21

  package init() {}

  /// A table of numbers, column by column; NaN where a cell is empty.
  package struct Side: Sendable {
    package let rows: Int, count: Int
    package let elements: [Double]

    /// - `elements`: So many columns of equal length, one after the other.
    package init(rows: Int, count: Int, elements: [Double]) {
      precondition(elements.count == rows * count, "columns have one element for each row")
      (self.rows, self.count, self.elements) = (rows, count, elements)
    }

    /// Column j.
    package func column(_ j: Int) -> ArraySlice<Double> { elements[j * rows..<(j + 1) * rows] }

    /// Columns by the rows in which they have a number, in the order of their first column.
    var patterns: [(rows: [Int], columns: [Int])] {
      guard elements.contains(where: \.isNaN) else { return [(Array(0..<rows), Array(0..<count))] }
      var places: [[Bool]: Int] = [:], found: [(rows: [Int], columns: [Int])] = []
      for j in 0..<count {
        let present = column(j).map { !$0.isNaN }
        if let place = places[present] {
          found[place].columns.append(j)
        } else {
          places[present] = found.count
          found.append((present.indices.filter { present[$0] }, [j]))
        }
      }
      return found
    }

    /// Some columns of some rows, one after the other; ranks of them if that is asked.
    func part(_ columns: ArraySlice<Int>, rows kept: [Int], ranked: Bool) -> [Double] {
      var result: [Double] = []
      result.reserveCapacity(columns.count * kept.count)
      for j in columns {
        let first = j * rows
        if ranked {
          result += ColumnCorrelations.ranks(kept.map { elements[first + $0] })
        } else if kept.count == rows {
          result += elements[first..<first + rows]
        } else {
          for row in kept { result.append(elements[first + row]) }
        }
      }
      return result
    }
  }

  /// Tests all pairs.
  /// - `confounders`: Rows by confounders, without a constant; all finite.
  /// - `clusters`: Features that count as one, each in one cluster; nil: each feature for itself.
  package func scan(
    features: Side, genes: Side, confounders: Matrix, clusters: [[Int]]? = nil, lanes: Lanes = Lanes(jobs: 1)
  ) -> PairScan {
    precondition(features.rows == genes.rows, "both sides have the same rows")
    let groups = PairGroup.all(features, genes)
    var found = PairScan(features: features.count, genes: genes.count, level: level)
    let projections = groups.map { ConfounderProjection(confounders.rows($0.rows), rows: $0.rows.count) }
    found.aliased = projections.first { $0.rows == features.rows }?.aliased ?? projections.first?.aliased ?? []
    let work = PairWork(
      test: test, features: features, genes: genes, groups: groups, projections: projections, lanes: lanes)
    let clusters = clusters ?? (0..<features.count).map { [$0] }
    if features.count * genes.count > most, groups.count == 1, projections[0].df > 0 {
      PairScreen(work, level: level, moderated: test == .moderated).run(top: top, clusters: clusters, in: &found)
    } else {
      work.count(&found)
      found.priors = test == .moderated ? work.priors() : nil
      found.completeTo = found.total <= most ? 1 : level
      found.candidates = work.candidates(upTo: found.completeTo, found.priors)
    }
    found.judge(clusters)
    return found
  }
}

/// Features and genes that have numbers in the same rows.
struct PairGroup: Sendable {
  let rows: [Int], features: [Int], genes: [Int]

  static func all(_ features: MassUnivariate.Side, _ genes: MassUnivariate.Side) -> [PairGroup] {
    let left = features.patterns
    return genes.patterns.flatMap { right in
      left.map { one in
        let rows = one.rows.count == features.rows ? right.rows : Set(right.rows).intersection(one.rows).sorted()
        return PairGroup(rows: rows, features: one.columns, genes: right.columns)
      }
    }
  }
}

/// The prior of each feature, and how many degrees of freedom its residual variances have together.
package struct FeaturePriors: Sendable {
  /// Nil where fewer than two genes vary beside a feature.
  package internal(set) var priors: [VariancePrior?]
  var pooled: [Double]

  /// Degrees of freedom of a moderated t.
  func total(_ feature: Int, df: Double) -> Double {
    min(df + (priors[feature]?.df ?? 0), max(pooled[feature], df))
  }
}

/// A pair that was computed in double precision.
package struct PairCandidate: Sendable {
  package let feature: Int32, gene: Int32, group: Int32
  /// Partial correlation, and P.
  package let r: Double, p: Double
}

/// What a pair's numbers are made of.
struct PairWork: Sendable {
  let test: MassUnivariate.Test
  let features: MassUnivariate.Side, genes: MassUnivariate.Side
  let groups: [PairGroup], projections: [ConfounderProjection]
  let lanes: Lanes
  /// Genes of one product.
  static let block = 256

  func units(features group: Int) -> ConfounderProjection.Units {
    let own = groups[group]
    return projections[group].units(
      of: features.part(own.features[...], rows: own.rows, ranked: test == .spearman), count: own.features.count)
  }

  func units(genes range: Range<Int>, of group: Int) -> ConfounderProjection.Units {
    let own = groups[group]
    return projections[group].units(
      of: genes.part(own.genes[range], rows: own.rows, ranked: test == .spearman), count: range.count)
  }

  static func blocks(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: block).map { $0..<min(count, $0 + block) }
  }

  /// Calls `body` for each block of genes of each group with r of its features, feature by feature within a gene, and gives the results in
  /// order. Groups without degrees of freedom are left out.
  func map<Value: Sendable>(
    _ body: @Sendable (_ group: Int, _ range: Range<Int>, _ x: [Double], _ y: [Double], _ r: [Double]) -> Value
  ) -> [Value] {
    var results: [Value] = []
    for (index, group) in groups.enumerated() where projections[index].df > 0 {
      let x = units(features: index), blocks = Self.blocks(group.genes.count), rows = group.rows.count
      results += lanes.map(blocks.count) { step in
        let y = units(genes: blocks[step], of: index), p = group.features.count, count = blocks[step].count
        let r = [Double](unsafeUninitializedCapacity: p * count) { buffer, filled in
          x.elements.withUnsafeBufferPointer { x in
            y.elements.withUnsafeBufferPointer { y in
              if let x = x.baseAddress, let y = y.baseAddress, let to = buffer.baseAddress {
                DenseKernels.addProduct(
                  x, columns: p, y, columns: count, rows: rows, alpha: 1, beta: 0, to: to, stride: p)
              }
            }
          }
          filled = p * count
        }
        return body(index, blocks[step], x.squares, y.squares, r)
      }
    }
    return results
  }

  /// Priors of all features from the genes that vary beside each.
  func priors() -> FeaturePriors {
    var moments = [VariancePrior.Moments](repeating: .init(), count: features.count)
    var pooled = [Double](repeating: 0, count: features.count)
    // Blocks have fixed sizes and are added up in order, whatever the number of lanes.
    let parts = map { index, _, x, y, r in
      let count = x.count, df = Double(projections[index].df)
      var own = [VariancePrior.Moments](repeating: .init(), count: count), total = [Double](repeating: 0, count: count)
      for (place, r) in r.enumerated() where x[place % count] > 0 {
        let variance = max(0, (1 - r) * (1 + r)) * y[place / count] / df
        guard variance > 0 else { continue }
        own[place % count].add(variance, df: df)
        total[place % count] += df
      }
      return (index, own, total)
    }
    for (index, own, total) in parts {
      for (place, feature) in groups[index].features.enumerated() {
        moments[feature] += own[place]
        pooled[feature] += total[place]
      }
    }
    return FeaturePriors(priors: moments.map { VariancePrior($0) }, pooled: pooled)
  }

  /// t and its degrees of freedom.
  static func statistic(
    _ r: Double, square: Double, df: Double, feature: Int, _ priors: FeaturePriors?
  ) -> (t: Double, df: Double) {
    let rest = max(0, (1 - r) * (1 + r))
    guard let prior = priors?.priors[feature], let priors else { return (r * (df / rest).squareRoot(), df) }
    let posterior = prior.posterior(rest * square / df, df: df)
    return (r * (square / posterior).squareRoot(), priors.total(feature, df: df))
  }

  /// Two-sided.
  static func p(_ t: Double, _ df: Double) -> Double {
    t.isInfinite ? 0 : min(1, 2 * StudentT(df).above(abs(t)))
  }

  /// All pairs with P up to a limit.
  func candidates(upTo limit: Double, _ priors: FeaturePriors?) -> [PairCandidate] {
    map { index, range, x, y, r in
      let group = groups[index], df = Double(projections[index].df), count = group.features.count
      var found: [PairCandidate] = []
      for (place, r) in r.enumerated() {
        let feature = group.features[place % count], gene = place / count
        guard x[place % count] > 0, y[gene] > 0 else { continue }
        let (t, total) = Self.statistic(r, square: y[gene], df: df, feature: feature, priors), p = Self.p(t, total)
        if p <= limit {
          found.append(
            PairCandidate(
              feature: Int32(feature), gene: Int32(group.genes[range.lowerBound + gene]), group: Int32(index), r: r,
              p: p))
        }
      }
      return found
    }.flatMap { $0 }
  }

  /// Which features and genes have pairs, how many there are, and how they are measured.
  func count(_ found: inout PairScan) {
    found.groups = groups.indices.map { .init(n: groups[$0].rows.count, df: projections[$0].df) }
    for (index, group) in groups.enumerated() {
      guard projections[index].df > 0 else {
        found.squares.append(.init())
        continue
      }
      let blocks = Self.blocks(group.genes.count)
      let x = units(features: index).squares
      found.count(
        index, group, x, lanes.map(blocks.count) { units(genes: blocks[$0], of: index).squares }.flatMap { $0 })
    }
  }
}
