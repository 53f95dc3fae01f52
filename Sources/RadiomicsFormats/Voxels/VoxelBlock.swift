import RadiomicsImaging

/// A run of bytes in a file, or in memory once decompressed.
struct VoxelPiece {
  /// The file.
  let path: String
  /// Where the bytes start.
  let start: Int
  /// The data, if it is in memory.
  let data: [UInt8]?

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
    self.data = nil
  }

  /// `count` bytes of decompressed data.
  init(path: String, data: [UInt8], start: Int, count: Int) throws(FormatError) {
    guard start >= 0, start <= data.count, count <= data.count - start else {
      throw FormatError(
        path,
        "the voxels need \(count) bytes from byte \(start) on, the decompressed data has \(data.count). "
          + "It is cut short, or its header is wrong.")
    }
    self.path = path
    self.start = start
    self.data = data
  }

  fileprivate func copy(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
    guard let data else { return try InputFile(path).read(at: start + offset, into: buffer) }
    data.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[(start + offset)...].prefix(buffer.count)))
    }
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
    return loaded
  }

  /// Samples that follow each other in the file, which may reach over several pieces.
  private func run<Sample: BitwiseCopyable>(at start: Int, count: Int) throws(FormatError) -> [Sample] {
    try filled(count) { (buffer) throws(FormatError) in
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
