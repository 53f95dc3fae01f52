import Foundation
import RadiomicsCore
import RadiomicsFormats
import RadiomicsStore
import RadiomicsTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct FeatureStoreTests {
  let folder: TemporaryFolder
  var path: String { folder.path("features.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  @Test func everythingOfATableIsThereAfterwards() throws {
    try Example.write(to: path)
    let cases = try read(
      "SELECT cohort_row, subject, region, \"Größe \"\"cm\"\"\", status, reason FROM cases ORDER BY row_id")
    #expect(
      cases == [
        ["1", "A", "1", "180", "ok", nil], ["1", "A", "2", "180", "partial", "1 undefined"],
        ["2", "B", "1", nil, "ok", nil], ["3", "C", nil, "x'y", "failed", "C.nrrd: the file is missing."],
      ])
    let values = try read("SELECT row_id, measurand_id, value, reason FROM \"values\" WHERE row_id < 1 << 20")
    #expect(
      values == [
        ["0", "1", "0.1", nil], ["0", "2", "-1e-300", nil], ["1", "1", "3.0", nil],
        ["1", "2", nil, "one grey level: correlation divides by 0"],
      ])
    #expect(try read("SELECT severity, place, message FROM findings") == [["warning", "A.nrrd", "one voxel wide"]])
    #expect(
      try read("SELECT column_name, feature, ibsi_code, aggregation, unit, fingerprint FROM measurands") == [
        ["stat_mean", "stat_mean", "Q4LE", nil, "HU", "f1"], ["cm_corr.3D_mrg", "cm_corr", nil, "3D:mrg", "1", "f2"],
      ])
    #expect(
      try read("SELECT name, value FROM run ORDER BY name") == [
        ["complete", "true"], ["format", "1"], ["recipe", "ibsi-ct"], ["version", "1.2"],
      ])
  }

  @Test func longViewHasTheRowsOfTheLongLayout() throws {
    try Example.write(to: path)
    let rows = try read(
      "SELECT subject, region, feature, value, unit, status, reason, measurand FROM features_long ORDER BY row_id, measurand"
    )
    #expect(rows.count == 3 * 2 + 1)
    #expect(rows[0] == ["A", "1", "stat_mean", "0.1", "HU", "ok", nil, "f1"])
    #expect(
      rows[3] == ["A", "2", "cm_corr", nil, "1", "undefined", "one grey level: correlation divides by 0", "f2"])
    #expect(rows[6] == ["C", nil, nil, nil, nil, "failed", "C.nrrd: the file is missing.", nil])
  }

  @Test(arguments: [[0, 1, 2], [2, 0, 1], [1, 2, 1, 0, 0]])
  func orderAndRepetitionOfCasesChangeNothing(order: [Int]) throws {
    try Example.write(to: path)
    let other = folder.path("other.sqlite")
    try Example.write(to: other, order: order)
    for (table, order) in [
      ("run", "1"), ("cases", "1"), ("measurands", "1"), ("\"values\"", "1, 2"), ("findings", "1, 2"),
      ("features_long", "row_id, measurand"),
    ] {
      let sql = "SELECT * FROM \(table) ORDER BY \(order)"
      #expect(try read(sql) == read(sql, of: other))
    }
  }

  @Test func finishedTableIsOneFileThatAProtectedFolderMayHold() throws {
    try Example.write(to: path)
    #expect(try folder.names == ["features.sqlite"])
    #expect(try read("PRAGMA journal_mode") == [["delete"]])
    #expect(try read("PRAGMA integrity_check") == [["ok"]])
    #expect(try read("PRAGMA foreign_key_check") == [])
    #expect(try read("PRAGMA user_version") == [["1"]])
  }

  @Test func othersReadWhileTheRunGoesOnAndHinderNothing() throws {
    let store = try FeatureStore(path: path, patience: 0.2)
    try store.begin(Example.header)
    let reader = try Database(path)
    for number in 0..<3 {
      try store.append(Example.cases[number], ofCase: number)
      #expect(try reader.number("SELECT count(DISTINCT cohort_row) FROM cases") == number + 1)
    }
    // A reader in the middle of its work keeps what it sees, and does not stop the run.
    let complete = "SELECT value FROM run WHERE name = 'complete'"
    try reader.execute("BEGIN")
    #expect(try reader.rows(complete) == [[.text("false")]])
    try store.finish()
    #expect(try reader.rows(complete) == [[.text("false")]])
    try reader.execute("COMMIT")
    #expect(try reader.rows(complete) == [[.text("true")]])
    reader.close()
    #expect(try folder.names == ["features.sqlite"])
    #expect(try read("SELECT count(*) FROM \"values\"") == [["6"]])
  }

  @Test func aNewRunReplacesTheOldTable() throws {
    try Example.write(to: path)
    let header = TableHeader(texts: ["subject", "site"], measurands: [Example.header.measurands[1]])
    let store = try FeatureStore(path: path)
    try store.begin(header)
    #expect(try read("SELECT * FROM cases") == [])
    try store.append([TableRow(texts: ["D", nil], status: .ok, reason: nil, cells: [.value(1)])], ofCase: 7)
    try store.finish()
    #expect(try read("SELECT subject, site, feature, value FROM features_long") == [["D", nil, "cm_corr", "1.0"]])
    #expect(try read("SELECT name FROM run ORDER BY name") == [["complete"], ["format"]])
  }

  @Test func aKilledRunLeavesWholeCasesAndCanBeRepeated() async throws {
    let path = self.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try FeatureStore(path: path)
      try store.begin(Example.header)
      try store.append(Example.cases[0], ofCase: 0)
      try store.append(Example.cases[2], ofCase: 2)
      kill(getpid(), SIGKILL)
    }
    #expect(try read("PRAGMA integrity_check") == [["ok"]])
    #expect(try read("SELECT subject FROM cases ORDER BY row_id") == [["A"], ["A"], ["C"]])
    #expect(try read("SELECT value FROM run WHERE name = 'complete'") == [["false"]])
    let whole = folder.path("whole.sqlite")
    for path in [path, whole] { try Example.write(to: path) }
    let sql = "SELECT * FROM features_long ORDER BY row_id, measurand"
    #expect(try read(sql) == read(sql, of: whole))
  }

  @Test func twoRunsDoNotMix() throws {
    let first = try FeatureStore(path: path), second = try FeatureStore(path: path)
    try first.begin(Example.header)
    try first.append(Example.cases[0], ofCase: 0)
    try second.begin(Example.header)
    #expect(throws: FormatError(path, "another run has begun to write it. Let one of them finish, then run again.")) {
      try first.append(Example.cases[1], ofCase: 1)
    }
    try second.append(Example.cases[2], ofCase: 2)
    #expect(try read("SELECT subject FROM cases") == [["C"]])
  }

  @Test func whatIsNoFeatureTableIsRefusedAndKept() throws {
    func refusal(_ name: String) throws -> String {
      let before = try? Data(contentsOf: folder.url.appendingPathComponent(name))
      let error = #expect(throws: FormatError.self) {
        let store = try FeatureStore(path: folder.path(name), patience: 0.1)
        try store.begin(Example.header)
      }
      #expect(before == (try? Data(contentsOf: folder.url.appendingPathComponent(name))))
      return error?.message ?? ""
    }
    try folder.write("subject,image,mask\n" + String(repeating: "A,a,b\n", count: 300), to: "table.csv")
    #expect(try refusal("table.csv").hasPrefix("it is not an SQLite database"))
    let other = try Database(folder.path("other.sqlite"))
    try other.execute("CREATE TABLE patients (name TEXT)")
    other.close()
    #expect(try refusal("other.sqlite").hasPrefix("it is an SQLite database of something else"))
    #expect(try refusal("nowhere/features.sqlite").hasPrefix("cannot be opened"))
    #expect(try refusal(".").hasPrefix("cannot be opened"))
    try Example.write(to: path)
    let holder = try Database(path)
    try holder.execute("BEGIN EXCLUSIVE")
    #expect(try refusal("features.sqlite").hasPrefix("another program is writing it"))
  }

  @Test func aDamagedTableIsRefusedInWords() throws {
    try Example.write(to: path)
    var bytes = try WholeFile.bytes(of: path)
    for index in 100..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 73) }
    try folder.write(bytes, to: "features.sqlite")
    let error = #expect(throws: FormatError.self) { try FeatureStore(path: path).begin(Example.header) }
    #expect(error?.message == "the database is damaged. Remove it and resume the run, which computes nothing twice.")
  }

  @Test(arguments: [(["subject", "Site", "site"], "'Site' and 'site'"), (["subject", "ROW_ID"], "'ROW_ID'")])
  func columnsThatSQLiteTakesForOneAreRefused(texts: [String], named: String) throws {
    let error = #expect(throws: FormatError.self) {
      try FeatureStore(path: path).begin(TableHeader(texts: texts, measurands: []))
    }
    #expect(error?.message.contains(named) == true)
  }

  /// Rows as text, read by a connection of its own.
  private func read(_ sql: String, of other: String? = nil) throws -> [[String?]] {
    try Database(other ?? path).rows(sql).map { row in
      row.map { value in
        switch value {
        case .null: nil
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        }
      }
    }
  }
}

/// Three cases: one with two regions, one, one that failed.
private enum Example {
  static let header = TableHeader(
    texts: ["subject", "region", "Größe \"cm\""],
    measurands: [
      Measurand(
        column: "stat_mean", family: "intensity", feature: Feature("stat_mean", "Mean", ibsi: "Q4LE", "mean"),
        aggregation: nil, discretisation: nil, unit: "HU", fingerprint: "f1"),
      Measurand(
        column: "cm_corr.3D_mrg", family: "glcm", feature: Feature("cm_corr", "Correlation", ibsi: nil, "correlation"),
        aggregation: "3D:mrg", discretisation: "fbn32", unit: "1", fingerprint: "f2"),
    ],
    facts: [.init("recipe", .text("ibsi-ct")), .init("version", .number(1.2))])

  static let cases: [[TableRow]] = [
    [
      TableRow(
        texts: ["A", "1", "180"], status: .ok, reason: nil, cells: [.value(0.1), .value(-1e-300)],
        findings: [Finding(.warning, "A.nrrd", "one voxel wide")]),
      TableRow(
        texts: ["A", "2", "180"], status: .partial, reason: "1 undefined",
        cells: [.value(3), .undefined("one grey level: correlation divides by 0")]),
    ],
    [TableRow(texts: ["B", "1", nil], status: .ok, reason: nil, cells: [.value(1), .value(2)])],
    [
      TableRow(
        texts: ["C", nil, "x'y"], status: .failed, reason: "C.nrrd: the file is missing.", cells: [])
    ],
  ]

  static func write(to path: String, order: [Int] = [0, 1, 2]) throws {
    let store = try FeatureStore(path: path)
    try store.begin(header)
    for number in order { try store.append(cases[number], ofCase: number) }
    try store.finish()
  }
}
