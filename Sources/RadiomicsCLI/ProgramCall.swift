import ArgumentParser
import Radiomics
import RadiomicsCore

/// What another program printed and how it ended.
struct ProgramCall {
  /// What it wrote on its standard output and on its error stream.
  let output, errors: String
  /// Its exit status; 128 and the signal's number if a signal ended it.
  let status: Int32

  /// Runs a program that the search path has, and waits for its end; nil if there is none of that name.
  /// - Throws: `ValidationError` if it cannot be started.
  init?(_ arguments: [String]) throws {
    var pipes: [Int32] = []
    defer { for descriptor in pipes { close(descriptor) } }
    for _ in 0..<2 {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw Self.failure(arguments, errno) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      pipes += ends
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
    posix_spawn_file_actions_adddup2(&actions, pipes[3], 2)
    let texts = arguments.map { strdup($0) }
    defer { for text in texts { free(text) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, arguments[0], &actions, nil, texts + [nil], environ)
    if code == ENOENT { return nil }
    guard code == 0 else { throw Self.failure(arguments, code) }
    for index in [1, 3] {
      close(pipes[index])
      pipes[index] = -1
    }
    (output, errors) = Self.readBoth(pipes[0], pipes[2])
    var state: Int32 = 0
    while waitpid(child, &state, 0) < 0 && errno == EINTR {}
    status = state & 0x7F == 0 ? (state >> 8) & 0xFF : 128 + state & 0x7F
  }

  /// What it said against being asked, in one line.
  var complaint: String {
    let text = errors.isEmpty ? output : errors
    return text.split(separator: "\n").joined(separator: " ")
  }

  /// Reads two pipes to their ends, whichever has something.
  private static func readBoth(_ first: Int32, _ second: Int32) -> (String, String) {
    var open = [
      pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
    ]
    var bytes: [[UInt8]] = [[], []], block = [UInt8](repeating: 0, count: 1 << 16)
    while open.contains(where: { $0.fd >= 0 }) {
      guard poll(&open, 2, -1) >= 0 || errno == EINTR else { break }
      for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
        let count = read(open[index].fd, &block, block.count)
        if count > 0 { bytes[index] += block[..<count] } else if count == 0 || errno != EINTR { open[index].fd = -1 }
      }
    }
    return (String(decoding: bytes[0], as: UTF8.self), String(decoding: bytes[1], as: UTF8.self))
  }

  private static func failure(_ arguments: [String], _ code: Int32) -> ValidationError {
    ValidationError("\(arguments[0]): cannot be started: \(String(cString: strerror(code))).")
  }
}

/// The path from the root; links stay.
func absolute(_ path: String) -> String {
  guard !path.hasPrefix("/"), let buffer = getcwd(nil, 0) else { return path }
  defer { free(buffer) }
  let folder = String(cString: buffer)
  return (folder == "/" ? "" : folder) + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
}

/// The path without links; nil if nothing is there.
func realPath(_ path: String) -> String? {
  guard let buffer = realpath(path, nil) else { return nil }
  defer { free(buffer) }
  return String(cString: buffer)
}
