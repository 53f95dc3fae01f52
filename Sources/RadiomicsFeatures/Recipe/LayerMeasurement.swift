import RadiomicsCore
import RadiomicsImaging

/// What layers found, one after the other.
struct LayerResult {
  let keepsStages: Bool
  var cells: [Cell] = []
  var findings: [Finding] = []
  var stages: [PreparationStage] = []
  var levels: [(discretisation: String, count: Int)] = []
}

extension Recipe.Layer {
  /// All of the layer's cells, without a value.
  func noCells(_ reason: Reason) -> [Cell] {
    (filter?.responses ?? [""]).flatMap { _ in families.flatMap { $0.noCells(reason) } }
  }

  /// Measures the families in one of the layer's images, and adds what they found. The grey levels of each distinct
  /// discretisation are made once.
  func addCells(
    of image: Result<Region, UndefinedError>, named name: String, _ resources: Resources, isParallel: Bool,
    to result: inout LayerResult
  ) {
    let region: Region
    switch image {
    case .success(let found): region = found
    case .failure(let error):
      result.cells += families.flatMap { $0.noCells(error.reason) }
      let finding = Finding(.warning, "filter \(name)", "nothing was measured: \(error.reason).")
      if !result.findings.contains(finding) { result.findings.append(finding) }
      return
    }
    if result.keepsStages, filter != nil {
      result.stages.append(
        PreparationStage(
          name: "filtered-\(name)", image: region.image.volume, morphological: region.morphological,
          intensity: region.intensity))
    }
    let wanted = families.map { type(of: $0).takesLevels ? $0.discretisation : nil }
    let distinct = wanted.compactMap { $0 }.unique
    let made = resources.lanes.map(distinct.count) { index in
      distinct[index].levels(of: region.intensities, range: region.range, resources.lanes)
        .map { GreyLevels($0, of: region, resources.lanes) }
    }
    // From both ends on: shape and zones do serial work, which others must be left to run beside.
    let count = families.count, order = (0..<count).map { $0 % 2 == 0 ? count - 1 - $0 / 2 : $0 / 2 }
    let lanes = isParallel ? resources.lanes : Lanes(jobs: 1)
    let found = lanes.map(count) { turn -> [Cell] in
      let family = families[order[turn]]
      guard let discretisation = wanted[order[turn]] else { return family.cells(of: region, nil, resources) }
      switch made[distinct.firstIndex(of: discretisation)!] {
      case .success(let grey): return family.cells(of: region, grey, resources)
      case .failure(let error): return family.noCells(error.reason)
      }
    }
    for (discretisation, levels) in zip(distinct, made) {
      guard case .success(let grey) = levels else { continue }
      let names = [name, discretisation.label.isEmpty ? "none" : discretisation.label]
      let label = names.filter { !$0.isEmpty }.joined(separator: ".")
      result.levels.append((label, grey.count))
      result.findings += levelsFinding(label, grey.count, region)
      if result.keepsStages { result.stages.append(grey.stage(named: "discretised-\(label)", of: region)) }
    }
    result.cells += zip(order, found).sorted { $0.0 < $1.0 }.flatMap(\.1)
  }

  /// Texture from fewer than 8 or more than 256 levels says little.
  private func levelsFinding(_ label: String, _ count: Int, _ region: Region) -> [Finding] {
    guard count < 8 || count > 256, let range = region.intensities.bounds else { return [] }
    let place = "discretisation \(label)"
    if range.lowerBound == range.upperBound {
      return [
        Finding(
          .warning, place, "the region has one intensity, \(shortText(range.lowerBound)): there is no texture.")
      ]
    }
    let advice =
      count < 8
      ? "smaller bins (fixed_bin_size, PyRadiomics' binWidth) or more of them"
      : "larger bins (fixed_bin_size, PyRadiomics' binWidth) or fewer of them"
    return [
      Finding(
        .warning, place,
        "gives \(count) grey levels on intensities from \(shortText(range.lowerBound)) to \(shortText(range.upperBound)); "
          + "texture is meaningful from 8 to 256. Set \(advice) (fixed_bin_number, "
          + "binCount) in the recipe's 'discretisation'.")
    ]
  }
}

extension FeatureFamily {
  /// All of the family's cells, without a value.
  func noCells(_ reason: Reason) -> [Cell] {
    Array(repeating: .undefined(reason), count: aggregations.count * measured.count)
  }
}

extension [Discretisation] {
  /// Each once, in order of first occurrence.
  fileprivate var unique: [Discretisation] {
    var seen: Set<Discretisation> = []
    return filter { seen.insert($0).inserted }
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
