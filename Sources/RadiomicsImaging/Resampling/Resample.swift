import RadiomicsCore

/// Samples `image` at the voxel centres of `grid`.
///
/// Separable: axis by axis, those that lose most voxels first. Positions outside the image take the value at its border
/// (IBSI 1, chapter 2: extrapolation by the nearest voxel), unless `edge` says otherwise. An axis on which all new centres are old ones is copied.
/// Voxels that are not finite spread to those that depend on them.
/// - `image`: the image.
/// - `grid`: a grid with the same axes; its spacing, size and origin are free.
/// - `interpolation`: how values between voxel centres are found. Of a 0/1 mask, linear interpolation gives the share
///   of the region; rounding may put a share of exactly 0.5 just below it.
/// - `antialiasing`: smooth each axis on which the spacing grows by a Gaussian of σ = √(−8 ln 0.98) ≈ 0.4 new voxels
///   first, as MIRP does (its smoothing_beta 0.98; Zwanenburg et al., Scientific Reports 9 (2019) 614,
///   doi:10.1038/s41598-018-36938-4, supplement). Not part of IBSI 1.
public func resample(
  _ image: Volume<Double>, onto grid: Geometry, by interpolation: Interpolation, antialiasing: Bool = false
) -> Volume<Double> {
  let source = CroppedGrid(image.geometry, box: image.geometry.box)
  return resample(
    image, of: source, onto: CroppedGrid(grid, box: grid.box), by: interpolation, antialiasing: antialiasing)
}

/// Samples the part of an image that `sourceBox` names at the voxel centres of a part of a grid. Coordinates are those of
/// the whole grids, so that the result does not depend on the parts but for the spline's error.
package func resample(
  _ image: consuming Volume<Double>, of source: CroppedGrid, onto grid: CroppedGrid, by interpolation: Interpolation,
  edge: InterpolationEdge = .border, antialiasing: Bool = false, _ lanes: Lanes = Lanes(jobs: 1)
) -> Volume<Double> {
  precondition(image.geometry.size == source.box.size, "the image is the part of its grid that is named")
  precondition(
    (0..<3).allSatisfy { (source.whole.direction[$0] - grid.whole.direction[$0]).length < 1e-3 },
    "grids with the same axes; one with other axes is turned first")
  // Taken over where nobody else has it, so that splines need no copy.
  var voxels = image.voxels, size = source.box.size
  image = Volume(geometry: Geometry(unchecked: .one, spacing: .one, origin: .zero, direction: .identity), voxels: [0])
  for axis in order(of: source, onto: grid) {
    if antialiasing, let sigma = antialiasingSigma(from: source.whole, to: grid.whole, along: axis) {
      voxels = apply(AxisSampling(smoothing: size[axis], sigma: sigma), to: voxels, size: size, along: axis, lanes)
    }
    let first = Double(source.box.lower[axis])
    let coordinates = coordinates(
      grid.box.lower[axis]..<grid.box.upper[axis], of: grid.whole, in: source.whole, along: axis, edge
    ).map { $0 - first }
    if coordinates == (0..<size[axis]).map(Double.init) { continue }
    let sampling = AxisSampling(at: coordinates, length: size[axis], by: interpolation, edge: edge)
    if sampling.isOfCoefficients {
      makeSplineCoefficients(&voxels, size: size, along: axis, lanes)
    }
    voxels = apply(sampling, to: voxels, size: size, along: axis, lanes)
    size[axis] = sampling.count
  }
  return Volume(geometry: grid.geometry, voxels: voxels)
}

/// Bytes that `resample` takes at once at most: its source, and what goes into and comes out of the passes along axes.
package func resamplingBytes(of source: CroppedGrid, onto grid: CroppedGrid) -> Int {
  var size = source.box.size, most = 0
  let start = size.x * size.y * size.z
  for axis in order(of: source, onto: grid) {
    let before = size.x * size.y * size.z
    size[axis] = grid.box.size[axis]
    most = max(most, before + max(before, size.x * size.y * size.z))
  }
  return 8 * (start + most)
}

/// Axes that lose most voxels first.
private func order(of source: CroppedGrid, onto grid: CroppedGrid) -> [Int] {
  let growth = grid.whole.spacing / source.whole.spacing
  return (0..<3).sorted { growth[$0] != growth[$1] ? growth[$0] > growth[$1] : $0 < $1 }
}

/// A box of a grid's voxels.
package struct CroppedGrid: Sendable, Hashable {
  /// The grid that the box is a part of.
  package let whole: Geometry
  /// The voxels meant.
  package let box: Box

  /// A part of a grid.
  package init(_ whole: Geometry, box: Box) {
    self.whole = whole
    self.box = box
  }

  /// The part as a grid of its own.
  package var geometry: Geometry { whole.cropped(to: box) }
}

/// The voxels of `source` that `resample` needs to fill a part of a grid: resampling the image cropped to this box gives
/// what resampling the whole image gives, to 10⁻¹² relative to the largest intensity.
package func sourceBox(
  in source: Geometry, for grid: CroppedGrid, by interpolation: Interpolation, antialiasing: Bool = false
) -> Box {
  var lower = SIMD3<Int>.zero, size = SIMD3<Int>.zero
  for axis in 0..<3 {
    let range = grid.box.lower[axis]..<grid.box.upper[axis]
    let first = coordinates(range.prefix(1), of: grid.whole, in: source, along: axis)[0]
    let last = coordinates(range.suffix(1), of: grid.whole, in: source, along: axis)[0]
    let sigma = antialiasing ? antialiasingSigma(from: source, to: grid.whole, along: axis) : nil
    let margin = interpolation.reach + (sigma.map(AxisSampling.radius) ?? 0)
    lower[axis] = max(0, Int(first.rounded(.down)) - margin)
    size[axis] = min(source.size[axis] - 1, Int(last.rounded(.up)) + margin) + 1 - lower[axis]
  }
  return Box(lower: lower, size: size)
}

/// Coordinates along an axis of the voxel centres `range` of `grid`, in voxels of `source`, moved to its border where
/// they lie outside and that counts, and to a whole number where they are one but for rounding.
private func coordinates(
  _ range: Range<Int>, of grid: Geometry, in source: Geometry, along axis: Int, _ edge: InterpolationEdge = .border
) -> [Double] {
  let first = source.index(of: grid.origin)[axis], step = grid.spacing[axis] / source.spacing[axis]
  let last = Double(source.size[axis] - 1)
  return range.map { index in
    let place = first + Double(index) * step, coordinate = edge == .itk ? place : min(last, max(0, place))
    let whole = coordinate.rounded()
    return abs(coordinate - whole) < AxisSampling.coordinateNoise ? whole : coordinate
  }
}

/// σ of the Gaussian that keeps detail finer than the new voxels out, in voxels of `source`; nil where the spacing does
/// not grow. New voxels longer than the image count as long as the image.
private func antialiasingSigma(from source: Geometry, to grid: Geometry, along axis: Int) -> Double? {
  let ratio = grid.spacing[axis] / source.spacing[axis]
  guard ratio > 1 + 1e-9 else { return nil }
  return (-8 * log(0.98)).squareRoot() * min(ratio, Double(source.size[axis]))
}
