/// How many voxels have each rank, so that ranks that occur are found without asking those that do not.
struct RankTally {
  /// Voxels of each rank; those that do not count have rank 0.
  private(set) var counts: [UInt32]
  /// One bit for each rank that occurs; above, one bit for each word that is not 0; and so on up to a few words.
  private var levels: [[UInt64]] = []

  /// Nothing counted, ranks up to `ranks`.
  init(ranks: Int) {
    counts = Array(repeating: 0, count: ranks + 1)
    var bits = ranks + 1
    repeat {
      bits = (bits + 63) / 64
      levels.append(Array(repeating: 0, count: bits))
    } while bits > 8
  }

  /// Counts a voxel.
  @inline(__always)
  mutating func add(_ rank: Int) {
    counts[rank] &+= 1
    guard counts[rank] == 1 else { return }
    var bit = rank
    for level in levels.indices {
      levels[level][bit / 64] |= 1 << UInt64(bit % 64)
      bit /= 64
    }
  }

  /// Takes back a voxel that was counted.
  @inline(__always)
  mutating func remove(_ rank: Int) {
    counts[rank] &-= 1
    guard counts[rank] == 0 else { return }
    var bit = rank
    for level in levels.indices {
      levels[level][bit / 64] &= ~(1 << UInt64(bit % 64))
      guard levels[level][bit / 64] == 0 else { return }
      bit /= 64
    }
  }

  /// Counts a voxel or takes it back.
  @inline(__always)
  mutating func change(_ rank: Int, isGain: Bool) {
    if isGain { add(rank) } else { remove(rank) }
  }

  /// The ranks from 1 that occur, ascending.
  func occurring(_ ranks: inout [Int]) {
    ranks.removeAll(keepingCapacity: true)
    let top = levels.count - 1
    for word in levels[top].indices { append(top, word, &ranks) }
    if ranks.first == 0 { ranks.removeFirst() }
  }

  private func append(_ level: Int, _ word: Int, _ ranks: inout [Int]) {
    var open = levels[level][word]
    while open != 0 {
      let bit = 64 * word + open.trailingZeroBitCount
      open &= open - 1
      if level == 0 { ranks.append(bit) } else { append(level - 1, bit, &ranks) }
    }
  }

  /// Follows a change of a window.
  mutating func change(_ change: WindowChange, _ steps: WindowSteps, _ rows: WindowRows, _ centre: Int) {
    for step in steps[change] { self.change(Int(rows.ranks[centre + step]), isGain: change.isGain) }
  }
}
