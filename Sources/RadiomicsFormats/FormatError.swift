import RadiomicsCore

/// Why a file cannot be read or written.
public struct FormatError: AdvisedError, Sendable, Hashable {
  /// The file.
  public let path: String
  /// What is, what must be; what to do, where that is the same whoever says it.
  public let message: String
  /// What to do, for whoever says it in words of their own.
  public let advice: Advice?
  private let plainMessage, plainPath: String

  /// What is wrong with the file at `path`.
  /// - `plain`: The message as it may be passed on; nil: as it is.
  public init(_ path: String, _ message: String, plain: String? = nil, advice: Advice? = nil) {
    self.init(path, message, advice, plainMessage: plain ?? message, plainPath: path)
  }

  private init(_ path: String, _ message: String, _ advice: Advice?, plainMessage: String, plainPath: String) {
    (self.path, self.message, self.advice) = (path, message, advice)
    (self.plainMessage, self.plainPath) = (plainMessage, plainPath)
  }

  /// The error of a file in what was named as `folder`, which is all that may be passed on of the file's name.
  public func within(_ folder: String) -> FormatError {
    FormatError(path, message, advice, plainMessage: plainMessage, plainPath: folder)
  }

  /// `<path>: what is, what must be.`
  public var fact: String { "\(path): \(message)" }

  /// The sentence for files that are passed on, such as tables and events: without names of files in a folder, and without what a
  /// header says that may identify a person or a scan.
  public var plain: String { plain(\.text) }

  /// The same with its advice in other words.
  public func plain(_ words: (Advice) -> String) -> String {
    "\(plainPath): \(plainMessage)" + (advice.map { " " + words($0.plain) } ?? "")
  }
}
