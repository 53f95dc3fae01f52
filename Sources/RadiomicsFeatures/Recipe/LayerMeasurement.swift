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
  /// Measures the region in each of the layer's images. `whole` is the prepared image's grid, of which `region` has a part.
  func measure(
    _ region: Region, of whole: Geometry, _ resources: Resources, isParallel: Bool, _ result: inout LayerResult
  ) {
    guard let filter else {
      measureFamilies(region, "", resources, isParallel, &result)
      return
    }
    let name = type(of: filter).name, place = "filter \(name)"
    if let obstacle = filter.obstacle(on: whole) {
      result.cells += noCells(Reason("'\(name)' \(obstacle.text)"))
      result.findings.append(Finding(.warning, place, "nothing was measured: '\(name)' \(obstacle.text)."))
      return
    }
    result.findings += reachFinding(filter, on: whole)
    let (box, source) = boxes(of: region), image = region.image.volume(in: source)
    filter.apply(to: image, resources.lanes) { index, response in
      let names = [self.name ?? filter.label, filter.responses[index]].filter { !$0.isEmpty }.joined(separator: "_")
      do throws(UndefinedError) {
        let filtered = try region.filtered(response, over: source, keeping: box, named: names, resources.lanes)
        if result.keepsStages {
          result.stages.append(
            PreparationStage(
              name: "filtered-\(names)", image: filtered.image.volume, morphological: filtered.morphological,
              intensity: filtered.intensity))
        }
        measureFamilies(filtered, names, resources, isParallel, &result)
      } catch {
        result.cells += families.flatMap { $0.noCells(error.reason) }
        result.findings.append(Finding(.warning, place, "nothing was measured: \(error.reason)."))
      }
    }
  }

  /// All of the layer's cells, without a value.
  func noCells(_ reason: Reason) -> [Cell] {
    (filter?.responses ?? [""]).flatMap { _ in families.flatMap { $0.noCells(reason) } }
  }

  /// Makes the grey levels of each distinct discretisation once and measures the families.
  private func measureFamilies(
    _ region: Region, _ image: String, _ resources: Resources, _ isParallel: Bool, _ result: inout LayerResult
  ) {
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
      case .failure(let error): return families[index].noCells(error.reason)
      }
    }
    let all = isParallel ? resources.lanes.map(families.count, cells) : families.indices.map(cells)
    result.cells += all.flatMap { $0 }
    for (discretisation, levels) in zip(distinct, made) {
      guard case .success(let grey) = levels else { continue }
      let names = [image, discretisation.label.isEmpty ? "none" : discretisation.label]
      let label = names.filter { !$0.isEmpty }.joined(separator: ".")
      result.levels.append((label, grey.count))
      result.findings += levelsFinding(label, grey.count, region)
      if result.keepsStages { result.stages.append(grey.stage(named: "discretised-\(label)", of: region)) }
    }
  }

  /// A filter that reaches across the whole image sees more of what lies beyond than of the image.
  private func reachFinding(_ filter: some ImageFilter, on grid: Geometry) -> [Finding] {
    guard let reach = filter.support(on: grid).margin,
      let axis = (0..<3).first(where: { reach[$0] >= grid.size[$0] && grid.size[$0] > 0 && reach[$0] > 0 })
    else { return [] }
    return [
      Finding(
        .warning, "filter \(type(of: filter).name)",
        "reaches \(reach[axis]) voxels, the image has \(grid.size[axis]) along \(["x", "y", "z"][axis]): responses follow mostly "
          + "from its boundary condition. Choose a smaller filter, or dimension 2D for few slices.")
    ]
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
      ? "smaller bins (fixed_bin_size) or more of them" : "larger bins (fixed_bin_size) or fewer of them"
    return [
      Finding(
        .warning, place,
        "gives \(count) grey levels on intensities from \(shortText(range.lowerBound)) to \(shortText(range.upperBound)); "
          + "texture is meaningful from 8 to 256. Set \(advice) (fixed_bin_number) in the recipe's 'discretisation'.")
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
