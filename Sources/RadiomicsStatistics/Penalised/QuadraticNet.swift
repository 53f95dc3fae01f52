import RadiomicsNumerics

/// The minimum of b'Hb / 2 − q'b + Σ (lⱼ |bⱼ| + rⱼ bⱼ² / 2), H positive semidefinite: rounds of coordinate descent, and where they
/// come near it slowly, as with columns that are much alike, a linear system for the coefficients that are not 0. Each step
/// lowers the sum. The result is near to a part of 10⁻⁴ of the way at least; who calls it again from there comes as near as needed. The
/// factor of a system is kept as far as the next one begins alike.
struct QuadraticNet {
  /// The factor, of columns by their names in the order in which they came, with columns `room` apart.
  private var factor: [Double] = [], order: [Int] = [], room = 0
  /// For which matrix and ridge it was made.
  private var version = -1, ridges: [Double] = []
  private var slope: [Double] = [], right: [Double] = []
  /// Where a named column stands in this problem.
  private var places: [Int] = []

  /// - `information`: H, as large as `linear`, column by column; all of it.
  /// - `names`: One number for each column, which stays while `version` does.
  /// - `version`: Of H; equal where H has the same elements for the same names.
  /// - `linear`: q.
  /// - `b`: Where the search begins, and its result.
  /// - `lasso`: l, and `ridge` r, of each coefficient.
  mutating func solve(
    _ information: [Double], names: [Int], version: Int, _ linear: [Double], _ b: inout [Double], lasso: [Double],
    ridge: [Double]
  ) {
    if version != self.version || ridges.count > 0 && ridge != ridges {
      order.removeAll(keepingCapacity: true)
      self.version = version
    }
    ridges = ridge.contains { $0 != 0 } ? ridge : []
    let size = linear.count
    if slope.count < size {
      slope = [Double](repeating: 0, count: 2 * size)
      right = slope
    }
    let last = names.max() ?? -1
    if places.count <= last { places = [Int](repeating: -1, count: 2 * last + 1) }
    for (place, name) in names.enumerated() { places[name] = place }
    defer { for name in names { places[name] = -1 } }
    findSlope(information, linear, b)
    // As many rounds as a system would cost; where they come near the minimum fast, none is solved.
    let limit = max(4, size / 8)
    var first = 0.0
    for _ in 0..<1000 {
      var moved = 0.0, rounds = 0
      repeat {
        moved = round(information, &b, lasso, ridge)
        first = max(first, moved)
        rounds += 1
      } while rounds < limit && moved > 1e-8 * first
      if moved <= 1e-8 * first { return }
      switch solveSystem(information, names, linear, &b, lasso, ridge) {
      case .minimum: return
      case .onTheWay: continue
      case .singular:
        order.removeAll(keepingCapacity: true)
        for _ in 0..<100_000 where moved > 1e-20 * first { moved = round(information, &b, lasso, ridge) }
        return
      }
    }
  }

  /// q − Hb.
  private mutating func findSlope(_ information: [Double], _ linear: [Double], _ b: [Double]) {
    let size = linear.count
    slope.withUnsafeMutableBufferPointer { slope in
      information.withUnsafeBufferPointer { information in
        for i in 0..<size { slope[i] = linear[i] }
        for j in 0..<size where b[j] != 0 {
          DenseKernels.add(-b[j], information.baseAddress! + j * size, size, to: slope.baseAddress!)
        }
      }
    }
  }

  /// One round of coordinate descent: by how much it moved, in the units of the sum.
  private mutating func round(
    _ information: [Double], _ b: inout [Double], _ lasso: [Double], _ ridge: [Double]
  ) -> Double {
    let size = b.count
    var largest = 0.0
    slope.withUnsafeMutableBufferPointer { slope in
      information.withUnsafeBufferPointer { information in
        for j in 0..<size {
          let curvature = information[j * size + j]
          guard curvature > 0 else { continue }
          let old = b[j], pull = slope[j] + curvature * old, limit = lasso[j]
          guard old != 0 || abs(pull) > limit else { continue }
          let shrunk = pull > limit ? pull - limit : pull < -limit ? pull + limit : 0
          let new = shrunk / (curvature + ridge[j]), change = new - old
          guard change != 0 else { continue }
          b[j] = new
          DenseKernels.add(-change, information.baseAddress! + j * size, size, to: slope.baseAddress!)
          largest = max(largest, curvature * change * change)
        }
      }
    }
    return largest
  }

  private enum Found { case minimum, onTheWay, singular }

  /// Solves for the coefficients that are not 0 with their signs held, and goes there, or to the first sign that would change.
  private mutating func solveSystem(
    _ information: [Double], _ names: [Int], _ linear: [Double], _ b: inout [Double], _ lasso: [Double],
    _ ridge: [Double]
  ) -> Found {
    guard findFactor(information, names, b, ridge) else { return .singular }
    let count = order.count
    for (place, name) in order.enumerated() {
      let j = places[name]
      right[place] = linear[j] - (b[j] > 0 ? lasso[j] : -lasso[j])
    }
    right.withUnsafeMutableBufferPointer { right in
      factor.withUnsafeBufferPointer {
        guard let start = $0.baseAddress else { return }
        DenseKernels.solve(factor: start, size: count, stride: room, right.baseAddress!)
      }
    }
    var share = 1.0, first = -1
    for (place, name) in order.enumerated() {
      let j = places[name]
      guard lasso[j] > 0, (right[place] > 0) != (b[j] > 0) else { continue }
      let to = b[j] / (b[j] - right[place])
      if to < share { (share, first) = (to, j) }
    }
    for (place, name) in order.enumerated() {
      let j = places[name]
      b[j] += share * (right[place] - b[j])
    }
    if first >= 0 { b[first] = 0 }
    findSlope(information, linear, b)
    guard first < 0 else { return .onTheWay }
    for j in b.indices where b[j] == 0 && abs(slope[j]) > lasso[j] * (1 + 1e-10) { return .onTheWay }
    return .minimum
  }

  /// The factor of what belongs to coefficients that are not 0: of the old one as much as begins alike.
  private mutating func findFactor(_ information: [Double], _ names: [Int], _ b: [Double], _ ridge: [Double]) -> Bool {
    let size = b.count, known = order.firstIndex { places[$0] < 0 || b[places[$0]] == 0 } ?? order.count
    var rest = order[known...].filter { places[$0] >= 0 && b[places[$0]] != 0 }
    order.removeSubrange(known...)
    let held = Set(order + rest)
    rest += names.indices.filter { b[$0] != 0 && !held.contains(names[$0]) }.map { names[$0] }
    order += rest
    let count = order.count
    if count > room {
      let wider = 2 * count + 16
      var larger = [Double](repeating: 0, count: wider * wider)
      for j in 0..<known { for i in j..<known { larger[j * wider + i] = factor[j * room + i] } }
      (factor, room) = (larger, wider)
    }
    let isFactored = factor.withUnsafeMutableBufferPointer { factor -> Bool in
      information.withUnsafeBufferPointer { information in
        for column in 0..<count {
          let from = information.baseAddress! + places[order[column]] * size
          let to = factor.baseAddress! + column * room
          for row in max(column, known)..<max(count, column, known) { to[row] = from[places[order[row]]] }
          if column >= known { to[column] += ridge[places[order[column]]] }
        }
        return DenseKernels.factor(factor.baseAddress!, size: count, known: known, stride: room)
      }
    }
    if !isFactored { order.removeAll(keepingCapacity: true) }
    return isFactored
  }
}
