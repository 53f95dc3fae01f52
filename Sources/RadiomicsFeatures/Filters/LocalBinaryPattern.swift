import RadiomicsCore
import RadiomicsImaging

/// Local binary patterns in axial slices (Ojala, Pietikäinen and Mäenpää, doi:10.1109/TPAMI.2002.1017623): which of P
/// points on a circle around a voxel are at least as bright as the voxel. A uniform pattern, of at most two changes
/// along the points, becomes the number of bright points; any other P + 1. Points between voxels are interpolated
/// bilinearly; beyond the image there are zeros.
///
/// Example: with P = 8, a voxel brighter than all around becomes 0, one darker than all, and one in a flat area, 8.
public struct LocalBinaryPattern: ImageFilter {
  public static let name = "lbp2d"
  public static let summary = "Local binary patterns in slices: spots, edges and corners, whatever the brightness."
  public static let definition =
    "which of P points on a circle are at least as bright as the voxel: their number if they change at most "
    + "twice around, else P + 1 (uniform); the bits as a number (default); the least number of rotated bits "
    + "(ror)"
  public static let reference =
    "PyRadiomics 3.0.1, image type LBP2D; doi:10.1109/TPAMI.2002.1017623, as scikit-image's local_binary_pattern"
  public static let parameters: [Parameter<Self>] = [
    Parameter("radius", \.radius, in: 0.1...100, "Radius of the circle, voxels."),
    Parameter("samples", \.samples, in: 1...24, "Points on the circle."),
    Parameter(
      "method", \.method,
      "Number of bright points of uniform patterns, the pattern's bits, its least rotation, or the variance of the points."
    ),
  ]

  /// What a pattern becomes.
  public enum Method: String, ChoiceSetting {
    /// The number of bright points if the pattern is uniform, else P + 1.
    case uniform
    /// The pattern's bits as a number.
    case `default`
    /// The least number that the pattern's bits give when rotated.
    case ror
    /// The variance of the points' intensities, which is no pattern; no number where it is 0. A whole number, cut off
    /// toward zero, in an image of whole numbers, as PyRadiomics keeps an image's type.
    case `var`
  }

  /// Radius of the circle, voxels.
  public var radius = 1.0
  /// Points on the circle.
  public var samples = 8
  /// What a pattern becomes.
  public var method = Method.uniform

  public init() {}

  public func support(on grid: Geometry) -> FilterSupport {
    let reach = Int((radius + 1e-5).rounded(.up))
    return .finite([reach, reach, 0])
  }

  /// Patterns compare.
  public var handsOnNaN: Bool { false }

  public func unit(of intensity: String) -> String {
    method == .var && intensity != "1" ? intensity + "2" : "1"
  }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let circle = (0..<samples).map { point in
      // Rounded as scikit-image rounds them, lest a point be a hair beside a voxel.
      let angle = 2 * Double.pi * Double(point) / Double(samples)
      return SIMD2((radius * cos(angle) * 1e5).rounded() / 1e5, (-radius * sin(angle) * 1e5).rounded() / 1e5)
    }
    if method == .var { return take(0, variances(of: image, circle, box, lanes)) }
    let codes = samples > 16 ? [] : (0..<1 << samples).map { Double(code(of: $0)) }
    let slices = lanes.map(box.size.z) { slice in
      (0..<box.size.x * box.size.y).map { index in
        let x = box.lower.x + index % box.size.x, y = box.lower.y + index / box.size.x, z = box.lower.z + slice
        let centre = image[x, y, z]
        var pattern = 0
        for (point, place) in circle.enumerated()
        where bilinear(image, Double(x) + place.x, Double(y) + place.y, z) - centre >= 0 { pattern |= 1 << point }
        return samples > 16 ? Double(code(of: pattern)) : codes[pattern]
      }
    }
    take(0, Volume(geometry: image.geometry.cropped(to: box), voxels: slices.flatMap { $0 }))
  }

  private func variances(
    of image: Volume<Double>, _ circle: [SIMD2<Double>], _ box: Box, _ lanes: Lanes
  ) -> Volume<Double> {
    let isWhole = image.voxels.allSatisfy { $0 == $0.rounded() }, count = Double(samples)
    let slices = lanes.map(box.size.z) { slice in
      (0..<box.size.x * box.size.y).map { index in
        let x = box.lower.x + index % box.size.x, y = box.lower.y + index / box.size.x
        var sum = 0.0, squares = 0.0
        for place in circle {
          let value = bilinear(image, Double(x) + place.x, Double(y) + place.y, box.lower.z + slice)
          sum += value
          squares += value * value
        }
        let variance = (squares - sum * sum / count) / count
        return variance == 0 ? .nan : isWhole ? variance.rounded(.towardZero) : variance
      }
    }
    return Volume(geometry: image.geometry.cropped(to: box), voxels: slices.flatMap { $0 })
  }

  /// What a pattern becomes; bit p stands for point p.
  func code(of pattern: Int) -> Int {
    switch method {
    case .default, .var: return pattern
    case .ror:
      let mask = (1 << samples) - 1
      return (0..<samples).reduce(pattern) { min($0, (pattern >> $1 | pattern << (samples - $1)) & mask) }
    case .uniform:
      let changes = (pattern ^ pattern >> 1) & ((1 << (samples - 1)) - 1)
      return changes.nonzeroBitCount <= 2 ? pattern.nonzeroBitCount : samples + 1
    }
  }
}

/// The intensity of slice z at (x, y), 0 beyond the image.
private func bilinear(_ image: Volume<Double>, _ x: Double, _ y: Double, _ z: Int) -> Double {
  let left = x.rounded(.down), low = y.rounded(.down), right = x.rounded(.up), high = y.rounded(.up)
  func voxel(_ x: Double, _ y: Double) -> Double {
    let (x, y) = (Int(x), Int(y))
    return x >= 0 && y >= 0 && x < image.geometry.size.x && y < image.geometry.size.y ? image[x, y, z] : 0
  }
  let dx = x - left, dy = y - low
  let first = (1 - dx) * voxel(left, low) + dx * voxel(right, low)
  let second = (1 - dx) * voxel(left, high) + dx * voxel(right, high)
  return (1 - dy) * first + dy * second
}
