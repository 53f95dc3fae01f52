import RadiomicsCore
import RadiomicsNumerics

/// All pairs of many in single precision, and in double precision those that could be discoveries.
///
/// |fl(r) − r| ≤ γ = (n + 3) u / (1 − (n + 3) u) with u = 2⁻²⁴ for columns of length 1, in whichever order products are added up (Higham 2002,
/// Accuracy and Stability of Numerical Algorithms, 3.1), so that P of |fl(r)| + γ is a lower bound of P. Pairs are counted by that bound on
/// a grid of P; what procedures could reject by those counts, which are upper bounds, is computed anew.
struct PairScreen {
  private let work: PairWork, level: Double
  private let x: ConfounderProjection.Units, y: ConfounderProjection.Units
  private let singleX: [Float]
  private let rows: Int, features: Int, genes: Int
  private let isModerated: Bool
  /// P of the grid, descending, the last followed by 0.
  private let grid: [Double]
  /// The geometric mean of the genes' sums of squares, so that single precision meets no unit.
  private let typical: Double

  /// A pair whose P may be up to `grid[step]`, and is above the next.
  struct Screened: Sendable {
    let feature: Int32, gene: Int32, step: Int32
  }

  init(_ work: PairWork, level: Double, moderated: Bool) {
    (self.work, self.level, isModerated) = (work, level, moderated)
    (rows, features, genes) = (work.groups[0].rows.count, work.features.count, work.genes.count)
    x = work.units(features: 0)
    singleX = x.elements.map { Float($0) }
    let blocks = PairWork.blocks(work.genes.count)
    let parts = work.lanes.map(blocks.count) { work.units(genes: blocks[$0], of: 0) }
    var elements: [Double] = []
    elements.reserveCapacity(work.genes.count * work.groups[0].rows.count)
    for part in parts { elements += part.elements }
    y = .init(elements: elements, squares: parts.flatMap(\.squares))
    let varying = y.squares.filter { $0 > 0 }
    typical = varying.isEmpty ? 1 : exp(pairwiseSum(varying) { log($0) } / Double(varying.count))
    grid = (0..<64).map { level * pow(0.7, Double($0)) }
  }

  private var margin: Float {
    let u = Double(rows + 3) * 0x1p-24
    return Float(u / (1 - u)).nextUp
  }

  /// Fills what was found: how many pairs there are, and the candidates that matter.
  func run(top: Int, clusters: [[Int]], in found: inout PairScan) {
    found.groups = [.init(n: rows, df: work.projections[0].df)]
    found.count(0, work.groups[0], x.squares, y.squares)
    found.priors = isModerated ? priors() : nil
    let limits = ScreenLimits(work.projections[0].df, features, grid, found.priors, unit: typical)
    let screened = screen(limits)
    let (chosen, first) = choose(screened, top: top, clusters, found)
    found.completeTo = first < grid.count ? grid[first] : 0
    found.candidates = exact(screened, chosen, found.priors)
  }

  /// r of a block of genes in single precision, handed to `body` gene by gene.
  private func products<Value: Sendable>(
    _ body: @Sendable (_ first: Int, _ count: Int, _ r: UnsafePointer<Float>) -> Value
  ) -> [Value] {
    let blocks = PairWork.blocks(genes)
    return work.lanes.map(blocks.count) { step in
      let range = blocks[step], places = range.lowerBound * rows..<range.upperBound * rows
      let own = [Float](unsafeUninitializedCapacity: places.count) { buffer, filled in
        for (place, element) in y.elements[places].enumerated() { buffer[place] = Float(element) }
        filled = places.count
      }
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: features * range.count) { r in
        singleX.withUnsafeBufferPointer { x in
          own.withUnsafeBufferPointer { y in
            DenseKernels.product(
              x.baseAddress!, columns: features, y.baseAddress!, columns: range.count, rows: rows,
              into: r.baseAddress!, stride: features)
          }
        }
        return body(range.lowerBound, range.count, r.baseAddress!)
      }
    }
  }

  /// Pairs of which P may be up to the level.
  private func screen(_ limits: ScreenLimits) -> [Screened] {
    let margin = margin, weights = y.squares.map { isModerated && $0 > 0 ? Float(min(typical / $0, 1e30)) : 0 }
    return products { first, count, r in
      var found: [Screened] = []
      for gene in 0..<count where y.squares[first + gene] > 0 {
        limits.search(r + gene * features, margin, weights[first + gene]) { feature, step in
          found.append(Screened(feature: Int32(feature), gene: Int32(first + gene), step: Int32(step)))
        }
      }
      return found
    }.flatMap { $0 }
  }

  /// Which of the screened pairs some procedure could reject, or are among the first by rank; from which step on all are.
  private func choose(_ screened: [Screened], top: Int, _ clusters: [[Int]], _ found: PairScan) -> (
    chosen: [Bool], first: Int
  ) {
    var cluster = [Int32](repeating: 0, count: features)
    for (index, members) in clusters.enumerated() { for feature in members { cluster[feature] = Int32(index) } }
    var counts = [Int](repeating: 0, count: grid.count)
    for pair in screened { counts[Int(pair.step)] += 1 }
    let below = grid.dropFirst() + [0]
    var sum = 0, first = grid.count
    for (step, least) in zip(grid.indices, below).reversed() {
      sum += counts[step]
      if least <= level * Double(sum) / Double(max(found.total, 1)) || sum - counts[step] < top { first = step }
    }
    let genes = rejectable(screened, found.testsOfGene) { Int($0.gene) }
    let joint = rejectable(screened, clusters.map { $0.reduce(0) { $0 + found.testsOfFeature[$1] } }) {
      Int(cluster[Int($0.feature)])
    }
    return (screened.map { $0.step >= first || genes[Int($0.gene)] || joint[Int(cluster[Int($0.feature)])] }, first)
  }

  /// Families that Benjamini and Hochberg's procedure could reject by lower bounds of their Simes P.
  private func rejectable(_ screened: [Screened], _ tests: [Int], _ family: (Screened) -> Int) -> [Bool] {
    var counts = [Int32](repeating: 0, count: tests.count * grid.count)
    for pair in screened { counts[family(pair) * grid.count + Int(pair.step)] += 1 }
    var p = [Double](repeating: 1, count: tests.count)
    for index in tests.indices {
      var sum = 0
      for step in grid.indices.reversed() {
        let count = Int(counts[index * grid.count + step])
        sum += count
        guard count > 0 else { continue }
        let least = step + 1 < grid.count ? grid[step + 1] : 0
        p[index] = min(p[index], Double(tests[index]) * least / Double(sum))
      }
    }
    let there = tests.indices.filter { tests[$0] > 0 },
      rates = Multiplicity.benjaminiHochberg.adjusted(there.map { p[$0] })
    var result = [Bool](repeating: false, count: tests.count)
    for (index, rate) in zip(there, rates) where rate <= level { result[index] = true }
    return result
  }

  /// The chosen pairs in double precision.
  private func exact(_ screened: [Screened], _ chosen: [Bool], _ priors: FeaturePriors?) -> [PairCandidate] {
    let pairs = zip(screened, chosen).compactMap { $1 ? $0 : nil }, df = Double(work.projections[0].df), stretch = 4096
    return x.elements.withUnsafeBufferPointer { left in
      y.elements.withUnsafeBufferPointer { right in
        nonisolated(unsafe) let left = left.baseAddress!, right = right.baseAddress!
        return work.lanes.map((pairs.count + stretch - 1) / stretch) { step in
          pairs[step * stretch..<min(pairs.count, (step + 1) * stretch)].map { pair in
            let feature = Int(pair.feature), gene = Int(pair.gene)
            let r = DenseKernels.dot(left + feature * rows, right + gene * rows, rows)
            let (t, total) = PairWork.statistic(r, square: y.squares[gene], df: df, feature: feature, priors)
            return PairCandidate(feature: pair.feature, gene: pair.gene, group: 0, r: r, p: PairWork.p(t, total))
          }
        }.flatMap { $0 }.filter { $0.p <= level }
      }
    }
  }

  /// Priors by r in single precision: log (1 − r²) has an error of 2 |r| γ / (1 − r²), of either sign, in each of many genes.
  private func priors() -> FeaturePriors {
    let df = Double(work.projections[0].df), typical = typical, center = log(typical / df)
    let parts = products { first, count, r in
      var sums = LogarithmSums(features), n = 0.0, b = 0.0, squares = 0.0
      for gene in 0..<count where y.squares[first + gene] > 0 {
        let share = y.squares[first + gene] / typical, logarithm = log(share)
        sums.add(r + gene * features, features, Float(logarithm), Float(share))
        n += 1
        b += logarithm
        squares += logarithm * logarithm
      }
      return (sums: sums, n: n, b: b, squares: squares)
    }
    let moments = (0..<features).map { feature in
      var all = VariancePrior.Moments()
      for part in parts where x.squares[feature] > 0 {
        // log s² = c + b + l.
        let own = part.sums.sums(feature), sum = own.l + part.b
        all.add(
          count: part.n, sum: sum + part.n * center,
          squares: own.squares + 2 * own.products + part.squares + center * (2 * sum + part.n * center),
          variances: own.variances * typical / df, df: df)
      }
      return all
    }
    let pooled = df * Double(y.squares.count { $0 > 0 })
    return FeaturePriors(
      priors: moments.map { VariancePrior($0) }, pooled: [Double](repeating: pooled, count: features))
  }
}
