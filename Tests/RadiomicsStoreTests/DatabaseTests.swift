import CSQLite
import RadiomicsStore
import RadiomicsTestSupport
import Testing

/// What feature tables rely on, asked of a connection itself.
@Suite struct DatabaseTests {
  let folder: TemporaryFolder
  let database: Database

  init() throws {
    folder = try TemporaryFolder()
    database = try Database(folder.path("a.sqlite"), patience: 0.1)
    try database.execute(
      """
      CREATE TABLE cases (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE cells (id INTEGER REFERENCES cases ON DELETE CASCADE, value REAL);
      """)
  }

  @Test(
    arguments: [
      .null, .integer(.min), .integer(.max), .real(0.1), .real(-1e-300), .text(""), .text("x'y\"é\u{0}z"),
    ] as [Database.Value])
  func everyValueComesBackAsItWas(value: Database.Value) throws {
    for _ in 0..<2 { #expect(try database.rows("SELECT ?, 1", [value]) == [[value, .integer(1)]]) }
  }

  @Test func whatABodyWroteBeforeItThrewIsGone() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try database.transaction {
        try database.rows("INSERT INTO cases VALUES (?, ?)", [.integer(1), .text("A")])
        throw Stop()
      }
    }
    #expect(try database.number("SELECT count(*) FROM cases") == 0)
    try database.transaction { try database.rows("INSERT INTO cases VALUES (?, ?)", [.integer(1), .text("A")]) }
    #expect(try database.number("SELECT count(*) FROM cases") == 1)
  }

  @Test func referencesHold() throws {
    try database.execute("INSERT INTO cases VALUES (1, 'A'); INSERT INTO cells VALUES (1, 0.5)")
    let error = #expect(throws: DatabaseError.self) { try database.execute("INSERT INTO cells VALUES (2, 0.5)") }
    #expect(error?.code == SQLITE_CONSTRAINT)
    try database.execute("DELETE FROM cases")
    #expect(try database.number("SELECT count(*) FROM cells") == 0)
  }

  @Test func aStatementThatFailsCanBeUsedAgain() throws {
    let insert = "INSERT INTO cases VALUES (?, ?)"
    let error = #expect(throws: DatabaseError.self) { try database.rows(insert, [.integer(1), .null]) }
    #expect(error?.code == SQLITE_CONSTRAINT && error?.message == "NOT NULL constraint failed: cases.name")
    try database.rows(insert, [.integer(1), .text("A")])
    #expect(try database.rows("SELECT * FROM cases") == [[.integer(1), .text("A")]])
  }

  @Test func oneWritesWhileAnotherHasToWait() throws {
    let other = try Database(folder.path("a.sqlite"), patience: 0.1)
    try database.transaction {
      let error = #expect(throws: DatabaseError.self) { try other.transaction {} }
      #expect(error?.code == SQLITE_BUSY)
    }
    try other.transaction { try other.execute("INSERT INTO cases VALUES (1, 'A')") }
  }

  @Test func whatCannotBeOpenedIsAnError() throws {
    let error = #expect(throws: DatabaseError.self) { try Database(folder.path("no/a.sqlite")) }
    #expect(error?.code == SQLITE_CANTOPEN)
  }
}
