import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

/// Every file that a command reads and every one that it writes, compared in one place before anything is done, so that no
/// output destroys an input or another output.
///
/// What a command line names is found by reflection: the options in `written` are written, and every other word that is the
/// name of something there is read. A group or command adds what it reads and writes besides.
struct CommandFiles {
  /// Properties that name what is written.
  private static let written: Set = [
    "output", "out", "outDir", "saveSteps", "diagnostics", "dicomOut", "events", "logFile", "figure", "report",
    "reliability", "selection", "residuals", "consensus", "target",
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

  init(_ command: any ParsableArguments) { add(command) }

  private mutating func add(_ arguments: any ParsableArguments) {
    for child in Mirror(reflecting: arguments).children {
      guard let label = child.label?.drop(while: { $0 == "_" }), let value = child.value as? any PathHolder else {
        continue
      }
      if let group = value.group {
        add(group)
      } else if Self.written.contains(String(label)) {
        written += value.texts
        if Self.folders.contains(String(label)) || arguments is any MakesFolders { made.formUnion(value.texts) }
      } else {
        let found = value.texts.filter(WholeFile.exists)
        // What lies beside a table says how it was measured.
        read += found + found.filter { CSV.ending(of: $0) != nil }.map(provenancePath(for:)).filter(WholeFile.exists)
      }
    }
    (arguments as? any NamesFurtherFiles)?.addFiles(to: &self)
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
  /// - Parameters:
  ///   - output: The table, of which each recipe of its rows has one.
  ///   - only: The recipe that alone is measured; all if nil.
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

/// An argument or option that may hold names of files, or a group of them.
private protocol PathHolder {
  var texts: [String] { get }
  var group: (any ParsableArguments)? { get }
}

extension PathHolder {
  var group: (any ParsableArguments)? { nil }
  fileprivate static func texts(_ value: Any) -> [String] {
    (value as? [String]) ?? (value as? String).map { [$0] } ?? []
  }
}

extension Argument: PathHolder {
  fileprivate var texts: [String] { Self.texts(wrappedValue) }
}

extension Option: PathHolder {
  fileprivate var texts: [String] { Self.texts(wrappedValue) }
}

extension OptionGroup: PathHolder {
  fileprivate var texts: [String] { [] }
  fileprivate var group: (any ParsableArguments)? { wrappedValue }
}
