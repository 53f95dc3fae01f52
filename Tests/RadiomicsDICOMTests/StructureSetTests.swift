import Radiomics
import RadiomicsDICOM
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Contours become masks by stated rules.
@Suite struct StructureSetTests {
  /// Ten by eight pixels of 1 mm at the origin, five slices of 2 mm.
  private static let grid = Geometry(
    unchecked: [10, 8, 5], spacing: [1, 1, 2], origin: [0, 0, 0], direction: .identity)

  static func set(_ regions: [(name: String, contours: [(String, [[Double]])])]) -> DataSet {
    DataSet { data in
      data.set(.sopClassUID, VR("UI"), "1.2.840.10008.5.1.4.1.1.481.3")
      data.set(.sopInstanceUID, VR("UI"), UID.new())
      data.set(.modality, VR("CS"), "RTSTRUCT")
      data.set(.studyInstanceUID, VR("UI"), "1.2.3")
      data.set(.seriesInstanceUID, VR("UI"), "1.2.5")
      data.set(
        .structureSetROISequence,
        regions.enumerated().map { index, region in
          DataSet {
            $0.set(.roiNumber, VR("IS"), "\(index + 1)")
            $0.set(.roiName, VR("LO"), region.name)
            $0.set(.referencedFrameOfReferenceUID, VR("UI"), "1.2.9")
          }
        })
      data.set(
        .roiContourSequence,
        regions.enumerated().map { index, region in
          DataSet {
            $0.set(.referencedROINumber, VR("IS"), "\(index + 1)")
            $0.set(
              .contourSequence,
              region.contours.map { type, points in
                DataSet {
                  $0.set(.contourGeometricType, VR("CS"), type)
                  $0.set(.contourData, decimals: points.flatMap { $0 })
                }
              })
          }
        })
    }
  }

  private func mask(
    _ regions: [(name: String, contours: [(String, [[Double]])])], on grid: Geometry = grid
  ) throws -> StoredMask {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.set(regions), to: "rs.dcm")
    return try #require(try DICOMSource().mask(path, on: ("image.nii", grid), .init(volume: .all)))
  }

  private func mask(
    _ polygons: [[[Double]]], on grid: Geometry = grid, edge: ContourEdge
  ) throws -> StoredMask {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.set([("a", polygons.map { ("CLOSED_PLANAR", $0) })]), to: "rs.dcm")
    var options = ReadingOptions(volume: .all)
    options.series.contourEdge = edge
    return try #require(try DICOMSource().mask(path, on: ("image.nii", grid), options))
  }

  private static func square(_ low: Double, _ high: Double, z: Double = 0) -> [[Double]] {
    [[low, low, z], [high, low, z], [high, high, z], [low, high, z]]
  }

  private func rows(_ mask: StoredMask, z: Int = 0) -> [String] {
    let size = mask.geometry.size, voxels = mask.labels[0].voxels.mask
    return (0..<size.y).map { y in
      (0..<size.x).map { x in voxels[x + size.x * (y + size.y * z)] == 1 ? "#" : "." }.joined()
    }
  }

  /// Centres on the lower edges belong, those on the upper do not: neighbours share no voxel and leave none out.
  @Test func edges() throws {
    let mask = try mask([("a", [("CLOSED_PLANAR", Self.square(1, 4))])])
    #expect(Array(rows(mask)[..<5]) == ["..........", ".###......", ".###......", ".###......", ".........."])
    let half = try self.mask([("a", [("CLOSED_PLANAR", Self.square(0.5, 3.5))])])
    #expect(rows(half)[1] == ".###......" && rows(half)[0] == "..........")
  }

  @Test func holesAndIslands() throws {
    let contours = [(0.5, 6.5), (1.5, 5.5), (2.5, 4.5)].map { ("CLOSED_PLANAR", Self.square($0.0, $0.1)) }
    let mask = try mask([("a", contours), ("b", [contours[0]])])
    #expect(
      Array(rows(mask)[1...6]) == [".######...", ".#....#...", ".#.##.#...", ".#.##.#...", ".#....#...", ".######..."])
    // Regions overlap: each has its own voxels.
    #expect(mask.labels.map(\.voxels.count) == [36 - 16 + 4, 36])
  }

  /// A hole cut in by a channel of no width.
  @Test func keyhole() throws {
    let outer = Self.square(0.5, 6.5), inner = Self.square(2.5, 4.5).reversed()
    let points = [outer[0], outer[1], outer[2], outer[3], outer[0]] + [inner.last!] + inner + [outer[0]]
    let mask = try mask([("a", [("CLOSED_PLANAR", points)])])
    #expect(mask.labels[0].voxels.count == 36 - 4)
  }

  /// Two contours of a slice that overlap: what both cover is out, by the rule.
  @Test func crossingContours() throws {
    let mask = try mask([
      ("a", [("CLOSED_PLANAR", Self.square(0.5, 4.5)), ("CLOSEDPLANAR_XOR", Self.square(2.5, 6.5))])
    ])
    #expect(mask.labels[0].voxels.count == 16 + 16 - 2 * 4)
  }

  @Test func betweenSlices() throws {
    let mask = try mask([
      ("a", [("CLOSED_PLANAR", Self.square(1, 3, z: 0.9)), ("CLOSED_PLANAR", Self.square(1, 3, z: 5.5))])
    ])
    #expect(Set(mask.labels[0].voxels.spans.map(\.z)) == [0, 3])
    let said = mask.findings.map(\.message)
    #expect(said.contains { $0.contains("2 of 2 contours lie between slices, up to 0.9 mm") })
    #expect(said.contains { $0.contains("2 slices between its first and last have no contour") })
  }

  /// Contours of thinner slices than the image's do not cut holes into each other.
  @Test func severalPlanesInOneSlice() throws {
    let mask = try mask([
      ("a", [-0.4, 0.2, 0.6].map { ("CLOSED_PLANAR", Self.square(1, 3, z: $0)) })
    ])
    #expect(mask.labels[0].voxels.count == 4)
    #expect(mask.findings.contains { $0.message.contains("2 of 3 contours lie in other planes") })
  }

  @Test func outside() throws {
    let mask = try mask([
      ("a", [("CLOSED_PLANAR", Self.square(-5, 3)), ("CLOSED_PLANAR", Self.square(1, 3, z: 20))])
    ])
    #expect(mask.labels[0].voxels.count == 9)
    #expect(mask.findings.contains { $0.message.contains("1 of 2 contours lie outside") })
    #expect(mask.findings.contains { $0.message.contains("1 of 2 contours reach beyond the image's edge") })
  }

  /// Contours are counted that reach beyond the outermost voxels' edges, not those that follow them.
  @Test func contoursBeyondTheEdge() throws {
    let edges = [[-0.5, -0.5, 0], [9.5, -0.5, 0], [9.5, 7.5, 0], [-0.5, 7.5, 0]]
    let along = try mask([("a", [("CLOSED_PLANAR", edges)])])
    #expect(along.labels[0].voxels.count == 80 && along.findings.isEmpty)
    var beyond = edges
    beyond[1][0] = 9.75
    beyond[2][0] = 9.75
    let across = try mask([
      (
        "a",
        [
          ("CLOSED_PLANAR", beyond), ("CLOSED_PLANAR", Self.square(1, 3, z: 2)),
          ("CLOSED_PLANAR", beyond.map { [$0[0], $0[1], 4] }),
        ]
      )
    ])
    #expect(across.labels[0].voxels.count == 80 + 4 + 80)
    #expect(across.findings.map(\.message).filter { $0.contains("2 of 3 contours reach beyond") }.count == 1)
  }

  /// A stray contour without an area costs nothing but a warning that counts it.
  @Test func contoursWithoutArea() throws {
    let good = ("CLOSED_PLANAR", Self.square(1, 4)), whole = try mask([("a", [good])])
    let stray: [(String, [[Double]])] = [
      ("CLOSED_PLANAR", [[2, 2, 2]]), ("CLOSED_PLANAR", [[2, 2, 2], [3, 3, 2]]), ("POINT", [[2, 2, 2]]),
      ("OPEN_PLANAR", [[2, 2, 2], [3, 3, 2]]), ("OPEN_NONPLANAR", [[2, 2, 2], [3, 3, 9]]), ("CLOSED_PLANAR", []),
      ("", []), ("POINT", [[2, 2, 900]]),
    ]
    for contour in stray {
      let mask = try mask([("a", [contour, good])])
      #expect(mask.refused.isEmpty && mask.labels.map(\.voxels) == whole.labels.map(\.voxels), "\(contour)")
      #expect(mask.findings.map(\.message).contains { $0.hasPrefix("1 of 2 contours have no area") }, "\(contour)")
    }
    let all = try mask([("a", stray + [good])])
    #expect(all.findings.contains { $0.severity == .warning && $0.message.hasPrefix("8 of 9 contours have no area") })
    // One that is open and encloses something is not to be guessed at.
    #expect(try mask([("a", [good, ("OPEN_PLANAR", Self.square(1, 3))])]).refused.count == 1)
  }

  /// Where contours run through voxel centres both counts are said; `inside` takes the whole edge.
  @Test func contoursThroughCentres() throws {
    let half = try mask([Self.square(1, 4)], edge: .half), inside = try mask([Self.square(1, 4)], edge: .inside)
    #expect(half.labels[0].voxels.count == 9 && inside.labels[0].voxels.count == 16)
    #expect(
      half.findings.contains {
        $0.message.contains("4 of 4 vertices lie on voxel centres") && $0.message.contains("9 voxels; with all of it")
          && $0.message.contains("there are 16, which is") && $0.advice == .includeEdge
      })
    #expect(inside.findings.isEmpty)
    // Decimals that were cut; a rhombus, whose edges run through centres between its vertices; a hole's edge stays.
    let cut = [[1.0008, 0.9995, 0], [4.0004, 1.0001, 0], [3.9994, 4.0003, 0], [0.9997, 3.9993, 0]]
    #expect(try mask([cut], edge: .inside).labels[0].voxels == inside.labels[0].voxels)
    let rhombus = [[4.0, 1, 0], [7, 4, 0], [4, 7, 0], [1, 4, 0]]
    #expect(
      try rows(mask([rhombus], edge: .inside)) == [
        "..........", "....#.....", "...###....", "..#####...", ".#######..", "..#####...", "...###....", "....#.....",
      ])
    #expect(try mask([Self.square(0, 6), Self.square(2, 4)], edge: .inside).labels[0].voxels.count == 49 - 1)
    // Between centres there is nothing to say, and both rules agree.
    let between = try mask([Self.square(0.5, 3.5)], edge: .half)
    #expect(between.findings.isEmpty)
    #expect(try mask([Self.square(0.5, 3.5)], edge: .inside).labels[0].voxels == between.labels[0].voxels)
    // What lies outside the image is cut off.
    #expect(try mask([Self.square(-3, 12)], edge: .inside).labels[0].voxels.count == 80)
  }

  /// A ball's outlines as OpenCV draws them, through the outermost voxels of each slice, give all its voxels back.
  @Test func outermostVoxels() throws {
    let grid = Geometry(
      unchecked: [32, 32, 1], spacing: [0.9765625, 0.9765625, 3], origin: [-7.3, 4.1, 0], direction: .identity)
    for radius in [3.0, 5, 8, 12] {
      let inside = { (x: Int, y: Int) in
        (Double(x) - 15.3) * (Double(x) - 15.3) + (Double(y) - 15.8) * (Double(y) - 15.8) <= radius * radius
      }
      let count = (0..<1024).count { inside($0 % 32, $0 / 32) }
      let rows = (0..<32).compactMap { y in
        (0..<32).first { inside($0, y) }.map { left in (y, left, (0..<32).last { inside($0, y) }!) }
      }
      let outline = rows.map { [$0.1, $0.0] } + rows.reversed().map { [$0.2, $0.0] }
      let points = outline.map { vertex -> [Double] in
        let place = grid.position(of: [Double(vertex[0]), Double(vertex[1]), 0])
        return [place.x, place.y, place.z].map { ($0 * 1000).rounded() / 1000 }
      }
      let mask = try mask([points], on: grid, edge: .inside)
      #expect(mask.labels[0].voxels.count == count, "radius \(radius)")
      let half = try self.mask([points], on: grid, edge: .half)
      #expect(
        half.findings.contains { $0.message.contains("there are \(count), which is") && $0.advice == .includeEdge })
    }
  }

  /// Drawn on another series of the same frame of reference: measured, with a note that tells no UID.
  @Test func otherSeries() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.position = [0, 0, 0]
    let image = try folder.write(slice.dataSet, to: "ct.dcm")
    for (series, isOther) in [("1.2.3.4", false), ("1.2.3.77", true)] {
      var data = Self.set([("a", [("CLOSED_PLANAR", Self.square(-0.1, 1.1))])])
      let referenced = DataSet { $0.set(.seriesInstanceUID, VR("UI"), series) }
      let study = DataSet { $0.set(.rtReferencedSeriesSequence, [referenced]) }
      data.set(
        .referencedFrameOfReferenceSequence,
        [
          DataSet {
            $0.set(.frameOfReferenceUID, VR("UI"), "1.2.9")
            $0.set(.rtReferencedStudySequence, [study])
          }
        ])
      let path = try folder.write(data, to: "rs.dcm")
      let found = try Study(image: image, mask: path, sources: [DICOMSource()]).findings
      let notes = found.filter { $0.message.contains("another series of the same frame of reference") }
      #expect(notes.count == (isOther ? 1 : 0))
      #expect(!found.contains { $0.message.contains("1.2.3.77") })
    }
  }

  @Test func refusedByName() throws {
    let mask = try mask([
      ("iso", [("POINT", [[1, 1, 0]])]), ("line", [("OPEN_PLANAR", Self.square(1, 3))]),
      ("curve", [("OPEN_NONPLANAR", Self.square(1, 3))]), ("two", [("CLOSED_PLANAR", [[1, 1, 0], [2, 2, 0]])]),
      ("tilted", [("CLOSED_PLANAR", [[1, 1, 0], [4, 1, 0], [4, 4, 3]])]), ("empty", []),
      ("small", [("CLOSED_PLANAR", Self.square(1.2, 1.4))]), ("good", [("CLOSED_PLANAR", Self.square(1, 3))]),
    ])
    #expect(mask.labels.map(\.name) == ["good"])
    let words = [
      "is a point", "is open", "is open", "at least 3", "not parallel", "no contours", "no voxel's centre",
    ]
    #expect(mask.refused.map(\.name) == ["iso", "line", "curve", "two", "tilted", "empty", "small"])
    for (refused, expected) in zip(mask.refused, words) { #expect(refused.why.contains(expected), "\(refused)") }
  }

  @Test func otherFrameOfReference() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.position = [0, 0, 0]
    slice.edit = { $0.set(.frameOfReferenceUID, VR("UI"), "1.2.8") }
    let image = try folder.write(slice.dataSet, to: "ct.dcm")
    let path = try folder.write(Self.set([("a", [("CLOSED_PLANAR", Self.square(0.5, 2))])]), to: "rs.dcm")
    let words = try Study(image: image, mask: path, sources: [DICOMSource()]).failure
    #expect(words?.contains("another frame of reference") == true)
    #expect(words?.contains("region 'a'") == true)
    // UIDs stay inside, also where this becomes a finding.
    #expect(words?.contains("1.2.8") == false && words?.contains("1.2.9") == false)
  }

  /// Sagittal slices: the plane of the contours is that of the image, wherever it lies.
  @Test func anyOrientation() throws {
    let grid = try Geometry(
      size: [10, 8, 5], spacing: [1, 1, 2], origin: [3, -2, 5], direction: Matrix3([0, 1, 0], [0, 0, -1], [-1, 0, 0]))
    let points = Self.square(1, 4, z: 2).map { point -> [Double] in
      let place = grid.position(of: [point[0], point[1], point[2]])
      return [place.x, place.y, place.z]
    }
    let mask = try mask([("a", [("CLOSED_PLANAR", points)])], on: grid)
    #expect(mask.labels[0].voxels.boundingBox == Box(lower: [1, 1, 2], size: [3, 3, 1]))
  }

  /// Against the definition: a centre is inside if a ray from it crosses the boundary an odd number of times.
  @Test func randomPolygons() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let polygon = (0..<Int.random(in: 3...9, using: &random)).map { _ in
        SIMD2(Double.random(in: -3...15, using: &random), Double.random(in: -3...12, using: &random))
      }
      let runs = filled([polygon], columns: 12, rows: 9)
      for y in 0..<9 {
        for x in 0..<12 {
          var isInside = false
          for (index, a) in polygon.enumerated() {
            let b = polygon[(index + 1) % polygon.count]
            if (a.y > Double(y)) != (b.y > Double(y)),
              Double(x) < (b.x - a.x) * (Double(y) - a.y) / (b.y - a.y) + a.x
            {
              isInside.toggle()
            }
          }
          #expect(runs[y].contains { $0.contains(x) } == isInside)
        }
      }
    }
  }
}
