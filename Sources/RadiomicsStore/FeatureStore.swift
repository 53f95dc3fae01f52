import CSQLite
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
  private var database: Database?
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
    let database = try open()
    self.database = database
    try sentence {
      // With a write-ahead log neither readers nor the run wait for each other.
      try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try database.transaction {
        try StoreSchema.drop(in: database)
        try database.execute("PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.format)")
        try StoreSchema.create(for: header, in: database)
        try StoreSchema.describe(header, in: database)
      }
      schemaVersion = try database.number("PRAGMA schema_version")
    }
  }

  /// Adds the rows of a case, all or none; rows of that case that are there are replaced.
  /// - Throws: `FormatError` if the disk is full or another run has taken the file.
  package func append(_ rows: [TableRow], ofCase number: Int) throws {
    guard let database else { preconditionFailure("append follows begin") }
    precondition(rows.allSatisfy { $0.texts.count == textCount }, "one text for each column")
    precondition(rows.allSatisfy { $0.status == .failed || $0.cells.count == measurandCount }, "one cell for each")
    guard rows.count <= RowKey.regionLimit else {
      throw FormatError(path, "a case has \(rows.count) regions, must have at most \(RowKey.regionLimit).")
    }
    try sentence {
      try database.transaction {
        guard try database.number("PRAGMA schema_version") == schemaVersion else {
          throw FormatError(path, "another run has begun to write it. Let one of them finish, then run again.")
        }
        try database.rows(
          "DELETE FROM cases WHERE row_id BETWEEN ? AND ?",
          [.integer(RowKey(number, 0).id), .integer(RowKey(number, RowKey.regionLimit - 1).id)])
        for (region, row) in rows.enumerated() {
          try insert(row, key: RowKey(number, region), into: database)
        }
      }
    }
  }

  /// Marks the table as complete and makes it one file; if another program is reading, its end does the latter.
  /// - Throws: `FormatError` if the disk is full.
  package func finish() throws {
    guard let database else { preconditionFailure("finish follows begin") }
    try sentence {
      try database.execute("UPDATE run SET value = 'true' WHERE name = 'complete'")
      do {
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
      } catch let error as DatabaseError where [SQLITE_BUSY, SQLITE_LOCKED].contains(error.code) {}
    }
    database.close()
    self.database = nil
  }

  private func insert(_ row: TableRow, key: RowKey, into database: Database) throws(DatabaseError) {
    var texts: [Database.Value] = [.integer(key.id), .integer(key.number + 1)]
    texts += (row.texts + [row.status.rawValue, row.reason]).map { .init($0) }
    let marks = Array(repeating: "?", count: texts.count).joined(separator: ", ")
    try database.rows("INSERT INTO cases VALUES (\(marks))", texts)
    for (index, cell) in row.cells.enumerated() {
      try database.rows(
        "INSERT INTO \"values\" VALUES (?, ?, ?, ?)",
        [.integer(key.id), .integer(index + 1), .init(cell.value), .init(cell.reason?.text)])
    }
    for (index, finding) in row.findings.enumerated() {
      let texts = [finding.severity.rawValue, finding.plainPlace, finding.message].map(Database.Value.text)
      try database.rows(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?)", [.integer(key.id), .integer(index + 1)] + texts)
    }
  }

  /// Opens the file and refuses what is no feature table; a missing or empty one is made.
  private func open() throws(FormatError) -> Database {
    // A name like `file:a` would be read as an address.
    let name = path.hasPrefix("/") ? path : "./" + path
    return try sentence {
      let database = try Database(name, patience: patience)
      guard
        try database.number("PRAGMA application_id") == Self.applicationID
          || database.number("SELECT count(*) FROM sqlite_master") == 0
      else {
        throw FormatError(
          path, "it is an SQLite database of something else, must be a feature table. Choose another name.")
      }
      return database
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
