import RadiomicsCore
import RadiomicsFeatures
import Synchronization
import Testing

@Suite struct OnceTests {
  /// Many ask at once: one makes the value, on lanes that those who wait lend, and all get it.
  @Test func madeOnce() {
    let lanes = Lanes(jobs: 4)
    let made = Atomic(0), once = Once<Int>()
    let values = lanes.map(100) { _ in
      once.value(lanes) {
        made.add(1, ordering: .relaxed)
        return lanes.map(1000) { $0 }.reduce(0, +)
      }
    }
    #expect(values == Array(repeating: 499_500, count: 100))
    #expect(made.load(ordering: .relaxed) == 1)
  }

  @Test func madeOncePerKey() {
    let lanes = Lanes(jobs: 4)
    let made = Atomic(0), once = OncePer<Int, Int>()
    let values = lanes.map(100) { step in
      once.value(step % 7, lanes) {
        made.add(1, ordering: .relaxed)
        return lanes.map(10) { _ in step % 7 }.reduce(0, +)
      }
    }
    #expect(values == (0..<100).map { $0 % 7 * 10 })
    #expect(made.load(ordering: .relaxed) == 7)
  }
}
