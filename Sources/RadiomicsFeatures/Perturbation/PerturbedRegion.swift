import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Image and region of a study as another examination might have made them: interpolated to the recipe's grid, which may
/// be moved and turned, with noise and another outline. Noise comes before interpolation, outlines after it.
public struct PerturbedRegion: Sendable {
  /// Image and region on the new grid, normalised as the recipe says.
  public let region: ImagedRegion
  /// The recipe for it, which neither interpolates nor normalises any more.
  public let recipe: Recipe
}

/// What perturbations of one image have in common.
public struct PerturbationSource: Sendable {
  let region: ImagedRegion
  /// Standard deviation of the noise that is added, in the image's unit.
  let noiseLevel: Double
  let seed: UInt64

  /// - `noiseLevel`: What `noiseLevel` found; 0 if no noise is drawn.
  /// - `name`: What makes this image's draws differ from others'.
  public init(_ region: ImagedRegion, noiseLevel: Double, seed: Int, name: String) {
    self.region = region
    self.noiseLevel = noiseLevel
    // FNV-1a, so that draws depend on the name alone.
    let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    var generator = SeededGenerator(seed: hash ^ UInt64(truncatingIfNeeded: seed))
    self.seed = generator.next()
  }

  /// The image and region of a perturbation, for a recipe whose settings are changed already.
  /// - Throws: `UndefinedError` if nothing is left of the region.
  public func perturbed(
    _ perturbation: Perturbation, _ recipe: Recipe, lanes: Lanes
  ) throws(UndefinedError) -> PerturbedRegion {
    let scan = region.scan, mask = region.mask
    let preparation = recipe.preparation, resample = preparation.resample ?? Resampling()
    guard perturbation.rotation == 0 || !resample.antialiasing && resample.edge == .border else {
      throw UndefinedError("rotation goes with neither 'antialiasing' nor 'edge: itk' of preparation.resample")
    }
    guard let box = mask.boundingBox else { throw UndefinedError("the mask is empty") }
    let old = scan.geometry, plain = try preparation.resampledGrid(of: old, around: box)
    let grid = plain.moved(perturbation, around: old.position(of: mask.centre))
    let growth = 0.5 * Double(box.size.max()) * old.spacing.max() * (cbrt(1 + max(0, perturbation.volume)) - 1)
    let contour = perturbation.contour == nil ? 0 : Self.contourMargin
    let reach = (preparation.region ?? []).reduce(0) { $0 + $1.reach } + growth + contour + 2 * grid.spacing.max()
    let target = CroppedGrid(
      grid, box: Self.box(box.grown(by: [1, 1, 1]), of: old, on: grid, recipe.margin(on: grid) + reach))
    let wide = max(resample.interpolation.reach, resample.maskInterpolation.reach) + (resample.antialiasing ? 34 : 1)
    let source = CroppedGrid(
      old, box: Self.box(target.box, of: grid, on: old, .zero).grown(by: SIMD3(repeating: wide)).clipped(to: old.box)!)

    func interpolated(_ volume: consuming Volume<Double>, _ interpolation: Interpolation, isImage: Bool) -> Volume<
      Double
    > {
      if perturbation.rotation != 0 {
        return resampleTurned(volume, of: source, onto: target.geometry, by: interpolation, lanes)
      }
      return RadiomicsImaging.resample(
        volume, of: source, onto: target, by: interpolation, edge: resample.edge,
        antialiasing: isImage && resample.antialiasing, lanes)
    }
    var image =
      preparation.kernel.map { $0.apply(in: source.box, of: old, lanes) { read($0, perturbation.noise) } }
      ?? read(source.box, perturbation.noise)
    if preparation.round == .hounsfield { image.voxels.roundToIntegers() }
    if preparation.normalise != nil {
      let inside = Intensities(of: RegionImage(image), in: mask.cropped(to: source.box), lanes)
      if let map = try preparation.normalisation(of: region, inside, lanes) {
        for index in image.voxels.indices { image.voxels[index] = map(image.voxels[index]) }
      }
    }
    image = interpolated(image, resample.interpolation, isImage: true)
    if preparation.round == .hounsfield { image.voxels.roundToIntegers() }
    if preparation.round == .stored, scan.holdsWholeNumbers, preparation.kernel == nil, preparation.normalise == nil {
      for index in image.voxels.indices { image.voxels[index].round(.towardZero) }
    }
    let threshold = resample.maskThreshold - 1e-9
    func moved(_ mask: RowSpans) -> Volume<UInt8> {
      var parts = [Double](repeating: 0, count: source.geometry.count)
      mask.cropped(to: source.box).fill(&parts, with: 1)
      let shares = interpolated(
        Volume(geometry: source.geometry, voxels: parts), resample.maskInterpolation, isImage: false)
      return Volume(geometry: target.geometry, voxels: shares.voxels.map { $0 >= threshold ? 1 : 0 })
    }
    func spans(_ mask: Volume<UInt8>) -> RowSpans { RowSpans(size: target.box.size, mask: mask.voxels) }
    let outlined = try redrawn(moved(mask), image, perturbation)
    return PerturbedRegion(
      region: ImagedRegion(
        Scan(geometry: target.geometry, samples: .double(image.voxels)), spans(outlined),
        clip: region.clip.map { spans(moved($0)) }),
      recipe: recipe.preparedAlready)
  }

  /// How far around a region supervoxels are made, mm.
  private static let contourMargin = 10.0

  /// Voxels of `grid` that hold a box of `other` and `margin` mm around it.
  private static func box(_ box: Box, of other: Geometry, on grid: Geometry, _ margin: SIMD3<Double>) -> Box {
    var low = SIMD3<Double>(repeating: .infinity), high = -low
    for corner in 0..<8 {
      let end = SIMD3(corner & 1, corner >> 1 & 1, corner >> 2 & 1)
      let place = grid.index(of: other.position(of: SIMD3<Double>(box.lower &+ (box.size &- 1) &* end)))
      low = low.replacing(with: place, where: place .< low)
      high = high.replacing(with: place, where: place .> high)
    }
    var lower = SIMD3<Int>.zero, size = SIMD3<Int>.one
    for axis in 0..<3 {
      let last = Double(grid.size[axis] - 1), around = margin[axis] / grid.spacing[axis]
      lower[axis] = Int(min(last, max(0, (low[axis] - around).rounded(.down))))
      size[axis] = Int(max(0, min(last, (high[axis] + around).rounded(.up)))) + 1 - lower[axis]
    }
    return Box(lower: lower, size: size.replacing(with: .one, where: size .< .one))
  }

  /// The image in a box, with a drawing of noise. Each voxel's draw depends on its place alone, not on the box.
  private func read(_ box: Box, _ draw: Int?) -> Volume<Double> {
    let scan = region.scan
    var image = scan.volume(in: box)
    guard let draw, noiseLevel > 0 else { return image }
    let size = scan.geometry.size, stream = seed &+ UInt64(draw) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    for z in box.lower.z..<box.upper.z {
      for y in box.lower.y..<box.upper.y {
        for x in box.lower.x..<box.upper.x {
          let place = UInt64(x + size.x * (y + size.y * z))
          var generator = SeededGenerator(seed: stream ^ place &* 0xD6E8_FEB8_6659_FD93)
          image.voxels[index] += noiseLevel * generator.normal()
          index += 1
        }
      }
    }
    return image
  }

  private func redrawn(
    _ outlined: Volume<UInt8>, _ image: Volume<Double>, _ perturbation: Perturbation
  ) throws(UndefinedError) -> Volume<UInt8> {
    let count = outlined.voxels.count { $0 != 0 }
    guard count > 0 else { throw UndefinedError("no voxel is left of the region after interpolation") }
    var region = outlined
    if perturbation.volume != 0 {
      let wanted = Int((Double(count) * (1 + perturbation.volume)).rounded())
      region = region.adapted(to: wanted, seed: seed ^ 0xA5A5)
    }
    guard let draw = perturbation.contour else { return region }
    return region.redrawn(along: image, margin: Self.contourMargin, seed: seed &+ UInt64(draw) &* 0xD6E8_FEB8_6659_FD93)
  }
}

extension Volume<UInt8> {
  /// The outline drawn anew along supervoxels of an image: those that lie inside by 90 % or more belong to it, those by less
  /// than 20 % do not, and others with the probability of their share. Zwanenburg et al. 2019,
  /// doi:10.1038/s41598-018-36938-4, "contour randomisation".
  func redrawn(along image: Volume<Double>, margin: Double, seed: UInt64) -> Volume<UInt8> {
    let spans = RowSpans(size: geometry.size, mask: voxels)
    guard let tight = spans.boundingBox else { return self }
    let around = SIMD3<Int>((SIMD3(repeating: margin) / geometry.spacing).rounded(.up))
    let box = tight.grown(by: around).clipped(to: geometry.box)!
    let inside = spans.values(of: image.voxels).filter(\.isFinite)
    let low = inside.min() ?? 0, high = inside.max() ?? 0
    var crop = image.cropped(to: box)
    for index in crop.voxels.indices {
      let value = crop.voxels[index]
      crop.voxels[index] = value.isFinite ? Swift.min(high, Swift.max(low, value)) : low
    }
    let piece = Swift.max(250, 20 * geometry.voxelVolume)
    let pieces = Supervoxels(of: crop, volume: piece), own = cropped(to: box).voxels
    var sizes = [Int](repeating: 0, count: pieces.count), overlaps = sizes
    for (index, label) in pieces.labels.enumerated() {
      sizes[Int(label)] += 1
      if own[index] != 0 { overlaps[Int(label)] += 1 }
    }
    var generator = SeededGenerator(seed: seed)
    var isTaken = zip(overlaps, sizes).map { overlap, size in
      let share = Double(overlap) / Double(size), chance = generator.uniform()
      return share >= 0.9 || share >= 0.2 && chance < share
    }
    if !isTaken.contains(true) { isTaken[overlaps.indices.max { overlaps[$0] < overlaps[$1] }!] = true }
    var redrawn = Volume(geometry: geometry, voxels: [UInt8](repeating: 0, count: geometry.count))
    RowSpans(size: box.size) { isTaken[Int(pieces.labels[$0])] }.placed(at: box.lower, in: geometry.size)
      .fill(&redrawn.voxels, with: 1)
    return redrawn
  }
}

extension Geometry {
  /// The grid shifted by parts of its voxels and turned about its third axis through a place.
  fileprivate func moved(_ perturbation: Perturbation, around centre: SIMD3<Double>) -> Geometry {
    let shifted = origin + direction * (perturbation.translation * spacing)
    guard perturbation.rotation != 0 else {
      return Geometry(unchecked: size, spacing: spacing, origin: shifted, direction: direction)
    }
    let angle = perturbation.rotation * .pi / 180, (c, s) = (cos(angle), sin(angle))
    let a = direction[0], b = direction[1]
    let turned = Matrix3(c * a + s * b, c * b - s * a, direction[2])
    let local = direction.inverse * (shifted - centre)
    return Geometry(unchecked: size, spacing: spacing, origin: centre + turned * local, direction: turned)
  }
}

extension RowSpans {
  /// The mean index of the voxels.
  fileprivate var centre: SIMD3<Double> {
    let sum = spans.reduce(SIMD3<Double>.zero) { sum, span in
      sum + SIMD3(Double(2 * span.x + span.count - 1) / 2, Double(span.y), Double(span.z)) * Double(span.count)
    }
    return sum / Double(count)
  }
}

extension Recipe {
  /// The recipe for images that are on its grid and scale.
  fileprivate var preparedAlready: Recipe {
    var preparation = preparation
    preparation.kernel = nil
    preparation.normalise = nil
    preparation.resample = nil
    guard
      let recipe = try? Recipe(
        name: name, description: description, intensityUnit: intensityUnit, preparation: preparation, layers: layers,
        names: names, diagnostics: diagnostics)
    else { preconditionFailure("a valid recipe stays valid without these steps") }
    return recipe
  }
}
