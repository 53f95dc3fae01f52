import RadiomicsCore
import RadiomicsStatistics

/// A change against what merely shrinking to the same volume would have done to the feature.
package struct NullChange: Sendable {
  /// Mean of the feature over lesions that merely shrank.
  package let null: Cell
  /// Value at the scan less that mean.
  package let beyond: Cell
  /// Change of the feature without the rim.
  package let core: Cell
  /// Whether the lesion became smaller and the feature rose beyond its error above that mean; nil where that cannot be said.
  package let isParadox: Bool?
}

/// What lesions would measure that had merely shrunk.
package struct VolumeNulls: Sendable {
  /// Of one feature of one pair of scans.
  package struct Cells: Sendable {
    /// Mean over the draws, and without the rim at both scans.
    package let null: Cell, coreBefore: Cell, coreAfter: Cell

    package init(null: Cell, coreBefore: Cell, coreAfter: Cell) {
      (self.null, self.coreBefore, self.coreAfter) = (null, coreBefore, coreAfter)
    }
  }

  /// The features that were measured, and the number of draws.
  package let features: [String], draws: Int
  package let findings: [Finding]
  private let cells: [String: [String: Cells]]

  /// - `cells`: By pair of scans, then feature.
  package init(
    _ cells: [(row: ChangeRow, cells: [String: Cells])], features: [String], draws: Int, findings: [Finding]
  ) {
    self.cells = Dictionary(cells.map { (Self.key($0.row), $0.cells) }) { first, _ in first }
    (self.features, self.draws, self.findings) = (features, draws, findings)
  }

  private static func key(_ row: ChangeRow) -> String {
    [row.subject, row.lesion ?? "", row.from, row.to].joined(separator: "\u{0}")
  }

  subscript(row: ChangeRow) -> [String: Cells]? { cells[Self.key(row)] }
}

extension FeatureChange {
  /// Sets the change against a null.
  mutating func compare(with cells: VolumeNulls.Cells, alpha: Double) {
    func difference(_ from: Cell, _ to: Cell) -> Cell {
      guard let a = from.value else { return from }
      return to.value.map { .value($0 - a) } ?? to
    }
    let own = value.map { Cell.value($0) } ?? .undefined("there is no value")
    var isParadox: Bool?
    if let value, let error, let mean = cells.null.value, let size = error.scale.change(from: mean, to: value) {
      isParadox = ChangeVerdict(size, limit: error.limit(alpha: alpha)) == .increase
    }
    null = NullChange(
      null: cells.null, beyond: difference(cells.null, own), core: difference(cells.coreBefore, cells.coreAfter),
      isParadox: isParadox)
  }
}
