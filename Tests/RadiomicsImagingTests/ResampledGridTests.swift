import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct ResampledGridTests {
  /// The example of the IBSI 1 manual, chapter 2, "Interpolation grid": 4 × 4 voxels of 3 mm, 2 mm wanted.
  @Test func manualsExample() throws {
    let old = Geometry(unchecked: [4, 4, 1], spacing: [3, 3, 3], origin: [10, 20, 30], direction: .identity)
    let centre = try old.resampled(to: [2, 2, 0])
    #expect(centre.size == SIMD3(6, 6, 1))
    #expect(centre.spacing == SIMD3(2, 2, 3))
    #expect(centre.origin == SIMD3(9.5, 19.5, 30))
    #expect(try old.resampled(to: [2, 2, 0], align: .origin).origin == SIMD3(10, 20, 30))
    #expect(try old.resampled(to: [2, 2, 0], align: .corner).origin == SIMD3(9.5, 19.5, 30))
    #expect(try old.resampled(to: [2, 2, 2], align: .corner).origin == SIMD3(9.5, 19.5, 29.5))
  }

  /// Sizes after interpolation of the CT phantom (IBSI 1, diagnostic features of configurations A to C).
  @Test func sizesOfTheCTPhantom() throws {
    let phantom = Geometry(
      unchecked: [204, 201, 60], spacing: [0.9765625, 0.9765625, 3], origin: .zero, direction: .identity)
    #expect(try phantom.resampled(to: [0, 0, 0]) == phantom)
    #expect(try phantom.resampled(to: [2, 2, 0]).size == SIMD3(100, 99, 60))
    #expect(try phantom.resampled(to: [2, 2, 2]).size == SIMD3(100, 99, 90))
  }

  @Test func wholeQuotientsAreWhole() throws {
    // 10 · 0.7 / 0.1 is 70.00000000000001 in double precision.
    let old = Geometry(unchecked: [10, 3, 49], spacing: [0.7, 0.3, 0.1], origin: .zero, direction: .identity)
    #expect(try old.resampled(to: [0.1, 0.9, 0.7]).size == SIMD3(70, 1, 7))
  }

  @Test(arguments: GridAlignment.allCases)
  func alignmentHoldsInThePatient(_ alignment: GridAlignment) throws {
    let direction = Matrix3([0, 1, 0], [-0.6, 0, 0.8], [0.8, 0, 0.6])
    let old = Geometry(unchecked: [11, 8, 5], spacing: [0.8, 0.9, 3.3], origin: [5, -7, 9], direction: direction)
    let new = try old.resampled(to: [1, 2, 1.5], align: alignment)
    func place(_ grid: Geometry) -> SIMD3<Double> {
      switch alignment {
      case .centre: grid.position(of: SIMD3<Double>(grid.size &- 1) / 2)
      case .origin: grid.position(of: .zero)
      case .corner: grid.position(of: [-0.5, -0.5, -0.5])
      }
    }
    #expect((place(old) - place(new)).length < 1e-12)
    #expect(new.direction == old.direction)
  }

  @Test(arguments: [-1, .infinity, -.infinity, .nan, 1e-300, 1e-9] as [Double])
  func wrongSpacingsAreRefused(_ spacing: Double) {
    let old = Geometry(unchecked: [100, 100, 100], spacing: [1, 1, 1], origin: .zero, direction: .identity)
    #expect(throws: GeometryError.self) { try old.resampled(to: [spacing, 1, 1]) }
    #expect(throws: GeometryError.self) { try old.resampled(to: [1e-7, 1e-7, 1e-7]) }
  }
}
