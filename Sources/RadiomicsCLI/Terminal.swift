import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsReport

/// What people read: reports on the error stream, tables in columns.
enum Terminal {
  /// A text whose control characters, but for line ends and tabs, are written out: a name must not move the cursor, clear
  /// the screen or hide what is said.
  static func visible(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t" || scalar == "\u{2028}"
        || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map {
      isControl($0) ? "\\u{\(String($0.value, radix: 16, uppercase: true))}" : String($0)
    }
    .joined()
  }

  /// Writes a line to the error stream.
  static func report(_ text: String) {
    let bytes = Array((visible(text) + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }

  /// Writes findings, one line each; of very many only the first.
  static func report(_ findings: [Finding]) {
    let shown = findings.count > 24 ? 20 : findings.count
    for finding in findings.prefix(shown).map({ $0.worded(\.typed) }) {
      report("\(finding.severity.rawValue): \(finding.place): \(finding.message)")
    }
    if shown < findings.count { report("note: \(findings.count - shown) more findings; --output writes all of them.") }
  }

  /// Writes all of a text to standard output; a closed pipe ends the program quietly.
  /// - Throws: `StudyError`-like sentence if the device is full.
  static func show(_ text: String) throws {
    var bytes = Array((isatty(1) == 1 ? visible(text) : text).utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { finish(0) }
        throw ValidationError("standard output: \(String(cString: strerror(errno))).")
      }
      bytes = bytes.dropFirst(written)
    }
  }

  /// Shows help and ends the program: with 2 if the device is full.
  static func showAndFinish(_ text: String) -> Never {
    do {
      try show(text + "\n")
      finish(0)
    } catch {
      report("error: \(error)")
      finish(2)
    }
  }

  /// Rows in aligned columns; columns in `right` are aligned to the right.
  static func columns(_ rows: [[String]], right: Set<Int> = []) -> String { alignedColumns(rows, right: right) }

  /// Text broken at `width` columns, each line after `indent`.
  static func wrapped(_ text: String, indent: String, width: Int = 96) -> String {
    var lines: [String] = [], line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > width - indent.count {
        lines.append(indent + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Ends the program. Libraries' threads are not waited for: where the address space is limited, OpenBLAS's try for ever to
/// allocate their buffers.
func finish(_ code: Int32) -> Never {
  fflush(nil)
  _exit(code)
}

/// Lets a write beyond `ulimit -f` fail with an error instead of ending the program, and a closed pipe likewise.
func ignoreFileSizeSignal() {
  signal(SIGXFSZ, SIG_IGN)
  signal(SIGPIPE, SIG_IGN)
}

/// Ends where the address space is so small that threads may not be had: what shares work among them waits for them without end.
func refuseTightMemory() {
  let least = 400_000_000
  guard MachineMemory.bytes < least else { return }
  Terminal.report(
    "error: memory: is limited to \(MemoryEstimate.text(MachineMemory.bytes)), must be at least \(MemoryEstimate.text(least)). Raise 'ulimit -v'."
  )
  finish(2)
}

/// Seconds since some start, monotonic.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
