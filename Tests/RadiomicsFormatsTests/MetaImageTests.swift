import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// A MetaImage file of 5 × 4 × 3 samples of int16 0 to 59, whose entries a test changes.
private struct MetaText {
  var entries: [(key: String, value: String)] = [
    ("ObjectType", "Image"), ("NDims", "3"), ("BinaryData", "True"), ("BinaryDataByteOrderMSB", "False"),
    ("CompressedData", "False"), ("TransformMatrix", "0 1 0 -1 0 0 0 0 1"), ("Offset", "-1 2 3.5"),
    ("CenterOfRotation", "0 0 0"), ("AnatomicalOrientation", "RAI"), ("ElementSpacing", "1 2 3"),
    ("DimSize", "5 4 3"), ("ElementType", "MET_SHORT"), ("ElementDataFile", "LOCAL"),
  ]

  static let numbers = (0..<60).map { Int16($0) }

  /// Entries replaced, renamed in place, removed (nil), or put before the last one.
  static func with(_ changes: [String: String?]) -> MetaText {
    var text = MetaText()
    for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
      let place = text.entries.firstIndex { $0.key == key }
      if let place { text.entries.remove(at: place) }
      if let value { text.entries.insert((key, value), at: place ?? text.entries.count - 1) }
    }
    return text
  }

  var header: [UInt8] { Array(entries.map { "\($0.key) = \($0.value)\n" }.joined().utf8) }

  func file(_ voxels: [UInt8] = bytes(MetaText.numbers)) -> [UInt8] { header + voxels }
}

/// Placements, byte orders and orders of axes are as SimpleITK 2.5.7 reads the same files.
@Suite struct MetaImageTests {
  @Test func placesByMatrixOffsetAndSpacing() throws {
    let folder = try TemporaryFolder()
    for (matrix, offset, spacing) in [
      ("TransformMatrix", "Offset", "ElementSpacing"), ("Rotation", "Position", "ElementSize"),
      ("Orientation", "Origin", "ElementSpacing"),
    ] {
      let text = MetaText.with([
        "TransformMatrix": nil, "Offset": nil, "ElementSpacing": nil, "AnatomicalOrientation": "LPS",
      ]).entries
      var renamed = MetaText(entries: text)
      renamed.entries.insert(
        contentsOf: [(matrix, "0 1 0 -1 0 0 0 0 1"), (offset, "-1 2 3.5"), (spacing, "1 2 3")], at: 3)
      let image = try folder.image("a.mha", renamed.file())
      // The matrix lists the axes' directions one after the other.
      expectGeometry(
        image.volumes[0].geometry, spacing: [1, 2, 3], origin: [-1, 2, 3.5],
        axes: [[0, 1, 0], [-1, 0, 0], [0, 0, 1]])
      #expect(image.volumes[0].samples == .int16(MetaText.numbers))
      #expect(image.findings.isEmpty && image.volumeCount == 1)
    }
    let both = try folder.image("a.mha", MetaText.with(["ElementSize": "9 9 9"]).file())
    #expect(both.volumes[0].geometry.spacing == [1, 2, 3])
  }

  /// SimpleITK 2.5.7 reads the same origin and spacing, and this direction times 0.99996 along x and y and 0.9998 along
  /// z, the lengths that the rounded matrix has.
  @Test func bringsNearlyOrthonormalAxesToLengthOne() throws {
    let folder = try TemporaryFolder()
    let text = MetaText.with(["TransformMatrix": "0.9553 0.2955 0 -0.2955 0.9553 0 0 0 0.9998"])
    let scan = try folder.image("a.mha", text.file()).volumes[0]
    let axes: [SIMD3<Double>] = [
      [0.9553390072880178, 0.2955120660039875, 0], [-0.2955120660039875, 0.9553390072880178, 0], [0, 0, 1],
    ]
    expectGeometry(scan.geometry, spacing: [1, 2, 3], origin: [-1, 2, 3.5], axes: axes)
    // Lengths are normalised, angles are left: of these axes the product is 0.0009.
    let skewed = MetaText.with(["TransformMatrix": "1 0 0 0.0009 1 0 0 0 1"])
    let direction = try folder.image("b.mha", skewed.file()).volumes[0].geometry.direction
    expectClose(direction.x.dot(direction.y), 0.0009, absolute: 1e-8)
    expectClose(direction.y.length, 1, absolute: 1e-15)
    // What was written reads back bit by bit.
    try ImageFormats.write(scan, to: folder("c.mha"))
    #expect(try ImageFormats.read(path: folder("c.mha")).volumes[0] == scan)
  }

  @Test func readsEveryType() throws {
    let folder = try TemporaryFolder()
    let names = [
      ["MET_CHAR", "MET_ASCII_CHAR", "MET_CHAR_ARRAY"], ["MET_UCHAR", "MET_UCHAR_ARRAY"], ["MET_SHORT"], ["MET_USHORT"],
      ["MET_INT", "MET_LONG"], ["MET_UINT", "MET_ULONG"], ["MET_LONG_LONG"], ["MET_ULONG_LONG"],
      ["MET_FLOAT", "MET_FLOAT_ARRAY"], ["MET_DOUBLE"],
    ]
    for (names, samples) in zip(names, samplesOfEveryType) {
      for name in names {
        for isBigEndian in [false, true] {
          let raw = bytes(samples, bigEndian: isBigEndian)
          for key in ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"] {
            var changes: [String: String?] = ["ElementType": name, "BinaryDataByteOrderMSB": nil]
            changes[key] = isBigEndian ? "True" : "False"
            #expect(try folder.image("a.mha", MetaText.with(changes).file(raw)).volumes[0].samples == samples)
          }
          let compressed = MetaText.with([
            "ElementType": name, "BinaryDataByteOrderMSB": isBigEndian ? "True" : "False", "CompressedData": "True",
          ])
          for voxels in [Zlib.compress(raw), Gzip.compress(raw)] {
            #expect(try folder.image("a.mha", compressed.file(voxels)).volumes[0].samples == samples)
          }
        }
      }
    }
    for name in ["MET_OTHER", "MET_NONE", "MET_STRING", "short"] {
      #expect(try folder.refusal("a.mha", MetaText.with(["ElementType": name]).file()).contains("'\(name)'"))
    }
  }

  @Test func readsVoxelsWrittenAsText() throws {
    let folder = try TemporaryFolder()
    let text = Array(MetaText.numbers.map { "\($0)" }.joined(separator: " ").utf8)
    let image = try folder.image("a.mha", MetaText.with(["BinaryData": "False"]).file(text))
    #expect(image.volumes[0].samples == .int16(MetaText.numbers))
  }

  @Test func readsVoxelsInOtherFiles() throws {
    let folder = try TemporaryFolder()
    let raw = bytes(MetaText.numbers)
    _ = try folder.put("all.raw", raw)
    _ = try folder.put("led.raw", [1, 2, 3] + raw)
    _ = try folder.put("all.zraw", Zlib.compress(raw))
    for index in 0..<3 { _ = try folder.put("s0\(index).raw", Array(raw[40 * index..<40 * (index + 1)])) }
    let slices = ["s00.raw", "s01.raw", "s02.raw"]
    for (changes, file, names): ([String: String?], String, [String]) in [
      ([:], "all.raw", ["all.raw"]), (["CompressedData": "True"], "all.zraw", ["all.zraw"]),
      (["HeaderSize": "3"], "led.raw", ["led.raw"]), (["HeaderSize": "-1"], "led.raw", ["led.raw"]),
      ([:], "LIST\ns00.raw\ns01.raw\ns02.raw", slices), ([:], "LIST 2\ns00.raw\ns01.raw\ns02.raw", slices),
      ([:], "s%02d.raw 0 2 1", slices),
    ] {
      let text = MetaText.with(changes.merging(["ElementDataFile": nil]) { $1 })
      let header = text.header + Array("ElementDataFile = \(file)\n".utf8)
      let image = try folder.image("a.mhd", header)
      #expect(image.volumes[0].samples == .int16(MetaText.numbers))
      #expect(image.files == (["a.mhd"] + names).map { folder($0) })
    }
    #expect(try folder.image("a.mha", MetaText().file()).files == [folder("a.mha")])
    #expect(
      try folder.image("a.mha", MetaText.with(["HeaderSize": "-1"]).file([1, 2] + raw)).volumes[0].samples
        == .int16(MetaText.numbers))
    for (file, words) in [
      ("none.raw", "no such file"), ("s00.raw", "cut short"), ("LIST", "list of data files is empty"),
      ("s%02d.raw 0 2 0", "step"), ("LIST\ns00.raw\ns01.raw", "cut short"), ("s%02d.raw 0 6 1", "shared equally"),
    ] {
      let text = MetaText.with(["ElementDataFile": nil])
      let header = text.header + Array("ElementDataFile = \(file)\n".utf8)
      #expect(try folder.refusal("a.mhd", header).contains(words))
    }
  }

  @Test func numbersVolumesByChannelsAndTheFourthDimension() throws {
    let folder = try TemporaryFolder()
    let channels = MetaText.with(["DimSize": "5 3 2", "ElementNumberOfChannels": "2"])
    let times = MetaText.with([
      "NDims": "4", "DimSize": "5 3 2 2", "Offset": "-1 2 3.5 0", "ElementSpacing": "1 2 3 30",
      "TransformMatrix": "0 1 0 0 -1 0 0 0 0 0 1 0 0 0 0 1",
    ])
    let even = MetaText.numbers.filter { $0 % 2 == 0 }, odd = MetaText.numbers.filter { $0 % 2 == 1 }
    for (text, expected) in [
      (channels, [even, odd]), (times, [Array(MetaText.numbers[..<30]), Array(MetaText.numbers[30...])]),
    ] {
      let image = try folder.image("a.mha", text.file(), ReadingOptions(volume: .all))
      #expect(image.volumes.map(\.samples) == expected.map(Scan.Samples.int16) && image.volumeCount == 2)
      expectGeometry(
        image.volumes[1].geometry, spacing: [1, 2, 3], origin: [-1, 2, 3.5],
        axes: [[0, 1, 0], [-1, 0, 0], [0, 0, 1]])
      let second = try folder.image("a.mha", text.file(), ReadingOptions(volume: .index(1)))
      #expect(second.volumes.map(\.samples) == [.int16(expected[1])])
      #expect(try folder.refusal("a.mha", text.file()).contains("2 volumes"))
    }
  }

  @Test func readsASlice() throws {
    let folder = try TemporaryFolder()
    let text = MetaText.with([
      "NDims": "2", "DimSize": "10 6", "Offset": "-1 2", "ElementSpacing": "1 2", "TransformMatrix": "0 1 -1 0",
    ])
    let geometry = try folder.image("a.mha", text.file()).volumes[0].geometry
    expectGeometry(geometry, spacing: [1, 2, 1], origin: [-1, 2, 0], axes: [[0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    #expect(geometry.size == [10, 6, 1])
  }

  @Test func saysWhatIsAssumedConvertedOrLeftOut() throws {
    let folder = try TemporaryFolder()
    let bare = try folder.image("a.mha", MetaText.with(["ElementSpacing": nil, "TransformMatrix": nil]).file())
    #expect(bare.findings.map(\.severity) == [.warning, .warning])
    #expect(bare.volumes[0].geometry.spacing == [1, 1, 1] && bare.volumes[0].geometry.direction == .identity)
    let centimetres = try folder.image("a.mha", MetaText.with(["DistanceUnits": "cm"]).file())
    #expect(centimetres.findings.map(\.severity) == [.note])
    #expect(centimetres.volumes[0].geometry.spacing == [10, 20, 30])
    let slope = try folder.image("a.mha", MetaText.with(["ElementToIntensityFunctionSlope": "2"]).file())
    #expect(slope.findings.map(\.severity) == [.warning] && slope.volumes[0].slope == 1)
  }

  @Test func readsLinesEndedByCarriageReturnAndLineFeed() throws {
    let folder = try TemporaryFolder()
    let header = MetaText().header.flatMap { $0 == 10 ? [13, 10] : [$0] }
    let image = try folder.image("a.mha", header + bytes(MetaText.numbers))
    #expect(image.volumes[0].samples == .int16(MetaText.numbers))
  }

  @Test func readsHeadersThatEditorsHaveChanged() throws {
    let folder = try TemporaryFolder()
    let names = ["Läsion größe.raw", "影像 2.raw", "e\u{301}.raw"], raw = bytes(MetaText.numbers)
    for (index, name) in names.enumerated() { _ = try folder.put(name, Array(raw[40 * index..<40 * (index + 1)])) }
    _ = try folder.put("Über alles.raw", raw)
    for (file, names) in [
      ("LIST\n" + names.joined(separator: "\n"), names), ("Über alles.raw", ["Über alles.raw"]),
    ] {
      // Without ObjectType the mark stands before the first entry that matters.
      for first in ["Image", nil] {
        let text = MetaText.with(["ObjectType": first, "ElementDataFile": file, "Comment": "Größe: 5 × 4 × 3"])
        for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
          for header in [text.header, text.header.flatMap { $0 == 10 ? [13, 10] : [$0] }] {
            let image = try folder.image("a.dat", mark + header)
            #expect(image.volumes[0].samples == .int16(MetaText.numbers))
            #expect(image.files == (["a.dat"] + names).map { folder($0) })
          }
        }
      }
    }
    let marked = try folder.image("a.mha", [0xEF, 0xBB, 0xBF] + MetaText().file())
    #expect(marked.volumes[0].samples == .int16(MetaText.numbers))
    let latin = MetaText.with(["Comment": "Gr?"]).file().map { $0 == UInt8(ascii: "?") ? 0xF6 : $0 }
    #expect(try folder.image("a.mha", latin).volumes[0].samples == .int16(MetaText.numbers))
  }

  @Test(
    arguments: [
      (["NDims": "0"], "'NDims' is 0"), (["NDims": "5"], "'NDims' is 5"), (["NDims": nil], "'NDims' is missing"),
      (["ObjectType": "Tube"], "'Tube'"), (["DimSize": "5 4"], "must be 3 whole numbers"),
      (["DimSize": nil], "'DimSize'"),
      (["DimSize": "5 -4 3"], "is -4"), (["DimSize": "5 0 3"], "is 0"),
      (["DimSize": "3000000000 3000000000 3000000000"], "too many"), (["DimSize": "100000 100000 100000"], "cut short"),
      (["DimSize": "100000 100000 100000", "CompressedData": "True"], "cut short"),
      (["ElementSpacing": "1 0 3"], "spacing along y is 0"), (["ElementSpacing": "1 -2 3"], "spacing along y is -2"),
      (["ElementSpacing": "1 nan 3"], "spacing along y is nan"), (["ElementSpacing": "1 x 3"], "must be 3 numbers"),
      (["TransformMatrix": "1 0 0 0.5 1 0 0 0 1"], "not orthogonal"), (["TransformMatrix": "1 0 0"], "9 numbers"),
      (["TransformMatrix": "1.002 0 0 0 1 0 0 0 1"], "length 1.002"),
      (["TransformMatrix": "nan 0 0 0 1 0 0 0 1"], "not orthogonal"), (["Offset": "0 inf 0"], "origin's y"),
      (["ElementType": nil], "'ElementType' is missing"),
      (["CompressedData": "maybe"], "'maybe'"), (["HeaderSize": "-2"], "'HeaderSize' is -2"),
      (["HeaderSize": "-1", "CompressedData": "True"], "'HeaderSize' is -1"), (["CompressedData": "True"], "zlib"),
      (["ElementNumberOfChannels": "0"], "is 0"), (["DistanceUnits": "miles"], "'miles'"),
    ] as [([String: String?], String)])
  func refusesAWrongHeader(changes: [String: String?], words: String) throws {
    let folder = try TemporaryFolder()
    let message = try folder.refusal("a.mha", MetaText.with(changes).file([UInt8](repeating: 55, count: 120)))
    #expect(message.contains(words), "\(message)")
    let headless = MetaText.with(["ElementDataFile": nil]).header
    #expect(try folder.refusal("b.mha", headless).contains("'ElementDataFile' is missing"))
  }
}
