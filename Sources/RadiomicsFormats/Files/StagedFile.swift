import RadiomicsCore

/// A file in the making; gone unless it takes the target's name. Beside its target it has no name before it is complete
/// where the system has such files, so that a process that is killed leaves nothing; else, and in a folder for files in the
/// making, it has a temporary one.
package final class StagedFile {
  private let path: String
  /// The target, links followed.
  private let target: String
  /// The name until then; nil for a device or pipe, which is written directly.
  private var temporary: String?
  private var descriptor: Int32 = -1
  /// Whether the temporary name is the file's already.
  private var hasTemporary = false
  private var isNamed = false
  /// Where the file that was replaced is kept until those that belong together have their names.
  private var previous: String?

  /// A file that will be called `path`.
  /// - `folder`: Where it stands until then, on the same disk; beside `path` if nil.
  package init(_ path: String, madeIn folder: String? = nil) throws(FormatError) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FormatError(path, "this cannot be the name of a file.") }
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists && kind == S_IFDIR || path.hasSuffix("/") {
      throw FormatError(path, "it is a folder, must be a file.")
    }
    if let number = standardDescriptor(path) {
      target = path
      descriptor = dup(number)
    } else if exists && kind != S_IFREG {
      target = path
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let isProtected = exists && access(path, W_OK) != 0
      guard !isProtected else { throw FormatError(path, "cannot be written: \(reason(errno)).") }
      target = resolved(path)
      let name = hiddenName(beside: folder.map { $0 + "/" } ?? target, ending: ".partial")
      descriptor = folder == nil ? unnamedFile(beside: target) : -1
      if descriptor < 0 {
        descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        hasTemporary = descriptor >= 0
      }
      let code = errno
      if descriptor >= 0 {
        temporary = name
        if exists { fchmod(descriptor, status.st_mode & 0o7777) }
      }
      errno = code
    }
    guard descriptor >= 0 else {
      let code = errno
      throw FormatError(
        path, code == ENOENT ? "its folder does not exist. Make it first." : "cannot be written: \(reason(code)).")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporary, hasTemporary { unlink(temporary) }
    if let previous { unlink(previous) }
  }

  /// Writes bytes after those already written.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    let code = withoutFileSizeSignal { () -> Int32 in
      var done = 0
      while done < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + done, min(bytes.count - done, 1 << 30))
        if count < 0 && errno != EINTR { return errno }
        done += max(0, count)
      }
      return 0
    }
    guard code == 0 else { throw FormatError(path, "cannot be written: \(reason(code)).") }
  }

  /// Writes bytes after those already written.
  package func append(_ bytes: [UInt8]) throws(FormatError) {
    var failure: FormatError?
    bytes.withUnsafeBytes { buffer in
      do throws(FormatError) { try append(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Brings the file to the disk.
  func complete() throws(FormatError) {
    let isSynchronised = temporary == nil || fsync(descriptor) == 0 && takesTemporaryName()
    let code = errno
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isSynchronised, isClosed else {
      throw FormatError(path, "cannot be written: \(reason(isSynchronised ? errno : code)).")
    }
  }

  /// Gives a file without a name its temporary one.
  private func takesTemporaryName() -> Bool {
    guard !hasTemporary, let temporary else { return true }
    hasTemporary = linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0
    return hasTemporary
  }

  /// Refuses a target that has become a folder since.
  func checkTarget() throws(FormatError) {
    var status = stat()
    guard temporary == nil || lstat(target, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
      throw FormatError(path, "it is a folder, must be a file.")
    }
  }

  /// Gives the complete file its name.
  /// - `keepsPrevious`: Whether `giveNameBack` may follow.
  func takeName(keepsPrevious: Bool) throws(FormatError) {
    guard let name = temporary else { return }
    if keepsPrevious {
      // A second name leaves the target in place; where the disk has no second names it is moved.
      let backup = hiddenName(beside: target, ending: ".previous")
      if link(target, backup) == 0 || rename(target, backup) == 0 {
        previous = backup
      } else if errno != ENOENT {
        throw FormatError(path, "cannot be replaced: \(reason(errno)).")
      }
    }
    guard rename(name, target) == 0 else {
      let message = "cannot be written: \(reason(errno))."
      throw FormatError(path, [message, giveNameBack()].compactMap { $0 }.joined(separator: " "))
    }
    temporary = nil
    isNamed = true
  }

  /// Brings the name to the disk.
  func keepName() throws(FormatError) {
    guard isNamed, let code = synchroniseFolder(Path.folder(of: target)) else { return }
    throw FormatError(path, "its folder cannot be brought to the disk: \(reason(code)).")
  }

  /// Undoes `takeName`: the name goes back to the file that had it, or to none.
  /// - Returns: A sentence on what could not be put back; nil if all is as before.
  func giveNameBack() -> String? {
    guard let backup = previous else {
      guard isNamed, unlink(target) != 0 else { return nil }
      return "'\(path)' stays, it cannot be removed: \(reason(errno))."
    }
    guard rename(backup, target) == 0 else {
      previous = nil
      return "'\(path)' cannot be put back (\(reason(errno))); what it held is in '\(backup)'."
    }
    return nil
  }
}

/// A file without a name in the folder of `target`; below 0 where the system or the disk has none.
private func unnamedFile(beside target: String) -> Int32 {
  #if os(Linux)
    // O_TMPFILE, which the importer leaves out; it includes O_DIRECTORY, so that kernels without it refuse.
    let unnamed = 0o20_000_000 | O_DIRECTORY
    guard access("/proc/self/fd", X_OK) == 0 else { return -1 }
    let folder = Path.folder(of: target)
    return open(folder.isEmpty ? "." : folder, unnamed | O_WRONLY | O_CLOEXEC, 0o666)
  #else
    return -1
  #endif
}

/// A new name in the folder of `target` that listings leave out.
private func hiddenName(beside target: String, ending: String) -> String {
  Path.folder(of: target) + ".\(String(UInt64.random(in: 0...UInt64.max), radix: 36))" + ending
}

/// Brings a folder's names to the disk; the error's number if that fails. Disks that cannot do it need not.
func synchroniseFolder(_ folder: String) -> Int32? {
  let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return errno == EACCES ? nil : errno }
  defer { close(descriptor) }
  guard fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP else { return nil }
  return errno
}

/// The number of an open file that a path names.
private func standardDescriptor(_ path: String) -> Int32? {
  switch path {
  case "/dev/stdout": 1
  case "/dev/stderr": 2
  default: path.hasPrefix("/dev/fd/") ? Int32(path.dropFirst(8)) : nil
  }
}

/// The path without symbolic links; `path` if nothing is there yet.
private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// Runs `body` so that exceeding the file size limit is an error of the write and not the end of the process.
private func withoutFileSizeSignal<Result>(_ body: () -> Result) -> Result {
  var limit = sigset_t(), before = sigset_t(), pending = sigset_t()
  sigemptyset(&limit)
  sigaddset(&limit, SIGXFSZ)
  pthread_sigmask(SIG_BLOCK, &limit, &before)
  defer {
    sigpending(&pending)
    if sigismember(&pending, SIGXFSZ) == 1 && sigismember(&before, SIGXFSZ) == 0 {
      var signal: Int32 = 0
      sigwait(&limit, &signal)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
  return body()
}
