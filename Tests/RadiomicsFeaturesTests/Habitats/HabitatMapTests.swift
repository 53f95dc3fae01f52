import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Measures of habitat maps by hand, beside HABIT 3.0.0, and what must hold of any.
@Suite struct HabitatMapTests {
  private static func map(
    _ labels: [UInt8], _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], count: Int
  ) throws -> HabitatMap {
    HabitatMap(Volume(geometry: try Geometry(size: size, spacing: spacing), voxels: labels), count: count)
  }

  /// A row 1 1 2 of voxels of 2 × 3 × 5 mm; habitat 3 is empty.
  @Test func byHand() throws {
    let map = try Self.map([1, 1, 2], [3, 1, 1], spacing: [2, 3, 5], count: 3)
    #expect(map.total == 3 && map.share(1) == 2.0 / 3 && map.volume(1) == 60 && map.share(3) == 0)
    #expect(map.interface(1, 2) == 15 && map.interface(1, 1) == 2 * 15)
    // Of habitat 1: one end, and four sides of two voxels.
    let sides = 15.0 + 40 + 24
    #expect(map.interface(0, 1) == sides && map.interface(0, 3) == 0)
    #expect(map.interactions == [[0, 9, 5, 0], [9, 2, 1, 0], [5, 1, 0, 0], [0, 0, 0, 0]])
    #expect(map.pieces.map(\.count) == [1, 1, 0] && map.pieces.map(\.largest) == [2, 1, 0])
    #expect(map.ithScore == 0 && map.graph == (2, 1))
    // The nearest voxel outside is 2 mm away at the ends, 3 mm in the middle; half a voxel's shortest side is 1 mm.
    #expect(map.depths == [1.5, 1, nil])
    let entropy = 2 * log2(1.5) / 3 + log2(3.0) / 3
    #expect(abs(map.shareEntropy - entropy) < 1e-15)
    #expect(map.spatialEntropy == 1)
  }

  /// p: 9/32 at (0, 1) and (1, 0), 5/32 at (0, 2) and (2, 0), 2/32 at (1, 1), 1/32 at (1, 2) and (2, 1).
  @Test func interactionsByHand() {
    let features = InteractionFeatures([[0, 9, 5], [9, 2, 1], [5, 1, 0]])
    let contrast = 60.0 / 32, homogeneity = 14.0 / 32, energy = 218.0 / 1024
    #expect(features.contrast == contrast && features.energy == energy)
    #expect(abs(features.homogeneity - homogeneity) < 1e-15)
    // Mean 24/32; mean square 36/32; mean product 6/32.
    let correlation = (0.1875 - 0.5625) / (1.125 - 0.5625)
    #expect(abs(features.correlation! - correlation) < 1e-15)
    #expect(InteractionFeatures([[0, 0], [0, 8]]).correlation == nil)
  }

  private struct Habit: Decodable, Sendable, CustomTestStringConvertible {
    let id: String, size: [Int], labels: [UInt8], count: Int, matrix: [[Int]], denominator: Double, ith: Double
    let regions: [String: [Int]], contrast: Double, homogeneity: Double, energy: Double
    var testDescription: String { id }

    static let all: [Habit] = {
      let file = ReferenceData.project.appendingPathComponent("Tests/Data/habitats/habit.json")
      return (try? JSONDecoder().decode([Habit].self, from: Data(contentsOf: file))) ?? []
    }()
  }

  /// HABIT counts faces outside too, of a box with one voxel around the region, and divides by the lower triangle without the first row: the ITH
  /// score and all counts but that are equal, and what it makes of them follows.
  @Test(arguments: Habit.all) private func besideHABIT(_ habit: Habit) throws {
    let map = try Self.map(habit.labels, [habit.size[0], habit.size[1], habit.size[2]], count: habit.count)
    var matrix = map.interactions
    let features = InteractionFeatures(matrix), sum = Double(matrix.joined().reduce(0, +))
    let outside = Double(habit.matrix[0][0])
    #expect(abs(map.ithScore - habit.ith) < 1e-15)
    for (label, region) in habit.regions {
      #expect([map.pieces[Int(label)! - 1].count, map.pieces[Int(label)! - 1].largest] == region)
    }
    func expect(_ own: Double, _ other: Double) { #expect(abs(own - other) < 1e-12 * max(1, other)) }
    expect(features.contrast * sum / habit.denominator, habit.contrast)
    expect((features.homogeneity * sum + outside) / habit.denominator, habit.homogeneity)
    expect((features.energy * sum * sum + outside * outside) / habit.denominator / habit.denominator, habit.energy)
    matrix[0][0] = habit.matrix[0][0]
    #expect(matrix == habit.matrix)
  }

  @Test func threeMaps() { #expect(Habit.all.count == 3) }

  /// More room around the region, and axes in another order, change nothing.
  @Test func roomAndOrder() throws {
    let habit = try #require(Habit.all.first { $0.id == "shells" })
    let size = SIMD3(habit.size[0], habit.size[1], habit.size[2])
    let volume = Volume(geometry: try Geometry(size: size, spacing: [1, 2, 3]), voxels: habit.labels)
    let box = volume.geometry.box.grown(by: [2, 0, 1]), roomy = volume.geometry.cropped(to: box)
    let turned = volume.reordered(axes: [2, 0, 1], flips: [true, false, false])
    let first = HabitatMap(volume, count: 4)
    for other in [HabitatMap(volume.nearest(on: roomy, outside: 0), count: 4), HabitatMap(turned, count: 4)] {
      #expect(other.interactions == first.interactions && other.ithScore == first.ithScore)
      #expect(other.graph == first.graph && other.spatialEntropy == first.spatialEntropy)
      for (a, b) in zip(other.depths, first.depths) { #expect(abs(a! - b!) < 1e-12) }
      for a in 0...4 { for b in 0...4 { #expect(abs(other.interface(a, b) - first.interface(a, b)) < 1e-9) } }
    }
  }

  @Test func nothing() throws {
    let empty = try Self.map([0, 0], [2, 1, 1], count: 2), one = try Self.map([1], [1, 1, 1], count: 2)
    #expect(empty.total == 0 && empty.ithScore == 0 && empty.share(1) == 0 && empty.depths == [nil, nil])
    #expect(one.spatialEntropy == nil && one.depths == [0.5, nil] && one.graph == (1, 0))
  }
}
