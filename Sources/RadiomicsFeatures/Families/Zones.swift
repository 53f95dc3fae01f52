import RadiomicsCore
import RadiomicsImaging

/// Where zones are linked.
enum ZoneScope: Sendable {
  /// In the volume, by 26 neighbours.
  case volume
  /// In each slice, by 8.
  case slices
}

/// Zones of a region, connected voxels of one grey level, by their number of voxels and by the distance of their
/// nearest voxel from the border.
package struct ZoneMatrices: Sendable {
  package let sizes, distances: LevelMatrix

  /// The zones of `grey`.
  package init(_ grey: GreyLevels, _ border: BorderDistances, _ lanes: Lanes) {
    let slabs = grey.spans.blocks(of: max(1 << 17, grey.voxelCount / 16), grey.slices)
    let made = lanes.map(slabs.count) { index in
      Slab(
        grey, border, grey.spans.spans[slabs[index].spans], isFirst: index == 0, isLast: index == slabs.count - 1,
        counts: RankCounts(ranks: grey.levels.count, cells: grey.voxelCount / slabs.count))
    }
    var (sizes, distances) = (made[0].sizes, made[0].distances)
    for slab in made.dropFirst() {
      sizes.add(slab.sizes)
      distances.add(slab.distances)
    }
    for zone in joined(made, grey) { zone.count(in: &sizes, &distances) }
    self.sizes = LevelMatrix(sizes, levels: grey.levels, voxels: grey.voxelCount)
    self.distances = LevelMatrix(distances, levels: grey.levels, voxels: grey.voxelCount)
  }
}

/// A zone, or a part of one that `first` leads on from: the number of a part made before, or its own.
private struct Zone {
  var first: Int32
  var size: UInt32 = 0
  var rank: UInt16
  var distance = Int16.max

  mutating func add(_ other: Zone) {
    size += other.size
    distance = min(distance, other.distance)
  }

  func count(in sizes: inout RankCounts, _ distances: inout RankCounts) {
    sizes.count(Int(rank), Int(size))
    distances.count(Int(rank), Int(distance))
  }
}

/// The zones of consecutive slices: counted where they are whole, and open where they touch another slab.
private struct Slab {
  var sizes, distances: RankCounts
  /// Open zones.
  var open: [Zone] = []
  /// The open zones of the voxels of the first and the last slice, over the plane.
  var bottom: [Int32] = [], top: [Int32] = []
  let spans: ArraySlice<RowSpans.Span>

  init(
    _ grey: GreyLevels, _ border: BorderDistances, _ spans: ArraySlice<RowSpans.Span>, isFirst: Bool, isLast: Bool,
    counts: RankCounts
  ) {
    self.spans = spans
    let bottomSpans = spans.prefix { $0.z == spans[spans.startIndex].z }
    let plane = grey.size.x * grey.size.y, voxels = spans.reduce(0) { $0 + $1.count }
    var labels = [Int32](repeating: 0, count: 2 * plane)
    var bottom: [Int32] = [], top: [Int32] = []
    let zones = [Zone](capacity: voxels) { (zones: inout OutputSpan<Zone>) in
      link(grey, border, bottomSpans, LinkSteps(grey.size) { $0.z == 0 }, &labels, &zones)
      if !isFirst { bottom = Self.plane(labels, grey, bottomSpans[bottomSpans.startIndex].z) }
      link(grey, border, spans[bottomSpans.endIndex...], LinkSteps(grey.size) { _ in true }, &labels, &zones)
      var known = zones.mutableSpan
      flatten(&known)
    }
    sizes = counts
    distances = counts
    let last = spans[spans.endIndex - 1].z
    let topSpans = spans[(spans.lastIndex { $0.z != last }.map { $0 + 1 } ?? spans.startIndex)...]
    if !isLast { top = Self.plane(labels, grey, last) }
    var numbers = [Int32](repeating: -1, count: zones.count)
    open(&bottom, grey, isFirst ? [] : bottomSpans, zones, &numbers)
    open(&top, grey, isLast ? [] : topSpans, zones, &numbers)
    self.bottom = bottom
    self.top = top
    for (index, zone) in zones.enumerated() where Int(zone.first) == index && numbers[index] < 0 {
      zone.count(in: &sizes, &distances)
    }
  }

  /// Renames the zones of a plane as open ones.
  private mutating func open(
    _ labels: inout [Int32], _ grey: GreyLevels, _ spans: ArraySlice<RowSpans.Span>, _ zones: [Zone],
    _ numbers: inout [Int32]
  ) {
    for span in spans {
      let start = span.x + grey.size.x * span.y
      for place in start..<start + span.count {
        let zone = Int(zones[Int(labels[place])].first)
        if numbers[zone] < 0 {
          numbers[zone] = Int32(open.count)
          open.append(zones[zone])
        }
        labels[place] = numbers[zone]
      }
    }
  }

  private static func plane(_ labels: [Int32], _ grey: GreyLevels, _ z: Int) -> [Int32] {
    let plane = grey.size.x * grey.size.y
    return Array(labels[(z & 1) * plane..<((z & 1) + 1) * plane])
  }
}

/// The open zones of all slabs, joined where they touch.
private func joined(_ slabs: [Slab], _ grey: GreyLevels) -> [Zone] {
  var zones: [Zone] = []
  var offsets: [Int32] = []
  for slab in slabs {
    offsets.append(Int32(zones.count))
    for zone in slab.open {
      var zone = zone
      zone.first = Int32(zones.count)
      zones.append(zone)
    }
  }
  let steps = LinkSteps(grey.size) { $0.z == 1 }
  var masks = [UInt16](repeating: 0, count: grey.size.x + GreyLevels.Ranks.slack)
  var known = zones.mutableSpan
  for (index, slab) in slabs.enumerated().dropFirst() {
    let z = slab.spans[slab.spans.startIndex].z
    for span in slab.spans.prefix(while: { $0.z == z }) {
      mark(grey, span, steps, &masks)
      let start = span.x + grey.size.x * span.y
      for x in 0..<span.count {
        var open = masks[x]
        while open != 0 {
          let step = open.trailingZeroBitCount
          open &= ~steps.touching[step]
          let below = slabs[index - 1].top[start + x - steps.inPlane[step]] + offsets[index - 1]
          _ = join(slab.bottom[start + x] + offsets[index], below, &known)
        }
      }
    }
  }
  flatten(&known)
  return zones.indices.filter { Int(zones[$0].first) == $0 }.map { zones[$0] }
}

/// The first part of a zone; ways that lead to it are shortened.
private func root(_ zone: Int32, _ zones: inout MutableSpan<Zone>) -> Int32 {
  var zone = zone
  while true {
    let next = zones[unchecked: Int(zone)].first
    if next == zone { return zone }
    let afterNext = zones[unchecked: Int(next)].first
    zones[unchecked: Int(zone)].first = afterNext
    zone = afterNext
  }
}

/// Makes two parts one zone and gives its first part.
private func join(_ a: Int32, _ b: Int32, _ zones: inout MutableSpan<Zone>) -> Int32 {
  let a = root(a, &zones), b = root(b, &zones)
  zones[unchecked: Int(max(a, b))].first = min(a, b)
  return min(a, b)
}

/// Leads every part to the first of its zone, which is given the voxels of all.
private func flatten(_ zones: inout MutableSpan<Zone>) {
  for index in 0..<zones.count {
    let zone = zones[unchecked: index]
    guard Int(zone.first) != index else { continue }
    let root = zones[unchecked: Int(zone.first)].first  // as its number is smaller, it is flat
    zones[unchecked: index].first = root
    zones[unchecked: Int(root)].add(zone)
  }
}

/// Steps back to neighbours that come before a voxel in memory, those that touch most others first.
private struct LinkSteps {
  /// Steps in the box, and in its plane.
  let inBox, inPlane: [Int]
  /// Whether it leads to the slice below.
  let isBelow: [Bool]
  /// For each, the set of those it touches, itself included: voxels of one rank that touch are linked already.
  let touching: [UInt16]
  var indices: Range<Int> { inBox.indices }

  /// Against those of `directions` that are kept.
  init(_ size: SIMD3<Int>, _ isKept: (SIMD3<Int>) -> Bool) {
    func touch(_ a: SIMD3<Int>, _ b: SIMD3<Int>) -> Bool { GridNorm.chebyshev.squaredLength(a &- b) <= 1 }
    let linked = directions.filter(isKept)
    let sorted = linked.map { direction in (direction, linked.count { touch($0, direction) }) }
      .sorted { $0.1 > $1.1 }.map(\.0)
    inBox = sorted.map { $0.x + size.x * ($0.y + size.y * $0.z) }
    inPlane = sorted.map { $0.x + size.x * $0.y }
    isBelow = sorted.map { $0.z == 1 }
    touching = sorted.map { direction in
      sorted.indices.reduce(0) { touch(sorted[$1], direction) ? $0 | 1 << UInt16($1) : $0 }
    }
  }
}

/// Sets for each voxel of a run the steps that lead to a voxel of the same rank.
private func mark(_ grey: GreyLevels, _ span: RowSpans.Span, _ steps: LinkSteps, _ masks: inout [UInt16]) {
  var target = masks.mutableSpan
  let start = grey.spans.offset(of: span)
  switch grey.ranks {
  case .bytes(let ranks): mark(ranks.span, start, span.count, steps.inBox.span, &target)
  case .words(let ranks): mark(ranks.span, start, span.count, steps.inBox.span, &target)
  }
}

private func mark<Rank: FixedWidthInteger>(
  _ ranks: Span<Rank>, _ start: Int, _ count: Int, _ steps: Span<Int>, _ masks: inout MutableSpan<UInt16>
) {
  let whole = (count &+ 15) & ~15
  for x in 0..<whole { masks[unchecked: x] = 0 }
  for step in 0..<steps.count {
    let bit: UInt16 = 1 &<< UInt16(truncatingIfNeeded: step), there = start &- steps[unchecked: step]
    for x in 0..<whole {
      masks[unchecked: x] |= ranks[unchecked: start &+ x] == ranks[unchecked: there &+ x] ? bit : 0
    }
  }
}

/// Links the voxels of `spans` to those of the same rank before them, run by run; `labels` holds the zones of two slices,
/// even and odd.
private func link(
  _ grey: GreyLevels, _ border: BorderDistances, _ spans: ArraySlice<RowSpans.Span>, _ steps: LinkSteps,
  _ labels: inout [Int32], _ zones: inout OutputSpan<Zone>
) {
  let plane = grey.size.x * grey.size.y
  // Steps within `labels`, from an even slice, then from an odd one.
  let back = [plane, -plane].flatMap { below in
    steps.indices.map { (steps.isBelow[$0] ? below : 0) - steps.inPlane[$0] }
  }
  var masks = [UInt16](repeating: 0, count: grey.size.x + GreyLevels.Ranks.slack)
  for span in spans {
    mark(grey, span, steps, &masks)
    let isOdd = span.z & 1, place = isOdd * plane + span.x + grey.size.x * span.y
    let distance = border.index(of: SIMD3(span.x, span.y, span.z) &+ grey.offset)
    var target = labels.mutableSpan
    let back = back.span.extracting(isOdd * steps.touching.count..<(isOdd + 1) * steps.touching.count)
    let start = grey.spans.offset(of: span), known = border.values.span
    switch grey.ranks {
    case .bytes(let ranks):
      linkRun(
        ranks.span, start, span.count, masks.span, back, steps.touching.span, known, distance, place, &target, &zones)
    case .words(let ranks):
      linkRun(
        ranks.span, start, span.count, masks.span, back, steps.touching.span, known, distance, place, &target, &zones)
    }
  }
}

/// Gives each of `count` voxels the zone of a voxel before it with the same rank, or a new one; joins zones that it
/// links. `masks` are the steps (`back` in `labels`) that lead to voxels of the same rank. Cost: one step for each
/// voxel, one for each new zone and each two that are joined.
private func linkRun<Rank: FixedWidthInteger>(
  _ ranks: Span<Rank>, _ start: Int, _ count: Int, _ masks: Span<UInt16>, _ back: Span<Int>, _ touching: Span<UInt16>,
  _ distances: Span<Int16>, _ distance: Int, _ place: Int, _ labels: inout MutableSpan<Int32>,
  _ zones: inout OutputSpan<Zone>
) {
  for x in 0..<count {
    var open = masks[unchecked: x]
    var label: Int32
    if open == 0 {
      label = Int32(truncatingIfNeeded: zones.count)
      zones.append(Zone(first: label, rank: UInt16(truncatingIfNeeded: ranks[unchecked: start &+ x])))
    } else {
      let step = open.trailingZeroBitCount
      open &= ~touching[unchecked: step]
      label = labels[unchecked: place &+ x &+ back[unchecked: step]]
      while open != 0 {
        let step = open.trailingZeroBitCount
        open &= ~touching[unchecked: step]
        var known = zones.mutableSpan
        label = join(label, labels[unchecked: place &+ x &+ back[unchecked: step]], &known)
      }
    }
    labels[unchecked: place &+ x] = label
    zones[unchecked: Int(label)].size &+= 1
    zones[unchecked: Int(label)].distance = min(
      zones[unchecked: Int(label)].distance, distances[unchecked: distance &+ x])
  }
}
