import RadiomicsCore

/// A Gaussian, or its second derivative, along an axis as two recursions of fourth order, one in each direction: the sum of
/// two damped cosines that comes close to it (R. Deriche, "Recursively implementing the Gaussian and its derivatives",
/// INRIA 1893, 1993), normalised so that constants, or parabolas, give exact results (G. Farnebäck and C.-F. Westin,
/// doi:10.1007/s10851-006-8464-z). The cost does not depend on σ. Beyond the image its edge goes on for ever.
///
/// It is the filter of ITK's RecursiveGaussianImageFilter, with its constants, computed in double precision.
package struct RecursiveGaussian: Sendable {
  /// What is approximated.
  package enum Order: Sendable {
    /// The Gaussian.
    case smoothing
    /// Its second derivative, per voxel².
    case secondDerivative
  }

  /// Weights of this voxel and the three before it, and of the four behind it.
  private let forward: [Double], backward: [Double]
  /// Weights of the four last results, both ways.
  private let feedback: [Double]

  /// A filter with `sigma` in voxels.
  package init(sigma: Double, order: Order) {
    let poles = Poles(sigma: sigma), d = poles.denominator
    let gaussian = poles.numerator(a: [1.3530, -0.3531], b: [1.8151, 0.0902])
    var n: [Double]
    switch order {
    case .smoothing:
      n = gaussian
      let sum = 2 * n.sum / d.sum - n[0]
      n = n.map { $0 / sum }
    case .secondDerivative:
      let second = poles.numerator(a: [-1.3563, 0.3446], b: [5.2318, -2.2355])
      // No response to constants, and 2 to x².
      let share = -(2 * second.sum - d.sum * second[0]) / (2 * gaussian.sum - d.sum * gaussian[0])
      n = zip(second, gaussian).map { $0 + share * $1 }
      let (s, first, squares) = (d.sum, d.moment(1), d.moment(2))
      let curvature =
        (n.moment(2) * s * s - squares * n.sum * s - 2 * n.moment(1) * first * s + 2 * first * first * n.sum)
        / (s * s * s)
      n = n.map { $0 / curvature }
    }
    forward = n
    feedback = Array(d.dropFirst())
    backward = [n[1] - d[1] * n[0], n[2] - d[2] * n[0], n[3] - d[3] * n[0], -d[4] * n[0]]
  }

  /// Voxels beyond which a voxel counts less than `error`.
  package static func reach(sigma: Double, error: Double) -> Int {
    // The slower of the two cosines is damped by exp(−1.3732 / σ) a voxel.
    Int((sigma * -log(error / 10) / 1.3732).rounded(.up)) + 4
  }

  /// Filters eight lines side by side, `count` voxels of each.
  fileprivate func run(
    _ lines: UnsafeMutablePointer<SIMD8<Double>>, _ result: UnsafeMutablePointer<SIMD8<Double>>, _ count: Int
  ) {
    let (n0, n1, n2, n3) = (forward[0], forward[1], forward[2], forward[3])
    let (m1, m2, m3, m4) = (backward[0], backward[1], backward[2], backward[3])
    let (d1, d2, d3, d4) = (feedback[0], feedback[1], feedback[2], feedback[3])
    let resting = 1 + d1 + d2 + d3 + d4
    var x1 = lines[0], x2 = x1, x3 = x1, x4 = x1
    var y1 = x1 * ((n0 + n1 + n2 + n3) / resting), y2 = y1, y3 = y1, y4 = y1
    for index in 0..<count {
      let x = lines[index]
      let y = (n0 * x + n1 * x1 + n2 * x2 + n3 * x3) - (d1 * y1 + d2 * y2 + d3 * y3 + d4 * y4)
      result[index] = y
      (x3, x2, x1) = (x2, x1, x)
      (y4, y3, y2, y1) = (y3, y2, y1, y)
    }
    (x1, x2, x3, x4) = (lines[count - 1], lines[count - 1], lines[count - 1], lines[count - 1])
    y1 = x1 * ((m1 + m2 + m3 + m4) / resting)
    (y2, y3, y4) = (y1, y1, y1)
    for index in (0..<count).reversed() {
      let y = (m1 * x1 + m2 * x2 + m3 * x3 + m4 * x4) - (d1 * y1 + d2 * y2 + d3 * y3 + d4 * y4)
      result[index] += y
      (x4, x3, x2, x1) = (x3, x2, x1, lines[index])
      (y4, y3, y2, y1) = (y3, y2, y1, y)
    }
  }
}

/// Two damped cosines of a width, and the polynomials of their recursion.
private struct Poles {
  let cosines, sines, damping: [Double]

  init(sigma: Double) {
    cosines = [0.6681, 2.0787].map { cos($0 / sigma) }
    sines = [0.6681, 2.0787].map { sin($0 / sigma) }
    damping = [-1.3932, -1.3732].map { exp($0 / sigma) }
  }

  /// 1, D₁ … D₄.
  var denominator: [Double] {
    let (c, e) = (cosines, damping)
    return [
      1, -2 * (e[1] * c[1] + e[0] * c[0]), 4 * c[1] * c[0] * e[0] * e[1] + e[0] * e[0] + e[1] * e[1],
      -2 * c[0] * e[0] * e[1] * e[1] - 2 * c[1] * e[1] * e[0] * e[0], e[0] * e[0] * e[1] * e[1],
    ]
  }

  /// N₀ … N₃ of Σ (a cos + b sin) exp.
  func numerator(a: [Double], b: [Double]) -> [Double] {
    let (c, s, e) = (cosines, sines, damping)
    return [
      a[0] + a[1],
      e[1] * (b[1] * s[1] - (a[1] + 2 * a[0]) * c[1]) + e[0] * (b[0] * s[0] - (a[0] + 2 * a[1]) * c[0]),
      2 * e[0] * e[1] * ((a[0] + a[1]) * c[1] * c[0] - b[0] * c[1] * s[0] - b[1] * c[0] * s[1]) + a[1] * e[0] * e[0]
        + a[0] * e[1] * e[1],
      e[1] * e[0] * e[0] * (b[1] * s[1] - a[1] * c[1]) + e[0] * e[1] * e[1] * (b[0] * s[0] - a[0] * c[0]),
    ]
  }
}

extension [Double] {
  fileprivate var sum: Double { reduce(0, +) }

  /// Σ k^power · element k, power 1 or 2.
  fileprivate func moment(_ power: Int) -> Double {
    enumerated().reduce(0) { $0 + Double(power == 1 ? $1.offset : $1.offset * $1.offset) * $1.element }
  }
}

extension Volume<Double> {
  /// Filters along axis 0, 1 or 2. Cost: some forty operations a voxel, whatever the width.
  package func filtered(by filter: RecursiveGaussian, along axis: Int, _ lanes: Lanes = Lanes(jobs: 1)) -> Volume {
    let size = geometry.size, strides = [1, size.x, size.x * size.y], count = size[axis]
    // Lines start along the first of the other axes, which is the x axis unless lines run along it.
    let (inner, outer) = axis == 0 ? (1, 2) : (0, 3 - axis)
    let groups = (size[inner] + 7) / 8
    let result = [Double](unsafeUninitializedCapacity: voxels.count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      voxels.withUnsafeBufferPointer { voxels in
        nonisolated(unsafe) let source = voxels.baseAddress!
        lanes.forEach(size[outer]) { row in
          withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: 2 * count) { work in
            let lines = work.baseAddress!, filtered = lines + count
            for group in 0..<groups {
              let start = row * strides[outer] + group * 8 * strides[inner]
              let width = Swift.min(8, size[inner] - group * 8)
              for index in 0..<count {
                var vector = SIMD8<Double>.zero
                for lane in 0..<width { vector[lane] = source[start + index * strides[axis] + lane * strides[inner]] }
                (lines + index).initialize(to: vector)
                (filtered + index).initialize(to: .zero)
              }
              filter.run(lines, filtered, count)
              for index in 0..<count {
                for lane in 0..<width {
                  (target + (start + index * strides[axis] + lane * strides[inner])).initialize(
                    to: filtered[index][lane])
                }
              }
            }
          }
        }
      }
      filled = voxels.count
    }
    return Volume(geometry: geometry, voxels: result)
  }
}
