import Radiomics
import RadiomicsCore

/// What a piece of work cost this process, all its threads together.
struct Cost {
  /// User and system CPU time, seconds.
  let cpu: Double
  /// Time on the clock, seconds.
  let wall: Double

  /// Runs `work` and says what it cost.
  static func of<Result>(_ work: () throws -> Result) rethrows -> (Result, Cost) {
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC)
    let result = try work()
    return (result, Cost(cpu: seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, wall: seconds(CLOCK_MONOTONIC) - wall))
  }

  /// The most memory that this process has held so far, bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Writes one line of JSON, at once.
func report(_ value: JSON) {
  var text = value.json
  text.replace("\n", with: " ")
  print(text)
  fflush(nil)
}
