import RadiomicsImaging

/// MetaImage (https://itk.org/Wiki/ITK/MetaIO/Documentation): `.mha` with its voxels inside, `.mhd` with them in other
/// files. Coordinates are LPS, as ITK takes them; `AnatomicalOrientation` is informative.
public enum MetaImage: ImageFormat {
  /// The format's name.
  public static let name = "MetaImage"
  /// The endings of its files.
  public static let suffixes = [".mha", ".mhd"]

  /// Whether the bytes begin with a line that only a MetaImage header has.
  public static func recognises(_ start: [UInt8]) -> Bool {
    let lines = withoutByteOrderMark(start).split(separator: UInt8(ascii: "\n")).prefix(8)
    return lines.contains { line in
      guard let (key, _) = MetaImageHeader.entry(String(decoding: line, as: UTF8.self)) else { return false }
      return key == "ObjectType" || key == "NDims"
    }
  }

  /// The image in a MetaImage file. A fourth dimension and channels number the volumes, channels the fastest.
  /// - Throws: `FormatError` if the file is damaged, sheared or of a type that is not read.
  public static func read(path: String, options: ReadingOptions) throws(FormatError) -> StoredImage {
    let header = try MetaImageHeader(try InputFile(path))
    let count = header.storage.volumeCount
    let block = VoxelBlock(
      type: header.type, isSwapped: header.isSwapped, axes: header.storage, pieces: try header.pieces())
    let volumes = try options.volume.indices(of: count, path: path)
    let scans = try block.samples(of: volumes).map { Scan(geometry: header.geometry, samples: $0) }
    return StoredImage(
      volumes: scans, volumeCount: count, findings: header.findings, files: [path] + block.pieces.map(\.path))
  }
}

extension MetaImageHeader {
  /// The voxels, file by file.
  fileprivate func pieces() throws(FormatError) -> [VoxelPiece] {
    let files = try files()
    guard storage.count % files.count == 0 else {
      throw FormatError(path, "\(storage.count) samples cannot be shared equally by \(files.count) data files.")
    }
    var pieces: [VoxelPiece] = []
    for file in files { pieces.append(try piece(file, count: storage.count * type.size / files.count)) }
    return pieces
  }

  /// The files that hold the voxels: the header's own, one, a list, or numbered ones.
  private func files() throws(FormatError) -> [String] {
    if ["LOCAL", "Local", "local"].contains(dataFile) { return [path] }
    if Self.isList(dataFile) {
      guard !dataFiles.isEmpty else { throw FormatError(path, "the list of data files is empty.") }
      return dataFiles.map { Path.located($0, besides: path) }
    }
    let parts = words(dataFile)
    guard let pattern = parts.first, pattern.contains("%"), (3...4).contains(parts.count) else {
      return [Path.located(dataFile, besides: path)]
    }
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard numbers.count == parts.count - 1,
      let names = numberedNames(
        pattern, from: numbers[0], to: numbers[1], step: numbers.count > 2 ? numbers[2] : 1, most: storage.count)
    else {
      throw FormatError(
        path,
        "'ElementDataFile' is '\(dataFile)', must be a name such as 'slice%03d.raw' with first number, last number "
          + "and step of no more files than samples.")
    }
    return names.map { Path.located($0, besides: path) }
  }

  private func piece(_ file: String, count: Int) throws(FormatError) -> VoxelPiece {
    let input = try InputFile(file)
    var start = skip > 0 ? skip : file == path ? byteCount : 0
    if skip == -1 {
      guard !isCompressed, !isText else {
        throw FormatError(path, "'HeaderSize' is -1 and the voxels are compressed or text, it must be at least 0.")
      }
      start = input.size - count
      guard start >= (file == path ? byteCount : 0) else {
        throw FormatError(
          file, "the voxels need \(count) bytes, the file has fewer. It is cut short, or its header is wrong.")
      }
    }
    guard isCompressed || isText else { return try VoxelPiece(path: file, start: start, count: count) }
    guard isText else { return try VoxelPiece(CompressedData(file, from: start), start: 0, count: count) }
    let stored = try input.bytes(at: min(start, input.size), atMost: input.size)
    let data = try bytes(ofNumbers: stored, type: type, count: count / type.size, path: file)
    return try VoxelPiece(path: file, data: data, start: 0, count: count)
  }
}
