/// What a feature table holds, before its first row.
public struct TableHeader: Sendable {
  /// Names of the columns that say what a row is of: subject, image, mask, region, then those copied from the cohort.
  public let texts: [String]
  /// The measured columns, in order.
  public let measurands: [Measurand]
  /// Name and value of what holds for the whole table: software version, recipe and its fingerprint, cohort.
  public let facts: [Setting.Value.Entry]

  /// A table's columns; all names are different, and none is `status` or `reason`.
  public init(texts: [String], measurands: [Measurand], facts: [Setting.Value.Entry] = []) {
    self.texts = texts
    self.measurands = measurands
    self.facts = facts
  }
}

/// One region of a case, or a case that failed.
public struct TableRow: Sendable {
  /// What a row ended as.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Every cell has a value.
    case ok
    /// Some cells are undefined.
    case partial
    /// The case could not be measured; there are no cells.
    case failed
  }

  /// What the row is of, one for each of the header's `texts`; nil where there is nothing to say.
  public let texts: [String?]
  /// What it ended as.
  public let status: Status
  /// Why cells are undefined, in short, or why the case failed.
  public let reason: String?
  /// One for each measurand; none if the case failed.
  public let cells: [Cell]
  /// What was noticed.
  public let findings: [Finding]

  /// A row.
  public init(texts: [String?], status: Status, reason: String?, cells: [Cell], findings: [Finding] = []) {
    precondition(status != .failed || cells.isEmpty, "a failed case has no cells")
    self.texts = texts
    self.status = status
    self.reason = reason
    self.cells = cells
    self.findings = findings
  }
}

/// Where the rows of a feature table go: a file, a database. Called from one thread at a time, in this order: `begin`
/// once, `append` once for each case, `finish` once.
public protocol TableSink: AnyObject {
  /// Whether cases may come in any order; else they come in the cohort's.
  static var takesAnyOrder: Bool { get }
  /// Makes the table anew, without rows; rows of an earlier run are gone.
  func begin(_ header: TableHeader) throws
  /// Adds all rows of one case: one for each region in order, or one that failed. `number` is the case's place in the
  /// cohort, from 0; each is added once.
  func append(_ rows: [TableRow], ofCase number: Int) throws
  /// Completes the table.
  func finish() throws
}
