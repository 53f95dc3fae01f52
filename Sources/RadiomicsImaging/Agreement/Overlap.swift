import RadiomicsCore

/// By how many voxels two masks on one grid overlap, and the indices made of that. Definitions: Taha and Hanbury 2015,
/// doi:10.1186/s12880-015-0068-x.
public struct Overlap: Sendable, Hashable {
  /// Voxels of the reference A.
  public let a: Int
  /// Voxels of the mask B that is compared with it.
  public let b: Int
  /// Voxels of both.
  public let intersection: Int
  /// Voxels of the grid.
  public let grid: Int

  /// Counts the voxels of two masks on one grid. Cost: linear in their runs.
  public init(_ a: RowSpans, _ b: RowSpans) {
    precondition(a.size == b.size, "two masks on one grid")
    self.a = a.count
    self.b = b.count
    intersection = a.commonCount(with: b)
    grid = a.size.x * a.size.y * a.size.z
  }

  /// Voxels of either.
  public var union: Int { a + b - intersection }

  /// 2 |A ∩ B| / (|A| + |B|). Dice 1945, doi:10.2307/1932409.
  public var dice: Cell { ratio(2 * intersection, a + b, Self.bothEmpty) }

  /// |A ∩ B| / |A ∪ B|. Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
  public var jaccard: Cell { ratio(intersection, union, Self.bothEmpty) }

  /// 1 − ||A| − |B|| / (|A| + |B|).
  public var volumeSimilarity: Cell { ratio(a + b - abs(a - b), a + b, Self.bothEmpty) }

  /// |A ∩ B| / |B|: which part of B is right.
  public var precision: Cell { ratio(intersection, b, "mask B is empty") }

  /// |A ∩ B| / |A|: which part of A was found.
  public var recall: Cell { ratio(intersection, a, "mask A is empty") }

  /// Cohen's kappa over the voxels of the grid; it grows with the grid, as background agrees. Cohen 1960,
  /// doi:10.1177/001316446002000104.
  public var kappa: Cell {
    for (name, count) in [("A", a), ("B", b)] where count == 0 || count == grid {
      return .undefined(
        "mask \(name) holds \(count == 0 ? "none" : "all") of the grid: kappa is 0 whatever the other is")
    }
    let n = Double(grid), pa = Double(a) / n, pb = Double(b) / n
    let observed = Double(grid - union + intersection) / n, expected = pa * pb + (1 - pa) * (1 - pb)
    return .value((observed - expected) / (1 - expected))
  }

  private static let bothEmpty = Reason("both masks are empty")

  private func ratio(_ part: Int, _ whole: Int, _ reason: Reason) -> Cell {
    whole == 0 ? .undefined(reason) : .value(Double(part) / Double(whole))
  }
}

extension RowSpans {
  /// Number of voxels that are also in `other`, on the same grid.
  package func commonCount(with other: RowSpans) -> Int {
    var common = 0, i = 0, j = 0
    while i < spans.count, j < other.spans.count {
      let a = spans[i], b = other.spans[j]
      if (a.z, a.y) == (b.z, b.y) { common += max(0, min(a.x + a.count, b.x + b.count) - max(a.x, b.x)) }
      if (a.z, a.y, a.x + a.count) <= (b.z, b.y, b.x + b.count) { i += 1 } else { j += 1 }
    }
    return common
  }
}

extension Overlap: Documented {
  public static let name = "dice"
  public static let summary =
    "How much of two masks is common: Dice, Jaccard, precision, recall, similarity of volumes, kappa."
  public static let definition =
    "Dice 2 |A ∩ B| / (|A| + |B|), Jaccard |A ∩ B| / |A ∪ B|, precision |A ∩ B| / |B|, recall |A ∩ B| / "
    + "|A|, volume similarity 1 − ||A| − |B|| / (|A| + |B|), kappa (observed − expected agreement) / (1 − "
    + "expected)"
  public static let limits =
    "Undefined where both masks are empty. Small regions reach smaller overlaps by the same error of the "
    + "outline; kappa grows with the field of view. None says where outlines differ: see hausdorff."
  public static let reference =
    "Dice 1945, doi:10.2307/1932409; Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x; Cohen 1960, "
    + "doi:10.1177/001316446002000104; Taha and Hanbury 2015, doi:10.1186/s12880-015-0068-x"
}
