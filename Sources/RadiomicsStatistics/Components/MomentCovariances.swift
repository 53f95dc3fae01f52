import RadiomicsCore
import RadiomicsNumerics

/// Covariances of moment estimates for any pattern of normal rows. Corrected sums of squares are T_i = y'A_i y with
/// A_i = P_i − J, P_i the means of a term's levels and J the mean of all rows, so that
/// cov(T_i, T_j) = 2 tr(A_i V A_j V) = 2 Σ_kl σ²_k σ²_l ⟨Z_k'A_i Z_l, Z_k'A_j Z_l⟩
/// (Searle, Casella and McCulloch 1992, doi:10.1002/9780470316856), and those of the components C = L(σ²σ²') with L
/// linear. As E(s s') = σ²σ²' + C for the estimates s, (1 + L)⁻¹ L(s s') is without bias; where rows are balanced it is
/// 2 MS² / (df + 2) for the variance of a mean square. L depends on the design alone and is found once.
struct MomentCovariances: Sendable {
  /// (1 + L)⁻¹ L on the elements k ≥ l of a symmetric matrix.
  private let map: [[Double]]

  /// Nil if the system cannot be solved.
  /// - Parameters:
  ///   - terms: Of the model; the last component is that of rows.
  ///   - inverse: From corrected sums of squares to components.
  init?(_ terms: [Factor], inverse: [[Double]]) {
    let rows = Factor(name: VarianceDesign.residual, (0..<terms[0].codes.count).map { "\($0)" })
    let factors = terms + [rows], tables = factors.map { a in factors.map { JointCounts(a, $0) } }
    let pairs = factors.indices.flatMap { k in (0...k).map { (k, $0) } }
    // One column of L for each product of two variances.
    let columns = pairs.map { k, l in
      let products = k < terms.count ? Self.products(k, l, tables) : Self.productsWithRows(l, pairs, tables)
      let weight: Double = k == l ? 2 : 4
      return pairs.map { a, b in
        var sum = 0.0
        for ((i, j), product) in zip(pairs, products) {
          let both = inverse[a][i] * inverse[b][j] + (i == j ? 0 : inverse[a][j] * inverse[b][i])
          sum += weight * both * product
        }
        return sum
      }
    }
    let shifted = pairs.indices.map { row in pairs.indices.map { columns[$0][row] + (row == $0 ? 1 : 0) } }
    guard let solved = inverted(shifted) else { return nil }
    // (1 + L)⁻¹ L = 1 − (1 + L)⁻¹.
    map = pairs.indices.map { row in pairs.indices.map { (row == $0 ? 1 : 0) - solved[row][$0] } }
  }

  /// ⟨Z_k'A_i Z_l, Z_k'A_j Z_l⟩ for i ≥ j: row by row of Z_k'A_i Z_l, whose elements are Σ_g n_kg n_gl / n_g − n_k n_l / n.
  private static func products(_ k: Int, _ l: Int, _ tables: [[JointCounts]]) -> [Double] {
    let sizes = tables[l][l].sizes, n = sizes.reduce(0, +)
    var sums = [Double](repeating: 0, count: tables.count * (tables.count + 1) / 2)
    var parts = [[Double]](repeating: [Double](repeating: 0, count: sizes.count), count: tables.count)
    for level in tables[k][k].sizes.indices {
      let share = tables[k][k].sizes[level] / n
      for i in parts.indices {
        for m in sizes.indices { parts[i][m] = -share * sizes[m] }
        for (group, joint) in tables[k][i].rows[level] {
          let weight = joint / tables[i][i].sizes[group]
          for (m, other) in tables[i][l].rows[group] { parts[i][m] += weight * other }
        }
      }
      var place = 0
      for i in parts.indices {
        for j in 0...i {
          var sum = 0.0
          for m in sizes.indices { sum += parts[i][m] * parts[j][m] }
          sums[place] += sum
          place += 1
        }
      }
    }
    return sums
  }

  /// The same for the rows' own component k, without a matrix of rows: tr(P_i P_j) − 1 for l = k, else
  /// Σ_gh n_gh / (n_g n_h) Σ_m n_gm n_hm − Σ_m n_m² / n with g, h, m levels of i, j, l.
  private static func productsWithRows(_ l: Int, _ pairs: [(Int, Int)], _ tables: [[JointCounts]]) -> [Double] {
    let sizes = tables[l][l].sizes, n = sizes.reduce(0, +), isRows = l == tables.count - 1
    let ofMean = isRows ? 1 : sizes.reduce(0) { $0 + $1 * $1 } / n
    return pairs.map { i, j in
      var sum = 0.0
      for (g, row) in tables[i][j].rows.enumerated() {
        for (h, joint) in row {
          let shared = isRows ? joint : product(tables[i][l].rows[g], tables[j][l].rows[h])
          sum += joint * shared / (tables[i][i].sizes[g] * tables[j][j].sizes[h])
        }
      }
      return sum - ofMean
    }
  }

  /// Σ of the products of counts of the same level; both in order of levels.
  private static func product(_ a: [JointCounts.Cell], _ b: [JointCounts.Cell]) -> Double {
    var sum = 0.0, i = 0, j = 0
    while i < a.count, j < b.count {
      if a[i].level == b[j].level { sum += a[i].count * b[j].count }
      let (step, other) = (a[i].level <= b[j].level, b[j].level <= a[i].level)
      if step { i += 1 }
      if other { j += 1 }
    }
    return sum
  }

  /// Covariances of estimates.
  func covariances(_ variances: [Double]) -> [[Double]] {
    let products = variances.indices.flatMap { k in (0...k).map { variances[k] * variances[$0] } }
    var covariances = variances.map { _ in [Double](repeating: 0, count: variances.count) }, place = 0
    for k in variances.indices {
      for l in 0...k {
        let value = dot(map[place], products)
        (covariances[k][l], covariances[l][k]) = (value, value)
        place += 1
      }
    }
    return covariances
  }
}

/// How many rows two factors' levels share.
private struct JointCounts {
  typealias Cell = (level: Int, count: Double)
  /// For each level of the first: levels of the second with the number of rows, where there are any; in order.
  let rows: [[Cell]]
  /// Rows of each level of the first.
  let sizes: [Double]

  init(_ first: Factor, _ second: Factor) {
    var joint = [[Int: Double]](repeating: [:], count: first.levels.count)
    for (a, b) in zip(first.codes, second.codes) { joint[a][b, default: 0] += 1 }
    rows = joint.map { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    sizes = rows.map { $0.reduce(0) { $0 + $1.count } }
  }
}
