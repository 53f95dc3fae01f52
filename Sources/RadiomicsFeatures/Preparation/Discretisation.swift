import RadiomicsCore

/// How intensities become grey levels 1 … Ng (IBSI 1, chapter 2, "Intensity discretisation").
public enum Discretisation: Sendable, Hashable {
  /// Intensities are grey levels already: whole numbers from 1.
  case none
  /// `count` bins of equal width between the region's minimum and maximum.
  case fixedBinNumber(count: Int)
  /// Bins of `width` in the image's unit; the first starts at `firstEdge`.
  case fixedBinSize(width: Double, firstEdge: FirstEdge)
  /// `count` bins that hold as nearly as possible equally many voxels.
  case equalProbability(count: Int)

  /// Where the first bin of a fixed bin size starts.
  public enum FirstEdge: Sendable, Hashable {
    /// At the lower bound of the re-segmentation range.
    case rangeLowerBound
    /// At the region's minimum.
    case minimum
    /// At an intensity.
    case at(Double)
  }

  /// Most levels there can be.
  public static let mostLevels = 65_535
}

/// The grey level of each voxel of a region.
public struct DiscretisedIntensities: Sendable {
  /// Level of each voxel in span order, 1 … `count`.
  public let levels: [UInt16]
  /// Ng: the number of levels, empty ones included.
  public let count: Int
  /// Intensity at the lower edge of level 1 and width of a level, where levels are equally wide; for `none` 0.5 and 1.
  public let edge: (first: Double, width: Double)?
}

extension Discretisation {
  /// Assigns levels to `intensities` (all finite, in span order), or says why there are none.
  public func levels(
    of intensities: [Double], range: ClosedRange<Double>?
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    guard let minimum = intensities.min(), let maximum = intensities.max() else {
      return .failure(UndefinedError("the intensity mask is empty"))
    }
    switch self {
    case .none: return asTheyAre(intensities, minimum, maximum)
    case .fixedBinNumber(let count): return .success(fixedNumber(intensities, minimum, maximum, count))
    case .fixedBinSize(let width, let firstEdge):
      let first: Double
      switch firstEdge {
      case .minimum: first = minimum
      case .at(let edge): first = edge
      case .rangeLowerBound:
        guard let bound = range?.lowerBound, bound.isFinite else {
          return .failure(UndefinedError("fixed_bin_size has no first edge: there is no re-segmentation range"))
        }
        first = bound
      }
      return fixedSize(intensities, minimum, maximum, width, first)
    case .equalProbability(let count): return .success(equalProbability(intensities, count))
    }
  }

  private func asTheyAre(
    _ intensities: [Double], _ minimum: Double, _ maximum: Double
  ) -> Result<DiscretisedIntensities, UndefinedError> {
    guard minimum >= 1, maximum <= Double(Self.mostLevels), intensities.allSatisfy({ $0 == $0.rounded() }) else {
      return .failure(
        UndefinedError(
          "without discretisation grey levels must be whole numbers from 1; they span \(minimum) to \(maximum)"))
    }
    return .success(
      DiscretisedIntensities(levels: intensities.map { UInt16($0) }, count: Int(maximum), edge: (0.5, 1)))
  }

  private func fixedNumber(
    _ intensities: [Double], _ minimum: Double, _ maximum: Double, _ count: Int
  ) -> DiscretisedIntensities {
    guard maximum > minimum else {
      return DiscretisedIntensities(levels: intensities.map { _ in 1 }, count: 1, edge: nil)
    }
    let levels = intensities.map { intensity in
      UInt16(min(Double(count), (Double(count) * (intensity - minimum) / (maximum - minimum)).rounded(.down) + 1))
    }
    return DiscretisedIntensities(levels: levels, count: count, edge: (minimum, (maximum - minimum) / Double(count)))
  }

  private func fixedSize(
    _ intensities: [Double], _ minimum: Double, _ maximum: Double, _ width: Double, _ first: Double
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
    let levels = intensities.map { UInt16((($0 - first) / width).rounded(.down) + 1) }
    return .success(DiscretisedIntensities(levels: levels, count: Int(count), edge: (first, width)))
  }

  /// The level of a voxel is set by the share of voxels with a lower intensity: equal intensities stay together.
  private func equalProbability(_ intensities: [Double], _ count: Int) -> DiscretisedIntensities {
    let sorted = intensities.sorted()
    var levelOfValue: [Double: UInt16] = [:]
    var below = 0
    while below < sorted.count {
      var next = below
      while next < sorted.count, sorted[next] == sorted[below] { next += 1 }
      let middle = (Double(below) + Double(next)) / 2 / Double(sorted.count)
      levelOfValue[sorted[below]] = UInt16(min(Double(count), (middle * Double(count)).rounded(.down) + 1))
      below = next
    }
    return DiscretisedIntensities(levels: intensities.map { levelOfValue[$0]! }, count: count, edge: nil)
  }
}

/// A result that does not exist, with its reason.
public struct UndefinedError: Error, Sendable, Hashable {
  /// Why.
  public let reason: Reason
  package init(_ text: String) { reason = Reason(text) }
}
