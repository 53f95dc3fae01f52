import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

extension Stack {
  /// The even grid on which the frames lie: from positions and orientation alone.
  /// - Throws: `FormatError` where slices are missing, double, uneven or tilted.
  func geometry() throws(FormatError) -> (geometry: Geometry, findings: [Finding]) {
    let spread = spread, first = frames[0]
    var findings: [Finding] = []
    if first.position == nil {
      guard isPlanar else {
        throw FormatError(
          path, "it has no Image Position and Orientation (Patient), so its place is not known. Export it again.")
      }
      findings.append(Finding(.note, path, "it has no place in the patient; its first pixel is taken as the origin."))
    }
    if !first.regions.isEmpty {
      findings.append(Finding(.note, path, "\(first.regions.title), by its ultrasound regions."))
    }
    if let tilt = tilt(spread) { throw FormatError(path, tilt.problem, advice: tilt.slope.map { _ in .resampleTilt }) }
    if let gap = gapProblem(spread) { throw gap }
    if spread.unevenness > Spread.noticed {
      let part = shortText(spread.unevenness * 100, digits: 2)
      findings.append(
        Finding(
          .warning, path, "slices lie up to \(part) % of their distance off an even grid; they are taken as even."))
    }
    var thickness = spread.distances.count > 1 ? spread.distances.last! / Double(frames.count - 1) : 0
    if frames.count == 1 {
      let stated = first.thickness
      thickness = stated ?? 1
      let note =
        "it is one slice; its extent along the third axis is "
        + (stated.map { "the slice thickness, \(shortText($0)) mm." } ?? "taken as 1 mm, as none is stated.")
      findings.append(Finding(.note, path, note))
    }
    do {
      let geometry = try Geometry(
        size: [columns, rows, frames.count], spacing: [first.spacing.x, first.spacing.y, thickness],
        origin: first.position ?? .zero, direction: Matrix3(first.row, first.column, first.normal))
      return (geometry, findings)
    } catch {
      throw FormatError(path, "\(error.description).")
    }
  }

  /// What is wrong with slices that are shifted against each other within their plane, and by how much for each mm along the
  /// normal; nil if the shift is irregular.
  func tilt(_ spread: Spread) -> (problem: String, slope: SIMD3<Double>?)? {
    let allowed = 0.05 * min(frames[0].spacing.x, frames[0].spacing.y)
    guard let worst = spread.shifts.map(\.length).max(), worst > allowed else { return nil }
    let slope = spread.shifts.last! / max(spread.distances.last!, Spread.same)
    let isLine = zip(spread.shifts, spread.distances).allSatisfy { ($0 - slope * $1).length <= allowed }
    let shift = shortText(worst)
    guard isLine else {
      let problem =
        "its slices are shifted against each other within their plane by up to \(shift) mm, in no regular way. "
        + "They do not make up a volume; choose other files."
      return (problem, nil)
    }
    let problem =
      "its slices are shifted along their plane by \(shift) mm from first to last, as with a tilted gantry. A grid of "
      + "voxels needs slices above each other."
    return (problem, slope)
  }

  func gapProblem(_ spread: Spread) -> FormatError? {
    guard !spread.isEven else { return nil }
    if spread.hasDuplicates { return repetition(spread) }
    let steps = zip(spread.distances.dropFirst(), spread.distances).map { $0 - $1 }
    let step = spread.step
    let wholes = steps.map { ($0 / step).rounded() }
    let isMissing = zip(steps, wholes).allSatisfy { abs($0 / step - $1) < Spread.tolerance && $1 >= 1 }
    if isMissing {
      let missing = Int(wholes.reduce(0, +)) - steps.count
      let at = zip(wholes, spread.distances).first { $0.0 > 1 }!.1
      return FormatError(
        path,
        "\(missing) slice\(missing == 1 ? " is" : "s are") missing: the distance is \(shortText(step)) mm, but there is a "
          + "gap \(shortText(at)) mm after the first slice. Get the whole series.", advice: .fillGaps)
    }
    return FormatError(
      path,
      "its slices lie unevenly: their distances run from \(shortText(steps.min()!)) to \(shortText(steps.max()!)) mm. "
        + "Choose one acquisition.", advice: .fillGaps)
  }

  /// In words: size and spacing, and what tells it from others.
  func summary() throws(FormatError) -> String {
    let geometry = try geometry().geometry
    let size = geometry.size, spacing = geometry.spacing
    let numbers = (0..<3).map { shortText(spacing[$0]) }.joined(separator: " x ")
    return "\(size.x) x \(size.y) x \(size.z) voxels of \(numbers) mm" + (title.isEmpty ? "" : ", \(title)")
  }
}
