import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Permutation importance and learning curves, whatever predicts.
@Suite struct ImportanceTests {
  private static let columns: [[Double]] = {
    var generator = SeededGenerator(seed: 2)
    return (0..<3).map { _ in (0..<120).map { _ in generator.normal() } }
  }()
  private static let isEvent = columns[0].map { $0 > 0 }

  private func importance(_ lanes: Int, blocks: [Int]? = nil) throws -> [PermutationImportance] {
    let columns = Self.columns
    let found = PermutationImportance.all(
      columns: 3, rows: 120, repeats: 5, blocks: blocks, seed: 3, on: Lanes(jobs: lanes),
      predictions: { shuffled in
        (0..<120).map { row in
          (0..<2).reduce(0.0) { sum, column in
            let from = shuffled.map { $0.column == column ? $0.from[row] : row } ?? row
            return sum + (column == 0 ? 1 : 0.1) * columns[column][from]
          }
        }
      }, performance: { try? ROC($0, Self.isEvent).auc })
    return try #require(found)
  }

  /// What decides is important, what is not used is not, whatever the number of lanes.
  @Test func whatDecides() throws {
    let found = try importance(1)
    #expect(found.map(\.column) == [0, 1, 2] && found[0].loss > 0.3 && found[2].loss == 0 && found[2].range == 0...0)
    // A tenth of the weight: at most a tenth of the ½ that a column can lose.
    #expect(abs(found[1].loss) < 0.05 && found[0].range.contains(found[0].loss))
    #expect(try importance(3) == found)
  }

  /// Within blocks values stay in their block, and each is used once.
  @Test func blocks() throws {
    let blocks = (0..<30).map { $0 % 3 }
    let order = shuffledRows(30, within: blocks, seed: 1, replicate: 0)
    #expect(order.sorted() == Array(0..<30) && order.indices.allSatisfy { blocks[$0] == blocks[order[$0]] })
    #expect(order != Array(0..<30) && order != shuffledRows(30, within: blocks, seed: 1, replicate: 1))
    // The column is the same in every row of a block: shuffling within blocks loses nothing.
    let found = PermutationImportance.all(
      columns: 1, rows: 30, repeats: 3, blocks: blocks, seed: 1, on: Lanes(jobs: 1),
      predictions: { shuffled in (0..<30).map { Double(blocks[shuffled?.from[$0] ?? $0]) } },
      performance: { try? ROC($0, blocks.map { $0 == 2 }).auc })
    #expect(found?.map(\.loss) == [0])
  }

  private struct Failed: Error {}
  @Test func failuresAreHandedOn() {
    #expect(throws: Failed.self) {
      try PermutationImportance.all(
        columns: 2, rows: 3, repeats: 1, seed: 1, on: Lanes(jobs: 1),
        predictions: { (shuffled) throws(Failed) in
          if shuffled != nil { throw Failed() }
          return [1, 2, 3]
        }, performance: { $0[0] })
    }
  }

  /// Samples grow, hold whole patients, keep the share of events; all patients are the design's own rows.
  @Test func learningCurve() throws {
    let patients = (0..<80).map { $0 / 2 }, strata = patients.map { $0 % 4 == 0 ? 1 : 0 }
    let design = Replicates(.folds(4, repeats: 2), rows: 80, patients: patients, seed: 4)
    let splits = (0..<design.count).map { (training: design[$0].rows, heldOut: design[$0].heldOut) }
    func curve(_ lanes: Int) -> LearningCurve {
      LearningCurve(splits, shares: [1, 0.5, 0.2], patients: patients, strata: strata, seed: 4, on: Lanes(jobs: lanes))
      {
        training, heldOut in
        let own = Set(training.map { patients[$0] })
        // Each patient has two rows, and none is held out.
        guard training.count == 2 * own.count, own.isDisjoint(with: heldOut.map { patients[$0] }) else { return nil }
        let all = Set(patients).subtracting(heldOut.map { patients[$0] }), events = own.count { $0 % 4 == 0 }
        let expected = Double(own.count) / 30 * Double(all.count { $0 % 4 == 0 })
        return abs(Double(events) - expected) <= 1 ? Double(own.count) : nil
      }
    }
    let found = curve(1).points
    #expect(found.map(\.share) == [0.2, 0.5, 1] && found.map(\.replicates) == [8, 8, 8])
    #expect(abs(found[0].value - 6) <= 1 && abs(found[1].value - 15) <= 1 && found[2].value == 30)
    #expect(curve(3).points == found)
  }

  /// Smaller samples lie within larger ones. The patients of each sample are bits of its performance.
  @Test func samplesAreNested() {
    let design = Replicates(.holdOut(share: 0.25, repeats: 1), rows: 40, seed: 1)
    let split = design[0]
    let found = LearningCurve(
      [(split.rows, split.heldOut)], strata: (0..<40).map { $0 % 2 }, seed: 7, on: Lanes(jobs: 1)
    ) { training, _ in
      Double(training.reduce(0) { $0 | 1 << $1 })
    }
    let samples = found.points.map { Int($0.value) }
    #expect(samples.map(\.nonzeroBitCount) == [6, 12, 18, 24, 30])
    for (small, large) in zip(samples, samples.dropFirst()) { #expect(small & large == small && small != large) }
  }
}
