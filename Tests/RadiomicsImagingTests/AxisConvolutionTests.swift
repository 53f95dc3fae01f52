import RadiomicsCore
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct AxisConvolutionTests {
  private static let size = SIMD3(19, 6, 5)

  private func image() throws -> Volume<Double> {
    let count = Self.size.x * Self.size.y * Self.size.z
    return Volume(
      geometry: try Geometry(size: Self.size), voxels: (0..<count).map { Double($0 * $0 % 101) - 50 })
  }

  /// What lies beyond, written out.
  @Test(arguments: [
    (Boundary.zero, [nil, nil, 0, 1, 2, 3, nil, nil]), (.nearest, [0, 0, 0, 1, 2, 3, 3, 3]),
    (.periodic, [2, 3, 0, 1, 2, 3, 0, 1]), (.mirror, [1, 0, 0, 1, 2, 3, 3, 2]),
  ])
  func places(_ boundary: Boundary, _ expected: [Int?]) {
    #expect((-2..<6).map { boundary.place($0, of: 4) } == expected)
    // Far beyond a short image.
    #expect(Boundary.mirror.place(-7, of: 3) == 0 && Boundary.periodic.place(-7, of: 3) == 2)
  }

  /// The sum of the definition, voxel by voxel, also with kernels longer than the image.
  @Test(arguments: Boundary.allCases, [0, 1, 2])
  func definition(_ boundary: Boundary, _ axis: Int) throws {
    let image = try image()
    for kernel in [
      AxisKernel([1, -2, 0.5]), AxisKernel([3, 1, 4, 1], centre: 2), AxisKernel((0..<15).map(Double.init)),
    ] {
      let response = image.convolved(with: kernel, along: axis, boundary)
      for z in 0..<Self.size.z {
        for y in 0..<Self.size.y {
          for x in 0..<Self.size.x {
            var sum = 0.0
            for (place, weight) in kernel.taps {
              var voxel = SIMD3(x, y, z)
              guard let other = boundary.place(voxel[axis] - place, of: Self.size[axis]) else { continue }
              voxel[axis] = other
              sum += weight * image[voxel.x, voxel.y, voxel.z]
            }
            expectClose(response[x, y, z], sum, absolute: 1e-10)
          }
        }
      }
    }
  }

  @Test func impulseShowsTheKernel() throws {
    var voxels = [Double](repeating: 0, count: 9)
    voxels[4] = 1
    let line = Volume(geometry: try Geometry(size: [9, 1, 1]), voxels: voxels)
    #expect(line.convolved(with: AxisKernel([1, 2, 3]), along: 0, .zero).voxels == [0, 0, 0, 1, 2, 3, 0, 0, 0])
    #expect(
      line.convolved(with: AxisKernel([1, 2, 3, 4], centre: 2), along: 0, .zero).voxels == [0, 0, 1, 2, 3, 4, 0, 0, 0])
  }

  @Test func anyNumberOfLanesGivesTheSameBits() throws {
    let image = try image(), kernel = AxisKernel([0.1, 0.7, -0.3])
    for axis in 0..<3 {
      let one = image.convolved(with: kernel, along: axis, .mirror)
      #expect(image.convolved(with: kernel, along: axis, .mirror, Lanes(jobs: 4)) == one)
    }
  }

  /// Constants stay as they are, x² has the second derivative 2, and a line has none, away from the edges.
  @Test(arguments: [0.5, 1, 2, 4.5]) func recursiveGaussian(_ sigma: Double) throws {
    func line(_ value: (Double) -> Double) throws -> Volume<Double> {
      Volume(geometry: try Geometry(size: [161, 1, 1]), voxels: (-80...80).map { value(Double($0)) })
    }
    let smoothing = RecursiveGaussian(sigma: sigma, order: .smoothing)
    let second = RecursiveGaussian(sigma: sigma, order: .secondDerivative)
    for voxel in try line({ _ in 7 }).filtered(by: smoothing, along: 0).voxels {
      expectClose(voxel, 7, relative: 1e-12)
    }
    for voxel in try line({ _ in 7 }).filtered(by: second, along: 0).voxels { expectClose(voxel, 0, absolute: 1e-10) }
    expectClose(try line { $0 * $0 }.filtered(by: second, along: 0).voxels[80], 2, relative: 1e-8)
    expectClose(try line { 3 * $0 }.filtered(by: second, along: 0).voxels[80], 0, absolute: 1e-9)
  }

  /// SimpleITK 2.5's RecursiveGaussian of σ = 2 voxels, of order 0 and 2, in single precision.
  @Test func recursiveGaussianIsThatOfITK() throws {
    let line = Volume(geometry: try Geometry(size: [12, 1, 1]), voxels: [3.0, 7, 4, 1, 6, 0, 6, 0, 3, 2, 8, 6])
    let smooth = [
      3.7555761337280273, 3.8640475273132324, 3.773505210876465, 3.5375630855560303, 3.267381429672241,
      3.0465614795684814, 2.937349796295166, 3.0385687351226807, 3.4431278705596924, 4.124543190002441,
      4.888361930847168, 5.499888896942139,
    ]
    let curvature = [
      -0.13687627017498016, -0.21283569931983948, -0.15030646324157715, -0.029093429446220398, 0.05070997029542923,
      0.10813954472541809, 0.20823609828948975, 0.3150820732116699, 0.2940762937068939, 0.08715742826461792,
      -0.16632242500782013, -0.27699753642082214,
    ]
    let orders: [(RecursiveGaussian.Order, [Double])] = [(.smoothing, smooth), (.secondDerivative, curvature)]
    for (order, expected) in orders {
      let response = line.filtered(by: RecursiveGaussian(sigma: 2, order: order), along: 0).voxels
      for (value, expected) in zip(response, expected) { expectClose(value, expected, absolute: 1e-6) }
    }
  }
}
