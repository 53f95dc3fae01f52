import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct RieszTransformTests {
  private func riesz(_ settings: String) throws -> RieszTransform {
    try RieszTransform(setting: Setting(yaml: settings, file: "riesz"))
  }

  /// (−i)ᴸ √(L! / l!) Π (qₐ / |q|)^lₐ times a wave of the frequency that the wavelet keeps whole; a cosine becomes in turn
  /// sine, −cosine, −sine and cosine.
  @Test(
    arguments: [
      ([4, 0, 0], [1, 0, 0], 1), ([0, 4, 0], [1, 0, 0], 0), ([0, 4, 0], [0, 2, 0], 1), ([0, 0, 4], [0, 0, 3], 1),
      ([0, 0, 4], [0, 0, 4], 1), ([0, 4, 0], [1, 1, 0], 0),
    ] as [(SIMD3<Int>, [Int], Double)])
  func wavesAlongAxes(_ k: SIMD3<Int>, _ order: [Int], _ factor: Double) throws {
    let size: SIMD3<Int> = [17, 17, 17]
    let response = try riesz("{filter: simoncelli, order: \(order)}").response(to: try FilterImages.wave(k, size, cos))
    let shapes: [@Sendable (Double) -> Double] = [{ cos($0) }, { sin($0) }, { -cos($0) }, { -sin($0) }]
    let expected = try FilterImages.wave(k, size, shapes[order.reduce(0, +) % 4], times: factor)
    expectClose(FilterImages.difference(response, expected), 0, absolute: 1e-12)
  }

  /// With 21 voxels, (3, 4, 0) waves have the frequency 2π · 5 / 20, a factor of cos(π/2 log₂ 1) = 1, and directions 3/5
  /// and 4/5.
  @Test(
    arguments: [
      ([1, 0, 0], 0.6), ([0, 1, 0], 0.8), ([2, 0, 0], 0.36), ([1, 1, 0], 2.0.squareRoot() * 0.48), ([0, 2, 0], 0.64),
      ([2, 1, 0], 3.0.squareRoot() * 0.36 * 0.8), ([0, 0, 1], 0),
    ] as [([Int], Double)])
  func obliqueWaves(_ order: [Int], _ factor: Double) throws {
    let size: SIMD3<Int> = [21, 21, 21]
    let response = try riesz("{filter: simoncelli, order: \(order)}").response(
      to: try FilterImages.wave([3, 4, 0], size, cos))
    let shapes: [@Sendable (Double) -> Double] = [{ cos($0) }, { sin($0) }, { -cos($0) }, { -sin($0) }]
    let expected = try FilterImages.wave([3, 4, 0], size, shapes[order.reduce(0, +) % 4], times: factor)
    expectClose(FilterImages.difference(response, expected), 0, absolute: 1e-12)
  }

  /// All orders of one L together keep the energy of the filter's response, as Σ L! / l! Π (qₐ / |q|)^2lₐ = 1.
  @Test(arguments: [1, 2, 3]) func ordersShareTheEnergy(_ degree: Int) throws {
    let image = try FilterImages.random([15, 13, 11])
    func energy(_ volume: Volume<Double>) -> Double { volume.voxels.reduce(0) { $0 + $1 * $1 } }
    var sum = 0.0
    for third in 0...degree {
      for second in 0...degree - third {
        let order = [degree - second - third, second, third]
        sum += energy(try riesz("{filter: {simoncelli: {level: 1}}, order: \(order)}").response(to: image))
      }
    }
    expectClose(sum, energy(SimoncelliWavelet().response(to: image)), relative: 1e-12)
  }

  /// The second derivatives along the axes are together the filter, negative: −Σ νₐ² / |ν|² = −1. The Laplacian of Gaussian
  /// is its kernel's sum, tap by tap.
  @Test(arguments: [FilterDimension.volume, .slices], [Boundary.zero, .mirror, .periodic])
  func curvaturesAreTheLaplacian(_ dimension: FilterDimension, _ boundary: Boundary) throws {
    let size: SIMD3<Int> = [13, 12, 9], image = try FilterImages.random(size, spacing: [2, 2, 2])
    let filter =
      "filter: {laplacian_of_gaussian: {sigma: 2, dimension: \(dimension.rawValue), boundary: \(boundary.rawValue)}}"
    var sum = [Double](repeating: 0, count: image.geometry.count)
    for axis in dimension.axes {
      let order = (0..<3).map { $0 == axis ? 2 : 0 }
      let part = try riesz("{\(filter), order: \(order)}").response(to: image)
      for n in sum.indices { sum[n] -= part.voxels[n] }
    }
    let depth = dimension == .volume ? 4 : 0, d = Double(dimension.axes.count)
    let norm = -pow(2 * .pi, -d / 2)
    func place(_ index: Int, _ axis: Int) -> Int? {
      switch boundary {
      case .zero: 0..<size[axis] ~= index ? index : nil
      case .periodic: (index + 5 * size[axis]) % size[axis]
      default: index < 0 ? -1 - index : index >= size[axis] ? 2 * size[axis] - 1 - index : index
      }
    }
    // At frequency 0 the Riesz transform is 0, the kernel's sum is nearly so: it is left of the mean.
    var kernel = 0.0
    for w in -depth...depth {
      for v in -4...4 {
        for u in -4...4 {
          let square = Double(u * u + v * v + w * w)
          kernel += norm * (d - square) * exp(-square / 2)
        }
      }
    }
    let bound = abs(kernel) * image.voxels.reduce(0) { max($0, abs($1)) }
    for (x, y, z) in [(0, 0, 0), (6, 5, 4), (12, 11, 8)] {
      var expected = 0.0
      for w in -depth...depth {
        for v in -4...4 {
          for u in -4...4 {
            guard let a = place(x - u, 0), let b = place(y - v, 1), let c = place(z - w, 2) else { continue }
            let square = Double(u * u + v * v + w * w)
            expected += norm * (d - square) * exp(-square / 2) * image[a, b, c]
          }
        }
      }
      expectClose(sum[x + size.x * (y + size.y * z)], expected, absolute: bound + 1e-9)
    }
  }

  /// Whatever the direction of a wave, its slope along its own direction is |sin|, its curvature −cos, and there is none
  /// across it.
  @Test(arguments: [[4, 0, 0], [0, 4, 0], [0, 0, 4], [3, 2, 1], [-2, 3, 2], [1, -1, 3]] as [SIMD3<Int>])
  func alignedWithAPlantedWave(_ k: SIMD3<Int>) throws {
    let size: SIMD3<Int> = [17, 17, 17], image = try FilterImages.wave(k &+ size, size, cos)
    let length = Double(k.x * k.x + k.y * k.y + k.z * k.z).squareRoot(), factor = cos(.pi / 2 * log2(length / 4))
    func aligned(_ order: [Int]) throws -> Volume<Double> {
      try riesz("{filter: simoncelli, order: \(order), tensor_sigma: 2}").response(to: image)
    }
    let slope = try FilterImages.wave(k &+ size, size, { abs(sin($0)) }, times: factor)
    let curvature = try FilterImages.wave(k &+ size, size, { -cos($0) }, times: factor)
    expectClose(FilterImages.difference(try aligned([1, 0, 0]), slope), 0, absolute: 1e-10)
    expectClose(FilterImages.difference(try aligned([2, 0, 0]), curvature), 0, absolute: 1e-10)
    for order in [[0, 2, 0], [0, 0, 2], [0, 1, 1]] {
      expectClose(try aligned(order).voxels.map(abs).max() ?? 1, 0, absolute: 1e-10, "\(order)")
    }
  }

  /// In slices the third axis is not among them.
  @Test func alignedInSlices() throws {
    let size: SIMD3<Int> = [21, 21, 2], image = try FilterImages.wave([3, 4, 0], size, cos)
    let response = try riesz("{filter: {simoncelli: {dimension: 2D}}, order: [2, 0, 0], tensor_sigma: 1.5}")
      .response(to: image)
    let expected = try FilterImages.wave([3, 4, 0], size, { -cos($0) })
    expectClose(FilterImages.difference(response, expected), 0, absolute: 1e-10)
  }

  /// Aligned responses turn with the image, the image's own axes do not; sizes are odd, see `FrequencyGrid`.
  @Test(arguments: [[1, 0, 0], [2, 0, 0], [1, 2, 0], [0, 1, 1]]) func alignedResponsesTurnWithTheImage(_ order: [Int])
    throws
  {
    let image = try FilterImages.random([13, 11, 9])
    let filter = try riesz("{filter: simoncelli, order: \(order), tensor_sigma: 1.5}")
    let turned = try FilterImages.turned(filter.response(to: image))
    let other = filter.response(to: try FilterImages.turned(image))
    expectClose(FilterImages.difference(turned, other), 0, absolute: 1e-8)
  }

  @Test(arguments: [[7, 9, 11], [8, 10, 12], [16, 9, 13]] as [SIMD3<Int>]) func isLinearAndVanishesOnConstants(
    _ size: SIMD3<Int>
  ) throws {
    let filter = try riesz("{filter: {laplacian_of_gaussian: {sigma: 1}}, order: [1, 1, 0]}")
    let a = try FilterImages.random(size, seed: 1), b = try FilterImages.random(size, seed: 2)
    let sum = Volume(geometry: a.geometry, voxels: zip(a.voxels, b.voxels).map { 2 * $0 - 3 * $1 })
    let (u, v, w) = (filter.response(to: a), filter.response(to: b), filter.response(to: sum))
    for n in w.voxels.indices { expectClose(w.voxels[n], 2 * u.voxels[n] - 3 * v.voxels[n], absolute: 1e-11) }
    let constant = filter.response(to: try FilterImages.image(size) { _, _, _ in 1000 })
    // The cut kernel's sum is not quite 0: 3e-4.
    expectClose(constant.voxels.map(abs).max() ?? 1, 0, absolute: 0.4)
  }

  @Test func sameBitsForAnyLanes() throws {
    let image = try FilterImages.random([33, 24, 17])
    let filter = try riesz("{filter: {simoncelli: {boundary: mirror}}, order: [1, 1, 0], tensor_sigma: 2}")
    #expect(filter.response(to: image) == filter.response(to: image, jobs: 3))
  }

  @Test(arguments: [
    ("{order: [1, 0, 0]}", "needs 'filter'"), ("{filter: simoncelli}", "needs 'order'"),
    ("{filter: simoncelli, order: [0, 0, 0]}", "a sum from 1 to 10"),
    ("{filter: simoncelli, order: [1, 0]}", "is [1, 0], must be three whole numbers"),
    ("{filter: simoncelli, order: [-1, 2, 0]}", "from 0 to 10"),
    ("{filter: simonceli, order: [1, 0, 0]}", "'simonceli' is unknown, must be one of simoncelli"),
    ("{filter: {mean: {support: 3}}, order: [1, 0, 0]}", "'mean' is unknown"),
    ("{filter: {simoncelli: {dimension: 2D}}, order: [1, 0, 1]}", "works in slices"),
    ("{filter: {simoncelli: {levl: 2}}, order: [1, 0, 1]}", "Did you mean 'level'"),
    ("{filter: {laplacian_of_gaussian: {}}, order: [1, 0, 1]}", "needs 'sigma'"),
    (
      "{filter: {laplacian_of_gaussian: {sigma: 1, variant: pyradiomics}}, order: [1, 0, 1]}",
      "must be with variant ibsi"
    ),
  ])
  func wrongSettingsAreRefused(_ settings: String, _ words: String) {
    let error = #expect(throws: SettingError.self) { try self.riesz(settings) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "nothing")")
  }

  @Test func settingsAreWrittenBack() throws {
    let filter = try riesz("{filter: {simoncelli: {level: 2}}, order: [1, 0, 0], tensor_sigma: 3}")
    #expect(
      filter.settingValue.description
        == "{ filter: { simoncelli: { level: 2, dimension: 3D, boundary: periodic } }, order: [1, 0, 0], tensor_sigma: 3 }"
    )
  }

  @Test func obstaclesAreThoseOfTheFilter() throws {
    let grid = try Geometry(size: [20, 20, 20], spacing: [1, 1, 1])
    #expect(
      try riesz("{filter: {simoncelli: {level: 3}}, order: [1, 0, 0]}").obstacle(on: grid)?.text
        == "keeps waves of up to 32 voxels at level 3, but the image has only 20 along one axis")
    #expect(
      try riesz("{filter: {laplacian_of_gaussian: {sigma: 0.4}}, order: [1, 0, 0]}").obstacle(on: grid)?.text
        == "has a sigma of 0.4 mm, less than half a voxel of 1 mm along x: choose a larger one, or smaller voxels")
    #expect(
      try riesz("{filter: simoncelli, order: [1, 0, 0], tensor_sigma: 600}").obstacle(on: grid)?.text
        == "has a tensor_sigma of 600 mm, but it must be 512 voxels at most")
  }
}
