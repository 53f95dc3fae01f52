import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning

/// A folder that keeps results of parts of a study: one file each, named by what they depend on, so that nothing is taken for what it is not.
package struct TrainingFolder: KeepsUnits {
  package let path: String
  /// Of the study, its rows and the program.
  private let digest: String

  /// - Throws: `FormatError` if the folder cannot be made.
  package init(_ path: String, _ file: StudyFile) throws {
    self.path = path
    try WholeFile.makeFolder(path)
    let inputs = file.measured.table.source.files.map(\.sha256) + file.stepFiles
    digest = String(
      sha256("\(radiomicsVersion) \(file.plan.settingValue.json) \(inputs) \(file.sources) \(file.isForced)").prefix(
        16))
  }

  private func path(_ name: String) -> String { "\(path)/\(digest)-\(name).json" }

  package func kept(_ name: String) -> Setting.Value? {
    let path = path(name)
    guard WholeFile.exists(path), let bytes = try? WholeFile.bytes(of: path) else { return nil }
    return try? Setting.Value(json: bytes, file: path)
  }

  package func keep(_ value: Setting.Value, as name: String) {
    try? OutputFile.write(value.json + "\n", to: path(name))
  }
}
