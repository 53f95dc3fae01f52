import RadiomicsCore
import RadiomicsImaging

extension Recipe {
  /// Maps of columns of this recipe at every voxel of a region's intensity mask, one family after the other, each handed on
  /// as soon as it is made. A value does not depend on the number of lanes.
  /// - `region`: What the recipe's preparation gave; its image reaches as far around the region as filters and, together,
  ///   neighbourhoods do.
  /// - `whole`: The prepared image's grid, of which the region has a part; the region's if nil.
  /// - `fill`: Stands where a feature is undefined.
  /// - `progress`: Told by any lane, in any order, of each voxel of each family that is done: a number of them.
  public func maps<Failure: Error>(
    of region: Region, on whole: Geometry? = nil, _ selection: MapSelection, _ settings: MapSettings = MapSettings(),
    fill: Double = .nan, _ resources: Resources = Resources(), progress: @Sendable (Int) -> Void = { _ in },
    each: (FeatureMap) throws(Failure) -> Void
  ) throws(Failure) {
    let around = settings.neighbours == .region ? region : region.grown(by: settings.window)
    let asked = selection.columns.map { output[$0] }
    var first = 0
    for layer in layers {
      let families = layer.mapped(asked, from: first)
      first += families.reduce(0) { $0 + $1.count }
      guard families.contains(where: { !$0.wanted.isEmpty }) else { continue }
      precondition(layer.slices == .z, "maps are refused for turned slices")
      var failure: Failure?
      layer.forEachImage(of: around, on: whole ?? region.geometry, resources.lanes) { image in
        guard failure == nil else { return }
        let images = families[image.index * layer.families.count..<(image.index + 1) * layer.families.count]
        let neighbourhoods = Neighbourhoods(of: region.intensity, in: image, settings)
        do throws(Failure) {
          for family in images {
            try neighbourhoods.forEachColumn(family, fill, resources.lanes, progress) {
              number, values, undefined throws(Failure) in
              try each(FeatureMap(measurand: family.wanted[number].measurand, values: values, undefined: undefined))
            }
          }
        } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }

  /// How many families of how many images a selection needs.
  package func passes(for selection: MapSelection) -> Int {
    let asked = selection.columns.map { output[$0] }
    var first = 0, count = 0
    for layer in layers {
      let families = layer.mapped(asked, from: first)
      first += families.reduce(0) { $0 + $1.count }
      count += families.count { !$0.wanted.isEmpty }
    }
    return count
  }
}

/// A family in one of a layer's images.
private struct MappedFamily {
  let family: any FeatureFamily
  /// Where its values begin among all that the recipe measures, and their number.
  let first, count: Int
  let wanted: [OutputColumn]
}

extension Recipe.Layer {
  /// The families of each of the layer's images, one after the other.
  fileprivate func mapped(_ asked: [OutputColumn], from first: Int) -> [MappedFamily] {
    var next = first
    return (filter?.responses ?? [""]).flatMap { _ in
      families.map { family in
        let first = next, count = family.aggregations.count * family.measured.count
        next += count
        let wanted = asked.filter { $0.source >= first && $0.source < next }
        return MappedFamily(family: family, first: first, count: count, wanted: wanted)
      }
    }
  }
}

/// The neighbourhoods of the voxels of a region, and what they are made of.
private struct Neighbourhoods: Sendable {
  /// Where they are centred.
  let centres: RowSpans
  /// The voxels that count, as a region, or why there are none.
  let around: Result<Region, UndefinedError>
  let settings: MapSettings

  /// Voxels where a feature is undefined, and the first one's reason.
  typealias Undefined = (count: Int, reason: Reason?)

  init(of centres: RowSpans, in image: Recipe.Layer.Image, _ settings: MapSettings) {
    self.centres = centres.cropped(to: image.box)
    around = image.region
    self.settings = settings
  }

  /// Hands on the values of each of the wanted columns of a family, by its number among them.
  func forEachColumn<Failure: Error>(
    _ mapped: MappedFamily, _ fill: Double, _ lanes: Lanes, _ progress: @Sendable (Int) -> Void,
    _ take: (_ number: Int, [Double], Undefined) throws(Failure) -> Void
  ) throws(Failure) {
    guard let family = mapped.family as? any WindowedFamily, !mapped.wanted.isEmpty else { return }
    try forEachColumn(of: family, mapped.wanted.map { $0.source - mapped.first }, fill, lanes, progress, take)
  }

  private func forEachColumn<Family: WindowedFamily, Failure: Error>(
    of family: Family, _ wanted: [Int], _ fill: Double, _ lanes: Lanes, _ progress: @Sendable (Int) -> Void,
    _ take: (_ number: Int, [Double], Undefined) throws(Failure) -> Void
  ) throws(Failure) {
    let count = centres.count
    switch ranked(family, lanes) {
    case .failure(let error):
      progress(count)
      for number in wanted.indices { try take(number, Array(repeating: fill, count: count), (count, error.reason)) }
    case .success(let (voxels, range)):
      let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: count * wanted.count)
      defer { values.deallocate() }
      let undefined = measure(into: values, family, voxels, range, wanted, fill, lanes, progress)
      for number in wanted.indices {
        try take(number, Array(values[number * count..<(number + 1) * count]), undefined[number])
      }
    }
  }

  /// What the family works on: grey levels, or intensities, which levels of each neighbourhood are made of; and the
  /// re-segmentation range.
  private func ranked<Family: WindowedFamily>(
    _ family: Family, _ lanes: Lanes
  ) -> Result<(RankedVoxels, ClosedRange<Double>?), UndefinedError> {
    around.flatMap { around in
      guard Family.takesLevels, settings.levels == .region, let discretisation = family.discretisation else {
        return .success((RankedVoxels(intensitiesOf: around, lanes), around.range))
      }
      return discretisation.levels(of: around.intensities, range: around.range, lanes).map {
        (RankedVoxels(GreyLevels($0, of: around, lanes)), around.range)
      }
    }
  }

  /// Writes the values of the wanted columns one after the other, and counts where they are undefined.
  private func measure<Family: WindowedFamily>(
    into buffer: UnsafeMutableBufferPointer<Double>, _ family: Family, _ voxels: RankedVoxels,
    _ range: ClosedRange<Double>?, _ wanted: [Int], _ fill: Double, _ lanes: Lanes, _ progress: @Sendable (Int) -> Void
  ) -> [Undefined] {
    nonisolated(unsafe) let values = buffer
    let count = centres.count, blocks = centres.blocks(of: 1 << 12)
    let parts = lanes.map(blocks.count) { index in
      let block = blocks[index]
      var walk = WindowWalk(
        settings.window, voxels, features: family.measured.count, wanted: wanted, fill: fill
      ) { window, rows in counters(family, window, voxels, range, rows) }
      walk.measure(centres.spans[block.spans], at: voxels.offset) { voxel, column, value in
        values.initializeElement(at: column * count + block.firstVoxel + voxel, to: value)
      }
      progress(block.count)
      return walk.undefined
    }
    return wanted.indices.map { column in
      (parts.reduce(0) { $0 + $1[column].count }, parts.lazy.compactMap { $0[column].reason }.first)
    }
  }

  private func counters<Family: WindowedFamily>(
    _ family: Family, _ window: Window, _ voxels: RankedVoxels, _ range: ClosedRange<Double>?, _ rows: WindowRows
  ) -> [[any WindowCounter]] {
    let isPerNeighbourhood = Family.takesLevels && settings.levels == .neighbourhood
    if !isPerNeighbourhood, let counters = family.counters(window, voxels, rows) { return counters }
    let kind: MeasuredWindow<Family>.Values =
      isPerNeighbourhood || !Family.takesLevels ? .intensities(range) : .levels(count: voxels.levelCount)
    return [[MeasuredWindow(family, window, voxels, rows, kind)]]
  }
}

/// A walk of windows along runs of centres.
private struct WindowWalk {
  /// Of each wanted column the number of voxels where it was undefined, and the first one's reason.
  private(set) var undefined: [Neighbourhoods.Undefined]
  private let voxels: RankedVoxels
  /// Those of each aggregation, one after the other.
  private var counters: [any WindowCounter]
  private let aggregations: [Range<Int>]
  private let wanted: [Int]
  private let fill: Double
  private let nothing: [Cell]
  private var rows: WindowRows

  init(
    _ window: Window, _ voxels: RankedVoxels, features: Int, wanted: [Int], fill: Double,
    _ counters: (Window, WindowRows) -> [[any WindowCounter]]
  ) {
    self.voxels = voxels
    self.wanted = wanted
    self.fill = fill
    nothing = Array(repeating: .undefined("the neighbourhood has nothing that the family counts"), count: features)
    rows = WindowRows(radius: window.radius, width: voxels.size.x)
    let counters = counters(window, rows)
    self.counters = counters.flatMap { $0 }
    var first = 0
    aggregations = counters.map { counters in
      first += counters.count
      return first - counters.count..<first
    }
    undefined = Array(repeating: (0, nil), count: wanted.count)
  }

  /// Hands on the value of each wanted column at each voxel of `spans`, numbered from 0; `lower` is where the box of
  /// voxels starts in their grid.
  mutating func measure(
    _ spans: ArraySlice<RowSpans.Span>, at lower: SIMD3<Int>, _ take: (_ voxel: Int, _ column: Int, Double) -> Void
  ) {
    var voxel = 0, row = SIMD2(Int.min, Int.min)
    for span in spans {
      if row != [span.y, span.z] {
        row = [span.y, span.z]
        rows.load(voxels, y: span.y - lower.y, z: span.z - lower.z)
        for index in counters.indices { counters[index].load(rows) }
      }
      let first = rows.index(x: span.x - lower.x), last = first + span.count - 1
      change(.begin, first)
      for centre in first...last {
        if centre > first {
          change(.leave, centre - 1)
          change(.enter, centre)
        }
        hand(on: cells(centre), voxel, take)
        voxel += 1
      }
      change(.end, last)
    }
  }

  private mutating func change(_ change: WindowChange, _ centre: Int) {
    for index in counters.indices { counters[index].change(change, rows, centre) }
  }

  /// The features of all aggregations.
  private mutating func cells(_ centre: Int) -> [Cell] {
    if counters.count == 1 { return counters[0].cells(rows, centre) ?? nothing }
    var all: [Cell] = []
    for aggregation in aggregations {
      guard aggregation.count > 1 else {
        all += counters[aggregation.lowerBound].cells(rows, centre) ?? nothing
        continue
      }
      var average = FeatureAverage()
      for index in aggregation {
        if let cells = counters[index].cells(rows, centre) { average.add(cells) }
      }
      all += average.cells ?? nothing
    }
    return all
  }

  private mutating func hand(on cells: [Cell], _ voxel: Int, _ take: (Int, Int, Double) -> Void) {
    for (column, index) in wanted.enumerated() {
      switch cells[index].checked {
      case .value(let value): take(voxel, column, value)
      case .undefined(let reason):
        undefined[column].count += 1
        undefined[column].reason = undefined[column].reason ?? reason
        take(voxel, column, fill)
      }
    }
  }
}
