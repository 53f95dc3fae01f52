import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Intensities of a region's voxels in span order, each exactly as prepared, in as few bytes as that takes: two where
/// they are few different numbers (as of 8 or 16 bits), four where single precision holds them, else eight.
public struct Intensities: RandomAccessCollection, Sendable {
  package let form: Form
  /// How many.
  public let count: Int
  /// The least and the greatest; nil if there is none, or one that is not finite.
  public let bounds: ClosedRange<Double>?

  package enum Form: Sendable {
    case coded(Codes)
    case single([Float])
    case double([Double])
  }

  /// A code for each voxel, and what each code stands for.
  package struct Codes: Sendable {
    /// Code of each voxel.
    package let codes: [UInt16]
    /// Intensity of each code, ascending; neighbours may be equal.
    package let intensities: [Double]
    /// Voxels of each code.
    package let counts: [Int]
  }

  package init(_ form: Form, count: Int, bounds: ClosedRange<Double>?) {
    self.form = form
    self.count = count
    self.bounds = bounds
  }

  /// These numbers.
  public init(_ intensities: [Double]) {
    let row = RowSpans(size: [intensities.count, 1, 1]) { _ in true }
    let image = SampleRows(samples: intensities, size: row.size, lower: .zero)
    self = gathered(reals: image, row, IntensityConversion(), Lanes(jobs: 1))
  }

  /// Largest magnitude of an intensity that is measured: fourth powers of it stay finite.
  static let largest = 1e60

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(index: Int) -> Double {
    switch form {
    case .coded(let coded): coded.intensities[Int(coded.codes[index])]
    case .single(let numbers): Double(numbers[index])
    case .double(let numbers): numbers[index]
    }
  }

  /// The least; nil if there is none.
  public func min() -> Double? { bounds?.lowerBound ?? lazy.map { $0 }.min() }

  /// The greatest; nil if there is none.
  public func max() -> Double? { bounds?.upperBound ?? lazy.map { $0 }.max() }

  /// Σ term, pairwise in span order.
  @inline(__always)
  func sum(_ lanes: Lanes, _ term: @Sendable (Double) -> Double = { $0 }) -> Double {
    switch form {
    case .coded(let coded):
      let terms = coded.intensities.map(term)
      return terms.withUnsafeBufferPointer { terms in
        coded.codes.withUnsafeBufferPointer { codes in
          nonisolated(unsafe) let (codes, terms) = (codes, terms)
          return pairwiseSum(count, lanes) { terms[Int(codes[$0])] }
        }
      }
    case .single(let numbers):
      return numbers.withUnsafeBufferPointer { numbers in
        nonisolated(unsafe) let numbers = numbers
        return pairwiseSum(count, lanes) { term(Double(numbers[$0])) }
      }
    case .double(let numbers):
      return numbers.withUnsafeBufferPointer { numbers in
        nonisolated(unsafe) let numbers = numbers
        return pairwiseSum(count, lanes) { term(numbers[$0]) }
      }
    }
  }

  /// The mean. Whole numbers whose sum is exact in any order need no pass over the voxels.
  func mean(_ lanes: Lanes) -> Double {
    if case .coded(let coded) = form, areWhole, let bounds,
      Swift.max(abs(bounds.lowerBound), abs(bounds.upperBound)) * Double(count) < 0x1p53
    {
      return zip(coded.intensities, coded.counts).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(count)
    }
    return sum(lanes) / Double(count)
  }

  /// The population variance.
  func variance(_ lanes: Lanes) -> Double {
    let mean = mean(lanes)
    return sum(lanes) { ($0 - mean) * ($0 - mean) } / Double(count)
  }

  /// Whether all are whole numbers.
  var areWhole: Bool {
    if case .coded(let coded) = form {
      return zip(coded.intensities, coded.counts).allSatisfy { $1 == 0 || $0 == $0.rounded() }
    }
    return allSatisfy { $0 == $0.rounded() }
  }

  /// Whether all are finite and lie in an interval.
  func allLie(in interval: ClosedRange<Double>) -> Bool {
    bounds.map { interval.contains($0.lowerBound) && interval.contains($0.upperBound) } ?? false
  }

  /// The finite ones; all of them where there are no others.
  func finite() -> Intensities { bounds == nil ? Intensities(filter(\.isFinite)) : self }
}

extension RowSpans {
  /// The voxels whose intensity, by their order, satisfies a condition.
  package func filtered(by intensities: Intensities, where isKept: (Double) -> Bool) -> RowSpans {
    switch intensities.form {
    case .coded(let coded):
      let kept = coded.intensities.map(isKept)
      return filtered { kept[Int(coded.codes[$0])] }
    case .single(let numbers): return filtered { isKept(Double(numbers[$0])) }
    case .double(let numbers): return filtered { isKept(numbers[$0]) }
    }
  }

  private func filtered(where isKept: (Int) -> Bool) -> RowSpans {
    var kept: [Span] = []
    var voxel = 0
    for span in spans {
      var x = 0
      while x < span.count {
        guard isKept(voxel + x) else {
          x += 1
          continue
        }
        let start = x
        repeat { x += 1 } while x < span.count && isKept(voxel + x)
        kept.append(Span(x: span.x + start, y: span.y, z: span.z, count: x - start))
      }
      voxel += span.count
    }
    return RowSpans(size: size, spans: kept)
  }
}
