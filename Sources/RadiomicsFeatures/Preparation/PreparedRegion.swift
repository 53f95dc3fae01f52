import RadiomicsCore
import RadiomicsImaging

/// A region made ready, with what happened on the way.
public struct PreparedRegion: Sendable {
  /// What is measured; its masks may be empty.
  public let region: Region
  /// Why it cannot be measured, if so.
  public let reason: Reason?
  /// Figures after each step.
  public let steps: [PreparationStep]
  /// Image and masks after each step, if they were asked for.
  public let stages: [PreparationStage]

  /// A region that needs no preparation.
  public init(_ region: Region) {
    self.init(region: region, reason: nil, steps: [], stages: [])
  }

  init(region: Region, reason: Reason?, steps: [PreparationStep], stages: [PreparationStage]) {
    self.region = region
    self.reason = reason
    self.steps = steps
    self.stages = stages
  }
}

/// Figures of image and masks after a step.
public struct PreparationStep: Sendable {
  /// `initial`, `interpolated`, `resegmented`.
  public let name: String
  /// Grid of the whole image at this step.
  public let geometry: Geometry
  /// Intensities of the whole image, where it was computed whole.
  public let image: IntensitySummary?
  /// Voxels and bounding box of the morphological and of the intensity mask.
  public let morphological, intensity: (count: Int, box: SIMD3<Int>)
  /// Intensities within the intensity mask.
  public let intensities: IntensitySummary?
}

/// Image and masks after a step, on the computed part of the grid.
public struct PreparationStage: Sendable {
  /// `interpolated`, `resegmented`.
  public let name: String
  /// Intensities.
  public let image: Volume<Double>
  /// The masks.
  public let morphological, intensity: RowSpans
}

/// What to compute besides the region itself.
public struct PreparationScope: Sendable {
  /// Image around the region that the families need, mm.
  public var margin = 0.0
  /// Compute the whole image rather than the region's box, so that its figures are known.
  public var wholeImage = false
  /// Keep image and masks after each step.
  public var keepsStages = false
  /// A second mask on the image's grid; rings and dilations stay inside it.
  public var clip: RowSpans?

  /// Only the region.
  public init() {}
}

extension Preparation {
  /// Makes the voxels of `mask` (on the scan's grid) ready to be measured.
  /// - Throws: `UndefinedError` if the mask is empty or intensities in the region are not numbers.
  public func prepare(
    _ scan: Scan, _ mask: RowSpans, _ scope: PreparationScope
  ) throws(UndefinedError) -> PreparedRegion {
    precondition(mask.size == scan.geometry.size, "mask and image share a grid")
    guard let box = mask.boundingBox else { throw UndefinedError("the mask is empty") }
    let grid = try resampledGrid(of: scan.geometry)
    let target = targetBox(box, of: scan.geometry, on: grid ?? scan.geometry, scope)
    let source = sourceBox(for: target, of: scan.geometry, on: grid)

    var image = scan.volume(in: source)
    if round == .hounsfield { image.voxels.roundToIntegers() }
    let cropped = mask.cropped(to: source)
    let initial = step("initial", scan.geometry, scope.wholeImage ? image : nil, cropped, cropped, image)
    if let normalise {
      let map = try normalise.map(from: sample(for: normalise, scan, image, cropped))
      for index in image.voxels.indices { image.voxels[index] = map(image.voxels[index]) }
    }

    let old = CroppedGrid(scan.geometry, box: source), new = CroppedGrid(grid ?? scan.geometry, box: target)
    if let resample {
      image = RadiomicsImaging.resample(
        image, of: old, onto: new, by: resample.interpolation, antialiasing: resample.antialiasing)
      if round == .hounsfield { image.voxels.roundToIntegers() }
    }
    var morphological = resampled(cropped, of: old, onto: new)
    let clip = scope.clip.map { resampled($0.cropped(to: source), of: old, onto: new) }
    for operation in region ?? [] {
      morphological = operation.apply(to: morphological, of: image.geometry, within: clip)
    }
    try Self.requireNumbers(image, morphological)

    let whole = grid ?? scan.geometry
    let interpolated = step("interpolated", whole, scope.wholeImage ? image : nil, morphological, morphological, image)
    let intensity = resegment?.apply(to: morphological, of: image) ?? morphological
    let region = Region(
      image: image, morphological: morphological, intensity: intensity, range: resegment?.range?.bounds)
    var stages: [PreparationStage] = []
    if scope.keepsStages {
      stages = [
        PreparationStage(name: "interpolated", image: image, morphological: morphological, intensity: morphological),
        PreparationStage(name: "resegmented", image: image, morphological: morphological, intensity: intensity),
      ]
    }
    let resegmented = step("resegmented", whole, scope.wholeImage ? image : nil, morphological, intensity, image)
    return PreparedRegion(
      region: region, reason: reason(for: region), steps: [initial, interpolated, resegmented], stages: stages)
  }

  private func reason(for region: Region) -> Reason? {
    if region.morphological.isEmpty { return "no voxel is left of the region after resampling and region operations" }
    if region.intensity.isEmpty { return "re-segmentation leaves no voxel of the region" }
    if region.intensity.count < minimumVoxels {
      return "the region has \(region.intensity.count) voxels, minimum_voxels asks for \(minimumVoxels)"
    }
    return nil
  }

  private func step(
    _ name: String, _ grid: Geometry, _ whole: Volume<Double>?, _ morphological: RowSpans, _ intensity: RowSpans,
    _ image: Volume<Double>
  ) -> PreparationStep {
    func figures(_ spans: RowSpans) -> (Int, SIMD3<Int>) { (spans.count, spans.boundingBox?.size ?? .zero) }
    let values = intensity.values(of: image.voxels)
    return PreparationStep(
      name: name, geometry: grid, image: whole.map { IntensitySummary(of: $0.voxels) },
      morphological: figures(morphological),
      intensity: figures(intensity), intensities: values.isEmpty ? nil : IntensitySummary(of: values))
  }

  /// The box of the new grid to compute: the region, one old voxel around it where a mask may reach by interpolation,
  /// and what operations and families need.
  private func targetBox(
    _ box: Box, of old: Geometry, on new: Geometry, _ scope: PreparationScope
  ) -> Box {
    if scope.wholeImage { return new.box }
    let reach = scope.margin + (region ?? []).reduce(0) { $0 + $1.reach }
    let first = new.index(of: old.position(of: SIMD3<Double>(box.lower) - 1))
    let last = new.index(of: old.position(of: SIMD3<Double>(box.upper)))
    var lower = SIMD3<Int>.zero, upper = SIMD3<Int>.zero
    for axis in 0..<3 {
      let margin = reach / new.spacing[axis]
      lower[axis] = Int((first[axis] - margin).rounded(.down))
      upper[axis] = Int((last[axis] + margin).rounded(.up)) + 1
    }
    return Box(lower: lower, size: upper &- lower).clipped(to: new.box) ?? new.box
  }

  private func resampledGrid(of old: Geometry) throws(UndefinedError) -> Geometry? {
    guard let resample else { return nil }
    do throws(GeometryError) {
      return try old.resampled(to: resample.spacing, align: resample.align)
    } catch {
      throw UndefinedError(error.description)
    }
  }

  /// The part of the old grid that the box needs of image and mask.
  private func sourceBox(for target: Box, of old: Geometry, on new: Geometry?) -> Box {
    guard let new, let resample else { return target }
    let grid = CroppedGrid(new, box: target)
    return RadiomicsImaging.sourceBox(
      in: old, for: grid, by: resample.interpolation, antialiasing: resample.antialiasing
    ).union(RadiomicsImaging.sourceBox(in: old, for: grid, by: resample.maskInterpolation))
  }

  private func sample(
    for normalise: Normalisation, _ scan: Scan, _ crop: Volume<Double>, _ mask: RowSpans
  ) throws(UndefinedError) -> [Double] {
    var intensities: [Double]
    switch normalise.within {
    case .region: intensities = mask.values(of: crop.voxels)
    case .image:
      intensities = scan.volume(in: scan.geometry.box).voxels
      if round == .hounsfield { intensities.roundToIntegers() }
    }
    intensities.removeAll { !$0.isFinite }
    guard !intensities.isEmpty else { throw UndefinedError("there is no number to normalise by") }
    return intensities
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

  private static func requireNumbers(_ image: Volume<Double>, _ mask: RowSpans) throws(UndefinedError) {
    var count = 0
    for span in mask.spans {
      let start = mask.offset(of: span)
      for index in start..<start + span.count where !image.voxels[index].isFinite { count += 1 }
    }
    guard count == 0 else {
      throw UndefinedError(
        "\(count) of the region's \(mask.count) voxels are not numbers (NaN or infinite) after preparation; correct the image or leave these voxels out of the mask"
      )
    }
  }
}

extension Resegmentation {
  /// The voxels of `mask` that pass both rules; limits by σ are those of `mask` before any is left out.
  package func apply(to mask: RowSpans, of image: Volume<Double>) -> RowSpans {
    guard !mask.isEmpty else { return mask }
    var bounds = range?.bounds ?? -.infinity ... .infinity
    if let sigma {
      let moments = IntensitySummary(of: mask.values(of: image.voxels))
      let half = sigma * moments.variance.squareRoot()
      let outliers = moments.mean - half...moments.mean + half
      guard bounds.overlaps(outliers) else { return RowSpans(size: mask.size) { _ in false } }
      bounds = bounds.clamped(to: outliers)
    }
    let inside = mask.mask
    return RowSpans(size: mask.size) { inside[$0] != 0 && bounds.contains(image.voxels[$0]) }
  }
}

extension RegionOperation {
  /// The mask after the operation; what it adds stays inside `clip`.
  package func apply(to mask: RowSpans, of geometry: Geometry, within clip: RowSpans?) -> RowSpans {
    guard !mask.isEmpty else { return mask }
    let before = Volume(geometry: geometry, voxels: mask.mask)
    let limits = clip.map { Volume(geometry: geometry, voxels: $0.mask) }
    let after =
      switch self {
      case .dilate(let distance): before.dilated(by: distance)
      case .erode(let distance): before.eroded(by: distance)
      case .ring(let inside, let outside): before.ring(inside: inside, outside: outside, within: limits)
      case .fillHoles: before.holesFilled()
      case .largestComponent: before.largestComponent()
      }
    let result = RowSpans(size: geometry.size, mask: after.voxels)
    if case .dilate = self { return result.intersection(clip) }
    return result
  }
}

extension [Double] {
  /// To the nearest integer, halves to the even one.
  fileprivate mutating func roundToIntegers() {
    for index in indices { self[index] = self[index].rounded(.toNearestOrEven) }
  }
}
