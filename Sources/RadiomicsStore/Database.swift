import CSQLite

/// What SQLite says against a statement.
package struct DatabaseError: Error, Equatable {
  /// SQLite's result code: `SQLITE_BUSY` …
  package let code: Int32
  /// In SQLite's words.
  package let message: String
}

/// A connection to an SQLite database: statements, rows, transactions. References between tables hold.
package final class Database {
  /// What a cell holds.
  package enum Value: Equatable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)

    package init(_ text: String?) { self = text.map(Self.text) ?? .null }
    package init(_ number: Double?) { self = number.map(Self.real) ?? .null }
  }

  private let handle: OpaquePointer
  /// Statements by their text, each compiled once.
  private var statements: [String: OpaquePointer] = [:]
  private var isOpen = true

  /// Opens the database at `path`, or makes an empty one.
  /// - `patience`: Seconds to wait while another connection writes.
  /// - Throws: `DatabaseError` if there can be no such file; what a file holds is seen by the first statement.
  package init(_ path: String, patience: Double = 5) throws(DatabaseError) {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    guard code == SQLITE_OK, let handle else {
      let error = DatabaseError(code: code, message: handle.map(Self.message) ?? "no memory")
      sqlite3_close(handle)
      throw error
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, Int32(patience * 1_000))
    try execute("PRAGMA foreign_keys = ON")
  }

  deinit { close() }

  /// Ends the connection; nothing may be asked of it afterwards.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close(handle)
  }

  /// Executes statements separated by semicolons.
  package func execute(_ sql: String) throws(DatabaseError) { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

  /// The rows of one statement, each with a value for each column.
  /// - `values`: One for each `?`.
  @discardableResult
  package func rows(_ sql: String, _ values: [Value] = []) throws(DatabaseError) -> [[Value]] {
    let statement = try prepared(sql)
    defer { sqlite3_reset(statement) }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), of: statement) }
    var rows: [[Value]] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw DatabaseError(code: code, message: Self.message(handle)) }
      rows.append((0..<sqlite3_column_count(statement)).map { Self.value(statement, $0) })
    }
  }

  /// The first cell of the first row, if it is a whole number.
  package func number(_ sql: String) throws(DatabaseError) -> Int? {
    if case .integer(let number) = try rows(sql).first?.first { number } else { nil }
  }

  /// All that `body` writes, or nothing of it if it throws.
  @discardableResult
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    // Waits for other writers at the beginning, where waiting is of use.
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  private func prepared(_ sql: String) throws(DatabaseError) -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
    guard let statement else { preconditionFailure("a statement is not empty") }
    statements[sql] = statement
    return statement
  }

  private func bind(_ value: Value, at index: Int32, of statement: OpaquePointer) throws(DatabaseError) {
    let code =
      switch value {
      case .null: sqlite3_bind_null(statement, index)
      case .integer(let number): sqlite3_bind_int64(statement, index, Int64(number))
      case .real(let number): sqlite3_bind_double(statement, index, number)
      case .text(let text):
        sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), Self.copied)
      }
    try check(code)
  }

  private func check(_ code: Int32) throws(DatabaseError) {
    guard code == SQLITE_OK else { throw DatabaseError(code: code, message: Self.message(handle)) }
  }

  /// `SQLITE_TRANSIENT`, a macro that Swift does not see.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  private static func message(_ handle: OpaquePointer) -> String { String(cString: sqlite3_errmsg(handle)) }

  private static func value(_ statement: OpaquePointer, _ column: Int32) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(statement, column)))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    default:
      guard let text = sqlite3_column_text(statement, column) else { return .null }
      let count = Int(sqlite3_column_bytes(statement, column))
      return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    }
  }
}
