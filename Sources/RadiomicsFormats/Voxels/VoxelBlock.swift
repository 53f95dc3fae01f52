import RadiomicsImaging

/// A run of bytes in a file, as they are or compressed, or in memory.
struct VoxelPiece {
  /// The file.
  let path: String
  /// Where the bytes start.
  let start: Int
  private let source: Source

  private enum Source { case file, memory([UInt8]), compressed(CompressedData) }

  /// `count` bytes of a file as they are.
  init(path: String, start: Int, count: Int) throws(FormatError) {
    let size = try InputFile(path).size
    guard start >= 0, start <= size, count <= size - start else {
      throw FormatError(
        path,
        "the voxels need \(count) bytes from byte \(start) on, the file has \(size). "
          + "It is cut short, or its header is wrong.")
    }
    self.path = path
    self.start = start
    self.source = .file
  }

  /// `count` bytes of data that is compressed in a file.
  init(_ data: CompressedData, start: Int, count: Int) throws(FormatError) {
    try data.require(count, from: start)
    self.path = data.path
    self.start = start
    self.source = .compressed(data)
  }

  /// `count` bytes of data in memory.
  init(path: String, data: [UInt8], start: Int, count: Int) throws(FormatError) {
    guard start >= 0, start <= data.count, count <= data.count - start else {
      throw FormatError(
        path,
        "the voxels need \(count) bytes from byte \(start) on, there are \(data.count). "
          + "It is cut short, or its header is wrong.")
    }
    self.path = path
    self.start = start
    self.source = .memory(data)
  }

  fileprivate func copy(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
    switch source {
    case .file: try InputFile(path).read(at: start + offset, into: buffer)
    case .compressed(let data): try data.read(from: start + offset, into: buffer)
    case .memory(let data):
      data.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[(start + offset)...].prefix(buffer.count)))
      }
    }
  }

  /// All `count` samples where they can be had without a copy; else nil.
  fileprivate func samples<Sample: BitwiseCopyable>(_ count: Int) throws(FormatError) -> [Sample]? {
    guard case .compressed(let data) = source else { return nil }
    return try data.samples(count, from: start)
  }

  /// Compares the checksums of compressed data that was read in part.
  fileprivate func finish() throws(FormatError) {
    if case .compressed(let data) = source { try data.finish() }
  }
}

/// The voxels of all volumes of a file.
struct VoxelBlock {
  let type: SampleType
  /// Whether the byte order is not this machine's.
  let isSwapped: Bool
  let axes: StorageAxes
  /// The data, in pieces of `pieceSize` bytes.
  let pieces: [VoxelPiece]
  let pieceSize: Int

  init(type: SampleType, isSwapped: Bool, axes: StorageAxes, pieces: [VoxelPiece]) {
    precondition(axes.count * type.size % pieces.count == 0, "pieces of equal size")
    self.type = type
    self.isSwapped = isSwapped
    self.axes = axes
    self.pieces = pieces
    pieceSize = axes.count * type.size / pieces.count
  }

  /// The samples of volumes, each x fastest.
  func samples(of volumes: [Int]) throws(FormatError) -> [Scan.Samples] {
    switch type {
    case .int8: try load(volumes).map(Scan.Samples.int8)
    case .uint8: try load(volumes).map(Scan.Samples.uint8)
    case .int16: try load(volumes).map(Scan.Samples.int16)
    case .uint16: try load(volumes).map(Scan.Samples.uint16)
    case .int32: try load(volumes).map(Scan.Samples.int32)
    case .uint32: try load(volumes).map(Scan.Samples.uint32)
    case .int64: try load(volumes).map(Scan.Samples.int64)
    case .uint64: try load(volumes).map(Scan.Samples.uint64)
    case .float: try load(volumes).map(Scan.Samples.float)
    case .double: try load(volumes).map(Scan.Samples.double)
    }
  }

  private func load<Sample: BitwiseCopyable>(_ volumes: [Int]) throws(FormatError) -> [[Sample]] {
    var loaded: [[Sample]] = []
    if axes.isContiguous {
      for volume in volumes { loaded.append(try run(at: axes.offset(ofVolume: volume), count: axes.volumeSize)) }
    } else {
      let all: [Sample] = try run(at: 0, count: axes.count)
      for volume in volumes { loaded.append(gathered(all, axes.offset(ofVolume: volume), axes.size, axes.strides)) }
    }
    for piece in pieces { try piece.finish() }
    return loaded
  }

  /// Samples that follow each other in the file, which may reach over several pieces.
  private func run<Sample: BitwiseCopyable>(at start: Int, count: Int) throws(FormatError) -> [Sample] {
    if pieces.count == 1, count == axes.count, var samples: [Sample] = try pieces[0].samples(count) {
      if isSwapped { samples.withUnsafeMutableBytes { swapBytes($0, size: type.size) } }
      return samples
    }
    return try filled(count) { (buffer) throws(FormatError) in
      var position = start * type.size, done = 0
      while done < buffer.count {
        let piece = position / pieceSize, offset = position % pieceSize
        let part = min(pieceSize - offset, buffer.count - done)
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + part])
        try pieces[piece].copy(at: offset, into: target)
        position += part
        done += part
      }
      if isSwapped { swapBytes(buffer, size: type.size) }
    }
  }
}

/// Samples picked out of `all` along three strides, x fastest.
private func gathered<Sample: BitwiseCopyable>(
  _ all: [Sample], _ offset: Int, _ size: SIMD3<Int>, _ strides: SIMD3<Int>
) -> [Sample] {
  [Sample](unsafeUninitializedCapacity: size.x * size.y * size.z) { buffer, count in
    all.withUnsafeBufferPointer { all in
      for z in 0..<size.z {
        for y in 0..<size.y {
          let row = offset + y * strides.y + z * strides.z
          for x in 0..<size.x {
            buffer.initializeElement(at: count, to: all[row + x * strides.x])
            count += 1
          }
        }
      }
    }
  }
}
