import Foundation

/// Public reference data that is not part of the project: the folder `../shared` beside the checkout, or the one
/// that RADIOMICS_REFERENCE_DATA names.
public enum ReferenceData {
  /// The root of the checkout.
  public static let project = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Where the data should be.
  public static let folder =
    ProcessInfo.processInfo.environment["RADIOMICS_REFERENCE_DATA"].map { URL(fileURLWithPath: $0) }
    ?? project.deletingLastPathComponent().appendingPathComponent("shared")

  /// Tests that need the data run where it is, and on CI, where its absence is a failure.
  public static let runs =
    FileManager.default.fileExists(atPath: folder.path) || ProcessInfo.processInfo.environment["CI"] != nil

  /// What a skipped test says.
  public static let absence: String =
    "the public reference data is absent (\(folder.path)); set RADIOMICS_REFERENCE_DATA to its folder"

  /// A file or folder of the data.
  public static func path(_ relative: String) -> String { folder.appendingPathComponent(relative).path }

  /// A table of the project's own test data.
  public static func table(_ relative: String) throws -> [[String: String]] {
    let url = project.appendingPathComponent("Tests/Data").appendingPathComponent(relative)
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(header, fields))
    }
  }
}
