import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Mean and covariance of voxel centres.
struct CentreMoments {
  /// Number of voxels.
  let count: Int
  /// Mean position from voxel (0, 0, 0), mm.
  let mean: SIMD3<Double>
  /// Σ (x − mean)² along principal axes, largest first, mm². Exactly 0 where all centres lie in a plane or on a line.
  let scatter: SIMD3<Double>

  /// Sums over runs: along x, Σ (x − mean)² of a run of c voxels is c (middle − mean)² + c (c² − 1) / 12.
  init(_ mask: RowSpans, spacing: SIMD3<Double>) {
    var sum = SIMD3<Double>.zero
    for span in mask.spans { sum += Double(span.count) * middle(of: span) }
    let mean = sum / Double(mask.count)
    var diagonal = SIMD3<Double>.zero, offDiagonal = SIMD3<Double>.zero
    for span in mask.spans {
      let count = Double(span.count), d = middle(of: span) - mean
      diagonal += count * d * d + SIMD3(count * (count * count - 1) / 12, 0, 0)
      offDiagonal += count * SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
    }
    let eigen = SymmetricEigen3(
      diagonal: diagonal * spacing * spacing,
      offDiagonal: offDiagonal * SIMD3(spacing.x * spacing.y, spacing.x * spacing.z, spacing.y * spacing.z))
    let rounding = 1e-13 * eigen.values.x
    self.count = mask.count
    self.mean = mean * spacing
    scatter = eigen.values.replacing(with: 0, where: eigen.values .< rounding)
  }
}

private func middle(of span: RowSpans.Span) -> SIMD3<Double> {
  [Double(span.x) + Double(span.count - 1) / 2, Double(span.y), Double(span.z)]
}

/// Bodies around the vertices of the surface.
struct Enclosures {
  let hull: Polyhedron
  let orientedBox: OrientedBox
  let ellipsoid: Ellipsoid
  /// Largest distance of two vertices, mm.
  let diameter: Double

  /// Nil if the region is too long for exact arithmetic.
  init?(_ mask: RowSpans, spacing: SIMD3<Double>, _ lanes: Lanes) {
    guard let size = mask.boundingBox?.size, 2 * (size.max() + 1) < ConvexHull.largestExtent,
      let lattice = ConvexHull(ofSurfaceOf: mask)
    else { return nil }
    let hull = Polyhedron(lattice, spacing: spacing)
    let parts = lanes.map(3) { part -> (OrientedBox?, Ellipsoid?, Double?) in
      switch part {
      case 0: (OrientedBox(around: hull), nil, nil)
      case 1: (nil, Ellipsoid(around: hull.corners), nil)
      default: (nil, nil, hull.diameter)
      }
    }
    guard let orientedBox = parts[0].0, let ellipsoid = parts[1].1, let diameter = parts[2].2 else { return nil }
    (self.hull, self.orientedBox, self.ellipsoid, self.diameter) = (hull, orientedBox, ellipsoid, diameter)
  }

  static let tooLong: Reason = "the region is longer than 524000 voxels: its hull is not computed"
}

extension Morphology {
  func sizeCells(_ region: Region, _ surface: Surface) -> [Cell] {
    let (v, a) = (surface.volume, surface.area)
    let sphere = cbrt(36 * .pi * v * v)
    return [
      v, Double(region.morphological.count) * region.geometry.voxelVolume, a, a / v,
      v / (Double.pi.squareRoot() * a * a.squareRoot()), 36 * .pi * v * v / (a * a * a), a / sphere, sphere / a,
      a / sphere - 1,
    ].map { Cell($0, orUndefined: "the surface encloses no volume") }
  }

  /// Places are taken relative to the geometric centre, so that a far origin costs no precision. A sum of n intensities
  /// that is at most n ε times that of their sizes is rounding, and taken for 0.
  func shiftCell(_ region: Region, _ centre: SIMD3<Double>) -> Cell {
    var sum = 0.0, moment = SIMD3<Double>.zero, size = 0.0
    let spacing = region.geometry.spacing
    var voxel = 0
    for span in region.intensity.spans {
      var runSum = 0.0, runSize = 0.0, runMoment = 0.0
      for step in 0..<span.count {
        let intensity = region.intensities[voxel + step]
        runSum += intensity
        runSize += abs(intensity)
        runMoment += intensity * Double(step)
      }
      sum += runSum
      size += runSize
      moment += runSum * (SIMD3<Double>(SIMD3(span.x, span.y, span.z)) * spacing - centre)
      moment.x += runMoment * spacing.x
      voxel += span.count
    }
    guard abs(sum) > Double(voxel) * .ulpOfOne * size else {
      return .undefined("the intensities add up to 0 within rounding: they have no centre of mass")
    }
    return Cell((moment / sum).length, orUndefined: "the intensities are too large to add")
  }

  func diameterCell(_ enclosures: Enclosures?) -> Cell {
    enclosures.map { .value($0.diameter) } ?? .undefined(Enclosures.tooLong)
  }

  /// Semi-axes a ≥ b ≥ c of the ellipsoid with the variances of voxel centres.
  private func ellipsoid(_ moments: CentreMoments) -> Ellipsoid? {
    let divisor = axisNormalisation == .population ? moments.count : moments.count - 1
    guard divisor > 0 else { return nil }
    return Ellipsoid(semiAxes: 2 * (moments.scatter / Double(divisor)).squareRoot())
  }

  func axisCells(_ moments: CentreMoments) -> [Cell] {
    let scatter = moments.scatter, point: Reason = "one voxel: its axes have length 0"
    let lengths: [Cell] =
      ellipsoid(moments).map { ellipsoid in (0..<3).map { .value(2 * ellipsoid.semiAxes[$0]) } }
      ?? [Cell](repeating: .undefined("one voxel: the sample covariance divides by 0"), count: 3)
    return lengths + [scatter.y, scatter.z].map { Cell(($0 / scatter.x).squareRoot(), orUndefined: point) }
  }

  func densityCells(
    _ region: Region, _ surface: Surface, _ moments: CentreMoments, _ enclosures: Enclosures?
  ) -> [Cell] {
    func density(_ volume: Double, _ area: Double) -> [Cell] {
      [.value(surface.volume / volume), .value(surface.area / area)]
    }
    let sides = SIMD3<Double>(region.morphological.boundingBox?.size ?? .one) * region.geometry.spacing
    let alignedBox = OrientedBox(axes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], lengths: sides)
    var cells = density(alignedBox.volume, alignedBox.area)
    let tooLong = [Cell](repeating: .undefined(Enclosures.tooLong), count: 2)
    cells += enclosures.map { density($0.orientedBox.volume, $0.orientedBox.area) } ?? tooLong
    let approximate = ellipsoid(moments)
    cells.append(
      approximate.map { Cell(surface.volume / $0.volume, orUndefined: "the ellipsoid is flat: it has no volume") }
        ?? .undefined("one voxel: there is no ellipsoid"))
    cells.append(
      approximate.map { Cell(surface.area / $0.area, orUndefined: "the ellipsoid is a line: it has no area") }
        ?? .undefined("one voxel: there is no ellipsoid"))
    cells += enclosures.map { density($0.ellipsoid.volume, $0.ellipsoid.area) } ?? tooLong
    cells += enclosures.map { density($0.hull.volume, $0.hull.area) } ?? tooLong
    return cells
  }

  func integratedCell(_ region: Region, _ surface: Surface, _ lanes: Lanes) -> Cell {
    Cell(surface.volume * region.intensities.mean(lanes), orUndefined: "the intensities are not finite")
  }

  func autocorrelationCells(_ region: Region, _ resources: Resources) -> [Cell] {
    guard autocorrelation == .exact else { return [] }
    do throws(UndefinedError) {
      let sums = try SpatialAutocorrelation(
        mask: region.intensity, intensities: Array(region.intensities), spacing: region.geometry.spacing, resources)
      return [sums.moran, sums.geary].map {
        Cell($0, orUndefined: "the variance of intensities is too large for a number")
      }
    } catch {
      return [.undefined(error.reason), .undefined(error.reason)]
    }
  }
}
