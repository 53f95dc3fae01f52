import RadiomicsImaging

extension NIfTI {
  /// Writes `.nii` or `.nii.gz`: NIfTI-1, or NIfTI-2 where an axis is longer than 32 767 voxels. Both sform and qform
  /// are set (code 1, scanner). A slope or intercept that NIfTI-1 cannot hold exactly is applied, which widens the
  /// samples to double. NIfTI names no segments.
  /// - Throws: `FormatError` if the file cannot be written, or is to be a pair.
  public static func write(_ scan: Scan, to path: String, segments: [Segment]) throws(FormatError) {
    let ending = path.lowercased()
    guard ending.hasSuffix(".nii") || ending.hasSuffix(".nii.gz") else {
      throw FormatError(path, "NIfTI is written as .nii or .nii.gz. Choose one of these.")
    }
    let isLarge = scan.geometry.size.max() > Int(Int16.max)
    let isExact = isLarge || [scan.slope, scan.intercept].allSatisfy { Double(Float($0)) == $0 }
    let scan = isExact ? scan : scan.withScalingApplied
    let header = NIfTIHeader.bytes(of: scan, version: isLarge ? 2 : 1)
    let file = try StagedFile(path)
    if ending.hasSuffix(".gz") {
      try file.append(Gzip.compress(scan.samples.withBytes { header + $0 }))
    } else {
      try file.append(header)
      try file.append(scan.samples)
    }
    try OutputFile.commit([file])
  }
}

extension NIfTIHeader {
  /// The header of a file that holds `volumes` volumes like `scan`, with the four bytes that say that there is no
  /// extension.
  static func bytes(of scan: Scan, version: Int, volumes: Int = 1) -> [UInt8] {
    var writer = FieldWriter(count: version == 1 ? 352 : 544)
    let geometry = scan.geometry
    let code: [SampleType: Int] = [
      .uint8: 2, .int16: 4, .int32: 8, .float: 16, .double: 64, .int8: 256, .uint16: 512, .uint32: 768, .int64: 1024,
      .uint64: 1280,
    ]
    let sizes = [volumes > 1 ? 4 : 3, geometry.size.x, geometry.size.y, geometry.size.z, volumes, 1, 1, 1]
    let quaternion = Quaternion(Matrix3(columns: geometry.direction, turnedBy: rasToLPS))
    let voxelSizes = [quaternion.side, geometry.spacing.x, geometry.spacing.y, geometry.spacing.z, 0, 0, 0, 0]
    let origin = geometry.origin * rasToLPS
    let columns = (0..<3).map { geometry.direction[$0] * geometry.spacing[$0] * rasToLPS }
    let placement =
      [quaternion.b, quaternion.c, quaternion.d, origin.x, origin.y, origin.z]
      + (0..<3).flatMap { row in columns.map { $0[row] } + [origin[row]] }
    if version == 1 {
      writer.put(Int32(348), at: 0)
      writer.put(UInt8(ascii: "r"), at: 38)
      for (index, size) in sizes.enumerated() { writer.put(Int16(size), at: 40 + 2 * index) }
      writer.put(Int16(code[scan.samples.type] ?? 0), at: 70)
      writer.put(Int16(8 * scan.samples.type.size), at: 72)
      for (index, size) in voxelSizes.enumerated() { writer.put(Float(size).bitPattern, at: 76 + 4 * index) }
      for (index, value) in [352, scan.slope, scan.intercept].enumerated() {
        writer.put(Float(value).bitPattern, at: 108 + 4 * index)
      }
      writer.put(UInt8(2), at: 123)
      for index in 0..<2 { writer.put(Int16(1), at: 252 + 2 * index) }
      for (index, value) in placement.enumerated() { writer.put(Float(value).bitPattern, at: 256 + 4 * index) }
      writer.put("n+1\0", at: 344)
    } else {
      writer.put(Int32(540), at: 0)
      writer.put("n+2\0\r\n\u{1A}\n", at: 4)
      writer.put(Int16(code[scan.samples.type] ?? 0), at: 12)
      writer.put(Int16(8 * scan.samples.type.size), at: 14)
      for (index, size) in sizes.enumerated() { writer.put(Int64(size), at: 16 + 8 * index) }
      for (index, size) in voxelSizes.enumerated() { writer.put(size.bitPattern, at: 104 + 8 * index) }
      writer.put(Int64(544), at: 168)
      writer.put(scan.slope.bitPattern, at: 176)
      writer.put(scan.intercept.bitPattern, at: 184)
      for index in 0..<2 { writer.put(Int32(1), at: 344 + 4 * index) }
      for (index, value) in placement.enumerated() { writer.put(value.bitPattern, at: 352 + 8 * index) }
      writer.put(Int32(2), at: 500)
    }
    return writer.bytes
  }
}

/// Puts numbers of this machine's byte order at fixed places.
private struct FieldWriter {
  var bytes: [UInt8]

  init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

  mutating func put<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word, at offset: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: offset, as: Word.self) }
  }

  mutating func put(_ text: String, at offset: Int) {
    for (index, byte) in text.utf8.enumerated() { bytes[offset + index] = byte }
  }
}

/// A rotation as a unit quaternion with a ≥ 0, and the side of the third axis: -1 where the axes are left-handed.
private struct Quaternion {
  let b, c, d, side: Double

  /// - Parameter axes: Orthonormal columns.
  init(_ axes: Matrix3) {
    let side: Double = axes.determinant < 0 ? -1 : 1
    let (x, y, z) = (axes.x, axes.y, axes.z * side)
    // Four times the squares of a, b, c, d; the greatest is the safe divisor.
    let squares = [1 + x.x + y.y + z.z, 1 + x.x - y.y - z.z, 1 - x.x + y.y - z.z, 1 - x.x - y.y + z.z]
    let products = (
      ab: y.z - z.y, ac: z.x - x.z, ad: x.y - y.x, bc: x.y + y.x, bd: z.x + x.z, cd: y.z + z.y
    )
    var parts: SIMD4<Double>
    switch squares.firstIndex(of: squares.max() ?? 0) {
    case 0: parts = [squares[0], products.ab, products.ac, products.ad]
    case 1: parts = [products.ab, squares[1], products.bc, products.bd]
    case 2: parts = [products.ac, products.bc, squares[2], products.cd]
    default: parts = [products.ad, products.bd, products.cd, squares[3]]
    }
    parts /= (parts * parts).sum().squareRoot() * (parts[0] < 0 ? -1 : 1)
    (b, c, d) = (parts[1], parts[2], parts[3])
    self.side = side
  }
}

extension Matrix3 {
  fileprivate init(columns: Matrix3, turnedBy signs: SIMD3<Double>) {
    self.init(columns.x * signs, columns.y * signs, columns.z * signs)
  }
}
