import RadiomicsCore

/// STAPLE: the hidden true mask and each reader's performance, estimated together by expectation maximisation until
/// nothing changes. Warfield, Zou and Wells 2004, doi:10.1109/TMI.2004.828354.
///
/// The prior is one number for the whole grid, the mean share of the readers' masks, and depends on the field of view: a
/// tighter crop raises it and moves the result. As voxels with equal votes are equal, an iteration costs the number of
/// patterns.
public struct SimultaneousTruth: Sendable {
  /// Of each reader: P(votes inside | truly inside).
  public let sensitivity: [Double]
  /// Of each reader: P(votes outside | truly outside).
  public let specificity: [Double]
  /// P(inside) of any voxel, before votes.
  public let prior: Double
  /// Iterations until convergence.
  public let iterations: Int
  /// Sum of the probabilities of being inside over the grid, voxels.
  public let expectedCount: Double
  /// The voxels that are inside with a probability of at least one half.
  public let consensus: RowSpans

  /// Estimates the truth behind `votes`; nil if no reader, or every reader everywhere, sees anything, as there is nothing
  /// to tell apart then.
  public init?(_ votes: Votes) {
    let readers = votes.masks.count
    let patterns: [(UInt64, Double)] =
      votes.patterns.map { ($0.pattern, Double($0.count)) } + [(0, Double(votes.outside))]
    let voxels = patterns.reduce(0) { $0 + $1.1 }
    let inside = votes.masks.reduce(0) { $0 + $1.count }
    prior = Double(inside) / (Double(readers) * voxels)
    guard prior > 0, prior < 1 else { return nil }
    var p = [Double](repeating: 0.99999, count: readers), q = p
    var weights: [Double] = [], iterations = 0, change = Double.infinity
    while change > 1e-12, iterations < 100_000 {
      weights = patterns.map { [prior] in probability(of: $0.0, prior: prior, p, q) }
      let next = maximised(patterns, weights, readers)
      change = zip(p + q, next.p + next.q).map { abs($0 - $1) }.max()!
      (p, q) = next
      iterations += 1
    }
    weights = patterns.map { [prior] in probability(of: $0.0, prior: prior, p, q) }
    (sensitivity, specificity, self.iterations) = (p, q, iterations)
    expectedCount = zip(patterns, weights).reduce(0) { $0 + $1.0.1 * $1.1 }
    let accepted = Set(zip(patterns, weights).filter { $0.1 >= 0.5 }.map { $0.0.0 })
    consensus = votes.voxels { accepted.contains($0) }
  }
}

/// W = f Π p / (f Π p + (1 − f) Π q): the probability that a voxel with a pattern of votes is inside.
private func probability(of pattern: UInt64, prior: Double, _ p: [Double], _ q: [Double]) -> Double {
  var inside = prior, outside = 1 - prior
  for reader in p.indices {
    let isVote = pattern >> UInt64(reader) & 1 == 1
    inside *= isVote ? p[reader] : 1 - p[reader]
    outside *= isVote ? 1 - q[reader] : q[reader]
  }
  return inside + outside == 0 ? 0.5 : inside / (inside + outside)
}

/// pⱼ = Σ W over j's votes / Σ W, qⱼ = Σ (1 − W) over the rest / Σ (1 − W).
private func maximised(
  _ patterns: [(UInt64, Double)], _ weights: [Double], _ readers: Int
) -> (p: [Double], q: [Double]) {
  var p = [Double](repeating: 0, count: readers), q = p, inside = 0.0, outside = 0.0
  for ((pattern, count), weight) in zip(patterns, weights) {
    inside += count * weight
    outside += count * (1 - weight)
    for reader in 0..<readers {
      if pattern >> UInt64(reader) & 1 == 1 { p[reader] += count * weight } else { q[reader] += count * (1 - weight) }
    }
  }
  return (p.map { inside == 0 ? 0 : $0 / inside }, q.map { outside == 0 ? 0 : $0 / outside })
}

extension SimultaneousTruth: Documented {
  public static let name = "staple"
  public static let summary =
    "The consensus of several masks that weighs each by how right it seems to be (STAPLE)."
  public static let definition =
    "expectation and maximisation of each mask's sensitivity and specificity and of the probability of "
    + "each voxel to belong"
  public static let limits =
    "Depends on the field of view, as background agrees. With few masks, or masks alike in their errors, "
    + "it repeats them; majority is the plain alternative."
  public static let reference = "Warfield, Zou and Wells 2004, doi:10.1109/TMI.2004.828354"
}
