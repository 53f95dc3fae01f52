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
  /// The morphological and the intensity mask.
  public let morphological, intensity: MaskFigures
  /// Intensities within the intensity mask.
  public let intensities: IntensitySummary?
}

/// How many voxels a mask has, and where.
public struct MaskFigures: Sendable {
  /// Voxels.
  public let count: Int
  /// Size of the bounding box, and its first voxel on the step's grid.
  public let box, lower: SIMD3<Int>
  /// Mean index of the voxels on the step's grid, where figures of the whole image were asked for; nil if there are none.
  public let centre: SIMD3<Double>?
  /// Connected parts (26 neighbours), where figures of the whole image were asked for.
  public let parts: Int?

  /// `offset` is where the mask's grid begins on the step's.
  init(_ mask: RowSpans, at offset: SIMD3<Int>, isFull: Bool) {
    let bounds = mask.boundingBox
    count = mask.count
    box = bounds?.size ?? .zero
    lower = (bounds?.lower ?? .zero) &+ offset
    centre = isFull && !mask.isEmpty ? Self.centre(of: mask) + SIMD3<Double>(offset) : nil
    parts = isFull ? bounds.map { mask.cropped(to: $0).partCount } ?? 0 : nil
  }

  private static func centre(of mask: RowSpans) -> SIMD3<Double> {
    let sum = mask.spans.reduce(SIMD3<Double>.zero) { sum, span in
      let count = Double(span.count)
      return sum + SIMD3(Double(2 * span.x + span.count - 1) / 2, Double(span.y), Double(span.z)) * count
    }
    return sum / Double(mask.count)
  }
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
  /// Image around the region that filters and families need on the prepared image's grid, mm to each side; infinite for all
  /// of the image.
  public var margin: @Sendable (Geometry) -> SIMD3<Double> = { _ in .zero }
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

  /// Makes a region ready to be measured, within the box that its steps need.
  public func prepare(
    _ source: ImagedRegion, _ scope: PreparationScope = PreparationScope(), lanes: Lanes = Lanes(jobs: 1)
  ) -> PreparedRegion {
    var steps: [PreparationStep] = [], stages: [PreparationStage] = []
    do throws(UndefinedError) {
      let region = try prepare(source, scope, lanes, &steps, &stages)
      return PreparedRegion(region: .success(region), steps: steps, stages: stages)
    } catch {
      return PreparedRegion(region: .failure(error), steps: steps, stages: stages)
    }
  }

  private func prepare(
    _ source: ImagedRegion, _ scope: PreparationScope, _ lanes: Lanes, _ steps: inout [PreparationStep],
    _ stages: inout [PreparationStage]
  ) throws(UndefinedError) -> Region {
    let scan = source.scan, mask = source.mask
    guard let box = mask.boundingBox else { throw UndefinedError("the mask is empty") }
    guard kernel?.isReady ?? true else {
      throw UndefinedError("the kernel's file '\(kernel?.file ?? "")' was not read: read the recipe by its path")
    }
    let (new, old) = try boxes(around: box, of: scan.geometry, margin: scope.margin), grid = new.whole
    var whole: (initial: IntensitySummary?, interpolated: IntensitySummary?)?
    if scope.wholeImage { whole = try wholeFigures(of: source, on: grid, lanes) }

    var state = State(read(scan, in: old.box, lanes), mask.cropped(to: old.box), lanes)
    steps.append(state.step("initial", scan.geometry, whole?.initial))
    let found = try normalisation(of: source, state.intensities, lanes)
    if let map = found {
      state = State(state.image.mapped(by: map), state.morphological, lanes)
      steps.append(state.step("normalised", scan.geometry, nil, map))
    }
    if resample != nil {
      let isWhole = scan.holdsWholeNumbers && kernel == nil && found == nil
      let image = resampled(state.image.volume, of: old, onto: new, isWhole: isWhole, lanes)
      state = State(RegionImage(image), resampled(state.morphological, of: old, onto: new, lanes), lanes)
    }
    func keep(_ name: String) {
      steps.append(state.step(name, grid, whole?.interpolated))
      if scope.keepsStages { stages.append(state.stage(name)) }
    }
    keep("interpolated")
    if let operations = region {
      let limits = source.clip.map { resampled($0.cropped(to: old.box), of: old, onto: new, lanes) }
      let operated = operations.reduce(state.morphological) {
        $1.apply(to: $0, of: state.image.geometry, within: limits)
      }
      state = State(state.image, operated, lanes)
      keep("operated")
    }
    guard !state.morphological.isEmpty else {
      throw UndefinedError("no voxel is left of the region after resampling and region operations")
    }
    try requireNumbers(state.intensities)
    if let resegment { state.apply(resegment, lanes) }
    keep("resegmented")
    guard !state.intensity.isEmpty else { throw UndefinedError("re-segmentation leaves no voxel of the region") }
    guard state.intensity.count >= minimumVoxels else {
      throw UndefinedError("the region has \(state.intensity.count) voxels, minimum_voxels asks for \(minimumVoxels)")
    }
    if minimumDimensions > 0 {
      let extent = state.intensity.boundingBox!.size, dimensions = (0..<3).count { extent[$0] > 1 }
      guard dimensions >= minimumDimensions else {
        throw UndefinedError(
          "the region has more than one voxel along \(dimensions) axes, minimum_dimensions asks for \(minimumDimensions)"
        )
      }
    }
    return Region(
      image: state.image, morphological: state.morphological, intensity: state.intensity,
      intensities: state.intensities, range: resegment?.range?.bounds)
  }

  // MARK: Boxes

  /// The part of the new grid that is computed around a region's box, and the part of the old grid that it is made of.
  func boxes(
    around box: Box, of old: Geometry, margin: (Geometry) -> SIMD3<Double>
  ) throws(UndefinedError) -> (new: CroppedGrid, old: CroppedGrid) {
    var grid = try resampledGrid(of: old, around: box)
    if let crop { grid = grid.cropped(to: self.cropped(to: box, of: old, on: grid, margin: crop)) }
    let new = CroppedGrid(grid, box: try targetBox(box, of: old, on: grid, margin(grid)))
    return (new, CroppedGrid(old, box: sourceBox(for: new, of: old).union(box)))
  }

  /// What is left of the new grid around a region's box of the old one, by PyRadiomics' rule: places are counted from the
  /// first corner of both grids, and half a voxel of the old one and parts of the new one are added on each side.
  private func cropped(to box: Box, of old: Geometry, on new: Geometry, margin: Int) -> Box {
    guard new != old else { return box.grown(by: SIMD3(repeating: margin)).clipped(to: new.box) ?? box }
    var lower = SIMD3<Int>.zero, size = lower
    for axis in 0..<3 {
      let ratio = old.spacing[axis] / new.spacing[axis], end = Double(new.size[axis] - 1)
      let first = ((Double(box.lower[axis]) - 0.5) * ratio - Double(margin)).rounded(.down)
      let last = ((Double(box.upper[axis]) - 0.5) * ratio + Double(margin)).rounded(.up)
      lower[axis] = Int(min(end, max(0, first)))
      size[axis] = Int(max(0, min(end, last))) + 1 - lower[axis]
    }
    return Box(lower: lower, size: size)
  }

  /// The grid that the image around a region's box is interpolated to.
  func resampledGrid(of old: Geometry, around box: Box) throws(UndefinedError) -> Geometry {
    guard let resample else { return old }
    var spacing = resample.spacing
    for axis in 0..<3 where spacing[axis] == 0 || resample.keepsFlat && box.size[axis] == 1 {
      spacing[axis] = old.spacing[axis]
    }
    if (0..<3).allSatisfy({ abs(old.spacing[$0] - spacing[$0]) <= resample.keepWithin * spacing[$0] }) { return old }
    do throws(GeometryError) {
      return try old.resampled(to: spacing, align: resample.align)
    } catch {
      throw UndefinedError(error.description)
    }
  }

  /// The box of the new grid to compute: the region, the old voxels around it where a mask may reach by interpolation,
  /// and what operations and families need.
  private func targetBox(
    _ box: Box, of old: Geometry, on new: Geometry, _ margin: SIMD3<Double>
  ) throws(UndefinedError) -> Box {
    let reach = margin + (region ?? []).reduce(0) { $0 + $1.reach }
    let around = resample?.maskInterpolation == .cubicSpline ? 3.0 : 1.0
    let near = near(box, of: old, on: new, around: around, margin: reach), size = near.size
    guard Double(size.x) * Double(size.y) * Double(size.z) <= Double(Self.mostVoxels) else {
      throw UndefinedError(
        "a spacing of \(new.spacing.settingValue) mm gives \(size.x) x \(size.y) x \(size.z) voxels around the region, at "
          + "most \(Self.mostVoxels) are possible; choose a larger spacing")
    }
    return near
  }

  /// The box of the new grid around a box of the old one and `around` voxels of it, and mm of margin.
  private func near(
    _ box: Box, of old: Geometry, on new: Geometry, around: Double, margin: SIMD3<Double> = .zero
  ) -> Box {
    let first = new.index(of: old.position(of: SIMD3<Double>(box.lower) - around))
    let last = new.index(of: old.position(of: SIMD3<Double>(box.upper) - 1 + around))
    var lower = SIMD3<Int>.zero, size = SIMD3<Int>.zero
    for axis in 0..<3 {
      let reach = margin[axis] / new.spacing[axis], end = Double(new.size[axis] - 1)
      lower[axis] = Int(min(end, max(0, (first[axis] - reach).rounded(.down))))
      size[axis] = Int(max(0, min(end, (last[axis] + reach).rounded(.up)))) + 1 - lower[axis]
    }
    return Box(lower: lower, size: size)
  }

  /// The part of the old grid that image and mask are interpolated from.
  private func sourceBox(for target: CroppedGrid, of old: Geometry) -> Box {
    guard let resample else {
      let corner = SIMD3<Int>(old.index(of: target.whole.origin).rounded(.toNearestOrEven))
      return Box(lower: target.box.lower &+ corner, size: target.box.size)
    }
    return RadiomicsImaging.sourceBox(
      in: old, for: target, by: resample.interpolation, antialiasing: resample.antialiasing
    ).union(RadiomicsImaging.sourceBox(in: old, for: target, by: resample.maskInterpolation))
  }

  // MARK: Intensities

  private func read(_ scan: Scan, in box: Box, _ lanes: Lanes) -> RegionImage {
    guard let kernel else { return RegionImage(scan, in: box, rounds: round == .hounsfield) }
    var image = kernel.apply(in: box, of: scan.geometry, lanes) { scan.volume(in: $0) }
    if round == .hounsfield { image.voxels.roundToIntegers() }
    return RegionImage(image)
  }

  private func readWhole(_ scan: Scan, _ lanes: Lanes) -> Intensities {
    Intensities(of: read(scan, in: scan.geometry.box, lanes), in: RowSpans(all: scan.geometry.size), lanes)
  }

  /// The normalisation that the whole scan or a reference tissue gives; nil where there is none, or the region decides.
  /// - `tissues`: Masks on the scan's grid, by their name in the recipe.
  public func normalisation(
    of scan: Scan, _ tissues: [String: RowSpans] = [:], lanes: Lanes = Lanes(jobs: 1)
  ) -> Result<IntensityMap?, UndefinedError> {
    guard let normalise else { return .success(nil) }
    return Result { () throws(UndefinedError) in
      switch normalise.within {
      case .region: nil
      case .image: try normalise.map(from: readWhole(scan, lanes).finite(), lanes)
      case .reference: try normalise.map(from: tissue(normalise.reference!, tissues, of: scan, lanes), lanes)
      }
    }
  }

  private func tissue(
    _ name: TissueName, _ tissues: [String: RowSpans], of scan: Scan, _ lanes: Lanes
  ) throws(UndefinedError) -> Intensities {
    guard let mask = tissues[name.text], let box = mask.boundingBox else {
      throw UndefinedError("the recipe normalises by the reference tissue '\(name.text)', of which there is no mask")
    }
    return Intensities(of: read(scan, in: box, lanes), in: mask.cropped(to: box), lanes).finite()
  }

  /// The normalisation that the whole image or the region's intensities before resampling give; nil where there is none.
  func normalisation(
    of source: ImagedRegion, _ intensities: Intensities, _ lanes: Lanes
  ) throws(UndefinedError) -> IntensityMap? {
    if let normalise, normalise.within == .region { return try normalise.map(from: intensities.finite(), lanes) }
    return try (source.map ?? normalisation(of: source.scan, source.tissues, lanes: lanes)).get()
  }

  private func resampled(
    _ image: consuming Volume<Double>, of old: CroppedGrid, onto new: CroppedGrid, isWhole: Bool, _ lanes: Lanes
  ) -> Volume<Double> {
    guard let resample else { return image }
    var result = RadiomicsImaging.resample(
      consume image, of: old, onto: new, by: resample.interpolation, edge: resample.edge,
      antialiasing: resample.antialiasing, lanes)
    switch round {
    case .none: break
    case .hounsfield: result.voxels.roundToIntegers()
    case .stored where isWhole: for index in result.voxels.indices { result.voxels[index].round(.towardZero) }
    case .stored: break
    }
    return result
  }

  /// What a mask in `box` of the old grid is interpolated from and to: its own box with the voxels around that a value
  /// depends on, everything for a spline; nil if it lies elsewhere.
  func maskGrids(
    _ box: Box, of old: CroppedGrid, onto new: CroppedGrid
  ) -> (source: CroppedGrid, target: CroppedGrid)? {
    guard let resample, resample.maskInterpolation != .cubicSpline else { return (old, new) }
    guard let near = near(box, of: old.whole, on: new.whole, around: 1).clipped(to: new.box) else { return nil }
    let target = CroppedGrid(new.whole, box: near)
    let source = RadiomicsImaging.sourceBox(in: old.whole, for: target, by: resample.maskInterpolation).union(box)
    return (CroppedGrid(old.whole, box: source), target)
  }

  /// A mask on the new grid: voxels of which at least the threshold's part is inside.
  private func resampled(
    _ mask: RowSpans, of old: CroppedGrid, onto new: CroppedGrid, _ lanes: Lanes
  ) -> RowSpans {
    guard let resample else { return mask }
    guard let box = mask.boundingBox,
      let (source, target) = maskGrids(Box(lower: box.lower &+ old.box.lower, size: box.size), of: old, onto: new)
    else { return RowSpans(size: new.box.size, spans: []) }
    let inside = mask.placed(at: old.box.lower &- source.box.lower, in: source.box.size)
    var voxels = [Double](repeating: 0, count: source.geometry.count)
    inside.fill(&voxels, with: 1)
    let parts = RadiomicsImaging.resample(
      Volume(geometry: source.geometry, voxels: voxels), of: source, onto: target, by: resample.maskInterpolation,
      edge: resample.edge, lanes
    ).voxels
    // Interpolation may turn 0.5 into 0.49999999999999994.
    let threshold = resample.maskThreshold - 1e-9
    return parts.withUnsafeBufferPointer { parts in RowSpans(size: target.box.size) { parts[$0] >= threshold } }
      .placed(at: target.box.lower &- new.box.lower, in: new.box.size)
  }

  private func requireNumbers(_ intensities: Intensities) throws(UndefinedError) {
    guard !intensities.allLie(in: -Intensities.largest...Intensities.largest) else { return }
    let count = intensities.count { !(abs($0) <= Intensities.largest) }
    let spread =
      resample.map {
        ", or the image has such voxels nearby: \($0.interpolation.rawValue) interpolation hands them on to its neighbours"
      } ?? ""
    throw UndefinedError(
      "\(count) of the region's \(intensities.count) voxels are not numbers (NaN, infinite or beyond 1e60): correct the "
        + "image or leave them out of the mask\(spread)")
  }

  /// Intensities of the whole image as read, and after resampling.
  private func wholeFigures(
    of source: ImagedRegion, on grid: Geometry, _ lanes: Lanes
  ) throws(UndefinedError) -> (initial: IntensitySummary?, interpolated: IntensitySummary?) {
    let scan = source.scan
    let initial = IntensitySummary(ofFinite: readWhole(scan, lanes), lanes)
    guard normalise?.within != .region, grid.count <= Self.mostVoxels else { return (initial, nil) }
    if normalise == nil, grid == scan.geometry { return (initial, initial) }
    var image = read(scan, in: scan.geometry.box, lanes)
    let found = try (source.map ?? normalisation(of: scan, source.tissues, lanes: lanes)).get()
    if let found { image = image.mapped(by: found) }
    if resample != nil {
      let old = CroppedGrid(scan.geometry, box: scan.geometry.box)
      let new = CroppedGrid(grid, box: grid.box), isWhole = scan.holdsWholeNumbers && kernel == nil && found == nil
      image = RegionImage(resampled(image.volume, of: old, onto: new, isWhole: isWhole, lanes))
    }
    let intensities = Intensities(of: image, in: RowSpans(all: grid.size), lanes)
    return (initial, IntensitySummary(ofFinite: intensities, lanes))
  }
}

/// Image, masks and intensities on their way.
private struct State {
  let image: RegionImage
  private(set) var morphological: RowSpans
  private(set) var intensity: RowSpans
  private(set) var intensities: Intensities
  private var summary: IntensitySummary?

  init(_ image: RegionImage, _ mask: RowSpans, _ lanes: Lanes) {
    self.image = image
    morphological = mask
    intensity = mask
    intensities = Intensities(of: image, in: mask, lanes)
    summary = IntensitySummary(ofFinite: intensities, lanes)
  }

  /// Leaves voxels out, of the morphological mask too if that is asked for.
  mutating func apply(_ rule: Resegmentation, _ lanes: Lanes) {
    keep(rule.kept(of: morphological, intensities, lanes), lanes)
    switch rule.shape {
    case .unchanged: break
    case .cropped:
      guard let box = intensity.boundingBox else { return }
      morphological = morphological.cropped(to: box).placed(at: box.lower, in: morphological.size)
    case .resegmented: morphological = intensity
    }
  }

  /// Leaves only voxels of `mask` in the intensity mask.
  mutating func keep(_ mask: RowSpans, _ lanes: Lanes) {
    guard mask.count < intensity.count else { return }
    intensity = mask
    intensities = Intensities(of: image, in: mask, lanes)
    summary = IntensitySummary(ofFinite: intensities, lanes)
  }

  func step(
    _ name: String, _ grid: Geometry, _ whole: IntensitySummary?, _ map: IntensityMap? = nil
  ) -> PreparationStep {
    let offset = SIMD3<Int>(grid.index(of: image.geometry.origin).rounded(.toNearestOrEven))
    func figures(_ spans: RowSpans) -> MaskFigures { MaskFigures(spans, at: offset, isFull: whole != nil) }
    return PreparationStep(
      name: name, map: map, geometry: grid, image: whole, morphological: figures(morphological),
      intensity: figures(intensity), intensities: summary)
  }

  func stage(_ name: String) -> PreparationStage {
    PreparationStage(name: name, image: image.volume, morphological: morphological, intensity: intensity)
  }
}

extension Resegmentation {
  /// The voxels of `mask` that pass all rules; limits by σ and by the greatest are those of `mask` before any is left out.
  func kept(of mask: RowSpans, _ intensities: Intensities, _ lanes: Lanes) -> RowSpans {
    var all = [range?.bounds].compactMap { $0 }
    if let bounds = sigma?.bounds {
      let mean = intensities.mean(lanes), deviation = intensities.variance(lanes).squareRoot()
      func limit(_ bound: Double) -> Double { bound.isInfinite ? bound : mean + bound * deviation }
      all.append(limit(bounds.lowerBound)...limit(bounds.upperBound))
    }
    if let bounds = relative?.bounds, let greatest = intensities.max() {
      func limit(_ bound: Double) -> Double { bound.isInfinite ? bound : bound * greatest }
      let limits = (limit(bounds.lowerBound), limit(bounds.upperBound))
      all.append(min(limits.0, limits.1)...max(limits.0, limits.1))
    }
    var bounds = -Double.infinity ... .infinity
    for next in all {
      guard bounds.overlaps(next) else { return RowSpans(size: mask.size, spans: []) }
      bounds = bounds.clamped(to: next)
    }
    return intensities.allLie(in: bounds) ? mask : mask.filtered(by: intensities) { bounds.contains($0) }
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
  mutating func roundToIntegers() {
    for index in indices { self[index] = roundedToEven(self[index]) }
  }
}

/// The nearest integer, halves to the even one. Sums with 1.5 · 2^52 are whole, for which no function need be called.
@inline(__always)
func roundedToEven(_ number: Double) -> Double {
  abs(number) < 0x1p51 ? (number + 0x1.8p52) - 0x1.8p52 : number.rounded(.toNearestOrEven)
}
