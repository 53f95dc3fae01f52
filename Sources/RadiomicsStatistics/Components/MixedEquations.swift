import RadiomicsCore
import RadiomicsNumerics

/// Henderson's mixed model equations of any design, C = Λ Z'Z Λ + I bordered by the mean, as an arrow: effects that are
/// nested in the levels of one term (subjects, mostly) make up small blocks, all others and the mean are the border. C is
/// factored block by block, so that the cost is linear in the rows.
struct MixedEquations: Sendable {
  /// Places of a block's effects, and where its matrices begin.
  struct Block: Sendable {
    let start: Int, size: Int
    let diagonal: Int, border: Int
  }

  let rowCount: Int
  let termCount: Int
  /// Levels of each term.
  let levelCounts: [Int]
  /// The place of each row's effect, one term after the other; places of blocks come first, then the border's.
  let places: [[Int32]]
  /// The term of each place but the last, which is the mean.
  let termOfPlace: [Int]
  let blocks: [Block]
  /// Number of places in blocks and in the border (the mean included).
  let inner: Int, border: Int
  /// Common rows of effects: within blocks, of blocks and border, within the border.
  private let diagonalCounts: [Double], borderCounts: [Double], cornerCounts: [Double]

  init(_ design: VarianceDesign) {
    let terms = design.terms, n = design.count
    let nested = terms.map { hub in terms.map { $0.isNested(in: hub) } }
    func borderSize(_ hub: Int) -> Int {
      terms.indices.reduce(1) { nested[hub][$1] ? $0 : $0 + terms[$1].levels.count }
    }
    let hub = terms.indices.min { borderSize($0) < borderSize($1) }!
    let isInner = nested[hub]
    // Effects of each block in order of the hub's levels.
    var levelsOfBlock = [[(term: Int, level: Int)]](repeating: [], count: terms[hub].levels.count)
    for (index, term) in terms.enumerated() where isInner[index] {
      var isSeen = [Bool](repeating: false, count: term.levels.count)
      for row in 0..<n where !isSeen[term.codes[row]] {
        isSeen[term.codes[row]] = true
        levelsOfBlock[terms[hub].codes[row]].append((index, term.codes[row]))
      }
    }
    var placeOfLevel = terms.map { [Int32](repeating: 0, count: $0.levels.count) }
    var termOfPlace: [Int] = [], sizes: [Int] = []
    for levels in levelsOfBlock {
      sizes.append(levels.count)
      for (term, level) in levels {
        placeOfLevel[term][level] = Int32(termOfPlace.count)
        termOfPlace.append(term)
      }
    }
    inner = termOfPlace.count
    for (index, term) in terms.enumerated() where !isInner[index] {
      for level in term.levels.indices {
        placeOfLevel[index][level] = Int32(termOfPlace.count)
        termOfPlace.append(index)
      }
    }
    let border = termOfPlace.count - inner + 1
    var blocks: [Block] = [], start = 0, diagonal = 0
    for size in sizes {
      blocks.append(Block(start: start, size: size, diagonal: diagonal, border: start * border))
      start += size
      diagonal += size * size
    }
    rowCount = n
    termCount = terms.count
    levelCounts = terms.map(\.levels.count)
    places = terms.enumerated().map { index, term in term.codes.map { placeOfLevel[index][$0] } }
    self.termOfPlace = termOfPlace
    self.blocks = blocks
    self.border = border
    (diagonalCounts, borderCounts, cornerCounts) = Self.counts(
      places, terms[hub].codes, blocks, rows: n, inner: inner, border: border, diagonal: diagonal)
  }

  private static func counts(
    _ places: [[Int32]], _ hub: [Int], _ blocks: [Block], rows: Int, inner: Int, border: Int, diagonal: Int
  ) -> ([Double], [Double], [Double]) {
    var diagonals = [Double](repeating: 0, count: diagonal), borders = [Double](repeating: 0, count: inner * border)
    var corner = [Double](repeating: 0, count: border * border)
    for row in 0..<rows {
      let block = blocks[hub[row]], all = places.map { Int($0[row]) } + [inner + border - 1]
      for a in all {
        for b in all {
          switch (a < inner, b < inner) {
          case (true, true): diagonals[block.diagonal + (a - block.start) * block.size + b - block.start] += 1
          case (true, false): borders[a * border + b - inner] += 1
          case (false, false): corner[(a - inner) * border + b - inner] += 1
          case (false, true): break
          }
        }
      }
    }
    return (diagonals, borders, corner)
  }

  /// Z'f and the sum of f, at their places.
  func sums<Real: RealNumber>(_ f: [Real]) -> [Real] {
    var sums = [Real](repeating: Real(0), count: inner + border)
    for places in places { for (row, place) in places.enumerated() { sums[Int(place)] += f[row] } }
    for value in f { sums[inner + border - 1] += value }
    return sums
  }

  /// The Cholesky factor of C where effects have standard deviations of `scales` (one for each term) residual ones.
  func factored<Real: RealNumber>(_ scales: [Real]) -> MixedFactor<Real> {
    let scale = termOfPlace.map { scales[$0] } + [Real(1)]
    var diagonals = diagonalCounts.map { Real($0) }, borders = borderCounts.map { Real($0) }
    var corner = cornerCounts.map { Real($0) }, logDeterminant = 0.0
    for a in 0..<border {
      for b in 0..<border { corner[a * border + b] *= scale[inner + a] * scale[inner + b] }
      if a < border - 1 { corner[a * border + a] += Real(1) }
    }
    diagonals.withUnsafeMutableBufferPointer { diagonals in
      borders.withUnsafeMutableBufferPointer { borders in
        corner.withUnsafeMutableBufferPointer { corner in
          for block in blocks {
            let l = diagonals.baseAddress! + block.diagonal, y = borders.baseAddress! + block.border, p = block.size
            for i in 0..<p {
              for j in 0..<p { l[i * p + j] *= scale[block.start + i] * scale[block.start + j] }
              l[i * p + i] += Real(1)
              for j in 0..<border { y[i * border + j] *= scale[block.start + i] * scale[inner + j] }
            }
            logDeterminant += cholesky(l, p)
            forward(l, p, y, columns: border)
            subtractSquare(of: y, rows: p, columns: border, from: corner.baseAddress!)
          }
          logDeterminant += cholesky(corner.baseAddress!, border)
        }
      }
    }
    return MixedFactor(
      equations: self, scale: scale, diagonals: diagonals, borders: borders, corner: corner,
      logDeterminant: logDeterminant)
  }
}

/// C as the product of a triangular arrow and its transpose.
struct MixedFactor<Real: RealNumber> {
  let equations: MixedEquations
  /// The relative standard deviation of each place; 1 for the mean.
  let scale: [Real]
  fileprivate let diagonals: [Real], borders: [Real], corner: [Real]
  /// log |C|, the mean included.
  let logDeterminant: Double
  /// X'H⁻¹X: the information on the mean, over the residual variance.
  var meanInformation: Real { corner[corner.count - 1] * corner[corner.count - 1] }

  /// x of C x = right, which is given without scales.
  func solved(_ right: [Real]) -> [Real] {
    let e = equations, m = e.border
    var x = zip(right, scale).map { $0 * $1 }
    x.withUnsafeMutableBufferPointer { x in
      diagonals.withUnsafeBufferPointer { diagonals in
        borders.withUnsafeBufferPointer { borders in
          let tail = x.baseAddress! + e.inner
          for block in e.blocks {
            let part = x.baseAddress! + block.start, y = borders.baseAddress! + block.border
            forward(diagonals.baseAddress! + block.diagonal, block.size, part, columns: 1)
            for i in 0..<block.size { for j in 0..<m { tail[j] -= y[i * m + j] * part[i] } }
          }
          corner.withUnsafeBufferPointer {
            forward($0.baseAddress!, m, tail, columns: 1)
            backward($0.baseAddress!, m, tail)
          }
          for block in e.blocks {
            let part = x.baseAddress! + block.start, y = borders.baseAddress! + block.border
            for i in 0..<block.size { for j in 0..<m { part[i] -= y[i * m + j] * tail[j] } }
            backward(diagonals.baseAddress! + block.diagonal, block.size, part)
          }
        }
      }
    }
    return x
  }

  /// The border's part of C⁻¹.
  private func cornerInverse() -> [Real] {
    let m = equations.border
    var lower = [Real](repeating: Real(0), count: m * m), inverse = lower
    for i in 0..<m { lower[i * m + i] = Real(1) }
    corner.withUnsafeBufferPointer { corner in
      lower.withUnsafeMutableBufferPointer { forward(corner.baseAddress!, m, $0.baseAddress!, columns: m) }
    }
    for k in 0..<m {
      for a in 0...k where lower[k * m + a].double != 0 {
        for b in 0...a { inverse[a * m + b] += lower[k * m + a] * lower[k * m + b] }
      }
    }
    for a in 0..<m { for b in 0..<a { inverse[b * m + a] = inverse[a * m + b] } }
    return inverse
  }

  /// For each term the sum of the diagonal of C⁻¹ over its effects.
  func traces() -> [Real] {
    let e = equations, m = e.border
    var traces = [Real](repeating: Real(0), count: e.termCount)
    let largest = e.blocks.map(\.size).max() ?? 0
    var inverse = [Real](repeating: Real(0), count: largest * largest), cross = [Real](repeating: Real(0), count: m)
    let covariance = cornerInverse()
    for place in 0..<m - 1 { traces[e.termOfPlace[e.inner + place]] += covariance[place * m + place] }
    for block in e.blocks {
      let p = block.size
      for i in 0..<p { for j in 0..<p { inverse[i * p + j] = Real(i == j ? 1 : 0) } }
      diagonals.withUnsafeBufferPointer { l in
        inverse.withUnsafeMutableBufferPointer {
          forward(l.baseAddress! + block.diagonal, p, $0.baseAddress!, columns: p)
        }
      }
      // Most of the border is 0 for effects that a block does not meet.
      let touched = (0..<m).filter { j in (0..<p).contains { borders[block.border + $0 * m + j].double != 0 } }
      for i in 0..<p {
        // Column i of L⁻¹, and its product with the border.
        var square = Real(0)
        for j in touched { cross[j] = Real(0) }
        for k in i..<p {
          let value = inverse[k * p + i]
          square += value * value
          for j in touched { cross[j] += value * borders[block.border + k * m + j] }
        }
        for a in touched { for b in touched { square += cross[a] * covariance[a * m + b] * cross[b] } }
        traces[e.termOfPlace[block.start + i]] += square
      }
    }
    return traces
  }
}

/// The lower triangle of A becomes L of A = L L'; log |A|.
private func cholesky<Real: RealNumber>(_ a: UnsafeMutablePointer<Real>, _ n: Int) -> Double {
  var logDeterminant = 0.0
  for i in 0..<n {
    for j in 0...i {
      var sum = a[i * n + j]
      for k in 0..<j { sum -= a[i * n + k] * a[j * n + k] }
      if i == j {
        a[i * n + i] = sum.squareRoot()
        logDeterminant += log(sum.double)
      } else {
        a[i * n + j] = sum / a[j * n + j]
      }
    }
  }
  return logDeterminant
}

/// X of L X = B in place of B, which has some columns.
private func forward<Real: RealNumber>(
  _ l: UnsafePointer<Real>, _ n: Int, _ b: UnsafeMutablePointer<Real>, columns: Int
) {
  for i in 0..<n {
    let row = b + i * columns
    for k in 0..<i {
      let factor = l[i * n + k], other = b + k * columns
      if factor.double != 0 { for j in 0..<columns { row[j] -= factor * other[j] } }
    }
    let inverse = Real(1) / l[i * n + i]
    for j in 0..<columns { row[j] *= inverse }
  }
}

/// x of L' x = b in place of b.
private func backward<Real: RealNumber>(_ l: UnsafePointer<Real>, _ n: Int, _ b: UnsafeMutablePointer<Real>) {
  for i in (0..<n).reversed() {
    b[i] /= l[i * n + i]
    for k in 0..<i { b[k] -= l[i * n + k] * b[i] }
  }
}

/// S − Y'Y, the lower triangle and the diagonal.
private func subtractSquare<Real: RealNumber>(
  of y: UnsafePointer<Real>, rows: Int, columns: Int, from s: UnsafeMutablePointer<Real>
) {
  for k in 0..<rows {
    let row = y + k * columns
    for i in 0..<columns where row[i].double != 0 {
      let factor = row[i], target = s + i * columns
      for j in 0...i { target[j] -= factor * row[j] }
    }
  }
}
