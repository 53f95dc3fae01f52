import Foundation
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// An NRRD file of 5 × 4 × 3 samples of int16 0 to 59 by fields, which a test changes.
private struct NRRDText {
  var fields: [(name: String, value: String)] = [
    ("type", "short"), ("dimension", "3"), ("space", "left-posterior-superior"), ("sizes", "5 4 3"),
    ("space directions", "(0,0,-0.9) (1.2,0,0) (0,-2.4,0)"), ("kinds", "domain domain domain"),
    ("endian", "little"), ("encoding", "raw"), ("space origin", "(-7,8,9.5)"),
  ]
  var more = ""

  subscript(name: String) -> String? {
    get { fields.first { $0.name == name }?.value }
    set {
      let place = fields.firstIndex { $0.name == name }
      if let place { fields.remove(at: place) }
      if let newValue { fields.insert((name, newValue), at: place ?? fields.count) }
    }
  }

  var header: String { "NRRD0005\n" + fields.map { "\($0.name): \($0.value)\n" }.joined() + more }

  func file(_ voxels: [UInt8] = bytes(NRRDText.numbers)) -> [UInt8] { Array((header + "\n").utf8) + voxels }

  static let numbers = (0..<60).map { Int16($0) }

  static func with(_ changes: [String: String?], more: String = "") -> NRRDText {
    var text = NRRDText()
    for (name, value) in changes { text[name] = value }
    text.more = more
    return text
  }
}

/// Placements, encodings and orders of axes are as SimpleITK 2.5.7 and pynrrd 1.1.3 read the same files.
@Suite struct NRRDTests {
  @Test(
    arguments: [
      ("left-posterior-superior", [1, 1, 1]), ("LPS", [1, 1, 1]), ("right-anterior-superior", [-1, -1, 1]),
      ("ras", [-1, -1, 1]), ("left-anterior-superior", [1, -1, 1]), ("LAS", [1, -1, 1]),
    ] as [(String, [Double])])
  func convertsTheSpaceToLPS(space: String, signs: [Double]) throws {
    let folder = try TemporaryFolder()
    let image = try folder.image("a.nrrd", NRRDText.with(["space": space]).file())
    expectGeometry(
      image.volumes[0].geometry, spacing: [0.9, 1.2, 2.4], origin: [-7 * signs[0], 8 * signs[1], 9.5],
      axes: [[0, 0, -1], [signs[0], 0, 0], [0, -signs[1], 0]])
    #expect(image.volumes[0].samples == .int16(NRRDText.numbers))
    #expect(image.findings.isEmpty && image.segments.isEmpty && image.volumeCount == 1)
  }

  @Test func readsEveryTypeByEveryName() throws {
    let folder = try TemporaryFolder()
    let names = [
      ["signed char", "int8", "int8_t"], ["uchar", "unsigned char", "uint8", "uint8_t"],
      ["short", "short int", "signed short", "signed short int", "int16", "int16_t"],
      ["ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"],
      ["int", "signed int", "int32", "int32_t"], ["uint", "unsigned int", "uint32", "uint32_t"],
      ["longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"],
      ["ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"], ["float"], ["double"],
    ]
    for (names, samples) in zip(names, samplesOfEveryType) {
      for name in names {
        for endian in ["little", "big"] {
          let raw = bytes(samples, bigEndian: endian == "big")
          let text = NRRDText.with(["type": name, "endian": endian])
          #expect(try folder.image("a.nrrd", text.file(raw)).volumes[0].samples == samples)
        }
      }
    }
    #expect(try folder.refusal("a.nrrd", NRRDText.with(["type": "block"]).file()).contains("'type' is 'block'"))
    #expect(try folder.refusal("a.nrrd", NRRDText.with(["type": "flaot"]).file()).contains("'float'?"))
    #expect(try folder.refusal("a.nrrd", NRRDText.with(["endian": nil]).file()).contains("'endian' is missing"))
  }

  @Test func readsEveryEncoding() throws {
    let folder = try TemporaryFolder()
    let raw = bytes(NRRDText.numbers)
    let text = Array(NRRDText.numbers.map { "\($0)" }.joined(separator: " ").utf8)
    let digits = Array("0123456789aBcDeF".utf8)
    let hexadecimal = raw.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)], 10] }
    for (names, voxels) in [
      (["raw"], raw), (["gzip", "gz"], Gzip.compress(raw)), (["ascii", "text", "txt"], text), (["hex"], hexadecimal),
    ] {
      for name in names {
        let image = try folder.image("a.nrrd", NRRDText.with(["encoding": name]).file(voxels))
        #expect(image.volumes[0].samples == .int16(NRRDText.numbers))
      }
      #expect(try !folder.refusal("a.nrrd", NRRDText.with(["encoding": names[0]]).file(voxels.dropLast(4))).isEmpty)
    }
    #expect(try folder.refusal("a.nrrd", NRRDText.with(["encoding": "bzip2"]).file()).contains("'bzip2'"))
    let wrong = NRRDText.with(["encoding": "ascii"]).file(Array("40000 ".utf8) + text)
    #expect(try folder.refusal("a.nrrd", wrong).contains("number 1 is '40000'"))
  }

  @Test func readsSamplesWrittenAsText() throws {
    let folder = try TemporaryFolder()
    for (name, samples) in [("uint64", samplesOfEveryType[7]), ("double", samplesOfEveryType[9])] {
      let words: [String]
      switch samples {
      case .uint64(let values): words = values.map { "\($0)" }
      case .double(let values): words = values.map { "\($0)" }
      default: words = []
      }
      let text = NRRDText.with(["type": name, "encoding": "ascii"])
      let image = try folder.image("a.nrrd", text.file(Array(words.joined(separator: ",\n").utf8)))
      #expect(image.volumes[0].samples == samples)
    }
  }

  @Test func skipsLinesAndBytes() throws {
    let folder = try TemporaryFolder()
    let raw = bytes(NRRDText.numbers)
    let lines = Array("one\ntwo\n".utf8), four: [UInt8] = [9, 9, 9, 9]
    for (changes, voxels): ([String: String?], [UInt8]) in [
      (["line skip": "2"], lines + raw), (["byte skip": "4"], four + raw),
      (["line skip": "2", "byte skip": "4"], lines + four + raw), (["byte skip": "-1"], four + raw),
      (["byte skip": "-3"], four + raw + [1, 1]),
      (["encoding": "gzip", "byte skip": "4"], Gzip.compress(four + raw)),
      (["encoding": "gzip", "byte skip": "-1"], Gzip.compress(four + raw)),
      (["encoding": "gzip", "line skip": "2"], lines + Gzip.compress(raw)),
    ] {
      #expect(
        try folder.image("a.nrrd", NRRDText.with(changes).file(voxels)).volumes[0].samples == .int16(NRRDText.numbers))
    }
    for skip in ["-9223372036854775808", "9223372036854775807", "121", "x"] {
      for encoding in ["raw", "gzip", "ascii"] {
        let text = NRRDText.with(["byte skip": skip, "encoding": encoding])
        #expect(try !folder.refusal("a.nrrd", text.file(encoding == "gzip" ? Gzip.compress(raw) : raw)).isEmpty)
      }
    }
    #expect(try folder.refusal("a.nrrd", NRRDText.with(["line skip": "99"]).file()).contains("99 lines"))
  }

  @Test func readsVoxelsInOtherFiles() throws {
    let folder = try TemporaryFolder()
    let raw = bytes(NRRDText.numbers)
    let slices = (0..<3).map { Array(raw[40 * $0..<40 * ($0 + 1)]) }
    _ = try folder.put("all of it.raw", raw)
    for (index, slice) in slices.enumerated() {
      _ = try folder.put("s\(index).raw", slice)
      _ = try folder.put("s\(index).gz", Gzip.compress(slice))
      _ = try folder.put("n00\(2 * index + 1).raw", slice)
      _ = try folder.put("r\(3 - index).raw", slice)
    }
    for (file, encoding, names) in [
      ("all of it.raw", "raw", ["all of it.raw"]), (folder("all of it.raw"), "raw", ["all of it.raw"]),
      ("LIST\ns0.raw\ns1.raw\ns2.raw", "raw", ["s0.raw", "s1.raw", "s2.raw"]),
      ("LIST 2\ns0.gz\ns1.gz\ns2.gz", "gzip", ["s0.gz", "s1.gz", "s2.gz"]),
      ("n%03d.raw 1 5 2", "raw", ["n001.raw", "n003.raw", "n005.raw"]),
      ("r%d.raw 3 1 -1 2", "raw", ["r3.raw", "r2.raw", "r1.raw"]),
    ] {
      let text = NRRDText.with(["encoding": encoding, "data file": file])
      let image = try folder.image("a.nhdr", Array(text.header.utf8))
      #expect(image.volumes[0].samples == .int16(NRRDText.numbers))
      #expect(image.files == (["a.nhdr"] + names).map { folder($0) })
    }
    let twice = NRRDText.with(["data file": "LIST\ns1.raw\ns0.raw\ns1.raw"])
    #expect(
      try folder.image("a.nhdr", Array(twice.header.utf8)).files == ["a.nhdr", "s1.raw", "s0.raw"].map { folder($0) })
    #expect(try folder.image("a.nrrd", NRRDText().file()).files == [folder("a.nrrd")])
    for (file, word) in [
      ("none.raw", "no such file"), ("LIST", "list of data files is empty"), ("LIST\ns0.raw\ns1.raw", "cut short"),
      ("n%03d.raw 1 7 1", "shared equally"),
      ("s0.raw", "cut short"), ("n%03d.raw 1 5 0", "step"), ("n%03d.raw 1 99999999999 1", "no more files than samples"),
      ("n%s.raw 1 5 1", "step"), ("n%d.raw 9223372036854775806 9223372036854775807 1000", "no such file"),
      ("n%d.raw -9223372036854775808 9223372036854775807 1", "no more files"),
      ("LIST\ns0.raw\ns1.raw\nmissing.raw", "no such file"),
    ] {
      let text = NRRDText.with(["data file": file])
      #expect(try folder.refusal("a.nhdr", Array(text.header.utf8)).contains(word))
    }
  }

  @Test func numbersVolumesAlongAxesOutsideSpace() throws {
    let folder = try TemporaryFolder()
    let all = NRRDText.numbers
    let steps = ["(0,0,-0.9)", "(1.2,0,0)", "(0,-2.4,0)"]
    for place in 0..<4 {
      var sizes = [5, 3, 2], directions = steps, kinds = ["domain", "domain", "domain"]
      sizes.insert(2, at: place)
      directions.insert("none", at: place)
      kinds.insert(place == 0 ? "vector" : "list", at: place)
      let text = NRRDText.with([
        "dimension": "4", "sizes": sizes.map { "\($0)" }.joined(separator: " "),
        "space directions": directions.joined(separator: " "), "kinds": kinds.joined(separator: " "),
      ])
      // The stride of the axis is the product of the sizes before it; its index decides which volume a sample is in.
      let stride = sizes[..<place].reduce(1, *)
      let expected = (0..<2).map { volume in all.filter { Int($0) / stride % 2 == volume } }
      let image = try folder.image("a.nrrd", text.file(), ReadingOptions(volume: .all))
      #expect(image.volumes.map(\.samples) == expected.map(Scan.Samples.int16))
      #expect(image.volumes[0].geometry.size == [5, 3, 2])
      let second = try folder.image("a.nrrd", text.file(), ReadingOptions(volume: .index(1)))
      #expect(second.volumes.map(\.samples) == [.int16(expected[1])] && second.volumeCount == 2)
      #expect(try folder.refusal("a.nrrd", text.file()).contains("2 volumes"))
    }
  }

  @Test func readsTimeAsVolumes() throws {
    let folder = try TemporaryFolder()
    let spaced = NRRDText.with([
      "dimension": "4", "space": "RAST", "sizes": "5 3 2 2", "kinds": "domain domain domain time",
      "space directions": "(1,0,0,0) (0,1,0,0) (0,0,2.5,0) (0,0,0,30)", "space origin": "(1,2,3,0)",
    ])
    let plain = NRRDText.with([
      "dimension": "4", "space": nil, "sizes": "5 3 2 2", "kinds": "domain domain domain time",
      "space directions": nil, "space origin": nil, "spacings": "1 1 2.5 30",
    ])
    for text in [spaced, plain] {
      let image = try folder.image("a.nrrd", text.file(), ReadingOptions(volume: .all))
      #expect(
        image.volumes.map(\.samples) == [
          .int16(Array(NRRDText.numbers[..<30])), .int16(Array(NRRDText.numbers[30...])),
        ])
      #expect(image.volumes[0].geometry.spacing == [1, 1, 2.5])
    }
    #expect(
      try folder.image("a.nrrd", spaced.file(), ReadingOptions(volume: .index(0))).volumes[0].geometry.origin
        == [-1, -2, 3])
  }

  /// SimpleITK places a file without space the same: `axis mins` are voxel edges unless the centering is node.
  @Test func saysWhereThePlacementIsAssumed() throws {
    let folder = try TemporaryFolder()
    let bare: [String: String?] = ["space": nil, "space directions": nil, "space origin": nil]
    let spaced = bare.merging(["spacings": "1.5 2 3"]) { $1 }
    for (changes, spacing, origin, count): ([String: String?], SIMD3<Double>, SIMD3<Double>, Int) in [
      (bare, [1, 1, 1], [0, 0, 0], 2), (spaced, [1.5, 2, 3], [0, 0, 0], 1),
      (spaced.merging(["axis mins": "10 20 30"]) { $1 }, [1.5, 2, 3], [10.75, 21, 31.5], 1),
      (
        spaced.merging(["axis mins": "10 20 30", "centers": "node node node"]) { $1 }, [1.5, 2, 3], [10, 20, 30], 1
      ),
    ] {
      let image = try folder.image("a.nrrd", NRRDText.with(changes).file())
      #expect(image.volumes[0].geometry.spacing == spacing && image.volumes[0].geometry.origin == origin)
      #expect(image.findings.filter { $0.severity == .warning }.count == count)
    }
    for changes: [String: String?] in [
      ["space": "scanner-xyz"], ["space": nil, "space dimension": "3"], ["space origin": nil],
    ] {
      let findings = try folder.image("a.nrrd", NRRDText.with(changes).file()).findings
      #expect(findings.map(\.severity) == [.warning])
    }
    for units in ["\"furlong\" \"furlong\" \"furlong\"", "\"mm\" \"cm\" \"mm\"", "\"pixel\" \"pixel\" \"pixel\""] {
      let error = #expect(throws: FormatError.self) {
        try folder.image("a.nrrd", NRRDText.with(["space units": units]).file())
      }
      #expect(error?.message.contains("must be one for all axes and mm, cm") ?? false)
    }
    let millimetres = [
      "millimeters": 1, "Millimetre": 1, "microns": 1e-3, "micrometer": 1e-3, "inch": 25.4, "inches": 25.4,
    ]
    for (unit, factor) in millimetres {
      let image = try folder.image(
        "a.nrrd", NRRDText.with(["space units": "\"\(unit)\" \"\(unit)\" \"\(unit)\""]).file())
      expectClose(image.volumes[0].geometry.spacing.x, 0.9 * factor, relative: 1e-12)
    }
    let centimetres = try folder.image("a.nrrd", NRRDText.with(["space units": "\"cm\" \"cm\" \"cm\""]).file())
    expectClose(centimetres.volumes[0].geometry.spacing.x, 9, absolute: 1e-12)
    #expect(centimetres.findings.map(\.severity) == [.note])
  }

  /// SimpleITK 2.5.7: lengths of the axes are the spacings, and what is left has length 1.
  @Test func bringsNearlyOrthonormalAxesToLengthOne() throws {
    let folder = try TemporaryFolder()
    let text = NRRDText.with([
      "space directions": "(0.9553,0.2955,0) (-0.591,1.9106,0) (0,0,2.9994)", "space origin": "(-1,2,3.5)",
    ])
    expectGeometry(
      try folder.image("a.nrrd", text.file()).volumes[0].geometry,
      spacing: [0.9999591691664215, 1.999918338332843, 2.9994], origin: [-1, 2, 3.5],
      axes: [[0.9553390072880178, 0.2955120660039875, 0], [-0.2955120660039875, 0.9553390072880178, 0], [0, 0, 1]])
  }

  @Test func readsASlice() throws {
    let folder = try TemporaryFolder()
    let inSpace = NRRDText.with([
      "dimension": "2", "sizes": "10 6", "kinds": "domain domain", "space directions": "(0,0,-0.9) (1.2,0,0)",
    ])
    let flat = NRRDText.with([
      "dimension": "2", "sizes": "10 6", "kinds": nil, "space": nil, "space dimension": "2",
      "space directions": "(2,0) (0,3)", "space origin": "(5,6)",
    ])
    let slice = try folder.image("a.nrrd", inSpace.file()).volumes[0].geometry
    expectGeometry(slice, spacing: [0.9, 1.2, 1], origin: [-7, 8, 9.5], axes: [[0, 0, -1], [1, 0, 0], [0, -1, 0]])
    #expect(slice.size == [10, 6, 1])
    expectGeometry(
      try folder.image("a.nrrd", flat.file()).volumes[0].geometry, spacing: [2, 3, 1], origin: [5, 6, 0],
      axes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
  }

  @Test func readsTheSegmentsOf3DSlicer() throws {
    let folder = try TemporaryFolder()
    let layers = NRRDText.with(
      [
        "dimension": "4", "sizes": "2 5 3 2", "kinds": "list domain domain domain",
        "space directions": "none (1,0,0) (0,1,0) (0,0,1)",
      ],
      more: """
        # a comment
        Segment0_ID:=Segment_1
        Segment0_LabelValue:=3
        Segment0_Layer:=0
        Segment0_Name:=Liver: left\\nlobe
        Segment1_LabelValue:=1
        Segment1_Layer:=1
        Segment1_Name:=Tumour

        """)
    let image = try folder.image("a.seg.nrrd", layers.file(), ReadingOptions(volume: .all))
    #expect(
      image.segments == [
        Segment(name: "Liver: left\nlobe", label: 3, volume: 0), Segment(name: "Tumour", label: 1, volume: 1),
      ])
    let old = NRRDText.with([:], more: "Segment0_ID:=A\nSegment0_Name:=First\nSegment1_ID:=B\n")
    #expect(
      try folder.image("a.seg.nrrd", old.file()).segments == [
        Segment(name: "First", label: 1, volume: 0), Segment(name: "B", label: 1, volume: 1),
      ])
    let wrong = NRRDText.with([:], more: "Segment0_Name:=A\nSegment0_LabelValue:=x\n")
    #expect(try folder.refusal("a.seg.nrrd", wrong.file()).contains("Segment0_LabelValue"))
  }

  @Test func readsLinesEndedByCarriageReturnAndLineFeed() throws {
    let folder = try TemporaryFolder()
    let header = NRRDText().header.split(separator: "\n").joined(separator: "\r\n") + "\r\n\r\n"
    let image = try folder.image("a.nrrd", Array(header.utf8) + bytes(NRRDText.numbers))
    #expect(image.volumes[0].samples == .int16(NRRDText.numbers))
  }

  @Test func readsHeadersThatEditorsHaveChanged() throws {
    let folder = try TemporaryFolder()
    let names = ["Läsion größe.raw", "影像 2.raw", "e\u{301}.raw"], raw = bytes(NRRDText.numbers)
    for (index, name) in names.enumerated() { _ = try folder.put(name, Array(raw[40 * index..<40 * (index + 1)])) }
    let detached = NRRDText.with(["data file": "LIST\n" + names.joined(separator: "\n")]).header
    for lineEnd in ["\n", "\r\n"] {
      for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
        let header = mark + Array(detached.replacingOccurrences(of: "\n", with: lineEnd).utf8)
        let image = try folder.image("a.nhdr", header)
        #expect(image.volumes[0].samples == .int16(NRRDText.numbers))
        #expect(image.files == (["a.nhdr"] + names).map { folder($0) })
        let keyed = NRRDText.with([:], more: "# Übersicht\nSegment0_Name:=Tumör\n").header + "\n"
        let attached = mark + Array(keyed.replacingOccurrences(of: "\n", with: lineEnd).utf8) + raw
        let whole = try folder.image("a.nrrd", attached)
        #expect(whole.volumes[0].samples == .int16(NRRDText.numbers))
        #expect(whole.segments == [Segment(name: "Tumör", label: 1, volume: 0)])
      }
    }
    // A comment of another encoding does no harm.
    let latin = Array("NRRD0005\n# L".utf8) + [0xE4] + Array("sion\n".utf8) + NRRDText().file().dropFirst(9)
    #expect(try folder.image("a.nrrd", latin).volumes[0].samples == .int16(NRRDText.numbers))
  }

  @Test(
    arguments: [
      (["dimension": "0"], "'dimension' is 0"), (["dimension": nil], "'dimension' is missing"),
      (["sizes": "5 4"], "2 values, must have 3"), (["sizes": "5 4 -3"], "axis 3 is -3"),
      (["sizes": "5 4 0"], "axis 3 is 0"),
      (["sizes": nil], "'sizes' is missing"), (["sizes": "5 4 x"], "'x'"),
      (["sizes": "3000000000 3000000000 3000000000"], "too many"), (["sizes": "100000 100000 100000"], "cut short"),
      (["sizes": "100000 100000 100000", "encoding": "gzip"], "cut short"),
      (["space": "LSP"], "'lps'?"), (["space directions": "(0,0,-0.9) (1.2,0,0)"], "2 vectors, must have 3"),
      (["space directions": "(0,0,-0.9) (1.2,0,0) (0,0,0)"], "spacing along z is 0"),
      (["space directions": "(0,0,-0.9) (1.2,0,0) (0,1,1)"], "not orthogonal"),
      (["space directions": "(0,0,-0.9) (1.2,0,0) (0,nan,1)"], "spacing along z"),
      (["space directions": "(0,0,-0.9) (1.2,0,0) (0,1"], "without ')'"),
      (["space directions": "(0,0,-0.9) (1.2,0,0) (0,1)"], "vector of 2"),
      (["space directions": "none none (0,1,0)"], "1 axes lie in space"),
      (["space origin": "(1,2)"], "one vector of 3"), (["space origin": "(1,2,nan)"], "origin's z"),
      (["space directions": nil, "spacings": "1 0 1"], "'spacings' holds 0.0"),
      (["space directions": nil, "spacings": "1 -2 1"], "'spacings' holds -2.0"),
      (["space directions": nil, "spacings": "1 nan 1"], "'spacings' holds nan"),
      (["spacing": "1 1 1"], "unknown field 'spacing'. Did you mean 'spacings'?"), (["endian": "middle"], "'middle'"),
      (["encoding": nil], "'encoding' is missing"), (["type": nil], "'type' is missing"),
    ] as [([String: String?], String)])
  func refusesAWrongHeader(changes: [String: String?], words: String) throws {
    let folder = try TemporaryFolder()
    let message = try folder.refusal("a.nrrd", NRRDText.with(changes).file())
    #expect(message.contains(words), "\(message)")
  }
}
