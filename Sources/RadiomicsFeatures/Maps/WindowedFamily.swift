import RadiomicsCore

/// A family whose features can be mapped. To add one: a file with an extension of the family and, where its counts can
/// follow a window, with what counts.
protocol WindowedFamily: FeatureFamily {
  /// For each aggregation what counts in neighbourhoods; features of several are averaged. Nil where counts cannot follow
  /// a window with these settings: then each neighbourhood is measured as a region.
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]?
}

/// How a window moves along a row: it is counted as a whole, loses a face, gains one, and is taken back as a whole.
enum WindowChange: Int, CaseIterable {
  /// All voxels around the first centre.
  case begin
  /// Those that leave, seen from the old centre.
  case leave
  /// Those that enter, seen from the new centre.
  case enter
  /// All voxels around the last centre.
  case end

  /// Whether voxels are added.
  var isGain: Bool { self == .begin || self == .enter }
}

/// What counts in a window that moves along rows. Counts are whole numbers, so that those of a window do not depend on
/// where it came from.
protocol WindowCounter {
  /// Other rows were taken up; nothing is counted now.
  mutating func load(_ rows: WindowRows)
  /// Follows a change of the window around `centre`, an index in `rows`.
  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int)
  /// The features of the window around `centre`; nil where there is nothing to count.
  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]?
}

extension WindowCounter {
  mutating func load(_ rows: WindowRows) {}
}

/// The voxels of a window and of its faces, as steps in rows.
struct WindowSteps {
  private let steps: [[Int]]

  init(_ window: Window, _ rows: WindowRows) {
    steps = WindowChange.allCases.map { change in
      switch change {
      case .begin, .end: window.offsets.map(rows.step)
      case .leave: window.leaving.map(rows.step)
      case .enter: window.entering.map(rows.step)
      }
    }
  }

  /// Those that a change adds or takes away.
  subscript(change: WindowChange) -> [Int] { steps[change.rawValue] }
}
