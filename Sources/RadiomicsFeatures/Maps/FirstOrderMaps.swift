import RadiomicsCore

extension IntensityStatistics: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    [
      [
        TallyWindow(window, voxels, rows) { ranks, counts, lanes in
          IntensityStatistics.cells(
            AscendingIntensities(ranks.map { voxels.values[$0 - 1] }, counts: counts), lanes)
        }
      ]
    ]
  }
}

extension IntensityHistogram: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    [
      [
        TallyWindow(window, voxels, rows) { ranks, counts, lanes in
          var all = [Int](repeating: 0, count: voxels.levelCount)
          for (rank, count) in zip(ranks, counts) { all[Int(voxels.values[rank - 1]) - 1] = count }
          return IntensityHistogram.cells(all, lanes)
        }
      ]
    ]
  }
}

/// Voxels of a window by rank: first-order features know no places.
private struct TallyWindow: WindowCounter {
  private let voxels: WindowSteps
  private let features: (_ ranks: [Int], _ counts: [Int], Lanes) -> [Cell]
  private var tally: RankTally
  private var occurring: [Int] = []
  private let lanes = Lanes(jobs: 1)

  init(
    _ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows,
    features: @escaping (_ ranks: [Int], _ counts: [Int], Lanes) -> [Cell]
  ) {
    self.voxels = WindowSteps(window, rows)
    self.features = features
    tally = RankTally(ranks: voxels.values.count)
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
  }

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    return features(occurring, occurring.map { Int(tally.counts[$0]) }, lanes)
  }
}
