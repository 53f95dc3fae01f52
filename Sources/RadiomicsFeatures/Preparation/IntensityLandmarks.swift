import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Percentiles of images and where they come to lie on a standard scale that training images have in common, so that MR of several scanners
/// becomes comparable. Between landmarks the map is linear; beyond the outer ones their segments go on. Nyúl, Udupa and Zhang 2000,
/// doi:10.1109/42.836373.
///
/// For instance landmarks at 1, 50 and 99 % of the scale 1, 40 and 100: an image whose percentiles there are 10, 300 and 900 has 155,
/// half-way between the first two, at 20.5.
public struct IntensityLandmarks: Configurable, Hashable {
  public static let name = "landmarks"
  public static let summary = "Percentiles and their places on a standard scale, learnt from training images."
  public static let reference = "Nyúl, Udupa and Zhang 2000, doi:10.1109/42.836373"
  public static let parameters: [Parameter<Self>] = [
    Parameter("percentages", \.percentages, isRequired: true, in: 0...100, "Percentages of the landmarks, ascending."),
    Parameter("scale", \.scale, isRequired: true, "Their places on the standard scale, ascending."),
  ]

  /// In ascending order.
  public var percentages: [Double] = []
  /// In the same order.
  public var scale: [Double] = []

  /// None.
  public init() {}

  /// 1 %, every tenth, 99 %.
  package static let usual = [1.0] + (1...9).map { 10 * Double($0) } + [99]

  public func check() throws(SettingError) {
    func isAscending(_ values: [Double]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }
    guard percentages.count > 1, percentages.count == scale.count, isAscending(percentages), isAscending(scale),
      scale.allSatisfy(\.isFinite)
    else {
      throw SettingError(
        place: nil, message: "'landmarks' must have at least two ascending percentages, and as many ascending places.")
    }
  }

  /// Learns the scale: the mean over images of their percentiles, each image's first and last brought to the ends of a range.
  /// - `images`: Intensities of each, those of the background left out.
  /// - Throws: `UndefinedError` if an image has no range between these percentiles.
  package init(
    learning images: [Intensities], percentages: [Double] = usual, onto range: ClosedRange<Double> = 1...100,
    _ lanes: Lanes
  ) throws(UndefinedError) {
    self.percentages = percentages
    scale = [Double](repeating: 0, count: percentages.count)
    for image in images {
      let found = try Self.percentiles(image, percentages, lanes), low = found[0], high = found[found.count - 1]
      guard low < high else { throw UndefinedError("its outer percentiles are both \(low): the scale divides by 0") }
      let slope = (range.upperBound - range.lowerBound) / (high - low)
      for (index, value) in found.enumerated() {
        scale[index] += (range.lowerBound + (value - low) * slope) / Double(images.count)
      }
    }
  }

  private static func percentiles(
    _ intensities: Intensities, _ percentages: [Double], _ lanes: Lanes
  ) throws(UndefinedError) -> [Double] {
    guard !intensities.isEmpty else { throw UndefinedError("there is no number to normalise by") }
    let sorted = AscendingIntensities(intensities, lanes)
    return percentages.map(sorted.percentile)
  }

  /// The map of an image; of landmarks at one intensity the first counts.
  func map(from intensities: Intensities, _ lanes: Lanes) throws(UndefinedError) -> IntensityMap {
    let found = try Self.percentiles(intensities, percentages, lanes)
    var from: [Double] = [], onto: [Double] = []
    for (value, place) in zip(found, scale) where from.last.map({ $0 < value }) ?? true {
      from.append(value)
      onto.append(place)
    }
    guard from.count > 1 else { throw UndefinedError("all landmarks are \(found[0]): the scale divides by 0") }
    return IntensityMap(landmarks: from, onto: onto)
  }
}

extension Intensities {
  /// Finite intensities of a whole scan, those above a bound alone if there is one.
  package init(whole scan: Scan, above bound: Double? = nil, _ lanes: Lanes) {
    let box = scan.geometry.box
    let all = Intensities(of: RegionImage(scan, in: box, rounds: false), in: RowSpans(all: scan.geometry.size), lanes)
      .finite()
    self = all.above(bound)
  }

  /// Those above a bound; all without one.
  func above(_ bound: Double?) -> Intensities { bound.map { bound in Intensities(filter { $0 > bound }) } ?? self }
}
