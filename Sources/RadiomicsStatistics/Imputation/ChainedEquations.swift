import RadiomicsCore
import RadiomicsNumerics

/// Missing values by regressions of each column on others, in turn until they agree: the equations of multiple imputation by chained
/// equations, of which the conditional means are put in. van Buuren and Groothuis-Oudshoorn 2011, doi:10.18637/jss.v045.i03. With equations
/// of least squares on all other columns the values are those to which scikit-learn's `IterativeImputer` converges.
///
/// An equation is of the columns that correlate most with its own, in units of standard deviations and with a small ridge, so that columns
/// that are combinations of others do no harm. What is learnt are the last equations, none of the rows; a row is filled by them alone.
///
/// For instance with y = 2x in all training rows a row (3, –) becomes (3, 6), and a row (–, –) the means of both.
package struct ChainedEquations: Sendable, Hashable, Codable {
  /// What is expected of a column: mean + deviation · (constant + Σ slope · other), others in units of their own deviations from their means.
  package struct Equation: Sendable, Hashable, Codable {
    package let mean: Double, deviation: Double
    package let constant: Double
    /// Places of the other columns.
    package let predictors: [Int], slopes: [Double]
  }

  package let equations: [Equation]

  /// How equations are made.
  package struct Settings: Sendable, Hashable {
    /// How many columns an equation has at most, of those that correlate most; a third of the rows that have its own at most.
    package var predictors = 10
    /// What is added to the variances of an equation's columns, which are 1.
    package var ridge = 1e-5
    /// How often equations are made anew at most, and below which change, in standard deviations, no more.
    package var rounds = 20, tolerance = 1e-4
    /// How often each column is drawn anew before a set counts.
    var drawnRounds = 10

    package init() {}
  }

  /// - `columns`: Of training rows, of equal length, each with at least one value.
  /// - Throws: `ModelError` if columns are combinations of others and there is no ridge.
  package init(_ columns: [[Double?]], _ settings: Settings = Settings()) throws(ModelError) {
    let scales = columns.map { column in
      let values = column.compactMap { $0 }, deviation = values.count > 1 ? variance(values).squareRoot() : 0
      return (mean: mean(values), deviation: deviation)
    }
    let known = columns.map { column in column.indices.filter { column[$0] != nil } }
    var units = zip(columns, scales).map { column, scale in
      column.map { value in
        value.flatMap { scale.deviation > 0 ? ($0 - scale.mean) / scale.deviation : nil } ?? 0
      }
    }
    let predictors = Self.predictors(units, known.map { min(settings.predictors, $0.count / 3) })
    let holed = columns.indices.filter { known[$0].count < columns[$0].count && scales[$0].deviation > 0 }
    let order = ascendingOrder(of: holed.map { -Double(known[$0].count) }).map { holed[$0] }
    func equation(_ j: Int) throws(ModelError) -> Equation {
      let (constant, slopes) = try Self.regression(units[j], predictors[j].map { units[$0] }, known[j], settings.ridge)
      return Equation(
        mean: scales[j].mean, deviation: scales[j].deviation, constant: constant, predictors: predictors[j],
        slopes: slopes)
    }
    for _ in 0..<(order.isEmpty ? 0 : settings.rounds) {
      var change = 0.0
      for j in order {
        let equation = try equation(j)
        for row in units[j].indices where columns[j][row] == nil {
          let value = equation.expected { units[$0][row] }
          change = max(change, abs(value - units[j][row]))
          units[j][row] = value
        }
      }
      if change < settings.tolerance { break }
    }
    var equations: [Equation] = []
    for j in columns.indices { equations.append(try equation(j)) }
    self.equations = equations
  }

  /// For each column those that correlate most with it, the first of equal ones; means stand for missing values.
  private static func predictors(_ units: [[Double]], _ counts: [Int]) -> [[Int]] {
    let gram = Matrix(columns: units, rows: units.first?.count ?? 0).gram()
    return units.indices.map { j in
      let sizes = units.indices.map { k in
        k == j || gram[k, k] == 0 ? 0 : gram[k, j] * gram[k, j] / gram[k, k]
      }
      return ascendingOrder(of: sizes.map { -$0 }).prefix(counts[j]).filter { sizes[$0] > 0 }.sorted()
    }
  }

  /// Least squares over the rows in which the column is known, with a ridge.
  static func regression(
    _ column: [Double], _ others: [[Double]], _ rows: [Int], _ ridge: Double
  ) throws(ModelError) -> (constant: Double, slopes: [Double]) {
    let n = Double(rows.count), own = rows.map { column[$0] }, center = mean(own)
    guard !others.isEmpty else { return (center, []) }
    let parts = others.map { other in rows.map { other[$0] } }, centers = parts.map(mean)
    let design = Matrix(
      columns: zip(parts, centers).map { part, center in part.map { $0 - center } }, rows: rows.count)
    var products = design.gram()
    for k in others.indices { products[k, k] += ridge * n }
    let isUnique = ridge > 0 || design.independentColumns().count == others.count
    guard isUnique, let factor = Cholesky(products) else {
      throw ModelError.value("ridge", ridge, must: "above 0 where features are combinations of others")
    }
    let slopes = factor.solve(design.transposedTimes(own.map { $0 - center }))
    return (center - dot(slopes, centers), slopes)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    equations = try parts.decode([Equation].self, forKey: .equations)
    guard
      equations.allSatisfy({
        $0.predictors.count == $0.slopes.count && $0.predictors.allSatisfy(equations.indices.contains)
      })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .equations, in: parts, debugDescription: "are of columns that are not there")
    }
  }

  /// Some columns and those that their equations need, and so on, ascending.
  package func chain(of columns: [Int]) -> [Int] {
    var found = Set(columns), open = columns
    while let next = open.popLast() {
      for other in equations[next].predictors where found.insert(other).inserted { open.append(other) }
    }
    return found.sorted()
  }

  /// The equations of some columns, ascending, which must be a chain.
  package func only(_ columns: [Int]) -> ChainedEquations {
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    return ChainedEquations(
      equations: columns.map { column in
        let old = equations[column]
        return Equation(
          mean: old.mean, deviation: old.deviation, constant: old.constant,
          predictors: old.predictors.map { places[$0]! }, slopes: old.slopes)
      })
  }

  init(equations: [Equation]) { self.equations = equations }

  /// The columns of rows, with a value wherever one was missing; each row by itself.
  package func filled(_ rows: [[Double?]]) -> [[Double?]] {
    precondition(rows.count == equations.count, "the columns of the training rows")
    var filled = rows
    for row in 0..<(rows.first?.count ?? 0) {
      let missing = rows.indices.filter { rows[$0][row] == nil }
      guard !missing.isEmpty else { continue }
      let values = settled(rows.map { $0[row] }, missing)
      for column in missing {
        filled[column][row] = equations[column].mean + equations[column].deviation * values[column]
      }
    }
    return filled
  }

  /// A row in units, where what is missing is what its equations expect of the others.
  private func settled(_ row: [Double?], _ missing: [Int]) -> [Double] {
    var units = zip(row, equations).map { value, equation in
      value.flatMap { equation.deviation > 0 ? ($0 - equation.mean) / equation.deviation : nil } ?? 0
    }
    for _ in 0..<Self.sweeps {
      var change = 0.0
      for j in missing {
        let value = equations[j].expected { units[$0] }
        change = max(change, abs(value - units[j]))
        units[j] = value
      }
      if change < 1e-13 { break }
    }
    return units
  }

  /// How often a row is gone through at most.
  private static let sweeps = 500
}

extension ChainedEquations.Equation {
  /// In units, within five standard deviations, as far as any column is trusted.
  func expected(_ other: (Int) -> Double) -> Double {
    var sum = constant
    for (place, slope) in zip(predictors, slopes) { sum += slope * other(place) }
    return max(-5, min(5, sum))
  }
}
