import RadiomicsCore

/// Whole files and folders.
public enum WholeFile {
  /// Whether there is a file or folder of this name.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether two names lead to the same file, by whatever way.
  public static func areSame(_ path: String, _ other: String) -> Bool {
    guard let a = FileIdentity(path), let b = FileIdentity(other) else { return path == other }
    return a == b
  }

  /// Whether there is something that is neither a file on disk nor a folder: a pipe, a terminal, `/dev/null`.
  public static func isDevice(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// All bytes of a file.
  /// - Throws: `FormatError` if it is missing, unreadable or no file on disk.
  public static func bytes(of path: String) throws(FormatError) -> [UInt8] { try InputFile(path).bytes() }

  /// Bytes in a file.
  /// - Throws: `FormatError` if it is missing, unreadable or no file on disk.
  package static func size(of path: String) throws(FormatError) -> Int { try InputFile(path).size }

  /// The first bytes of a file, at most `count`.
  /// - Throws: `FormatError` if it is missing, unreadable or no file on disk.
  package static func start(of path: String, count: Int) throws(FormatError) -> [UInt8] {
    try InputFile(path).bytes(at: 0, atMost: count)
  }

  /// All bytes of a file or pipe, also of one whose size the system does not say.
  package static func bytes(ofFileOrPipe path: String) throws(FormatError) -> [UInt8] {
    try InputFile.bytes(ofFileOrPipe: path)
  }

  /// Hands the bytes of a file to `body`, block by block.
  /// - Throws: `FormatError` if it is missing, unreadable or no file on disk.
  package static func forEachBlock(of path: String, _ body: ([UInt8]) -> Void) throws(FormatError) {
    let file = try InputFile(path)
    for offset in stride(from: 0, to: file.size, by: 1 << 20) { body(try file.bytes(at: offset, atMost: 1 << 20)) }
  }

  /// All of a UTF-8 text file, without a byte order mark.
  /// - Throws: `FormatError` if it cannot be read, or is not text.
  public static func text(of path: String) throws(FormatError) -> String {
    let bytes = try bytes(of: path)
    guard let text = String(validating: withoutByteOrderMark(bytes), as: UTF8.self) else {
      throw FormatError(path, "the file is not UTF-8 text, must be. Save it as UTF-8.")
    }
    return text
  }

  /// Makes a folder and those above it; one that exists is kept.
  /// - Throws: `FormatError` if it cannot be made.
  public static func makeFolder(_ path: String) throws(FormatError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      guard mkdir(made, 0o777) != 0, errno != EEXIST, errno != EISDIR else { continue }
      throw FormatError(path, "the folder cannot be made: \(String(cString: strerror(errno))).")
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw FormatError(path, "is not a folder, must be one. Choose another name.")
    }
  }
}
