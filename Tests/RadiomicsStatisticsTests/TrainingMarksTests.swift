import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Rows that a signature was learnt from are known again, copies of them too, and others are not.
struct TrainingMarksTests {
  private static func marks(
    _ rows: StudyRows, _ features: [String], subject: String? = "patient", images: [String] = []
  ) -> TrainingMarks {
    TrainingMarks(
      rows, features: features, own: Array(features.prefix(3)), subject: subject, images: images, inputs: ["aa"],
      seed: 1)
  }

  /// The same rows with features changed.
  private static func changed(
    _ rows: StudyRows, _ features: [String], _ change: (Double) -> Double
  ) throws -> Table {
    try features.reduce(rows.table) { table, name in
      table.with(name, .numbers(try table.numbers(name).map { $0.map(change) }))
    }
  }

  @Test func rowsAreKnownAgainAndOthersAreNot() throws {
    let (rows, features) = try StudyTrainingTests.study(signal: 1)
    let marks = Self.marks(rows, features)
    func known(_ table: Table) -> TrainingMarks.Known { marks.known(table, subject: nil, images: []) }
    #expect(known(rows.table).rows == Array(0..<rows.count))
    let moved = try Self.changed(rows, features) { $0 * (1 + 1e-6) }
    #expect(known(moved).rows.count >= 98)
    let rounded = try Self.changed(rows, features) { ($0 * 1e4).rounded() / 1e4 }
    #expect(known(rounded).rows.count >= 95)
    // Half of the columns are enough, and one row among others.
    let half = rows.table.only(Set(features.prefix(20) + ["patient"]))
    #expect(known(half).isTold == false || known(half).rows.count > 90)
    let (others, _) = try StudyTrainingTests.study(sites: [60, 50, 40], signal: 1, seed: 2)
    #expect(known(others.table).isEmpty && known(others.table).isTold)
    #expect(!known(others.table.only(["age"])).isTold)
  }

  /// A file tells no value of a row, and no patient whose name could be tried out.
  @Test func nothingOfARowIsInTheFile() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 12, signal: 1)
    let marks = Self.marks(rows, features), text = try Setting.Value(coding: marks).json
    for name in features.prefix(3) {
      for value in try rows.table.numbers(name) { #expect(!text.contains(String("\(value!)".prefix(7)))) }
    }
    #expect(marks.subjects.isEmpty && !text.contains("p17"))
    #expect(try Setting.Value(json: Array(text.utf8), file: "m").decoded(TrainingMarks.self) == marks)
  }

  @Test(arguments: [
    (["p1", "p2", "p3"], false), (["Smith^John", "Smith^Jane"], false), (["TCGA-02-0001", "TCGA-02-0003"], false),
    (["5f3a9c0d77e1b2a4c6", "9d0b1c22f7e6a8850a"], true),
    (["1.2.826.0.1.3680043.8.498.11112222333344445555", "1.2.826.0.1.3680043.8.498.99812222333344445555"], false),
    (["1.2.3.111122223333444455556666777", "1.2.3.999122223333444455556666777"], true),
  ]) func namesThatCanBeTriedOutAreNotKept(_ names: [String], _ isKept: Bool) throws {
    let (rows, features) = try StudyTrainingTests.study(features: 6, signal: 1)
    let words = (0..<rows.count).map { names[$0 % names.count] }
    let named = StudyRows(rows.table.with("patient", .categories(words)), rows.outcome, sites: rows.sites)
    let marks = Self.marks(named, features)
    #expect(marks.subjects.isEmpty != isKept)
    let (others, _) = try StudyTrainingTests.study(features: 6, signal: 1, seed: 9)
    let again = others.table.with("patient", .categories((0..<others.count).map { $0 == 4 ? names[0] : "new\($0)" }))
    #expect(marks.known(again, subject: "patient", images: []).rows == (isKept ? [4] : []))
  }

  @Test func imagesAreKnownAgain() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 6, signal: 1)
    let marks = Self.marks(rows, features, images: ["0f", "1e"])
    let found = marks.known(rows.table.only(["age"]), subject: nil, images: [("a", "77"), ("b", "1e")])
    #expect(found.images == ["b"] && !found.isEmpty)
    #expect(try !Setting.Value(coding: marks).json.contains("\"1e\""))
  }

  /// One image under two names is found where it was moved a little, rounded, or holds whole numbers.
  @Test(arguments: ["moved", "rounded", "whole", "same"]) func duplicatesWithTinyChangesAreFound(_ how: String) throws {
    let (rows, features) = try StudyTrainingTests.study(features: 8, signal: 1)
    var table = rows.table
    for name in features {
      var values = try table.numbers(name).map { 1000 * $0! }
      if how == "whole" { values = values.map { $0.rounded() } }
      values[30] = how == "moved" ? values[3] * (1 - 1e-6) : values[3]
      if how == "rounded" { values[30] = (values[30] * 10).rounded() / 10 }
      table = table.with(name, .numbers(values.map { $0 }))
    }
    let found = try StudyRows(table, rows.outcome, sites: rows.sites).duplicates(features)
    #expect(found.map { [$0.0, $0.1] } == [[3, 30]])
  }

  /// Columns that go with one another, and scores of few values, make no duplicates; nor do two rows of one patient.
  @Test func differentPatientsAreNoDuplicates() throws {
    var generator = SeededGenerator(seed: 5)
    let size = (0..<400).map { _ in 20 + 8 * generator.uniform() }
    let alike = (0..<8).map { k in
      (
        name: "f\(k)",
        values: Column.Values.numbers(size.map { pow($0, 1 + Double(k) / 3) + 0.01 * generator.normal() })
      )
    }
    let scores = (0..<8).map { k in
      (name: "s\(k)", values: Column.Values.numbers(size.map { _ in Double(generator.below(3)) }))
    }
    for columns in [alike, scores] {
      let rows = StudyRows(Table(columns), .number(size))
      #expect(try rows.duplicates(columns.map(\.name)).isEmpty)
    }
    let twice = StudyRows(Table(alike).rows([0, 0, 1]), .number([1, 1, 2]), patients: [0, 0, 1])
    #expect(try twice.duplicates(alike.map(\.name)).isEmpty)
  }

  /// No event's own time is in a signature; risks are what they were at its own times, and lie between these elsewhere.
  @Test func timesOfEventsAreNotTold() throws {
    let kind = SignatureDamageTests.Kind(
      pipeline: "[impute: median, elastic_net]", outcome: "time: months\nevent: died")
    let (signature, rows) = try SignatureDamageTests.signature(kind)
    let times = try #require(rows.outcome.times), events = times.stop.indices.filter { times.isEvent[$0] }
    guard case .pipeline(let own) = signature.predictor, case .linear(let model) = own.model else { return }
    let hazard = try #require(model.baseline)
    #expect(hazard.isThinned && hazard.times.count == 50)
    let text = try signature.text()
    for event in events {
      #expect(!hazard.times.contains(times.stop[event]) && !text.contains("\(times.stop[event])".prefix(8)))
    }
    let horizon = try #require(signature.predicted.horizon)
    #expect(horizon == (horizon * 1).rounded() && !events.contains { times.stop[$0] == horizon })
    // Breslow's steps by hand: at each event 1 over the sum of hazards of those at risk.
    let linear = try signature.apply(rows.table).map { $0.linear! }
    for time in hazard.times {
      let exact = events.filter { times.stop[$0] <= time }.reduce(0.0) { sum, event in
        sum + 1 / times.stop.indices.filter { times.stop[$0] >= times.stop[event] }.reduce(0) { $0 + exp(linear[$1]) }
      }
      for row in linear.indices {
        let thinned = try #require(signature.predictor.prediction(linear[row], horizon: time))
        #expect(abs(thinned + expm1(-exact * exp(linear[row]))) < 1e-9)
      }
    }
  }
}
