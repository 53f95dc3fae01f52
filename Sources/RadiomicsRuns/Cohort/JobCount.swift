import RadiomicsCore
import RadiomicsFormats

/// How many threads this process may use: the least of the CPUs it may run on, its control group's quota and what Slurm
/// gave it.
package enum JobCount {
  /// The number where nobody says another.
  package static let preset: Int = {
    let slurm = getenv("SLURM_CPUS_PER_TASK").flatMap { Int(String(cString: $0)) }
    let groups = (try? text("/proc/self/cgroup")) ?? ""
    return least(affinity: affinity, quota: quota(groups: groups, root: "/sys/fs/cgroup"), slurm: slurm)
  }()

  /// The least of what is known, at least 1; a broken CPU counts as a whole one.
  package static func least(affinity: Int, quota: Double?, slurm: Int?) -> Int {
    let limits = [Double(affinity), quota?.rounded(.up), slurm.map(Double.init)].compactMap { $0 }.filter { $0 > 0 }
    return max(1, Int(min(limits.min() ?? 1, 4096)))
  }

  private static var affinity: Int {
    (try? text("/proc/self/status")).flatMap(allowed) ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
  }

  /// CPUs in the mask that the kernel shows of a process: `Cpus_allowed:	ff,ffffffff`.
  package static func allowed(status: String) -> Int? {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
    let count = line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }

  /// CPUs that control groups allow: the least of the group's own quota and of those above it.
  /// - `groups`: `/proc/self/cgroup`: `0::/path` (version 2), `4:cpu,cpuacct:/path` (version 1).
  /// - `root`: Where control groups are mounted.
  package static func quota(groups: String, root: String) -> Double? {
    var quotas: [Double] = []
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      guard controllers.isEmpty || controllers.contains("cpu") else { continue }
      var path = parts[2].split(separator: "/")
      while true {
        let below = path.map { "/" + $0 }.joined()
        let quota =
          controllers.isEmpty
          ? unified(root + below) : legacy("\(root)/\(parts[1])\(below)") ?? legacy("\(root)/cpu\(below)")
        if let quota { quotas.append(quota) }
        guard path.popLast() != nil else { break }
      }
    }
    return quotas.min()
  }

  /// `max 100000`, or microseconds in each period.
  private static func unified(_ folder: String) -> Double? {
    guard let text = try? text(folder + "/cpu.max") else { return nil }
    let fields = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard fields.count == 2, let quota = fields[0], let period = fields[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// Two files with microseconds; −1 for no quota.
  private static func legacy(_ folder: String) -> Double? {
    func number(_ name: String) -> Double? {
      (try? text("\(folder)/\(name)")).flatMap { Double($0.split(whereSeparator: \.isWhitespace).first ?? "") }
    }
    guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us"), quota > 0, period > 0 else {
      return nil
    }
    return quota / period
  }

  /// A file of the kernel, whose size says nothing.
  private static func text(_ path: String) throws -> String {
    String(decoding: try WholeFile.bytes(ofFileOrPipe: path), as: UTF8.self)
  }
}
