import RadiomicsCore

/// Between what points of a region diameters are measured.
public enum DiameterEnds: String, CaseIterable, Sendable {
  /// Outer corners of its voxels.
  case corners
  /// Centres of its voxels: shorter by about a voxel.
  case centres
}

/// The longest diameter of a region in one of its slices, and the longest line within the region, in the same slice, that is perpendicular to
/// it: the two sizes of a lesion by RECIST and WHO; of a node the second is the short axis.
///
/// The longest diameter may lead through what is outside the region, as a caliper does; the perpendicular may not. Of equally long diameters the
/// one with the longest perpendicular counts, then that of the lowest slice. Between centres the perpendicular is that between corners less the
/// extent of a voxel along it. Example: 4 × 3 voxels of 1 mm have a diagonal of 5 mm, across which the longest line is 3 / (4/5) = 3.75 mm.
///
/// Cost: the runs; of slices with the longest diameter, its border times the logarithm of that.
public struct SliceDiameters: Sendable, Hashable {
  /// A line in a slice, between places on its grid: 0 is the centre of the first voxel, 0.5 its end.
  public struct Line: Sendable, Hashable {
    public let from, to: SIMD2<Double>
    /// mm.
    public let length: Double
  }

  /// The slice, from 0.
  public let slice: Int
  public let long, short: Line

  /// Nil for an empty region.
  public init?(_ mask: RowSpans, spacing: SIMD3<Double>, ends: DiameterEnds = .corners) {
    guard let box = mask.boundingBox else { return nil }
    let scale = SIMD2(spacing.x, spacing.y), cropped = mask.cropped(to: box)
    let slices = Dictionary(grouping: cropped.spans, by: \.z).sorted { $0.key < $1.key }.map {
      SliceOutline(slice: $0.key, runs: $0.value, size: cropped.size, ends: ends)
    }
    let squares = slices.map { $0.hull.squaredDiameter(scale / 2) }, largest = squares.max()!
    // Diameters that differ by rounding alone are equally long.
    let least = largest * (1 - 1e-12)
    var best: SliceDiameters?
    for (outline, square) in zip(slices, squares) where square >= least {
      for (a, b) in outline.diameters(atLeast: least, scale / 2) {
        let short = outline.perpendicular(to: a, b, scale, ends)
        if let best, short.length <= best.short.length * (1 + 1e-12) { continue }
        let long = Line(from: a, to: b, length: (((b - a) * scale) * ((b - a) * scale)).sum().squareRoot())
        best = SliceDiameters(slice: outline.slice, long: long, short: short)
      }
    }
    guard let best else { return nil }
    self = best.moved(by: box.lower)
  }

  private init(slice: Int, long: Line, short: Line) { (self.slice, self.long, self.short) = (slice, long, short) }

  private func moved(by lower: SIMD3<Int>) -> SliceDiameters {
    let step = SIMD2(Double(lower.x), Double(lower.y))
    func moved(_ line: Line) -> Line { Line(from: line.from + step, to: line.to + step, length: line.length) }
    return SliceDiameters(slice: slice + lower.z, long: moved(long), short: moved(short))
  }
}

/// A region's part in a slice.
private struct SliceOutline {
  let slice: Int
  /// Of places in half voxels: the centre of voxel i is 2 i + 1.
  let hull: RowHull
  private let runs: [RowSpans.Span], size: SIMD3<Int>

  init(slice: Int, runs: [RowSpans.Span], size: SIMD3<Int>, ends: DiameterEnds) {
    (self.slice, self.runs, self.size) = (slice, runs, size)
    var rows = [(first: Int, last: Int)?](repeating: nil, count: 2 * size.y + 1)
    for run in runs {
      let edge = ends == .corners ? 0 : 1
      for line in ends == .corners ? [2 * run.y, 2 * run.y + 2] : [2 * run.y + 1] {
        let (first, last) = (2 * run.x + edge, 2 * (run.x + run.count) - edge)
        rows[line] = rows[line].map { (min($0.first, first), max($0.last, last)) } ?? (first, last)
      }
    }
    hull = RowHull(rows)
  }

  /// The longest diameters, by their ends on the grid of voxels.
  func diameters(atLeast least: Double, _ scale: SIMD2<Double>) -> [(SIMD2<Double>, SIMD2<Double>)] {
    var found: [(SIMD2<Double>, SIMD2<Double>)] = []
    let corners = hull.corners
    for (index, a) in corners.enumerated() {
      for b in corners[...index] {
        let step = SIMD2<Double>(a &- b) * scale
        guard (step * step).sum() >= least else { continue }
        found.append((SIMD2<Double>(b &- 1) / 2, SIMD2<Double>(a &- 1) / 2))
      }
    }
    return found
  }

  /// Sides of voxels between the region and what is outside, on the grid of voxels; those in a row with the region on the same hand are one. Where
  /// voxels touch at a corner alone the hand changes, so that both lines that cross there have an end.
  private var sides: [(SIMD2<Double>, SIMD2<Double>)] {
    var inside = [Int](repeating: 0, count: (size.x + 2) * (size.y + 2))
    func index(_ x: Int, _ y: Int) -> Int { x + 1 + (size.x + 2) * (y + 1) }
    for run in runs { for x in run.x..<run.x + run.count { inside[index(x, run.y)] = 1 } }
    var sides: [(SIMD2<Double>, SIMD2<Double>)] = []
    func add(
      _ lines: Int, _ length: Int, _ hand: (Int, Int) -> Int,
      _ side: (Int, ClosedRange<Double>) -> (SIMD2<Double>, SIMD2<Double>)
    ) {
      for line in 0...lines {
        var start = (place: 0, hand: 0)
        for place in 0...length {
          let own = place < length ? hand(line, place) : 0
          guard own != start.hand else { continue }
          if start.hand != 0 { sides.append(side(line, Double(start.place) - 0.5...Double(place) - 0.5)) }
          start = (place, own)
        }
      }
    }
    add(size.y, size.x, { inside[index($1, $0)] - inside[index($1, $0 - 1)] }) {
      ([$1.lowerBound, Double($0) - 0.5], [$1.upperBound, Double($0) - 0.5])
    }
    add(size.x, size.y, { inside[index($0, $1)] - inside[index($0 - 1, $1)] }) {
      ([Double($0) - 0.5, $1.lowerBound], [Double($0) - 0.5, $1.upperBound])
    }
    return sides
  }

  /// The longest line within the region that is perpendicular to a diameter.
  ///
  /// Between two places along the diameter at which the outline has corners, the ends of lines across move evenly, so that the longest is at such
  /// a place; it is found from two lines between.
  func perpendicular(
    to a: SIMD2<Double>, _ b: SIMD2<Double>, _ scale: SIMD2<Double>, _ ends: DiameterEnds
  ) -> SliceDiameters.Line {
    let step = (b - a) * scale, length = (step * step).sum().squareRoot()
    let along = length > 0 ? step / length : [1, 0], across = SIMD2(-along.y, along.x)
    let chord = Chords(sides.map { ($0 * scale, $1 * scale) }, along, across).longest
    // Between centres a line is shorter by what a voxel reaches along it.
    let less = ends == .centres ? (abs(across.x) * scale.x + abs(across.y) * scale.y) / 2 : 0
    let half = max(0, (chord.to - chord.from) / 2 - less), middle = (chord.from + chord.to) / 2
    func place(_ s: Double) -> SIMD2<Double> { (along * chord.at + across * s) / scale }
    return .init(from: place(middle - half), to: place(middle + half), length: 2 * half)
  }
}

/// Lines across a direction within an outline.
private struct Chords {
  /// Where along the direction, and from where to where across.
  private(set) var longest = (at: 0.0, from: 0.0, to: 0.0)

  init(_ sides: [(SIMD2<Double>, SIMD2<Double>)], _ along: SIMD2<Double>, _ across: SIMD2<Double>) {
    func project(_ point: SIMD2<Double>) -> SIMD2<Double> { [(point * along).sum(), (point * across).sum()] }
    let turned = sides.map { (project($0.0), project($0.1)) }.map { $0.x <= $1.x ? ($0, $1) : ($1, $0) }
    let extent = turned.reduce(0) { max($0, abs($1.0.x), abs($1.1.x)) }
    var stops: [Double] = []
    for place in turned.flatMap({ [$0.0.x, $0.1.x] }).sorted()
    where stops.last.map({ place - $0 > 1e-12 * extent }) ?? true { stops.append(place) }
    guard stops.count > 1 else { return }
    var crossing = [[Int]](repeating: [], count: stops.count - 1)
    for (index, side) in turned.enumerated() {
      let first = stops.firstIndex(above: side.0.x - 2e-12 * extent)
      var place = first
      while place + 1 < stops.count, stops[place + 1] < side.1.x + 2e-12 * extent {
        crossing[place].append(index)
        place += 1
      }
    }
    for (place, sides) in crossing.enumerated() where !sides.isEmpty {
      let begin = stops[place], gap = stops[place + 1] - begin
      func ends(_ part: Double) -> [Double] {
        sides.map { index in
          let (a, b) = turned[index]
          return a.y + (b.y - a.y) * (begin + part * gap - a.x) / (b.x - a.x)
        }.sorted()
      }
      let early = ends(0.25), late = ends(0.75)
      for pair in stride(from: 0, to: early.count - 1, by: 2) {
        for (part, near, far) in [(0.0, early, late), (1.0, late, early)] {
          let from = 1.5 * near[pair] - 0.5 * far[pair], to = 1.5 * near[pair + 1] - 0.5 * far[pair + 1]
          if to - from > (longest.to - longest.from) * (1 + 1e-12) { longest = (begin + part * gap, from, to) }
        }
      }
    }
  }
}

extension [Double] {
  /// The first place of ascending numbers at which they are above another, by halving.
  fileprivate func firstIndex(above value: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
