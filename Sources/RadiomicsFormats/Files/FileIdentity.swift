import RadiomicsCore

/// What a path leads to, by whatever way: links, `..` and other names of the same file make no difference.
public struct FileIdentity: Sendable, Hashable {
  private let device: dev_t, number: ino_t

  /// Of the file or folder at `path`; nil if there is none.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }

  /// The path from the root without links, also of a file that is yet to be made in a folder that is there.
  public static func canonical(_ path: String) -> String {
    func real(_ path: String) -> String? {
      guard let buffer = realpath(path, nil) else { return nil }
      defer { free(buffer) }
      return String(cString: buffer)
    }
    if let real = real(path) { return real }
    let parent = Path.folder(of: path)
    return real(parent.isEmpty ? "." : parent).map { ($0 == "/" ? "" : $0) + "/" + path.dropFirst(parent.utf8.count) }
      ?? path
  }
}
