/// The header of a NIfTI-1 or NIfTI-2 file: the fields that place and scale the voxels.
struct NIfTIHeader {
  let path: String
  let version: Int
  /// Whether the voxels follow in the same file.
  let isSingleFile: Bool
  let isSwapped: Bool
  /// Lengths of the axes in use, 1 to 7.
  let sizes: [Int]
  let type: SampleType
  let voxelOffset: Int
  let slope, intercept: Double
  /// `pixdim[0]` to `pixdim[3]`.
  let voxelSizes: [Double]
  let qformCode, sformCode: Int
  /// Quaternion parts b, c, d and the offset.
  let quaternion, qformOffset: SIMD3<Double>
  /// `srow_x`, `srow_y`, `srow_z`.
  let sformRows: [SIMD4<Double>]
  /// Millimetres in the unit of length.
  let unit: Double

  /// The bytes that a header can take up.
  static let greatestSize = 540

  init(_ bytes: [UInt8], path: String) throws(FormatError) {
    let (version, isSwapped) = try Self.version(bytes, path)
    let fields = Fields(bytes: bytes, isSwapped: isSwapped)
    let magic = Array(bytes[(version == 1 ? 344 : 4)...].prefix(4))
    let number = UInt8(ascii: version == 1 ? "1" : "2")
    switch magic {
    case [UInt8(ascii: "n"), UInt8(ascii: "+"), number, 0]: isSingleFile = true
    case [UInt8(ascii: "n"), UInt8(ascii: "i"), number, 0]: isSingleFile = false
    default:
      throw FormatError(
        path,
        "it is an ANALYZE 7.5 file or a damaged one: there is no NIfTI mark, so how the patient lies is unknown. "
          + "Convert it to NIfTI with the program that made it.")
    }
    self.path = path
    self.version = version
    self.isSwapped = isSwapped
    sizes = try Self.sizes(fields, version, path)
    type = try Self.type(fields.int16(at: version == 1 ? 70 : 12), path)
    voxelOffset = try Self.voxelOffset(fields, version, isSingleFile, path)
    (slope, intercept) = try Self.scaling(fields, version, path)
    if version == 1 {
      voxelSizes = (0..<4).map { fields.float(at: 76 + 4 * $0) }
      (qformCode, sformCode) = (fields.int16(at: 252), fields.int16(at: 254))
      quaternion = SIMD3(fields.float(at: 256), fields.float(at: 260), fields.float(at: 264))
      qformOffset = SIMD3(fields.float(at: 268), fields.float(at: 272), fields.float(at: 276))
      sformRows = (0..<3).map { row in SIMD4((0..<4).map { fields.float(at: 280 + 16 * row + 4 * $0) }) }
    } else {
      voxelSizes = (0..<4).map { fields.double(at: 104 + 8 * $0) }
      (qformCode, sformCode) = (fields.int32(at: 344), fields.int32(at: 348))
      quaternion = SIMD3(fields.double(at: 352), fields.double(at: 360), fields.double(at: 368))
      qformOffset = SIMD3(fields.double(at: 376), fields.double(at: 384), fields.double(at: 392))
      sformRows = (0..<3).map { row in SIMD4((0..<4).map { fields.double(at: 400 + 32 * row + 8 * $0) }) }
    }
    let code = version == 1 ? Int(bytes[123]) : fields.int32(at: 500)
    unit = code & 7 == 1 ? 1000 : code & 7 == 3 ? 0.001 : 1
  }

  /// NIfTI-1 or 2 and the byte order, by the first number, which is the header's size.
  private static func version(_ bytes: [UInt8], _ path: String) throws(FormatError) -> (Int, Bool) {
    for isSwapped in [false, true] where bytes.count >= 4 {
      switch Fields(bytes: bytes, isSwapped: isSwapped).int32(at: 0) {
      case 348 where bytes.count >= 348: return (1, isSwapped)
      case 540 where bytes.count >= 540: return (2, isSwapped)
      case 348, 540: throw FormatError(path, "the NIfTI header is cut short after \(bytes.count) bytes.")
      default: continue
      }
    }
    throw FormatError(path, "it is no NIfTI file: a NIfTI file begins with the number 348 or 540.")
  }

  private static func sizes(_ fields: Fields, _ version: Int, _ path: String) throws(FormatError) -> [Int] {
    let dimensions = (0..<8).map { version == 1 ? fields.int16(at: 40 + 2 * $0) : fields.int64(at: 16 + 8 * $0) }
    guard (1...7).contains(dimensions[0]) else {
      throw FormatError(path, "the number of dimensions is \(dimensions[0]), must be 1 to 7.")
    }
    return Array(dimensions[1...dimensions[0]])
  }

  private static func type(_ code: Int, _ path: String) throws(FormatError) -> SampleType {
    let types: [Int: SampleType] = [
      2: .uint8, 4: .int16, 8: .int32, 16: .float, 64: .double, 256: .int8, 512: .uint16, 768: .uint32, 1024: .int64,
      1280: .uint64,
    ]
    if let type = types[code] { return type }
    let refused = [
      1: "single bits", 32: "complex numbers of 64 bits", 128: "RGB colours", 1536: "numbers of 128 bits",
      1792: "complex numbers of 128 bits", 2048: "complex numbers of 256 bits", 2304: "RGBA colours",
    ]
    throw FormatError(
      path,
      "the voxels are \(refused[code] ?? "of the unknown type \(code)"), must be integers of 8 to 64 bits or "
        + "numbers of 32 or 64 bits. Convert them to one of these.")
  }

  private static func voxelOffset(
    _ fields: Fields, _ version: Int, _ isSingleFile: Bool, _ path: String
  ) throws(FormatError) -> Int {
    let least = !isSingleFile ? 0 : version == 1 ? 348 : 540
    let stated = version == 1 ? fields.float(at: 108) : Double(fields.int64(at: 168))
    guard stated >= Double(least), let offset = Int(exactly: stated.rounded(.down)) else {
      throw FormatError(path, "the voxels start at byte \(stated), must be at least \(least).")
    }
    return offset
  }

  /// A slope of 0 or NaN, as writers leave it, means that there is no scaling.
  private static func scaling(
    _ fields: Fields, _ version: Int, _ path: String
  ) throws(FormatError) -> (slope: Double, intercept: Double) {
    let slope = version == 1 ? fields.float(at: 112) : fields.double(at: 176)
    let intercept = version == 1 ? fields.float(at: 116) : fields.double(at: 184)
    guard slope != 0, !slope.isNaN else { return (1, 0) }
    guard slope.isFinite else {
      throw FormatError(path, "scl_slope is \(slope), must be a number. Correct the header.")
    }
    guard intercept.isFinite else {
      throw FormatError(path, "the intercept of the intensities is \(intercept), must be a number.")
    }
    return (slope, intercept)
  }
}

/// Numbers at fixed places of a header.
private struct Fields {
  let bytes: [UInt8]
  let isSwapped: Bool

  func int16(at offset: Int) -> Int { Int(Int16(truncatingIfNeeded: integer(at: offset, UInt16.self))) }
  func int32(at offset: Int) -> Int { Int(Int32(truncatingIfNeeded: integer(at: offset, UInt32.self))) }
  func int64(at offset: Int) -> Int { Int(truncatingIfNeeded: integer(at: offset, UInt64.self)) }
  func float(at offset: Int) -> Double { Double(Float(bitPattern: integer(at: offset, UInt32.self))) }
  func double(at offset: Int) -> Double { Double(bitPattern: integer(at: offset, UInt64.self)) }

  private func integer<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, _: Word.Type) -> Word {
    let word = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Word.self) }
    return isSwapped ? word.byteSwapped : word
  }
}
