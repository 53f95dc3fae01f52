import RadiomicsCore
import RadiomicsNumerics

/// How often each column is among the first q that enter an elastic net's path on half of the rows. Both halves of a split count, so that
/// the number of columns selected falsely has a bound. Meinshausen and Bühlmann 2010, doi:10.1111/j.1467-9868.2010.00740.x; Shah and
/// Samworth 2013, doi:10.1111/j.1467-9868.2011.01034.x.
///
/// Exactly q columns count in each half, if so many enter at all: by the order in which they enter, and of those that enter with the
/// same penalty the first ones; cutting at a penalty instead lets several in at once, for which the bounds do not hold.
package struct StabilitySelection: Sendable, Hashable {
  /// The share of halves of each column.
  package let frequencies: [Double]
  /// How many columns count in a half, and in how many halves.
  package let perHalf: Int, halves: Int

  /// - `net`: Its path; mix, penalties and their number.
  /// - `halves`: Rows of each half.
  /// - Throws: `ModelError` as the net, as of a half with one kind of outcome only.
  package init(
    _ net: ElasticNet, _ design: Matrix, _ outcome: ElasticNet.Outcome, halves: [[Int]], perHalf: Int
  ) throws(ModelError) {
    var counts = [Int](repeating: 0, count: design.columns)
    for rows in halves {
      let path = try net.path(design.rows(rows), outcome.rows(rows))
      for column in path.entries.prefix(perHalf) { counts[column] += 1 }
    }
    frequencies = counts.map { Double($0) / Double(max(halves.count, 1)) }
    (self.perHalf, self.halves) = (perHalf, halves.count)
  }

  /// Complementary halves of patients: each pair of halves has all patients, but one if their number is odd.
  /// - `patients`: The rows of each patient.
  package static func halves(of patients: [[Int]], pairs: Int, seed: UInt64) -> [[Int]] {
    (0..<pairs).flatMap { pair in
      var generator = SeededGenerator(seed: SeededGenerator.output(UInt64(pair), of: seed))
      var order = Array(patients.indices)
      for place in order.indices.dropFirst().reversed() { order.swapAt(place, generator.below(place + 1)) }
      let half = order.count / 2
      return [order[..<half], order[half..<2 * half]].map { part in part.flatMap { patients[$0] }.sorted() }
    }
  }

  /// Bounds of the expected number of columns that are selected although they have nothing to do with the outcome.
  package struct Bounds: Sendable, Hashable {
    /// Without any assumption: q² / ((2c − 1) p).
    package let plain: Double
    /// If their frequencies have a distribution with one peak, as they nearly always have. Nil where the theorem says nothing: for q above
    /// p/√3, or a c that is not above min(½ + (q/p)², ½ + 1/(2B) + ¾ (q/p)²).
    package let unimodal: Double?
  }

  /// - `cutoff`: c, the frequency from which on columns are selected, above 0.5.
  /// - `columns`: p.
  /// - `perHalf`: q.
  /// - `pairs`: B, of complementary halves.
  package static func bounds(cutoff c: Double, columns p: Int, perHalf q: Int, pairs: Int) -> Bounds {
    let scale = Double(q * q) / Double(p), b = Double(pairs)
    let peak = c <= 0.75 ? 1 / (2 * (2 * c - 1 - 1 / (2 * b))) : 4 * (1 - c + 1 / (2 * b)) / (1 + 1 / b)
    let share = Double(q) / Double(p), least = min(0.5 + share * share, 0.5 + 1 / (2 * b) + 0.75 * share * share)
    return Bounds(
      plain: scale / (2 * c - 1),
      unimodal: share <= 1 / 3.0.squareRoot() && c > least && peak > 0 ? min(scale * peak, Double(p)) : nil)
  }
}

extension ElasticNetPath {
  /// Columns in the order in which they first get a coefficient, of those with the same penalty the first ones.
  package var entries: [Int] {
    var order: [Int] = [], known: Set<Int> = []
    for solution in solutions {
      for column in solution.support where known.insert(column).inserted { order.append(column) }
    }
    return order
  }
}
