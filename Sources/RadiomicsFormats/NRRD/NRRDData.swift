/// Where and how the voxels of an NRRD file are stored.
struct NRRDData {
  let block: VoxelBlock

  private enum Encoding { case raw, gzip, text, hexadecimal }

  init(_ header: NRRDHeader, type: SampleType, axes: StorageAxes) throws(FormatError) {
    let encoding = try Self.encoding(header)
    let isSwapped = try Self.isSwapped(header, type, encoding)
    let files = try Self.files(header, most: axes.count)
    let total = axes.count * type.size
    guard axes.count % files.count == 0 else {
      throw FormatError(header.path, "\(axes.count) samples cannot be shared equally by \(files.count) data files.")
    }
    let lineSkip = try header.integer("line skip", default: 0)
    let byteSkip = try header.integer("byte skip", default: 0)
    guard lineSkip >= 0 else { throw FormatError(header.path, "'line skip' is \(lineSkip), must be at least 0.") }
    var pieces: [VoxelPiece] = []
    for file in files {
      let start = try Self.skipped(lines: lineSkip, in: file, from: file == header.path ? header.byteCount : 0)
      pieces.append(
        try Self.piece(file, start, byteSkip, encoding, type: type, count: total / files.count, header.path))
    }
    block = VoxelBlock(type: type, isSwapped: isSwapped, axes: axes, pieces: pieces)
  }

  private static func encoding(_ header: NRRDHeader) throws(FormatError) -> Encoding {
    let stated = try header.required("encoding").lowercased()
    switch stated {
    case "raw": return .raw
    case "gzip", "gz": return .gzip
    case "text", "txt", "ascii": return .text
    case "hex": return .hexadecimal
    default:
      throw FormatError(
        header.path, "'encoding' is '\(stated)', must be raw, gzip, ascii or hex. Convert it to one of these.")
    }
  }

  private static func isSwapped(
    _ header: NRRDHeader, _ type: SampleType, _ encoding: Encoding
  ) throws(FormatError) -> Bool {
    guard type.size > 1, encoding != .text else { return false }
    let stated = try header.required("endian").lowercased()
    guard stated == "little" || stated == "big" else {
      throw FormatError(header.path, "'endian' is '\(stated)', must be little or big.")
    }
    return (stated == "little") != isLittleEndian
  }

  /// The files that hold the voxels: the header's own, one, a list, or numbered ones.
  private static func files(_ header: NRRDHeader, most: Int) throws(FormatError) -> [String] {
    guard let stated = header.text("data file") else { return [header.path] }
    if stated == "LIST" || stated.hasPrefix("LIST ") {
      guard !header.dataFiles.isEmpty else { throw FormatError(header.path, "the list of data files is empty.") }
      return header.dataFiles.map { Path.located($0, besides: header.path) }
    }
    let parts = words(stated)
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard parts[0...].first?.contains("%") == true, numbers.count == parts.count - 1, (3...4).contains(numbers.count)
    else { return [Path.located(stated, besides: header.path)] }
    guard let names = numberedNames(parts[0], from: numbers[0], to: numbers[1], step: numbers[2], most: most) else {
      throw FormatError(
        header.path,
        "'data file' is '\(stated)', must be a name such as 'slice%03d.raw' with first number, last number "
          + "and step of no more files than samples.")
    }
    return names.map { Path.located($0, besides: header.path) }
  }

  /// Where the bytes start after `lines` lines.
  private static func skipped(lines: Int, in path: String, from start: Int) throws(FormatError) -> Int {
    guard lines > 0 else { return start }
    let bytes = try InputFile(path).bytes()
    var position = start
    for _ in 0..<lines {
      guard position < bytes.count, let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw FormatError(path, "it has fewer than the \(lines) lines to skip.")
      }
      position = end + 1
    }
    return position
  }

  /// The piece of a file. The bytes to skip are counted in the decompressed data; below 0 they are counted from its
  /// end, where -1 means that the voxels end with the file.
  private static func piece(
    _ path: String, _ start: Int, _ skip: Int, _ encoding: Encoding, type: SampleType, count: Int, _ header: String
  ) throws(FormatError) -> VoxelPiece {
    func place(_ end: Int) throws(FormatError) -> Int {
      let (position, overflow) =
        skip >= 0 ? start.addingReportingOverflow(skip) : (end - count).addingReportingOverflow(skip + 1)
      guard !overflow, position >= (encoding == .raw ? start : 0) else {
        throw FormatError(path, "'byte skip' is \(skip), which does not fit the \(end) bytes that there are.")
      }
      return position
    }
    let file = try InputFile(path)
    if encoding == .raw { return try VoxelPiece(path: path, start: try place(file.size), count: count) }
    switch encoding {
    case .gzip:
      let data = try CompressedData(path, from: start)
      return try VoxelPiece(data, start: skip < 0 ? try place(data.count()) : skip, count: count)
    default:
      let stored = try file.bytes(at: start, atMost: file.size)
      guard skip >= 0, skip <= stored.count else {
        throw FormatError(path, "'byte skip' is \(skip), must be 0 to \(stored.count).")
      }
      let text = Array(stored[skip...])
      let data =
        encoding == .text
        ? try bytes(ofNumbers: text, type: type, count: count / type.size, path: path)
        : try bytes(ofHexadecimal: text, count: count, path: path)
      return try VoxelPiece(path: path, data: data, start: 0, count: count)
    }
  }
}
