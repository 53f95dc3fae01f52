import Foundation
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Whatever a file holds, reading gives an image or says why not.
@Suite struct DamagedFileTests {
  /// A small valid file of each format and encoding.
  static func validFiles() throws -> [(name: String, bytes: [UInt8])] {
    let folder = try TemporaryFolder()
    let numbers = (0..<60).map { Int16($0 * 31 - 900) }
    let scan = Scan(
      geometry: try Geometry(size: [5, 4, 3], spacing: [0.7, 1.3, 2.5], origin: [-10.5, 20.25, 33]),
      samples: .int16(numbers))
    var files: [(name: String, bytes: [UInt8])] = []
    for name in ["a.nii", "a.nii.gz", "a.nrrd", "a.mha"] {
      try ImageFormats.write(scan, to: folder(name))
      files.append((name, Array(try Data(contentsOf: URL(fileURLWithPath: folder(name))))))
    }
    let second = NIfTIBytes.with { ($0.version, $0.sizes, $0.qformCode, $0.sformCode) = (2, [5, 2, 3, 2], 1, 1) }
    let nrrd = """
      NRRD0005
      type: short
      dimension: 4
      space: RAS
      sizes: 2 5 3 2
      space directions: none (1,0,0) (0,1,0) (0,0,2.5)
      kinds: list domain domain domain
      endian: big
      encoding: ENCODING
      space origin: (1,2,3)
      Segment0_Name:=Liver
      Segment0_LabelValue:=1


      """
    let text = numbers.map { "\($0)" }.joined(separator: " ")
    let hexadecimal = numbers.map { String(UInt16(bitPattern: $0) | 0x1000, radix: 16) }.joined()
    let meta = """
      ObjectType = Image
      NDims = 3
      BinaryDataByteOrderMSB = True
      TransformMatrix = 0 1 0 -1 0 0 0 0 1
      Offset = -1 2 3.5
      ElementSpacing = 1 2 3
      HeaderSize = -1
      ElementNumberOfChannels = 2
      DimSize = 5 3 2
      ElementType = MET_SHORT
      ElementDataFile = LOCAL

      """
    files.append(("2.nii", second.file))
    for (encoding, voxels) in [("raw", bytes(numbers)), ("ascii", Array(text.utf8)), ("hex", Array(hexadecimal.utf8))] {
      let header = nrrd.replacingOccurrences(of: "ENCODING", with: encoding)
      files.append(("\(encoding).nrrd", Array(header.utf8) + voxels))
    }
    files.append(("b.mha", Array(meta.utf8) + bytes(numbers)))
    return files
  }

  @Test func refusesFilesThatAreCutShort() throws {
    let folder = try TemporaryFolder()
    for (name, file) in try Self.validFiles() {
      #expect(try !folder.image(name, file, ReadingOptions(volume: .all)).volumes.isEmpty)
      for count in [0, 1, 2, 10, 100, 343, 347, 360, file.count / 2, file.count - 9, file.count - 1] {
        guard count < file.count else { continue }
        // The last digit of a number written as text may be missing unseen.
        guard !(name == "ascii.nrrd" && count == file.count - 1) else { continue }
        let message = try folder.refusal(name, Array(file[..<count]), ReadingOptions(volume: .all))
        #expect(!message.isEmpty, "\(name) of \(count) bytes")
      }
    }
  }

  @Test func refusesWhatIsNoImage() throws {
    let folder = try TemporaryFolder()
    let text = Array("This is a letter.\nIt has lines.\n".utf8)
    for name in ["a.nii", "a.nii.gz", "a.hdr", "a.nrrd", "a.nhdr", "a.mha", "a.mhd"] {
      #expect(try folder.refusal(name, []).contains("empty"))
      #expect(try !folder.refusal(name, text).isEmpty)
      #expect(try !folder.refusal(name, [UInt8](repeating: 0, count: 1000)).isEmpty)
      let missing = #expect(throws: FormatError.self) { try ImageFormats.read(path: folder("none" + name)) }
      #expect(missing?.description == "\(folder("none" + name)): there is no such file.")
      try FileManager.default.createDirectory(atPath: folder("d" + name), withIntermediateDirectories: false)
      let directory = #expect(throws: FormatError.self) { try ImageFormats.read(path: folder("d" + name)) }
      #expect(directory?.message.contains("is a folder") == true)
    }
    #expect(try folder.refusal("a.txt", text).contains("MetaImage (.mha, .mhd)"))
    #expect(try folder.refusal("a.nii.gz", Gzip.compress([])).contains("348 or 540"))
    #expect(try folder.refusal("a.nii.gz", Gzip.compress(text)).contains("348 or 540"))
    for device in ["/dev/zero", "/dev/null"] {
      let error = #expect(throws: FormatError.self) { try ImageFormats.read(path: device) }
      #expect(error?.message.contains("must be a file") == true)
      #expect(throws: FormatError.self) { try CSV(path: device) }
    }
    #expect(throws: FormatError.self) { try ImageFormats.read(path: folder("a\0b.nii")) }
    #expect(throws: FormatError.self) { try ImageFormats.read(path: "") }
  }

  @Test func refusesSizesThatTheFileCannotHold() throws {
    let folder = try TemporaryFolder()
    let sizes = [[32767, 32767, 32767], [32767, 32767, 32767, 32767, 32767, 32767, 32767], [5, 4, 4]]
    for sizes in sizes {
      let file = NIfTIBytes.with { ($0.sizes, $0.sformCode) = (sizes, 1) }.file
      for choice in [VolumeChoice.only, .all, .index(0)] {
        #expect(try !folder.refusal("a.nii", file, ReadingOptions(volume: choice)).isEmpty)
        #expect(try !folder.refusal("a.nii.gz", Gzip.compress(file), ReadingOptions(volume: choice)).isEmpty)
      }
    }
    for size in [Int.max, Int.max / 2, 1 << 40, -1, Int.min] {
      let file = NIfTIBytes.with { ($0.version, $0.sizes, $0.sformCode) = (2, [size, 4, 3], 1) }.file
      #expect(try !folder.refusal("a.nii", file).isEmpty)
    }
    let far = NIfTIBytes.with { ($0.sformCode, $0.voxelOffset) = (1, 1e18) }
    #expect(try folder.refusal("a.nii", far.file).contains("from byte"))
  }

  /// 400 mutations of each of nine files (more with RADIOMICS_FUZZ), from a fixed seed: bytes replaced, removed and
  /// inserted, ends cut off.
  @Test func survivesAnyChange() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(seed: 20_240_229)
    var readCount = 0, refusedCount = 0
    for (name, file) in try Self.validFiles() {
      for _ in 0..<fuzzRounds(400) {
        let path = try folder.put(name, mutated(file, &random))
        do {
          let image = try ImageFormats.read(path: path, options: ReadingOptions(volume: .all))
          readCount += 1
          #expect(image.volumes.count == image.volumeCount)
        } catch {
          #expect(error.path.hasPrefix(folder.url.path))
          refusedCount += 1
        }
      }
    }
    #expect(readCount > 500 && refusedCount > 500)
  }
}
