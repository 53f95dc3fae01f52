import ArgumentParser
import Dispatch
import RadiomicsCore

/// Turns the signals that ask a program to stop into bytes that can be waited for.
final class StopSignals {
  /// A byte comes from here for each signal: its number.
  let descriptor: Int32
  private let sources: [any DispatchSourceSignal]

  init() throws {
    try Self.checkRoom()
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ValidationError("no pipe can be made: \(String(cString: strerror(errno))).") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends[0]
    let writing = ends[1]
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        var byte = UInt8(number)
        _ = write(writing, &byte, 1)
      }
      source.resume()
      return source
    }
  }
}

extension StopSignals {
  /// Descriptors that waiting for signals and one worker take; the system's queues end the program where theirs lack.
  private static let needed = 16

  /// Refuses where the system gives no more descriptors.
  private static func checkRoom() throws {
    var open: [Int32] = []
    defer { for descriptor in open { close(descriptor) } }
    for _ in 0..<needed {
      let descriptor = dup(2)
      guard descriptor >= 0 else {
        throw ValidationError(
          "\(open.count) files may be opened besides those that are, a cohort needs \(needed). Allow more: ulimit -n 256."
        )
      }
      open.append(descriptor)
    }
  }
}

/// This program.
enum Program {
  /// Its file, which starts it again.
  static var path: String {
    #if canImport(Glibc)
      return "/proc/self/exe"
    #else
      var size: UInt32 = 4096
      var name = [CChar](repeating: 0, count: 4096)
      guard _NSGetExecutablePath(&name, &size) == 0 else { return CommandLine.arguments[0] }
      return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    #endif
  }
}
