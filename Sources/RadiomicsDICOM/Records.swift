import CDICOM

extension DataSet {
  /// Reads the records of a file.
  init(records: UnsafeRawBufferPointer) {
    var reader = RecordReader(bytes: records)
    self = reader.dataSet()
  }

  /// The records of which a file is made, in order of tags.
  var records: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }
}

private struct RecordReader {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func next() -> CDICOMRecord? {
    guard bytes.count - position >= MemoryLayout<CDICOMRecord>.size else { return nil }
    let record = bytes.loadUnaligned(fromByteOffset: position, as: CDICOMRecord.self)
    position += MemoryLayout<CDICOMRecord>.size
    return record
  }

  /// Elements up to the end of the item or of the records.
  mutating func dataSet() -> DataSet {
    var set = DataSet()
    while let record = next() {
      let tag = Tag(record.group, record.element), kind = Int(record.kind)
      let vr = VR(UInt8(bitPattern: record.vr.0), UInt8(bitPattern: record.vr.1))
      switch kind {
      case CDICOMItemEnd: return set
      case CDICOMSequence: set.elements[tag] = .init(vr: vr, value: .items(items()))
      case CDICOMLarge: set.elements[tag] = .init(vr: vr, value: .large(Int(record.length)))
      default:
        let value = UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(record.length)])
        position += value.count
        // Of private attributes only those of PET are read: GE's time of scan, Philips' factors.
        if tag.group % 2 == 0 || tag.group == 0x0009 || tag.group == 0x7053 {
          set.elements[tag] = .init(vr: vr, value: decoded(value, vr))
        }
      }
    }
    return set
  }

  private mutating func items() -> [DataSet] {
    var items: [DataSet] = []
    while let record = next(), Int(record.kind) == CDICOMItemStart { items.append(dataSet()) }
    return items
  }

  private func decoded(_ value: UnsafeRawBufferPointer, _ vr: VR) -> DataSet.Value {
    func numbers<Number: BitwiseCopyable>(_: Number.Type, _ convert: (Number) -> Double) -> DataSet.Value {
      let size = MemoryLayout<Number>.size
      return .numbers(
        (0..<value.count / size).map { convert(value.loadUnaligned(fromByteOffset: $0 * size, as: Number.self)) })
    }
    return switch vr.kind {
    case .text: .text(String(decoding: value, as: UTF8.self))
    case .uint16: numbers(UInt16.self) { Double($0) }
    case .int16: numbers(Int16.self) { Double($0) }
    case .uint32: numbers(UInt32.self) { Double($0) }
    case .int32: numbers(Int32.self) { Double($0) }
    case .uint64: numbers(UInt64.self) { Double($0) }
    case .int64: numbers(Int64.self) { Double($0) }
    case .float: numbers(Float.self) { Double($0) }
    case .double: numbers(Double.self) { $0 }
    case .bytes: .bytes(Array(value))
    }
  }
}

extension DataSet {
  private func append(to bytes: inout [UInt8]) {
    for (tag, element) in elements.sorted(by: { $0.key < $1.key }) {
      switch element.value {
      case .items(let items):
        appendRecord(tag, element.vr, CDICOMSequence, 0, &bytes)
        for item in items {
          appendRecord(Tag(0xFFFE, 0xE000), element.vr, CDICOMItemStart, 0, &bytes)
          item.append(to: &bytes)
          appendRecord(Tag(0xFFFE, 0xE00D), element.vr, CDICOMItemEnd, 0, &bytes)
        }
        appendRecord(Tag(0xFFFE, 0xE0DD), element.vr, CDICOMSequenceEnd, 0, &bytes)
      case .large: preconditionFailure("a value that was not read cannot be written")
      default:
        let value = element.encoded
        appendRecord(tag, element.vr, CDICOMValue, value.count, &bytes)
        bytes += value
      }
    }
  }

  private func appendRecord(_ tag: Tag, _ vr: VR, _ kind: Int, _ count: Int, _ bytes: inout [UInt8]) {
    let record = CDICOMRecord(
      group: tag.group, element: tag.element, vr: (CChar(bitPattern: vr.first), CChar(bitPattern: vr.second)),
      kind: UInt16(kind), length: UInt32(count))
    withUnsafeBytes(of: record) { bytes += $0 }
  }
}

extension DataSet.Element {
  fileprivate var encoded: [UInt8] {
    switch value {
    case .text(let text): return Array(text.utf8)
    case .bytes(let bytes): return bytes
    case .numbers(let numbers):
      func bytes<Number>(_ convert: (Double) -> Number) -> [UInt8] {
        numbers.map(convert).withUnsafeBytes { Array($0) }
      }
      return switch vr.kind {
      case .uint16: bytes { UInt16($0) }
      case .int16: bytes { Int16($0) }
      case .uint32: bytes { UInt32($0) }
      case .int32: bytes { Int32($0) }
      case .uint64: bytes { UInt64($0) }
      case .int64: bytes { Int64($0) }
      case .float: bytes { Float($0) }
      case .double: bytes { $0 }
      case .text, .bytes: preconditionFailure("numbers in a text")
      }
    case .items, .large: preconditionFailure("not a plain value")
    }
  }
}
