import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import Testing

/// Events as R, pandas and people write them: the twelve patients of scikit-survival's issue 258.
@Suite struct OutcomeCodingTests {
  private static let events = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0]

  private static func table(_ event: String, _ other: String) -> Table {
    Table(texts: [
      ("time", ["1", "1.5", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12"]),
      ("event", events.map { $0 == 1 ? event : other }),
      ("m", ["5", "4", "1", "3", "6", "2", "3", "5", "1", "2", "4", "1"]),
    ])
  }

  private static func coefficient(
    _ table: Table, event: String = "event", time: String = "time", positive: String? = nil
  ) throws -> Double {
    var options = Prognosis.Options()
    (options.markers, options.event, options.time, options.positive) = (["m"], event, time, positive)
    let marker = try Prognosis(table, options).markers[0]
    return try #require(marker.statistics.first { $0.name == "coef" }?.cells[0].value)
  }

  /// survival 3.5: coxph(Surv(time, event) ~ m), Efron.
  private static let reference = 0.515719719815

  @Test(arguments: [
    ("1", "0"), ("2", "1"), ("TRUE", "FALSE"), ("True", "False"), ("yes", "no"), ("Yes", "no"), ("T", "F"),
  ])
  func numbersAndTruthAreRead(_ event: String, _ other: String) throws {
    #expect(abs(try Self.coefficient(Self.table(event, other)) - Self.reference) < 1e-9)
  }

  @Test func spellingsOfTruthMayMix() throws {
    let words = Self.events.enumerated().map { $1 == 1 ? ["TRUE", "true", "Yes"][$0 % 3] : ["false", "No"][$0 % 2] }
    let table = Self.table("1", "0").with("event", .categories(words))
    #expect(abs(try Self.coefficient(table) - Self.reference) < 1e-9)
  }

  /// Of two other words one is named; the alphabet does not decide (DECEASED is before LIVING).
  @Test func twoWordsNeedTheEvent() throws {
    let table = Self.table("DECEASED", "LIVING")
    let error = #expect(throws: ModelError.self) { try Self.coefficient(table) }
    #expect(error?.description.contains("'DECEASED' and 'LIVING', must say which of them is the event") == true)
    for found in [
      try Self.coefficient(table, positive: "DECEASED"), try Self.coefficient(table, event: "event == 'DECEASED'"),
      try Self.coefficient(table, event: "event != 'LIVING'", time: "time / 12"),
    ] {
      #expect(abs(found - Self.reference) < 1e-9)
    }
    let typo = #expect(throws: ModelError.self) { try Self.coefficient(table, positive: "DECEASE") }
    #expect(typo?.description.contains("Did you mean 'DECEASED'?") == true)
    let calculated = #expect(throws: ModelError.self) {
      try Self.coefficient(table, event: "event == 'LIVING'", positive: "LIVING")
    }
    #expect(calculated?.description.contains("must be a column") == true)
  }

  /// Other rows are read as the first were: a word that was not there is no "none".
  @Test func otherRowsHaveTheSameWords() throws {
    var options = Prognosis.Options()
    (options.model, options.positive) = ("m", "dead")
    let table = Self.table("dead", "alive"), other = Self.table("Dead", "alive")
    let error = #expect(throws: ModelError.self) { try Prognosis(table, options, validation: other) }
    #expect(error?.description.contains("row 1: 'event' is 'Dead', must be alive or dead") == true, "\(error!)")
    #expect(try Prognosis(table, options, validation: table).performances.count == 1)
  }

  /// The area of an outcome and of its opposite add up to 1, in whatever way the event is named.
  @Test func outcomesOfTwoWords() throws {
    func area(_ outcome: String, _ positive: String?) throws -> (Double, String) {
      var options = Diagnosis.Options()
      (options.markers, options.positive) = (["m"], positive)
      let result = try Diagnosis(Self.table("dead", "alive"), options.asking(about: .binary(outcome)))
      return (result.markers[0].roc.auc, result.event)
    }
    let dead = try area("event", nil)
    #expect(dead.1 == "dead" && dead.0 == 0.984375)
    #expect(try area("event", "dead") == dead && area("event == 'dead'", nil).0 == dead.0)
    #expect(try area("event", "alive") == (1 - dead.0, "alive"))
    var options = Diagnosis.Options()
    options.markers = ["m"]
    #expect(try Diagnosis(Self.table("Yes", "no"), options.asking(about: .binary("event"))).event == "Yes")
  }

  /// Who said yes was treated, whatever the case of the letters.
  @Test func armsInWords() throws {
    for (treated, control) in [("Yes", "no"), ("TRUE", "FALSE"), ("B", "A")] {
      let trial = try Trial(Self.table(treated, control), .binary("time < 5"), treatment: "event")
      #expect(trial.treated == treated && trial.control == control)
    }
  }

  /// How events are coded does not depend on which rows are used: of the rows that have `m`, none has the event.
  @Test(arguments: [("1", "0"), ("2", "1"), ("TRUE", "FALSE"), ("dead", "alive")])
  func codingIsOfTheWholeTable(_ event: String, _ other: String) throws {
    var options = Prognosis.Options()
    options.positive = event == "dead" ? "dead" : nil
    let m: [Double?] = Self.events.enumerated().map { $1 == 0 ? Double($0) : nil }
    options.markers = ["m"]
    let none = #expect(throws: ModelError.self) {
      try Prognosis(Self.table(event, other).with("m", .numbers(m)), options)
    }
    #expect(none?.description.contains("none in 4 rows") == true, "\(none!)")
    // All have it.
    let all: [Double?] = Self.events.enumerated().map { $1 == 1 ? Double($0) : nil }
    #expect(try Prognosis(Self.table(event, other).with("m", .numbers(all)), options).times.events == 8)
  }
}
