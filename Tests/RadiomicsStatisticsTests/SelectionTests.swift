import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Choices of columns: mRMRe, stabs, glmnet (`i_pipeline.json`) and SciPy.
@Suite(.golden(.selection)) struct SelectionTests {
  private static func named(_ start: String) -> [StatisticalReference] {
    GoldenSuite.selection.cases.filter { $0.id.hasPrefix(start) }
  }

  private static func sites() throws -> (features: Matrix, outcome: [Bool]) {
    let table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    func numbers(_ name: String) throws -> [Double] { try table.numbers(name).map { try #require($0) } }
    let names = table.names.filter { !["site", "train", "y", "age"].contains($0) }
    return (Matrix(columns: try names.map(numbers), rows: table.count), try numbers("y").map { $0 == 1 })
  }

  @Test(arguments: named("mrmr")) func minimumRedundancy(_ reference: StatisticalReference) throws {
    let (features, outcome) = try Self.sites()
    let kind = try #require(CorrelationKind(rawValue: String(reference.id.split(separator: "_").last!)))
    let found = MinimumRedundancy(features, outcome.map { $0 ? 1 : 0 }, count: 8, kind)
    #expect(found.order == reference["greedy_MID_order_zero_based"]!.asList!.map { Int($0.asNumber!) })
    for (score, expected) in zip(found.scores, reference["greedy_scores"]!.asList!) {
      reference.expectValue(score, expected, "score")
    }
  }

  /// Fewer columns vary than are asked for: those are chosen, none twice.
  @Test func constantColumnsAreNotChosen() {
    let design = Matrix(columns: [[1, 2, 3, 4], [5, 5, 5, 5], [2, 1, 4, 3]], rows: 4)
    #expect(MinimumRedundancy(design, [0, 0, 1, 1], count: 3, .pearson).order.sorted() == [0, 2])
  }

  @Test(arguments: named("stability_selection")) func stability(_ reference: StatisticalReference) throws {
    let (features, outcome) = try Self.sites()
    let text = String(decoding: try StatisticalReference.data("stability_subsamples.txt"), as: UTF8.self)
    let halves = text.split(whereSeparator: \.isNewline).map { line in
      line.enumerated().filter { $0.element == "1" }.map(\.offset)
    }
    var net = ElasticNet()
    net.penalties = (0..<100).map { exp(log(0.5) + (log(0.001) - log(0.5)) * Double($0) / 99) }
    let found = try StabilitySelection(net, features, .binomial(outcome), halves: halves, perHalf: 6)
    #expect(found.halves == 100)
    for (share, expected) in zip(found.frequencies, reference["frequency_first_q"]!.asList!) {
      reference.expectValue(share, expected, "frequency")
    }
    // Exactly six in each half.
    expectClose(found.frequencies.reduce(0, +), 6, absolute: 1e-9)
  }

  @Test(arguments: named("stability_pfer")) func bounds(_ reference: StatisticalReference) throws {
    for entry in try #require(reference["bounds"]?.asList) {
      let found = StabilitySelection.bounds(
        cutoff: entry["cutoff"]!.asNumber!, columns: 30, perHalf: 6, pairs: 50)
      switch entry["assumption"]!.asText! {
      case "none": reference.expectValue(found.plain, entry["pfer"]!, "none")
      case "unimodal": reference.expectValue(found.unimodal, entry["pfer"]!, "unimodal")
      default: break
      }
    }
  }

  /// Shah and Samworth 2013, theorem 3 holds for q/p up to 1/√3 = 0.577, and q/p = 0.5 asks for c above min(0.75, 0.6975) at B = 50.
  @Test func boundsHaveConditions() {
    func bound(_ q: Int, _ c: Double) -> Double? {
      StabilitySelection.bounds(cutoff: c, columns: 30, perHalf: q, pairs: 50).unimodal
    }
    #expect(bound(15, 0.7) != nil && bound(15, 0.69) == nil && bound(17, 0.95) != nil && bound(18, 0.95) == nil)
  }

  @Test func halvesAreComplementaryAndKeepPatients() {
    let patients = [[0, 1], [2], [3, 4, 5], [6], [7]]
    let halves = StabilitySelection.halves(of: patients, pairs: 20, seed: 3)
    #expect(halves.count == 40)
    for pair in 0..<20 {
      let (first, second) = (Set(halves[2 * pair]), Set(halves[2 * pair + 1]))
      #expect(first.isDisjoint(with: second))
      for rows in patients {
        #expect([first, second].allSatisfy { $0.isSuperset(of: rows) || $0.isDisjoint(with: rows) })
      }
      #expect(patients.count { !first.union(second).isSuperset(of: $0) } == 1)
    }
    #expect(halves == StabilitySelection.halves(of: patients, pairs: 20, seed: 3))
  }

  /// SciPy 1.17.1: fcluster(linkage(1 − |Spearman's ρ|, "complete"), 0.3, "distance"), and the largest mean |ρ| of each group.
  @Test func clusters() throws {
    let found = CorrelationClusters(try Self.sites().features, above: 0.7, .spearman)
    #expect(
      found.groups == [
        [0, 2, 12, 13, 20, 22, 23], [1], [3], [4, 24], [5, 15], [6, 26], [7, 10], [8], [9], [11], [14], [16, 28],
        [17, 19], [18], [21], [25, 27], [29],
      ])
    #expect(found.representatives == [20, 1, 3, 4, 5, 6, 7, 8, 9, 11, 14, 16, 17, 18, 21, 25, 29])
  }

  /// Ranks by hand, and columns that are copies of each other.
  @Test func copiesAreOneGroup() {
    #expect(ColumnCorrelations.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    let first = [1.0, 4, 2, 8, 5], other = [2.0, 1, 9, 3, 3]
    let design = Matrix(columns: [first, other, first.map { -3 * $0 }, [7, 7, 7, 7, 7]], rows: 5)
    let found = CorrelationClusters(design, above: 0.95, .pearson)
    #expect(found.groups == [[0, 2], [1], [3]] && found.representatives == [0, 1, 3])
  }
}
