/// The native bytes of `count` samples written as decimal numbers between white space or commas.
func bytes(ofNumbers text: [UInt8], type: SampleType, count: Int, path: String) throws(FormatError) -> [UInt8] {
  switch type {
  case .int8: try numbers(text, count, path) { Int8($0) }
  case .uint8: try numbers(text, count, path) { UInt8($0) }
  case .int16: try numbers(text, count, path) { Int16($0) }
  case .uint16: try numbers(text, count, path) { UInt16($0) }
  case .int32: try numbers(text, count, path) { Int32($0) }
  case .uint32: try numbers(text, count, path) { UInt32($0) }
  case .int64: try numbers(text, count, path) { Int64($0) }
  case .uint64: try numbers(text, count, path) { UInt64($0) }
  case .float: try numbers(text, count, path) { Float($0) }
  case .double: try numbers(text, count, path) { Double($0) }
  }
}

/// The bytes written as pairs of hexadecimal digits; white space between them is ignored.
func bytes(ofHexadecimal text: [UInt8], count: Int, path: String) throws(FormatError) -> [UInt8] {
  guard count <= text.count / 2 else {
    throw FormatError(path, "\(count) bytes need \(2 * count) hexadecimal digits, there are \(text.count) characters.")
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  var high: UInt8?
  for character in text where !isBlank(character) {
    guard bytes.count < count else { break }
    guard let digit = hexadecimalDigit(character) else {
      throw FormatError(path, "the voxels hold the byte \(character), must be hexadecimal digits.")
    }
    if let first = high {
      bytes.append(first << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  guard bytes.count == count else {
    throw FormatError(path, "the voxels end after \(bytes.count) bytes, \(count) are needed. The file is cut short.")
  }
  return bytes
}

private func numbers<Sample: BitwiseCopyable>(
  _ text: [UInt8], _ count: Int, _ path: String, _ convert: (String) -> Sample?
) throws(FormatError) -> [UInt8] {
  guard count <= (text.count + 1) / 2 else {
    throw FormatError(path, "\(count) numbers are needed, the text has only \(text.count) characters.")
  }
  let separated = text.split { isBlank($0) || $0 == UInt8(ascii: ",") }
  guard separated.count >= count else {
    throw FormatError(path, "it holds \(separated.count) numbers, \(count) are needed. The file is cut short.")
  }
  return try filled(count * MemoryLayout<Sample>.stride) { (buffer) throws(FormatError) in
    for (index, digits) in separated.prefix(count).enumerated() {
      let word = String(decoding: digits, as: UTF8.self)
      guard let number = convert(word) else {
        throw FormatError(path, "number \(index + 1) is '\(word.prefix(40))', must be a \(Sample.self).")
      }
      buffer.storeBytes(of: number, toByteOffset: index * MemoryLayout<Sample>.stride, as: Sample.self)
    }
  }
}

private func isBlank(_ character: UInt8) -> Bool { character == 32 || (9...13).contains(character) }

private func hexadecimalDigit(_ character: UInt8) -> UInt8? {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
  default: nil
  }
}
