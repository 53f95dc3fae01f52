import RadiomicsCore
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct LawsKernelsTests {
  /// An impulse shows the product of the kernels: E3 along x, L3 along y.
  @Test func impulse() throws {
    var voxels = [Double](repeating: 0, count: 25)
    voxels[12] = 1
    let response = try firstResponse(of: "laws: {kernels: E3L3}", to: try volume(voxels, [5, 5, 1]))
    let norm = (2.0 * 6).squareRoot()
    let expected: [Double] = [-1, 0, 1, -2, 0, 2, -1, 0, 1].map { $0 / norm }
    let middle = [6, 7, 8, 11, 12, 13, 16, 17, 18].map { response[$0] }
    for (value, expected) in zip(middle, expected) { expectClose(value, expected, absolute: 1e-15) }
  }

  /// Whatever way an edge runs, the largest response to the turned kernels is the same; their mean is 0, as each kernel
  /// has its negative among them.
  @Test func rotations() throws {
    let edge = (0..<49).map { $0 % 7 > 3 ? 8.0 : 0 }, turned = (0..<49).map { $0 / 7 > 3 ? 8.0 : 0 }
    let settings = "kernels: E5L5, rotation_invariance: true"
    let one = try firstResponse(of: "laws: {\(settings)}", to: try volume(edge, [7, 7, 1]))
    let other = try firstResponse(of: "laws: {\(settings)}", to: try volume(turned, [7, 7, 1]))
    for y in 0..<7 {
      for x in 0..<7 { expectClose(one[x + 7 * y], other[y + 7 * x], absolute: 1e-12) }
    }
    #expect(one[3 + 7 * 3] > 1)
    let mean = try firstResponse(of: "laws: {\(settings), pooling: average}", to: try volume(edge, [7, 7, 1]))
    #expect(mean.allSatisfy { abs($0) < 1e-13 })
  }

  /// The energy of a response of ±1 everywhere is 1.
  @Test func energy() throws {
    let stripes = (0..<64).map { $0 % 2 == 0 ? 1.0 : -1 }
    let plain = try firstResponse(of: "laws: {kernels: R5L3, boundary: periodic}", to: try volume(stripes, [8, 8, 1]))
    let energy = try firstResponse(
      of: "laws: {kernels: R5L3, boundary: periodic, energy_distance: 2}", to: try volume(stripes, [8, 8, 1]))
    for value in energy { expectClose(value, abs(plain[0]), relative: 1e-13) }
  }

  @Test func wrongKernels() {
    #expect {
      try readFilter("laws: {kernels: L4E5}")
    } throws: { error in
      "\(error)".contains("there is no kernel 'L4' in 'L4E5'") && "\(error)".contains("L3, L5, E3")
    }
    for kernels in ["L5", "L5E5S5W5", "L5E", "l5e5"] {
      #expect(throws: SettingError.self) { try readFilter("laws: {kernels: \(kernels)}") }
    }
  }
}
