import RadiomicsCore

/// What several texture families need of the same grey levels: each is made once, by the first family that asks.
final class SharedTexture: Sendable {
  let slices = Once<[GreyLevels]>()
  let zones = OncePer<ZoneScope, [ZoneMatrices]>()
  let neighbours = OncePer<NeighbourSetting, [NeighbourMatrices]>()
}

extension GreyLevels {
  /// Every slice that has voxels, by itself.
  func allSlices(_ lanes: Lanes) -> [GreyLevels] {
    shared.slices.value(lanes) { lanes.map(slices.count) { slice($0) } }
  }

  /// Zones of the volume, or of each slice.
  func zones(_ region: Region, _ scope: ZoneScope, _ lanes: Lanes) -> [ZoneMatrices] {
    shared.zones.value(scope, lanes) {
      let border = BorderDistances(region, planar: scope == .slices, lanes)
      switch scope {
      case .volume: return [ZoneMatrices(self, border, lanes)]
      case .slices:
        let slices = allSlices(lanes)
        return lanes.map(slices.count) { ZoneMatrices(slices[$0], border, lanes) }
      }
    }
  }

  /// Neighbours of the voxels of the volume, or within each slice.
  func neighbours(_ setting: NeighbourSetting, _ lanes: Lanes) -> [NeighbourMatrices] {
    shared.neighbours.value(setting, lanes) {
      guard setting.isPlanar else { return [NeighbourMatrices(self, setting, lanes)] }
      let slices = allSlices(lanes)
      return lanes.map(slices.count) { NeighbourMatrices(slices[$0], setting, lanes) }
    }
  }
}
