import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsTestSupport
import Testing

/// What is wrong with a path is said by its real cause, with the short way out.
@Suite struct RefusalTests {
  /// Names of files in a folder, with an ending or without, are no part of what may be passed on.
  @Test func plainPlaces() throws {
    for name in ["Doe_Jane", "Doe_Jane.dcm"] {
      let folder = try TemporaryFolder(), path = folder.url.path
      var slice = Slice()
      slice.edit = { $0.set(.lossyImageCompression, VR("CS"), "01") }
      try folder.write(slice.dataSet, to: name)
      let noted = try #require(try image(path).findings.first { $0.message.contains("compressed with loss") })
      #expect(noted.place.hasSuffix("/" + name) && noted.plainPlace == path)
      slice.edit = { $0.set(.pixelSpacing, VR("DS"), "none\\none") }
      try folder.write(slice.dataSet, to: name)
      let error = #expect(throws: FormatError.self) { try image(path) }
      #expect(error?.description.contains("/\(name): ") == true)
      #expect(error?.plain.hasPrefix(path + ": ") == true && error?.plain.contains("Jane") == false)
    }
  }

  /// A long UID is no way to choose a series.
  @Test func severalSeries() throws {
    let folder = try TemporaryFolder()
    let series = [("CT", "Thorax 1.0", 2), ("CT", "Thorax 5.0", 3), ("MR", "T2", 4), ("PT", "WB", 5)]
    for (index, (modality, description, number)) in series.enumerated() {
      var slice = Slice()
      slice.modality = modality
      slice.series = "1.2.826.0.1.3680043.8.498.1123884127160831620802343399952230628\(index)"
      slice.edit = {
        $0.set(.seriesDescription, VR("LO"), description)
        $0.set(.seriesNumber, VR("IS"), "\(number)")
      }
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let words = try #require(refusal { _ = try image(folder.url.path) })
    #expect(words.contains("there are 4 series") && !words.contains("1.2.826"))
    for choice in ["2", "3", "MR", "PT"] {
      #expect(words.contains(": series \(choice)"))
      #expect(
        refusal {
          _ = try image(folder.url.path) { ($0.series.series, $0.series.quantity) = (choice, .stored) }
        } == nil)
    }
    let two = refusal { _ = try image(folder.url.path) { $0.series.series = "CT" } }
    #expect(two?.contains("2 series answer to it") == true)
  }

  @Test func foldersWithoutDICOM() throws {
    let empty = try TemporaryFolder(), other = try TemporaryFolder(), damaged = try TemporaryFolder()
    #expect(refusal { _ = try image(empty.url.path) }?.contains("the folder is empty") == true)
    try other.write("x", to: "ct.nii.gz")
    #expect(refusal { _ = try image(other.url.path) }?.contains("named itself, such as ct.nii.gz") == true)
    try damaged.write([UInt8](), to: "a.dcm")
    #expect(refusal { _ = try image(damaged.url.path) }?.contains("the file is empty") == true)
    #expect(refusal { _ = try image(damaged.path("a.dcm")) }?.contains("a.dcm: the file is empty") == true)
  }

  @Test func oneSliceOfASeries() throws {
    let folder = try TemporaryFolder(), alone = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4])
    try alone.write(Slice(), at: [0])
    let findings = try image(folder.path("slice1.dcm")).findings
    #expect(findings.contains { $0.severity == .warning && $0.message.contains("Name the folder for the whole image") })
    let other = try image(alone.path("slice0.dcm")).findings + image(folder.url.path).findings
    #expect(!other.contains { $0.message.contains("one slice of a series") })
  }

  /// A slice that was cut, emptied or lost its pixels, also the last one, is not left out without being asked for.
  @Test func damagedSlices() throws {
    let whole = try TemporaryFolder()
    try whole.write(Slice(), at: [0, 2, 4])
    let bytes = Array(try Data(contentsOf: whole.url.appendingPathComponent("slice2.dcm")))
    for cut in [0, 100, bytes.count - 10, bytes.count - 36] {
      try whole.write(Array(bytes[..<cut]), to: "slice2.dcm")
      let words = refusal { _ = try image(whole.url.path) }
      #expect(
        words?.contains("slice2.dcm: ") == true && words?.contains("The others can be read, with gaps.") == true,
        "\(cut): \(words ?? "")")
      #expect(try image(whole.url.path) { $0.series.allowsGaps = true }.volumes[0].geometry.size.z == 2)
    }
  }

  @Test func imageWithoutPixels() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.edit = { $0.elements[.pixelData] = nil }
    let words = refusal { _ = try image(folder.write(slice.dataSet, to: "a.dcm")) }
    #expect(words?.contains("holds no pixels") == true && words?.contains("no series of images") == true)
  }
}
