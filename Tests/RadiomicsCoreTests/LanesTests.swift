import RadiomicsCore
import Synchronization
import Testing

@Suite struct LanesTests {
  @Test(arguments: [1, 2, 3, 8]) func resultsStandInOrder(jobs: Int) {
    let lanes = Lanes(jobs: jobs)
    for count in [0, 1, 2, 7, 1000] {
      #expect(lanes.map(count) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }
  }

  @Test(arguments: [1, 2, 16]) func loopsMayBeNested(jobs: Int) {
    let lanes = Lanes(jobs: jobs)
    for _ in 0..<50 {
      let sums = lanes.map(20) { outer in
        lanes.map(20) { inner in lanes.map(5) { outer * inner + $0 }.reduce(0, +) }.reduce(0, +)
      }
      #expect(sums == (0..<20).map { outer in (0..<20).reduce(0) { $0 + 5 * outer * $1 + 10 } })
    }
  }

  @Test func neverMoreThreadsThanJobs() {
    let lanes = Lanes(jobs: 2)
    let running = Atomic(0), most = Mutex(0)
    lanes.forEach(8) { _ in
      lanes.forEach(50) { _ in
        let now = running.add(1, ordering: .sequentiallyConsistent).newValue
        most.withLock { $0 = max($0, now) }
        var sum = 0.0
        for index in 1...2000 { sum += 1 / Double(index) }
        #expect(sum > 8)
        running.subtract(1, ordering: .sequentiallyConsistent)
      }
    }
    #expect(most.withLock { $0 } <= 2)
    #expect(running.load(ordering: .relaxed) == 0)
  }
}
