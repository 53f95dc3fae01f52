import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

/// Every file that a command reads and every one that it writes, compared in one place before anything is done, so that no
/// output destroys an input or another output.
///
/// Of what a command declares, the options in `written` are written, and every other word that is the name of something there is
/// read. A group or command adds what it reads and writes besides.
struct CommandFiles {
  /// Properties that name what is written.
  private static let written: Set = [
    "output", "out", "outDir", "saveSteps", "diagnostics", "dicomOut", "events", "logFile", "figure", "report",
    "reliability", "selection", "residuals", "consensus", "target", "changes",
  ]
  /// Those that name a folder, which is made if it is missing.
  private static let folders: Set = ["outDir", "saveSteps", "dicomOut"]

  /// Paths of files and folders.
  var read: [String] = []
  /// Paths of files and folders.
  var written: [String] = []
  /// Those of `written` that a folder may be made for, or that may be one.
  private var made: Set<String> = []

  init() {}

  init(_ command: any ParsableCommand) {
    add(command, makesFolders: command is any MakesFolders)
    (command as? any NamesFurtherFiles)?.addFiles(to: &self)
  }

  private mutating func add(_ arguments: any ParsableArguments, makesFolders: Bool) {
    for option in arguments.declared {
      switch option.kind {
      case .flag: continue
      case .group(let group, let further):
        add(group, makesFolders: false)
        further?.addFiles(to: &self)
      case .texts(let texts) where Self.written.contains(option.name):
        written += texts
        if makesFolders || Self.folders.contains(option.name) { made.formUnion(texts) }
      case .texts(let texts):
        let found = texts.filter(WholeFile.exists)
        // What lies beside a table says how it was measured.
        read += found + found.filter { CSV.ending(of: $0) != nil }.map(provenancePath(for:)).filter(WholeFile.exists)
      }
    }
  }

  /// - Throws: `ValidationError` with the name of an output that is an input or another output, `FormatError` if one cannot be
  ///   written.
  func check() throws {
    try compare()
    for path in written where !made.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
      try OutputFile.check(path)
    }
  }

  private func compare() throws {
    var names: Set<String> = [], identities: Set<FileIdentity> = []
    for path in written where !WholeFile.isDevice(path) {
      let identity = FileIdentity(path)
      guard names.insert(FileIdentity.canonical(path)).inserted,
        identity.map({ identities.insert($0).inserted }) ?? true
      else { throw Self.refusal(path) }
    }
    guard !identities.isEmpty else { return }
    for path in read {
      if let identity = FileIdentity(path), identities.contains(identity) {
        throw Self.refusal(written.first { WholeFile.areSame($0, path) } ?? path)
      }
      guard Folder.exists(path) else { continue }
      let folder = FileIdentity.canonical(path) + "/"
      for output in written
      where FileIdentity.canonical(output).hasPrefix(folder) && WholeFile.exists(output)
        && DICOMFolder.recognises(output)
      {
        throw ValidationError("\(output): is a file of \(path), which is read. Choose another name.")
      }
    }
  }

  private static func refusal(_ path: String) -> ValidationError {
    ValidationError("\(path): is named twice, must be a file of its own: it would be overwritten.")
  }
}

extension CommandFiles {
  /// The cohort and every file that it names; nothing if it is none, which its reader says better.
  /// - `output`: The table, of which each recipe of its rows has one.
  /// - `only`: The recipe that alone is measured; all if nil.
  mutating func add(
    cohort path: String, measuredBy recipe: RecipeOption? = nil, into output: String? = nil, only: String? = nil
  ) {
    guard CSV.ending(of: path) != nil, let cohort = try? Cohort(path: path) else { return }
    read += cohort.paths
    guard let recipe, let output, cohort.recipeNames.count > 1 else { return }
    written += Set(recipe.tables(of: cohort, output, only: only)).subtracting([output]).sorted().flatMap {
      [$0, provenancePath(for: $0)]
    }
  }
}

/// A command whose output is a folder, or a file in one that it makes.
protocol MakesFolders {}

/// A command or group that reads or writes more than its command line names.
protocol NamesFurtherFiles {
  func addFiles(to files: inout CommandFiles)
}
