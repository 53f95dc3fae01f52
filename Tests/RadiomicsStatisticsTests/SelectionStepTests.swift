import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Steps that choose and fill features are learnt from training rows and applied to any.
struct SelectionStepTests {
  /// Forty rows: `signal` follows the outcome, `copy` follows it, `noise…` nothing, `flat` is constant.
  private static func table() -> (table: Table, outcome: [Bool]) {
    var generator = SeededGenerator(seed: 5)
    let outcome = (0..<40).map { $0 % 2 == 0 }
    let signal = outcome.map { ($0 ? 1.5 : 0) + generator.normal() }
    var columns: [(name: String, values: Column.Values)] = [
      ("subject", .categories((0..<40).map { "p\($0 / 2)" })), ("signal", .numbers(signal)),
      ("copy", .numbers(signal.map { 2 * $0 + 1 })), ("flat", .numbers(signal.map { _ in 3 })),
    ]
    for k in 0..<6 { columns.append(("noise\(k)", .numbers((0..<40).map { _ in generator.normal() }))) }
    return (Table(columns), outcome)
  }

  private static let features = ["signal", "copy", "flat"] + (0..<6).map { "noise\($0)" }

  @Test func filtersNeedNoOutcome() throws {
    let table = Self.table().table
    var variance = VarianceFilter()
    variance.features = Self.features
    let varies = try variance.fit(table)
    #expect(varies.dropped.map { "\($0.feature): \($0.reason)" } == ["flat: 40 of 40 values are the same"])
    var correlation = CorrelationFilter()
    correlation.features = varies.kept
    let apart = try correlation.fit(varies.apply(table))
    #expect(apart.dropped.map { "\($0.feature): \($0.reason)" } == ["copy: 'signal' stands for it"])
    #expect(try apart.apply(varies.apply(table)).names == ["subject", "signal"] + (0..<6).map { "noise\($0)" })
  }

  @Test(arguments: ["mrmr", "univariate", "stability"]) func selectorsFindTheSignal(_ name: String) throws {
    let (table, outcome) = Self.table()
    var mrmr = MinimumRedundancySelection(), univariate = UnivariateSelection(), stability = StabilityFilter()
    (mrmr.count, univariate.count, stability.perHalf) = (1, 1, 1)
    let all: [String: any Selector] = ["mrmr": mrmr, "univariate": univariate, "stability": stability]
    var selector = try #require(all[name])
    selector.features = ["noise0", "noise1", "signal", "noise2", "noise3"]
    let found = try selector.fit(table, .binary(outcome), patients: (0..<40).map { $0 / 2 }, seed: 3)
    #expect(found.kept == ["signal"] && found.dropped.count == 4)
    #expect(try found.apply(table).names.contains("copy"))
    // What is written and read again chooses the same.
    let again = try JSONDecoder().decode(ColumnSelection.self, from: JSONEncoder().encode(found))
    #expect(again == found)
  }

  @Test func settingsAreRead() throws {
    let place = Place(file: "study.yaml")
    let setting = Setting(
      map: [
        ("count", place, Setting(.integer(7), at: place)), ("correlation", place, Setting(.text("pearson"), at: place)),
      ], at: place)
    let step = try MinimumRedundancySelection(setting: setting)
    #expect(step.count == 7 && step.correlation == .pearson)
  }

  /// The median of training rows, also in other rows, which have another one.
  @Test func mediansAreOfTrainingRows() throws {
    let training = Table([("f", .numbers([1, nil, 3, 10])), ("g", .numbers([1, 2, 3, 4]))])
    var step = Imputation()
    step.features = ["f", "g"]
    let fitted = try step.fit(training)
    let other = try fitted.apply(Table([("f", .numbers([nil, 100])), ("g", .numbers([5, nil]))]))
    #expect(try other.numbers("f") == [3, 100] && other.numbers("g") == [5, 2.5])
    step.features = ["h"]
    do {
      _ = try step.fit(Table([("h", .numbers([nil, nil]))]))
      Issue.record("must refuse")
    } catch { #expect("\(error)" == "'h': no row has a value, must have one to be imputed. Leave the feature out.") }
  }

  @Test func aMissingValueIsNamed() throws {
    let (table, outcome) = Self.table()
    let holed = table.with("noise0", .numbers([nil] + (1..<40).map { Double($0) }))
    var step = UnivariateSelection()
    step.features = ["noise0", "signal"]
    do {
      _ = try step.fit(holed, .binary(outcome))
      Issue.record("must refuse")
    } catch { #expect("\(error)".contains("'noise0' is empty, must be a number")) }
  }
}
