import Foundation
import Radiomics
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsReport
import RadiomicsTestSupport
import Testing

/// Law of every verb that reads rows: their order in the file, the names of subjects and the unit change no result.
struct RowOrderTests {
  /// A verb: from the path of a table to all that it found, as JSON.
  struct Verb: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let found: @Sendable (String) throws -> Setting.Value
  }

  static let verbs = [
    Verb(testDescription: "diagnostic") { path in
      var options = Diagnosis.Options()
      (options.markers, options.model, options.group) = (["a", "b"], "a + b + sex", "sex")
      (options.probability, options.bootstraps) = ("p1", 5)
      let rows = try Table(path: path)
      return .map(try Diagnosis(rows, options.asking(about: .binary("y"))).report(rows).found)
    },
    Verb(testDescription: "prognostic") { path in
      var options = Prognosis.Options()
      (options.markers, options.model, options.group) = (["a", "b"], "a + b + strata(sex)", "arm")
      (options.bootstraps, options.predictor, options.risks) = (5, "b", [(6, "p1")])
      let rows = try Table(path: path)
      return .map(try Prognosis(rows, options).report(rows).found)
    },
    Verb(testDescription: "prognostic, clusters and causes") { path in
      var options = Prognosis.Options()
      (options.model, options.event, options.cause) = ("a + b", "kind", 1)
      (options.group, options.cut) = ("sex", .optimal)
      let rows = try Table(path: path)
      return .map(try Prognosis(rows, options).report(rows).found)
    },
    Verb(testDescription: "prognostic, screen") { path in
      var options = Prognosis.Options()
      (options.isScreen, options.model, options.ties) = (true, "a + cluster(site)", .breslow)
      let rows = try Table(path: path)
      return .map(try Prognosis(rows, options).report(rows).found)
    },
    Verb(testDescription: "predictive") { path in
      var options = PredictiveAnalysis.Options()
      (options.treatment, options.markers, options.adjust) = ("arm", ["a", "b"], "sex")
      options.bootstraps = 5
      let rows = try Table(path: path)
      return .map(try PredictiveAnalysis(rows, options.asking(about: .binary("y"))).report(rows).found)
    },
    Verb(testDescription: "predictive, times") { path in
      var options = PredictiveAnalysis.Options()
      (options.treatment, options.markers, options.horizon) = ("arm", ["a"], 6)
      let rows = try Table(path: path), outcome = OutcomeColumns.survival(time: "time", event: "event")
      return .map(try PredictiveAnalysis(rows, options.asking(about: outcome)).report(rows).found)
    },
    Verb(testDescription: "added-value") { path in
      var options = AddedValue.Options()
      (options.cuts, options.bootstraps) = ([0.3, 0.6], 5)
      let predictions = AddedValue.Predictions.formulas(base: "a", extended: "a + b + sex")
      let rows = try Table(path: path)
      return .map(try AddedValue(rows, predictions, options.asking(about: .binary("y"))).report(rows).found)
    },
    Verb(testDescription: "added-value, times") { path in
      var options = AddedValue.Options()
      (options.cuts, options.horizon, options.perturbations) = ([0.5], 6, 10)
      let outcome = OutcomeColumns.survival(time: "time", event: "event")
      let predictions = AddedValue.Predictions.formulas(base: "a", extended: "a + b")
      let rows = try Table(path: path)
      return .map(try AddedValue(rows, predictions, options.asking(about: outcome)).report(rows).found)
    },
    Verb(testDescription: "reliability, sessions") { try reliability($0, [.session: "session"]) },
    Verb(testDescription: "reliability, readers and scanners") {
      try reliability($0, [.session: "session", .scanner: "arm", .reader: "sex"])
    },
    Verb(testDescription: "reliability, no conditions") { try reliability($0, [:]) },
  ]

  @Sendable private static func reliability(_ path: String, _ conditions: [ConditionRole: String]) throws
    -> Setting.Value
  {
    var roles = Roles(), options = MeasuredTable.ReliabilityOptions()
    (roles.subject, roles.conditions) = ("site", conditions)
    options.scale = .ratio
    let table = try MeasuredTable(
      paths: [path], named: roles.readings.union(["time", "event", "kind", "y"]), recognised: recognisedColumn)
    return .map(try table.reliability(roles, options, lanes: Lanes(jobs: 2)).report().found)
  }

  static let header = "subject,site,session,time,event,kind,y,arm,sex,a,b,p1".split(separator: ",").map(String.init)

  /// Sixty rows with many ties, of which some are equal but for their names; some values are missing.
  static func rows(scale: Double = 1, rename: (Int) -> String = { String(format: "P%03d", $0) }) -> [[String]] {
    var generator = SeededGenerator(seed: 11), rows: [[String]] = []
    for n in 0..<60 {
      if n % 10 == 9 {
        rows.append([rename(n)] + rows[n - 5].dropFirst())
        continue
      }
      let a = (generator.normal() * 3).rounded(), b = generator.normal() * 0.1 + 1, u = generator.uniform()
      let kind = u < 0.35 ? 1 : u < 0.5 ? 2 : 0, time = 1 + Int(12 * generator.uniform())
      let isCase = generator.uniform() < 1 / (1 + exp(-0.4 * a)), sex = generator.uniform() < 0.5 ? "f" : "m"
      let p = (generator.uniform() * 20).rounded(.up) / 21
      var row = [rename(n), "S\(n / 4)", n % 2 == 0 ? "test" : "retest", "\(time)", kind == 0 ? "0" : "1", "\(kind)"]
      row += [isCase ? "1" : "0", n / 2 % 2 == 0 ? "A" : "B", sex, "\(a)", n % 17 == 3 ? "" : "\(scale * b)", "\(p)"]
      rows.append(row)
    }
    return rows
  }

  static func found(_ verb: Verb, _ rows: [[String]]) throws -> Setting.Value {
    let folder = try TemporaryFolder()
    try CSV(header: header, rows: rows).write(to: folder.path("t.csv"))
    return try verb.found(folder.path("t.csv"))
  }

  static func text(_ value: Setting.Value) -> String {
    value.json.replacing(/[^"]*\/t\.csv/, with: "t.csv")
  }

  static func shuffled(_ rows: [[String]], seed: UInt64) -> [[String]] {
    var generator = SeededGenerator(seed: seed)
    return rows.map { ($0, generator.uniform()) }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  @Test(arguments: verbs) func shuffledRowsGiveTheSameBits(_ verb: Verb) throws {
    let rows = Self.rows(), expected = Self.text(try Self.found(verb, rows))
    for other in [Array(rows.reversed()), Self.shuffled(rows, seed: 1), Self.shuffled(rows, seed: 2)] {
      #expect(Self.text(try Self.found(verb, other)) == expected)
    }
  }

  @Test(arguments: verbs) func namesInTheSameOrderGiveTheSameBits(_ verb: Verb) throws {
    let renamed = Self.rows { String(format: "patient %05d", 3 * $0 + 8) }
    #expect(Self.text(try Self.found(verb, renamed)) == Self.text(try Self.found(verb, Self.rows())))
  }

  /// Names in another order: 10⁻¹² of a result, but for samples, which belong to the sorted names.
  @Test(arguments: verbs) func namesInAnotherOrder(_ verb: Verb) throws {
    let renamed = Self.numbers(try Self.found(verb, Self.rows { String(format: "P%03d", ($0 * 37 + 11) % 60) }))
      .filter { !Self.isExempt($0.place) }
    let expected = Self.numbers(try Self.found(verb, Self.rows())).filter { !Self.isExempt($0.place) }
    let others = Dictionary(uniqueKeysWithValues: renamed.map { ($0.place, $0.value) })
    #expect(Set(others.keys).symmetricDifference(expected.map(\.place)).sorted() == [])
    for (place, value) in expected {
      guard let other = others[place] else { continue }
      expectClose(other, value, relative: 1e-12, absolute: 1e-12, place)
    }
  }

  /// Samples with replacement or of weights; what timeROC has, whose errors depend on the order of tied rows by definition; limits that are
  /// exponentials of an error of any size.
  private static func isExempt(_ place: String) -> Bool {
    [
      "corrected", "bootstrap", "optimism", "selection_ci", "perturb", "inf_", "improvement", "auc_t_timeROC",
      "varcomp_wald",
    ].contains { place.contains($0) }
  }

  /// All numbers with the keys that lead to them.
  private static func numbers(_ value: Setting.Value, at place: String = "") -> [(place: String, value: Double)] {
    switch value {
    case .map(let entries): entries.flatMap { numbers($0.value, at: "\(place)/\($0.key)") }
    case .list(let items): items.enumerated().flatMap { numbers($1, at: "\(place)/\($0)") }
    default: value.asNumber.map { [(place, $0)] } ?? []
    }
  }

  /// A marker in other units, by a power of 2: what has no unit has the same bits.
  @Test func unitsOfPowersOfTwoKeepTheBits() throws {
    for verb in Self.verbs where !verb.testDescription.contains("prognostic") {
      let expected = Self.numbers(try Self.found(verb, Self.rows()))
      let scaled = Self.numbers(try Self.found(verb, Self.rows(scale: 1024)))
      #expect(scaled.map(\.place) == expected.map(\.place))
      for (a, b) in zip(scaled, expected) where ["auc", "/p", "icc", "z", "chi"].contains(where: b.place.hasSuffix) {
        #expect(a.value == b.value, "\(verb.testDescription) \(b.place)")
      }
    }
  }

  /// What is given row by row comes in the order of the file.
  @Test func residualsAndPredictionsFollowTheFile() throws {
    let rows = Self.rows().filter { !$0[10].isEmpty }, order = Self.shuffled(rows.indices.map { ["\($0)"] }, seed: 3)
    func found(_ rows: [[String]]) throws -> (residuals: [[String]], predicted: [[Double]]) {
      let folder = try TemporaryFolder()
      try CSV(header: Self.header, rows: rows).write(to: folder.path("t.csv"))
      var options = Prognosis.Options()
      options.model = "a + b"
      let table = try Table(path: folder.path("t.csv"))
      let prognosis = try Prognosis(table, options, patients: table)
      return (try #require(prognosis.residuals).rows, prognosis.predicted.map { $0.map(\.survival) })
    }
    let plain = try found(rows), places = order.map { Int($0[0])! }, turned = try found(places.map { rows[$0] })
    #expect(turned.residuals == places.map { plain.residuals[$0] })
    #expect(turned.predicted == places.map { plain.predicted[$0] })
    #expect(plain.residuals.map { $0[0] } == rows.map { $0[3] })
  }

  /// Two readings that nothing tells apart have no bias; those that have names have the same whichever stands first.
  @Test func differencesAreNamed() throws {
    let rows = Self.rows()
    var roles = Roles()
    roles.subject = "pair"
    let header = Self.header + ["pair"]
    func report(_ rows: [[String]], _ conditions: [ConditionRole: String]) throws -> ReliabilityReport {
      let folder = try TemporaryFolder()
      try CSV(header: header, rows: rows).write(to: folder.path("t.csv"))
      roles.conditions = conditions
      return try MeasuredTable(paths: [folder.path("t.csv")], named: roles.readings, recognised: recognisedColumn)
        .reliability(roles, lanes: Lanes(jobs: 1))
    }
    let paired = rows[..<8].enumerated().map { $1 + ["Q\($0 / 2)"] }
    for order in [paired, paired.reversed()] {
      let named = try report(order, [.session: "session"])
      let feature = try #require(named.features.first { $0.column.name == "a" })
      #expect(feature.difference?.description == "session retest less session test")
      let bias = (0..<4).reduce(0.0) { $0 + Double(paired[2 * $1 + 1][9])! - Double(paired[2 * $1][9])! } / 4
      expectClose(try #require(feature["bland_altman.bias"]?.value), bias, relative: 1e-12)
      #expect(named.report().json.json.contains("\"difference\": \"session retest less session test\""))
      #expect(named.report().csv.header.contains("difference"))
      #expect(try named.blandAltmanPlot(of: "a").contains("session retest − session test"))
      let unnamed = try report(order, [:])
      #expect(unnamed.features[0]["bland_altman.bias"] == nil && unnamed.features[0]["ccc.ccc"] == nil)
      #expect(unnamed.report().json.json.contains("nobody says which reading is which"))
    }
  }
}
