import RadiomicsImaging

/// The sample types that can be read.
enum SampleType: String, CaseIterable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double

  /// Bytes in a sample.
  var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    }
  }
}

extension Scan.Samples {
  var type: SampleType {
    switch self {
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    case .float: .float
    case .double: .double
    }
  }

  /// The samples' memory, in this machine's byte order.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .int8(let values): values.withUnsafeBytes(body)
    case .uint8(let values): values.withUnsafeBytes(body)
    case .int16(let values): values.withUnsafeBytes(body)
    case .uint16(let values): values.withUnsafeBytes(body)
    case .int32(let values): values.withUnsafeBytes(body)
    case .uint32(let values): values.withUnsafeBytes(body)
    case .int64(let values): values.withUnsafeBytes(body)
    case .uint64(let values): values.withUnsafeBytes(body)
    case .float(let values): values.withUnsafeBytes(body)
    case .double(let values): values.withUnsafeBytes(body)
    }
  }
}

/// Whether this machine stores the least significant byte first.
var isLittleEndian: Bool { UInt16(1).littleEndian == 1 }

/// Reverses the bytes of every sample of `size` bytes.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
  func swap<Word: FixedWidthInteger>(_: Word.Type) {
    let words = bytes.bindMemory(to: Word.self)
    for index in words.indices { words[index] = words[index].byteSwapped }
  }
  switch size {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  case 8: swap(UInt64.self)
  default: break
  }
}
