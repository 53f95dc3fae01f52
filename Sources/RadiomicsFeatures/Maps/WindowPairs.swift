/// The pairs of voxels of a window that are some step apart, and those that its faces gain and lose, as steps in rows.
struct WindowPairs {
  /// Two voxels, the second a step further on.
  struct Pair {
    let first, second: Int32
  }

  /// What a change of the window means for its pairs.
  struct Change {
    /// The pairs that come or go.
    fileprivate(set) var pairs: [Pair] = []
    /// The voxels that were in the window before and are not, or whose pairs change; the same of those after.
    fileprivate(set) var before: [Int] = [], after: [Int] = []
    /// Whether pairs are added.
    let isGain: Bool
  }

  /// Most pairs that are listed; windows with more are measured voxel by voxel.
  static let most = 1 << 20

  private let changes: [Change]

  /// Pairs of the voxels of `window` that are one of `offsets` apart; nil if there are too many to list.
  init?(_ window: Window, _ offsets: some Collection<SIMD3<Int>>, _ rows: WindowRows) {
    guard window.offsets.count * offsets.count <= Self.most else { return nil }
    changes = WindowChange.allCases.map { Self.change($0, window, offsets, rows) }
  }

  /// What a change means.
  subscript(change: WindowChange) -> Change { changes[change.rawValue] }

  private static func change(
    _ change: WindowChange, _ window: Window, _ offsets: some Collection<SIMD3<Int>>, _ rows: WindowRows
  ) -> Change {
    // A voxel belongs to the other window, too, if it does seen from that one's centre.
    let toOther: SIMD3<Int>? = change == .leave ? [-1, 0, 0] : change == .enter ? [1, 0, 0] : nil
    func stays(_ voxel: SIMD3<Int>) -> Bool { toOther.map { window.contains(voxel &+ $0) } ?? false }
    var result = Change(isGain: change.isGain), touched = Set(window.offsets.filter { !stays($0) })
    for first in window.offsets {
      for offset in offsets where window.contains(first &+ offset) && !(stays(first) && stays(first &+ offset)) {
        result.pairs.append(Pair(first: Int32(rows.step(first)), second: Int32(rows.step(first &+ offset))))
        touched.formUnion([first, first &+ offset])
      }
    }
    let inOrder = window.offsets.filter(touched.contains)
    let staying = inOrder.filter(stays)
    result.before = (change.isGain ? staying : inOrder).map(rows.step)
    result.after = (change.isGain ? inOrder : staying).map(rows.step)
    return result
  }
}
