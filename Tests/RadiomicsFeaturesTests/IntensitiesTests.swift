import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import Testing

@Suite struct IntensitiesTests {
  private static let geometry = Geometry(
    unchecked: [20, 15, 12], spacing: [1, 1, 1], origin: .zero, direction: .identity)
  private static let box = Box(lower: [2, 3, 1], size: [16, 10, 9])
  private static let mask = RowSpans(size: box.size) { $0 % 7 > 1 && $0 % 31 > 4 }

  /// Whole numbers from −100 to 100 without order.
  private static let numbers = (0..<geometry.count).map { (index: Int) -> Int in
    (index * 7919 + index * index % 13) % 201 - 100
  }

  private static let samples: [(String, Scan.Samples)] = [
    ("int8", .int8(numbers.map { Int8($0) })), ("uint8", .uint8(numbers.map { UInt8($0 + 100) })),
    ("int16", .int16(numbers.map { Int16($0 * 300) })), ("uint16", .uint16(numbers.map { UInt16($0 * 300 + 30_000) })),
    ("int32", .int32(numbers.map { Int32($0 * 3) })), ("wide int32", .int32(numbers.map { Int32($0 * 20_000_000) })),
    ("uint32", .uint32(numbers.map { UInt32($0 + 4_000_000_100) })), ("int64", .int64(numbers.map { Int64($0) << 50 })),
    ("uint64", .uint64(numbers.map { UInt64($0 + 100) })), ("whole float", .float(numbers.map { Float($0) })),
    ("float", .float(numbers.map { Float($0) / 3 })), ("double", .double(numbers.map { Double($0) / 3 })),
    ("float in doubles", .double(numbers.map { Double($0) / 4 })),
    ("NaN", .float(numbers.map { $0 == 7 ? .nan : Float($0) })),
    ("infinite", .double(numbers.map { $0 == 7 ? -.infinity : Double($0) })),
  ]

  /// Bit by bit what widening every voxel gives, whatever it is kept in.
  @Test(arguments: samples.indices, [(1, 0), (0.37, -5), (-2, 1000), (0, 4)] as [(Double, Double)])
  func bitsOfEveryVoxel(_ row: Int, _ scaling: (slope: Double, intercept: Double)) {
    let (name, samples) = Self.samples[row]
    let scan = Scan(geometry: Self.geometry, samples: samples, slope: scaling.slope, intercept: scaling.intercept)
    for rounds in [false, true] {
      let image = RegionImage(scan, in: Self.box, rounds: rounds)
      let expected = Self.mask.values(of: scan.volume(in: Self.box).voxels)
        .map { rounds ? $0.rounded(.toNearestOrEven) : $0 }
      expectSame(Intensities(of: image, in: Self.mask), expected, name)
      expectSame(Intensities(of: RegionImage(image.volume), in: Self.mask), expected, name)
      let map = IntensityMap(slope: -0.25, intercept: 3, clip: -5...20)
      let mapped = expected.map { $0.isFinite ? min(max(-0.25 * $0 + 3, -5), 20) : -0.25 * $0 + 3 }
      expectSame(Intensities(of: image.mapped(by: map), in: Self.mask), mapped, name)
      expectSame(Intensities(of: RegionImage(image.volume).mapped(by: map), in: Self.mask), mapped, name)
    }
  }

  private func expectSame(_ intensities: Intensities, _ expected: [Double], _ name: String) {
    #expect(intensities.count == expected.count)
    #expect(
      zip(intensities, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(name): other numbers")
    let isFinite = expected.allSatisfy(\.isFinite)
    #expect(intensities.bounds == (isFinite ? expected.min()!...expected.max()! : nil), "\(name)")
    let kept = Self.mask.filtered(by: intensities) { $0 > 2 }
    #expect(kept.count == expected.count { $0 > 2 })
  }

  /// Few bytes where that loses nothing.
  @Test func forms() {
    func bytes(_ name: String, slope: Double = 1) -> Int {
      let samples = Self.samples.first { $0.0 == name }!.1
      let image = RegionImage(
        Scan(geometry: Self.geometry, samples: samples, slope: slope), in: Self.box, rounds: false)
      return switch Intensities(of: image, in: Self.mask).form {
      case .coded: 2
      case .single: 4
      case .double: 8
      }
    }
    #expect(bytes("int8") == 2 && bytes("int8", slope: 0.1) == 2 && bytes("whole float") == 2)
    #expect(bytes("float") == 4 && bytes("float in doubles") == 4 && bytes("NaN") == 4)
    #expect(bytes("double") == 8 && bytes("float", slope: 0.1) == 8 && bytes("int64") == 4)
    // 201 codes among 60,001 numbers: a table would be larger than the region.
    #expect(bytes("int16") == 4)
  }

  /// Whatever intensities are kept in, families and discretisations give the same bits.
  @Test func formsChangeNoNumber() throws {
    let whole = (0..<40_000).map { (index: Int) -> Double in Double((index * 7919 + index * index % 13) % 801 - 100) }
    let forms: [Intensities] = [
      Intensities(whole),
      Intensities(.single(whole.map { Float($0) }), count: whole.count, bounds: -100...700),
      Intensities(.double(whole), count: whole.count, bounds: -100...700),
    ]
    guard case .coded = forms[0].form else { throw UndefinedError("no codes") }
    let regions = forms.map {
      Region(
        image: RegionImage(
          Volume(
            geometry: Geometry(unchecked: [200, 200, 1], spacing: .one, origin: .zero, direction: .identity),
            voxels: whole)),
        morphological: RowSpans(size: [200, 200, 1]) { _ in true },
        intensity: RowSpans(size: [200, 200, 1]) { _ in true }, intensities: $0, range: nil)
    }
    var histogram = IntensityVolumeHistogram()
    let discretisations: [Discretisation] = [
      .none, .fixedBinNumber(count: 37), .fixedBinSize(width: 9.7, firstEdge: .minimum), .equalProbability(count: 12),
    ]
    for (form, region) in zip(forms, regions) {
      #expect(
        IntensityStatistics().cells(of: region, nil, Resources())
          == IntensityStatistics().cells(of: regions[0], nil, Resources(jobs: 3)))
      #expect(IntensitySummary(ofFinite: form) == IntensitySummary(ofFinite: forms[0]))
      for discretisation in discretisations.dropFirst() {
        let made = try discretisation.levels(of: form, range: nil).get()
        let first = try discretisation.levels(of: forms[0], range: nil, Lanes(jobs: 3)).get()
        #expect(Array(made.levels) == Array(first.levels) && made.voxelCounts == first.voxelCounts)
      }
      for discretisation in discretisations.dropLast() {
        histogram.discretisation = discretisation
        #expect(
          histogram.cells(of: region, nil, Resources()) == histogram.cells(of: regions[0], nil, Resources(jobs: 2)))
      }
    }
  }
}
