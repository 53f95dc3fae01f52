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
  static func path(for table: String) -> String {
    let name = table.split(separator: "/").last.map(String.init) ?? table
    let ending = name.lastIndex(of: ".").map { name.distance(from: $0, to: name.endIndex) } ?? 0
    return String(table.dropLast(ending)) + ".run"
  }

  /// A folder that is there.
  /// - Throws: `StudyError` if it is no run folder.
  init(path: String) throws {
    self.path = path
    guard WholeFile.exists(path + "/run.json") else {
      throw StudyError("\(path): it is no run folder, it has no run.json. Name one, such as features.run.")
    }
    description = try RunDescription(json: WholeFile.bytes(of: path + "/run.json"), file: path + "/run.json")
  }

  /// Makes the folder, or takes up one that is there.
  /// - Throws: `StudyError` if it is there and `resumes` is false, or if it is of something else.
  init(path: String, _ description: RunDescription, _ cohort: Cohort, yaml: String, shard: Shard, resumes: Bool) throws
  {
    self.path = path
    self.description = description
    if WholeFile.exists(path + "/run.json") {
      let present = try RunFolder(path: path).description
      let shardIsThere = [".json", ".lock"].contains { WholeFile.exists("\(path)/shard-\(shard.name)\($0)") }
      guard resumes || shard != .whole && !shardIsThere else {
        throw StudyError(
          "\(path): results of a run are there already. Add --resume to continue it, or remove the folder to begin anew."
        )
      }
      if let difference = description.difference(from: present) {
        throw StudyError("\(path): the results there are of \(difference). Choose another --output.")
      }
      guard resumes || present.cohortSHA256 == description.cohortSHA256 else {
        throw StudyError(
          "\(path): the results there are of another cohort. Add --resume to use what it has in common with this one.")
      }
      if present.json == description.json { return }
    } else if !resumes, Folder.exists(path), try !Folder.names(in: path, hidden: true).isEmpty {
      throw StudyError("\(path): the folder is not empty and no run folder. Choose another --output, or remove it.")
    }
    try WholeFile.makeFolder(path + "/cases")
    try OutputFile.write(yaml, to: path + "/recipe.yaml")
    try OutputFile.write(cohort.bytes, to: "\(path)/\(description.cohortFile)")
    try OutputFile.write(description.json, to: path + "/run.json")
  }

  /// The recipe as it was.
  func recipe() throws -> Recipe {
    let file = path + "/recipe.yaml"
    let recipe = try Recipe(yaml: WholeFile.text(of: file), file: file)
    guard recipe.fingerprint == description.recipeFingerprint else {
      throw StudyError("\(file): it is not the recipe of this run: its fingerprint differs. Restore it.")
    }
    return recipe
  }

  /// The cohort as it was.
  func cohort() throws -> Cohort {
    let cohort = try Cohort(path: "\(path)/\(description.cohortFile)")
    guard cohort.sha256 == description.cohortSHA256 else {
      throw StudyError("\(cohort.path): it is not the cohort of this run: its SHA-256 differs. Resume the run.")
    }
    return cohort
  }

  /// Takes the shard for this process, removes what a killed one left.
  /// - Throws: `StudyError` if another process runs it.
  func lock(_ shard: Shard) throws -> FileLock {
    guard let lock = try FileLock("\(path)/shard-\(shard.name).lock") else {
      throw StudyError("\(path): another process runs shard \(shard). Wait until it ends, or end it.")
    }
    try Folder.remove(partial(shard))
    try WholeFile.makeFolder(partial(shard))
    try Folder.remove(indexPath(shard))
    return lock
  }

  /// Removes the place for files in the making.
  func close(_ shard: Shard) throws {
    try Folder.remove(partial(shard))
    if try Folder.names(in: path + "/partial", hidden: true).isEmpty { try Folder.remove(path + "/partial") }
  }

  private func partial(_ shard: Shard) -> String { "\(path)/partial/\(shard.name)" }

  /// Where the index of a shard stands.
  func indexPath(_ shard: Shard) -> String { "\(path)/shard-\(shard.name).json" }

  private func casePath(_ key: CaseKey) -> String { "\(path)/cases/\(key.text.prefix(2))/\(key.text).json" }

  /// The result of a case; nil if there is none.
  /// - Throws: `SettingError` or `StudyError` if it is damaged.
  func result(of key: CaseKey) throws -> CaseResult? {
    let file = casePath(key)
    guard WholeFile.exists(file) else { return nil }
    let result = try CaseResult(
      json: WholeFile.bytes(of: file), file: file, columnCount: description.columns.count)
    guard result.key == key else { throw StudyError("\(file): it holds the result of another case. Remove it.") }
    return result
  }

  /// Keeps a result, so that neither a kill nor a loss of power leaves half of it: written under another name, brought to
  /// the disk, renamed, the name brought to the disk.
  func keep(_ result: CaseResult, _ shard: Shard) throws {
    let file = casePath(result.key)
    try Folder.makeDurably("\(path)/cases/\(result.key.text.prefix(2))")
    let staged = try StagedFile(file, madeIn: partial(shard))
    try staged.append(Array(result.json.utf8))
    try OutputFile.commit([staged])
  }
}
