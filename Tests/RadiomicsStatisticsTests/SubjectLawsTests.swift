import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What must hold whatever the numbers are where patients have several rows.
@Suite struct SubjectLawsTests {
  /// A group of which nobody is at risk at an event changes no robust test, as it changes no other.
  @Test func groupsWithoutRiskAreLeftOut() throws {
    let stop = [0.5, 0.5, 4, 9, 15, 7, 12, 3, 6, 14, 11, 8, 16, 10]
    let event = [0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1].map { $0 == 1 }
    let group = [2, 2, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0], patient = [9, 10, 1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6]
    let times = try SurvivalTimes(start: nil, stop: stop, isEvent: event), others = Array(2..<14)
    let all = try LogRankTest.clustered(times, groups: group, clusters: patient)
    let less = try LogRankTest.clustered(
      times.rows(others), groups: others.map { group[$0] }, clusters: others.map { patient[$0] })
    #expect(all.df == 1 && less.df == 1)
    expectClose(all.statistic, less.statistic, relative: 1e-12)
    #expect(throws: ModelError.self) {
      try LogRankTest.clustered(times, groups: group, clusters: group.map { _ in 1 })
    }
  }

  /// Rows that are each there twice, as of one patient, tell what the patients tell.
  @Test func twoGroupsOfDoubledRows() throws {
    let values = [1.0, 4, 2, 6, 3, 5, 8, 7, 9, 2.5], isEvent = [0, 0, 0, 1, 0, 1, 1, 0, 1, 1].map { $0 == 1 }
    func half(_ rows: Range<Int>, patientsFrom first: Int) throws -> (single: ROC, doubled: ROC) {
      let own = rows.map { values[$0] }, events = rows.map { isEvent[$0] }, patients = rows.map { $0 + first }
      return (try ROC(own, events), try ROC(own + own, events + events, clusters: patients + patients))
    }
    let first = try half(0..<6, patientsFrom: 0), second = try half(4..<10, patientsFrom: 10)
    let single = first.single.difference(fromOtherRows: second.single)
    let doubled = first.doubled.difference(fromOtherRows: second.doubled)
    expectClose(doubled.error, single.error, relative: 1e-12)
    expectClose(try #require(doubled.df), try #require(single.df), relative: 1e-12)
    #expect(second.single.auc == second.doubled.auc)
  }

  /// An area of a single event has no error, and a difference of such areas none of 0.
  @Test func aSingleEventHasNoError() throws {
    let isEvent = [false, false, true, false]
    let difference = try ROC([1, 2, 3, 4], isEvent).difference(from: ROC([1, 4, 3, 2], isEvent))
    #expect(difference.error.isNaN && difference.p == nil && difference.limits() == nil)
  }

  private static func table(_ columns: [(String, [String])]) -> Table {
    Table(texts: columns.map { (name: $0.0, texts: $0.1) })
  }

  /// Identifiers are told apart as they are written.
  @Test func identifiersAreNoNumbers() throws {
    let ids = ["12345678901234567890", "12345678901234567891", "1", "001", "1", "001", "2", "3"]
    let times = ["4", "9", "15", "7", "12", "3", "6", "14"], events = ["1", "1", "0", "1", "0", "1", "1", "1"]
    var options = Prognosis.Options()
    options.subject = "id"
    let prognosis = try Prognosis(Self.table([("id", ids), ("time", times), ("event", events)]), options)
    #expect(prognosis.patients == 6 && prognosis.count == 8)
  }

  /// Errors lie between patients: of one there are none.
  @Test func onePatientIsRefused() throws {
    let table = Self.table([
      ("id", ["A", "A", "A", "A", "A", "A"]), ("none", ["", "", "", "", "", ""]),
      ("y", ["0", "1", "0", "1", "1", "0"]),
      ("time", ["4", "9", "15", "7", "12", "3"]), ("x", ["1", "3", "2", "5", "4", "6"]),
    ])
    var prognosis = Prognosis.Options(), diagnosis = Diagnosis.Options()
    (prognosis.event, prognosis.subject) = ("y", "id")
    (diagnosis.markers, diagnosis.subject) = (["x"], "id")
    func words(_ run: () throws -> Void) -> String {
      do { try run() } catch { return "\(error)" }
      return ""
    }
    #expect(words { _ = try Prognosis(table, prognosis) }.contains("are of one patient"))
    #expect(words { _ = try Diagnosis(table, diagnosis.asking(about: .binary("y"))) }.contains("are of one patient"))
    prognosis.subject = nil
    prognosis.model = "x + cluster(id)"
    #expect(words { _ = try Prognosis(table, prognosis) }.contains("are of one cluster"))
    diagnosis.subject = "none"
    #expect(
      words { _ = try Diagnosis(table, diagnosis.asking(about: .binary("y"))) }.contains(
        "'none': is empty in all 6 rows"))
  }

  /// Codes 1 and 2 stay so where every row with a 2 is left out.
  @Test func codesAreLearntFromAllRows() throws {
    let table = Self.table([
      ("time", ["4", "9", "15", "7", "12", "3"]), ("event", ["1", "1", "1", "1", "2", "2"]),
      ("g", ["a", "b", "a", "b", "", ""]),
    ])
    var options = Prognosis.Options()
    options.group = "g"
    let error = #expect(throws: ModelError.self) { try Prognosis(table, options) }
    #expect(error?.description.contains("none in 4 rows") ?? false, "\(error?.description ?? "")")
  }

  /// A cut that was searched for has one P, the corrected one.
  @Test func searchedCutsHaveNoRobustP() throws {
    let x = [2, 3, 5, 1, 2, 4, 4, 6, 1, 3, 2, 5].map { "\($0)" }, stop = [4, 9, 15, 7, 12, 3, 6, 14, 11, 8, 16, 10]
    let event = [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1], patient = [1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    let table = Self.table([
      ("id", patient.map { "\($0)" }), ("time", stop.map { "\($0)" }), ("event", event.map { "\($0)" }), ("x", x),
    ])
    var options = Prognosis.Options()
    (options.subject, options.markers) = ("id", ["x"])
    for (cut, isThere) in [(Prognosis.Options().cut, true), (.optimal, false)] {
      options.cut = cut
      let groups = try #require(try Prognosis(table, options).riskGroups.first)
      #expect(groups.statistics.contains { $0.name == "robust_p" } == isThere)
    }
  }
}
