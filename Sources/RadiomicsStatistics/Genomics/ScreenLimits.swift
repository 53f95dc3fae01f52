import RadiomicsCore
import RadiomicsNumerics

/// From which partial correlation on P is below each of a grid: r² ≥ a / S + b, where S is what is left of the gene's sum of squares and
/// a is 0 without a prior. It follows from t² = r² S / s̃² with s̃² = (d₀ s₀² + (1 − r²) S) / (d₀ + d).
struct ScreenLimits: Sendable {
  /// Step after step, one for each feature.
  private var a: [Float], b: [Float]
  private let features: Int, steps: Int

  /// - `unit`: In which S is measured.
  init(_ df: Int, _ features: Int, _ grid: [Double], _ priors: FeaturePriors?, unit: Double) {
    (self.features, steps) = (features, grid.count)
    let d = Double(df)
    var a: [Float] = [], b: [Float] = [], known: [Double: [Double]] = [:]
    func squares(_ total: Double) -> [Double] {
      if let found = known[total] { return found }
      let found = grid.map { p in
        let t = StudentT(total).quantile(1 - p / 2), upper = -StudentT(total).quantile(p / 2)
        return max(t.isFinite ? min(t, upper) : upper, 0)
      }.map { $0 * $0 }
      known[total] = found
      return found
    }
    // What single precision makes of the comparison is below 1e-6 of it.
    let loose = 1 - 1e-6
    for step in grid.indices {
      for feature in 0..<features {
        guard let priors, let prior = priors.priors[feature] else {
          let c = squares(d)[step]
          a.append(0)
          b.append(Float(c / (d + c) * loose))
          continue
        }
        let c = squares(priors.total(feature, df: d))[step]
        if prior.df.isInfinite {
          a.append(Float(c * prior.variance / unit * loose))
          b.append(0)
        } else {
          a.append(Float(c * prior.df * prior.variance / unit / (prior.df + d + c) * loose))
          b.append(Float(c / (prior.df + d + c) * loose))
        }
      }
    }
    (self.a, self.b) = (a, b)
  }

  /// Calls `found` with each feature of which |r| + `margin` reaches the first limit, and the last step that it reaches.
  /// - `r`: Of all features with a gene.
  /// - `weight`: 1 / S of the gene.
  func search(_ r: UnsafePointer<Float>, _ margin: Float, _ weight: Float, _ found: (Int, Int) -> Void) {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return }
        func reaches(_ feature: Int, _ step: Int) -> Bool {
          let size = abs(r[feature]) + margin, place = step * features + feature
          return size * size >= a[place] * weight + b[place]
        }
        func report(_ feature: Int) {
          guard reaches(feature, 0) else { return }
          var step = 0
          while step + 1 < steps, reaches(feature, step + 1) { step += 1 }
          found(feature, step)
        }
        var feature = 0
        let margins = SIMD8<Float>(repeating: margin)
        while feature + 8 <= features {
          let values = UnsafeRawPointer(r + feature).loadUnaligned(as: SIMD8<Float>.self)
          let slope = UnsafeRawPointer(a + feature).loadUnaligned(as: SIMD8<Float>.self)
          let least = UnsafeRawPointer(b + feature).loadUnaligned(as: SIMD8<Float>.self)
          let negative = -values, sizes = values.replacing(with: negative, where: negative .> values) + margins
          if any(sizes * sizes .>= slope * weight + least) { for place in 0..<8 { report(feature + place) } }
          feature += 8
        }
        while feature < features {
          report(feature)
          feature += 1
        }
      }
    }
  }
}

/// Sums over genes of l = log (1 − r²), for all features at once, in single precision: of l, l², l b and (1 − r²) s, where b and s are
/// numbers of the gene.
struct LogarithmSums {
  private let features: Int
  private var parts: [Float]

  init(_ features: Int) {
    self.features = (features + 7) / 8 * 8
    parts = [Float](repeating: 0, count: 4 * self.features)
  }

  /// Adds one gene.
  mutating func add(_ r: UnsafePointer<Float>, _ count: Int, _ b: Float, _ s: Float) {
    let wide = features
    parts.withUnsafeMutableBufferPointer { parts in
      let base = UnsafeMutableRawPointer(parts.baseAddress!)
      func add(_ value: SIMD8<Float>, _ part: Int, _ place: Int) {
        let to = base + 4 * (part * wide + place)
        to.storeBytes(of: to.loadUnaligned(as: SIMD8<Float>.self) + value, as: SIMD8<Float>.self)
      }
      var place = 0
      while place < count {
        var values = SIMD8<Float>(repeating: 0)
        if place + 8 <= count {
          values = UnsafeRawPointer(r + place).loadUnaligned(as: SIMD8<Float>.self)
        } else {
          for index in place..<count { values[index - place] = r[index] }
        }
        var rest = 1 - values * values
        rest.replace(with: 0x1p-24, where: rest .< 0x1p-24)
        let l = Self.logarithm(rest)
        add(l, 0, place)
        add(l * l, 1, place)
        add(l * b, 2, place)
        add(rest * s, 3, place)
        place += 8
      }
    }
  }

  /// The four sums of a feature.
  func sums(_ feature: Int) -> (l: Double, squares: Double, products: Double, variances: Double) {
    (
      Double(parts[feature]), Double(parts[features + feature]), Double(parts[2 * features + feature]),
      Double(parts[3 * features + feature])
    )
  }

  /// log x of x from 2⁻²⁴ to 1: the exponent, and 2 artanh((m − 1) / (m + 1)) of a mantissa within a factor √2 of 1. Error below 2⁻²².
  @inline(__always)
  private static func logarithm(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let bits = unsafeBitCast(x, to: SIMD8<UInt32>.self)
    // Above √2 the mantissa is halved.
    let shifted = bits &+ SIMD8(repeating: 0x3F80_0000 &- 0x3F35_04F3)
    let exponent = SIMD8<Float>(SIMD8<Int32>(truncatingIfNeeded: shifted &>> 23) &- 127)
    let mantissa = unsafeBitCast((shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: SIMD8<Float>.self)
    let f = (mantissa - 1) / (mantissa + 1), g = f * f
    let series = 2 + g * (0.666_666_6 + g * (0.4 + g * (0.285_714_3 + g * 0.222_222_2)))
    return exponent * 0.693_147_18 + f * series
  }
}
