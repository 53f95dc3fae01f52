import Radiomics
import RadiomicsCore
import RadiomicsRuns
import Testing

@Suite struct WarningKindsTests {
  private func kinds(_ cases: [(String, [String])]) -> [(Int, String, String)] {
    var kinds = WarningKinds()
    for (name, messages) in cases { kinds.add(messages.map { Finding(.warning, "mask", $0) }, name: name) }
    return kinds.sorted.map { ($0.count, $0.name, $0.message) }
  }

  /// Numbers do not make kinds; cases are counted, not warnings; of 'a of b' the share decides.
  @Test func oneLineForEachKind() {
    let found = kinds([
      ("A", ["3 of 400 voxels hold the padding value (-1024).", "there is no 'space': taken as LPS."]),
      ("B", ["9 of 90 voxels hold the padding value (-1024).", "8 of 900 voxels hold the padding value (-1024)."]),
      ("C", ["40 of 4000 voxels hold the padding value (-2000)."]),
    ])
    #expect(found.count == 2)
    #expect(found[0] == (3, "B", "mask: 9 of 90 voxels hold the padding value (-1024)."))
    #expect(found[1] == (1, "A", "mask: there is no 'space': taken as LPS."))
  }

  @Test func theLargestNumberIsTheWorst() {
    let found = kinds([("A", ["gap of 2.5 mm."]), ("B", ["gap of 12.25 mm."]), ("C", ["gap of 3 mm."])])
    #expect(found.count == 1 && found[0] == (3, "B", "mask: gap of 12.25 mm."))
  }

  /// The number of a label says nothing of how bad it is.
  @Test func sharesDecideBeforeOtherNumbers() {
    let found = kinds([
      ("mild", ["label 7: 2 of 280 voxels lie outside."]), ("bad", ["label 1: 56 of 280 voxels lie outside."]),
    ])
    #expect(found.count == 1 && found[0].1 == "bad")
  }

  @Test func notesAreNone() {
    var kinds = WarningKinds()
    kinds.add([Finding(.note, "mask", "1 voxel")], name: "A")
    #expect(kinds.sorted.isEmpty)
  }
}
