import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Batches and subjects that nothing was learnt of, outcomes that protect, and what is checked after harmonisation.
@Suite struct NewBatchTests {
  typealias Laws = HarmonisationTests

  /// Fitted without the rows of the west, which are returned apart.
  private func withoutWest(_ combat: Combat) throws -> (fitted: FittedCombat, west: Table, whole: Table) {
    let table = try Laws.scanners(), sites = table.labels("site")!
    let rows = sites.indices.filter { sites[$0] != "west" }
    return (try combat.fit(table.rows(rows)), table.rows(sites.indices.filter { sites[$0] == "west" }), table)
  }

  @Test func anUnknownBatchIsRefusedByName() throws {
    let (fitted, _, whole) = try withoutWest(Laws.combat())
    let error = #expect(throws: ModelError.self) { try fitted.apply(whole) }
    #expect(error?.description.contains("has 'west' in 40 rows") == true, "\(error?.description ?? "")")
    let same = try fitted.meeting(whole, .refuse)
    #expect(same.fitted == fitted && same.batches.isEmpty)
  }

  @Test(arguments: [Combat.Method.parametric, .covbat]) func noneLeavesItsRows(_ method: Combat.Method) throws {
    let (fitted, west, whole) = try withoutWest(Laws.combat(method)), (met, batches) = try fitted.meeting(whole, .none)
    let harmonised = try met.apply(whole)
    let (found, expected) = (try Laws.numbers(harmonised.rows(Array(110..<150))), try Laws.numbers(west))
    if method == .covbat {
      // Standardised and back: at most eight roundings, each 2⁻⁵³ of |y| and the mean together, which are below 2.7 |y| here.
      for (a, b) in zip(found.flatMap { $0 }, expected.flatMap { $0 }) { expectClose(a!, b!, relative: 2.4e-15) }
    } else {
      #expect(found == expected)
    }
    // Rows of batches that were learnt have the same bits.
    #expect(try Laws.numbers(harmonised.rows(Array(0..<110))) == Laws.numbers(fitted.apply(whole.rows(Array(0..<110)))))
    #expect(batches.map(\.name) == ["west"] && batches[0].rows == 40)
  }

  @Test(arguments: [Combat.Method.parametric, .nonparametric, .locationScale, .covbat])
  func estimateLearnsFromRowsApart(_ method: Combat.Method) throws {
    let (fitted, west, _) = try withoutWest(Laws.combat(method)), apart = west.rows(Array(0..<25)),
      judged = west.rows(Array(25..<40))
    let (met, batches) = try fitted.meeting(judged, .estimate, calibration: apart)
    #expect(
      batches.map(\.learntFrom) == [25] && batches.map(\.rows) == [15] && batches[0].sentence.contains("transductive"))
    // What was learnt of others stays.
    #expect(met.steps[0].locations.prefix(2).map { $0 } == fitted.steps[0].locations)
    let before = try Laws.numbers(apart), after = try Laws.numbers(met.apply(apart))
    #expect(before != after && after.flatMap { $0 }.allSatisfy { $0!.isFinite })
    // No judged row has a part in it.
    #expect(try fitted.meeting(west.rows([25, 26]), .estimate, calibration: apart).fitted == met)
    let error = #expect(throws: ModelError.self) {
      try fitted.meeting(judged, .estimate, calibration: west.rows(Array(0..<9)))
    }
    #expect(error?.description.contains("9 rows of it are set apart, must be at least 10") == true)
    #expect(throws: ModelError.self) { try fitted.meeting(judged, .estimate) }
    let both = #expect(throws: ModelError.self) { try fitted.meeting(judged, .estimate, calibration: west) }
    #expect(both?.description.contains("Effects must be estimated from rows that are not judged") == true)
  }

  /// Without priors the estimate of rows apart is their mean and variance: the same as if the batch had been learnt with fixed α and β.
  @Test func anEstimateIsTheMeanAndVarianceOfItsRows() throws {
    let (fitted, west, _) = try withoutWest(Laws.combat(.locationScale, [])), step = fitted.steps[0]
    let met = try fitted.meeting(west.rows([0]), .estimate, calibration: west.rows(Array(1..<40))).fitted.steps[0]
    let values = try Laws.known(west.rows(Array(1..<40)), "f4"), sd = step.variance[3].squareRoot()
    // Sums of 39 terms of the size 10 (in units of sd) in another order: 6 roundings, 7·10⁻¹⁵; location and scale are above 0.01.
    expectClose(met.locations[2][3], (mean(values) - step.mean[3]) / sd, relative: 1e-12)
    expectClose(met.scales[2][3], variance(values) / step.variance[3], relative: 1e-12)
  }

  @Test func nearestIsTheBatchThatAcquiresItsImagesMostAlike() throws {
    let table = try Laws.scanners(), sites = table.labels("site")!.map { $0! }
    let known = table.with("maker", .categories(sites.map { $0 == "north" ? "A" : "B" }))
      .with("slice", .numbers(sites.map { $0 == "north" ? 1 : $0 == "south" ? 3 : 2.5 }))
    var combat = Laws.combat()
    combat.acquisition = ["maker", "slice"]
    let rows = sites.indices.filter { sites[$0] != "west" }, fitted = try combat.fit(known.rows(rows))
    let (met, batches) = try fitted.meeting(known, .nearest)
    #expect(batches.map(\.like) == ["south"])
    let renamed = known.with("site", .categories(sites.map { $0 == "west" ? "south" : $0 }))
    #expect(try Laws.numbers(met.apply(known)) == Laws.numbers(fitted.apply(renamed)))
    let error = #expect(throws: ModelError.self) { try Laws.combat().fit(known.rows(rows)).meeting(known, .nearest) }
    #expect(error?.description.contains("nothing is known of how images were acquired") == true)
    let alike = known.with("maker", .categories(sites.map { _ in "C" })).with("slice", .numbers(sites.map { _ in 2 }))
    #expect(throws: ModelError.self) { try fitted.meeting(alike, .nearest) }
  }

  @Test func nestedBatchesAreMetInTurn() throws {
    let (fitted, west, _) = try withoutWest(Laws.combat(.nested))
    let met = try fitted.meeting(west.rows(Array(25..<40)), .estimate, calibration: west.rows(Array(0..<25)))
    #expect(met.batches.map(\.column) == ["site"] && met.fitted.steps[1] == fitted.steps[1])
  }

  private func longitudinal() throws -> (table: Table, combat: Combat) {
    let table = Table(texts: try StatisticalReference.table("longitudinal"))
    var combat = Combat()
    (combat.method, combat.batch, combat.subject, combat.covariates) = (
      .longitudinal, ["scanner"], "id", ["age", "time"]
    )
    combat.features = (1...8).map { "f\($0)" }
    return (table, combat)
  }

  /// A new subject gets the fixed part alone, and its row is read without those of others.
  @Test func aNewSubjectHasNoIntercept() throws {
    let (table, combat) = try longitudinal(), fitted = try combat.fit(table), step = fitted.steps[0]
    let first = table.rows([0]), stranger = first.with("id", .categories(["nobody"]))
    #expect(
      step.findings(stranger).contains { $0.message.contains("1 of 1 rows are of subjects that were not learnt from") })
    #expect(step.findings(table).isEmpty)
    let place = try #require(step.levels.firstIndex(of: table.labels("scanner")![0]!))
    let ages = try table.numbers("age")[0]!, time = try table.numbers("time")[0]!
    let expected = step.mean[0] + step.slopes[0][0] * ages + step.slopes[1][0] * time, y = try table.numbers("f1")[0]!
    let harmonised =
      (y - expected - step.locations[place][0] * step.variance[0].squareRoot()) / step.scales[place][0].squareRoot()
      + expected
    // The same sum in another order: 10 roundings of 2⁻⁵³ of terms that are at most 90 times the result.
    expectClose(try #require(try fitted.apply(stranger).numbers("f1")[0]), harmonised, relative: 1e-13)
    #expect(try fitted.apply(stranger).numbers("f1") != fitted.apply(first).numbers("f1"))
    #expect(
      try Laws.numbers(Laws.again(fitted).apply(table), combat.features)
        == Laws.numbers(fitted.apply(table), combat.features))
    // Names of subjects are not in the file.
    #expect(try !Setting.Value(coding: fitted).json.contains("id000"))
    let turned = table.rows((0..<table.count).reversed().map { $0 })
    #expect(try combat.fit(turned) == fitted)
  }

  /// Without an intercept of its own a row's distance from the fixed part is no effect of its batch.
  @Test func effectsOfANewBatchAreNotEstimatedForSubjects() throws {
    let (table, combat) = try longitudinal(), scanners = table.labels("scanner")!
    let last = try #require(Column.Values.levels(scanners).last)
    let fitted = try combat.fit(table.rows(scanners.indices.filter { scanners[$0] != last }))
    let new = table.rows(scanners.indices.filter { scanners[$0] == last })
    let error = #expect(throws: ModelError.self) {
      try fitted.meeting(new.rows([0]), .estimate, calibration: new.rows(Array(1..<new.count)))
    }
    #expect(error?.description.contains("cannot be estimated for longitudinal") == true)
  }

  /// A feature that every subject has once tells nothing of variances within subjects, whatever the others tell.
  @Test func aFeatureWithoutRepeatsIsLeft() throws {
    let (table, combat) = try longitudinal(), subjects = table.labels("id")!
    var seen: Set<String> = []
    let once = zip(subjects, try table.numbers("f3")).map { seen.insert($0!).inserted ? $1 : nil }
    let fitted = try combat.fit(table.with("f3", .numbers(once)))
    #expect(fitted.steps[0].left.map(\.feature) == ["f3"])
    #expect(fitted.steps[0].left.map(\.reason) == ["no subject has two values of it"])
  }

  /// Nested: the second column is learnt of features too that the first one left as they were.
  @Test func whatAnyStepHarmonisesIsWritten() throws {
    let table = try Laws.scanners(), sites = table.labels("site")!
    let constant = zip(sites, try table.numbers("f3")).map { $0 == "west" ? 1 : $1 }
    let fitted = try Laws.combat(.nested).fit(table.with("f3", .numbers(constant)))
    #expect(!fitted.steps[0].features.contains("f3") && fitted.steps[1].features.contains("f3"))
    #expect(fitted.changed.contains("f3"))
  }

  @Test func damagedFilesAreRefused() throws {
    let fitted = try Laws.combat().fit(try Laws.scanners()), text = try Setting.Value(coding: fitted).json
    for (old, new) in [("\"south\"", "\"north\""), ("\"f2\"", "\"f1\"")] {
      #expect(text.contains(old))
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(FittedCombat.self, from: Data(text.replacingOccurrences(of: old, with: new).utf8))
      }
    }
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(FittedCombat.self, from: Data(#"{"method": "parametric", "steps": []}"#.utf8))
    }
    var nameless = Laws.combat()
    nameless.batch = [""]
    #expect(throws: SettingError.self) { try nameless.check() }
  }

  /// Both rows of a pair are as far from its median: nothing is left to compare with.
  @Test func pairsHaveNoBrownAndForsythe() throws {
    let test = try #require(
      BatchEffectTest(
        [1, 2.1, 3, 5.3, 4, 9.7], [0, 0, 1, 1, 2, 2], batchCount: 3, covariates: Matrix(columns: [], rows: 6)))
    #expect(test.brownForsythe == nil && test.brownForsytheP == nil && test.ratio.isFinite)
  }

  @Test func oneRowASubjectIsNoLongitudinalTable() throws {
    let (table, combat) = try longitudinal()
    let alone = table.with("id", .categories((0..<table.count).map { "p\($0)" }))
    let error = #expect(throws: ModelError.self) { try combat.fit(alone) }
    #expect(error?.description.contains("each of \(table.count) rows is of a subject of its own") == true)
  }

  /// The intercepts' variance and the residual's of a balanced table are those of the analysis of variance.
  @Test func randomInterceptsAreThoseOfTheAnalysisOfVariance() throws {
    var generator = SeededGenerator(seed: 8)
    let subjects = (0..<20).flatMap { [$0, $0, $0] }, own = (0..<20).map { _ in 2 * generator.normal() }
    let y = subjects.map { own[$0] + generator.normal() }
    let model = try #require(
      RandomIntercept(Matrix(columns: [y.map { _ in 1 }], rows: 60), y, subjects: subjects, count: 20))
    let means = (0..<20).map { mean(Array(y[3 * $0..<3 * $0 + 3])) }
    let within = y.indices.reduce(0) { $0 + (y[$1] - means[$1 / 3]) * (y[$1] - means[$1 / 3]) } / 40
    // A minimum is found where the criterion changes by less than its rounding: to √2⁻⁵² = 1.5·10⁻⁸ of the share, of which the ratio
    // is share / (1 − share): 5 times as much at a share of 0.8.
    expectClose(model.variance, within, relative: 1e-7)
    expectClose(model.ratio * model.variance, variance(means) - within / 3, relative: 1e-7)
    // The mean of 60 terms of the size 3 in another order: 6 roundings, 2·10⁻¹⁵, over a mean above 0.01.
    expectClose(model.coefficients[0], mean(y), relative: 1e-12)
  }

  @Test func anOutcomeAmongCovariatesIsFound() throws {
    let table = try Laws.scanners(), codes = try table.numbers("train").map { $0! }
    let more = table.with("dead", .numbers(codes)).with(
      "nearly", .numbers(codes.enumerated().map { $1 + 1e-3 * Double($0 % 7) }))
    func found(_ covariates: [String], _ outcome: String?) throws -> [String] {
      try Laws.combat(.parametric, covariates).protectedOutcomes(more, outcome: outcome).map(\.column)
    }
    #expect(try found(["age", "dead"], "dead") == ["dead"] && found(["age", "dead"], nil) == ["dead"])
    #expect(try found(["age", "nearly"], "dead") == ["nearly"] && found(["age", "nearly"], nil).isEmpty)
    #expect(try found(["age", "sex"], "dead").isEmpty && found([], "dead").isEmpty)
    // Called as one, whichever is named.
    #expect(try found(["dead"], "train") == ["dead"])
    // What is called as clinical columns are is no feature that is harmonised unless it is named.
    let stages = table.with("stage", .numbers(codes.enumerated().map { Double($0.offset % 4) }))
    #expect(Laws.combat().doubtful(["stage", "f1", "age"], stages) == ["stage", "age"])
  }

  @Test func checkSeesWhatWasTakenOut() throws {
    let table = Laws.planted([60, 60], features: 12, shift: 1.5), names = (1...12).map { "f\($0)" }
    var combat = Laws.combat(.parametric, [])
    combat.features = names
    let sites = table.labels("site")!
    let outcome = table.with("dead", .numbers(sites.enumerated().map { ($0 % 10 < 8) == ($1 == "s1") ? 1 : 0 }))
    let harmonised = try combat.fit(outcome).apply(outcome)
    let check = try HarmonisationCheck(outcome, harmonised, batch: "site", features: names, outcome: "dead")
    // A shift of 1.5 SD explains 1.5² / (1.5² + 4) = 0.36 of the variance, with a standard error of 0.07; P below 10⁻⁶ is a share above 0.18.
    // Of unlike halves of 120 like rows 0.06 is the share with P 0.007.
    #expect(check.effects.allSatisfy { $0.before!.share > 0.2 && $0.before!.p < 1e-6 && $0.after!.share < 0.06 })
    let before = try #require(check.before?.mixing), after = try #require(check.after?.mixing)
    // Of 300 permutations of batches in NumPy (10 components of 12 normal columns, 120 rows) silhouettes lie from −0.006 to 0.009 (99 %),
    // kBET's shares from 0 to 0.083.
    #expect(before.silhouette > 0.15 && abs(after.silhouette) < 0.02 && before.kbet > 0.8 && after.kbet < 0.12)
    // 80 % of one site and 20 % of the other died: V is the difference.
    expectClose(try #require(check.confounding?.association), 0.6, relative: 1e-12)
  }
}
