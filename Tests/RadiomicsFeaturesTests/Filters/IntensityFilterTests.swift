import Foundation
import RadiomicsFeatures
import RadiomicsTestSupport
import Testing

@Suite struct IntensityFilterTests {
  /// The examples of the manual, by hand.
  @Test(arguments: [
    ("square", [-2.0, 1, 4], [1, 0.25, 4.0]), ("square_root", [-1, 0, 4], [-2, 0, 4]),
    ("logarithm", [-1, 0, 3], [-1.5, 0, 3]), ("exponential", [-4, 0, 4], [0.25, 1, 4]),
  ])
  func examples(_ name: String, _ image: [Double], _ expected: [Double]) throws {
    let response = try firstResponse(of: name, to: try volume(image, [3, 1, 1]))
    for (value, expected) in zip(response, expected) { expectClose(value, expected, absolute: 1e-14) }
  }

  /// An image of zeros has no scale, and still a response.
  @Test(arguments: [("square", 0.0), ("square_root", 0), ("logarithm", 0), ("exponential", 1)])
  func zeros(_ name: String, _ expected: Double) throws {
    #expect(try firstResponse(of: name, to: try volume([0, 0, 0], [3, 1, 1])) == [expected, expected, expected])
  }

  /// Central differences by hand: per mm, or per voxel; the edge goes on.
  @Test func gradient() throws {
    let row = try volume([0, 4, 8], [3, 1, 1], spacing: [2, 1, 1])
    #expect(try firstResponse(of: "gradient_magnitude", to: row) == [1, 2, 1])
    #expect(try firstResponse(of: "gradient_magnitude: {use_spacing: false}", to: row) == [2, 4, 2])
    let plane = try volume([0, 3, 6, 4, 7, 10, 8, 11, 14], [3, 3, 1])
    #expect(try firstResponse(of: "gradient_magnitude", to: plane)[4] == 5)
  }

  @Test func mean() throws {
    let row = try volume([0, 0, 9, 0, 0], [5, 1, 1])
    let means = try firstResponse(of: "mean: {support: 3}", to: row)
    for (value, expected) in zip(means, [0.0, 3, 3, 3, 0]) { expectClose(value, expected, absolute: 1e-14) }
    let edges = try firstResponse(
      of: "mean: {support: 3, boundary: periodic}", to: try volume([9, 0, 0, 0, 0], [5, 1, 1]))
    for (value, expected) in zip(edges, [3.0, 3, 0, 0, 3]) { expectClose(value, expected, absolute: 1e-14) }
  }
}
