import Foundation
import Radiomics
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

@Suite struct JobCountTests {
  private func quota(_ groups: String, _ files: [String: String]) throws -> Double? {
    let folder = try TemporaryFolder()
    for (name, text) in files {
      let url = folder.url.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return JobCount.quota(groups: groups, root: folder.url.path)
  }

  /// Version 2: the least of the group's own quota and of those above it.
  @Test func unifiedGroups() throws {
    let files = ["cpu.max": "max 100000\n", "a/cpu.max": "250000 100000\n", "a/b/cpu.max": "400000 100000\n"]
    #expect(try quota("0::/a/b\n", files) == 2.5)
    #expect(try quota("0::/c\n", files) == nil)
    #expect(try quota("0::/\n", ["cpu.max": "50000 100000\n"]) == 0.5)
  }

  /// Version 1: microseconds in each period, −1 for none.
  @Test func legacyGroups() throws {
    let groups = "5:memory:/m\n4:cpu,cpuacct:/job\n1:name=systemd:/x\n"
    let files = [
      "cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "cpu,cpuacct/job/cpu.cfs_quota_us": "300000\n", "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try quota(groups, files) == 3)
    #expect(try quota("4:cpu:/\n", ["cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"]) == 1.5)
    #expect(try quota("", [:]) == nil && quota("nonsense\n0::\n", ["cpu.max": "x y z"]) == nil)
  }

  @Test func leastOfAll() {
    #expect(JobCount.least(affinity: 8, quota: nil, slurm: nil) == 8)
    #expect(JobCount.least(affinity: 8, quota: 2.5, slurm: nil) == 3)
    #expect(JobCount.least(affinity: 8, quota: 4, slurm: 2) == 2)
    #expect(JobCount.least(affinity: 2, quota: 0.5, slurm: 64) == 1)
    #expect(JobCount.least(affinity: 0, quota: nil, slurm: -3) == 1)
  }

  @Test func allowedProcessors() {
    #expect(JobCount.allowed(status: "Name:\tx\nCpus_allowed:\tff,00000003\nCpus_allowed_list:\t0-1\n") == 10)
    #expect(JobCount.allowed(status: "Name:\tx\n") == nil)
    #expect(JobCount.preset >= 1 && JobCount.preset <= ProcessInfo.processInfo.processorCount)
  }
}
