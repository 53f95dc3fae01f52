import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// A signature's file that was damaged anywhere is refused by a sentence, or predicts what can be a prediction; nothing ends the program.
struct SignatureDamageTests {
  /// A kind of signature: its pipeline, and what a study of it says otherwise.
  struct Kind: Sendable, CustomTestStringConvertible {
    let pipeline: String
    var outcome = "outcome: event"
    var candidates = "candidates: /^f/"
    var testDescription: String { "\(pipeline) \(outcome)" }
  }

  private static let survival = "time: months\nevent: died"
  static let kinds: [Kind] = [
    Kind(pipeline: "[impute: median, harmonise: { batch: hospital, covariates: [sex], new_batch: none }, elastic_net]"),
    Kind(pipeline: "[impute: knn, harmonise: { batch: hospital, method: covbat, new_batch: none }, ridge]"),
    Kind(pipeline: "[impute: chained, pca: { count: 2 }, regression]"),
    Kind(pipeline: "[impute: median, harmonise: { batch: hospital, method: longitudinal, subject: twice }, ridge]"),
    Kind(pipeline: "[harmonise: { batch: hospital, acquisition: [kernel], new_batch: nearest }, elastic_net]"),
    Kind(pipeline: "[impute: median, elastic_net]", outcome: survival),
    Kind(pipeline: "[impute: median, ridge]", outcome: "outcome: amount\nkind: continuous"),
    Kind(pipeline: "[impute: median, ridge]", candidates: "sources: { ct: '/^f[0-2]/', pet: '/^f[3-5]/' }"),
    Kind(
      pipeline: "[impute: median, ridge]", outcome: survival,
      candidates: "sources: { ct: '/^f[0-2]/', pet: '/^f[3-5]/' }\nfusion: mean"),
    Kind(pipeline: "[impute: median, xgboost: { rounds: 3 }]"),
  ]

  /// A signature of a kind, and rows that it predicts.
  static func signature(_ kind: Kind) throws -> (signature: Signature, rows: StudyRows) {
    let (known, features) = try StudyTrainingTests.study(
      sites: [48, 48, 48], prevalence: [0.4, 0.5, 0.6], features: 6, signal: 1)
    let events = known.outcome.isEvent, count = known.count
    let months = (0..<count).map { 3.171234567 + 0.912345678 * Double($0 * 7 % 143) + (events[$0] ? 0 : 5) }
    let amount = (0..<count).map { Double($0 % 9) + (events[$0] ? 2.5 : 0) }
    let table = known.table.with("event", .numbers(events.map { $0 ? 1 : 0 })).with("months", .numbers(months))
      .with("died", .numbers(events.map { $0 ? 1 : 0 })).with("amount", .numbers(amount))
      .with("twice", .categories((0..<count).map { "t\($0 / 2)" }))
      .with("kernel", .categories(known.sites!.codes.map { ["B30", "B50", "B70"][$0] }))
    let outcome: Outcome =
      kind.outcome.contains("months")
      ? .survival(try SurvivalTimes(stop: months, isEvent: events))
      : kind.outcome.contains("amount") ? .number(amount) : known.outcome
    let plan = try StudyTrainingTests.plan(
      """
      table: t.csv
      \(kind.outcome)
      \(kind.candidates)
      clinical: [age, sex]
      site: hospital
      shuffles: 0
      design: { outer: { folds: 2 }, inner: 2 }
      pipeline: \(kind.pipeline)
      """)
    let sources =
      plan.sources.all.isEmpty
      ? [(name: "", features: features)]
      : [(name: "ct", features: Array(features.prefix(3))), (name: "pet", features: Array(features.suffix(3)))]
    let rows = StudyRows(table, outcome, patients: (0..<count).map { $0 / 2 }, sites: known.sites)
    let training = try StudyTraining(plan, rows, sources: sources, volume: nil, lanes: Lanes(jobs: 1))
    return (Signature(try training.run(), try StudyOutcome(plan, table)), rows)
  }

  private static let replacements: [Setting.Value] = [
    .null, .text("x"), .integer(-1), .integer(0), .number(1e308), .flag(true), .list([]), .map([]),
  ]

  /// Every value replaced, left out or there twice, each with where; of long lists their ends.
  private static func damaged(_ value: Setting.Value, _ place: String = "") -> [(place: String, value: Setting.Value)] {
    var found = replacements.filter { $0 != value }.map { (place: "\(place) = \($0.line)", value: $0) }
    switch value {
    case .map(let entries):
      for (index, entry) in entries.enumerated() {
        let own = "\(place).\(entry.key)"
        var less = entries
        less.remove(at: index)
        found.append((place: "\(own) left out", value: .map(less)))
        found.append((place: "\(own) twice", value: .map([.init(entry.key, .integer(-1))] + entries)))
        found += damaged(entry.value, own).map { part in
          var other = entries
          other[index] = .init(entry.key, part.value)
          return (place: part.place, value: .map(other))
        }
      }
    case .list(let values) where !values.isEmpty:
      found.append((place: "\(place) shorter", value: .list(Array(values.dropLast()))))
      found.append((place: "\(place) longer", value: .list(values + [values[0]])))
      found.append((place: "\(place) reversed", value: .list(values.reversed())))
      for index in Set([0, 1, values.count - 1]).sorted() where index < values.count {
        found += damaged(values[index], "\(place)[\(index)]").map { part in
          var other = values
          other[index] = part.value
          return (place: part.place, value: .list(other))
        }
      }
    default: break
    }
    return found
  }

  /// One in so many kinds of damage; all of them at night.
  private static let stride = ProcessInfo.processInfo.environment["RADIOMICS_NIGHTLY"] == nil ? 17 : 1

  @Test(arguments: kinds.indices) func anyDamageIsASentenceOrAPrediction(_ number: Int) throws {
    let kind = Self.kinds[number]
    if kind.pipeline.contains("xgboost"), !BoostedTrees.isAvailable { return }
    let (signature, rows) = try Self.signature(kind)
    let whole = try Setting.Value(coding: signature), all = Self.damaged(whole)
    let asked = rows.table.rows([0, 60, 143]).with("f1", .numbers([nil, 0.1, -0.2]))
    _ = try Signature(Array(whole.json.utf8), path: "s.json").apply(asked)
    var refused = 0, predicted = 0
    for index in Swift.stride(from: number % Self.stride, to: all.count, by: Self.stride) {
      let (place, value) = all[index]
      do {
        let read = try Signature(Array(value.json.utf8), path: "s.json")
        for row in try read.apply(asked) {
          guard let linear = row.linear else {
            #expect(row.reason?.isEmpty == false, "\(place)")
            continue
          }
          #expect(linear.isFinite, "\(place)")
          if let prediction = row.prediction {
            #expect(
              read.predicted.kind == "continuous" ? prediction.isFinite : (0...1).contains(prediction), "\(place)")
          }
        }
        predicted += 1
      } catch {
        #expect(error.description.count > 10 && error.description.hasSuffix("."), "\(place): \(error)")
        refused += 1
      }
    }
    #expect(refused > predicted / 10 && refused + predicted > 50)
  }
}
