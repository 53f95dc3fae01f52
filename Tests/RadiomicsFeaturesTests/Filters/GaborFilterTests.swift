import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct GaborFilterTests {
  private func gabor(_ settings: String) throws -> GaborFilter {
    try GaborFilter(setting: Setting(yaml: settings, file: "gabor"))
  }

  /// An impulse shows the window: along the wave exp(−d² / 2σ²), across it exp(−γ² d² / 2σ²), in mm.
  @Test func impulseShowsTheWindow() throws {
    let image = try FilterImages.image([21, 21, 3], spacing: [2, 2, 5]) { x, y, z in
      x == 10 && y == 10 && z == 1 ? 1 : 0
    }
    let response = try gabor("{sigma: 4, wavelength: 6, aspect_ratio: 2}").response(to: image)
    for (place, expected) in [
      ([10, 10, 1], 1), ([12, 10, 1], exp(-0.5)), ([10, 12, 1], exp(-2)), ([8, 9, 1], exp(-1)), ([10, 10, 0], 0),
    ] as [(SIMD3<Int>, Double)] {
      expectClose(response[place.x, place.y, place.z], expected, absolute: 1e-8)
    }
  }

  /// A wave of the filter's length and direction has a modulus of half the window's sum, πσ², everywhere.
  @Test(arguments: [(0.0, [8, 0, 0]), (90, [0, 8, 0]), (180, [8, 0, 0])] as [(Double, SIMD3<Int>)])
  func wavesOfItsDirectionCount(_ angle: Double, _ k: SIMD3<Int>) throws {
    let image = try FilterImages.wave(k, [32, 32, 1], cos)
    let along = try gabor("{sigma: 5, wavelength: 4, angle: \(angle), boundary: periodic}").response(to: image)
    for value in along.voxels { expectClose(value, 25 * .pi, relative: 1e-8) }
    let across = try gabor("{sigma: 5, wavelength: 4, angle: \(angle + 90), boundary: periodic}").response(to: image)
    for value in across.voxels { expectClose(value, 0, absolute: 25 * .pi * 1e-8) }
  }

  /// The definition, tap by tap, with every boundary condition, on even, odd and prime sizes and oblong voxels.
  @Test(arguments: Boundary.allCases, [[12, 9, 2], [7, 16, 1], [13, 5, 1]] as [SIMD3<Int>])
  func equalsTheDefiningSum(_ boundary: Boundary, _ size: SIMD3<Int>) throws {
    let image = try FilterImages.random(size, spacing: [1, 1.5, 3])
    let filter = try gabor(
      "{sigma: 1.5, wavelength: 3.5, aspect_ratio: 0.8, angle: 33, boundary: \(boundary.rawValue)}")
    let response = filter.response(to: image), (c, s) = (cos(33 * Double.pi / 180), sin(33 * Double.pi / 180))
    for (x, y, z) in [(0, 0, 0), (3, 4, 0), (size.x - 1, 2, size.z - 1)] {
      var sum = SIMD2<Double>.zero
      for v in -20...20 {
        for u in -20...20 {
          guard let column = place(x - u, size.x, boundary), let row = place(y - v, size.y, boundary) else { continue }
          let a = Double(u) * c + 1.5 * Double(v) * s, b = Double(u) * s - 1.5 * Double(v) * c
          let weight = exp(-(a * a + 0.64 * b * b) / 4.5) * image[column, row, z], phase = 2 * .pi * a / 3.5
          sum += weight * SIMD2(cos(phase), sin(phase))
        }
      }
      expectClose(response[x, y, z], (sum * sum).sum().squareRoot(), absolute: 1e-8 * 100)
    }
  }

  /// Boundary conditions by their defining pictures.
  private func place(_ index: Int, _ count: Int, _ boundary: Boundary) -> Int? {
    let period = boundary == .mirror ? 2 * count : count, turn = ((index % period) + period) % period
    switch boundary {
    case .zero: return 0..<count ~= index ? index : nil
    case .nearest: return min(max(index, 0), count - 1)
    case .periodic: return turn
    case .mirror: return turn < count ? turn : period - 1 - turn
    }
  }

  /// The three planes are those of the image with its axes in another order.
  @Test func orthogonalPlanesAreAveraged() throws {
    let size: SIMD3<Int> = [10, 9, 8], image = try FilterImages.random(size),
      settings = "{sigma: 1, wavelength: 3, angle: 20"
    let all = try gabor(settings + ", planes: orthogonal}").response(to: image), axial = try gabor(settings + "}")
    let xy = axial.response(to: image)
    let xz = axial.response(to: try FilterImages.image([10, 8, 9]) { x, z, y in image[x, y, z] })
    let yz = axial.response(to: try FilterImages.image([9, 8, 10]) { y, z, x in image[x, y, z] })
    for (x, y, z) in [(0, 0, 0), (4, 5, 6), (9, 8, 7)] {
      expectClose(all[x, y, z], (xy[x, y, z] + xz[x, z, y] + yz[y, z, x]) / 3, absolute: 1e-11)
    }
  }

  /// Steps go once around; opposite directions have the same modulus, also where 360° are an odd number of steps. Single
  /// directions are cut elsewhere, which may change a response by 1e-8 of the intensities.
  @Test(arguments: [45.0, 120, 72, 360]) func directionsArePooled(_ step: Double) throws {
    let image = try FilterImages.random([15, 14, 1]), settings = "{sigma: 1.2, wavelength: 3, aspect_ratio: 0.7, "
    let single = try stride(from: 10.0, to: 370, by: step).map {
      try gabor(settings + "angle: \($0 > 360 ? $0 - 360 : $0)}").response(to: image)
    }
    let mean = try gabor(settings + "angle: 10, angle_step: \(step)}").response(to: image)
    let largest = try gabor(settings + "angle: 10, angle_step: \(step), pooling: max}").response(to: image)
    for n in stride(from: 0, to: mean.voxels.count, by: 7) {
      let values = single.map { $0.voxels[n] }
      expectClose(mean.voxels[n], values.reduce(0, +) / Double(values.count), absolute: 1e-8 * 100)
      expectClose(largest.voxels[n], values.max() ?? 0, absolute: 1e-8 * 100)
    }
  }

  @Test func turnsWithTheImage() throws {
    let image = try FilterImages.random([16, 11, 2]), settings = "{sigma: 1.5, wavelength: 4, aspect_ratio: 1.5, "
    let invariant = try gabor(settings + "angle_step: 30}")
    let turned = try FilterImages.turned(invariant.response(to: image))
    expectClose(
      FilterImages.difference(turned, invariant.response(to: try FilterImages.turned(image))), 0, absolute: 1e-9)
    // The turn takes the first axis to the second, backwards: −90°.
    let single = try FilterImages.turned(try gabor(settings + "angle: 25}").response(to: image))
    let other = try gabor(settings + "angle: -65}").response(to: try FilterImages.turned(image))
    expectClose(FilterImages.difference(single, other), 0, absolute: 1e-9)
  }

  /// A constant image has the same modulus everywhere: that of the kernel's sum.
  @Test(arguments: [Boundary.nearest, .periodic, .mirror]) func constantImagesStayConstant(_ boundary: Boundary) throws
  {
    let filter = try gabor("{sigma: 2, wavelength: 8, boundary: \(boundary.rawValue)}")
    let response = filter.response(to: try FilterImages.image([9, 12, 2]) { _, _, _ in 100 })
    // 2πσ² exp(−2π² σ² / λ²), and sums over whole numbers differ by exp(−2π² σ² (1 − 1/λ)²).
    let sum = 100 * 8 * Double.pi * exp(-Double.pi * Double.pi / 8)
    for value in response.voxels { expectClose(value, sum, relative: 1e-8) }
  }

  /// A part of the image with the margin of the support gives the whole's response.
  @Test func supportIsEnough() throws {
    let image = try FilterImages.random([60, 50, 2]), filter = try gabor("{sigma: 1, wavelength: 3, angle_step: 60}")
    guard case .decaying(let reach, let error) = filter.support(on: image.geometry) else {
      Issue.record("not decaying")
      return
    }
    #expect(reach == [7, 7, 0] && error == 1e-8)
    let part = try FilterImages.image([40, 40, 2]) { x, y, z in image[x + 5, y + 5, z] }
    let whole = filter.response(to: image), cut = filter.response(to: part)
    for y in 7..<33 { for x in 7..<33 { expectClose(cut[x, y, 1], whole[x + 5, y + 5, 1], absolute: error * 100) } }
    #expect(try gabor("{sigma: 1, wavelength: 3, boundary: periodic}").support(on: image.geometry) == .global)
  }

  @Test func sameBitsForAnyLanes() throws {
    let image = try FilterImages.random([31, 24, 9])
    let filter = try gabor("{sigma: 1.5, wavelength: 4, angle_step: 45, planes: orthogonal}")
    #expect(filter.response(to: image) == filter.response(to: image, jobs: 3))
  }

  @Test(arguments: [
    ("{sigma: 0.4, wavelength: 4}", "has a sigma of 0.4 mm, but it must be half a voxel (0.5 mm) at least"),
    ("{sigma: 900, wavelength: 4}", "reaches 7407 voxels to each side, but it must be 2048 at most"),
  ])
  func obstaclesAreNamed(_ settings: String, _ sentence: String) throws {
    let grid = try Geometry(size: [20, 20, 20], spacing: [1, 1, 3])
    #expect(try gabor(settings).obstacle(on: grid)?.text == sentence)
    #expect(try gabor("{sigma: 0.5, wavelength: 2}").obstacle(on: grid) == nil)
  }

  @Test(arguments: [
    ("{sigma: 2, wavelength: 1.9}", "has waves of 1.9 mm, which voxels of 1 mm show as longer ones"),
    ("{sigma: 2, wavelength: 4, planes: orthogonal}", "has waves of 4 mm, which voxels of 3 mm show as longer ones"),
  ])
  func wavesShorterThanTwoVoxelsAreFound(_ settings: String, _ words: String) throws {
    let grid = try Geometry(size: [200, 200, 200], spacing: [1, 1, 3])
    #expect(try gabor(settings).findings(on: grid).map(\.message).contains { $0.hasPrefix(words) })
    #expect(try gabor("{sigma: 2, wavelength: 2}").findings(on: grid).isEmpty)
  }

  @Test(arguments: [
    ("{wavelength: 4}", "needs 'sigma'"), ("{sigma: 2, wavelength: 4, angle_step: 50}", "a whole part of 360"),
    ("{sigma: -2, wavelength: 4}", "from 0.001 to 10000"),
    ("{sigma: 2, wavelength: 4, planes: sagittal}", "one of axial, orthogonal"),
  ])
  func wrongSettingsAreRefused(_ settings: String, _ words: String) {
    let error = #expect(throws: SettingError.self) { try self.gabor(settings) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "nothing")")
  }
}
