import GRDB
import RadiomicsCore
import RadiomicsFormats

/// A feature table as an SQLite database: one row of `cases` for each region, one of `"values"` for each cell.
///
/// `run` says what the table was made by, `measurands` what each number is, `findings` what was noticed; the view
/// `features_long` joins them, with the columns of the long layout. Other programs can read it while a run goes on; once
/// finished it is one file. Rows have the same keys in whatever order cases come, so equal runs are equal in content.
package final class FeatureStore: TableSink {
  /// The format that `run` and the file's `user_version` carry.
  package static let format = 1
  /// Cases may come in any order.
  package static let takesAnyOrder = true
  /// Marks the file as ours: "RADI".
  private static let applicationID = 0x5241_4449

  private let path: String
  private let patience: Double
  private var queue: DatabaseQueue?
  private var textCount = 0
  private var measurandCount = 0
  private var schemaVersion: Int?

  /// A table that will be written to `path`; nothing is written yet.
  /// - `patience`: Seconds to wait while another program writes the file.
  /// - Throws: `FormatError` if there is a file that is no feature table, is damaged, protected or being written.
  package init(path: String, patience: Double = 5) throws(FormatError) {
    self.path = path
    self.patience = patience
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FormatError(path, "this cannot be the name of a file.") }
    if WholeFile.exists(path) { _ = try open() }
  }

  /// Makes the table anew, without rows; readers see the old one or the new one, nothing between.
  /// - Throws: `FormatError` if the file cannot be written, or two columns have one name for SQLite.
  package func begin(_ header: TableHeader) throws {
    try StoreSchema.check(header, path: path)
    textCount = header.texts.count
    measurandCount = header.measurands.count
    let queue = try open()
    self.queue = queue
    try sentence {
      // With a write-ahead log neither readers nor the run wait for each other.
      try queue.writeWithoutTransaction { database in
        _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
      }
      try queue.write { database in
        try StoreSchema.drop(in: database)
        try database.execute(sql: "PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.format)")
        try StoreSchema.create(for: header, in: database)
        try StoreSchema.describe(header, in: database)
      }
      schemaVersion = try queue.read { try Int.fetchOne($0, sql: "PRAGMA schema_version") }
    }
  }

  /// Adds the rows of a case, all or none; rows of that case that are there are replaced.
  /// - Throws: `FormatError` if the disk is full or another run has taken the file.
  package func append(_ rows: [TableRow], ofCase number: Int) throws {
    guard let queue else { preconditionFailure("append follows begin") }
    precondition(rows.allSatisfy { $0.texts.count == textCount }, "one text for each column")
    precondition(rows.allSatisfy { $0.status == .failed || $0.cells.count == measurandCount }, "one cell for each")
    guard rows.count <= RowKey.regionLimit else {
      throw FormatError(path, "a case has \(rows.count) regions, must have at most \(RowKey.regionLimit).")
    }
    try sentence {
      try queue.write { database in
        guard try Int.fetchOne(database, sql: "PRAGMA schema_version") == schemaVersion else {
          throw FormatError(path, "another run has begun to write it. Let one of them finish, then run again.")
        }
        try database.execute(
          sql: "DELETE FROM cases WHERE row_id BETWEEN ? AND ?",
          arguments: [RowKey(number, 0).id, RowKey(number, RowKey.regionLimit - 1).id])
        for (region, row) in rows.enumerated() {
          try insert(row, key: RowKey(number, region), into: database)
        }
      }
    }
  }

  /// Marks the table as complete and makes it one file; if another program is reading, its end does the latter.
  /// - Throws: `FormatError` if the disk is full.
  package func finish() throws {
    guard let queue else { preconditionFailure("finish follows begin") }
    try sentence {
      try queue.write { try $0.execute(sql: "UPDATE run SET value = 'true' WHERE name = 'complete'") }
      do {
        try queue.writeWithoutTransaction { database in
          _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
          _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {}
      try queue.close()
    }
    self.queue = nil
  }

  private func insert(_ row: TableRow, key: RowKey, into database: Database) throws {
    var texts: [(any DatabaseValueConvertible)?] = [key.id, key.number + 1]
    texts += row.texts.map { $0 as (any DatabaseValueConvertible)? }
    texts += [row.status.rawValue, row.reason]
    let marks = Array(repeating: "?", count: texts.count).joined(separator: ", ")
    try database.cachedStatement(sql: "INSERT INTO cases VALUES (\(marks))").execute(
      arguments: StatementArguments(texts))
    let values = try database.cachedStatement(sql: "INSERT INTO \"values\" VALUES (?, ?, ?, ?)")
    for (index, cell) in row.cells.enumerated() {
      values.setUncheckedArguments([key.id, index + 1, cell.value, cell.reason?.text])
      try values.execute()
    }
    let findings = try database.cachedStatement(sql: "INSERT INTO findings VALUES (?, ?, ?, ?, ?)")
    for (index, finding) in row.findings.enumerated() {
      try findings.execute(
        arguments: [key.id, index + 1, finding.severity.rawValue, finding.plainPlace, finding.message])
    }
  }

  /// Opens the file and refuses what is no feature table; a missing or empty one is made.
  private func open() throws(FormatError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.label = "features"
    // A name like `file:a` would be read as an address.
    let name = path.hasPrefix("/") ? path : "./" + path
    return try sentence {
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      let (application, objects) = try queue.read { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA application_id"),
          try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        )
      }
      guard application == Self.applicationID || objects == 0 else {
        throw FormatError(
          path, "it is an SQLite database of something else, must be a feature table. Choose another name.")
      }
      return queue
    }
  }

  /// Runs `body`; what SQLite says against it becomes a sentence.
  private func sentence<Result>(_ body: () throws -> Result) throws(FormatError) -> Result {
    do {
      return try body()
    } catch let error as FormatError {
      throw error
    } catch let error as DatabaseError {
      throw FormatError(path, StoreSchema.sentence(for: error))
    } catch {
      throw FormatError(path, "cannot be written: \(error).")
    }
  }
}

/// The key of a row: the same for a region of a case in any run of one cohort.
private struct RowKey {
  /// Most regions of one case.
  static let regionLimit = 1 << 20

  /// The case's place in the cohort, from 0.
  let number: Int
  let id: Int

  init(_ number: Int, _ region: Int) {
    self.number = number
    id = number << 20 | region
  }
}
