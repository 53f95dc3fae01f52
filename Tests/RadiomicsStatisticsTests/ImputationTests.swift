import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Values that are put where features have none: hand calculations and laws; scikit-learn's are in `StepsReferenceTests`.
struct ImputationTests {
  /// Four columns that tell of each other, with holes; row 0 has the first column alone, row 1 none.
  private static func table(_ count: Int, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed)
    let base = (0..<count).map { _ in generator.normal() }
    let columns = (0..<4).map { k in
      base.map { Double(k + 1) * $0 + 0.5 * generator.normal() + Double(10 * k) }
    }
    return Table(
      [("subject", .categories((0..<count).map { "p\($0)" }))]
        + columns.enumerated().map { k, column in
          (
            "f\(k)",
            .numbers(
              column.enumerated().map { row, value in
                row == 1 || row == 0 && k > 0 || row > 1 && (row + 3 * k) % 7 == 0 ? nil : value
              })
          )
        })
  }

  private static let features = (0..<4).map { "f\($0)" }
  private static let training = table(40, seed: 2), others = table(15, seed: 3)

  private static func step(_ method: Imputation.Method) -> Imputation {
    var step = Imputation()
    (step.method, step.features) = (method, features)
    return step
  }

  private static func columns(_ table: Table) throws -> [[Double?]] { try features.map { try table.numbers($0) } }

  @Test func nearestRowsByHand() {
    // The columns' units are alike: rows 0 and 1 are the nearest to 1.4.
    let neighbours = NearestNeighbours([[1, 2, 9, 5], [10, 20, 90, nil]], count: 2)
    #expect(neighbours.filled([[1.4, 1.4, 5, nil], [nil, 7, nil, nil]]) == [[1.4, 1.4, 5, 4.25], [15, 7, 15, 40]])
  }

  @Test func chainsByHand() throws {
    // y = 2x wherever both are known; nothing is known of the last row but what rows are on average.
    var settings = ChainedEquations.Settings()
    settings.ridge = 0
    let chains = try ChainedEquations([[1, 2, 3, 4], [2, 4, 6, 8]], settings)
    let filled = chains.filled([[3, nil, nil], [nil, 5, nil]])
    for (value, expected) in zip(filled[0] + filled[1], [3, 2.5, 2.5, 6, 5, 5]) {
      expectClose(try #require(value), expected, relative: 1e-12)
    }
    // Where a column is a combination of others, equations of all three have no solution without a ridge, and one with it.
    let first = [1.0, 2, 3, 4, 7, 9, 5, 6, 8], second = [2.0, 1, 5, 4, 0, 3, 9, 2, 7]
    let sum = zip(first, second).map(+), fourth = [3.0, 1, 4, 1, 5, 9, 2, 6, 5]
    let columns = [first, second, sum, fourth].map { $0.map(Optional.some) }
    let error = #expect(throws: ModelError.self) { try ChainedEquations(columns, settings) }
    #expect(error.map { "\($0)" } == "ridge: is 0, must be above 0 where features are combinations of others.")
    settings.ridge = 1e-9
    let third = try ChainedEquations(columns, settings).filled([[2], [2], [nil], [4]])[2][0]
    expectClose(try #require(third), 4, relative: 1e-6)
  }

  @Test(arguments: [Imputation.Method.median, .nearest, .chained]) func laws(_ method: Imputation.Method) throws {
    let fitted = try Self.step(method).fit(Self.training), filled = try fitted.apply(Self.others)
    let before = try Self.columns(Self.others), after = try Self.columns(filled)
    #expect(filled.names == Self.others.names && after.allSatisfy { $0.allSatisfy { $0?.isFinite ?? false } })
    for (old, new) in zip(before, after) { for (a, b) in zip(old, new) where a != nil { #expect(a == b) } }
    // A row becomes the same alone, and what is written and read fills with the same bits.
    for row in [0, 1, 6] {
      let alone = try Self.columns(fitted.apply(Self.others.rows([row])))
      #expect(alone.map { $0[0] } == after.map { $0[row] })
    }
    let text = try Setting.Value(coding: fitted).json
    let again = try Setting.Value(json: Array(text.utf8), file: "step.json").decoded(FittedImputation.self)
    #expect(again == fitted)
    #expect(try Self.columns(again.apply(Self.others)) == after)
    // The order of training rows changes nothing but the last digits.
    let turned = try Self.step(method).fit(Self.training.rows(Array((0..<Self.training.count).reversed())))
    for (a, b) in zip(try Self.columns(turned.apply(Self.others)).joined(), after.joined()) {
      expectClose(try #require(a), try #require(b), relative: 1e-12)
    }
    // Training rows are in the file where that is said, and nowhere else.
    let value = try #require(try Self.training.numbers("f2")[5])
    #expect(fitted.keepsRows == text.contains(numberText(value)) && fitted.keepsRows == (method == .nearest))
  }

  /// Where columns tell of each other, what is put in is nearer to what was there than the median is.
  @Test func whatOthersTellIsUsed() throws {
    var errors: [Imputation.Method: Double] = [:]
    let whole = Self.table(60, seed: 5)
    let values = try Self.columns(whole).map { $0.map { $0 ?? 0 } }
    for method in Imputation.Method.allCases {
      let fitted = try Self.step(method).fit(Self.training)
      for row in 2..<60 where row % 7 != 5 {
        guard try whole.numbers("f1")[row] != nil else { continue }
        let holed = whole.rows([row]).with("f1", .numbers([nil]))
        let found = try #require(try fitted.apply(holed).numbers("f1")[0])
        errors[method, default: 0] += abs(found - values[1][row])
      }
    }
    let median = try #require(errors[.median])
    #expect(errors[.nearest]! < 0.6 * median && errors[.chained]! < 0.5 * median, "\(errors)")
  }

  @Test func settingsAndRefusals() throws {
    func read(_ value: Setting.Value) throws -> Imputation {
      try Imputation(setting: Setting(value, at: Place(file: "study.yaml")))
    }
    #expect(try read(.text("chained")).method == .chained && read(.null).method == .median)
    #expect(throws: SettingError.self) { try read(.text("mean")) }
    let table = Table([("f", .numbers([nil, nil])), ("g", .numbers([1, 2]))])
    var step = Imputation()
    (step.method, step.features) = (.chained, ["f", "g"])
    let error = #expect(throws: ModelError.self) { try step.fit(table) }
    #expect(error.map { "\($0)" } == "'f': no row has a value, must have one to be imputed. Leave the feature out.")
    // A file of which an equation names a column that is not there is damaged.
    let text = #"{"equations":[{"mean":0,"deviation":1,"constant":0,"predictors":[1],"slopes":[1]}]}"#
    #expect(throws: DecodingError.self) {
      try Setting.Value(json: Array(text.utf8), file: "a").decoded(ChainedEquations.self)
    }
  }
}
