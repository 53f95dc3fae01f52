import RadiomicsCore
import RadiomicsNumerics

/// P of pairs that hold for all of them together: how often the largest |r| of all pairs is as large when genes' residuals beside the
/// confounders are permuted within sites. Freedman and Lane 1983, doi:10.1080/07350015.1983.10509354; Westfall and Young 1993.
///
/// A pair's P is (b + 1) / (m + 1) for b of m draws; once h draws reach it, it is h / l with l the draw of the h-th, and drawing ends when
/// that holds of every pair. Besag and Clifford 1991, doi:10.1093/biomet/78.2.301.
package struct PermutedMaxima: Sendable {
  /// Most draws, and h.
  package var draws = 1000, reaches = 10
  /// Where random numbers begin.
  package var seed: UInt64 = 1

  package init() {}

  /// What was drawn.
  package struct Found: Sendable {
    /// The largest |r| of each draw.
    package let maxima: [Double]
    let reaches: Int

    /// P of a pair of partial correlation r.
    package func p(_ r: Double) -> Double {
      var count = 0
      for (draw, largest) in maxima.enumerated() where largest >= abs(r) * (1 - 1e-12) {
        count += 1
        if count == reaches { return Double(reaches) / Double(draw + 1) }
      }
      return Double(count + 1) / Double(maxima.count + 1)
    }
  }

  /// - `features`, `genes`: Without empty cells; ranks where these are tested.
  /// - `sites`: A number for each row, equal for rows that may be exchanged; nil for all.
  /// - `largest`: The largest |r| that was observed.
  package func run(
    features: MassUnivariate.Side, genes: MassUnivariate.Side, confounders: Matrix, sites: [Int]?, largest: Double,
    lanes: Lanes = Lanes(jobs: 1)
  ) -> Found {
    let rows = features.rows, projection = ConfounderProjection(confounders, rows: rows)
    let x = projection.units(of: features.elements, count: features.count)
    let y = projection.units(of: genes.elements, count: genes.count)
    let work = PermutedProducts(
      rows: rows, features: features.count, genes: genes.count, x: x.elements, y: y.elements,
      basis: projection.basis, single: y.elements.map { Float($0) }, lanes: lanes)
    let blocks = Self.blocks(sites ?? [Int](repeating: 0, count: rows))
    var maxima: [Double] = [], count = 0
    while maxima.count < draws, count < reaches {
      var generator = SeededGenerator(seed: SeededGenerator.output(UInt64(maxima.count), of: seed))
      var order = Array(0..<rows)
      for block in blocks {
        for place in block.indices.dropFirst().reversed() {
          let other = generator.below(place + 1)
          (order[block[place]], order[block[other]]) = (order[block[other]], order[block[place]])
        }
      }
      let found = work.largest(order)
      maxima.append(found)
      if found >= abs(largest) * (1 - 1e-12) { count += 1 }
    }
    return Found(maxima: maxima, reaches: reaches)
  }

  private static func blocks(_ sites: [Int]) -> [[Int]] {
    Set(sites).sorted().map { site in sites.indices.filter { sites[$0] == site } }
  }
}

/// Products of permuted features and genes. Permuting a gene's residuals by π or the other side by its inverse gives the same product;
/// what the confounders explain of the permuted residuals is taken out of their length.
private struct PermutedProducts: Sendable {
  let rows: Int, features: Int, genes: Int
  let x: [Double], y: [Double], basis: Matrix
  let single: [Float]
  let lanes: Lanes

  /// The largest |r| of all pairs, exact: pairs within twice the error of single precision of the largest are computed anew.
  func largest(_ order: [Int]) -> Double {
    let moved = (0..<features).flatMap { j in order.map { x[j * rows + $0] } }
    let span = (0..<basis.columns).flatMap { j in order.map { basis[$0, j] } }
    let floats = moved.map { Float($0) }, u = Double(rows + 3) * 0x1p-24, margin = Float(2.01 * u / (1 - u))
    let blocks = PairWork.blocks(genes)
    return lanes.map(blocks.count) { step in
      let range = blocks[step], first = range.lowerBound
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: features * range.count) { r in
        floats.withUnsafeBufferPointer { a in
          single.withUnsafeBufferPointer { b in
            DenseKernels.product(
              a.baseAddress!, columns: features, b.baseAddress! + first * rows, columns: range.count, rows: rows,
              into: r.baseAddress!, stride: features)
          }
        }
        let scales = range.map { scale($0, span) }
        let sizes = (0..<range.count).map { gene in Self.largest(r.baseAddress! + gene * features, features) }
        let most = zip(sizes, scales).reduce(Float(0)) { max($0, $1.0 * Float($1.1)) }
        var exact = 0.0
        for gene in 0..<range.count {
          let scale = Float(scales[gene])
          guard (sizes[gene] + margin) * scale >= most, scale > 0 else { continue }
          for feature in 0..<features where (abs(r[gene * features + feature]) + margin) * scale >= most {
            exact = max(exact, abs(product(moved, feature, first + gene)) * scales[gene])
          }
        }
        return exact
      }
    }.reduce(0, max)
  }

  private func product(_ moved: [Double], _ feature: Int, _ gene: Int) -> Double {
    moved.withUnsafeBufferPointer { a in
      y.withUnsafeBufferPointer { b in
        DenseKernels.dot(a.baseAddress! + feature * rows, b.baseAddress! + gene * rows, rows)
      }
    }
  }

  /// One over the length of what is left of a gene's permuted residuals.
  private func scale(_ gene: Int, _ span: [Double]) -> Double {
    var rest = 1.0
    span.withUnsafeBufferPointer { span in
      y.withUnsafeBufferPointer { y in
        for j in 0..<basis.columns {
          let share = DenseKernels.dot(span.baseAddress! + j * rows, y.baseAddress! + gene * rows, rows)
          rest -= share * share
        }
      }
    }
    return rest > 1e-12 ? 1 / rest.squareRoot() : 0
  }

  private static func largest(_ r: UnsafePointer<Float>, _ count: Int) -> Float {
    var sizes = SIMD8<Float>(repeating: 0), place = 0
    while place + 8 <= count {
      let values = UnsafeRawPointer(r + place).loadUnaligned(as: SIMD8<Float>.self)
      // pointwiseMax is a call for each vector.
      sizes.replace(with: values, where: values .> sizes)
      sizes.replace(with: -values, where: -values .> sizes)
      place += 8
    }
    var most = sizes.max()
    while place < count {
      most = max(most, abs(r[place]))
      place += 1
    }
    return most
  }
}
