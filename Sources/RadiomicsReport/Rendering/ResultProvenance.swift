import RadiomicsCore
import RadiomicsFormats

/// From what a result was made: software, command, input files with SHA-256, seed. There is no date in it, as the same input and
/// command must give the same bytes; the SHA-256 tells which data they were.
package struct ResultProvenance: Sendable {
  /// A table that was read.
  package struct Input: Sendable {
    package let path: String
    /// Of the file's bytes; nil of a pipe, which can be read once only.
    package let sha256: String?
    /// Rows of the table, and those used.
    package let rows: Int, used: Int
    /// Why the others were not.
    package let reason: String

    package var name: String { lastComponent(path) }

    /// - Throws: `FormatError` if the file cannot be read.
    package init(
      _ path: String, rows: Int, used: Int, reason: String = "a value that is needed is missing"
    ) throws(FormatError) {
      (self.path, self.rows, self.used, self.reason) = (path, rows, used, reason)
      sha256 =
        WholeFile.isDevice(path)
        ? nil
        : try RadiomicsCore.sha256 { (take) throws(FormatError) in try WholeFile.forEachBlock(of: path, take) }.digest
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
    let left = rows - used
    let out = left == 0 ? [] : [Setting.Value.map([.init("rows", .integer(left)), .init("reason", .text(reason))])]
    return .map([
      .init("file", .text(name)), .init("sha256", sha256.map { .text($0) } ?? .null), .init("rows", .integer(rows)),
      .init("used", .integer(used)), .init("left_out", .list(out)),
    ])
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

/// A file's name without its folder.
package func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
