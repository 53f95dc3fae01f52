import Foundation
import RadiomicsTestSupport
import Testing

/// Runs the program as a user does.
struct Command {
  let status: Int32
  let output: String
  let errors: String

  /// The program beside the tests.
  static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("radiomics")

  /// Runs `radiomics` with arguments, in a folder; `shell` is put before it ("ulimit -f 1").
  init(arguments: [String], in folder: TemporaryFolder, shell: String? = nil) throws {
    let process = Process()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", shell + "; exec \"$0\" \"$@\"", Self.program.path] + arguments
    } else {
      process.executableURL = Self.program
      process.arguments = arguments
    }
    process.currentDirectoryURL = folder.url
    let output = folder.url.appendingPathComponent(".out"), errors = folder.url.appendingPathComponent(".err")
    for url in [output, errors] { try Data().write(to: url) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    self.output = try String(contentsOf: output, encoding: .utf8)
    self.errors = try String(contentsOf: errors, encoding: .utf8)
    for url in [output, errors] { try FileManager.default.removeItem(at: url) }
  }
}

extension Command {
  /// Runs `radiomics` with arguments, in a folder.
  init(_ arguments: String..., in folder: TemporaryFolder) throws { try self.init(arguments: arguments, in: folder) }
}
