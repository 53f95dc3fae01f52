import RadiomicsCore
import RadiomicsImaging

/// Which axes of an NRRD file lie in space, and where.
struct NRRDAxes {
  let storage: StorageAxes
  let geometry: Geometry
  let findings: [Finding]

  /// Kinds of axes along which voxels lie in space, or may.
  private static let spatialKinds: Set<String> = ["domain", "space", "none", "???", "unknown"]

  init(_ header: NRRDHeader) throws(FormatError) {
    let path = header.path
    let dimension = try header.integer("dimension", default: 0)
    guard (2...16).contains(dimension) else {
      throw FormatError(path, "'dimension' is \(header.text("dimension") ?? "missing"), must be 2 to 16.")
    }
    var sizes: [Int] = []
    for word in try header.words("sizes", count: dimension) ?? [] {
      guard let size = Int(word) else { throw FormatError(path, "'sizes' holds '\(word)', must be whole numbers.") }
      sizes.append(size)
    }
    guard sizes.count == dimension else { throw FormatError(path, "the field 'sizes' is missing, it must be there.") }
    let frame = try Frame(header)
    let directions = try header.vectors("space directions")
    if let directions, directions.count != dimension {
      throw FormatError(
        path, "'space directions' has \(directions.count) vectors, must have \(dimension), one for each axis.")
    }
    let spatial = try Self.spatialAxes(header, dimension, directions, frame)
    storage = try StorageAxes(sizes: sizes, spatial: spatial, path: path)
    var findings = frame.findings
    let placement: Placement
    if let directions {
      placement = try Self.placement(header, spatial.map { directions[$0] ?? [] }, frame, &findings)
    } else {
      placement = try Self.uprightPlacement(header, dimension, spatial, &findings)
    }
    let unit = try Self.unit(header, dimension, spatial, frame, &findings)
    do {
      geometry = try placement.scaled(by: unit).geometry(size: storage.size)
    } catch {
      throw FormatError(path, "\(error.description). Correct the header.")
    }
    self.findings = findings
  }

  /// The axes that lie in space; others number the volumes.
  private static func spatialAxes(
    _ header: NRRDHeader, _ dimension: Int, _ directions: [[Double]?]?, _ frame: Frame
  ) throws(FormatError) -> [Int] {
    let kinds = try header.words("kinds", count: dimension) ?? Array(repeating: "???", count: dimension)
    var axes: [Int] = []
    for axis in 0..<dimension {
      if let directions {
        guard let direction = directions[axis] else { continue }
        guard direction.count == frame.dimension else {
          throw FormatError(
            header.path, "'space directions' has a vector of \(direction.count) numbers, must have \(frame.dimension).")
        }
        if direction.prefix(3).contains(where: { $0 != 0 }) || direction.count < 4 { axes.append(axis) }
      } else if spatialKinds.contains(kinds[axis].lowercased()) {
        axes.append(axis)
      }
    }
    guard axes.count >= 2, directions == nil || axes.count <= 3 else {
      throw FormatError(header.path, "\(axes.count) axes lie in space, must be 2 or 3.")
    }
    return Array(axes.prefix(3))
  }

  /// Placement by directions and origin.
  private static func placement(
    _ header: NRRDHeader, _ directions: [[Double]], _ frame: Frame, _ findings: inout [Finding]
  ) throws(FormatError) -> Placement {
    func point(_ numbers: [Double]) -> SIMD3<Double> {
      SIMD3(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
    }
    let origins = try header.vectors("space origin")
    if origins == nil {
      findings.append(
        Finding(.warning, header.path, "there is no 'space origin': the first voxel is taken to be at 0."))
    }
    guard let origin = origins == nil ? Array(repeating: 0, count: frame.dimension) : origins?.first ?? nil,
      origins?.count ?? 1 == 1, origin.count == frame.dimension
    else {
      throw FormatError(header.path, "'space origin' must be one vector of \(frame.dimension) numbers.")
    }
    var steps = Matrix3(point(directions[0]), point(directions[1]), .zero)
    if directions.count == 3 {
      steps.z = point(directions[2])
    } else {
      let normal = steps.x.cross(steps.y)
      steps.z = normal / normal.length
    }
    return Placement(steps: steps, origin: point(origin)).turned(by: frame.signs)
  }

  /// Placement along the axes of space, where a file has spacings at most.
  private static func uprightPlacement(
    _ header: NRRDHeader, _ dimension: Int, _ spatial: [Int], _ findings: inout [Finding]
  ) throws(FormatError) -> Placement {
    findings.append(
      Finding(
        .warning, header.path,
        "there are no 'space directions': how the patient lies is unknown. The axes are taken as left, posterior and "
          + "superior."))
    let spacings = try header.numbers("spacings", count: dimension)
    if spacings == nil {
      findings.append(Finding(.warning, header.path, "there are no 'spacings': taken as 1 mm."))
    }
    let starts = try header.numbers("axis mins", count: dimension)
    let field = header.text("centerings") == nil ? "centers" : "centerings"
    let centrings = try header.words(field, count: dimension)
    var spacing = SIMD3(1.0, 1, 1), origin = SIMD3<Double>.zero
    for (place, axis) in spatial.enumerated() {
      if let spacings { spacing[place] = spacings[axis] }
      guard let start = starts?[axis], start.isFinite else { continue }
      origin[place] = centrings?[axis].lowercased() == "node" ? start : start + spacing[place] / 2
    }
    for place in 0..<3 where !(spacing[place] > 0) {
      throw FormatError(header.path, "'spacings' holds \(spacing[place]), must be above 0. Correct the header.")
    }
    return Placement(
      steps: Matrix3([spacing.x, 0, 0], [0, spacing.y, 0], [0, 0, spacing.z]), origin: origin)
  }

  /// Millimetres in the unit of length.
  private static func unit(
    _ header: NRRDHeader, _ dimension: Int, _ spatial: [Int], _ frame: Frame, _ findings: inout [Finding]
  ) throws(FormatError) -> Double {
    let units: [String]
    if let text = header.text("space units") {
      units = Array(quoted(text).prefix(3))
    } else if let text = header.text("units") {
      let all = quoted(text)
      units = all.count == dimension ? spatial.map { all[$0] } : []
    } else {
      return 1
    }
    let named = units.filter { !["", "???", "none"].contains($0.lowercased()) }
    guard let first = named.first else { return 1 }
    guard named.allSatisfy({ $0 == first }), let factor = LengthUnit.millimetres(in: first) else {
      throw FormatError(
        header.path,
        "the units of length are \(named.joined(separator: ", ")), must be one for all axes and \(LengthUnit.expectation). "
          + "Correct the header.")
    }
    if factor != 1 { findings.append(Finding(.note, header.path, "lengths are in \(first): converted to mm.")) }
    return factor
  }

  /// The strings between quotation marks.
  private static func quoted(_ text: String) -> [String] {
    guard text.contains("\"") else { return words(text) }
    return text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { trimmed($0.element) }
  }
}

/// The field `space`: what the coordinates mean.
private struct Frame {
  /// Numbers in a vector.
  let dimension: Int
  /// To LPS.
  let signs: SIMD3<Double>
  let findings: [Finding]

  init(_ header: NRRDHeader) throws(FormatError) {
    guard let space = header.text("space") else {
      let dimension = try header.integer("space dimension", default: 3)
      guard (2...4).contains(dimension) else {
        throw FormatError(header.path, "'space dimension' is \(dimension), must be 2 to 4.")
      }
      self.dimension = dimension
      signs = [1, 1, 1]
      findings =
        header.text("space directions") == nil
        ? [] : [Finding(.warning, header.path, "there is no 'space': the coordinates are taken as LPS.")]
      return
    }
    let name = space.lowercased()
    let anatomical: [(names: [String], signs: SIMD3<Double>)] = [
      (["left-posterior-superior", "lps"], [1, 1, 1]), (["right-anterior-superior", "ras"], [-1, -1, 1]),
      (["left-anterior-superior", "las"], [1, -1, 1]),
    ]
    let others = ["scanner-xyz", "3d-right-handed", "3d-left-handed"]
    for (names, signs) in anatomical {
      let hasTime = [names[0] + "-time", names[1] + "t"].contains(name)
      guard names.contains(name) || hasTime else { continue }
      dimension = hasTime ? 4 : 3
      self.signs = signs
      findings = []
      return
    }
    guard let other = others.first(where: { name == $0 || name == $0 + "-time" }) else {
      let known = anatomical.flatMap(\.names) + others
      throw FormatError(
        header.path,
        "'space' is '\(space)', must be one of \(known.joined(separator: ", "))."
          + didYouMean(space, among: known))
    }
    dimension = name == other ? 3 : 4
    signs = [1, 1, 1]
    findings = [
      Finding(
        .warning, header.path,
        "the space '\(space)' does not say how the patient lies: the coordinates are taken as LPS.")
    ]
  }
}
