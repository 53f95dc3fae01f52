import RadiomicsCore
import RadiomicsImaging

/// A region made ready, with what happened on the way.
public struct PreparedRegion: Sendable {
  /// What is measured, or why it cannot be.
  public let region: Result<Region, UndefinedError>
  /// Figures after each step that was reached.
  public let steps: [PreparationStep]
  /// Image and masks after each step, if they were asked for.
  public let stages: [PreparationStage]

  /// A region that needs no preparation.
  public init(_ region: Region) {
    self.init(region: .success(region), steps: [], stages: [])
  }

  init(region: Result<Region, UndefinedError>, steps: [PreparationStep], stages: [PreparationStage]) {
    self.region = region
    self.steps = steps
    self.stages = stages
  }
}

/// Figures of image and masks after a step.
public struct PreparationStep: Sendable {
  /// `initial`, `normalised` and `operated` if the recipe does so, `interpolated`, `resegmented`.
  public let name: String
  /// The linear map of intensities of `normalised`.
  public let map: IntensityMap?
  /// Grid of the whole image at this step.
  public let geometry: Geometry
  /// Intensities of the whole image, where they were asked for.
  public let image: IntensitySummary?
  /// Voxels and bounding box of the morphological and of the intensity mask.
  public let morphological, intensity: (count: Int, box: SIMD3<Int>)
  /// Intensities within the intensity mask.
  public let intensities: IntensitySummary?
}

/// Image and masks after a step, on the computed part of the grid.
public struct PreparationStage: Sendable {
  /// `interpolated`, `operated`, `resegmented`, `discretised-…`.
  public let name: String
  /// Intensities.
  public let image: Volume<Double>
  /// The masks.
  public let morphological, intensity: RowSpans
}

/// What to compute besides the region itself. Nothing here changes a number of the region.
public struct PreparationScope: Sendable {
  /// Image around the region that the families need, mm.
  public var margin = 0.0
  /// Figures of the whole image at each step.
  public var wholeImage = false
  /// Keep image and masks after each step.
  public var keepsStages = false

  /// Only the region.
  public init() {}
}

extension Preparation {
  /// Most voxels that are computed around a region.
  static let mostVoxels = 1 << 28

  /// Makes the voxels of `mask` (on the scan's grid) ready to be measured, within the box that its steps need.
  /// - Parameters:
  ///   - map: the normalisation of the scan, from `normalisation(of:)`; found here if it is not given.
  ///   - clip: a second mask on the scan's grid; rings and dilations add nothing outside it.
  public func prepare(
    _ scan: Scan, _ mask: RowSpans, _ scope: PreparationScope = PreparationScope(),
    map: Result<IntensityMap?, UndefinedError>? = nil, clip: RowSpans? = nil
  ) -> PreparedRegion {
    precondition(mask.size == scan.geometry.size, "mask and image share a grid")
    var steps: [PreparationStep] = [], stages: [PreparationStage] = []
    do throws(UndefinedError) {
      let region = try prepare(scan, mask, scope, map, clip, &steps, &stages)
      return PreparedRegion(region: .success(region), steps: steps, stages: stages)
    } catch {
      return PreparedRegion(region: .failure(error), steps: steps, stages: stages)
    }
  }

  private func prepare(
    _ scan: Scan, _ mask: RowSpans, _ scope: PreparationScope, _ map: Result<IntensityMap?, UndefinedError>?,
    _ clip: RowSpans?, _ steps: inout [PreparationStep], _ stages: inout [PreparationStage]
  ) throws(UndefinedError) -> Region {
    guard let box = mask.boundingBox else { throw UndefinedError("the mask is empty") }
    let grid = try resampledGrid(of: scan.geometry)
    let new = CroppedGrid(grid, box: try targetBox(box, of: scan.geometry, on: grid, scope.margin))
    let old = CroppedGrid(scan.geometry, box: sourceBox(for: new, of: scan.geometry).union(box))
    var whole: (initial: IntensitySummary?, interpolated: IntensitySummary?)?
    if scope.wholeImage { whole = try wholeFigures(of: scan, on: grid, map) }

    var image = read(scan, in: old.box)
    let cropped = mask.cropped(to: old.box)
    steps.append(step("initial", scan.geometry, whole?.initial, cropped, cropped, image))
    var found = try (map ?? normalisation(of: scan)).get()
    if found == nil { found = try regionMap(image, cropped) }
    if let map = found {
      map.apply(to: &image)
      steps.append(step("normalised", scan.geometry, nil, cropped, cropped, image, map))
    }
    image = resampled(image, of: old, onto: new)
    var morphological = resampled(cropped, of: old, onto: new)
    func keep(_ name: String, _ intensity: RowSpans) {
      steps.append(step(name, grid, whole?.interpolated, morphological, intensity, image))
      guard scope.keepsStages else { return }
      stages.append(
        PreparationStage(name: name, image: image, morphological: morphological, intensity: intensity))
    }
    keep("interpolated", morphological)
    if let operations = region {
      let limits = clip.map { resampled($0.cropped(to: old.box), of: old, onto: new) }
      for operation in operations {
        morphological = operation.apply(to: morphological, of: image.geometry, within: limits)
      }
      keep("operated", morphological)
    }
    guard !morphological.isEmpty else {
      throw UndefinedError("no voxel is left of the region after resampling and region operations")
    }
    try requireNumbers(image, morphological)
    let intensity = resegment?.apply(to: morphological, of: image) ?? morphological
    keep("resegmented", intensity)
    guard !intensity.isEmpty else { throw UndefinedError("re-segmentation leaves no voxel of the region") }
    guard intensity.count >= minimumVoxels else {
      throw UndefinedError("the region has \(intensity.count) voxels, minimum_voxels asks for \(minimumVoxels)")
    }
    return Region(
      image: image, morphological: morphological, intensity: intensity, range: resegment?.range?.bounds)
  }

  // MARK: Boxes

  private func resampledGrid(of old: Geometry) throws(UndefinedError) -> Geometry {
    guard let resample else { return old }
    do throws(GeometryError) {
      return try old.resampled(to: resample.spacing, align: resample.align)
    } catch {
      throw UndefinedError(error.description)
    }
  }

  /// The box of the new grid to compute: the region, the old voxels around it where a mask may reach by interpolation,
  /// and what operations and families need.
  private func targetBox(
    _ box: Box, of old: Geometry, on new: Geometry, _ margin: Double
  ) throws(UndefinedError) -> Box {
    let reach = margin + (region ?? []).reduce(0) { $0 + $1.reach }
    let around = resample?.maskInterpolation == .cubicSpline ? 3.0 : 1.0
    let first = new.index(of: old.position(of: SIMD3<Double>(box.lower) - around))
    let last = new.index(of: old.position(of: SIMD3<Double>(box.upper) - 1 + around))
    var lower = SIMD3<Int>.zero, size = SIMD3<Int>.zero
    for axis in 0..<3 {
      let margin = reach / new.spacing[axis], end = Double(new.size[axis] - 1)
      lower[axis] = Int(min(end, max(0, (first[axis] - margin).rounded(.down))))
      size[axis] = Int(max(0, min(end, (last[axis] + margin).rounded(.up)))) + 1 - lower[axis]
    }
    guard Double(size.x) * Double(size.y) * Double(size.z) <= Double(Self.mostVoxels) else {
      throw UndefinedError(
        "a spacing of \(new.spacing.settingValue) mm gives \(size.x) x \(size.y) x \(size.z) voxels around the region, at "
          + "most \(Self.mostVoxels) are possible; choose a larger spacing")
    }
    return Box(lower: lower, size: size)
  }

  /// The part of the old grid that image and mask are interpolated from.
  private func sourceBox(for target: CroppedGrid, of old: Geometry) -> Box {
    guard let resample else { return target.box }
    return RadiomicsImaging.sourceBox(
      in: old, for: target, by: resample.interpolation, antialiasing: resample.antialiasing
    ).union(RadiomicsImaging.sourceBox(in: old, for: target, by: resample.maskInterpolation))
  }

  // MARK: Intensities

  private func read(_ scan: Scan, in box: Box) -> Volume<Double> {
    var image = scan.volume(in: box)
    if round == .hounsfield { image.voxels.roundToIntegers() }
    return image
  }

  /// The normalisation that the whole scan gives; nil where there is none, or the region decides.
  public func normalisation(of scan: Scan) -> Result<IntensityMap?, UndefinedError> {
    guard let normalise, normalise.within == .image else { return .success(nil) }
    return Result { () throws(UndefinedError) in
      try normalise.map(from: read(scan, in: scan.geometry.box).voxels.filter(\.isFinite))
    }
  }

  private func regionMap(_ image: Volume<Double>, _ mask: RowSpans) throws(UndefinedError) -> IntensityMap? {
    guard let normalise, normalise.within == .region else { return nil }
    return try normalise.map(from: mask.values(of: image.voxels).filter(\.isFinite))
  }

  private func resampled(_ image: Volume<Double>, of old: CroppedGrid, onto new: CroppedGrid) -> Volume<Double> {
    guard let resample else { return image }
    var result = RadiomicsImaging.resample(
      image, of: old, onto: new, by: resample.interpolation, antialiasing: resample.antialiasing)
    if round == .hounsfield { result.voxels.roundToIntegers() }
    return result
  }

  /// A mask on the new grid: voxels of which at least the threshold's part is inside.
  private func resampled(_ mask: RowSpans, of old: CroppedGrid, onto new: CroppedGrid) -> RowSpans {
    guard let resample else { return mask }
    let inside = Volume(geometry: old.geometry, voxels: mask.mask.map(Double.init))
    let parts = RadiomicsImaging.resample(inside, of: old, onto: new, by: resample.maskInterpolation)
    // Interpolation may turn 0.5 into 0.49999999999999994.
    let threshold = resample.maskThreshold - 1e-9
    return RowSpans(size: new.box.size) { parts.voxels[$0] >= threshold }
  }

  /// Largest magnitude of an intensity: fourth powers of the region's must stay finite.
  private static let largestIntensity = 1e60

  private func requireNumbers(_ image: Volume<Double>, _ mask: RowSpans) throws(UndefinedError) {
    let count = mask.values(of: image.voxels).count { !(abs($0) <= Self.largestIntensity) }
    guard count > 0 else { return }
    let spread =
      resample.map {
        ", or the image has such voxels nearby: \($0.interpolation.rawValue) interpolation hands them on to its neighbours"
      } ?? ""
    throw UndefinedError(
      "\(count) of the region's \(mask.count) voxels are not numbers (NaN, infinite or beyond 1e60): correct the image or "
        + "leave them out of the mask\(spread)")
  }

  // MARK: Figures

  /// Intensities of the whole image as read, and after resampling.
  private func wholeFigures(
    of scan: Scan, on grid: Geometry, _ map: Result<IntensityMap?, UndefinedError>?
  ) throws(UndefinedError) -> (initial: IntensitySummary?, interpolated: IntensitySummary?) {
    var image = read(scan, in: scan.geometry.box)
    let initial = IntensitySummary(ofFinite: image.voxels)
    guard normalise?.within != .region, grid.count <= Self.mostVoxels else { return (initial, nil) }
    if let map = try (map ?? normalisation(of: scan)).get() { map.apply(to: &image) }
    image = resampled(
      image, of: CroppedGrid(scan.geometry, box: scan.geometry.box), onto: CroppedGrid(grid, box: grid.box))
    return (initial, IntensitySummary(ofFinite: image.voxels))
  }

  private func step(
    _ name: String, _ grid: Geometry, _ whole: IntensitySummary?, _ morphological: RowSpans,
    _ intensity: RowSpans, _ image: Volume<Double>, _ map: IntensityMap? = nil
  ) -> PreparationStep {
    func figures(_ spans: RowSpans) -> (Int, SIMD3<Int>) { (spans.count, spans.boundingBox?.size ?? .zero) }
    return PreparationStep(
      name: name, map: map, geometry: grid, image: whole, morphological: figures(morphological),
      intensity: figures(intensity), intensities: IntensitySummary(ofFinite: intensity.values(of: image.voxels)))
  }
}

extension Resegmentation {
  /// The voxels of `mask` that pass both rules; limits by σ are those of `mask` before any is left out.
  package func apply(to mask: RowSpans, of image: Volume<Double>) -> RowSpans {
    var bounds = range?.bounds ?? -.infinity ... .infinity
    if let sigma, let summary = IntensitySummary(ofFinite: mask.values(of: image.voxels)) {
      let half = sigma * summary.variance.squareRoot()
      let outliers = summary.mean - half...summary.mean + half
      guard bounds.overlaps(outliers) else { return RowSpans(size: mask.size) { _ in false } }
      bounds = bounds.clamped(to: outliers)
    }
    let inside = mask.mask
    return RowSpans(size: mask.size) { inside[$0] != 0 && bounds.contains(image.voxels[$0]) }
  }
}

extension RegionOperation {
  /// The mask after the operation; what dilations and rings add stays inside `clip`.
  package func apply(to mask: RowSpans, of geometry: Geometry, within clip: RowSpans?) -> RowSpans {
    guard !mask.isEmpty else { return mask }
    let before = Volume(geometry: geometry, voxels: mask.mask)
    let limits = clip.map { Volume(geometry: geometry, voxels: $0.mask) }
    switch self {
    case .dilate(let distance):
      let grown = RowSpans(size: geometry.size, mask: before.dilated(by: distance).voxels).intersection(clip).mask
      return RowSpans(size: geometry.size) { grown[$0] != 0 || before.voxels[$0] != 0 }
    case .erode(let distance): return RowSpans(size: geometry.size, mask: before.eroded(by: distance).voxels)
    case .ring(let inside, let outside):
      let ring = before.ring(inside: inside, outside: outside, within: limits)
      return RowSpans(size: geometry.size, mask: ring.voxels)
    case .fillHoles: return RowSpans(size: geometry.size, mask: before.holesFilled().voxels)
    case .largestComponent: return RowSpans(size: geometry.size, mask: before.largestComponent().voxels)
    }
  }
}

extension [Double] {
  /// To the nearest integer, halves to the even one.
  fileprivate mutating func roundToIntegers() {
    for index in indices { self[index] = self[index].rounded(.toNearestOrEven) }
  }
}
