import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics
import Testing

/// Smoothing by a Markov random field, and supervoxels of a region.
@Suite struct HabitatFieldTests {
  private static let size = SIMD3(9, 8, 7)

  private static func noise(seed: UInt64) -> [[Double]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<3).map { _ in (0..<size.x * size.y * size.z).map { _ in generator.uniform() } }
  }

  /// Two voxels 2 mm apart, of which one would rather be 1 by 0.3: β / 2 mm above that makes it 0.
  @Test func byHand() {
    let region = RowSpans(all: [2, 1, 1]), costs = [[0, 0.3], [5, 0]]
    let kept = PottsSmoothing(region, spacing: [2, 1, 1], beta: 0.5).smoothed(costs, Lanes(jobs: 1))
    let moved = PottsSmoothing(region, spacing: [2, 1, 1], beta: 0.7).smoothed(costs, Lanes(jobs: 1))
    #expect(kept.labels == [0, 1] && kept.energies == [0.25, 0.25])
    #expect(moved.labels == [0, 0] && moved.energies[0] == 0.35 && moved.energies.last == 0.3)
  }

  /// A voxel beyond a gap does not vote, and neighbours across thick slices vote less.
  @Test func onlyNeighboursWithinTheRegionVote() {
    let gap = RowSpans(size: [3, 1, 1]) { $0 != 1 }
    let far = PottsSmoothing(gap, spacing: [1, 1, 1], beta: 100).smoothed([[0, 0.3], [5, 0]], Lanes(jobs: 1))
    #expect(far.labels == [0, 1])
    // In the plane two neighbours for label 1, across slices two for label 0.
    let cross = RowSpans(size: [3, 1, 3]) { [1, 3, 4, 5, 7].contains($0) }
    let costs = [[0, 9, 0, 9, 0], [9, 0, 0, 0, 9]].map { $0.map(Double.init) }
    let found = PottsSmoothing(cross, spacing: [1, 1, 4], beta: 1).smoothed(costs, Lanes(jobs: 1))
    #expect(found.labels[2] == 1)
    let turned = PottsSmoothing(cross, spacing: [4, 1, 1], beta: 1).smoothed(costs, Lanes(jobs: 1))
    #expect(turned.labels[2] == 0)
  }

  @Test(arguments: [0.0, 0.1, 0.6]) func energyFallsWhateverTheLanes(_ beta: Double) {
    let region = RowSpans(size: Self.size) { $0 % 11 != 3 },
      costs = Self.noise(seed: 5).map { Array($0[..<region.count]) }
    let field = PottsSmoothing(region, spacing: [1, 1, 2], beta: beta)
    let found = field.smoothed(costs, Lanes(jobs: 1))
    #expect(field.smoothed(costs, Lanes(jobs: 3)) == found)
    for (before, after) in zip(found.energies, found.energies.dropFirst()) { #expect(after <= before + 1e-9) }
    let cheapest = (0..<region.count).map { voxel in UInt8(costs.indices.min { costs[$0][voxel] < costs[$1][voxel] }!) }
    #expect((found.labels == cheapest) == (beta == 0))
  }

  /// Two halves of different intensity: no supervoxel holds voxels of both, and an affine change of an image or a value outside the region
  /// changes no label.
  @Test func supervoxelsFollowEdges() {
    let size = SIMD3(16, 10, 6), region = RowSpans(size: size) { $0 % 7 != 0 || $0 % 16 > 2 }
    let places = region.values(of: Array(0..<size.x * size.y * size.z))
    var generator = SeededGenerator(seed: 2)
    let noise = places.map { _ in generator.normal() }
    let image = zip(places, noise).map { ($0 % 16 < 9 ? 0 : 40) + $1 }, other = noise.map { 3 * $0 }
    func cut(_ columns: [[Double]]) -> RegionSupervoxels {
      RegionSupervoxels(region, spacing: [1, 1, 2], columns, volume: 64, compactness: 0.1)
    }
    let found = cut([image, other])
    #expect(found.labels.count == region.count && Set(found.labels).count == found.count && found.count > 10)
    var sides = [Set<Bool>](repeating: [], count: found.count)
    for (place, label) in zip(places, found.labels) { sides[Int(label)].insert(place % 16 < 9) }
    #expect(sides.allSatisfy { $0.count == 1 })
    #expect(cut([image.map { 1000 * $0 - 7 }, other]).labels == found.labels)
    let means = found.means([image]), first = zip(image, found.labels).filter { $0.1 == 0 }.map(\.0)
    #expect(abs(means[0][0] - first.reduce(0, +) / Double(first.count)) < 1e-12)
  }
}
