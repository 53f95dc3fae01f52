import Foundation
import Radiomics
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Laws of every estimator: the order of rows and the seed's use, what a file gives back, and what it must not hold.
struct EstimatorContractTests {
  /// An estimator with the outcome that it learns.
  struct Learner: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The word for what it learns, in files.
    let kind: String
    let learn: @Sendable (Table, UInt64) throws -> Learnt
    /// What it says to an outcome that is none of its.
    let refuse: @Sendable (Table) throws -> Void
  }

  /// What was learnt, by what can be asked of it.
  struct Learnt {
    let text: String
    let predict: (Table) throws -> [Double]
    let again: () throws -> Learnt

    init<Model: FittedModel>(_ model: Model) throws {
      let text = try Setting.Value(coding: model).json
      self.text = text
      predict = { try model.predict($0) }
      again = { try Learnt(Setting.Value(json: Array(text.utf8), file: "model.json").decoded(Model.self)) }
    }
  }

  private static func learner<Method: Estimator>(
    _ name: String, _ estimator: Method, _ outcome: @escaping @Sendable (Table) throws -> Outcome
  ) -> Learner {
    Learner(
      testDescription: name, kind: Method.Fitted.kind,
      learn: { rows, seed in try Learnt(estimator.fit(rows, outcome(rows), seed: seed)) },
      refuse: { rows in _ = try estimator.fit(rows, .number(numbers(rows, "age")), seed: 1) })
  }

  /// Every way to learn, and each of its settings that takes another way through the code.
  static let learners = [
    learner("logistic", LogisticRegression("age * stage + log(size)"), binary),
    learner("logistic, Firth", LogisticRegression("age + stage", isFirth: true), binary),
    learner("logistic, weights", LogisticRegression("age + size", weights: "weight"), binary),
    learner("cox, efron", CoxRegression("age * stage + strata(site)"), survival),
    learner("cox, breslow", CoxRegression("age + log(size)", ties: .breslow), survival),
    learner("cox, exact", CoxRegression("age + size", ties: .exact), survival),
    learner("elastic net", PenalisedCoxRegression("age + size + stage", penalty: 0.02), survival),
    learner("fine-gray", FineGrayRegression("age + stage"), competing),
  ]

  private static func numbers(_ table: Table, _ name: String) throws(ModelError) -> [Double] {
    try table.numbers(name).map { $0! }
  }
  @Sendable private static func binary(_ table: Table) throws -> Outcome {
    .binary(try numbers(table, "y").map { $0 == 1 })
  }
  @Sendable private static func survival(_ table: Table) throws -> Outcome {
    .survival(try SurvivalTimes(stop: numbers(table, "time"), isEvent: numbers(table, "kind").map { $0 > 0 }))
  }
  @Sendable private static func competing(_ table: Table) throws -> Outcome {
    .competing(try CompetingTimes(stop: numbers(table, "time"), kinds: numbers(table, "kind").map { Int($0) }))
  }

  /// Patients of whom age and size tell the risk; a third are censored, and few have one time with others.
  private static func rows(_ count: Int, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed)
    var columns: [String: [Double]] = [:]
    for row in 0..<count {
      let age = 50 + 10 * generator.normal(), size = exp(generator.normal())
      let risk = exp(0.04 * (age - 50) + 0.3 * size), time = -40 * log(1 - generator.uniform()) / risk
      columns["age", default: []].append(age)
      columns["size", default: []].append(size)
      columns["y", default: []].append(generator.uniform() < risk / (1 + risk) ? 1 : 0)
      columns["time", default: []].append(row % 10 == 0 ? min(time, 30).rounded() + 1 : min(time, 30.0625) + 1)
      columns["kind", default: []].append(time < 30 ? (row % 4 == 0 ? 2 : 1) : 0)
      columns["weight", default: []].append(0.5 + generator.uniform())
    }
    let words: [(String, Column.Values)] = [
      ("name", .categories((0..<count).map { "Patient-\(seed)-\($0)" })),
      ("stage", .categories((0..<count).map { ["I", "II", "III"][$0 % 3] })),
      ("site", .categories((0..<count).map { $0 % 2 == 0 ? "east" : "west" })),
    ]
    return Table(columns.keys.sorted().map { ($0, .numbers(columns[$0]!.map { $0 })) } + words)
  }

  private static let training = rows(150, seed: 3), others = rows(40, seed: 4)

  /// A kind that files may have and no law is held against fails here.
  @Test func everyKindOfFileIsHere() {
    #expect(Set(Self.learners.map(\.kind)) == Set(SavedModel.Model.kinds))
  }

  @Test(arguments: learners) func theOrderOfRowsChangesNothing(_ learner: Learner) throws {
    let plain = try learner.learn(Self.training, 1)
    let turned = try learner.learn(Self.training.rows(Array((0..<Self.training.count).reversed())), 1)
    for (a, b) in zip(try plain.predict(Self.others), try turned.predict(Self.others)) {
      expectClose(a, b, relative: 1e-9)
    }
    #expect(Set(try plain.predict(Self.others)).count > 20)
  }

  /// Equal seeds give equal bits; equal rows equal predictions, wherever they stand.
  @Test(arguments: learners) func seedsAndRowsDecideAlone(_ learner: Learner) throws {
    let model = try learner.learn(Self.training, 5)
    #expect(try learner.learn(Self.training, 5).text == model.text)
    let order = Array((0..<Self.others.count).reversed()), predicted = try model.predict(Self.others)
    #expect(try model.predict(Self.others.rows(order)) == order.map { predicted[$0] })
    #expect(try model.predict(Self.others.rows([7])) == [predicted[7]])
  }

  @Test(arguments: learners) func whatIsReadPredictsTheBitsOfWhatWasWritten(_ learner: Learner) throws {
    let model = try learner.learn(Self.training, 1), again = try model.again()
    #expect(again.text == model.text)
    #expect(try again.predict(Self.others) == model.predict(Self.others))
  }

  /// No name and no value of a column, and no time but those of events, which a baseline hazard is made of.
  @Test(arguments: learners) func aFileHoldsNoRow(_ learner: Learner) throws {
    let text = try learner.learn(Self.training, 1).text
    let kinds = try Self.numbers(Self.training, "kind")
    for name in ["age", "size", "weight", "time"] {
      for (row, value) in try Self.numbers(Self.training, name).enumerated() where numberText(value).count > 7 {
        guard name != "time" || kinds[row] == 0 else { continue }
        #expect(!text.contains(numberText(value)), "\(name) of row \(row)")
      }
    }
    #expect(!text.contains("Patient-"))
  }

  /// Another outcome, a column that is not there and a missing value are refused with a sentence, by kind of error.
  @Test(arguments: learners) func refusals(_ learner: Learner) throws {
    let error = #expect(throws: ModelError.self) { try learner.refuse(Self.training) }
    guard case .outcome("a number", _)? = error else {
      Issue.record("\(error as Any)")
      return
    }
    let model = try learner.learn(Self.training, 1)
    let missing = Self.others.with("age", .numbers((0..<Self.others.count).map { $0 == 3 ? nil : 50 }))
    #expect(throws: ModelError.self) { try model.predict(missing) }
    let names = Self.others.names.filter { $0 != "age" }
    let absent = #expect(throws: ModelError.self) { try model.predict(Self.others.only(Set(names))) }
    #expect(absent == .noColumn("age", near: names), "\(absent as Any)")
  }
}
