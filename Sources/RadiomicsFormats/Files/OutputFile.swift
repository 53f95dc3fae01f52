/// Files that are written completely or not at all.
///
/// The data goes to a temporary file beside the target, from there to the disk, and then takes the target's name. If
/// anything fails, the temporary file is removed and what was there before stays. Devices and pipes are written
/// directly.
public enum OutputFile {
  /// Refuses what could not be written in the end: a folder that is missing, a file that is protected.
  /// - Throws: `FormatError` with what is wrong. Pipes and devices are not looked at.
  public static func check(_ path: String) throws(FormatError) {
    if !WholeFile.isDevice(path) { _ = try StagedFile(path) }
  }

  /// Writes bytes.
  /// - Throws: `FormatError` if the folder is missing, the disk full or the file protected.
  public static func write(_ bytes: [UInt8], to path: String) throws(FormatError) {
    let file = try StagedFile(path)
    try file.append(bytes)
    try commit([file])
  }

  /// Writes text as UTF-8.
  /// - Throws: `FormatError` if the folder is missing, the disk full or the file protected.
  public static func write(_ text: String, to path: String) throws(FormatError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes files that belong together: all of them, or none. If one cannot take its name, those before it are taken
  /// back and what they replaced is put in place again; only devices and pipes keep what they were sent. A process that
  /// is killed between the names, a moment in which nothing else is done, leaves the first of them new.
  /// - Throws: `FormatError` as `write`; it also names a file that could not be put back.
  public static func write(together contents: [(bytes: [UInt8], path: String)]) throws(FormatError) {
    var files: [StagedFile] = []
    for (bytes, path) in contents {
      let file = try StagedFile(path)
      try file.append(bytes)
      files.append(file)
    }
    try commit(files)
  }

  /// Writes texts that belong together as UTF-8, as those of bytes.
  /// - Throws: `FormatError` as `write`.
  public static func write(together texts: [(text: String, path: String)]) throws(FormatError) {
    try write(together: texts.map { (bytes: Array($0.text.utf8), path: $0.path) })
  }

  /// Gives files that belong together their names, in this order, once all of them are complete; all, or none.
  package static func commit(_ files: [StagedFile]) throws(FormatError) {
    for file in files { try file.complete() }
    for file in files { try file.checkTarget() }
    for (index, file) in files.enumerated() {
      do {
        try file.takeName(keepsPrevious: index < files.count - 1)
      } catch {
        let kept = files[..<index].reversed().compactMap { $0.giveNameBack() }
        throw FormatError(error.path, ([error.message] + kept).joined(separator: " "))
      }
    }
    for file in files { try file.keepName() }
  }
}
