import RadiomicsNumerics

/// Complete balanced designs: all covariance matrices of the terms share their eigenspaces, the strata of the analysis of
/// variance, so that a column is reduced to one sum of squares for each stratum. Nelder 1965, doi:10.1098/rspa.1965.0012.
///
/// A factor that occurs only together with another one may have names of its own within each level of that one.
package struct CrossedStrata: Sendable {
  /// An eigenspace.
  package struct Stratum: Sendable {
    /// Its eigenvalue is Σ coefficient · variance, over the terms and the residual.
    package let coefficients: [Double]
    /// Its dimension.
    package var df: Double
  }

  /// The effect of a subset of factors (bits), or what is left within cells (nil).
  private struct Effect: Sendable {
    let subset: Int?
    let df: Double
    let stratum: Int
  }

  /// The strata but that of the mean.
  package let strata: [Stratum]
  /// The coefficients of the mean's stratum.
  let meanCoefficients: [Double]
  /// Number of rows.
  let count: Int
  private let effects: [Effect]
  private let terms: [Int]
  private let sizes: [Int]
  private let cells: [Int]

  /// Nil if the design is not complete and balanced.
  package init?(_ design: VarianceDesign) {
    let (factors, termsOfFactors) = Self.factors(of: design)
    let n = design.count
    var product = 1
    for factor in factors {
      product *= factor.levels.count
      guard product <= n else { return nil }
    }
    guard n % product == 0, factors.count <= 12 else { return nil }
    var cells = [Int](repeating: 0, count: n), filled = [Int](repeating: 0, count: product)
    for row in 0..<n {
      cells[row] = factors.reduce(0) { $0 * $1.levels.count + $1.codes[row] }
      filled[cells[row]] += 1
    }
    guard filled.allSatisfy({ $0 == n / product }) else { return nil }
    let sizes = factors.map(\.levels.count)
    let terms = design.terms.indices.map { term in
      factors.indices.reduce(0) { termsOfFactors[$1].contains(term) ? $0 | 1 << $1 : $0 }
    }

    for (term, mask) in zip(design.terms, terms) {
      guard term.levels.count == sizes.indices.reduce(1, { mask >> $1 & 1 == 1 ? $0 * sizes[$1] : $0 }) else {
        return nil
      }
    }
    func coefficients(_ subset: Int?) -> [Double] {
      terms.map { term in
        guard let subset, subset & term == subset else { return 0 }
        return Double(n / sizes.indices.reduce(1) { term >> $1 & 1 == 1 ? $0 * sizes[$1] : $0 })
      } + [1]
    }
    var strata: [Stratum] = [], effects: [Effect] = []
    let subsets: [Int?] = (1..<1 << factors.count).map { $0 } + (n > product ? [nil] : [])
    for subset in subsets {
      let df = subset.map { subset in
        sizes.indices.reduce(1.0) { subset >> $1 & 1 == 1 ? $0 * Double(sizes[$1] - 1) : $0 }
      }
      let own = coefficients(subset), dimension = df ?? Double(n - product)
      guard dimension > 0 else { continue }
      let stratum = strata.firstIndex { $0.coefficients == own } ?? strata.count
      if stratum == strata.count { strata.append(Stratum(coefficients: own, df: 0)) }
      strata[stratum].df += dimension
      effects.append(Effect(subset: subset, df: dimension, stratum: stratum))
    }
    self.strata = strata
    self.effects = effects
    self.terms = terms
    self.sizes = sizes
    self.cells = cells
    count = n
    meanCoefficients = coefficients(0)
  }

  /// What the rows are crossed by, each with the terms that it occurs in. Factors that occur in the same terms are one; one that
  /// occurs in some of another's terms only is numbered within it.
  private static func factors(of design: VarianceDesign) -> (factors: [Factor], terms: [[Int]]) {
    let names = design.terms.map { Set($0.name.split(separator: ":").map(String.init)) }
    var groups: [(terms: [Int], factors: [Factor])] = []
    for factor in design.factors {
      let terms = names.indices.filter { names[$0].contains(factor.name) }
      guard !terms.isEmpty else { continue }
      if let place = groups.firstIndex(where: { $0.terms == terms }) {
        groups[place].factors.append(factor)
      } else {
        groups.append((terms, [factor]))
      }
    }
    let crossed = groups.map { Factor.crossing($0.factors) }
    let factors = groups.indices.map { own in
      let partners = groups.indices.filter { $0 != own && Set(groups[own].terms).isSubset(of: groups[$0].terms) }
      return partners.isEmpty
        ? crossed[own] : crossed[own].numbered(within: Factor.crossing(partners.map { crossed[$0] }))
    }
    return (factors, groups.map(\.terms))
  }

  /// The sum of squares of a column in each stratum.
  package func squares(_ values: [Double]) -> [Double] {
    let product = sizes.reduce(1, *), repeats = Double(values.count / product), center = mean(values)
    var means = [Double](repeating: 0, count: product), within = 0.0
    for (row, cell) in cells.enumerated() { means[cell] += (values[row] - center) / repeats }
    if repeats > 1 {
      for (row, cell) in cells.enumerated() {
        let rest = values[row] - center - means[cell]
        within += rest * rest
      }
    }
    var ofSubset = [Double](repeating: 0, count: 1 << sizes.count)
    sweep(means, axis: 0, outer: 1, subset: 0, weight: repeats, into: &ofSubset)
    var squares = [Double](repeating: 0, count: strata.count)
    for effect in effects { squares[effect.stratum] += effect.subset.map { ofSubset[$0] } ?? within }
    return squares
  }

  /// Splits cell means along each axis into their mean and the deviations from it, and adds up squares of what is left.
  private func sweep(
    _ values: [Double], axis: Int, outer: Int, subset: Int, weight: Double, into squares: inout [Double]
  ) {
    guard axis < sizes.count else {
      squares[subset] = weight * values.reduce(0) { $0 + $1 * $1 }
      return
    }
    let length = sizes[axis], inner = values.count / (outer * length)
    var means = [Double](repeating: 0, count: outer * inner), deviations = values
    for o in 0..<outer {
      for level in 0..<length {
        for i in 0..<inner { means[o * inner + i] += values[(o * length + level) * inner + i] / Double(length) }
      }
      for level in 0..<length {
        for i in 0..<inner { deviations[(o * length + level) * inner + i] -= means[o * inner + i] }
      }
    }
    sweep(means, axis: axis + 1, outer: outer, subset: subset, weight: weight * Double(length), into: &squares)
    sweep(
      deviations, axis: axis + 1, outer: outer * length, subset: subset | 1 << axis, weight: weight, into: &squares)
  }
}

extension Factor {
  /// The same with conditions numbered anew within each level of another factor, in the order of their names.
  func numbered(within other: Factor) -> Factor {
    var ranks = [Int](repeating: 0, count: codes.count), rank = 0
    let order = codes.indices.sorted { (other.codes[$0], codes[$0]) < (other.codes[$1], codes[$1]) }
    for (place, row) in order.enumerated() {
      if place == 0 || other.codes[row] != other.codes[order[place - 1]] {
        rank = 1
      } else if codes[row] != codes[order[place - 1]] {
        rank += 1
      }
      ranks[row] = rank
    }
    return Factor(name: name, ranks.map { "\($0)" })
  }
}
