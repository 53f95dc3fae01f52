import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// Laws that every filter of the catalogue keeps.
@Suite struct FilterContractTests {
  /// A filter as a recipe writes it, and what else it promises.
  struct Promise: CustomTestStringConvertible, Sendable {
    let filter: String
    /// Whether the response to a sum is the sum of responses.
    var isLinear = false
    /// Whether the response to an image turned by 90° about z is the turned response.
    var turns = false
    /// The response to a constant image of 5; nil if it is not constant.
    var ofFive: Double? = nil
    var testDescription: String { filter }
  }

  static let promises = [
    Promise(filter: "mean: {support: 3}", isLinear: true, turns: true, ofFive: 5),
    Promise(filter: "mean: {support: 5, dimension: 2D, boundary: nearest}", isLinear: true, turns: true, ofFive: 5),
    Promise(filter: "laplacian_of_gaussian: {sigma: 1, cutoff: 3}", isLinear: true, turns: true),
    Promise(
      filter: "laplacian_of_gaussian: {sigma: 1.2, variant: pyradiomics}", isLinear: true, turns: true, ofFive: 0),
    Promise(filter: "laws: {kernels: E5L5}", isLinear: true, ofFive: 0),
    Promise(filter: "laws: {kernels: E3W5R5, rotation_invariance: true}", turns: true, ofFive: 0),
    Promise(filter: "laws: {kernels: E3L3, rotation_invariance: true, energy_distance: 2}", turns: true, ofFive: 0),
    Promise(filter: "separable_wavelet: {wavelet: coif1, decomposition: LHL}", isLinear: true, ofFive: 0),
    Promise(
      filter: "separable_wavelet: {wavelet: db2, decomposition: LLH, rotation_invariance: true}", isLinear: true,
      turns: true, ofFive: 0),
    Promise(filter: "separable_wavelet: {wavelet: haar, level: 2}", isLinear: true),
    Promise(filter: "separable_wavelet: {wavelet: haar, variant: pyradiomics}", isLinear: true),
    Promise(filter: "gabor: {sigma: 2, wavelength: 3, angle: 30}"),
    Promise(filter: "gabor: {sigma: 2, wavelength: 3, angle_step: 45}", turns: true),
    Promise(filter: "simoncelli: {level: 1}", isLinear: true, turns: true, ofFive: 0),
    Promise(filter: "riesz: {filter: {simoncelli: {level: 1}}, order: [1, 0, 0]}", isLinear: true, ofFive: 0),
    Promise(filter: "square", turns: true, ofFive: 5), Promise(filter: "square_root", turns: true, ofFive: 5),
    Promise(filter: "logarithm", turns: true, ofFive: 5), Promise(filter: "exponential", turns: true, ofFive: 5),
    Promise(filter: "gradient_magnitude", turns: true, ofFive: 0), Promise(filter: "lbp2d"),
    Promise(filter: "lbp3d: {levels: 3}"),
  ]

  private static let size = SIMD3(21, 17, 16)

  private func filter(_ text: String) throws -> any ImageFilter {
    try Catalogue.standard.filter(yaml: text, place: "contract")
  }

  private func image(_ size: SIMD3<Int> = size, _ voxel: (Int) -> Double) throws -> Volume<Double> {
    Volume(geometry: try Geometry(size: size), voxels: (0..<size.x * size.y * size.z).map(voxel))
  }

  private func noise() throws -> Volume<Double> { try image { Double($0 &* $0 % 251) - 90 } }

  /// A filter that is not listed above keeps no law that anybody has looked at.
  @Test func everyFilterPromises() {
    for type in Catalogue.standard.filters {
      #expect(Self.promises.contains { $0.filter.hasPrefix(type.name) }, "\(type.name)")
    }
  }

  /// A voxel that is not a number never changes a value: it is the same, or there is none.
  @Test(arguments: promises) func notANumber(_ promise: Promise) throws {
    let filter = try filter(promise.filter), size = Self.size
    let recipe = try Recipe(name: "law", layers: [Recipe.Layer(filter: filter, families: [IntensityStatistics()])])
    func cells(_ corner: Double) throws -> [Cell] {
      var image = try noise()
      image.voxels[0] = corner
      let mask = RowSpans(size: size) { index in
        let place = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
        return place.x > 9 && place.y > 8 && place.z > 7 && (place &* place).wrappedSum() % 7 != 3
      }
      return recipe.measurement(of: ImagedRegion(Scan(image), mask)).cells
    }
    let finite = try cells(-90)
    for corner in [Double.nan, .infinity, -.infinity] {
      for (cell, expected) in zip(try cells(corner), finite) where cell.value != nil { #expect(cell == expected) }
    }
  }

  @Test func everyFilterIsShown() throws {
    let documentation = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Documentation")
    let page = try String(contentsOf: documentation.appendingPathComponent("Filters.md"), encoding: .utf8)
    for type in Catalogue.standard.filters {
      #expect(page.contains("### \(type.name)\n") && page.contains("(filters/\(type.name).png)"), "\(type.name)")
      let picture = documentation.appendingPathComponent("filters/\(type.name).png").path
      #expect(FileManager.default.fileExists(atPath: picture), "\(type.name)")
    }
  }

  @Test(arguments: promises) func responsesAreNamedAndKeepTheGrid(_ promise: Promise) throws {
    let filter = try filter(promise.filter), image = try noise(), maps = filter.responses(to: image)
    #expect(maps.count == filter.responses.count && Set(filter.responses).count == maps.count)
    var order: [Int] = []
    filter.apply(to: image, keeping: image.geometry.box, Lanes(jobs: 1)) { index, _ in order.append(index) }
    #expect(order == Array(filter.responses.indices), "responses are handed on in order")
    #expect(maps.allSatisfy { $0.geometry == image.geometry && $0.voxels.allSatisfy(\.isFinite) })
    #expect(filter.obstacle(on: image.geometry) == nil)
  }

  @Test(arguments: promises) func anyNumberOfLanesGivesTheSameBits(_ promise: Promise) throws {
    let filter = try filter(promise.filter), image = try noise()
    let one = filter.responses(to: image)
    #expect(filter.responses(to: image, Lanes(jobs: 3)) == one && filter.responses(to: image) == one)
  }

  @Test(arguments: promises.filter { $0.ofFive != nil }) func constant(_ promise: Promise) throws {
    for map in try filter(promise.filter).responses(to: try image { _ in 5 }) {
      for voxel in map.voxels { expectClose(voxel, promise.ofFive!, absolute: 1e-12) }
    }
  }

  @Test(arguments: promises.filter(\.isLinear)) func linear(_ promise: Promise) throws {
    let filter = try filter(promise.filter), a = try noise(), b = try image { Double($0 % 13) }
    let sum = try image { 2 * a.voxels[$0] - 3 * b.voxels[$0] }
    for ((one, other), both) in zip(zip(filter.responses(to: a), filter.responses(to: b)), filter.responses(to: sum)) {
      for index in both.voxels.indices {
        expectClose(both.voxels[index], 2 * one.voxels[index] - 3 * other.voxels[index], absolute: 1e-10)
      }
    }
  }

  @Test(arguments: promises.filter(\.turns)) func quarterTurns(_ promise: Promise) throws {
    func turned(_ image: Volume<Double>) throws -> Volume<Double> {
      let size = image.geometry.size
      return try self.image(SIMD3(size.y, size.x, size.z)) { index in
        let x = index % size.y, y = index / size.y % size.x, z = index / (size.x * size.y)
        return image[y, size.y - 1 - x, z]
      }
    }
    let filter = try filter(promise.filter), image = try noise()
    for (map, other) in zip(filter.responses(to: image), filter.responses(to: try turned(image))) {
      for (a, b) in zip(try turned(map).voxels, other.voxels) { expectClose(a, b, absolute: 1e-10) }
    }
  }

  /// A part of the image with the margin that the filter asks for gives what the whole image gives: to the bit where the
  /// support is finite, to the error stated where it decays.
  @Test(arguments: promises) func partWithMargin(_ promise: Promise) throws {
    let filter = try filter(promise.filter), size = SIMD3(70, 60, 56)
    let image = try image(size) { Double($0 &* $0 % 251) - 90 }
    let support = filter.support(on: image.geometry), box = Box(lower: size / 2 &- 2, size: [4, 3, 2])
    guard let margin = support.margin, let part = box.grown(by: margin).clipped(to: image.geometry.box) else { return }
    let error = if case .decaying(_, let error) = support { error * 341 } else { 0.0 }
    for (whole, cropped) in zip(filter.responses(to: image), filter.responses(to: image.cropped(to: part))) {
      let inside = cropped.cropped(to: Box(lower: box.lower &- part.lower, size: box.size))
      for (a, b) in zip(inside.voxels, whole.cropped(to: box).voxels) { #expect(abs(a - b) <= error) }
    }
  }

  /// A shifted image has the shifted response, away from the edges.
  @Test(arguments: promises) func shift(_ promise: Promise) throws {
    let filter = try filter(promise.filter), size = SIMD3(40, 12, 12)
    guard case .finite(let reach) = filter.support(on: try Geometry(size: size)), reach.x < 18 else { return }
    let image = try image(size) { Double($0 &* $0 % 251) - 90 }
    let moved = try self.image(size) { index in image.voxels[index % 40 == 0 ? index : index - 1] }
    for (map, other) in zip(filter.responses(to: image), filter.responses(to: moved)) {
      for z in 0..<12 {
        for y in 0..<12 { expectClose(other[20, y, z], map[19, y, z], absolute: 1e-10) }
      }
    }
  }
}
