import Foundation
import RadiomicsFormats
import RadiomicsTestSupport
import Testing

/// What a thread came to.
private final class Outcome: @unchecked Sendable {
  let done = DispatchSemaphore(value: 0)
  var error: FormatError?
}

@Suite struct OutputFileTests {
  private func refusal(_ path: String, _ bytes: [UInt8] = [1, 2, 3]) -> String {
    #expect(throws: FormatError.self) { try OutputFile.write(bytes, to: path) }?.description ?? ""
  }

  private func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  @Test func replacesAFileAndKeepsItsMode() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put("a.csv", [9, 9, 9, 9])
    chmod(path, 0o640)
    try OutputFile.write([1, 2, 3], to: path)
    #expect(try content(path) == [1, 2, 3])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    try OutputFile.write("é", to: path)
    #expect(try content(path) == [0xC3, 0xA9])
    try OutputFile.write([], to: folder("empty"))
    #expect(try folder.names == ["a.csv", "empty"])
  }

  @Test func followsLinks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put("a.csv", [9])
    try FileManager.default.createSymbolicLink(atPath: folder("link.csv"), withDestinationPath: "a.csv")
    try OutputFile.write([1, 2, 3], to: folder("link.csv"))
    #expect(try content(path) == [1, 2, 3])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link.csv")) == "a.csv")
  }

  @Test func saysWhyItCannotWrite() throws {
    let folder = try TemporaryFolder()
    #expect(refusal(folder("none/a.csv")).contains("folder does not exist"))
    #expect(refusal(folder.url.path).contains("is a folder"))
    #expect(refusal(folder("new/")).contains("is a folder"))
    #expect(refusal("").contains("cannot be the name"))
    #expect(refusal(folder(String(repeating: "x", count: 300))).contains("too long"))
    #expect(try folder.names.isEmpty)
  }

  #if os(Linux)
    @Test func reportsAFullDisk() throws {
      #expect(refusal("/dev/full") == "/dev/full: cannot be written: no space left on device.")
      #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }
  #endif

  @Test func writesAllThatBelongTogetherOrNone() throws {
    let folder = try TemporaryFolder()
    _ = try folder.put("a.csv", [9])
    try FileManager.default.createDirectory(atPath: folder("b.json"), withIntermediateDirectories: false)
    let error = #expect(throws: FormatError.self) {
      try OutputFile.write(together: [("new", folder("a.csv")), ("new", folder("b.json"))])
    }
    #expect(error?.path == folder("b.json") && error?.message == "it is a folder, must be a file.")
    #expect(try content(folder("a.csv")) == [9])
    #expect(try folder.names == ["a.csv", "b.json"])
    try OutputFile.write(together: [("one", folder("a.csv")), ("two", folder("c.json"))])
    #expect(try folder.read("a.csv") == "one" && folder.read("c.json") == "two")
    #expect(try folder.names == ["a.csv", "b.json", "c.json"])
  }

  /// The last of the files is a pipe, which waits to be read: by then the others are staged and have no names yet.
  private func write(
    _ texts: [(text: String, path: String)], in folder: TemporaryFolder,
    then change: () throws -> Void
  ) throws -> FormatError? {
    let pipe = folder("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let outcome = Outcome()
    let thread = Thread {
      do throws(FormatError) { try OutputFile.write(together: texts + [("x", pipe)]) } catch { outcome.error = error }
      outcome.done.signal()
    }
    thread.start()
    let deadline = Date() + 60
    while try staged(in: folder) < texts.count { try #require(Date() < deadline) }
    try change()
    let end = open(pipe, O_RDONLY | O_NONBLOCK)
    outcome.done.wait()
    var byte: UInt8 = 0
    #expect(read(end, &byte, 1) == 1 && byte == UInt8(ascii: "x"))
    close(end)
    unlink(pipe)
    return outcome.error
  }

  /// Files in the making: those with a temporary name, and those open without any.
  private func staged(in folder: TemporaryFolder) throws -> Int {
    let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    let unnamed = open.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0) }
    return try folder.names.count { $0.hasSuffix(".partial") }
      + unnamed.count { $0.hasPrefix(folder.url.path) && $0.hasSuffix("(deleted)") }
  }

  @Test func changesNothingWhereATargetBecomesAFolder() throws {
    let folder = try TemporaryFolder()
    _ = try folder.put("a.csv", [9])
    let error = try write([("one", folder("a.csv")), ("two", folder("b.json"))], in: folder) {
      try FileManager.default.createDirectory(atPath: folder("b.json"), withIntermediateDirectories: false)
    }
    #expect(error?.path == folder("b.json") && error?.message == "it is a folder, must be a file.")
    #expect(try content(folder("a.csv")) == [9])
    #expect(try folder.names == ["a.csv", "b.json"])
  }

  /// The third cannot take its name, which is too long, when the first two have theirs.
  @Test func takesNamesBackWhereALaterOneFails() throws {
    let folder = try TemporaryFolder()
    let path = try folder.put("a.csv", [9])
    chmod(path, 0o640)
    let node = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    let long = folder(String(repeating: "b", count: 300))
    let error = #expect(throws: FormatError.self) {
      try OutputFile.write(together: [("one", path), ("two", folder("new.csv")), ("three", long)])
    }
    #expect(error?.path == long && error?.message == "cannot be written: file name too long.")
    #expect(try content(path) == [9])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == node)
    #expect(try folder.names == ["a.csv"])
  }

  @Test func writesToAPipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    try OutputFile.write("a,b\n1,2\n", to: "/dev/fd/\(ends[1])")
    close(ends[1])
    let table = try CSV(path: "/dev/fd/\(ends[0])")
    close(ends[0])
    #expect(table == CSV(header: ["a", "b"], rows: [["1", "2"]]))
  }

  #if os(Linux)
    /// In a process of its own, as the limit holds for all of it.
    @Test func leavesNothingWhereTheSizeIsLimited() async throws {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        _ = try folder.put("a.nii", [7, 7])
        var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let error = #expect(throws: FormatError.self) {
          try OutputFile.write([UInt8](repeating: 1, count: 100_000), to: folder("a.nii"))
        }
        #expect(error?.message == "cannot be written: file too large.")
        #expect(try folder.names == ["a.nii"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("a.nii"))) == Data([7, 7]))
        try OutputFile.write([1, 2, 3], to: folder("a.nii"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("a.nii"))) == Data([1, 2, 3]))
      }
    }
  #endif
}
