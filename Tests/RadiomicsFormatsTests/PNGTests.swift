import RadiomicsFormats
import RadiomicsTestSupport
import Testing

@Suite struct PNGTests {
  /// Signature, chunk lengths and fields by the PNG specification; the checksum of IEND is the one every PNG file has.
  @Test func hasTheLayoutOfTheSpecification() throws {
    let rgb = (0..<18).map { UInt8($0 * 13) }
    let file = PNG.encode(width: 3, height: 2, rgb: rgb)
    #expect(file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(file[8..<29]) == [0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    #expect(file.suffix(12) == [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82])
    let count = Int(file[36]), data = Array(file[41..<41 + count])
    #expect(Array(file[37..<41]) == Array("IDAT".utf8) && file.count == 41 + count + 4 + 12)
    let folder = try TemporaryFolder()
    let rows = try CompressedData(folder.write(data, to: "rows.zlib")).prefix(100)
    let expected: [UInt8] = [0] + rgb[..<9] + [0] + rgb[9...]
    #expect(rows == expected)
  }
}
