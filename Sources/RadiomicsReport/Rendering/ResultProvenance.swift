import RadiomicsCore
import RadiomicsFormats

/// From what a result was made: software, command, input files with SHA-256, seed. There is no date in it, as the same input and
/// command must give the same bytes; the SHA-256 tells which data they were.
package struct ResultProvenance: Sendable {
  /// A file that was read.
  package struct Input: Sendable {
    /// Without its folder.
    package let name: String
    /// Of the bytes that were read; nil where nobody asked.
    package let sha256: String?
    /// Rows of the table, and those used; nil where the file is no table, or one of several.
    package let rows: Int?, used: Int?
    /// Why the others were not.
    package let reason: String

    package init(
      _ path: String, sha256: String?, rows: Int? = nil, used: Int? = nil,
      reason: String = "a value that is needed is missing"
    ) {
      (name, self.sha256, self.rows, self.used, self.reason) = (Path.name(of: path), sha256, rows, used, reason)
    }

    /// The files of a table, of whose rows some were used.
    package static func files(of table: Table, used: Int?) -> [Input] {
      let source = table.source, isFirstAlone = source.members.isEmpty
      return source.files.enumerated().map { index, file in
        Input(
          file.path, sha256: file.sha256.isEmpty ? nil : file.sha256,
          rows: isFirstAlone ? (index == 0 ? table.count : nil) : source.members.count { $0 == index },
          used: isFirstAlone && index == 0 ? used : nil)
      }
    }
  }

  package var inputs: [Input]
  /// Where random numbers began; nil where there were none.
  package var seed: UInt64?
  /// The command line; nil where a program asked.
  package var command: GivenCommand?

  package init(_ inputs: [Input], seed: UInt64? = nil, command: GivenCommand? = nil) {
    (self.inputs, self.seed, self.command) = (inputs, seed, command)
  }

  /// `software`, `command`, `inputs`, `seed`.
  package var json: [Setting.Value.Entry] {
    let software = Setting.Value.map([
      .init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion)),
    ])
    return [.init("software", software)] + (command.map { [.init("command", $0.json)] } ?? [])
      + [.init("inputs", .list(inputs.map(\.json)))] + (seed.map { [.init("seed", .integer(Int(clamping: $0)))] } ?? [])
  }

  /// The file beside a table.
  package func file(_ findings: [Finding]) -> String {
    Setting.Value.map(
      [.init("format", .integer(1))] + json + [.init("findings", .list(findings.map(\.json)))]
    ).json + "\n"
  }
}

extension ResultProvenance.Input {
  fileprivate var json: Setting.Value {
    let counts: [Setting.Value.Entry] =
      (rows.map { [.init("rows", .integer($0))] } ?? []) + (used.map { [.init("used", .integer($0))] } ?? [])
    let out = leftOut.map { [Setting.Value.map([.init("rows", .integer($0)), .init("reason", .text(reason))])] }
    return .map(
      [.init("file", .text(name)), .init("sha256", sha256.map { .text($0) } ?? .null)] + counts
        + (used == nil ? [] : [.init("left_out", .list(out ?? []))]))
  }

  /// Rows not used, if there are any.
  package var leftOut: Int? {
    guard let rows, let used, used < rows else { return nil }
    return rows - used
  }
}

/// A command line, without the folders of its files.
package struct GivenCommand: Sendable, Hashable {
  package struct Option: Sendable, Hashable {
    /// Without dashes.
    package let name: String
    /// Nil of a flag.
    package let value: String?

    package init(_ name: String, _ value: String?) { (self.name, self.value) = (name, value) }
  }

  /// `diagnostic`.
  package let verb: String
  /// All of it as it was typed.
  package let line: String
  /// Options that were given and that results depend on.
  package let options: [Option]

  package init(verb: String, line: String, options: [Option]) {
    (self.verb, self.line, self.options) = (verb, line, options)
  }

  fileprivate var json: Setting.Value {
    let given = options.map { option in
      Setting.Value.map([
        .init("name", .text(option.name)), .init("value", option.value.map { .text($0) } ?? .flag(true)),
      ])
    }
    return .map([.init("verb", .text(verb)), .init("options", .list(given))])
  }
}

extension Table {
  /// The first file that it was read from, as it was given; empty of a table that was made.
  var path: String { source.files.first?.path ?? "" }
}
