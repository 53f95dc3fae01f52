import RadiomicsCore

/// The bytes of a table, in parts that stay in the processor's cache, so that a large file is never in memory as a whole.
struct TableWindows {
  private enum Source {
    case bytes([UInt8])
    case file(InputFile)
  }
  private let source: Source, size: Int

  /// All bytes in one part.
  init(_ bytes: [UInt8]) { (source, size) = (.bytes(bytes), bytes.count) }

  /// A file of several parts; nil for a small one, or a pipe.
  /// - `size`: Bytes of a part; where a row has more, a part has twice as many, and so on.
  /// - Throws: `FormatError` if it cannot be opened.
  init?(_ path: String, size: Int) throws(FormatError) {
    guard let file = try InputFile.regular(path), file.size > size else { return nil }
    (source, self.size) = (.file(file), size)
  }

  /// Bytes of the table.
  var count: Int {
    switch source {
    case .bytes(let bytes): bytes.count
    case .file(let file): file.size
    }
  }

  /// Hands on part after part.
  /// - `take`: Takes some of a part's bytes, all of the last, and says how many; what is left comes again with more behind
  ///   it. Nil for no more.
  /// - Returns: SHA-256 of all bytes; nil if `take` said so.
  func read(_ take: (_ window: [UInt8], _ isLast: Bool) throws(FormatError) -> Int?) throws(FormatError) -> String? {
    switch source {
    case .bytes(let bytes): try take(bytes, true).map { _ in sha256(bytes) }
    case .file(let file): try read(file, take)
    }
  }

  private func read(
    _ file: InputFile, _ take: ([UInt8], Bool) throws(FormatError) -> Int?
  ) throws(FormatError) -> String? {
    var hash = SHA256Stream(), window = [UInt8](repeating: 0, count: size), kept = 0, offset = 0
    while true {
      let isLast = file.size - offset <= window.count - kept
      if isLast { window.removeLast(window.count - kept - (file.size - offset)) }
      try Self.fill(&window, from: kept, file, at: offset)
      offset += window.count - kept
      guard let taken = try take(window, isLast) else { return nil }
      hash.update(window, 0..<taken)
      if isLast { return hash.digest }
      kept = window.count - taken
      if taken == 0 {
        window += repeatElement(0, count: window.count)
      } else {
        window.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + taken, kept) }
      }
    }
  }

  private static func fill(
    _ window: inout [UInt8], from start: Int, _ file: InputFile, at offset: Int
  ) throws(FormatError) {
    var failure: FormatError?
    window.withUnsafeMutableBytes { bytes in
      do throws(FormatError) {
        try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
