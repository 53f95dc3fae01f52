import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// The regions of interest of an RT Structure Set, DICOM PS3.3 C.8.8.6.
///
/// A region's closed planar contours are filled slice by slice: each contour goes to the slice nearest to it, and in each
/// slice the even–odd rule over all its contours decides, so a contour within another is a hole.
struct StructureSet {
  let header: Header
  private let names: [(number: Int, name: String, frameOfReference: String?)]
  private let contours: [Int: [DataSet]]

  /// - Throws: `FormatError` if it has no regions.
  init(_ header: Header) throws(FormatError) {
    self.header = header
    names = header.dataSet.items(.structureSetROISequence).compactMap { item in
      guard let number = item.integer(.roiNumber) else { return nil }
      return (number, item.text(.roiName) ?? "\(number)", item.text(.referencedFrameOfReferenceUID))
    }
    var contours: [Int: [DataSet]] = [:]
    for item in header.dataSet.items(.roiContourSequence) {
      guard let number = item.integer(.referencedROINumber) else { continue }
      contours[number, default: []] += item.items(.contourSequence)
    }
    self.contours = contours
    guard !names.isEmpty else { throw FormatError(header.path, "the structure set has no regions of interest.") }
  }

  /// Series that the contours were drawn on.
  var referencedSeries: [String] {
    header.dataSet.items(.referencedFrameOfReferenceSequence).flatMap { $0.items(.rtReferencedStudySequence) }
      .flatMap { $0.items(.rtReferencedSeriesSequence) }.compactMap { $0.text(.seriesInstanceUID) }
  }

  /// Every region on the grid of an image; those in another frame of reference are refused.
  /// - `edge`: What becomes of voxels whose centres lie on a contour.
  func mask(on grid: Geometry, frameOfReference: String?, edge: ContourEdge) -> StoredMask {
    var labels: [MaskLabel] = [], refused: [RefusedRegion] = [], findings: [Finding] = []
    for (layer, region) in names.enumerated() {
      do throws(RegionProblem) {
        if let own = region.frameOfReference, let frameOfReference, own != frameOfReference {
          throw RegionProblem(
            why: "it is drawn in another frame of reference than the image's. Choose the image it was drawn on.")
        }
        let (voxels, notes) = try fill(contours[region.number] ?? [], grid, edge)
        findings += notes.map { $0.placed(at: "\(header.path), region '\(region.name)'") }
        labels.append(MaskLabel(value: region.number, name: region.name, layer: layer, voxels: voxels))
      } catch {
        refused.append(RefusedRegion(value: region.number, name: region.name, why: error.why))
      }
    }
    return StoredMask(
      geometry: grid, labels: labels, refused: refused, findings: header.findings + findings, files: [header.path])
  }

  private struct RegionProblem: Error { let why: String }

  /// The voxels within the contours of a region.
  private func fill(
    _ contours: [DataSet], _ grid: Geometry, _ edge: ContourEdge
  ) throws(RegionProblem) -> (RowSpans, notes: [Finding]) {
    guard !contours.isEmpty else { throw RegionProblem(why: "it has no contours.") }
    var notes: [String] = [], gaps: [String] = []
    let slices = try polygons(contours, grid, &notes)
    let voxels = RowSpans(size: grid.size, slices: slices, edge)
    guard !voxels.isEmpty else { throw RegionProblem(why: "no voxel's centre lies inside its contours.") }
    let drawn = slices.keys.sorted(), empty = drawn.last! - drawn.first! + 1 - drawn.count
    if empty > 0 {
      gaps.append(
        "\(empty) slices between its first and last have no contour and stay empty; nothing is interpolated.")
    }
    func findings(_ notes: [String]) -> [Finding] { notes.map { Finding(.warning, "", $0) } }
    return (voxels, findings(notes) + edgeFindings(slices, grid.size, edge, voxels.count) + findings(gaps))
  }

  /// What to say where nearly all vertices lie on voxel centres, so that the rule of the edge decides on every outer voxel.
  private func edgeFindings(
    _ slices: [Int: [[SIMD2<Double>]]], _ size: SIMD3<Int>, _ edge: ContourEdge, _ count: Int
  ) -> [Finding] {
    let vertices = slices.values.joined().joined()
    let onCentres = vertices.count { onCentre($0) != nil }
    guard edge == .half, !vertices.isEmpty, Double(onCentres) >= 0.9 * Double(vertices.count) else { return [] }
    let all = RowSpans(size: size, slices: slices, .inside).count
    guard all != count else { return [] }
    return [
      Finding(
        .warning, "",
        "\(onCentres) of \(vertices.count) vertices lie on voxel centres, so the rule of the edge decides: half of the edge belongs, "
          + "\(count) voxels; with all of it there are \(all), which is what programs mean that draw "
          + "through a mask's outer voxels (rt-utils, OpenCV).", advice: .includeEdge)
    ]
  }

  /// The contours of a region by slice, in voxels; those without an area are left out.
  private func polygons(
    _ contours: [DataSet], _ grid: Geometry, _ notes: inout [String]
  ) throws(RegionProblem) -> [Int: [[SIMD2<Double>]]] {
    var planes: [Int: [(depth: Double, polygon: [SIMD2<Double>])]] = [:], outside = 0, between = 0, farthest = 0.0
    var flat: [String] = []
    for (number, contour) in contours.enumerated() {
      if let why = Self.lackOfArea(contour, number + 1) {
        flat.append(why)
        continue
      }
      let points = try points(contour, number + 1, grid)
      let depth = points.reduce(0) { $0 + $1.z } / Double(points.count)
      let slice = depth.rounded()
      guard slice >= 0, slice < Double(grid.size.z) else {
        outside += 1
        continue
      }
      if abs(depth - slice) > 0.02 {
        between += 1
        farthest = max(farthest, abs(depth - slice) * grid.spacing.z)
      }
      planes[Int(slice), default: []].append((depth, points.map { [$0.x, $0.y] }))
    }
    if flat.count == contours.count { throw RegionProblem(why: flat[0]) }
    if !flat.isEmpty {
      notes.append(
        "\(flat.count) of \(contours.count) contours have no area (points, or fewer than 3 of them) and are left out.")
    }
    // Contours of several planes in one slice, as of thinner slices: the nearest plane counts, the others would cut holes.
    let slices = Dictionary(
      uniqueKeysWithValues: planes.map { slice, contours in
        let nearest = contours.min { abs($0.depth - Double(slice)) < abs($1.depth - Double(slice)) }!.depth
        return (slice, contours.filter { abs($0.depth - nearest) <= 0.02 }.map(\.polygon))
      })
    let others = planes.values.reduce(0) { $0 + $1.count } - slices.values.reduce(0) { $0 + $1.count }
    if others > 0 {
      notes.append(
        "\(others) of \(contours.count) contours lie in other planes than the nearest to their slice and are left out, as the "
          + "image's slices are thicker.")
    }
    if outside > 0 { notes.append("\(outside) of \(contours.count) contours lie outside the image and are left out.") }
    let beyond = slices.values.joined().count { polygon in
      polygon.contains {
        any($0 .< SIMD2(-0.5, -0.5)) || any($0 .> SIMD2(Double(grid.size.x), Double(grid.size.y)) - 0.5)
      }
    }
    if beyond > 0 {
      notes.append(
        "\(beyond) of \(contours.count) contours reach beyond the image's edge; what lies outside is not measured.")
    }
    if between > 0 {
      notes.append(
        "\(between) of \(contours.count) contours lie between slices, up to \(shortText(farthest)) mm; each counts for the "
          + "nearest.")
    }
    return slices
  }

  /// Why nothing can be inside a contour, whatever its place: it is a point, or has fewer than three.
  private static func lackOfArea(_ contour: DataSet, _ number: Int) -> String? {
    if contour.text(.contourGeometricType) == "POINT" {
      return "contour \(number) is a point (POINT), which has no volume."
    }
    let count = contour.numbers(.contourData)?.count ?? (contour.texts(.contourData).isEmpty ? 0 : nil)
    guard let count, count % 3 == 0, count < 9 else { return nil }
    return "contour \(number) has \(count / 3) points, must have at least 3."
  }

  private func points(
    _ contour: DataSet, _ number: Int, _ grid: Geometry
  ) throws(RegionProblem) -> [SIMD3<Double>] {
    let type = contour.text(.contourGeometricType) ?? ""
    switch type {
    case "CLOSED_PLANAR", "CLOSEDPLANAR_XOR": break
    case "OPEN_PLANAR", "OPEN_NONPLANAR":
      throw RegionProblem(why: "contour \(number) is open (\(type)), so nothing is inside it.")
    default:
      throw RegionProblem(why: "contour \(number) is of type '\(type)', must be CLOSED_PLANAR.")
    }
    guard let numbers = contour.numbers(.contourData), numbers.count % 3 == 0 else {
      throw RegionProblem(why: "the points of contour \(number) are not triples of numbers.")
    }
    let points = stride(from: 0, to: numbers.count, by: 3).map {
      grid.index(of: [numbers[$0], numbers[$0 + 1], numbers[$0 + 2]])
    }
    let depths = points.map(\.z)
    guard depths.max()! - depths.min()! <= 0.2 else {
      let tilt = shortText((depths.max()! - depths.min()!) * grid.spacing.z)
      throw RegionProblem(
        why:
          "contour \(number) is not parallel to the image's slices (it rises by \(tilt) mm). Choose the image it was drawn on."
      )
    }
    guard points.allSatisfy({ abs($0.x) < 65536 && abs($0.y) < 65536 }) else {
      throw RegionProblem(why: "contour \(number) lies far outside the image.")
    }
    return points
  }
}

extension RowSpans {
  /// Filled polygons of slices.
  fileprivate init(size: SIMD3<Int>, slices: [Int: [[SIMD2<Double>]]], _ edge: ContourEdge) {
    var spans: [Span] = []
    for (z, polygons) in slices.sorted(by: { $0.key < $1.key }) {
      for (y, runs) in filled(polygons, columns: size.x, rows: size.y, edge: edge).enumerated() {
        spans += runs.map { Span(x: $0.lowerBound, y: y, z: z, count: $0.count) }
      }
    }
    self.init(size: size, spans: spans)
  }
}
