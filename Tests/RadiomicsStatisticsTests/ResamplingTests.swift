import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Laws of replicates, and that the figures that they give are those of the earlier rule of seeds but for chance.
@Suite struct ResamplingTests {
  static let designs: [ResamplingDesign] = [
    .bootstrap(7), .reweighting(5), .folds(4, repeats: 3), .leaveOneOut, .leaveOneGroupOut,
    .holdOut(share: 0.3, repeats: 6),
  ]
  /// Ten patients with one to three rows, in four groups.
  static let patients = [5, 5, 0, 1, 1, 1, 2, 3, 4, 4, 6, 7, 7, 8, 9]
  static let groups = [0, 0, 1, 1, 1, 1, 2, 0, 3, 3, 2, 1, 1, 0, 3]

  static func replicates(_ design: ResamplingDesign, seed: UInt64 = 3) -> Replicates {
    Replicates(design, rows: patients.count, patients: patients, groups: groups, seed: seed)
  }

  /// Rows of a patient are drawn, held out and weighted together.
  @Test(arguments: designs) func patientsStayWhole(_ design: ResamplingDesign) {
    let all = Self.replicates(design)
    for number in 0..<all.count {
      let replicate = all[number]
      let inside = Set(replicate.rows.map { Self.patients[$0] }),
        outside = Set(replicate.heldOut.map { Self.patients[$0] })
      #expect(inside.isDisjoint(with: outside))
      #expect(inside.union(outside) == Set(0..<10))
      for patient in inside {
        let own = Self.patients.indices.filter { Self.patients[$0] == patient }
        let counts = Set(own.map { row in replicate.rows.count { $0 == row } })
        #expect(counts.count == 1 && !counts.contains(0))
        if let weights = replicate.weights { #expect(Set(own.map { weights[$0] }).count == 1) }
      }
    }
  }

  /// In any order, on any number of lanes, beside more replicates or fewer.
  @Test(arguments: designs) func aReplicateDependsOnSeedAndNumberAlone(_ design: ResamplingDesign) {
    let all = Self.replicates(design), serial = all.map(on: Lanes(jobs: 1)) { $0 }
    #expect(all.map(on: Lanes(jobs: 4)) { $0 } == serial)
    #expect((0..<all.count).reversed().map { all[$0] }.reversed() == serial)
    if case .bootstrap = design {
      #expect(Self.replicates(.bootstrap(3)).map(on: Lanes(jobs: 2)) { $0 } == Array(serial[..<3]))
      #expect(Self.replicates(design, seed: 4)[0] != serial[0] && Set(serial).count == serial.count)
    }
  }

  /// Folds hold out each patient once in each repeat, in parts of equal size; groups are held out by themselves.
  @Test func folds() {
    let all = Self.replicates(.folds(4, repeats: 3))
    #expect(all.count == 12)
    for turn in 0..<3 {
      let held = (0..<4).map { Set(all[4 * turn + $0].heldOut.map { Self.patients[$0] }) }
      #expect(held.map(\.count).sorted() == [2, 2, 3, 3])
      #expect(held.reduce(into: Set()) { $0.formUnion($1) } == Set(0..<10))
    }
    #expect(Set((0..<4).map { all[$0].heldOut }) != Set((4..<8).map { all[$0].heldOut }))
    let groups = Self.replicates(.leaveOneGroupOut)
    #expect((0..<groups.count).map { Set(groups[$0].heldOut.map { Self.groups[$0] }) } == [[0], [1], [2], [3]])
    #expect(Self.replicates(.leaveOneOut).count == 10)
    #expect(Set(Self.replicates(.holdOut(share: 0.3, repeats: 1))[0].heldOut.map { Self.patients[$0] }).count == 3)
    #expect(Replicates(.folds(20, repeats: 1), rows: 3, seed: 1).count == 3)
  }

  /// Draws are uniform: of 4000 samples of five rows each row comes as often, and samples of neighbouring seeds and numbers have
  /// nothing in common.
  @Test func drawsAreUniformAndIndependent() {
    let replicates = Replicates(.bootstrap(4000), rows: 5, seed: 1),
      next = Replicates(.bootstrap(4000), rows: 5, seed: 2)
    var counts = [Int](repeating: 0, count: 5), same = [0, 0]
    for number in 0..<4000 {
      for row in replicates[number].rows { counts[row] += 1 }
      same[0] += zip(replicates[number].rows, next[number].rows).count { $0 == $1 }
      same[1] += zip(replicates[number].rows, replicates[(number + 1) % 4000].rows).count { $0 == $1 }
    }
    let chi = counts.reduce(0.0) { $0 + (Double($1) - 4000) * (Double($1) - 4000) / 4000 }
    #expect(ChiSquared(4).above(chi) > 0.001, "\(counts)")
    // 20,000 pairs, a fifth of which are equal; four standard errors are 226.
    for count in same { #expect(abs(count - 4000) < 226, "\(same)") }
    let weights = Replicates(.reweighting(400), rows: 50, seed: 1).map(on: Lanes(jobs: 1)) { $0.weights! }.flatMap {
      $0
    }
    expectClose(mean(weights), 1, absolute: 4 / 20000.0.squareRoot())
  }

  /// Within four Monte-Carlo errors, taken from the spread over seeds, of an earlier figure.
  private static func expectChanceAlone(
    _ found: [Double], _ earlier: Double, at location: SourceLocation = #_sourceLocation
  ) {
    let center = mean(found), n = Double(found.count)
    let spread = (found.reduce(0) { $0 + ($1 - center) * ($1 - center) } / (n - 1)).squareRoot()
    #expect(
      spread > 0 && abs(earlier - center) <= 4 * spread, "\(earlier) \(center) \(spread)", sourceLocation: location)
  }

  /// What `prognostic lung.csv --model 'age * sex + strata(inst)' --bootstrap 20 --ties breslow` said before replicates had
  /// generators of their own, and limits of reweighted rows.
  @Test func earlierFiguresButForChance() throws {
    let lung = Table(texts: try StatisticalReference.table("lung"))
    var concordance: [Double] = [], slope: [Double] = []
    for seed in 1...8 {
      var options = Prognosis.Options()
      (options.model, options.ties, options.bootstraps) = ("age * sex + strata(inst)", .breslow, 20)
      (options.seed, options.lanes) = (UInt64(seed), Lanes(jobs: 2))
      let groups = try Prognosis(lung, options).performances[0].groups
      let corrected = try #require(groups.first { $0.name == "corrected" })
      concordance.append(try #require(corrected.statistics[0].cells[0].value))
      slope.append(try #require(corrected.statistics[1].cells[0].value))
    }
    Self.expectChanceAlone(concordance, 0.6116195586606213)
    Self.expectChanceAlone(slope, 0.9102099275506547)
    let risks = Table(texts: try StatisticalReference.table("pbc_312_risks"))
    var low: [Double] = [], high: [Double] = []
    for seed in 1...4 {
      var options = AddedValue.Options()
      (options.horizon, options.seed, options.lanes) = (2000, UInt64(seed), Lanes(jobs: 2))
      let result = try AddedValue(
        risks, .columns(base: "r0", extended: "r1"), options.asking(about: .survival(time: "time", event: "event")))
      let group = try #require(result.groups.first { $0.name == "survidinri" })
      let limits = try #require(group.statistics.first { $0.name == "idi_ci_perturbation" }).cells
      low.append(try #require(limits[0].value))
      high.append(try #require(limits[1].value))
    }
    Self.expectChanceAlone(low, 0.0028895542956756406)
    Self.expectChanceAlone(high, 0.037020500417627326)
  }
}
