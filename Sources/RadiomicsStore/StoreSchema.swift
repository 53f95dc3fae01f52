import CSQLite
import RadiomicsCore
import RadiomicsFormats

/// The tables of a feature store.
enum StoreSchema {
  /// Columns of `cases` and `features_long` beside those of the cohort.
  private static let taken = [
    "row_id", "cohort_row", "status", "reason", "dialect", "layer", "filter", "family", "feature", "ibsi_code",
    "aggregation",
    "discretisation", "value", "unit", "measurand", "column_name",
  ]

  /// Refuses names that are one name for SQLite, which reads `Site` and `site` alike.
  static func check(_ header: TableHeader, path: String) throws(FormatError) {
    var names: [String: String] = [:]
    for name in header.texts {
      let folded = String(decoding: name.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
      if taken.contains(folded) {
        throw FormatError(path, "the table has a column '\(folded)' of its own. Rename '\(name)' of the cohort.")
      }
      if let other = names.updateValue(name, forKey: folded) {
        throw FormatError(
          path, "the cohort has columns '\(other)' and '\(name)', which SQLite takes for one. Rename one of them.")
      }
    }
  }

  /// Removes everything that a feature table may have.
  static func drop(in database: Database) throws(DatabaseError) {
    let objects = try database.rows(
      "SELECT type, name FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%'"
    ).compactMap { row -> (type: String, name: String)? in
      if case (.text(let type), .text(let name)) = (row[0], row[1]) { (type, name) } else { nil }
    }
    // Rows that point to others go first.
    let order = ["findings", "values", "measurands", "cases", "run"]
    let place = { (name: String) in order.firstIndex(of: name) ?? -1 }
    for object in objects.sorted(by: { place($0.name) < place($1.name) }) {
      try database.execute("DROP \(object.type) \(quoted(object.name))")
    }
  }

  /// A name as SQL writes it, whatever it holds.
  private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  /// Makes tables, indices and the view.
  static func create(for header: TableHeader, in database: Database) throws(DatabaseError) {
    let names = header.texts.map(quoted)
    try database.execute(
      """
      CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE cases (
        row_id INTEGER PRIMARY KEY, cohort_row INTEGER NOT NULL, \(names.map { $0 + " TEXT, " }.joined())
        status TEXT NOT NULL CHECK (status IN ('ok', 'partial', 'failed')), reason TEXT);
      CREATE TABLE measurands (
        measurand_id INTEGER PRIMARY KEY, column_name TEXT NOT NULL UNIQUE, dialect TEXT NOT NULL,
        layer TEXT NOT NULL, filter TEXT NOT NULL, family TEXT NOT NULL, feature TEXT NOT NULL, feature_name TEXT NOT NULL, ibsi_code TEXT,
        aggregation TEXT, discretisation TEXT, unit TEXT NOT NULL, scale TEXT NOT NULL, definition TEXT NOT NULL,
        fingerprint TEXT NOT NULL);
      CREATE TABLE "values" (
        row_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
        measurand_id INTEGER NOT NULL REFERENCES measurands, value REAL, reason TEXT,
        PRIMARY KEY (row_id, measurand_id), CHECK ((value IS NULL) <> (reason IS NULL))) WITHOUT ROWID;
      CREATE TABLE findings (
        row_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE, number INTEGER NOT NULL,
        severity TEXT NOT NULL, place TEXT NOT NULL, message TEXT NOT NULL,
        PRIMARY KEY (row_id, number)) WITHOUT ROWID;
      CREATE INDEX measurands_by_feature ON measurands (feature);
      """)
    for name in header.texts where name == "subject" || name == "region" {
      try database.execute("CREATE INDEX cases_by_\(name) ON cases (\(name))")
    }
    // Rows and columns are those of the long layout. The order of the joins makes both ways to read, one feature of all
    // cases and all features of one case, seek by key.
    let texts = names.map { "c.\($0), " }.joined()
    try database.execute(
      """
      CREATE VIEW features_long AS
      SELECT \(texts)m.dialect, m.layer, m.filter, m.family, m.feature, m.ibsi_code, m.aggregation,
        m.discretisation, v.value, m.unit, CASE WHEN v.value IS NULL THEN 'undefined' ELSE 'ok' END AS status, v.reason,
        m.fingerprint AS measurand, m.column_name, c.row_id
      FROM cases AS c CROSS JOIN measurands AS m
        CROSS JOIN "values" AS v ON v.row_id = c.row_id AND v.measurand_id = m.measurand_id
      UNION ALL
      SELECT \(texts)NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.status, c.reason, NULL, NULL, c.row_id
      FROM cases AS c WHERE c.status = 'failed'
      """)
  }

  /// Writes what is known before the first row.
  static func describe(_ header: TableHeader, in database: Database) throws(DatabaseError) {
    let facts =
      [Setting.Value.Entry("format", .integer(FeatureStore.format)), .init("complete", .flag(false))] + header.facts
    for fact in facts {
      let text = if case .text(let text) = fact.value { text } else { fact.value.json }
      try database.rows("INSERT OR REPLACE INTO run VALUES (?, ?)", [.text(fact.key), .text(text)])
    }
    for (index, measurand) in header.measurands.enumerated() {
      let feature = measurand.feature
      let texts = [
        measurand.column, measurand.dialect, measurand.layer, measurand.filter, measurand.family, feature.tag,
        feature.name, feature.ibsi, measurand.aggregation, measurand.discretisation, measurand.unit,
        feature.scale.rawValue, feature.definition, measurand.fingerprint,
      ]
      try database.rows(
        "INSERT INTO measurands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [.integer(index + 1)] + texts.map { Database.Value($0) })
    }
  }

  /// What an error of SQLite means for who runs the program.
  static func sentence(for error: DatabaseError) -> String {
    switch error.code {
    case SQLITE_NOTADB: "it is not an SQLite database, must be one or not be there. Remove it or choose another name."
    case SQLITE_CORRUPT: "the database is damaged. Remove it and resume the run, which computes nothing twice."
    case SQLITE_BUSY, SQLITE_LOCKED: "another program is writing it. Close that program or wait, then run again."
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: "cannot be written: it or its folder is protected."
    case SQLITE_CANTOPEN: "cannot be opened, must be a file in a folder that exists and may be written."
    case SQLITE_FULL: "cannot be written: the disk is full."
    default: "cannot be written: \(error.message)."
    }
  }
}
