import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct SimoncelliWaveletTests {
  private func wavelet(_ level: Int, _ dimension: FilterDimension = .volume) -> SimoncelliWavelet {
    var wavelet = SimoncelliWavelet()
    wavelet.level = level
    wavelet.dimension = dimension
    return wavelet
  }

  /// With 17 voxels, k waves have the frequency 2πk / 16, and a factor of cos(π/2 log₂(k / 4)) at level 1: 2 and 8 waves
  /// vanish, 4 stay; at level 2 all of it happens at half the number.
  @Test(arguments: [
    (1, 1, 0), (1, 2, 0), (1, 3, 0.794_908_616_155_366_8), (1, 4, 1), (1, 8, 0), (2, 1, 0), (2, 2, 1),
    (2, 3, 0.606_729_175_136_617_1), (2, 4, 0),
  ])
  func factorsOfSingleWaves(_ level: Int, _ waves: Int, _ factor: Double) throws {
    let size: SIMD3<Int> = [17, 17, 17]
    for k in [[waves, 0, 0], [0, waves, 0], [0, 0, waves]] as [SIMD3<Int>] {
      let response = wavelet(level).response(to: try FilterImages.wave(k, size, cos))
      let expected = try FilterImages.wave(k, size, cos, times: factor)
      expectClose(FilterImages.difference(response, expected), 0, absolute: 1e-12, "\(k)")
    }
  }

  /// The definition, frequency by frequency, for odd, even and prime sizes: the real part of the inverse transform of the
  /// factors, with frequencies from −π to π.
  @Test(arguments: [[9, 10, 11], [8, 8, 8], [13, 8, 9]] as [SIMD3<Int>])
  func impulseShowsTheWavelet(_ size: SIMD3<Int>) throws {
    let image = try FilterImages.image(size) { x, y, z in x == 0 && y == 0 && z == 0 ? 1 : 0 }
    let response = wavelet(1).response(to: image)
    func frequency(_ k: Int, _ n: Int) -> Double { -.pi + 2 * .pi * Double((k + n / 2) % n) / Double(n - 1) }
    for t in [[0, 0, 0], [1, 2, 3], [7, 5, 1]] as [SIMD3<Int>] {
      var sum = 0.0
      for c in 0..<size.z {
        for b in 0..<size.y {
          for a in 0..<size.x {
            let k = SIMD3(a, b, c)
            let length = (0..<3).reduce(0) { $0 + pow(frequency(k[$1], size[$1]), 2) }.squareRoot()
            guard length >= .pi / 4, length <= .pi else { continue }
            let angle = (0..<3).reduce(0.0) { $0 + Double(k[$1] * t[$1]) / Double(size[$1]) }
            sum += cos(.pi / 2 * log2(2 * length / .pi)) * cos(2 * .pi * angle)
          }
        }
      }
      expectClose(response[t.x, t.y, t.z], sum / Double(image.geometry.count), absolute: 1e-13)
    }
  }

  @Test(arguments: [FilterDimension.slices, .volume], [Boundary.nearest, .periodic, .mirror])
  func constantImagesVanish(_ dimension: FilterDimension, _ boundary: Boundary) throws {
    var filter = wavelet(2, dimension)
    filter.boundary = boundary
    let response = filter.response(to: try FilterImages.image([20, 17, 16]) { _, _, _ in 1000 })
    expectClose(response.voxels.map(abs).max() ?? 1, 0, absolute: 1e-9)
  }

  @Test func isLinear() throws {
    let size: SIMD3<Int> = [12, 11, 10]
    let a = try FilterImages.random(size, seed: 1), b = try FilterImages.random(size, seed: 2)
    let sum = Volume(geometry: a.geometry, voxels: zip(a.voxels, b.voxels).map { 2 * $0 - 3 * $1 })
    let (u, v, w) = (wavelet(1).response(to: a), wavelet(1).response(to: b), wavelet(1).response(to: sum))
    for n in w.voxels.indices { expectClose(w.voxels[n], 2 * u.voxels[n] - 3 * v.voxels[n], absolute: 1e-11) }
  }

  /// On IBSI's frequencies, a turned image has the turned response where all sizes are odd.
  @Test func turnsWithTheImage() throws {
    let image = try FilterImages.random([13, 11, 9])
    let response = try FilterImages.turned(wavelet(1).response(to: image))
    let other = wavelet(1).response(to: try FilterImages.turned(image))
    expectClose(FilterImages.difference(response, other), 0, absolute: 1e-11)
  }

  @Test func slicesAreFilteredAlone() throws {
    let image = try FilterImages.random([14, 9, 4]), response = wavelet(1, .slices).response(to: image)
    for z in 0..<4 {
      let slice = try FilterImages.image([14, 9, 1]) { x, y, _ in image[x, y, z] }
      let alone = wavelet(1, .slices).response(to: slice)
      let part = try FilterImages.image([14, 9, 1]) { x, y, _ in response[x, y, z] }
      expectClose(FilterImages.difference(alone, part), 0, absolute: 1e-12)
    }
  }

  @Test(arguments: [Boundary.periodic, .mirror]) func sameBitsForAnyLanes(_ boundary: Boundary) throws {
    let image = try FilterImages.random([41, 30, 19])
    var filter = wavelet(1)
    filter.boundary = boundary
    #expect(filter.response(to: image) == filter.response(to: image, jobs: 3))
  }

  /// The longest wave of a level, 2^(level + 2) voxels, must fit into the image.
  @Test func tooDeepLevelsAreRefused() throws {
    let grid = try Geometry(size: [64, 64, 15], spacing: [1, 1, 1])
    #expect(wavelet(1).obstacle(on: grid) == nil)
    #expect(
      wavelet(2).obstacle(on: grid)?.text
        == "keeps waves of up to 16 voxels at level 2, but the image has only 15 along one axis")
    #expect(wavelet(4, .slices).obstacle(on: grid) == nil)
    #expect(wavelet(5, .slices).obstacle(on: grid) != nil)
  }
}
