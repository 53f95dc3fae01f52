import RadiomicsFormats

/// How a file stores its pixels.
struct PixelLayout: Sendable, Equatable {
  let rows, columns, samples: Int
  let bitsAllocated, bitsStored, highBit: Int
  let isSigned: Bool
  let isFloat: Bool

  /// - Throws: `FormatError` where an attribute is missing or they contradict each other.
  init(_ header: Header) throws(FormatError) {
    let data = header.dataSet, path = header.path
    func number(_ tag: Tag, _ name: String) throws(FormatError) -> Int {
      guard let value = data.integer(tag) else { throw FormatError(path, "\(name) is missing.") }
      return value
    }
    rows = try number(.rows, "Rows")
    columns = try number(.columns, "Columns")
    samples = data.integer(.samplesPerPixel) ?? 1
    bitsAllocated = try number(.bitsAllocated, "Bits Allocated")
    isFloat = header.pixelTag != .pixelData
    bitsStored = isFloat ? bitsAllocated : data.integer(.bitsStored) ?? bitsAllocated
    highBit = isFloat ? bitsAllocated - 1 : data.integer(.highBit) ?? bitsStored - 1
    isSigned = !isFloat && data.integer(.pixelRepresentation) == 1
    guard rows > 0, columns > 0, rows <= 65535, columns <= 65535 else {
      throw FormatError(path, "Rows and Columns are \(rows) and \(columns), must be above 0.")
    }
    guard samples == 1 || samples == 3 else {
      throw FormatError(path, "Samples per Pixel is \(samples), must be 1 (grey) or 3 (colour).")
    }
    let colours = data.text(.photometricInterpretation) ?? "MONOCHROME2"
    guard samples == 3 || colours.hasPrefix("MONOCHROME") else {
      throw FormatError(path, "its pixels are colours of a table (\(colours)), not intensities. Choose a grey image.")
    }
    guard samples == 1 || bitsAllocated <= 16 else {
      throw FormatError(path, "Bits Allocated of colours is \(bitsAllocated), must be 8 or 16.")
    }
    let possible = isFloat ? [32, 64] : [8, 16, 32]
    guard possible.contains(bitsAllocated) else {
      throw FormatError(
        path, "Bits Allocated is \(bitsAllocated), must be \(possible.map(String.init).joined(separator: " or ")).")
    }
    guard bitsStored > 0, bitsStored <= bitsAllocated, highBit >= bitsStored - 1, highBit < bitsAllocated else {
      throw FormatError(
        path, "Bits Stored \(bitsStored) and High Bit \(highBit) do not fit into \(bitsAllocated) Bits Allocated.")
    }
  }

  /// Bytes of a decoded frame.
  var frameSize: Int { rows * columns * samples * bitsAllocated / 8 }

  /// Refuses pixels that the file cannot hold.
  func check(_ header: Header, fileSize: Int) throws(FormatError) {
    let needed = frameSize.multipliedReportingOverflow(by: header.frameCount)
    if header.transferSyntax.isEncapsulated {
      // No code in clinical use shrinks real pixels so far; what claims to is damaged.
      let isBelievable = !needed.overflow && needed.partialValue <= max(1 << 26, 1000 * fileSize)
      guard isBelievable else {
        throw FormatError(
          header.path,
          "it says \(header.frameCount) frames of \(columns) x \(rows) pixels, which its \(fileSize) bytes cannot "
            + "hold. Copy it again.")
      }
    } else {
      let there = header.pixelTag.flatMap { header.dataSet.pixelByteCount($0) } ?? 0
      guard !needed.overflow, there >= needed.partialValue else {
        throw FormatError(
          header.path,
          "its pixels need \(needed.partialValue) bytes (\(columns) x \(rows), \(header.frameCount) frames), there "
            + "are \(there). It is cut short, or its header is wrong.")
      }
    }
  }

  /// Puts the stored bits of samples in place: others, such as overlays in the upper bits, are cleared, the sign extended.
  func normalise(_ bytes: UnsafeMutableRawBufferPointer) {
    guard bitsStored < bitsAllocated, !isFloat else { return }
    switch bitsAllocated {
    case 8: shift(bytes.bindMemory(to: UInt8.self), Int8.self)
    case 16: shift(bytes.bindMemory(to: UInt16.self), Int16.self)
    default: shift(bytes.bindMemory(to: UInt32.self), Int32.self)
    }
  }

  @inline(__always)
  private func shift<Word: FixedWidthInteger & UnsignedInteger, Signed: FixedWidthInteger & SignedInteger>(
    _ words: UnsafeMutableBufferPointer<Word>, _: Signed.Type
  ) {
    let up = Word(bitsAllocated - 1 - highBit), down = Word(bitsAllocated - bitsStored)
    if isSigned {
      let down = Signed(down)
      for index in words.indices {
        words[index] = Word(truncatingIfNeeded: Signed(truncatingIfNeeded: words[index] &<< up) &>> down)
      }
    } else {
      for index in words.indices { words[index] = (words[index] &<< up) &>> down }
    }
  }
}

extension DataSet {
  /// Bytes of pixels in the file.
  fileprivate func pixelByteCount(_ tag: Tag) -> Int? {
    switch elements[tag]?.value {
    case .large(let count)?: count
    case .numbers(let numbers)?: numbers.count * (tag == .doubleFloatPixelData ? 8 : 4)
    case .bytes(let bytes)?: bytes.count
    default: nil
    }
  }
}
