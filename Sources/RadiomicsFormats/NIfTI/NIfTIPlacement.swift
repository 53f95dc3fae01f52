import RadiomicsCore
import RadiomicsImaging

extension NIfTIHeader {
  /// The grid in LPS and mm, and what the user should know about it.
  ///
  /// The sform is used if its code is above 0, else the qform if its code is above 0, else the voxel sizes with the
  /// volume's middle at 0 and x stored from right to left; `form` overrides the order.
  func geometry(_ form: NIfTIForm?, size: SIMD3<Int>) throws(FormatError) -> (Geometry, [Finding]) {
    var findings: [Finding] = []
    let placement: Placement
    switch form {
    case .sform:
      guard sformCode > 0 else { throw FormatError(path, "there is no sform, its code is 0. Use the qform.") }
      placement = sform(size)
    case .qform:
      guard qformCode > 0 else { throw FormatError(path, "there is no qform, its code is 0. Use the sform.") }
      placement = try qform()
    case nil where sformCode > 0:
      placement = sform(size)
      if qformCode > 0, let other = try? qform() {
        let distance = placement.greatestDistance(to: other, size: size) * unit
        if distance > 0.01 { findings.append(disagreement(distance)) }
      }
    case nil where qformCode > 0: placement = try qform()
    case nil:
      placement = try centred(size)
      findings.append(
        Finding(
          .warning, path,
          "neither sform nor qform: how the patient lies is unknown. Taken as stored from right to left, from "
            + "posterior to anterior and from inferior to superior, its middle at 0."))
    }
    do {
      return (try placement.turned(by: rasToLPS).scaled(by: unit).geometry(size: size), findings)
    } catch {
      let hasOther = form == nil && hasAlternative(size)
      throw FormatError(
        path, "\(error.description).\(hasOther ? " That is the sform; its qform is a grid." : "")",
        advice: hasOther ? .readByForm("qform") : nil)
    }
  }

  private func disagreement(_ distance: Double) -> Finding {
    let rounded = (distance * 1000).rounded() / 1000
    return Finding(
      .warning, path,
      "sform (code \(sformCode)) and qform (code \(qformCode)) place the volume up to \(rounded) mm apart; the sform is used.",
      advice: .readByForm("qform"))
  }

  /// Whether the qform is a grid, where the sform is none.
  private func hasAlternative(_ size: SIMD3<Int>) -> Bool {
    guard sformCode > 0, qformCode > 0, let other = try? qform(),
      (try? other.scaled(by: unit).geometry(size: size)) != nil
    else { return false }
    return true
  }

  /// The affine matrix. A flat image may leave the column of the axis that it has not at 0.
  private func sform(_ size: SIMD3<Int>) -> Placement {
    let column = { (axis: Int) in SIMD3(sformRows[0][axis], sformRows[1][axis], sformRows[2][axis]) }
    var steps = Matrix3(column(0), column(1), column(2))
    if size.z == 1, sizes.count < 3, steps.z == .zero {
      let normal = steps.x.cross(steps.y)
      steps.z = normal / (normal.length * unit)
    }
    return Placement(steps: steps, origin: column(3))
  }

  /// The quaternion turned into a matrix (NIfTI-1 standard, method 2). Parts b, c, d that are together slightly
  /// longer than 1 are shortened to 1, as the reference library does.
  private func qform() throws(FormatError) -> Placement {
    let spacing = try voxelSpacing()
    let squared = quaternion.dot(quaternion)
    let tolerance = 3 * (version == 1 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
    guard squared < 1.001 else {
      throw FormatError(
        path, "the qform's quaternion is \(squared.squareRoot()) long, must be at most 1. The header is damaged.")
    }
    let a = 1 - squared < tolerance ? 0 : (1 - squared).squareRoot()
    let (b, c, d) = (quaternion.x, quaternion.y, quaternion.z)
    let s = 2 / (a * a + squared)
    let x = SIMD3(1 - s * (c * c + d * d), s * (b * c + a * d), s * (b * d - a * c))
    let y = SIMD3(s * (b * c - a * d), 1 - s * (b * b + d * d), s * (c * d + a * b))
    let z = SIMD3(s * (b * d + a * c), s * (c * d - a * b), 1 - s * (b * b + c * c))
    let side: Double = voxelSizes[0] == -1 ? -1 : 1
    return Placement(
      steps: Matrix3(x * spacing.x, y * spacing.y, z * (side * spacing.z)), origin: qformOffset)
  }

  /// No placement at all: as nibabel and SPM do.
  private func centred(_ size: SIMD3<Int>) throws(FormatError) -> Placement {
    let spacing = try voxelSpacing() * SIMD3(-1, 1, 1)
    return Placement(
      steps: Matrix3([spacing.x, 0, 0], [0, spacing.y, 0], [0, 0, spacing.z]),
      origin: SIMD3<Double>(size &- 1) * spacing * -0.5)
  }

  /// The voxel sizes; 1 mm along axes that are not in use.
  private func voxelSpacing() throws(FormatError) -> SIMD3<Double> {
    var spacing = SIMD3(repeating: 1 / unit)
    for axis in 0..<min(3, sizes.count) {
      spacing[axis] = voxelSizes[axis + 1]
      guard spacing[axis] > 0, spacing[axis].isFinite else {
        throw FormatError(
          path, "the voxel size along axis \(axis + 1) is \(spacing[axis]), must be above 0. Correct the header.")
      }
    }
    return spacing
  }
}
