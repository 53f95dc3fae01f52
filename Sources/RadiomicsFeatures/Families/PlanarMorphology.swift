import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Shape of a region of one slice, in its plane: PyRadiomics' `shape2D`. The outline of its mesh passes halfway between
/// pixels inside and outside (marching squares); axes follow from the scatter of pixel centres, divided by their number.
///
/// Example: 2 × 2 pixels of 1 mm are an octagon: a square of 2 mm without four corners of ½ · ½ mm / 2, area 3.5 mm²,
/// perimeter 4 · 1 + 4 · √½ = 6.83 mm, largest diameter √(2² + 1²) = 2.24 mm.
public struct PlanarMorphology: FeatureFamily {
  public static let name = "planar_morphology"
  public static let summary = "Shape in the plane of a region of one slice: area, perimeter, diameter, axes."
  public static let reference = "PyRadiomics 3.0.1, shape2D"
  public static let parameters: [Parameter<Self>] = []
  public static let features = [
    Feature("morph_2d_area_mesh", "Mesh surface", ibsi: nil, unit: Unit(length: 2), "area within the outline A"),
    Feature(
      "morph_2d_area_approx", "Pixel surface", ibsi: nil, unit: Unit(length: 2), "number of pixels · area of a pixel"),
    Feature("morph_2d_perimeter", "Perimeter", ibsi: nil, unit: .millimetre, "length of the outline P"),
    Feature("morph_2d_pa", "Perimeter to surface ratio", ibsi: nil, unit: Unit(length: -1), "P / A"),
    Feature("morph_2d_sphericity", "Sphericity in the plane", ibsi: nil, scale: .fraction, "2 √(π A) / P"),
    Feature("morph_2d_sph_dispr", "Spherical disproportion in the plane", ibsi: nil, "P / (2 √(π A))"),
    Feature(
      "morph_2d_diam", "Maximum diameter in the plane", ibsi: nil, unit: .millimetre,
      "largest distance of two vertices of the outline"),
    Feature("morph_2d_maj_axis", "Major axis length in the plane", ibsi: nil, unit: .millimetre, "4 √λ₁"),
    Feature("morph_2d_min_axis", "Minor axis length in the plane", ibsi: nil, unit: .millimetre, "4 √λ₂"),
    Feature("morph_2d_elongation", "Elongation in the plane", ibsi: nil, scale: .fraction, "√(λ₂ / λ₁)"),
  ]

  public init() {}

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let box = region.morphological.boundingBox, box.size.z == 1 else {
      let count = region.morphological.boundingBox?.size.z ?? 0
      let reason = Reason("the region has \(count) slices, its shape in the plane needs exactly one")
      return undefined(reason, Self.features)
    }
    let outline = Outline(region.morphological, box, region.geometry.spacing)
    let axes = outline.axes, disproportion = outline.perimeter / (2 * (.pi * outline.area).squareRoot())
    return [
      .value(outline.area), .value(outline.pixelArea), .value(outline.perimeter),
      .value(outline.perimeter / outline.area), .value(1 / disproportion), .value(disproportion),
      .value(outline.diameter), .value(4 * axes.major.squareRoot()), .value(4 * axes.minor.squareRoot()),
      Cell((axes.minor / axes.major).squareRoot(), orUndefined: "one pixel has no axes to compare"),
    ]
  }
}

/// Where the mesh of a slice's pixels ends, and how they lie.
private struct Outline {
  /// mm², mm.
  private(set) var area = 0.0, perimeter = 0.0
  /// mm².
  let pixelArea: Double
  let diameter: Double
  /// Variances along the axes, mm².
  let axes: (major: Double, minor: Double)

  init(_ mask: RowSpans, _ box: Box, _ spacing: SIMD3<Double>) {
    let width = box.size.x + 2, height = box.size.y + 2
    var isInside = [Bool](repeating: false, count: width * height), places: [SIMD2<Double>] = []
    for span in mask.spans {
      let y = span.y - box.lower.y + 1, start = span.x - box.lower.x + 1
      for x in start..<start + span.count {
        isInside[x + width * y] = true
        places.append([Double(x) * spacing.x, Double(y) * spacing.y])
      }
    }
    pixelArea = Double(places.count) * spacing.x * spacing.y
    axes = principalVariances(places)
    let half = SIMD2(spacing.x, spacing.y) / 2
    var vertices: [SIMD2<Double>] = []
    for y in 0..<height - 1 {
      for x in 0..<width - 1 {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)].map { isInside[$0.0 + width * $0.1] }
        let (part, lines) = square(corners)
        area += part * spacing.x * spacing.y
        let corner = SIMD2(Double(x) * spacing.x, Double(y) * spacing.y)
        for line in lines {
          let ends = [corner + midpoints[line.0] * half, corner + midpoints[line.1] * half]
          perimeter += distance(ends[0], ends[1])
          vertices += ends
        }
      }
    }
    diameter = largestDistance(vertices)
  }
}

/// Halves of the sides of a square of four pixels' centres, in half pixels from the first: below, right, above, left.
private let midpoints: [SIMD2<Double>] = [[1, 0], [2, 1], [1, 2], [0, 1]]

/// The part of a square of four pixels' centres that lies within the outline, and the sides that the outline leads between.
/// Corners go around; two that lie across from each other are parted.
private func square(_ corners: [Bool]) -> (part: Double, lines: [(Int, Int)]) {
  // Corner c lies between the sides c − 1 and c.
  func cut(_ corner: Int) -> (Int, Int) { ((corner + 3) % 4, corner) }
  let inside = (0..<4).filter { corners[$0] }, outside = (0..<4).filter { !corners[$0] }
  switch inside.count {
  case 1: return (1.0 / 8, [cut(inside[0])])
  case 3: return (7.0 / 8, [cut(outside[0])])
  case 2 where (inside[0] + inside[1]) % 2 == 0: return (1.0 / 4, inside.map(cut))
  case 2:
    let isAlongX = corners[0] == corners[1]
    return (1.0 / 2, [isAlongX ? (1, 3) : (0, 2)])
  default: return (inside.count == 4 ? 1 : 0, [])
  }
}

private func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { ((a - b) * (a - b)).sum().squareRoot() }

/// Largest distance of two points; vertices that are not the first or the last of their row cannot be an end of it.
private func largestDistance(_ points: [SIMD2<Double>]) -> Double {
  var rows: [Double: ClosedRange<Double>] = [:]
  for point in points {
    let known = rows[point.y] ?? point.x...point.x
    rows[point.y] = min(known.lowerBound, point.x)...max(known.upperBound, point.x)
  }
  let ends = rows.sorted { $0.key < $1.key }.flatMap { [SIMD2($1.lowerBound, $0), SIMD2($1.upperBound, $0)] }
  var largest = 0.0
  for (index, end) in ends.enumerated() { for other in ends[..<index] { largest = max(largest, distance(end, other)) } }
  return largest
}

/// Eigenvalues of the covariance of points, divided by their number.
private func principalVariances(_ points: [SIMD2<Double>]) -> (major: Double, minor: Double) {
  let count = Double(points.count), mean = points.reduce(.zero, +) / count
  var xx = 0.0, xy = 0.0, yy = 0.0
  for point in points {
    let d = point - mean
    xx += d.x * d.x / count
    xy += d.x * d.y / count
    yy += d.y * d.y / count
  }
  let middle = (xx + yy) / 2, spread = ((xx - yy) / 2 * (xx - yy) / 2 + xy * xy).squareRoot()
  return (middle + spread, max(0, middle - spread))
}
