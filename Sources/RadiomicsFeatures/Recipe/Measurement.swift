import RadiomicsCore
import RadiomicsImaging

/// What a recipe found on one region.
public struct Measurement: Sendable {
  /// One cell for each of the recipe's columns.
  public let cells: [Cell]
  /// What the user should know.
  public let findings: [Finding]
  /// Figures after each step of preparation.
  public let steps: [PreparationStep]
  /// Image and masks after each step, if they were asked for; with the grey levels of each discretisation.
  public let stages: [PreparationStage]
  /// Number of grey levels for each discretisation, by its label.
  public let levels: [(discretisation: String, count: Int)]
}

extension Recipe {
  /// Image around a region that the families need, mm.
  public var margin: Double { layers.flatMap(\.families).map(\.margin).max() ?? 0 }

  /// Measures the voxels of `mask` (on the scan's grid): prepares them once, makes each distinct discretisation once.
  /// Cells are undefined where a feature has no value, all of them where the region cannot be prepared or would take more
  /// memory than there may be. Parameters as for `Preparation.prepare`.
  public func measure(
    _ scan: Scan, _ mask: RowSpans, _ scope: PreparationScope = PreparationScope(),
    map: Result<IntensityMap?, UndefinedError>? = nil, clip: RowSpans? = nil, resources: Resources = Resources()
  ) -> Measurement {
    var scope = scope
    scope.margin = max(scope.margin, margin)
    var left = resources, isParallel = true
    if let limit = resources.memory {
      let size = ImageSize(scan)
      func needed(atOnce families: Int) -> MemoryEstimate {
        memory(for: size, mask, atOnce: families, wholeImage: scope.wholeImage)
      }
      let least = needed(atOnce: 1)
      guard least.bytes <= limit else { return refusal(least, limit) }
      isParallel = needed(atOnce: .max).bytes <= limit
      left = Resources(lanes: resources.lanes, memory: limit - needed(atOnce: 0).bytes)
    }
    let prepared = preparation.prepare(scan, mask, scope, map: map, clip: clip, lanes: resources.lanes)
    return measure(prepared, left, isParallel: isParallel)
  }

  /// Measures a region that is ready.
  public func measure(_ prepared: PreparedRegion, _ resources: Resources = Resources()) -> Measurement {
    measure(prepared, resources, isParallel: true)
  }

  private func measure(_ prepared: PreparedRegion, _ resources: Resources, isParallel: Bool) -> Measurement {
    switch prepared.region {
    case .success(let region): measure(region, prepared, resources, isParallel)
    case .failure(let error): nothing(error.reason, at: "preparation", prepared)
    }
  }

  private func refusal(_ needed: MemoryEstimate, _ limit: Int) -> Measurement {
    let reason = Reason(
      "needs about \(needed.text), --max-memory allows \(MemoryEstimate.text(limit)): allow more, or resample to "
        + "larger voxels")
    return nothing(
      reason, at: "memory", PreparedRegion(region: .failure(UndefinedError(reason.text)), steps: [], stages: []))
  }

  private func nothing(_ reason: Reason, at place: String, _ prepared: PreparedRegion) -> Measurement {
    Measurement(
      cells: layers.flatMap(\.families).flatMap { Self.undefined(reason, $0) },
      findings: [Finding(.warning, place, "nothing was measured: \(reason).")], steps: prepared.steps,
      stages: prepared.stages, levels: [])
  }

  private func measure(
    _ region: Region, _ prepared: PreparedRegion, _ resources: Resources, _ isParallel: Bool
  ) -> Measurement {
    let families = layers.flatMap(\.families)
    let wanted = families.map { type(of: $0).takesLevels ? $0.discretisation : nil }
    let distinct = wanted.compactMap { $0 }.unique
    let made = resources.lanes.map(distinct.count) { index in
      distinct[index].levels(of: region.intensities, range: region.range, resources.lanes)
        .map { GreyLevels($0, of: region, resources.lanes) }
    }
    @Sendable func cells(_ index: Int) -> [Cell] {
      guard let discretisation = wanted[index] else { return families[index].measure(region, nil, resources) }
      switch made[distinct.firstIndex(of: discretisation)!] {
      case .success(let grey): return families[index].measure(region, grey, resources)
      case .failure(let error): return Self.undefined(error.reason, families[index])
      }
    }
    let all = isParallel ? resources.lanes.map(families.count, cells) : families.indices.map(cells)
    var levels: [(discretisation: String, count: Int)] = []
    var stages = prepared.stages
    for (discretisation, result) in zip(distinct, made) {
      guard case .success(let grey) = result else { continue }
      let label = discretisation.label.isEmpty ? "none" : discretisation.label
      levels.append((label, grey.count))
      if !prepared.stages.isEmpty { stages.append(grey.stage(named: "discretised-\(label)", of: region)) }
    }
    return Measurement(
      cells: all.flatMap { $0.map(\.checked) },
      findings: findings(on: prepared.steps) + findings(on: levels, region), steps: prepared.steps, stages: stages,
      levels: levels)
  }

  private static func undefined(_ reason: Reason, _ family: any FeatureFamily) -> [Cell] {
    Array(repeating: .undefined(reason), count: family.aggregations.count * family.measured.count)
  }

  /// Resampling to coarse voxels may leave another volume than was outlined.
  private func findings(on steps: [PreparationStep]) -> [Finding] {
    guard let before = steps.first, let after = steps.first(where: { $0.name == "interpolated" }) else { return [] }
    let volumes = [before, after].map { Double($0.morphological.count) * $0.geometry.voxelVolume }
    guard abs(volumes[1] / volumes[0] - 1) > 0.2 else { return [] }
    return [
      Finding(
        .warning, "preparation.resample",
        "changes the region's volume from \(shortText(volumes[0])) to \(shortText(volumes[1])) mm3. Choose a smaller "
          + "spacing for regions of this size.")
    ]
  }

  /// Texture from fewer than 8 or more than 256 levels says little.
  private func findings(on levels: [(discretisation: String, count: Int)], _ region: Region) -> [Finding] {
    guard let range = region.intensities.bounds else { return [] }
    let span = "intensities from \(shortText(range.lowerBound)) to \(shortText(range.upperBound))"
    return levels.filter { $0.count < 8 || $0.count > 256 }.map { label, count in
      let place = "discretisation \(label)"
      if range.lowerBound == range.upperBound {
        return Finding(
          .warning, place, "the region has one intensity, \(shortText(range.lowerBound)): there is no texture.")
      }
      let advice =
        count < 8
        ? "smaller bins (fixed_bin_size) or more of them" : "larger bins (fixed_bin_size) or fewer of them"
      return Finding(
        .warning, place,
        "gives \(count) grey levels on \(span); texture is meaningful from 8 to 256. Set \(advice) (fixed_bin_number) in "
          + "the recipe's 'discretisation'.")
    }
  }
}

extension [Discretisation] {
  /// Each once, in order of first occurrence.
  fileprivate var unique: [Discretisation] {
    var seen: Set<Discretisation> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Cell {
  /// The cell; a number that is not finite is a mistake of ours, and must not pass for a value.
  fileprivate var checked: Cell {
    guard case .value(let number) = self, !number.isFinite else { return self }
    return .undefined("the formula gave no number here: a mistake of this software, please report it")
  }
}

extension GreyLevels {
  /// The levels as an image on the region's grid, 0 outside.
  fileprivate func stage(named name: String, of region: Region) -> PreparationStage {
    var image = [Double](repeating: 0, count: region.geometry.count)
    for span in spans.spans {
      let from = spans.offset(of: span)
      let x = span.x + offset.x, y = span.y + offset.y, z = span.z + offset.z
      let to = x + region.geometry.size.x * (y + region.geometry.size.y * z)
      for step in 0..<span.count { image[to + step] = Double(level(at: from + step)) }
    }
    return PreparationStage(
      name: name, image: Volume(geometry: region.geometry, voxels: image), morphological: region.morphological,
      intensity: region.intensity)
  }
}
