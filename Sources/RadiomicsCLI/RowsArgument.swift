import ArgumentParser
import RadiomicsCore
import RadiomicsFormats

/// How the rows of a table are read: the same in every verb of statistics.
struct RowsArgument: ParsableArguments, NamesFurtherFiles {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Add the columns of this table, such as outcomes, to the rows of the same --by; may be repeated.",
      valueName: "table"))
  var join: [String] = []
  @Option(
    name: .long, help: ArgumentHelp("The column, or columns with commas, by which --join matches.", valueName: "column")
  )
  var by: String?
  @OptionGroup var keys: RepeatedArgument
  @OptionGroup var empty: MissingArgument
  @OptionGroup var sheets: SheetArgument

  func addFiles(to files: inout CommandFiles) { files.read += join + join.map(provenancePath(for:)) }

  func validate() throws {
    if !join.isEmpty, by == nil { throw ValidationError("--join: needs --by COLUMN, by which rows belong together.") }
    if join.isEmpty, by != nil { throw ValidationError("--by: needs --join TABLE, which it is about.") }
  }

  /// Reads the rows of an analysis, and says who is lost.
  /// - `noticed`: Gets what was noticed, for the result.
  func read(
    _ path: String, _ messages: MessageArguments, _ noticed: inout [Finding], _ dates: DatesArgument? = nil
  ) throws -> Table {
    var request = request
    request.days = dates?.days
    let (table, findings) = try request.read([path])
    messages.report(findings)
    noticed += findings
    return table
  }

  /// The same of a table to which nothing is joined.
  var alone: RowsRequest {
    var request = RowsRequest()
    (request.missing, request.sheets) = (empty.words, sheets.names)
    return request
  }

  /// What is asked.
  var request: RowsRequest {
    var request = RowsRequest()
    (request.missing, request.joined, request.keys, request.repeats) = (
      empty.words, join, by.map(MissingArgument.words) ?? [], keys.repeated
    )
    request.sheets = sheets.names
    return request
  }
}

/// Which row counts where several of a joined table have one key.
struct RepeatedArgument: ParsableArguments {
  @Option(
    name: .long,
    help: "Where a joined table has several rows of one key: refuse them, take the first, the last, or all.")
  var repeated = RepeatedKeys.refuse
}

/// Which sheet of a workbook is the table.
struct SheetArgument: ParsableArguments {
  @Option(
    name: .customLong("sheet"),
    help: ArgumentHelp(
      "The sheet of each workbook that is read, else its first; repeated, one for each workbook in order.",
      valueName: "name"))
  var names: [String] = []
}

/// What says that a cell is empty.
struct MissingArgument: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Words, with commas, that say that a cell is empty, besides NA, N/A, #N/A, NaN, null, missing, . and -.",
      valueName: "words"))
  var missing: String?

  var words: [String] { missing.map(Self.words) ?? [] }
  static func words(_ text: String) -> [String] { text.split(separator: ",").map { String($0).trimmed } }
}

extension RepeatedKeys: ExpressibleByArgument {}

/// Two columns of dates in place of one of times.
struct DatesArgument: ParsableArguments {
  /// The column of the days between.
  static let column = "days"
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Time is counted in days from the date in this column, such as of diagnosis, …", valueName: "column"))
  var from: String?
  @Option(
    name: .long, help: ArgumentHelp("… to the date in this one, such as of death or last visit.", valueName: "column"))
  var to: String?

  func validate() throws {
    if (from == nil) != (to == nil) {
      throw ValidationError("--from, --to: one of them is given, must be both: days are counted between them.")
    }
  }

  /// The column of times: the one named, or the one that the dates make.
  /// - Throws: `ValidationError` if both are given.
  func time(or column: String?) throws -> String? {
    guard days != nil else { return column }
    guard column == nil else { throw ValidationError("--time, --from: both say what the time is. Give one of them.") }
    return Self.column
  }

  /// The columns, and the name of the one of times that they make.
  var days: (from: String, to: String, name: String)? { from.flatMap { from in to.map { (from, $0, Self.column) } } }
}

/// Columns of a table that are features, chosen as a whole.
struct FeaturesArgument: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Columns that are markers: a list of features (a file), a pattern of names between slashes such as '/^cm_/', or names with commas.",
      valueName: "file|/pattern/|names"))
  var features: String?

  /// Names of the columns that are meant; none without the option.
  /// - `others`: What other options name.
  func names(among table: Table, of path: String, except others: [String?]) throws -> [String] {
    let words = table.columns.filter { if case .categories = $0.values { true } else { false } }.map(\.name)
    let others = Set(others.compactMap { $0 } + words)
    return try features.map { try FeatureSelection($0).names(among: table.names, of: path, except: others) } ?? []
  }
}
