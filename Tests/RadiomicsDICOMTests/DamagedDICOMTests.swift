import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Whatever a DICOM file holds, reading gives something or says why not.
@Suite struct DamagedDICOMTests {
  private static let now = Timestamp(date: "20261123", time: "101500", version: "0.1.0")

  /// Small files of each kind: made ones, and the samples that are there.
  static func validFiles() throws -> [(name: String, bytes: [UInt8])] {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2])
    let source = DICOMSource()
    let stored = try source.image(folder.url.path, mask: nil, .init())
    let reference = try source.reference(folder.url.path, mask: nil, stored.volumes[0].geometry, .init())
    let region = OutlinedRegion(name: "a", voxels: .init(size: [4, 3, 2]) { $0 % 2 == 0 })
    let segmentation = try reference.segmentation([region], now)
    let report = reference.report([(region, [])], segmentation: segmentation, algorithm: "a", now)
    try DICOMObject.write(together: [(segmentation, folder.path("seg.dcm")), (report, folder.path("sr.dcm"))])
    var files = try folder.names.map { ($0, Array(try Data(contentsOf: folder.url.appendingPathComponent($0)))) }
    if ReferenceData.runs {
      let root = URL(fileURLWithPath: ReferenceData.path("dicom"))
      for case let url as URL in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)! {
        guard let bytes = try? Data(contentsOf: url), !["md", "nrrd"].contains(url.pathExtension) else { continue }
        files.append((url.lastPathComponent, Array(bytes)))
      }
    }
    return files
  }

  /// Everything a user can do with a path that may be DICOM.
  static func read(_ path: String) {
    let source = DICOMSource()
    var options = ReadingOptions(volume: .all)
    options.maskThreshold = 0.5
    options.series.allowsGaps = true
    options.series.resamplesTilt = true
    for series in (try? source.folder(path))?.series ?? [] { _ = series.volumes }
    _ = try? source.image(path, mask: nil, options)
    _ = try? source.mask(path, on: nil, options)
    let grid = Geometry(unchecked: [16, 16, 4], spacing: [1, 1, 1], origin: [-8, -8, -2], direction: .identity)
    _ = try? source.mask(path, on: (path, grid), options)
  }

  @Test func survivesAnyChange() throws {
    var random = SeededGenerator(seed: 11)
    let folder = try TemporaryFolder()
    for (_, bytes) in try Self.validFiles() {
      for _ in 0..<fuzzRounds(6) {
        let path = try folder.write(mutated(bytes, &random), to: "x.dcm")
        Self.read(path)
      }
    }
  }

  /// A file that is cut anywhere before its pixels are whole is refused.
  @Test func refusesAnyCut() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.write(Slice().dataSet, to: "a.dcm")))
    for length in stride(from: 0, to: whole.count - 1, by: 1) {
      let path = try folder.write(Array(whole[..<length]), to: "cut.dcm")
      let words = refusal { _ = try StudyReader(sources: [DICOMSource()]).image(path) }
      #expect(words != nil && words!.contains("cut.dcm: "), "\(length) of \(whole.count) bytes")
    }
  }

  private func file(_ elements: [UInt8]) -> [UInt8] {
    let syntax = Array("1.2.840.10008.1.2.1\0".utf8)
    let meta: [UInt8] = [2, 0, 0x10, 0] + Array("UI".utf8) + [20, 0] + syntax
    let length: [UInt8] = [2, 0, 0, 0] + Array("UL".utf8) + [4, 0, UInt8(meta.count), 0, 0, 0]
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length + meta + elements
  }

  /// Sequences within sequences, none of them closed.
  @Test(arguments: [100, 10_000, 500_000]) func endlessNesting(_ depth: Int) throws {
    let folder = try TemporaryFolder()
    let sequence: [UInt8] = [8, 0, 0x15, 0x11] + Array("SQ".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let item: [UInt8] = [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
    let path = try folder.write(file((0..<depth).flatMap { _ in sequence + item }), to: "deep.dcm")
    #expect(refusal { _ = try DICOMFolder(path) } != nil)
  }

  /// Nesting that is closed, however deep, is read or refused; on threads with small stacks, too.
  @Test func closedNesting() throws {
    let folder = try TemporaryFolder()
    let sequence: [UInt8] = [8, 0, 0x15, 0x11] + Array("SQ".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let item: [UInt8] = [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
    let ends: [UInt8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    for depth in [1, 10, 60, 120, 180, 240, 300, 400, 600, 1000] {
      let open = (0..<depth).flatMap { _ in sequence + item }, close = (0..<depth).flatMap { _ in ends }
      for copy in 0..<2 { try folder.write(file(open + close), to: "\(copy).dcm") }
      let said = refusal { _ = try DICOMFolder(folder.url.path, lanes: Lanes(jobs: 2)) }
      if depth <= 60 { #expect(said == nil, "\(depth)") }
    }
  }

  /// Lengths beyond the file, of values and of sequences.
  @Test(arguments: ["OB", "UN", "SQ", "UT", "OW", "LT"]) func giganticLengths(_ vr: String) throws {
    let folder = try TemporaryFolder()
    let long = vr != "LT"
    let head: [UInt8] = [0x10, 0, 0x10, 0x40] + Array(vr.utf8)
    let length: [UInt8] = long ? [0, 0, 0xF0, 0xFF, 0xFF, 0xFF] : [0xF0, 0xFF]
    let path = try folder.write(file(head + length + [1, 2, 3, 4]), to: "long.dcm")
    #expect(refusal { _ = try DICOMFolder(path) } != nil)
  }

  /// Compressed pixels that claim to be far larger than their code.
  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)"))
  func inflatedSizes() throws {
    let folder = try TemporaryFolder()
    for name in ["MR_small_RLE", "MR_small_jp2klossless", "MR_small_jpeg_ls_lossless", "JPEG-lossy"] {
      var bytes = Array(
        try Data(contentsOf: URL(fileURLWithPath: ReferenceData.path("dicom/transfer-syntaxes/\(name).dcm"))))
      for element: [UInt8] in [[0x28, 0, 0x10, 0], [0x28, 0, 0x11, 0]] {
        let place = bytes.indices.first { Array(bytes[$0..<min($0 + 4, bytes.count)]) == element }!
        bytes[place + 8] = 0xFF
        bytes[place + 9] = 0xFF
      }
      let path = try folder.write(bytes, to: name + ".dcm")
      #expect(refusal { _ = try StudyReader(sources: [DICOMSource()]).image(path) }?.contains("cannot hold") == true)
    }
  }

  /// Names in other character sets, and in none that is known.
  @Test func characterSets() throws {
    let folder = try TemporaryFolder()
    func named(_ set: String, _ bytes: [UInt8]) throws -> String? {
      var slice = Slice()
      slice.edit = { data in
        data.set(.specificCharacterSet, VR("CS"), set)
        data.set(.seriesDescription, VR("LO"), "NAMENAME")
      }
      var file = Array(try Data(contentsOf: URL(fileURLWithPath: folder.write(slice.dataSet, to: "a.dcm"))))
      let place = file.indices.first { Array(file[$0..<min($0 + 8, file.count)]) == Array("NAMENAME".utf8) }!
      file.replaceSubrange(place..<place + 8, with: bytes)
      return try DICOMFolder(folder.write(file, to: "b.dcm")).series[0].description
    }
    let filled = { (bytes: [UInt8]) in bytes + [UInt8](repeating: 32, count: 8 - bytes.count) }
    #expect(try named("ISO_IR 100", filled([0x47, 0xFC])) == "Gü")
    #expect(try named("ISO_IR 144", filled([0xBF, 0xE0])) == "Пр")
    #expect(try named("NO SUCH SET", filled([0x47, 0xFC]))?.hasPrefix("G") == true)
    #expect(try named("ISO_IR 192", filled([0x47, 0xFF])) == "G\u{FFFD}")
  }
}
