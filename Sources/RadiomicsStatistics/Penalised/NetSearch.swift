import RadiomicsCore
import RadiomicsNumerics

/// Columns in units of their standard deviations around 0, in the order of a loss, with one of ones where the model has a constant.
struct ScaledColumns {
  /// Column by column, and number of rows and columns.
  let elements: [Double], rows: Int, count: Int
  /// Of the columns that were given.
  let centers: [Double], scales: [Double]

  /// A column that does not vary becomes 0.
  init(_ design: Matrix, _ weights: [Double], order: [Int], scales isScaled: Bool, constant: Bool) {
    let n = order.count, p = design.columns
    var elements = [Double](repeating: constant ? 1 : 0, count: n * (p + (constant ? 1 : 0)))
    var centers: [Double] = [], scales: [Double] = []
    for j in 0..<p {
      let column = design.column(j)
      let center = pairwiseSum(column.count) { column[$0] * weights[$0] }
      let spread = pairwiseSum(column.count) { row in
        let off = column[row] - center
        return weights[row] * off * off
      }.squareRoot()
      let varies = spread > 1e-12 * abs(center)
      let scale = isScaled && varies ? spread : 1
      for (place, row) in order.enumerated() {
        elements[j * n + place] = varies ? (column[row] - center) / scale : 0
      }
      centers.append(center)
      scales.append(scale)
    }
    (self.elements, rows, count) = (elements, n, p + (constant ? 1 : 0))
    (self.centers, self.scales) = (centers, scales)
  }
}

/// The search for the coefficients of one penalty after the other.
struct NetSearch<Loss: PenalisedLoss> {
  private(set) var loss: Loss
  /// Of the scaled columns, the constant last.
  private(set) var coefficients: [Double]
  /// xⱼ' times the loss's pull, of columns that were looked at last.
  private var slopes: [Double]
  private let columns: ScaledColumns, factors: [Double], mix: Double, ridgeScale: Double, offset: [Double]
  private var predictors: [Double]
  private var quadratic = QuadraticNet(), gram: GramOfColumns

  init(
    _ loss: Loss, _ columns: ScaledColumns, factors: [Double], mix: Double, ridgeScale: Double, offset: [Double]?
  ) {
    (self.loss, self.columns, self.factors, self.mix) = (loss, columns, factors, mix)
    self.ridgeScale = ridgeScale
    self.offset = offset ?? [Double](repeating: 0, count: columns.rows)
    coefficients = [Double](repeating: 0, count: columns.count)
    slopes = coefficients
    gram = GramOfColumns(columns: columns.count)
    predictors = self.offset
    self.loss.move(to: predictors)
  }

  /// Fits the columns without penalty alone; the loss then.
  mutating func fitWithoutPenalised() throws(ModelError) -> Double {
    let free = factors.indices.filter { factors[$0] == 0 }
    findSlopes(free)
    try newton(among: free, 0, tolerance: 1e-10)
    // Slopes vanish on the way to infinity too.
    if !loss.isQuadratic, free.contains(where: { abs(coefficients[$0]) > 20 }) { throw Self.noMaximum(0) }
    findAllSlopes()
    return loss.loss
  }

  /// The smallest penalty that leaves only those, where they have been fitted.
  var largestPenalty: Double {
    factors.indices.reduce(0) { largest, j in
      factors[j] > 0 ? max(largest, abs(slopes[j]) / (factors[j] * max(mix, 0.001))) : largest
    }
  }

  /// Finds the coefficients of a penalty, from those of the one before, of which all slopes are known.
  mutating func fit(_ penalty: Double, before: Double) throws(ModelError) {
    let limit = mix * (2 * penalty - before)
    var isIn = factors.indices.map { coefficients[$0] != 0 || abs(slopes[$0]) >= factors[$0] * limit }
    while true {
      let among = isIn.indices.filter { isIn[$0] }
      try newton(among: among, penalty, tolerance: 1e-8 * penalty)
      findAllSlopes()
      var isDone = true
      for j in isIn.indices where !isIn[j] && abs(slopes[j]) > mix * penalty * factors[j] * (1 + 1e-9) {
        (isIn[j], isDone) = (true, false)
      }
      if isDone { return }
    }
  }

  /// Newton's steps among some columns, of which the slopes are known, until no slope is off by more than the tolerance, or as near as
  /// rounding lets them come.
  private mutating func newton(among: [Int], _ penalty: Double, tolerance: Double) throws(ModelError) {
    var best = Double.infinity, idle = 0
    for _ in 0..<200 {
      var worst = 0.0
      let working = among.filter { j in
        let limit = mix * penalty * factors[j], b = coefficients[j], ridge = ridge(j, penalty)
        let off = b == 0 ? abs(slopes[j]) - limit : abs(slopes[j] - ridge * b - (b > 0 ? limit : -limit))
        worst = max(worst, off)
        return b != 0 || off > 0 || factors[j] == 0
      }
      idle = worst < best / 2 ? 0 : idle + 1
      if worst <= tolerance || idle > 3 && worst <= 1000 * tolerance { return }
      // Old second derivatives do as long as they bring us nearer by much.
      if !gram.isKnown || !loss.isQuadratic && worst > best / 4 { gram.renew(loss.curvature()) }
      best = min(best, worst)
      guard step(working, penalty) else { return }
      findSlopes(among)
    }
    throw Self.noMaximum(penalty)
  }

  private static func noMaximum(_ penalty: Double) -> ModelError {
    .at(
      "penalty \(shortText(penalty))",
      "the likelihood has no maximum. Penalise all columns, or take a larger penalty.")
  }

  private func ridge(_ j: Int, _ penalty: Double) -> Double { (1 - mix) * penalty * factors[j] * ridgeScale }

  /// Goes to the minimum of the second-order expansion, or so far towards it that the penalised loss falls; whether it moved.
  private mutating func step(_ working: [Int], _ penalty: Double) -> Bool {
    let old = working.map { coefficients[$0] }
    let lasso = working.map { mix * penalty * factors[$0] }, ridges = working.map { ridge($0, penalty) }
    var new = old
    gram.include(working, columns)
    quadratic.solve(
      gram, QuadraticNet.Problem(places: working.map { gram.place[$0] }, lasso: lasso, ridge: ridges),
      slopes: working.map { slopes[$0] }, &new)
    func cost(_ b: [Double]) -> Double {
      b.indices.reduce(0) { $0 + lasso[$1] * abs(b[$1]) + ridges[$1] * b[$1] * b[$1] / 2 }
    }
    let before = loss.loss + cost(old), start = predictors
    var share = 1.0
    while true {
      let tried = share == 1 ? new : zip(old, new).map { $0 + share * ($1 - $0) }
      for (place, j) in working.enumerated() { coefficients[j] = tried[place] }
      findPredictors()
      loss.move(to: predictors)
      if loss.isQuadratic || loss.loss + cost(tried) <= before + 1e-14 * abs(before) { return true }
      share /= 2
      guard share > 1e-6 else { break }
    }
    // What is left to gain is below the rounding of the loss.
    for (place, j) in working.enumerated() { coefficients[j] = old[place] }
    predictors = start
    loss.move(to: predictors)
    return false
  }

  private mutating func findPredictors() {
    let n = columns.rows
    predictors = offset
    columns.elements.withUnsafeBufferPointer { elements in
      predictors.withUnsafeMutableBufferPointer { predictors in
        for (j, value) in coefficients.enumerated() where value != 0 {
          DenseKernels.add(value, elements.baseAddress! + j * n, n, to: predictors.baseAddress!)
        }
      }
    }
  }

  private mutating func findSlopes(_ which: [Int]) {
    let n = columns.rows
    columns.elements.withUnsafeBufferPointer { elements in
      loss.pull.withUnsafeBufferPointer { pull in
        for j in which { slopes[j] = DenseKernels.dot(elements.baseAddress! + j * n, pull.baseAddress!, n) }
      }
    }
  }

  private mutating func findAllSlopes() {
    var slopes: [Double] = []
    swap(&slopes, &self.slopes)
    defer { swap(&slopes, &self.slopes) }
    columns.elements.withUnsafeBufferPointer { elements in
      loss.pull.withUnsafeBufferPointer { pull in
        slopes.withUnsafeMutableBufferPointer {
          guard let start = elements.baseAddress else { return }
          DenseKernels.transposedTimes(
            start, rows: columns.rows, columns: columns.count, pull.baseAddress!, into: $0.baseAddress!)
        }
      }
    }
  }
}

/// X'HX of columns, each pair made once while the second derivatives are held.
struct GramOfColumns {
  /// Changes with the second derivatives.
  private(set) var version = 0
  private var curvature: Curvature?
  /// Where each column of X stands; -1 for those that do not.
  private(set) var place: [Int]
  /// How many do.
  private(set) var count = 0
  /// Columns of A and M, and their products in a square of `room`.
  private var roots: [Double] = [], means: [Double] = [], pairs: [Double] = [], room = 0

  init(columns: Int) { place = [Int](repeating: -1, count: columns) }

  /// Takes new second derivatives.
  mutating func renew(_ curvature: Curvature) {
    self.curvature = curvature
    version += 1
    count = 0
    for j in place.indices { place[j] = -1 }
  }

  /// Whether there are some.
  var isKnown: Bool { curvature != nil }

  /// All products, by places, column by column and so far apart.
  func withPairs<Result>(_ body: (UnsafePointer<Double>, _ stride: Int) -> Result) -> Result {
    pairs.withUnsafeBufferPointer { body($0.baseAddress!, room) }
  }

  /// Makes the products of some columns where they are not known.
  mutating func include(_ working: [Int], _ columns: ScaledColumns) {
    let new = working.filter { place[$0] < 0 }
    if !new.isEmpty, let curvature { add(new, curvature, columns) }
  }

  private mutating func add(_ new: [Int], _ curvature: Curvature, _ columns: ScaledColumns) {
    let old = count, count = old + new.count, n = columns.rows, lines = curvature.lines
    self.count = count
    if roots.count < count * n { roots += [Double](repeating: 0, count: count * n - roots.count) }
    if means.count < count * lines { means += [Double](repeating: 0, count: count * lines - means.count) }
    if count > room {
      let wider = count + count / 4 + 16
      var larger = [Double](repeating: 0, count: wider * wider)
      for j in 0..<old { for i in 0..<old { larger[j * wider + i] = pairs[j * room + i] } }
      (pairs, room) = (larger, wider)
    }
    columns.elements.withUnsafeBufferPointer { elements in
      roots.withUnsafeMutableBufferPointer { roots in
        means.withUnsafeMutableBufferPointer { means in
          pairs.withUnsafeMutableBufferPointer { pairs in
            for (k, j) in new.enumerated() {
              place[j] = old + k
              let from = elements.baseAddress! + j * n, to = roots.baseAddress! + (old + k) * n
              for i in 0..<n { to[i] = curvature.roots[i] * from[i] }
              curvature.fill?(from, means.baseAddress! + (old + k) * lines)
            }
            func addPairs(_ first: Int, _ end: Int, _ column: Int, _ last: Int) {
              let to = pairs.baseAddress! + column * room + first
              DenseKernels.addProduct(
                roots.baseAddress! + first * n, columns: end - first, roots.baseAddress! + column * n,
                columns: last - column, rows: n, alpha: 1, beta: 0, to: to, stride: room)
              guard lines > 0 else { return }
              DenseKernels.addProduct(
                means.baseAddress! + first * lines, columns: end - first, means.baseAddress! + column * lines,
                columns: last - column, rows: lines, alpha: -1, beta: 1, to: to, stride: room)
            }
            addPairs(0, old, old, count)
            // Of pairs of new columns half, in blocks.
            for column in stride(from: old, to: count, by: 64) {
              addPairs(column, count, column, min(column + 64, count))
            }
            for j in old..<count {
              for i in 0..<old { pairs[i * room + j] = pairs[j * room + i] }
              for i in j + 1..<max(count, j + 1) { pairs[i * room + j] = pairs[j * room + i] }
            }
          }
        }
      }
    }
  }
}
