/// A NIfTI file of 5 × 4 × 3 samples of int16 0 to 59, whose fields a test changes.
struct NIfTIBytes {
  var version = 1
  var isBigEndian = false
  var isPair = false
  var sizes = [5, 4, 3]
  var type = 4
  var bits = 16
  var slope = 1.0, intercept = 0.0
  var voxelSizes = [1, 0.75, 1.25, 2.5]
  var unit: UInt8 = 2
  var qformCode = 0, sformCode = 0
  var quaternion = [0.18, -0.33, 0.51]
  var offset = [-10.5, 20.25, 33]
  var rows: [[Double]] = [[0, -1.2, 0, 7], [0, 0, 2.4, -8], [-0.9, 0, 0, 9]]
  var voxelOffset: Double?
  var voxels = RadiomicsFormatsTests.bytes((0..<60).map { Int16($0) })

  /// The header, with the four bytes that follow it in a single file.
  var header: [UInt8] {
    let placement = quaternion + offset + rows.flatMap { $0 }
    let dimensions = [sizes.count] + sizes + Array(repeating: 1, count: max(0, 7 - sizes.count))
    let zooms = voxelSizes + [1, 1, 1, 1]
    var all = [UInt8](repeating: 0, count: version == 1 ? 352 : 544)
    func put(_ bytes: [UInt8], _ start: Int) { all.replaceSubrange(start..<start + bytes.count, with: bytes) }
    func words<Word: FixedWidthInteger>(_ values: [Int], _: Word.Type) -> [UInt8] {
      bytes(values.map { Word($0) }, bigEndian: isBigEndian)
    }
    let start = voxelOffset ?? (isPair ? 0 : Double(all.count))
    let mark = Array((isPair ? "ni" : "n+").utf8) + [UInt8(ascii: version == 1 ? "1" : "2"), 0]
    if version == 1 {
      put(words([348], Int32.self), 0)
      put(words(dimensions, Int16.self), 40)
      put(words([type, bits], Int16.self), 70)
      put(bytes((zooms + [start, slope, intercept]).map { Float($0) }, bigEndian: isBigEndian), 76)
      put([unit], 123)
      put(words([qformCode, sformCode], Int16.self), 252)
      put(bytes(placement.map { Float($0) }, bigEndian: isBigEndian), 256)
      put(mark, 344)
    } else {
      put(words([540], Int32.self), 0)
      put(mark + [13, 10, 26, 10], 4)
      put(words([type, bits], Int16.self), 12)
      put(words(dimensions, Int64.self), 16)
      put(bytes(zooms, bigEndian: isBigEndian), 104)
      put(words([Int(start)], Int64.self), 168)
      put(bytes([slope, intercept], bigEndian: isBigEndian), 176)
      put(words([qformCode, sformCode], Int32.self), 344)
      put(bytes(placement, bigEndian: isBigEndian), 352)
      put(words([Int(unit)], Int32.self), 500)
    }
    return all
  }

  /// A single file.
  var file: [UInt8] { header + voxels }

  /// The file after a change.
  static func with(_ change: (inout NIfTIBytes) -> Void) -> NIfTIBytes {
    var file = NIfTIBytes()
    change(&file)
    return file
  }
}
