import RadiomicsCore

/// What is in folders.
public enum Folder {
  /// Whether `path` is a folder.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Names of files and folders in `path`, sorted; hidden ones only if asked for.
  /// - Throws: `FormatError` if it cannot be read.
  public static func names(in path: String, hidden: Bool = false) throws(FormatError) -> [String] {
    guard let stream = opendir(path.isEmpty ? "." : path) else {
      throw FormatError(path, errno == ENOENT ? "there is no such folder." : "cannot be opened: \(reason(errno)).")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name != ".", name != "..", hidden || !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Removes a folder and all in it, or a file; links are not followed. What is not there is no error.
  /// - Throws: `FormatError` if something cannot be removed.
  public static func remove(_ path: String) throws(FormatError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if isFolder {
      for name in try names(in: path, hidden: true) { try remove(path + "/" + name) }
    }
    guard (isFolder ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT else {
      throw FormatError(path, "cannot be removed: \(reason(errno)).")
    }
  }

  /// Makes a folder within one that exists, and brings its name to the disk; one that exists is kept.
  /// - Throws: `FormatError` if it cannot be made.
  package static func makeDurably(_ path: String) throws(FormatError) {
    // One that is there may have been made by another process just now: its name is brought to the disk in any case.
    if !exists(path) { try WholeFile.makeFolder(path) }
    let parent = Path.folder(of: path)
    if let code = synchroniseFolder(parent) {
      throw FormatError(path, "cannot be brought to the disk: \(reason(code)).")
    }
  }

  /// A new, empty folder for what nobody keeps.
  /// - Throws: `FormatError` if it cannot be made.
  package static func makeTemporary() throws(FormatError) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(parent)/radiomics-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw FormatError(parent, "no folder can be made there: \(reason(errno)).") }
    return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
