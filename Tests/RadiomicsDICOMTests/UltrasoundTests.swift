import Radiomics
import RadiomicsDICOM
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Two-dimensional ultrasound: the size of pixels by regions, frames, colour, and a recipe for the plane.
@Suite struct UltrasoundTests {
  /// A region of columns and rows, sizes of pixels in `unit` 3, cm.
  private struct Region {
    var columns = 0...7, rows = 0...5
    var delta = [0.01, 0.02]
    var format = 1, unit = 3

    var item: DataSet {
      DataSet { data in
        data.set(.regionSpatialFormat, VR("US"), format)
        for (tag, value) in [
          (Tag.regionLocationMinX0, columns.lowerBound), (.regionLocationMaxX1, columns.upperBound),
          (.regionLocationMinY0, rows.lowerBound), (.regionLocationMaxY1, rows.upperBound),
        ] {
          data.elements[tag] = .init(vr: VR("UL"), value: .numbers([Double(value)]))
        }
        data.set(.physicalUnitsXDirection, VR("US"), unit)
        data.set(.physicalUnitsYDirection, VR("US"), unit)
        data.set(.physicalDeltaX, VR("FD"), [delta[0]])
        data.set(.physicalDeltaY, VR("FD"), [delta[1]])
      }
    }
  }

  /// 8 x 6 pixels of 8 bits; pixel i is 5 · i.
  private static let grey = (0..<48).map { UInt8(5 * $0) }

  private static func write(
    _ folder: TemporaryFolder, _ regions: [Region], _ bytes: [UInt8] = grey, colours: String? = nil,
    _ edit: @escaping (inout DataSet) -> Void = { _ in }
  ) throws -> String {
    try folder.write(slice(regions, bytes, colours: colours, edit).dataSet, to: "us.dcm")
  }

  private static func slice(
    _ regions: [Region], _ bytes: [UInt8] = grey, colours: String? = nil,
    _ edit: @escaping (inout DataSet) -> Void = { _ in }
  ) -> Slice {
    var slice = Slice()
    (slice.sopClass, slice.modality) = ("1.2.840.10008.5.1.4.1.1.6.1", "US")
    (slice.columns, slice.rows, slice.position, slice.spacing) = (8, 6, nil, nil)
    slice.edit = { data in
      data.set(.sequenceOfUltrasoundRegions, regions.map(\.item))
      for (tag, value) in [(Tag.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7), (.pixelRepresentation, 0)] {
        data.set(tag, VR("US"), value)
      }
      if let colours {
        data.set(.samplesPerPixel, VR("US"), 3)
        data.set(.planarConfiguration, VR("US"), 0)
        data.set(.photometricInterpretation, VR("CS"), colours)
      }
      data.elements[.pixelData] = .init(vr: VR("OB"), value: .bytes(bytes))
      edit(&data)
    }
    return slice
  }

  /// Centimetres become millimetres, also where the axis is counted backwards; curves and spectra give no size.
  @Test func sizeOfPixels() throws {
    let folder = try TemporaryFolder()
    var spectrum = Region()
    (spectrum.format, spectrum.unit, spectrum.delta) = (3, 4, [1, 1])
    for delta in [[0.01, 0.02], [0.01, -0.02]] {
      let stored = try image(Self.write(folder, [Region(delta: delta), spectrum]))
      #expect(stored.volumes[0].geometry.spacing == [0.1, 0.2, 1] && voxels(stored) == Self.grey.map(Double.init))
      #expect(stored.findings.contains { $0.message.contains("pixels of 0.1 x 0.2 mm in columns 0 to 7, rows 0 to 5") })
    }
    #expect(
      refusal { _ = try image(Self.write(folder, [spectrum])) }?.contains("none of its ultrasound regions") == true)
    #expect(refusal { _ = try image(Self.write(folder, [])) }?.contains("no Pixel Spacing") == true)
    let words = refusal {
      _ = try image(Self.write(folder, [Region()]) { $0.set(.pixelSpacing, decimals: [0.3, 0.3]) })
    }
    #expect(words?.contains("Pixel Spacing is 0.3 x 0.3 mm, but an ultrasound region") == true)
  }

  /// Regions of one size are one image; of several sizes each is a volume.
  @Test func severalRegions() throws {
    let folder = try TemporaryFolder()
    let left = Region(columns: 0...3), right = Region(columns: 4...7)
    #expect(try image(Self.write(folder, [left, right])).volumeCount == 1)
    let path = try Self.write(folder, [left, Region(columns: 4...7, delta: [0.03, 0.03])])
    let words = try #require(refusal { _ = try image(path) })
    #expect(
      words.contains("0: pixels of 0.1 x 0.2 mm in columns 0 to 3") && words.contains("1: pixels of 0.3 x 0.3 mm"))
    #expect(abs(try image(path) { $0.volume = 1 }.volumes[0].geometry.spacing.x - 0.3) < 1e-12)
  }

  /// Two regions beside each other: columns 0 to 3 with pixels of 0.1 x 0.2 mm, 4 to 7 with pixels of 0.3 x 0.3 mm.
  private struct TwoRegions {
    let folder: TemporaryFolder
    let path: String
    let spacings: [SIMD3<Double>] = [[0.1, 0.2, 1], [0.3, 0.3, 1]]

    init() throws {
      folder = try TemporaryFolder()
      path = try UltrasoundTests.write(
        folder, [Region(columns: 0...3), Region(columns: 4...7, delta: [0.03, 0.03])])
    }

    /// Columns `columns` of rows 1 to 3 with label 1, `second` with label 2.
    func mask(
      _ columns: ClosedRange<Int>, second: ClosedRange<Int>? = nil, spacing: SIMD3<Double>
    ) throws -> String {
      let labels = (0..<48).map { pixel -> UInt8 in
        guard (1...3).contains(pixel / 8) else { return 0 }
        return columns.contains(pixel % 8) ? 1 : second?.contains(pixel % 8) == true ? 2 : 0
      }
      let grid = Geometry(unchecked: [8, 6, 1], spacing: spacing, origin: .zero, direction: .identity)
      try ImageFormats.write(Scan(geometry: grid, mask: labels), to: folder.path("mask.nrrd"))
      return folder.path("mask.nrrd")
    }

    func study(_ mask: String, _ edit: (inout Study.Options) -> Void = { _ in }) throws -> Study {
      var options = Study.Options()
      edit(&options)
      return try Study(image: path, mask: mask, options: options, sources: [DICOMSource()])
    }

    /// A rectangle by its outermost columns and rows, in mm of a region's pixels; rows 1 to 3.
    func contours(_ columns: ClosedRange<Int>, region: Int) throws -> String {
      let low = SIMD2(Double(columns.lowerBound), 1) - 0.25, high = SIMD2(Double(columns.upperBound), 3) + 0.25
      let points = [low, [high.x, low.y], high, [low.x, high.y]].map {
        [$0.x * spacings[region].x, $0.y * spacings[region].y, 0]
      }
      return try folder.write(StructureSetTests.set([("a", [("CLOSED_PLANAR", points)])]), to: "rs.dcm")
    }
  }

  /// The place of a mask chooses the region: a file of voxels by its pixels, whichever size it has them in.
  @Test func maskChoosesTheRegion() throws {
    let picture = try TwoRegions()
    for (region, columns) in [1...2, 5...7].enumerated() {
      for spacing in picture.spacings + [[1, 1, 1]] {
        let study = try picture.study(picture.mask(columns, spacing: spacing))
        let isOwn = spacing == picture.spacings[region]
        #expect(study.options.volume == region && study.image.geometry.spacing == picture.spacings[region])
        #expect(
          study.regions[0].voxels.boundingBox == Box(lower: [columns.lowerBound, 1, 0], size: [columns.count, 3, 1]))
        #expect(study.findings.contains { $0.message.contains("pixel by pixel") } != isOwn)
        // Mean of 5 (8 y + x) over rows 1 to 3.
        let result = try study.measure(Recipe(preset: "ibsi-us"))
        let mean = result.recipe.columns.firstIndex { $0.column.hasPrefix("stat_mean") }!
        let middle = Double(columns.lowerBound + columns.upperBound) / 2
        #expect(result.measurements[0].cells[mean].value == 5 * (16 + middle))
      }
    }
  }

  @Test func contoursAndSegmentsChooseTheRegion() throws {
    let picture = try TwoRegions()
    for (region, columns) in [1...2, 5...7].enumerated() {
      let drawn = try picture.study(picture.contours(columns, region: region))
      #expect(drawn.options.volume == region && drawn.regions[0].voxels.count == 3 * columns.count)
      let source = DICOMSource()
      let reference = try source.reference(
        picture.path, mask: nil, drawn.image.geometry, ReadingOptions(volume: .index(region)))
      let object = try reference.segmentation(
        [OutlinedRegion(name: "a", voxels: drawn.regions[0].voxels)],
        Timestamp(date: "20200304", time: "120000", version: "1"))
      let file = picture.folder.path("seg.dcm")
      try DICOMObject.write(together: [(object, file)])
      let segmented = try picture.study(file)
      #expect(segmented.options.volume == region && segmented.regions[0].voxels == drawn.regions[0].voxels)
      let grid = try StudyReader(sources: [source]).labelMap(file, image: picture.path)?.scan.geometry
      #expect(grid?.spacing == picture.spacings[region])
    }
    // By pixels of 0.1 mm columns 5 to 7, by those of 0.3 mm 2 to 3: in neither is it where pixels have that size.
    let elsewhere = try picture.contours(5...7, region: 0)
    let words = refusal { _ = try picture.study(elsewhere) }
    #expect(words?.contains("does not lie within one") == true, "\(words ?? "")")
  }

  @Test func masksAcrossRegions() throws {
    let picture = try TwoRegions()
    for spacing in picture.spacings + [[1, 1, 1]] {
      let words = try #require(refusal { _ = try picture.study(picture.mask(3...4, spacing: spacing)) })
      #expect(
        words.contains("does not lie within one of the parts")
          && words.contains("1: pixels of 0.3 x 0.3 mm in columns 4"),
        "\(words)")
      #expect(refusal { _ = try picture.study(picture.mask(0...1, second: 5...6, spacing: spacing)) } != nil)
      let second = try picture.study(picture.mask(0...1, second: 5...6, spacing: spacing)) { $0.region = .label(2) }
      #expect(second.options.volume == 1)
      // What was asked for goes before the place.
      let chosen = refusal { _ = try picture.study(picture.mask(5...6, spacing: spacing)) { $0.volume = 0 } }
      #expect(chosen?.contains("columns 5 to 6") == true, "\(chosen ?? "")")
    }
    // A grid of another size is no picture's.
    let other = refusal { _ = try picture.study(picture.mask(1...2, spacing: [0.5, 0.5, 1])) }
    #expect(other?.contains("has not the grid of one") == true, "\(other ?? "")")
  }

  /// A mask is measured only within a region that has the size.
  @Test func maskWithinTheRegion() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder, [Region(columns: 2...6, rows: 1...4)])
    let geometry = try image(path).volumes[0].geometry
    for (first, isInside) in [(2, true), (1, false)] {
      let mask = (0..<48).map { UInt8((first...5).contains($0 % 8) && (1...4).contains($0 / 8) ? 1 : 0) }
      try ImageFormats.write(Scan(geometry: geometry, mask: mask), to: folder.path("mask.nrrd"))
      let words = refusal {
        let study = try Study(image: path, mask: folder.path("mask.nrrd"), sources: [DICOMSource()])
        let table = try study.measure(try Recipe(preset: "ibsi-us"))
        // Mean of 5 (8 y + x) over x 2…5, y 1…4.
        let index = table.recipe.columns.firstIndex { $0.column.hasPrefix("stat_mean") }
        #expect(index.flatMap { table.measurements[0].cells[$0].value } == 117.5)
        #expect(table.measurements[0].cells.compactMap(\.reason).isEmpty)
      }
      #expect((words == nil) == isInside, "\(words ?? "")")
      #expect(isInside || words!.contains("columns 1 to 5, rows 1 to 4"))
    }
  }

  /// Slices of a sweep whose places are known are one volume, which has its size within the region of each slice.
  @Test func severalSlices() throws {
    let folder = try TemporaryFolder()
    var slice = Self.slice([Region(columns: 2...6, rows: 1...4)])
    slice.position = [0, 0, 0]
    try folder.write(slice, at: [0, 1.5, 3])
    let stored = try image(folder.url.path)
    #expect(stored.volumeCount == 1 && stored.volumes[0].geometry.size == [8, 6, 3])
    #expect(stored.volumes[0].geometry.spacing == [0.1, 0.2, 1.5])
    #expect(stored.measurable == [Box(lower: [2, 1, 0], size: [5, 4, 3])])
    #expect(voxels(stored) == (0..<3).flatMap { _ in Self.grey.map(Double.init) })
    for (first, isInside) in [(2, true), (1, false)] {
      let mask = (0..<144).map { UInt8((first...6).contains($0 % 8) && (1...4).contains($0 / 8 % 6) ? 1 : 0) }
      let file = folder.path("mask.nrrd")
      try ImageFormats.write(Scan(geometry: stored.volumes[0].geometry, mask: mask), to: file)
      let words = refusal {
        let study = try Study(image: folder.url.path, mask: file, sources: [DICOMSource()])
        #expect(study.regions[0].voxels.count == 60)
      }
      #expect((words == nil) == isInside, "\(words ?? "")")
    }
  }

  @Test func cine() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder, [Region()], Self.grey + Self.grey.map { $0 + 1 }) {
      $0.set(.numberOfFrames, VR("IS"), "2")
    }
    #expect(refusal { _ = try image(path) }?.contains("0: frame 1; 1: frame 2") == true)
    #expect(try voxels(image(path) { $0.volume = 1 }) == Self.grey.map { Double($0) + 1 })
  }

  /// Grey in colour is read; a coloured pixel is refused where it could be measured.
  @Test func colour() throws {
    let folder = try TemporaryFolder()
    var rgb = Self.grey.flatMap { [$0, $0, $0] }
    let stored = try image(Self.write(folder, [Region()], rgb, colours: "RGB"))
    #expect(voxels(stored) == Self.grey.map(Double.init))
    #expect(stored.findings.contains { $0.message.contains("stored in colour") })
    let planes = try image(
      Self.write(folder, [Region()], Self.grey + Self.grey + Self.grey, colours: "RGB") {
        $0.set(.planarConfiguration, VR("US"), 1)
      })
    #expect(voxels(planes) == Self.grey.map(Double.init))
    let ybr = try image(Self.write(folder, [Region()], Self.grey.flatMap { [$0, 128, 128] }, colours: "YBR_FULL"))
    #expect(voxels(ybr) == Self.grey.map(Double.init))
    // Column 2 of row 1 becomes red.
    rgb.replaceSubrange(30..<33, with: [255, 0, 0])
    let words = refusal { _ = try image(Self.write(folder, [Region()], rgb, colours: "RGB")) }
    #expect(words?.contains("1 of its pixels, the first in column 2 and row 1") == true)
    let outside = try image(Self.write(folder, [Region(columns: 3...7)], rgb, colours: "RGB"))
    // Luminance of pure red: 0.299 · 255.
    #expect(voxels(outside)[10] == 76 && voxels(outside)[11] == 55)
    #expect(refusal { _ = try image(Self.write(folder, [Region()], rgb, colours: "YBR_FULL_422")) } != nil)
  }

  @Test func pictures() throws {
    let folder = try TemporaryFolder()
    for (name, start) in [("PNG", [0x89, 0x50, 0x4E, 0x47]), ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0])] as [(String, [UInt8])]
    {
      let path = try folder.write(start + [UInt8](repeating: 0, count: 60), to: "a.img")
      #expect(refusal { _ = try image(path) }?.contains("it is a \(name) picture") == true)
    }
  }
}
