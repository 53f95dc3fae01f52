import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// Frames that make up one volume, in the order of their places along the normal.
struct Stack: Sendable {
  var frames: [Frame]
  let rows, columns: Int
  /// What tells it from the series' other volumes, in words; empty if it is the only one.
  let title: String
  let path: String
  /// Whether images of its kind have no place in the patient: projections, ultrasound, planar nuclear medicine.
  let isPlanar: Bool

  static func isPlanar(_ modality: String) -> Bool { !["CT", "MR", "PT", "RTDOSE"].contains(modality) }

  /// How frames lie along the normal of the first.
  struct Spread {
    /// Distance of each frame from the first along the normal, mm, ascending.
    let distances: [Double]
    /// How far each lies beside the line through the first along the normal, mm.
    let shifts: [SIMD3<Double>]

    init(_ frames: [Frame]) {
      let normal = frames[0].normal, start = frames[0].position ?? .zero
      distances = frames.map { (($0.position ?? .zero) - start).dot(normal) }
      shifts = zip(frames, distances).map { frame, distance in (frame.position ?? .zero) - start - normal * distance }
    }

    /// The usual distance of neighbours.
    var step: Double {
      let steps = zip(distances.dropFirst(), distances).map { $0 - $1 }.sorted()
      return steps.isEmpty ? 0 : steps[steps.count / 2]
    }

    /// Places that occur more than once.
    var hasDuplicates: Bool { zip(distances.dropFirst(), distances).contains { $0 - $1 < Self.same } }

    /// The largest distance of a frame from its place on the even grid between first and last, in steps.
    var unevenness: Double {
      guard distances.count > 2, let last = distances.last, last > 0 else { return 0 }
      let even = last / Double(distances.count - 1)
      return distances.enumerated().map { abs($1 - Double($0) * even) / even }.max()!
    }

    /// Whether the frames lie on an even grid.
    var isEven: Bool { !hasDuplicates && unevenness <= Self.tolerance }

    /// Frames nearer than this are at one place, mm.
    static let same = 0.001
    /// Part of a step by which frames may lie off the even grid: positions are written with few digits.
    static let tolerance = 0.1
    /// The part from which it is said.
    static let noticed = 0.02
  }

  var spread: Spread { Spread(frames) }
}

extension Stack {
  /// The volumes of a series: frames of one size, spacing and orientation; frames at the same places are told apart by the
  /// first mark, or pair of marks, that makes all parts even. Localizers are left out, and so are copies of a slice.
  /// - Throws: `FormatError` if the pixels of frames at one place cannot be read, to see whether they are equal.
  static func all(
    of frames: [Frame], in series: DICOMSeries
  ) throws(FormatError) -> (stacks: [Stack], findings: [Finding]) {
    var findings: [Finding] = []
    let isLocalizer = { (frame: Frame) in frame.marks[.imageType]?.split(separator: "/").contains("LOCALIZER") ?? false
    }
    var rest = frames.filter { !isLocalizer($0) }
    if rest.isEmpty {
      rest = frames
    } else if rest.count < frames.count {
      let note = "\(frames.count - rest.count) localizer images are left out."
      findings.append(Finding(.note, series.headers[0].path, note))
    }
    var groups: [[Frame]] = []
    for frame in rest {
      if let place = groups.firstIndex(where: { $0[0].isAligned(with: frame, series.headers) }) {
        groups[place].append(frame)
      } else {
        groups.append([frame])
      }
    }
    var stacks: [Stack] = []
    for group in groups {
      let regions = group[0].regions
      let title = groups.count == 1 ? [] : [regions.isEmpty ? series.size(of: group[0]) : regions.title]
      let size = series.headers[group[0].header]
      let parts = try parts(of: ordered(group), in: series)
      for part in parts {
        stacks.append(
          Stack(
            frames: part.frames, rows: size.dataSet.integer(.rows) ?? 0, columns: size.dataSet.integer(.columns) ?? 0,
            title: (title + part.title).joined(separator: ", "), path: size.path,
            isPlanar: isPlanar(series.modality)))
      }
      let copies = group.count - parts.map(\.frames.count).reduce(0, +)
      if copies > 0 {
        let slices = copies == 1 ? "1 slice is" : "\(copies) slices are"
        findings.append(
          Finding(.note, size.path, "\(slices) there again, with equal pixels and another UID; each is read once."))
      }
    }
    return (stacks, findings)
  }

  private static func ordered(_ frames: [Frame]) -> [Frame] {
    let normal = frames[0].normal
    return frames.map { (($0.position ?? .zero).dot(normal), $0) }.enumerated()
      .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
  }

  private typealias Part = (frames: [Frame], title: [String])

  private static func parts(of frames: [Frame], in series: DICOMSeries) throws(FormatError) -> [Part] {
    // Frames without a place are images of their own.
    guard frames.allSatisfy({ $0.position != nil }) else {
      let isOneFile = Set(frames.map(\.header)).count == 1
      return frames.enumerated().map {
        ([$1], frames.count == 1 ? [] : ["\(isOneFile ? "frame" : "image") \($0 + 1)"])
      }
    }
    guard !Spread(frames).isEven else { return [(frames, [])] }
    // What marks tell apart stays whole, though acquisitions may share a slice; only then are copies looked for.
    if let parts = evenParts(of: frames, by: Mark.telling) { return parts }
    let once = try series.withoutCopies(frames, alike: Mark.telling)
    if Spread(once).isEven { return [(once, [])] }
    if let parts = evenParts(of: once, by: Mark.allCases) { return parts }
    return [(try series.withoutCopies(once, alike: []), [])]
  }

  private static func evenParts(of frames: [Frame], by marks: [Mark]) -> [Part]? {
    let varying = marks.filter { mark in Set(frames.map { $0.marks[mark] }).count > 1 }
    let pairs = varying.enumerated().flatMap { index, first in varying[(index + 1)...].map { [first, $0] } }
    for marks in varying.map({ [$0] }) + pairs {
      let parts = split(frames, by: marks)
      if parts.allSatisfy({ Spread($0.frames).isEven }) && parts.count < frames.count { return parts }
    }
    return nil
  }

  private static func split(_ frames: [Frame], by marks: [Mark]) -> [Part] {
    var order: [[String?]] = [], parts: [[String?]: [Frame]] = [:]
    for frame in frames {
      let key = marks.map { frame.marks[$0] }
      if parts[key] == nil { order.append(key) }
      parts[key, default: []].append(frame)
    }
    return order.sorted { precedes($0, $1) }.map { key in
      (parts[key]!, zip(marks, key).map { "\($0.name) \($1 ?? "none")" })
    }
  }

  /// Numbers by size, other texts by letters.
  private static func precedes(_ left: [String?], _ right: [String?]) -> Bool {
    for (a, b) in zip(left, right) where a != b {
      if let x = a.flatMap(Double.init), let y = b.flatMap(Double.init), x != y { return x < y }
      return (a ?? "") < (b ?? "")
    }
    return false
  }
}

extension Frame {
  /// Whether both can belong to one volume.
  fileprivate func isAligned(with other: Frame, _ headers: [Header]) -> Bool {
    func size(_ frame: Frame) -> [Int?] {
      let data = headers[frame.header].dataSet
      return [data.integer(.rows), data.integer(.columns)]
    }
    return size(self) == size(other) && abs(spacing.x / other.spacing.x - 1) < 1e-4
      && abs(spacing.y / other.spacing.y - 1) < 1e-4 && (row - other.row).length < 1e-3
      && (column - other.column).length < 1e-3 && (position == nil) == (other.position == nil)
  }
}

extension DICOMSeries {
  fileprivate func size(of frame: Frame) -> String {
    let data = headers[frame.header].dataSet
    let normal = frame.normal
    let axis = (0..<3).max { abs(normal[$0]) < abs(normal[$1]) }!
    return "\(["sagittal", "coronal", "axial"][axis]) \(data.integer(.columns) ?? 0) x \(data.integer(.rows) ?? 0)"
  }
}
