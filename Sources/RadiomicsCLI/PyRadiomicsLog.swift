import Radiomics
import RadiomicsCore

/// What `radiomics pyradiomics` says, in the form of PyRadiomics' log: `[time] W: radiomics.script: message`.
final class PyRadiomicsLog {
  private enum Level: Int {
    case debug = 10, note = 20, warning = 30, error = 40
    var letter: String { ["D", "I", "W", "E"][rawValue / 10 - 1] }
  }

  private let least: Int, leastInFile: Int
  private let file: Int32?

  /// - Throws: `FormatError` if the file cannot be written.
  init(verbosity: Int, file path: String?, level: String) throws {
    least = (6 - verbosity) * 10
    leastInFile = ["NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50][level] ?? 30
    file = try path.map { path in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw FormatError(path, "cannot be written: \(String(cString: strerror(errno))).") }
      return descriptor
    }
  }

  deinit { if let file { close(file) } }

  func say(_ finding: Finding, case number: Int? = nil) {
    let place = number.map { "case \($0): " } ?? "", finding = finding.worded(Words.pyradiomics.of)

    let level = finding.severity == .warning ? Level.warning : .note
    log(
      level, "\(place)\(finding.place): \(finding.message)", plain: "\(place)\(finding.plainPlace): \(finding.message)")
  }

  func note(_ text: String) { log(.note, text) }
  func error(_ text: String) { log(.error, text) }

  /// - `plain`: The text for the file.
  private func log(_ level: Level, _ text: String, plain: String? = nil) {
    guard level.rawValue >= min(least, leastInFile) else { return }
    var time = time(nil), parts = tm()
    localtime_r(&time, &parts)
    var stamp = [CChar](repeating: 0, count: 32)
    strftime(&stamp, stamp.count, "%Y-%m-%d %H:%M:%S", &parts)
    let when = String(decoding: stamp.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    let start = "[\(when)] \(level.letter): radiomics.script: "
    if level.rawValue >= least { Terminal.report(start + text) }
    guard let file, level.rawValue >= leastInFile else { return }
    let bytes = Array((start + (plain ?? text) + "\n").utf8)
    _ = write(file, bytes, bytes.count)
  }
}
