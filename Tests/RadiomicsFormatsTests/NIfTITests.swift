import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Placements are those of nibabel 5.4.2 (`header.get_best_affine()`), its x and y negated.
@Suite struct NIfTITests {
  static let quaternionAxes: [SIMD3<Double>] = [
    [-0.262, -0.6703662942624957, 0.6942370139345561], [0.9079662942624956, -0.415, -0.058070719672060366],
    [0.3270370139345561, 0.6151292803279397, 0.7174],
  ]

  @Test(arguments: [1, 2], [false, true])
  func placesByTheQuaternion(version: Int, isBigEndian: Bool) throws {
    let folder = try TemporaryFolder()
    for side: Double in [1, -1, 0] {
      let file = NIfTIBytes.with {
        $0.version = version
        $0.isBigEndian = isBigEndian
        $0.qformCode = 1
        $0.voxelSizes[0] = side
        $0.voxels = bytes((0..<60).map { Int16($0) }, bigEndian: isBigEndian)
      }
      let image = try folder.image("a.nii", file.file)
      var axes = Self.quaternionAxes
      if side < 0 { axes[2] = -axes[2] }
      expectGeometry(
        image.volumes[0].geometry, spacing: [0.75, 1.25, 2.5], origin: [10.5, -20.25, 33], axes: axes,
        absolute: version == 1 ? 1e-7 : 1e-14)
      #expect(image.volumes[0].geometry.size == [5, 4, 3])
      #expect(image.volumes[0].samples == .int16((0..<60).map { Int16($0) }))
      #expect(image.findings.isEmpty)
    }
  }

  @Test func treatsAQuaternionAsLongAsOneAsAHalfTurn() throws {
    let folder = try TemporaryFolder()
    let file = NIfTIBytes.with {
      $0.qformCode = 1
      $0.quaternion = [0.6, 0.8, 1e-4]
    }
    expectGeometry(
      try folder.image("a.nii", file.file).volumes[0].geometry, spacing: [0.75, 1.25, 2.5],
      origin: [10.5, -20.25, 33],
      axes: [
        [0.27999998431181633, -0.9599999970757208, 0.00011999999481487086],
        [-0.9599999970757207, -0.27999996431181845, 0.0001599999891128518],
        [-0.00011999999481487089, -0.00015999998911285184, -0.9999999800000022],
      ], absolute: 1e-7)
    let long = NIfTIBytes.with { ($0.qformCode, $0.quaternion) = (1, [0.9, 0.9, 0]) }
    #expect(try folder.refusal("b.nii", long.file).contains("quaternion is 1.27"))
  }

  @Test func prefersTheSform() throws {
    let folder = try TemporaryFolder()
    let axes: [SIMD3<Double>] = [[0, 0, -1], [1, 0, 0], [0, -1, 0]]
    let sform = NIfTIBytes.with { $0.sformCode = 2 }
    let both = NIfTIBytes.with { ($0.qformCode, $0.sformCode) = (1, 2) }
    for (file, findings) in [(sform, 0), (both, 1)] {
      let image = try folder.image("a.nii", file.file)
      expectGeometry(
        image.volumes[0].geometry, spacing: [0.9, 1.2, 2.4], origin: [-7, 8, 9], axes: axes, absolute: 1e-6)
      #expect(image.findings.count == findings)
    }
    // By nibabel's two affines the greatest distance of a corner is 46.404740068 mm.
    let finding = try #require(try folder.image("a.nii", both.file).findings.first)
    #expect(finding.severity == .warning && finding.message.contains("46.405 mm"))
    let chosen = try folder.image("a.nii", both.file, ReadingOptions(niftiForm: .qform))
    expectGeometry(
      chosen.volumes[0].geometry, spacing: [0.75, 1.25, 2.5], origin: [10.5, -20.25, 33], axes: Self.quaternionAxes,
      absolute: 1e-7)
    #expect(chosen.findings.isEmpty)
    #expect(try folder.refusal("a.nii", sform.file, ReadingOptions(niftiForm: .qform)).contains("no qform"))
  }

  @Test func centresAVolumeWithoutPlacementAndSaysSo() throws {
    let folder = try TemporaryFolder()
    let image = try folder.image("a.nii", NIfTIBytes().file)
    expectGeometry(
      image.volumes[0].geometry, spacing: [0.75, 1.25, 2.5], origin: [-1.5, 1.875, -2.5],
      axes: [[1, 0, 0], [0, -1, 0], [0, 0, 1]])
    #expect(image.findings.map(\.severity) == [.warning])
  }

  /// SimpleITK 2.5.7 multiplies by 1000 and 0.001.
  @Test func convertsMetresAndMicrons() throws {
    let folder = try TemporaryFolder()
    for (unit, factor): (UInt8, Double) in [(0, 1), (1, 1000), (2, 1), (3, 0.001), (0b1010, 1)] {
      for (qform, sform) in [(1, 0), (0, 1)] {
        let file = NIfTIBytes.with { ($0.unit, $0.qformCode, $0.sformCode) = (unit, qform, sform) }
        let geometry = try folder.image("a.nii", file.file).volumes[0].geometry
        expectClose(geometry.spacing.x, (qform == 1 ? 0.75 : 0.9) * factor, relative: 1e-6)
        expectClose(geometry.origin.z, (qform == 1 ? 33 : 9) * factor, relative: 1e-6)
      }
    }
  }

  @Test func refusesAShearedSformAndNamesTheWayOut() throws {
    let folder = try TemporaryFolder()
    let sheared = NIfTIBytes.with {
      $0.sformCode = 1
      $0.rows[0][0] = 0.3
    }
    #expect(try folder.refusal("a.nii", sheared.file).contains("not orthogonal"))
    let both = NIfTIBytes.with { ($0.sformCode, $0.qformCode, $0.rows) = (1, 1, sheared.rows) }
    #expect(try folder.refusal("a.nii", both.file).contains("Read it by the qform."))
    #expect(try folder.image("a.nii", both.file, ReadingOptions(niftiForm: .qform)).volumes.count == 1)
  }

  @Test(arguments: [1, 2], [false, true])
  func readsEveryType(version: Int, isBigEndian: Bool) throws {
    let folder = try TemporaryFolder()
    let codes = [256, 2, 4, 512, 8, 768, 1024, 1280, 16, 64]
    for (code, samples) in zip(codes, samplesOfEveryType) {
      let file = NIfTIBytes.with {
        $0.version = version
        $0.isBigEndian = isBigEndian
        $0.type = code
        $0.sformCode = 1
        $0.voxels = bytes(samples, bigEndian: isBigEndian)
      }
      #expect(try folder.image("a.nii", file.file).volumes[0].samples == samples)
      #expect(try folder.image("a.nii.gz", Gzip.compress(file.file)).volumes[0].samples == samples)
    }
  }

  @Test func refusesOtherTypesByName() throws {
    let folder = try TemporaryFolder()
    for (code, word) in [
      (0, "unknown"), (1, "bits"), (32, "complex"), (128, "RGB"), (1536, "128 bits"), (1792, "complex"),
      (2048, "complex"), (2304, "RGBA"), (77, "unknown type 77"),
    ] {
      #expect(try folder.refusal("a.nii", NIfTIBytes.with { $0.type = code }.file).contains(word))
    }
  }

  @Test func scalesUnlessTheSlopeIsZeroOrNoNumber() throws {
    let folder = try TemporaryFolder()
    for (slope, intercept, expected): (Double, Double, [Double]) in [
      (2.5, -7, [2.5, -7]), (0, 9, [1, 0]), (.nan, 9, [1, 0]), (-1, 0, [-1, 0]),
    ] {
      let file = NIfTIBytes.with { ($0.slope, $0.intercept, $0.sformCode) = (slope, intercept, 1) }
      let scan = try folder.image("a.nii", file.file).volumes[0]
      #expect([scan.slope, scan.intercept] == expected)
      let voxels = scan.volume(in: scan.geometry.box).voxels
      #expect(voxels[59] == 59 * expected[0] + expected[1])
    }
    let file = NIfTIBytes.with { ($0.slope, $0.intercept) = (2, .nan) }
    #expect(try folder.refusal("a.nii", file.file).contains("intercept"))
    let endless = NIfTIBytes.with { ($0.slope, $0.intercept) = (.infinity, 0) }
    #expect(try folder.refusal("a.nii", endless.file).contains("scl_slope is inf"))
  }

  @Test func choosesAmongVolumes() throws {
    let folder = try TemporaryFolder()
    let samples = (0..<60).map { Int16($0) }
    for sizes in [[5, 2, 3, 2], [5, 2, 3, 1, 2], [5, 2, 3, 1, 1, 2, 1]] {
      let file = NIfTIBytes.with { ($0.sizes, $0.sformCode) = (sizes, 1) }.file
      #expect(
        try folder.refusal("a.nii", file).contains(
          "2 volumes, one must be chosen. Choose one by its number, from 0 to 1"))
      #expect(try folder.refusal("a.nii", file, ReadingOptions(volume: .index(2))).contains("from 0 to 1"))
      #expect(try folder.refusal("a.nii", file, ReadingOptions(volume: .index(-1))).contains("from 0 to 1"))
      let second = try folder.image("a.nii", file, ReadingOptions(volume: .index(1)))
      #expect(second.volumeCount == 2 && second.volumes.map(\.samples) == [.int16(Array(samples[30...]))])
      let all = try folder.image("a.nii", file, ReadingOptions(volume: .all))
      #expect(all.volumes.map(\.samples) == [.int16(Array(samples[..<30])), .int16(Array(samples[30...]))])
    }
  }

  @Test func readsASliceAndARow() throws {
    let folder = try TemporaryFolder()
    for sizes in [[10, 6], [10, 6, 1], [10, 6, 1, 1], [60]] {
      let file = NIfTIBytes.with {
        $0.sizes = sizes
        $0.sformCode = 1
        $0.voxelSizes[3] = 0
        for row in 0..<3 where sizes.count < 3 { $0.rows[row][2] = 0 }
      }
      let geometry = try folder.image("a.nii", file.file).volumes[0].geometry
      #expect(geometry.size == (sizes.count == 1 ? [60, 1, 1] : [10, 6, 1]))
      expectClose(abs(geometry.direction.determinant), 1, absolute: 1e-12)
      expectClose(geometry.spacing.z, sizes.count < 3 ? 1 : 2.4, relative: 1e-6)
    }
  }

  @Test(arguments: [1, 2]) func readsPairsByEitherName(version: Int) throws {
    let file = NIfTIBytes.with { ($0.version, $0.isPair, $0.sformCode) = (version, true, 1) }
    let header = Array(file.header.dropLast(4))
    for (headerName, voxelName) in [
      ("p.hdr", "p.img"), ("p.hdr.gz", "p.img.gz"), ("p.hdr", "p.img.gz"), ("P.HDR", "P.IMG"),
    ] {
      let folder = try TemporaryFolder()
      _ = try folder.put(headerName, headerName.hasSuffix("gz") ? Gzip.compress(header) : header)
      #expect(throws: FormatError.self) { try ImageFormats.read(path: folder(headerName)) }
      _ = try folder.put(voxelName, voxelName.hasSuffix("gz") ? Gzip.compress(file.voxels) : file.voxels)
      for name in [headerName, voxelName] {
        let image = try ImageFormats.read(path: folder(name))
        #expect(image.volumes[0].samples == .int16((0..<60).map { Int16($0) }))
        let other = name == headerName ? voxelName : headerName
        #expect(image.files == [folder(name), folder(other)])
      }
    }
  }

  @Test func namesASingleFileOnce() throws {
    let folder = try TemporaryFolder()
    #expect(try folder.image("a.nii", NIfTIBytes().file).files == [folder("a.nii")])
    #expect(try folder.image("a.nii.gz", Gzip.compress(NIfTIBytes().file)).files == [folder("a.nii.gz")])
  }

  /// The sform is the placement: spacings are the lengths of its columns, as in nibabel 5.4.2, where SimpleITK 2.5.7
  /// takes `pixdim`, 1, 2 and 3 in this file; both have these origin and directions.
  @Test func bringsNearlyOrthonormalAxesToLengthOne() throws {
    let folder = try TemporaryFolder()
    let file = NIfTIBytes.with {
      $0.sformCode = 1
      $0.voxelSizes = [1, 1, 2, 3]
      $0.rows = [[-0.9553, 0.591, 0, 1], [-0.2955, -1.9106, 0, -2], [0, 0, 2.9994, 3.5]]
    }
    let geometry = try folder.image("a.nii", file.file).volumes[0].geometry
    expectGeometry(
      geometry, spacing: [0.9999591691664215, 1.999918338332843, 2.9994], origin: [-1, 2, 3.5],
      axes: [[0.955339, 0.295512, 0], [-0.295512, 0.955339, 0], [0, 0, 1]], absolute: 1e-6)
    for axis in 0..<3 { expectClose(geometry.direction[axis].length, 1, absolute: 1e-15) }
  }

  @Test func refusesWhatIsNoNIfTIImage() throws {
    let folder = try TemporaryFolder()
    var analyze = NIfTIBytes.with { $0.isPair = true }.header
    analyze.replaceSubrange(344..<348, with: [0, 0, 0, 0])
    #expect(try folder.refusal("a.hdr", analyze).contains("ANALYZE"))
    #expect(try folder.refusal("a.nii", Array(repeating: 7, count: 400)).contains("348 or 540"))
    #expect(try folder.refusal("a.nii", NIfTIBytes.with { $0.sizes = [] }.file).contains("dimensions is 0"))
    #expect(try folder.refusal("a.nii", NIfTIBytes.with { $0.sizes = [5, 0, 3] }.file).contains("axis 2 is 0"))
    #expect(try folder.refusal("a.nii", NIfTIBytes.with { $0.sizes = [5, 4, -3] }.file).contains("axis 3 is -3"))
    for start in [0, -1, Double.nan, .infinity, 1e30] {
      #expect(try !folder.refusal("a.nii", NIfTIBytes.with { $0.voxelOffset = start }.file).isEmpty)
    }
  }

  @Test func refusesVoxelSizesThatAreNone() throws {
    let folder = try TemporaryFolder()
    for size in [0, -1, Double.nan, .infinity] {
      for form in [0, 1] {
        let file = NIfTIBytes.with {
          $0.qformCode = form
          $0.voxelSizes[2] = size
        }
        #expect(try folder.refusal("a.nii", file.file).contains("voxel size along axis 2"))
      }
      let file = NIfTIBytes.with {
        $0.sformCode = 1
        $0.rows = $0.rows.map { [$0[0] * size, $0[1], $0[2], $0[3]] }
      }
      if size != -1 { #expect(try folder.refusal("a.nii", file.file).contains("spacing along x")) }
    }
    let file = NIfTIBytes.with { ($0.qformCode, $0.offset) = (1, [.nan, 0, 0]) }
    #expect(try folder.refusal("a.nii", file.file).contains("origin"))
  }

  @Test func leavesVoxelsThatAreNoNumbersAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let values: [Float] = [.nan, .infinity, -.infinity] + (3..<60).map { Float($0) }
    let file = NIfTIBytes.with { ($0.type, $0.sformCode, $0.voxels) = (16, 1, bytes(values)) }
    guard case .float(let read) = try folder.image("a.nii", file.file).volumes[0].samples else {
      Issue.record("the samples are floats")
      return
    }
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
  }
}
