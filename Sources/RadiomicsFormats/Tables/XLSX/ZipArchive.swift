import CDeflate

/// The parts of a ZIP file (PKWARE's APPNOTE 6.3.10) as XLSX has them: stored or deflated, not encrypted, on one disk.
package struct ZipArchive {
  private struct Entry { let flags, method, checksum, stored, size, header: Int }
  private let bytes: [UInt8], path: String
  private var entries: [String: Entry] = [:]
  /// Bytes that may still be decompressed, so that a small file cannot fill the memory.
  private var allowance: Int

  package init(_ bytes: [UInt8], _ path: String) throws(FormatError) {
    (self.bytes, self.path, allowance) = (bytes, path, min(max(64 << 20, 100 * bytes.count), 4 << 30))
    let ends = bytes.indices.dropLast(21).suffix(1 << 16).filter { bytes[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
    let end = ends.last { $0 + 22 + Int(bytes[$0 + 20]) + Int(bytes[$0 + 21]) << 8 == bytes.count }
    guard let end else { throw damage("its end is missing") }
    let count = try number(end + 10, 2)
    var place = try number(end + 16, 4)
    guard count < 0xFFFF, place < 0xFFFF_FFFF else { throw damage("it is larger than a ZIP file of 4 GiB") }
    for _ in 0..<count {
      guard try number(place, 4) == 0x0201_4B50 else { throw damage("its list of parts is wrong") }
      let name = try number(place + 28, 2), extra = try number(place + 30, 2), comment = try number(place + 32, 2)
      let next = place + 46 + name + extra + comment
      guard next <= end else { throw damage("its list of parts is cut short") }
      var (size, stored, header) = (try number(place + 24, 4), try number(place + 20, 4), try number(place + 42, 4))
      try readLongNumbers(&size, &stored, &header, in: place + 46 + name..<place + 46 + name + extra)
      let entry = Entry(
        flags: try number(place + 8, 2), method: try number(place + 10, 2), checksum: try number(place + 16, 4),
        stored: stored, size: size, header: header)
      let key = String(decoding: bytes[place + 46..<place + 46 + name], as: UTF8.self).lowercased()
      guard entries.updateValue(entry, forKey: key) == nil else { throw damage("it has '\(key)' twice") }
      place = next
    }
  }

  /// A part decompressed, its checksum compared; names differ by more than the case of letters. Nil if there is none.
  package mutating func part(_ name: String) throws(FormatError) -> [UInt8]? {
    guard let entry = entries[name.lowercased()] else { return nil }
    guard entry.flags & 1 == 0, entry.method == 0 || entry.method == 8 else {
      throw damage("'\(name)' is encrypted or compressed in another way than DEFLATE")
    }
    guard try number(entry.header, 4) == 0x0403_4B50 else { throw damage("'\(name)' is not where the list says") }
    let start = entry.header + 30 + (try number(entry.header + 26, 2)) + (try number(entry.header + 28, 2))
    let fits = start <= bytes.count && entry.stored <= bytes.count - start
    guard fits, entry.method == 8 || entry.size == entry.stored else { throw damage("'\(name)' is cut short") }
    allowance -= min(entry.size, allowance + 1)
    guard allowance >= 0 else {
      throw FormatError(
        path, "'\(name)' would have \(entry.size) bytes, far more than its size allows. Save it as CSV.")
    }
    let decompressor = libdeflate_alloc_decompressor(), stored = bytes[start..<start + entry.stored]
    defer { libdeflate_free_decompressor(decompressor) }
    let data: [UInt8] =
      entry.method == 0
      ? Array(stored)
      : try filled(entry.size) { (room) throws(FormatError) in
        let state = stored.withUnsafeBytes {
          libdeflate_deflate_decompress(decompressor, $0.baseAddress, $0.count, room.baseAddress, room.count, nil)
        }
        guard state == LIBDEFLATE_SUCCESS else { throw damage("'\(name)' cannot be decompressed") }
      }
    guard libdeflate_crc32(0, data, data.count) == entry.checksum else {
      throw damage("the CRC 32 of '\(name)' is wrong")
    }
    return data
  }

  /// Those of the three numbers that have no room in 4 bytes stand in an extra field (ZIP64).
  private func readLongNumbers(_ size: inout Int, _ stored: inout Int, _ header: inout Int, in extra: Range<Int>)
    throws(FormatError)
  {
    var place = extra.lowerBound
    while place + 4 <= extra.upperBound, try number(place, 2) != 1 { place += 4 + (try number(place + 2, 2)) }
    place += 4
    func long(_ value: Int) throws(FormatError) -> Int {
      guard value == 0xFFFF_FFFF else { return value }
      guard place + 8 <= extra.upperBound, bytes[place + 7] < 64 else { throw damage("the size of a part is missing") }
      place += 8
      return try number(place - 8, 8)
    }
    (size, stored, header) = (try long(size), try long(stored), try long(header))
  }

  /// The number of `width` bytes at `place`, the least significant first.
  private func number(_ place: Int, _ width: Int) throws(FormatError) -> Int {
    guard place >= 0, place <= bytes.count - width else { throw damage("it is cut short") }
    return bytes[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func damage(_ what: String) -> FormatError {
    FormatError(path, "the workbook (a ZIP file) is damaged: \(what). Copy it again, or save the table as CSV.")
  }

  /// A ZIP file of these parts, deflated, made on 1 January 1980: the first day of ZIP files.
  package static func bytes(_ parts: [(name: String, data: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = [], list: [UInt8] = []
    for (name, data) in parts {
      let stored = deflated(data, libdeflate_deflate_compress_bound, libdeflate_deflate_compress)
      let facts = [
        (20, 2), (0, 2), (8, 2), (0x21_0000, 4), (Int(libdeflate_crc32(0, data, data.count)), 4), (stored.count, 4),
        (data.count, 4), (name.utf8.count, 2),
      ]
      list += littleEndian([(0x0201_4B50, 4), (20, 2)] + facts + [(0, 6), (0, 6), (file.count, 4)]) + name.utf8
      file += littleEndian([(0x0403_4B50, 4)] + facts + [(0, 2)]) + name.utf8 + stored
    }
    let facts = [(parts.count, 2), (parts.count, 2), (list.count, 4), (file.count, 4)]
    return file + list + littleEndian([(0x0605_4B50, 4), (0, 4)] + facts + [(0, 2)])
  }

  /// Numbers of these widths, the least significant byte first.
  private static func littleEndian(_ numbers: [(value: Int, width: Int)]) -> [UInt8] {
    numbers.flatMap { number in (0..<number.width).map { UInt8(truncatingIfNeeded: number.value >> (8 * $0)) } }
  }
}
