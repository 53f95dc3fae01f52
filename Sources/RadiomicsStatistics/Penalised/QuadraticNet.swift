import RadiomicsNumerics

/// The minimum over d of d'Hd / 2 − g'd + Σ (lⱼ |bⱼ + dⱼ| + rⱼ (bⱼ + dⱼ)² / 2), H positive semidefinite: a few rounds of coordinate descent,
/// which find what is 0, and a linear system for the rest in turn, the system first where its factor is known. Each step lowers the sum. The
/// result is near to a part of 10⁻⁴ of the way at least; who calls it again from there comes as near as needed. The factor of a system is kept
/// as far as the next one begins alike.
struct QuadraticNet {
  /// What is minimised, for some of the columns of a `GramOfColumns`.
  struct Problem {
    /// Where each column stands in H, and its l and r.
    let places: [Int], lasso: [Double], ridge: [Double]
  }

  /// The factor, of columns by their places in the order in which they came, with columns `room` apart.
  private var factor: [Double] = [], order: [Int] = [], room = 0
  /// For which matrix and ridges it was made, and whether those are others now.
  private var version = -1, ridges: [Double] = [], isStale = false
  /// g − Hd, and the right side of a system and its solution, for each place of H.
  private var slope: [Double] = [], right: [Double] = [], change: [Double] = []
  /// Which column of this problem stands at a place.
  private var column: [Int] = []

  /// - `slopes`: g.
  /// - `b`: Where the search begins, and its result.
  mutating func solve(_ gram: GramOfColumns, _ problem: Problem, slopes: [Double], _ b: inout [Double]) {
    prepare(gram, problem, slopes)
    defer { for place in problem.places { column[place] = -1 } }
    var first = 0.0, moved = 0.0
    if isStale {
      // The factor for another ridge brings us most of the way, at the price of two rounds.
      if isFactored(b) { _ = followFactor(gram, &b, problem) }
      order.removeAll(keepingCapacity: true)
    }
    for cycle in 0..<1000 {
      var rounds = 0
      let limit = cycle == 0 && isFactored(b) ? 0 : 4
      while rounds < limit {
        moved = round(gram, &b, problem)
        first = max(first, moved)
        rounds += 1
        if moved <= 1e-8 * first { return }
      }
      switch solveSystem(gram, &b, problem) {
      case .minimum: return
      case .onTheWay: continue
      case .singular:
        // Columns that are combinations of each other: a part of 10⁻⁸ more on the diagonal makes a system whose solution lowers the sum, and is
        // right but for that part; who calls again comes nearer by it each time.
        order.removeAll(keepingCapacity: true)
        defer { order.removeAll(keepingCapacity: true) }
        if findFactor(gram, b, problem, more: 1e-8) { _ = followFactor(gram, &b, problem) }
        for _ in 0..<100 {
          moved = round(gram, &b, problem)
          first = max(first, moved)
          if moved <= 1e-20 * first { break }
        }
        return
      }
    }
  }

  private mutating func prepare(_ gram: GramOfColumns, _ problem: Problem, _ slopes: [Double]) {
    if gram.version != version {
      order.removeAll(keepingCapacity: true)
      version = gram.version
    }
    if column.count < gram.count {
      let more = gram.count + gram.count / 2
      column = [Int](repeating: -1, count: more)
      slope = [Double](repeating: 0, count: more)
      (right, change) = (slope, slope)
      ridges += [Double](repeating: 0, count: more - ridges.count)
    }
    for (j, place) in problem.places.enumerated() {
      column[place] = j
      slope[place] = slopes[j]
    }
    isStale = order.contains { column[$0] >= 0 && problem.ridge[column[$0]] != ridges[$0] }
    for (j, place) in problem.places.enumerated() { ridges[place] = problem.ridge[j] }
  }

  /// Whether the factor is that of the coefficients that are not 0.
  private func isFactored(_ b: [Double]) -> Bool {
    !order.isEmpty && order.count == b.count { $0 != 0 } && order.allSatisfy { column[$0] >= 0 && b[column[$0]] != 0 }
  }

  /// One round of coordinate descent: by how much it moved, in the units of the sum.
  private mutating func round(_ gram: GramOfColumns, _ b: inout [Double], _ problem: Problem) -> Double {
    var largest = 0.0
    let count = gram.count, places = problem.places.span, lasso = problem.lasso.span, ridge = problem.ridge.span
    var values = b.mutableSpan
    slope.withUnsafeMutableBufferPointer { slope in
      gram.withPairs { pairs, room in
        for j in places.indices {
          let place = places[j], row = pairs + place * room, curvature = row[place]
          guard curvature > 0 else { continue }
          let old = values[j], pull = slope[place] + curvature * old, limit = lasso[j]
          guard old != 0 || abs(pull) > limit else { continue }
          let shrunk = pull > limit ? pull - limit : pull < -limit ? pull + limit : 0
          let new = shrunk / (curvature + ridge[j]), change = new - old
          guard change != 0 else { continue }
          values[j] = new
          DenseKernels.add(-change, row, count, to: slope.baseAddress!)
          largest = max(largest, curvature * change * change)
        }
      }
    }
    return largest
  }

  private enum Found { case minimum, onTheWay, singular }

  /// Solves for the coefficients that are not 0 with their signs held, and goes there; those whose signs would change become 0.
  private mutating func solveSystem(_ gram: GramOfColumns, _ b: inout [Double], _ problem: Problem) -> Found {
    guard findFactor(gram, b, problem) else { return .singular }
    return followFactor(gram, &b, problem)
  }

  /// Solves by the factor as it is.
  private mutating func followFactor(_ gram: GramOfColumns, _ b: inout [Double], _ problem: Problem) -> Found {
    let lasso = problem.lasso
    for (row, place) in order.enumerated() {
      let j = column[place]
      right[row] = slope[place] - (b[j] > 0 ? lasso[j] : -lasso[j]) - problem.ridge[j] * b[j]
    }
    right.withUnsafeMutableBufferPointer { right in
      factor.withUnsafeBufferPointer {
        guard let start = $0.baseAddress else { return }
        DenseKernels.solve(factor: start, size: order.count, stride: room, right.baseAddress!)
      }
    }
    // All the way, with what would change its sign on it at 0; or, where that does not lower the sum, to the first such change.
    var share = 1.0, first = -1
    for (row, place) in order.enumerated() {
      let j = column[place], new = b[j] + right[row]
      change[place] = right[row]
      guard lasso[j] > 0, (new > 0) != (b[j] > 0) else { continue }
      change[place] = -b[j]
      let to = -b[j] / right[row]
      if first < 0 || to < share { (share, first) = (to, place) }
    }
    let before = b, growth = move(gram, &b, problem)
    guard first >= 0 else { return isMinimum(b, problem) ? .minimum : .onTheWay }
    if growth > 0 {
      for (row, place) in order.enumerated() {
        let j = column[place]
        change[place] = (place == first ? 0 : before[j] + share * right[row]) - b[j]
      }
      _ = move(gram, &b, problem)
    }
    return .onTheWay
  }

  /// Changes coefficients, and gives by how much the sum grows.
  private mutating func move(_ gram: GramOfColumns, _ b: inout [Double], _ problem: Problem) -> Double {
    var growth = 0.0
    func half() -> Double { order.reduce(0) { $0 - change[$1] * slope[$1] / 2 } }
    growth += half()
    gram.withPairs { pairs, room in
      slope.withUnsafeMutableBufferPointer { slope in
        DenseKernels.addTransposedTimes(
          -1, pairs, rows: gram.count, columns: gram.count, stride: room, change, to: slope.baseAddress!)
      }
    }
    growth += half()
    for place in order {
      let j = column[place], old = b[j], new = old + change[place]
      growth += problem.lasso[j] * (abs(new) - abs(old)) + problem.ridge[j] * (new * new - old * old) / 2
      b[j] = new
      change[place] = 0
    }
    return growth
  }

  private func isMinimum(_ b: [Double], _ problem: Problem) -> Bool {
    for (j, place) in problem.places.enumerated() where b[j] == 0 && abs(slope[place]) > problem.lasso[j] * (1 + 1e-10)
    {
      return false
    }
    return true
  }

  /// The factor of what belongs to coefficients that are not 0: of the old one as much as begins alike.
  /// - `more`: What is added to the diagonal, as a part of it.
  private mutating func findFactor(_ gram: GramOfColumns, _ b: [Double], _ problem: Problem, more: Double = 0) -> Bool {
    let known = order.firstIndex { column[$0] < 0 || b[column[$0]] == 0 } ?? order.count
    var rest = order[known...].filter { column[$0] >= 0 && b[column[$0]] != 0 }
    order.removeSubrange(known...)
    var isHeld = [Bool](repeating: false, count: gram.count)
    for place in order + rest { isHeld[place] = true }
    for (j, place) in problem.places.enumerated() where b[j] != 0 && !isHeld[place] { rest.append(place) }
    order += rest
    let count = order.count
    if count > room {
      let wider = count + count / 4 + 16
      var larger = [Double](repeating: 0, count: wider * wider)
      for j in 0..<known { for i in j..<known { larger[j * wider + i] = factor[j * room + i] } }
      (factor, room) = (larger, wider)
    }
    let isFactored = factor.withUnsafeMutableBufferPointer { factor -> Bool in
      gram.withPairs { pairs, stride in
        for (j, place) in order.enumerated() {
          let from = pairs + place * stride, to = factor.baseAddress! + j * room
          for row in max(j, known)..<max(count, j, known) { to[row] = from[order[row]] }
          if j >= known { to[j] += problem.ridge[column[place]] + more * to[j] }
        }
        guard DenseKernels.factor(factor.baseAddress!, size: count, known: known, stride: room) else { return false }
        // What rounding leaves of a combination of other columns is no pivot.
        return order.indices.dropFirst(known).allSatisfy { j in
          let pivot = factor[j * room + j], own = pairs[order[j] * stride + order[j]]
          return pivot * pivot > 1e-11 * own
        }
      }
    }
    if !isFactored { order.removeAll(keepingCapacity: true) }
    return isFactored
  }
}
