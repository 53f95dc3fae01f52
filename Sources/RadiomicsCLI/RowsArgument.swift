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

  func addFiles(to files: inout CommandFiles) { files.read += join + join.map(provenancePath(for:)) }

  func validate() throws {
    if !join.isEmpty, by == nil { throw ValidationError("--join: needs --by COLUMN, by which rows belong together.") }
    if join.isEmpty, by != nil { throw ValidationError("--by: needs --join TABLE, which it is about.") }
  }

  /// What is asked.
  var request: RowsRequest {
    var request = RowsRequest()
    (request.missing, request.joined, request.keys, request.repeats) = (
      empty.words, join, by.map(MissingArgument.words) ?? [], keys.repeated
    )
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

/// What says that a cell is empty.
struct MissingArgument: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Words, with commas, that say that a cell is empty, besides NA, N/A, #N/A, NaN, null, missing, . and -.",
      valueName: "words"))
  var missing: String?

  var words: [String] { missing.map(Self.words) ?? [] }
  static func words(_ text: String) -> [String] { text.split(separator: ",").map { String($0).trimmed } }
}

extension RepeatedKeys: ExpressibleByArgument {}
