import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsTestSupport
import Testing

/// Slices that are there more than once: copies are read once, versions are refused, acquisitions stay whole.
@Suite struct RepeatedSliceTests {
  /// Copies under other UIDs, with other instance numbers and times.
  @Test func copiesAreReadOnce() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4, 6])
    let whole = try voxels(image(folder.url.path))
    for index in 1...2 {
      var copy = Slice()
      copy.position![2] = 2 * Double(index)
      copy.pixels = copy.pixels.map { $0 + Int16(100 * index) }
      copy.edit = {
        $0.set(.instanceNumber, VR("IS"), "\(100 + index)")
        $0.set(.contentTime, VR("TM"), "12000\(index)")
      }
      try folder.write(copy.dataSet, to: "copy\(index).dcm")
    }
    let stored = try image(folder.url.path)
    #expect(voxels(stored) == whole && stored.volumeCount == 1)
    let notes = stored.findings.filter { $0.message.contains("there again") }
    #expect(notes.count == 1 && notes[0].severity == .note && notes[0].message.hasPrefix("2 slices are there again"))
  }

  /// A copy does not hide that a slice is missing.
  @Test func copiesLeaveGaps() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 2, 6, 8]) { index, slice in
      if index == 2 { slice.pixels = (100..<112).map { $0 } }
    }
    #expect(refusal { _ = try image(folder.url.path) }?.contains("1 slice is missing") == true)
  }

  /// Other pixels, scales or bits at one place are no copies; the files are named.
  @Test func versionsAreRefused() throws {
    let edits: [(inout Slice) -> Void] = [{ $0.pixels[5] += 7 }, { $0.slope = 2 }]
    for edit in edits {
      let folder = try TemporaryFolder()
      try folder.write(Slice(), at: [0, 2, 4])
      var other = Slice()
      other.position![2] = 2
      other.pixels = other.pixels.map { $0 + 100 }
      edit(&other)
      try folder.write(other.dataSet, to: "x.dcm")
      let words = refusal { _ = try image(folder.url.path) }
      #expect(words?.contains("slice1.dcm and x.dcm") == true, "\(words ?? "accepted")")
    }
  }

  /// Two files of one UID with other pixels are two versions, not one object.
  @Test func versionsOfOneObject() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4])
    var slice = Slice()
    slice.position![2] = 6
    slice.edit = { $0.set(.sopInstanceUID, VR("UI"), "1.2.77") }
    try folder.write(slice.dataSet, to: "a.dcm")
    slice.pixels[0] = 99
    try folder.write(slice.dataSet, to: "b.dcm")
    #expect(refusal { _ = try image(folder.url.path) }?.contains("a.dcm and b.dcm") == true)
  }

  /// Two acquisitions that share a slice are chosen whole, each with it.
  @Test func acquisitionsShareASlice() throws {
    let folder = try TemporaryFolder()
    for (index, (z, acquisition)) in [(0.0, 2), (2, 2), (4, 2), (4, 3), (6, 3), (8, 3), (10, 3)].enumerated() {
      var slice = Slice()
      slice.position![2] = z
      slice.pixels = slice.pixels.map { $0 + Int16(100 * z) }
      slice.edit = { $0.set(.acquisitionNumber, VR("IS"), "\(acquisition)") }
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let words = try #require(refusal { _ = try image(folder.url.path) })
    #expect(words.contains("0: acquisition 2; 1: acquisition 3"))
    let first = try image(folder.url.path) { $0.volume = 0 }, second = try image(folder.url.path) { $0.volume = 1 }
    #expect(first.volumes[0].geometry.size.z == 3 && voxels(first)[24] == 400)
    #expect(second.volumes[0].geometry.size.z == 4 && voxels(second)[0] == 400)
  }
}
