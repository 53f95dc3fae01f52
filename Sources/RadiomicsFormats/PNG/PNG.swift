import CDeflate

/// PNG (ISO/IEC 15948) of 8-bit RGB pictures.
public enum PNG {
  /// A picture as the bytes of a PNG file.
  /// - `width`: Pixels in a row, at least 1.
  /// - `height`: Rows, at least 1.
  /// - `rgb`: 3 · width · height values: red, green and blue of each pixel, row by row from the top.
  public static func encode(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    precondition(width > 0 && height > 0 && rgb.count == 3 * width * height, "three values for each pixel")
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (3 * width + 1))
    for row in 0..<height {
      rows.append(0)
      rows += rgb[3 * width * row..<3 * width * (row + 1)]
    }
    let colourOf8Bits: [UInt8] = [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + colourOf8Bits)
      + chunk("IDAT", Zlib.compress(rows)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(name.utf8) + data
    let checksum = content.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
    return bigEndian(data.count) + content + bigEndian(Int(checksum))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
