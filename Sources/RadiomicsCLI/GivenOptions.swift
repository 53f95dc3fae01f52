import ArgumentParser
import Radiomics
import RadiomicsReport

extension GivenCommand {
  /// Options that change where and how a result is written, not what it is.
  private static let unrecorded: Set = [
    "output", "o", "format", "report", "figure", "residuals", "selection", "quiet", "q", "log-level", "jobs", "j",
  ]

  /// The command line of this process, as it was typed but for the folders of its files, which may name a person.
  /// - Parameter command: Tells flags from options.
  init(_ command: any ParsableCommand) {
    let typed = Array(CommandLine.arguments.dropFirst()), flags = Self.flags(command)
    var options: [Option] = [], words: [String] = [], index = 0
    func plain(_ text: String, _ isOutput: Bool) -> String {
      isOutput || WholeFile.exists(text) ? Path.name(of: text) : text
    }
    while index < typed.count {
      let word = typed[index]
      index += 1
      guard word.hasPrefix("-"), word.count > 1, Double(word) == nil else {
        words.append(plain(word, false))
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = String(parts[0].drop { $0 == "-" }), isUnrecorded = Self.unrecorded.contains(name)
      var value = parts.count == 2 ? parts[1] : nil
      if value == nil, !flags.contains(name), index < typed.count {
        value = typed[index]
        index += 1
      }
      value = value.map { plain($0, isUnrecorded) }
      words += parts.count == 2 ? ["\(parts[0])=\(value ?? "")"] : [parts[0]] + [value].compactMap { $0 }
      if !isUnrecorded { options.append(Option(name, value)) }
    }
    self.init(
      verb: words.first ?? "", line: (["radiomics"] + words).map(Self.quoted).joined(separator: " "), options: options)
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_.,:=/+%@".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// Names of flags of a command and of its groups.
  private static func flags(_ arguments: any ParsableArguments) -> Set<String> {
    var names: Set<String> = ["q", "h", "help", "version"]
    for option in arguments.declared {
      switch option.kind {
      case .flag: names.insert(hyphened(option.name))
      case .group(let group, _): names.formUnion(flags(group))
      case .texts: continue
      }
    }
    return names
  }
}
