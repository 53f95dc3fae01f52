import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// The folder in which a cohort's results stand, case by case; the truth of which a table is made.
///
///     run.json                  software, recipe's fingerprint and columns, reading, cohort's SHA-256
///     recipe.yaml  cohort.csv   both as they were
///     cases/ab/ab….json         one file for each distinct case, named by its key
///     shard-1-of-1.json         which row has which result; written when the shard is done
///     shard-1-of-1.lock         held by the process that runs the shard
///     partial/1-of-1/           files in the making
struct RunFolder: Sendable {
  let path: String
  let description: RunDescription

  /// `features.csv` → `features.run`.
  static func path(for table: String) -> String { Path.replacingEnding(of: table, by: ".run") }

  /// A folder that is there.
  /// - Throws: `StudyError` if it is no run folder.
  init(path: String) throws {
    self.path = path
    guard WholeFile.exists(path + "/run.json") else {
      let isBegun = (try? Folder.names(in: path, hidden: true)).map { Self.isBegun($0) } ?? false
      if isBegun { throw StudyError.begun(path, lacks: "run.json", .resume) }
      throw StudyError.at(path, "it is no run folder, it has no run.json. Name one, such as features.run.")
    }
    description = try RunDescription(json: WholeFile.bytes(of: path + "/run.json"), file: path + "/run.json")
  }

  /// Makes the folder, or takes up one that is there, and holds the shard as long as the lock lives.
  /// - Throws: `StudyError` if it is there and `resumes` is false, if it is of something else, or if another process runs
  ///   the shard.
  static func open(
    _ path: String, _ description: RunDescription, _ cohort: Cohort, yaml: String, shard: Shard, resumes: Bool
  ) throws -> (folder: RunFolder, lock: FileLock) {
    let folder = RunFolder(path: path, description: description)
    try folder.check(shard, resumes: resumes)
    try Folder.makeDurably(path)
    guard let lock = try FileLock("\(path)/shard-\(shard.name).lock") else {
      throw StudyError.atWork(path, what: "runs shard \(shard)")
    }
    // What a killed run left in the making, and an index that is no longer true.
    try Folder.remove(folder.partial(shard))
    try Folder.remove(folder.indexPath(shard))
    try WholeFile.makeFolder(folder.partial(shard))
    try Folder.makeDurably(path + "/cases")
    let isSame =
      WholeFile.exists(path + "/run.json") && (try? RunFolder(path: path).description.json) == description.json
    if !isSame {
      try folder.write(Array(yaml.utf8), to: path + "/recipe.yaml", shard)
      try folder.write(cohort.bytes, to: "\(path)/\(description.cohortFile)", shard)
      try folder.write(Array(description.json.utf8), to: path + "/run.json", shard)
    }
    return (folder, lock)
  }

  /// Whether a folder without run.json holds only what a run makes, as after one that ended before it wrote that file.
  private static func isBegun(_ names: [String]) -> Bool { isBegun(names, by: isOwn) }

  /// Whether a folder without its mark was begun by a run that is known by how it names what is there.
  static func isBegun(_ names: [String], by isOwn: (String) -> Bool) -> Bool {
    names.contains { $0.hasSuffix(".lock") } && names.allSatisfy(isOwn)
  }

  /// What stands in a folder beside run.json.
  private static func isOwn(_ name: String) -> Bool {
    ["cases", "partial", "slurm", "recipe.yaml", "cohort.csv", "cohort.tsv"].contains(name) || name.hasPrefix("shard-")
  }

  /// Removes a run's folder, with all results; what is not there is no error.
  static func remove(_ path: String) throws { try remove(path, knownBy: "run.json", isOwn) }

  /// Removes the folder of one kind of run.
  /// - `mark`: The file that says what the folder is.
  /// - `isOwn`: Whether such a run makes something of this name besides.
  /// - Throws: `StudyError` if it is no such folder, or a process works in it.
  static func remove(_ path: String, knownBy mark: String, _ isOwn: (String) -> Bool) throws {
    guard Folder.exists(path), case let names = try Folder.names(in: path, hidden: true), !names.isEmpty else { return }
    guard names.contains(mark) || isBegun(names, by: isOwn) else {
      throw StudyError.foreignFolder(path, kind: "no run folder")
    }
    var locks: [FileLock] = []
    for name in names where name.hasSuffix(".lock") {
      guard let lock = try FileLock("\(path)/\(name)") else {
        throw StudyError.atWork(path, what: "is at work there")
      }
      locks.append(lock)
    }
    try withExtendedLifetime(locks) { try Folder.remove(path) }
  }

  private init(path: String, description: RunDescription) {
    self.path = path
    self.description = description
  }

  /// Whether what is there may be continued.
  private func check(_ shard: Shard, resumes: Bool) throws {
    let shardIsThere = [".json", ".lock"].contains { WholeFile.exists("\(path)/shard-\(shard.name)\($0)") }
    guard WholeFile.exists(path + "/run.json") else {
      let names = try Folder.exists(path) ? Folder.names(in: path, hidden: true) : []
      guard names.isEmpty || Self.isBegun(names) else {
        throw StudyError.foreignFolder(path, kind: "no run folder")
      }
      guard names.isEmpty || resumes || shard != .whole && !shardIsThere else {
        throw StudyError.begun(path, lacks: "run.json", .takeUpOrRestart)
      }
      return
    }
    let present = try RunFolder(path: path).description
    guard resumes || shard != .whole && !shardIsThere else {
      throw StudyError.resultsThere(path)
    }
    if let difference = description.difference(from: present) {
      throw StudyError.otherResults(path, of: difference)
    }
    guard resumes || present.cohortSHA256 == description.cohortSHA256 else {
      throw StudyError.at(
        path, "the results there are of another cohort, some of which may be of this one too.", .takeUpOrRestart)
    }
  }

  /// The recipe as it was.
  func recipe() throws -> Recipe {
    let file = path + "/recipe.yaml"
    let recipe = try Recipe(yaml: WholeFile.text(of: file), file: file)
    guard recipe.fingerprint == description.recipeFingerprint else {
      throw StudyError.at(file, "it is not the recipe of this run: its fingerprint differs. Restore it.")
    }
    return recipe
  }

  /// The cohort as it was.
  func cohort() throws -> Cohort {
    let cohort = try Cohort(path: "\(path)/\(description.cohortFile)")
    guard cohort.sha256 == description.cohortSHA256 else {
      throw StudyError.at(cohort.path, "it is not the cohort of this run: its SHA-256 differs. Resume the run.")
    }
    return cohort
  }

  /// Keeps the index of a shard whose rows have all ended, and removes the place for files in the making.
  func close(_ index: ShardIndex) throws {
    let shard = index.shard
    try index.write(to: indexPath(shard), madeIn: partial(shard))
    try Folder.remove(partial(shard))
    if try Folder.names(in: path + "/partial", hidden: true).isEmpty { try Folder.remove(path + "/partial") }
  }

  private func partial(_ shard: Shard) -> String { "\(path)/partial/\(shard.name)" }

  private func indexPath(_ shard: Shard) -> String { "\(path)/shard-\(shard.name).json" }

  private func casePath(_ key: CaseKey) -> String { "\(path)/cases/\(key.text.prefix(2))/\(key.text).json" }

  /// The result of a case; nil if there is none.
  /// - Throws: `SettingError` or `StudyError` if it is damaged.
  func result(of key: CaseKey) throws -> CaseResult? {
    let file = casePath(key)
    guard WholeFile.exists(file) else { return nil }
    let result = try CaseResult(
      json: WholeFile.bytes(of: file), file: file, columnCount: description.columns.count,
      textCount: description.diagnostics.count)
    guard result.key == key else { throw StudyError.at(file, "it holds the result of another case. Remove it.") }
    return result
  }

  /// Keeps a result.
  func keep(_ result: CaseResult, _ shard: Shard) throws {
    let file = casePath(result.key)
    try Folder.makeDurably(String(Path.folder(of: file).dropLast()))
    try write(Array(result.json.utf8), to: file, shard)
  }

  /// Writes a file so that neither a kill nor a loss of power leaves half of it: under another name, brought to the disk,
  /// renamed, the name brought to the disk.
  private func write(_ bytes: [UInt8], to file: String, _ shard: Shard) throws {
    let staged = try StagedFile(file, madeIn: partial(shard))
    try staged.append(bytes)
    try OutputFile.commit([staged])
  }
}
