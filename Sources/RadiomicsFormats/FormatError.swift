/// Why a file cannot be read or written, in one sentence that names it.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is, what must be, what to do.
  public let message: String

  /// What is wrong with the file at `path`.
  public init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }

  /// `<path>: what is, what must be. What to do.`
  public var description: String { "\(path): \(message)" }
}
