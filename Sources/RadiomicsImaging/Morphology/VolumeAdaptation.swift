import RadiomicsCore
import RadiomicsNumerics

extension Volume<UInt8> {
  /// The mask grown or shrunk to `count` voxels, nearest to (or farthest from) its border first: as a contour drawn a bit
  /// wider or tighter. Among voxels at one distance, which do not all fit, the seed decides. Zwanenburg et al. 2019,
  /// doi:10.1038/s41598-018-36938-4, "volume adaptation". At least one voxel is left; growth ends at the grid.
  package func adapted(to count: Int, seed: UInt64) -> Volume<UInt8> {
    let inside = voxels.count { $0 != 0 }, wanted = Swift.max(1, count)
    guard inside > 0, wanted != inside else { return self }
    let grows = wanted > inside
    let from = grows ? self : Volume(geometry: geometry, voxels: voxels.map { $0 == 0 ? 1 : 0 })
    let distances = from.squaredDistances().voxels
    var generator = SeededGenerator(seed: seed)
    let ranked = voxels.indices.filter { (voxels[$0] == 0) == grows }
      .map { (distance: distances[$0], chance: generator.next(), index: $0) }
      .sorted { ($0.distance, $0.chance) < ($1.distance, $1.chance) }
    var adapted = self
    for voxel in ranked.prefix(abs(wanted - inside)) { adapted.voxels[voxel.index] = grows ? 1 : 0 }
    return adapted
  }
}
