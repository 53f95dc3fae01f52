/// What a measurement may use of the machine. It changes how long a number takes, never the number; too little memory
/// leaves a cell undefined, with what it would need as the reason.
public struct Resources: Sendable {
  /// Threads.
  public let lanes: Lanes
  /// Bytes of memory for one step's work, besides image and region; nil for no limit.
  public let memory: Int?

  /// `jobs` threads, and memory without limit.
  public init(jobs: Int = 1, memory: Int? = nil) {
    self.init(lanes: Lanes(jobs: jobs), memory: memory)
  }

  /// These lanes.
  public init(lanes: Lanes, memory: Int? = nil) {
    self.lanes = lanes
    self.memory = memory
  }
}
