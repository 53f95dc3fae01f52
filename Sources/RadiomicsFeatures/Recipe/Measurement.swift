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
  /// Image around a region that filters and families need on a prepared image's grid, mm to each side; infinite where a
  /// filter works on the whole image.
  public func margin(on grid: Geometry) -> SIMD3<Double> {
    layers.reduce(.zero) { pointwiseMax($0, $1.slices.turnedBack($1.margin(on: $1.slices.turned(grid)))) }
  }

  /// Measures a region: prepares it once, makes each distinct discretisation once. Cells are undefined where a feature has
  /// no value, all of them where the region cannot be prepared or would take more memory than there may be.
  public func measurement(
    of source: ImagedRegion, _ scope: PreparationScope = PreparationScope(), resources: Resources = Resources()
  ) -> Measurement {
    let own: Measurement
    switch allowance(for: source, scope, resources) {
    case .success(let allowed):
      var scope = scope
      scope.margin = { [asked = scope.margin] in pointwiseMax(asked($0), margin(on: $0)) }
      let prepared = preparation.prepare(source, scope, lanes: resources.lanes)
      own = layerMeasurement(of: prepared, allowed.resources, isParallel: allowed.isParallel)
    case .failure(let error):
      own = nothing(error.reason, at: "memory", PreparedRegion(region: .failure(error), steps: [], stages: []))
    }
    var unmapped = source
    unmapped.map = nil
    let others = also.map { $0.measurement(of: unmapped, scope, resources: resources) }
    return own.with(outputCells(own.cells + others.flatMap(\.cells)), others.flatMap(\.findings))
  }

  /// Measures a region that is ready.
  public func measurement(of prepared: PreparedRegion, _ resources: Resources = Resources()) -> Measurement {
    precondition(also.isEmpty, "a region is ready for one recipe")
    let found = layerMeasurement(of: prepared, resources, isParallel: true)
    return found.with(outputCells(found.cells))
  }

  /// What is left for the families, and whether they may run beside each other; an error where there is too little.
  private func allowance(
    for source: ImagedRegion, _ scope: PreparationScope, _ resources: Resources
  ) -> Result<(resources: Resources, isParallel: Bool), UndefinedError> {
    guard let limit = resources.memory else { return .success((resources, true)) }
    let size = ImageSize(source.scan)
    func needed(atOnce families: Int) -> MemoryEstimate {
      memory(for: size, source.mask, atOnce: families, wholeImage: scope.wholeImage)
    }
    let least = needed(atOnce: 1)
    guard least.bytes <= limit else {
      return .failure(
        UndefinedError(
          "needs about \(least.text), the memory limit is \(MemoryEstimate.text(limit)): allow more, or resample to "
            + "larger voxels"))
    }
    let left = Resources(lanes: resources.lanes, memory: limit - needed(atOnce: 0).bytes)
    return .success((left, needed(atOnce: .max).bytes <= limit))
  }

  private func nothing(_ reason: Reason, at place: String, _ prepared: PreparedRegion) -> Measurement {
    Measurement(
      cells: layers.flatMap { $0.noCells(reason) },
      findings: [Finding(.warning, place, "nothing was measured: \(reason).")], steps: prepared.steps,
      stages: prepared.stages, levels: [])
  }

  /// All that the layers measure on a region that is ready.
  private func layerMeasurement(
    of prepared: PreparedRegion, _ resources: Resources, isParallel: Bool
  ) -> Measurement {
    let region: Region
    switch prepared.region {
    case .success(let ready): region = ready
    case .failure(let error): return nothing(error.reason, at: "preparation", prepared)
    }
    let whole = prepared.steps.last?.geometry ?? region.geometry
    var found = LayerResult(keepsStages: !prepared.stages.isEmpty)
    var rest = layers[...]
    while let first = rest.first {
      // Layers of the same image share their grey levels.
      let group =
        first.filter == nil ? rest.prefix { $0.filter == nil && $0.slices == first.slices } : rest.prefix(1)
      let layer = Layer(name: first.name, filter: first.filter, families: group.flatMap(\.families))
      let grid = first.slices.turned(whole)
      found.findings += layer.filter?.findings(on: grid) ?? []
      layer.forEachImage(of: first.slices.turned(region), on: grid, resources.lanes) { image in
        layer.addCells(of: image.region, named: image.name, resources, isParallel: isParallel, to: &found)
      }
      rest = rest.dropFirst(group.count)
    }
    return Measurement(
      cells: found.cells.map(\.checked), findings: findings(on: prepared.steps) + found.findings,
      steps: prepared.steps, stages: prepared.stages + found.stages, levels: found.levels)
  }

  /// Resampling to coarse voxels may leave another volume than was outlined.
  package func findings(on steps: [PreparationStep]) -> [Finding] {
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
}

extension Measurement {
  /// The same with other cells and more findings.
  fileprivate func with(_ cells: [Cell], _ more: [Finding] = []) -> Measurement {
    Measurement(cells: cells, findings: findings + more, steps: steps, stages: stages, levels: levels)
  }
}

extension Cell {
  /// The cell; a number that is not finite is a mistake of ours, and must not pass for a value.
  var checked: Cell {
    guard case .value(let number) = self, !number.isFinite else { return self }
    return .undefined("the formula gave no number here: a mistake of this software, please report it")
  }
}
