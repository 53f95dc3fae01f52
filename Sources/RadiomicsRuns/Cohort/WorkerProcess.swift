import RadiomicsCore

/// A worker as its supervisor sees it.
final class WorkerProcess {
  /// The process.
  let pid: pid_t
  /// Where its answers come from.
  let answers: Int32
  private let orders: Int32
  private var lines = LineBuffer()
  private var hasEnded = false
  /// Whether it has said that it is ready.
  var isReady = false
  /// The case it works on, with the lanes that it may use.
  var work: (number: Int, lanes: Int)?

  /// Starts a program.
  /// - Throws: `StudyError` if the system refuses.
  init(_ command: [String]) throws(StudyError) {
    func refused(_ code: Int32) -> StudyError {
      StudyError.at(command[0], "no worker process can be started: \(String(cString: strerror(code))).")
    }
    guard let input = makePipe() else { throw refused(errno) }
    guard let output = makePipe() else {
      let code = errno
      for end in [input.reading, input.writing] { close(end) }
      throw refused(code)
    }
    var process: pid_t = 0
    let code = Self.spawn(command, input: input.reading, output: output.writing, &process)
    for end in [input.reading, output.writing] { close(end) }
    guard code == 0 else {
      for end in [input.writing, output.reading] { close(end) }
      throw refused(code)
    }
    pid = process
    orders = input.writing
    answers = output.reading
  }

  /// A group of its own keeps signals of the terminal away: the supervisor ends its workers by closing their input.
  private static func spawn(_ command: [String], input: Int32, output: Int32, _ process: inout pid_t) -> Int32 {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?, attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    // A crash must end the process at once; a backtrace takes seconds. The user's own setting stays.
    setenv("SWIFT_BACKTRACE", "enable=no", 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    return posix_spawn(&process, command[0], &actions, &attributes, &arguments, environ)
  }

  deinit { end(killing: true) }

  /// Sends an order; that nobody reads it shows as the end of the answers.
  func send(_ order: WorkerOrder) { _ = writeAll(Array(order.line.utf8), to: orders) }

  /// The answers that have come, waiting for the first; nil if the process has ended or speaks nonsense.
  func receive() -> [WorkerAnswer]? {
    guard let block = readBlock(answers) else { return nil }
    var received: [WorkerAnswer] = []
    for line in lines.add(block) {
      guard let answer = WorkerAnswer(line: line) else { return nil }
      received.append(answer)
    }
    return received
  }

  /// Ends the process and says how it ended: "was killed by SIGKILL".
  @discardableResult
  func end(killing: Bool) -> String {
    guard !hasEnded else { return "" }
    hasEnded = true
    if killing { kill(pid, SIGKILL) }
    close(orders)
    close(answers)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? "ended with exit code \(status >> 8 & 0xFF)" : "was ended by \(signalName(signal))"
  }

  /// Bytes of memory that it holds; 0 where the system does not say.
  var memory: Int {
    guard let file = fopen("/proc/\(pid)/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

/// The name of a signal that ends a process.
private func signalName(_ signal: Int32) -> String {
  let names: [(Int32, String)] = [
    (SIGHUP, "SIGHUP"), (SIGINT, "SIGINT"), (SIGQUIT, "SIGQUIT"), (SIGILL, "SIGILL"), (SIGTRAP, "SIGTRAP"),
    (SIGABRT, "SIGABRT"), (SIGBUS, "SIGBUS"), (SIGFPE, "SIGFPE"), (SIGKILL, "SIGKILL"), (SIGSEGV, "SIGSEGV"),
    (SIGPIPE, "SIGPIPE"), (SIGTERM, "SIGTERM"), (SIGXCPU, "SIGXCPU"), (SIGXFSZ, "SIGXFSZ"),
  ]
  return names.first { $0.0 == signal }?.1 ?? "signal \(signal)"
}
