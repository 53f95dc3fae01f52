import RadiomicsCore
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct ResampleTests {
  /// Reproducible intensities without structure, about −50 to 52.
  static func image(_ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1]) -> Volume<Double> {
    let geometry = Geometry(unchecked: size, spacing: spacing, origin: [-30, 12.5, 400], direction: .identity)
    let voxels = (0..<geometry.count).map { (i: Int) -> Double in
      let coarse = (i * 37 + 11) % 101 - 50, fine = i * i % 7
      return Double(coarse) + Double(fine) * 0.25
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  /// 4 × 8 × 4 positions inside a 7 × 6 × 5 image: x = 0.3 + 1.6 i, y = 0.1 + 0.7 j, z = 0.25 + 1.1 k voxels.
  static func scattered(in image: Volume<Double>) -> Geometry {
    Geometry(
      unchecked: [4, 8, 4], spacing: [1.6, 0.7, 1.1], origin: image.geometry.position(of: [0.3, 0.1, 0.25]),
      direction: image.geometry.direction)
  }

  /// Values of scipy.ndimage 1.17.1: map_coordinates(order=3, mode="mirror"), (order=1, mode="nearest"), and
  /// gaussian_filter1d(σ = √(−8 ln 0.98) · 1.6 along x and · 1.1 along z, mode="nearest") before order=3.
  static let published: [(Interpolation, Bool, [Double], sum: Double, moment: Double)] = [
    (
      .cubicSpline, false,
      [
        -29.88019957522485, 28.48023419387773, 12.250977914488207, -1.2683916364255154, 6.086665949399216,
        -9.570044340081106, 1.8916321650325674,
      ], 99.77929487186347, 7670.636275395635
    ),
    (
      .linear, false,
      [
        -17.1725, 17.122500000000006, 13.102500000000006, -6.6750000000000025, -0.6380000000000081, -3.456000000000009,
        8.979999999999979,
      ], 95.02750000000009, 6443.680500000008
    ),
    (
      .cubicSpline, true,
      [
        -21.46576550896483, 12.526493560401835, 9.453555094853176, -6.42396864490897, -2.613160788424854,
        -6.859681429673693, 8.069630348199546,
      ], 95.01961912477319, 8169.291893186101
    ),
  ]

  @Test(arguments: published.indices)
  func agreesWithSciPy(_ row: Int) {
    let (interpolation, antialiasing, values, sum, moment) = Self.published[row]
    let image = Self.image([7, 6, 5])
    let voxels = resample(image, onto: Self.scattered(in: image), by: interpolation, antialiasing: antialiasing).voxels
    for (index, value) in zip([0, 1, 17, 50, 77, 100, 127], values) {
      expectClose(voxels[index], value, absolute: 2e-12, "voxel \(index)")
    }
    expectClose(voxels.reduce(0, +), sum, absolute: 1e-10)
    expectClose(voxels.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }, moment, relative: 1e-12)
  }

  /// By hand: on an axis of two voxels a, b, mirrored, the spline is (a + b)/2 + (a − b)/2 · (1 − 6 f² + 4 f³).
  @Test func splineOfTwoVoxels() {
    let geometry = Geometry(unchecked: [2, 1, 1], spacing: [1, 1, 1], origin: .zero, direction: .identity)
    let fine = Geometry(unchecked: [4, 1, 1], spacing: [0.25, 1, 1], origin: .zero, direction: .identity)
    let voxels = resample(Volume(geometry: geometry, voxels: [10, 2]), onto: fine, by: .cubicSpline).voxels
    for (i, value) in voxels.enumerated() {
      let f = Double(i) / 4
      expectClose(value, 6 + 4 * (1 - 6 * f * f + 4 * f * f * f), absolute: 1e-13)
    }
  }

  @Test func nearestTakesTheLargerIndexHalfWay() {
    let geometry = Geometry(unchecked: [4, 1, 1], spacing: [3, 1, 1], origin: [100, 0, 0], direction: .identity)
    let image = Volume<Double>(geometry: geometry, voxels: [1, 2, 3, 4])
    let grid = Geometry(unchecked: [9, 1, 1], spacing: [1.5, 1, 1], origin: [97, 0, 0], direction: .identity)
    // At −1, −0.5, 0, … 3 voxels.
    #expect(resample(image, onto: grid, by: .nearest).voxels == [1, 1, 1, 2, 2, 3, 3, 4, 4])
    let halves = Geometry(unchecked: [3, 1, 1], spacing: [3, 1, 1], origin: [101.5, 0, 0], direction: .identity)
    #expect(resample(image, onto: halves, by: .nearest).voxels == [2, 3, 4])
  }

  @Test func positionsOutsideTakeTheBorder() {
    let image = Self.image([5, 4, 3])
    let grid = Geometry(
      unchecked: [3, 3, 3], spacing: [20, 20, 20], origin: image.geometry.position(of: [-10, -10, -10]),
      direction: image.geometry.direction)
    for interpolation in Interpolation.allCases {
      let result = resample(image, onto: grid, by: interpolation)
      expectClose(result[0, 0, 0], image[0, 0, 0], absolute: 1e-12)
      expectClose(result[2, 0, 2], image[4, 0, 2], absolute: 1e-12)
      expectClose(result[2, 2, 2], image[4, 3, 2], absolute: 1e-12)
    }
  }

  @Test func linearKeepsRampsAndSplineKeepsConstants() {
    let geometry = Geometry(unchecked: [9, 7, 5], spacing: [0.8, 0.9, 3], origin: .zero, direction: .identity)
    let ramp = (0..<geometry.count).map { (i: Int) -> Double in Double(i % 9 - 2 * (i / 9 % 7) + 3 * (i / 63)) }
    let grid = Geometry(unchecked: [6, 5, 9], spacing: [1.1, 1, 1.3], origin: [0.4, 0.5, 0.2], direction: .identity)
    let result = resample(Volume(geometry: geometry, voxels: ramp), onto: grid, by: .linear)
    let index = geometry.index(of: grid.position(of: [3, 4, 7]))
    expectClose(result[3, 4, 7], index.x - 2 * index.y + 3 * index.z, absolute: 1e-12)
    let flat = Volume(geometry: geometry, voxels: [Double](repeating: 7, count: geometry.count))
    for value in resample(flat, onto: grid, by: .cubicSpline, antialiasing: true).voxels {
      expectClose(value, 7, absolute: 1e-13)
    }
  }

  @Test func coincidingCentresAreCopied() throws {
    let image = Self.image([6, 5, 4], spacing: [0.7, 0.7, 2.1])
    #expect(resample(image, onto: image.geometry, by: .cubicSpline, antialiasing: true) == image)
    let every = Geometry(
      unchecked: [3, 5, 2], spacing: [1.4, 0.7, 2.1], origin: image.geometry.position(of: [1, 0, 2]),
      direction: image.geometry.direction)
    let result = resample(image, onto: every, by: .cubicSpline)
    #expect(result[1, 2, 1] == image[3, 2, 3])
    #expect(result[2, 4, 0] == image[5, 4, 2])
  }

  /// A voxel that is not finite spreads to the values between it and its neighbours, not to the neighbours' own.
  @Test(arguments: [Double.nan, .infinity])
  func linearKeepsOldCentresBesideWhatIsNotFinite(_ hole: Double) {
    for axis in 0..<3 {
      var size = SIMD3(1, 1, 1), fine = size, spacing = SIMD3(1.0, 1, 1)
      size[axis] = 6
      fine[axis] = 11
      spacing[axis] = 0.5
      let geometry = Geometry(unchecked: size, spacing: [1, 1, 1], origin: .zero, direction: .identity)
      let grid = Geometry(unchecked: fine, spacing: spacing, origin: .zero, direction: .identity)
      for place in 0..<6 {
        var voxels: [Double] = [3, 1, 4, 1, 5, 9]
        voxels[place] = hole
        let result = resample(Volume(geometry: geometry, voxels: voxels), onto: grid, by: .linear).voxels
        for index in 0..<11 {
          #expect(result[index].isFinite == (abs(index - 2 * place) > 1), "value \(index), hole at \(place)")
          if index % 2 == 0, index != 2 * place { #expect(result[index] == voxels[index / 2]) }
        }
      }
    }
  }

  /// Turning the axes of image and grid alike in the patient changes nothing.
  @Test func directionDoesNotMatter() {
    let image = Self.image([7, 6, 5])
    let turn = Matrix3([0, 1, 0], [-0.6, 0, 0.8], [0.8, 0, 0.6])
    func turned(_ grid: Geometry) -> Geometry {
      Geometry(
        unchecked: grid.size, spacing: grid.spacing, origin: turn * (grid.origin - image.geometry.origin),
        direction: turn)
    }
    let grid = Self.scattered(in: image)
    let plain = resample(image, onto: grid, by: .cubicSpline).voxels
    let rotated = resample(
      Volume(geometry: turned(image.geometry), voxels: image.voxels), onto: turned(grid), by: .cubicSpline
    ).voxels
    for (a, b) in zip(plain, rotated) { expectClose(a, b, absolute: 1e-10) }
  }

  @Test(arguments: Interpolation.allCases, [false, true])
  func cropWithMarginIsCropOfTheWhole(_ interpolation: Interpolation, _ antialiasing: Bool) throws {
    let image = Self.image([90, 50, 24], spacing: [0.6, 0.8, 2.5])
    let grid = try image.geometry.resampled(to: [1.5, 1, 1])
    let whole = resample(image, onto: grid, by: interpolation, antialiasing: antialiasing)
    for box in [
      Box(lower: [12, 9, 20], size: [5, 8, 6]), Box(lower: [0, 0, 0], size: [3, 1, 2]),
      Box(lower: [30, 35, 50], size: [6, 5, 10]),
    ] {
      let part = CroppedGrid(grid, box: box)
      let needed = sourceBox(in: image.geometry, for: part, by: interpolation, antialiasing: antialiasing)
      #expect(needed.clipped(to: image.geometry.box) == needed)
      let scan = Scan(geometry: image.geometry, samples: .double(image.voxels))
      let result = resample(
        scan.volume(in: needed), of: CroppedGrid(image.geometry, box: needed), onto: part, by: interpolation,
        antialiasing: antialiasing)
      var largest = 0.0
      for z in 0..<box.size.z {
        for y in 0..<box.size.y {
          for x in 0..<box.size.x {
            let expected = whole[x + box.lower.x, y + box.lower.y, z + box.lower.z]
            largest = max(largest, abs(result[x, y, z] - expected))
          }
        }
      }
      #expect(largest <= (interpolation == .cubicSpline ? 50e-12 : 0))
    }
  }

  /// The box is a small part of the image, not all of it.
  @Test func sourceBoxIsSmall() throws {
    let geometry = Geometry(unchecked: [512, 512, 300], spacing: [1, 1, 1], origin: .zero, direction: .identity)
    let grid = try geometry.resampled(to: [2, 2, 2])
    let part = CroppedGrid(grid, box: Box(lower: [100, 100, 60], size: [10, 10, 10]))
    #expect(sourceBox(in: geometry, for: part, by: .linear) == Box(lower: [199, 199, 119], size: [22, 22, 22]))
    #expect(sourceBox(in: geometry, for: part, by: .cubicSpline).size == SIMD3(88, 88, 88))
    // A box beside the image needs the voxels at its border.
    let beside = CroppedGrid(grid, box: Box(lower: [-50, 0, 0], size: [2, 2, 2]))
    #expect(sourceBox(in: geometry, for: beside, by: .nearest) == Box(lower: [0, 0, 0], size: [1, 4, 4]))
  }

  /// A spacing that dwarfs the image leaves one voxel, whatever its size.
  @Test(arguments: [1e3, 1e6])
  func hugeSpacing(_ spacing: Double) throws {
    let image = Self.image([8, 8, 3])
    let grid = try image.geometry.resampled(to: [spacing, spacing, 0])
    #expect(grid.size == SIMD3(1, 1, 3))
    for interpolation in Interpolation.allCases {
      let result = resample(image, onto: grid, by: interpolation, antialiasing: true)
      #expect(result.voxels.allSatisfy { $0.isFinite && abs($0) < 55 })
    }
  }

  /// Lanes share the work, not the result.
  @Test(arguments: Interpolation.allCases)
  func bitsOnAnyNumberOfLanes(_ interpolation: Interpolation) throws {
    let image = Self.image([61, 47, 33], spacing: [1, 1.5, 2.5])
    let whole = CroppedGrid(image.geometry, box: image.geometry.box)
    let grid = try image.geometry.resampled(to: [1.3, 1.3, 1.3])
    let new = CroppedGrid(grid, box: grid.box)
    let one = resample(image, of: whole, onto: new, by: interpolation, antialiasing: true, Lanes(jobs: 1))
    #expect(one == resample(image, onto: grid, by: interpolation, antialiasing: true))
    for jobs in [2, 3, 8] {
      #expect(
        one == resample(image, of: whole, onto: new, by: interpolation, antialiasing: true, Lanes(jobs: jobs)))
    }
  }
}
