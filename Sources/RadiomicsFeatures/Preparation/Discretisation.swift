import RadiomicsCore

/// How intensities become grey levels 1 … Ng (IBSI 1, chapter 2, "Intensity discretisation").
public enum Discretisation: Sendable, Hashable {
  /// Intensities are grey levels already: whole numbers from 1.
  case none
  /// `count` bins of equal width between the region's minimum and maximum.
  case fixedBinNumber(count: Int, edges: BinEdges = .exact)
  /// Bins of `width` in the image's unit; the first starts at `firstEdge`.
  case fixedBinSize(width: Double, firstEdge: FirstEdge)
  /// `count` bins that hold as nearly as possible equally many voxels.
  case equalProbability(count: Int)

  /// How the edges of a fixed number of bins are rounded, which decides where intensities lie on one.
  public enum BinEdges: String, ChoiceSetting {
    /// Intensities are compared with exact edges.
    case exact
    /// As NumPy's `linspace` makes them, for PyRadiomics: the greatest intensity lies in the last bin, and a single
    /// intensity in the middle one.
    case numpy
  }

  /// Where the first bin of a fixed bin size starts.
  public enum FirstEdge: Sendable, Hashable {
    /// At the lower bound of the re-segmentation range.
    case rangeLowerBound
    /// At the region's minimum.
    case minimum
    /// At the greatest multiple of the width that is not above the region's minimum, as PyRadiomics has it.
    case multiple
    /// At an intensity.
    case at(Double)
  }

  /// Most levels there can be.
  public static let mostLevels = 65_535
}

extension Discretisation {
  /// Assigns levels to `intensities` (all finite), or says why there are none.
  public func levels(
    of intensities: Intensities, range: ClosedRange<Double>?, _ lanes: Lanes = Lanes(jobs: 1)
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    guard let bounds = intensities.bounds else {
      return .failure(UndefinedError("the intensity mask is empty"))
    }
    let minimum = bounds.lowerBound, maximum = bounds.upperBound
    switch self {
    case .none: return asTheyAre(intensities, minimum, maximum, lanes)
    case .fixedBinNumber(let count, .exact): return .success(fixedNumber(intensities, minimum, maximum, count, lanes))
    case .fixedBinNumber(let count, .numpy): return .success(linearSpace(intensities, minimum, maximum, count, lanes))
    case .fixedBinSize(let width, let firstEdge):
      let first: Double
      switch firstEdge {
      case .minimum: first = minimum
      case .multiple: return multiplesOfWidth(intensities, minimum, maximum, width, lanes)
      case .at(let edge): first = edge
      case .rangeLowerBound:
        guard let bound = range?.lowerBound, bound.isFinite else {
          return .failure(UndefinedError("fixed_bin_size has no first edge: there is no re-segmentation range"))
        }
        first = bound
      }
      return fixedSize(intensities, minimum, maximum, width, first, lanes)
    case .equalProbability(let count): return .success(equalProbability(intensities, count, lanes))
    }
  }

  private func asTheyAre(
    _ intensities: Intensities, _ minimum: Double, _ maximum: Double, _ lanes: Lanes
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    guard minimum >= 1, maximum <= Double(Self.mostLevels), intensities.areWhole else {
      return .failure(
        UndefinedError(
          "without discretisation grey levels must be whole numbers from 1; they span \(minimum) to \(maximum)"))
    }
    return .success(
      DiscretisedIntensities(of: intensities, count: Int(maximum), edge: (0.5, 1), lanes) { UInt16($0) })
  }

  /// Edges as NumPy's `histogram` makes them: so many times a step, added to the least intensity.
  private func linearSpace(
    _ intensities: Intensities, _ minimum: Double, _ maximum: Double, _ count: Int, _ lanes: Lanes
  ) -> DiscretisedIntensities {
    let first = minimum < maximum ? minimum : minimum - 0.5, last = minimum < maximum ? maximum : maximum + 0.5
    let step = (last - first) / Double(count)
    @Sendable func level(_ intensity: Double) -> Int {
      var below = min(count - 1, max(0, Int((intensity - first) / step)))
      while below < count - 1, Double(below + 1) * step + first <= intensity { below += 1 }
      while below > 0, Double(below) * step + first > intensity { below -= 1 }
      return below + 1
    }
    return DiscretisedIntensities(of: intensities, count: level(maximum), edge: nil, lanes) { UInt16(level($0)) }
  }

  private func fixedNumber(
    _ intensities: Intensities, _ minimum: Double, _ maximum: Double, _ count: Int, _ lanes: Lanes
  ) -> DiscretisedIntensities {
    guard maximum > minimum else {
      return DiscretisedIntensities(of: intensities, count: 1, edge: nil, lanes) { _ in 1 }
    }
    // What is converted is not negative: its whole part is its floor.
    let edge = (minimum, (maximum - minimum) / Double(count))
    return DiscretisedIntensities(of: intensities, count: count, edge: edge, lanes) {
      UInt16(min(count, Int(Double(count) * ($0 - minimum) / (maximum - minimum)) + 1))
    }
  }

  private func fixedSize(
    _ intensities: Intensities, _ minimum: Double, _ maximum: Double, _ width: Double, _ first: Double, _ lanes: Lanes
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    let count = ((maximum - first) / width).rounded(.down) + 1
    guard count <= Double(Self.mostLevels) else {
      return .failure(
        UndefinedError("bins of width \(width) give \(count) grey levels, at most \(Self.mostLevels) are possible"))
    }
    guard minimum >= first else {
      return .failure(
        UndefinedError("the smallest intensity \(minimum) lies below the first edge \(first) of the bins"))
    }
    return .success(
      DiscretisedIntensities(of: intensities, count: Int(count), edge: (first, width), lanes) {
        UInt16(Int(($0 - first) / width) + 1)
      })
  }

  /// Edges as NumPy's `arange` makes them, which decide where intensities lie on an edge: the first, and so many times the
  /// width as its sum with the first leaves of it.
  private func multiplesOfWidth(
    _ intensities: Intensities, _ minimum: Double, _ maximum: Double, _ width: Double, _ lanes: Lanes
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    let rest = minimum.truncatingRemainder(dividingBy: width), first = minimum - (rest < 0 ? rest + width : rest)
    let step = first + width - first
    guard (maximum - first) / step < Double(Self.mostLevels) else {
      return .failure(
        UndefinedError("bins of width \(width) are too many, at most \(Self.mostLevels) levels are possible"))
    }
    @Sendable func level(_ intensity: Double) -> Int {
      var below = Int((intensity - first) / step)
      while first + Double(below + 1) * step <= intensity { below += 1 }
      while below > 0, first + Double(below) * step > intensity { below -= 1 }
      return below + 1
    }
    return .success(
      DiscretisedIntensities(of: intensities, count: level(maximum), edge: (first, width), lanes) { UInt16(level($0)) })
  }

  /// The level of a voxel is set by the share of voxels with a lower intensity: equal intensities stay together.
  private func equalProbability(
    _ intensities: Intensities, _ count: Int, _ lanes: Lanes
  ) -> DiscretisedIntensities {
    let sorted = AscendingIntensities(intensities, lanes)
    // Where levels begin: the least intensity of each level that occurs.
    var edges: [Double] = [], levels: [UInt16] = []
    sorted.forEachDistinct { intensity, ranks in
      let middle = (Double(ranks.lowerBound) + Double(ranks.upperBound)) / 2 / Double(sorted.count)
      let level = UInt16(min(Double(count), (middle * Double(count)).rounded(.down) + 1))
      guard level != levels.last else { return }
      edges.append(intensity)
      levels.append(level)
    }
    return DiscretisedIntensities(of: intensities, count: count, edge: nil, lanes) { [edges, levels] in
      levels[edges.firstRank(above: $0) - 1]
    }
  }
}

/// A result that does not exist, with its reason.
public struct UndefinedError: Error, Sendable, Hashable {
  /// Why.
  public let reason: Reason
  package init(_ text: String) { reason = Reason(text) }
}
