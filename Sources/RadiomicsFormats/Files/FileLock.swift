import RadiomicsCore

/// A file that one process holds at a time, as long as this value lives or until the process ends, however it ends.
package final class FileLock {
  private let descriptor: Int32

  /// Takes the lock, making the file if it is missing; nil if another process holds it.
  /// - Throws: `FormatError` if the file cannot be made. A disk without locks locks nothing.
  package init?(_ path: String) throws(FormatError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FormatError(path, "cannot be made: \(reason(errno)).") }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
