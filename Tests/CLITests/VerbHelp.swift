import Foundation
import RadiomicsTestSupport

/// What the program itself says of a verb's arguments, so that laws hold for options that are declared tomorrow.
struct VerbHelp: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable { let kind, name: String }
    let kind: String
    let isOptional, isRepeating: Bool
    let preferredName: Name?
    let valueName, abstract, defaultValue: String?
    let allValues: [String]?

    /// Its long name; that of its value for an argument without one.
    var name: String { preferredName?.name ?? valueName ?? "" }
    /// As a command line begins it; nothing for an argument without a name.
    var words: [String] { preferredName.map { [($0.kind == "long" ? "--" : "-") + $0.name] } ?? [] }
  }

  let commandName: String
  private let arguments_: [Argument]?
  private let subcommands: [VerbHelp]?
  let shouldDisplay: Bool

  private enum CodingKeys: String, CodingKey {
    case commandName, subcommands, shouldDisplay
    case arguments_ = "arguments"
  }

  var arguments: [Argument] { arguments_ ?? [] }

  /// Of one verb.
  init(_ verb: String...) throws {
    struct Whole: Decodable { let command: VerbHelp }
    let help = try Command(arguments: verb + ["--experimental-dump-help"], in: TemporaryFolder())
    self = try JSONDecoder().decode(Whole.self, from: Data(help.output.utf8)).command
  }

  /// Each verb that people call, with the words that call it.
  static func leaves() throws -> [(words: [String], help: VerbHelp)] {
    func leaves(_ help: VerbHelp, _ words: [String]) -> [(words: [String], help: VerbHelp)] {
      guard let below = help.subcommands, !below.isEmpty else { return help.shouldDisplay ? [(words, help)] : [] }
      return below.flatMap { leaves($0, words + [$0.commandName]) }
    }
    return leaves(try VerbHelp(), []).filter { $0.words != ["help"] }
  }
}
