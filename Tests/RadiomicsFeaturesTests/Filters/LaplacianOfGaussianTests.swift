import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct LaplacianOfGaussianTests {
  /// 5 × 4 × 4 voxels of 1 × 2 × 0.5 mm at random, and SimpleITK 2.5's LaplacianRecursiveGaussian, σ = 1.5 mm, with scale
  /// normalisation; it works in single precision.
  static let image: [Double] = [
    21, 9, 17, 1, -9, -6, 28, 25, 2, 7, 0, -4, 24, 17, -7, -2, 12, 26, 29, -1, 14, -8, -3, -2, 8, 4, 19, 9, 4, 26, 15,
    18, 20, 4, 25, -9, 2, -3, -9, 29, -6, 8, 22, 17, 24, -7, 10, -8, -2, 23, -7, 13, -9, 3, 27, 3, 3, -6, 21, -3, 10,
    -9, -9, 23, -9, 9, 7, -5, 16, 19, 29, -2, 27, -7, -4, 14, 24, 25, 19, -8,
  ]
  static let recursive: [Double] = [
    -2.76197767, -2.14269066, -1.63784885, 0.143781781, 2.28354096, 3.39758086, -2.74326849, -5.18049526, -4.19014406,
    -4.54690552, 4.06380844, -0.05623281, -3.94030404, -3.10663891, -0.0594024658, 6.35949516, 0.0677475929,
    -6.38876247, -6.53519058, -1.8622123, -0.229464889, 0.558469832, -0.268223584, -0.878433406, -0.0582270622,
    3.56529593, -0.616601408, -2.85125971, -3.98597503, -6.57664967, 2.01929712, -0.187029839, -2.48336172,
    -1.95720088, -0.687039137, 5.21962833, 0.118759871, -4.93798065, -4.78555298, -1.00517917, 2.02049971, 3.2134304,
    1.20876479, -1.52637219, -1.48086238, 3.46121025, 1.37429523, -0.619667768, -3.67127967, -8.02182388,
    -0.606598735, -0.719612837, -1.26149058, -0.471635282, -0.0917401314, 2.95856714, -1.13303876, -4.70526695,
    -3.46278524, 0.609422088, 3.49883604, 5.40728951, 2.64894199, -1.59484875, -1.62719417, 2.98390436, 2.86380911,
    1.14104903, -3.33202481, -8.68324852, -3.47249174, -1.63918459, -0.517250001, 1.07350612, 1.57440734,
    0.0877473652, -3.40009618, -5.68370724, -2.80671477, 2.56791019,
  ]

  @Test func recursiveVariantIsThatOfITK() throws {
    let image = try volume(Self.image, [5, 4, 4], spacing: [1, 2, 0.5])
    let response = try firstResponse(of: "laplacian_of_gaussian: {sigma: 1.5, variant: pyradiomics}", to: image)
    for (value, expected) in zip(response, Self.recursive) { expectClose(value, expected, absolute: 2e-5) }
  }

  /// An impulse shows the kernel: −3 / (2π)^(3/2) in the middle for σ of a voxel, the formula elsewhere, 0 beyond 4 σ.
  @Test func impulse() throws {
    var voxels = [Double](repeating: 0, count: 11 * 11 * 11)
    let middle = 5 + 11 * (5 + 11 * 5)
    voxels[middle] = 1
    let response = try firstResponse(
      of: "laplacian_of_gaussian: {sigma: 1}", to: try volume(voxels, [11, 11, 11]))
    expectClose(response[middle], -3 / pow(2 * Double.pi, 1.5), relative: 1e-14)
    let square = 14.0, aside = 6 + 11 * (7 + 11 * 8), far = 11 * (5 + 11 * 5)
    expectClose(response[aside], (square - 3) * exp(-square / 2) / pow(2 * Double.pi, 1.5), relative: 1e-13)
    #expect(response[far] == 0)
  }

  /// In mm a filter is as wide along long voxels as along short ones: a parabola in mm gives the same along every axis.
  @Test(arguments: [0, 1, 2]) func sameExtentAlongEveryAxis(_ axis: Int) throws {
    let spacing = SIMD3(1.0, 1, 2), size = SIMD3(41, 41, 25)
    var voxels: [Double] = []
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          let place = SIMD3(Double(x - 20), Double(y - 20), Double(z - 12)) * spacing
          voxels.append(place[axis] * place[axis])
        }
      }
    }
    let response = try firstResponse(
      of: "laplacian_of_gaussian: {sigma: 2.5, cutoff: 6}", to: try volume(voxels, size, spacing: spacing))
    // ∇² x² = 2, times the geometric mean voxel's area; what lies beyond 6 σ weighs exp(−18) · 6³.
    expectClose(response[20 + 41 * (20 + 41 * 12)], 2 * pow(2, 2.0 / 3), relative: 216 * exp(-18.0))
  }

  @Test func narrowFiltersAreRefused() throws {
    let filter = try readFilter("laplacian_of_gaussian: {sigma: 0.9, dimension: 3D}")
    let grid = try Geometry(size: [20, 20, 20], spacing: [1, 1, 2])
    #expect(
      filter.obstacle(on: grid)?.text
        == "has a sigma of 0.9 mm, less than half a voxel of 2 mm along z: choose a larger one, or smaller voxels")
    #expect(try readFilter("laplacian_of_gaussian: {sigma: 0.9, dimension: 2D}").obstacle(on: grid) == nil)
  }

  @Test func sigmaIsRequired() {
    #expect(throws: SettingError.self) { try readFilter("laplacian_of_gaussian") }
    #expect(throws: SettingError.self) { try readFilter("laplacian_of_gaussian: {sigma: 0}") }
  }
}
