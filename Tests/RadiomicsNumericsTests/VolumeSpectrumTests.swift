import Foundation
import RadiomicsCore
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct VolumeSpectrumTests {
  private func volume(_ size: SIMD3<Int>, seed: UInt64 = 3) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<size.x * size.y * size.z).map { _ in generator.uniform() * 200 - 100 }
  }

  /// There and back, with all frequencies but (kx, ky, kz) and its conjugate left out.
  private func keeping(
    _ k: SIMD3<Int>, of volume: [Double], _ size: SIMD3<Int>, alongZ: Bool = true, jobs: Int = 1
  ) -> [Double] {
    let lanes = Lanes(jobs: jobs)
    var spectrum = VolumeSpectrum(of: volume, at: SamplePlaces(size), alongZ: alongZ, lanes)
    let mirrored = (size &- k) % size
    spectrum.multiply(lanes) { first, y, z in
      var factors = SIMD8<Double>.zero
      for lane in 0..<8 {
        let here = SIMD3(first + lane, y, z)
        if here == k || here == mirrored { factors[lane] = 1 }
      }
      return factors
    }
    var result = [Double](repeating: 0, count: volume.count)
    spectrum.write(to: &result, at: SamplePlaces(size), lanes)
    return result
  }

  /// One wave: (2 − [k is its own conjugate]) Re(F(k) exp(2πi k·t / n)) / n, with F by its defining sum.
  private func wave(_ k: SIMD3<Int>, of volume: [Double], _ size: SIMD3<Int>) -> [Double] {
    func angle(_ index: Int) -> Double {
      let t = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
      return 2 * .pi * (0..<3).reduce(0) { $0 + Double(k[$1] * t[$1] % size[$1]) / Double(size[$1]) }
    }
    var sum = SIMD2<Double>.zero
    for (index, value) in volume.enumerated() { sum += value * SIMD2(cos(angle(index)), -sin(angle(index))) }
    let weight = (size &- k) % size == k ? 1.0 : 2
    return volume.indices.map {
      weight * (sum.x * cos(angle($0)) - sum.y * sin(angle($0))) / Double(volume.count)
    }
  }

  /// Even, odd, prime and tiny sizes.
  @Test(
    arguments: [[8, 6, 4], [15, 9, 5], [7, 13, 11], [17, 1, 3], [1, 2, 19], [34, 16, 1], [1, 1, 1]] as [SIMD3<Int>])
  func singleFrequenciesAreTheDefiningSums(_ size: SIMD3<Int>) {
    let given = volume(size)
    for k in [[0, 0, 0], [1, 1, 1], [size.x / 2, size.y / 2, size.z / 2], [size.x / 3, 0, size.z - 1]] as [SIMD3<Int>] {
      let k = k % size, expected = wave(k, of: given, size)
      for (value, other) in zip(keeping(k, of: given, size), expected) {
        expectClose(value, other, absolute: 1e-12 * 100, "\(k) of \(size)")
      }
    }
  }

  @Test(
    arguments: [[201, 8, 3], [60, 45, 20], [97, 31, 2], [509, 3, 2], [16, 16, 16]] as [SIMD3<Int>], [true, false])
  func backIsWhatWasThere(_ size: SIMD3<Int>, _ alongZ: Bool) {
    let given = volume(size), lanes = Lanes(jobs: 1)
    var result = [Double](repeating: 0, count: given.count)
    VolumeSpectrum(of: given, at: SamplePlaces(size), alongZ: alongZ, lanes).copy(lanes)
      .write(to: &result, at: SamplePlaces(size), lanes)
    for (value, other) in zip(result, given) { expectClose(value, other, absolute: 1e-12 * 100) }
  }

  /// Slice by slice, a frequency of the plane is that of each slice alone.
  @Test func slicesAreTransformedAlone() {
    let size: SIMD3<Int> = [12, 7, 3], given = volume(size), k: SIMD3<Int> = [2, 5, 0]
    let lanes = Lanes(jobs: 1)
    var spectrum = VolumeSpectrum(of: given, at: SamplePlaces(size), alongZ: false, lanes)
    spectrum.multiply(lanes) { first, y, _ in first == 0 && y == 5 ? [0, 0, 1, 0, 0, 0, 0, 0] : .zero }
    var result = [Double](repeating: 0, count: given.count)
    spectrum.write(to: &result, at: SamplePlaces(size), lanes)
    for z in 0..<3 {
      let slice = Array(given[84 * z..<84 * z + 84]), expected = wave(k, of: slice, [12, 7, 1])
      for (value, other) in zip(result[84 * z..<84 * z + 84], expected) {
        expectClose(value, other, absolute: 1e-12 * 100)
      }
    }
  }

  /// −i times the sign of the frequency turns every cosine into a sine: the Hilbert transform.
  @Test(arguments: [9, 10]) func aQuarterTurnMakesASineOfACosine(_ n: Int) {
    func wave(_ shape: (Double) -> Double) -> [Double] { (0..<n).map { shape(2 * .pi * 2 * Double($0) / Double(n)) } }
    let lanes = Lanes(jobs: 1), places = SamplePlaces([n, 1, 1])
    for (turns, expected) in [wave { cos($0) }, wave { sin($0) }, wave { -cos($0) }, wave { -sin($0) }].enumerated() {
      var spectrum = VolumeSpectrum(of: wave { cos($0) }, at: places, alongZ: true, lanes)
      spectrum.multiply(turns: turns, lanes) { _, _, _ in [0, 1, 1, 1, 1, 0, 0, 0] }
      var result = [Double](repeating: 0, count: n)
      spectrum.write(to: &result, at: places, lanes)
      for (value, other) in zip(result, expected) { expectClose(value, other, absolute: 1e-14 * Double(n)) }
    }
  }

  /// Slices times the spectrum of one slice: the circular convolution.
  @Test func productIsConvolution() {
    let size: SIMD3<Int> = [9, 5, 2], given = volume(size), lanes = Lanes(jobs: 2)
    let kernels = volume([9, 5, 3], seed: 5), kernel = Array(kernels[45..<90])
    let spectrum = VolumeSpectrum(of: given, at: SamplePlaces(size), alongZ: false, lanes)
    var result = [Double](repeating: 0, count: given.count)
    spectrum.times(
      slice: 1, of: VolumeSpectrum(of: kernels, at: SamplePlaces([9, 5, 3]), alongZ: false, lanes), lanes
    ).write(to: &result, at: SamplePlaces(size), lanes)
    for (x, y, z) in [(0, 0, 0), (8, 4, 1), (3, 2, 1), (5, 0, 0)] {
      var sum = 0.0
      for v in 0..<5 {
        for u in 0..<9 { sum += kernel[u + 9 * v] * given[(x - u + 9) % 9 + 9 * ((y - v + 5) % 5 + 5 * z)] }
      }
      expectClose(result[x + 9 * (y + 5 * z)], sum, absolute: 1e-12 * 1e5)
    }
  }

  /// Samples beyond an edge are 0, any place may be read more than once, and only places named are written.
  @Test func samplesComeFromTheirPlaces() {
    let lanes = Lanes(jobs: 1), given: [Double] = [1, 2, 3, 4, 5, 6]
    let wide = SamplePlaces(x: [nil, 0, 1, 2, 2], y: [3, 0, 3, nil], z: [0])
    let spectrum = VolumeSpectrum(of: given, at: wide, alongZ: true, lanes)
    var all = [Double](repeating: 9, count: 20), some = [Double](repeating: 9, count: 20)
    spectrum.copy(lanes).write(to: &all, at: SamplePlaces([5, 4, 1]), lanes)
    let expected: [Double] = [0, 4, 5, 6, 6, 0, 1, 2, 3, 3, 0, 4, 5, 6, 6, 0, 0, 0, 0, 0]
    for (value, other) in zip(all, expected) { expectClose(value, other, absolute: 1e-13) }
    spectrum.write(to: &some, at: SamplePlaces(x: [nil, 1, 0, nil, nil], y: [nil, 10, nil, nil], z: [0]), lanes)
    for (place, value) in some.enumerated() {
      expectClose(value, place == 10 ? 2 : place == 11 ? 1 : 9, absolute: 1e-13)
    }
  }

  @Test func sameBitsForAnyLanes() {
    let size: SIMD3<Int> = [41, 30, 9], given = volume(size)
    #expect(keeping([2, 3, 4], of: given, size) == keeping([2, 3, 4], of: given, size, jobs: 3))
  }

  @Test func memoryIsThatOfTheVolume() {
    #expect(VolumeSpectrum.memory([201, 201, 60]) == 13 * 201 * 60 * 128)
    #expect(VolumeSpectrum.memory([64, 64, 64]) == 5 * 65 * 64 * 128)
  }
}
