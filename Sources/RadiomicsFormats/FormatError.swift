/// Why a file cannot be read or written, in one sentence that names it.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is, what must be, what to do.
  public let message: String
  /// The same for files that are passed on, such as tables and events: without names of files in a folder, and without what
  /// a header says that may identify a person or a scan.
  public let plain: String
  private let plainMessage: String

  /// What is wrong with the file at `path`.
  /// - Parameter plain: The message as it may be passed on; nil: as it is.
  public init(_ path: String, _ message: String, plain: String? = nil) {
    self.init(path, message, plainMessage: plain ?? message, plainPath: path)
  }

  private init(_ path: String, _ message: String, plainMessage: String, plainPath: String) {
    self.path = path
    self.message = message
    self.plainMessage = plainMessage
    plain = "\(plainPath): \(plainMessage)"
  }

  /// The error of a file in what was named as `folder`, which is all that may be passed on of the file's name.
  public func within(_ folder: String) -> FormatError {
    FormatError(path, message, plainMessage: plainMessage, plainPath: folder)
  }

  /// `<path>: what is, what must be. What to do.`
  public var description: String { "\(path): \(message)" }
}
