import Foundation
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

extension TemporaryFolder {
  /// The path of a file in the folder.
  func callAsFunction(_ name: String) -> String { path(name) }

  /// Stores a file and returns its path.
  func put(_ name: String, _ bytes: [UInt8]) throws -> String {
    try write(bytes, to: name)
  }

  /// Reads an image that is stored under `name` for the occasion.
  func image(_ name: String, _ bytes: [UInt8], _ options: ReadingOptions = ReadingOptions()) throws -> StoredImage {
    try ImageFormats.read(path: try put(name, bytes), options: options)
  }

  /// The message of the error that reading throws.
  func refusal(_ name: String, _ bytes: [UInt8], _ options: ReadingOptions = ReadingOptions()) throws -> String {
    let path = try put(name, bytes)
    let error = #expect(throws: FormatError.self) { try ImageFormats.read(path: path, options: options) }
    #expect(error?.description.hasPrefix(url.path) == true, "the error names the file")
    return error.map { String($0.description.dropFirst("\($0.path): ".count)) } ?? ""
  }
}

/// The bytes of numbers, most significant first or last.
func bytes<Word: FixedWidthInteger>(_ words: [Word], bigEndian: Bool = false) -> [UInt8] {
  words.flatMap { word in withUnsafeBytes(of: bigEndian ? word.bigEndian : word.littleEndian) { Array($0) } }
}

/// The bytes of numbers, most significant first or last.
func bytes(_ numbers: [Float], bigEndian: Bool = false) -> [UInt8] {
  bytes(numbers.map(\.bitPattern), bigEndian: bigEndian)
}

/// The bytes of numbers, most significant first or last.
func bytes(_ numbers: [Double], bigEndian: Bool = false) -> [UInt8] {
  bytes(numbers.map(\.bitPattern), bigEndian: bigEndian)
}

/// 60 samples of each type for a grid of 5 × 4 × 3, with the type's extremes.
let samplesOfEveryType: [Scan.Samples] = [
  .int8((0..<60).map { Int8($0 * 4 - 128) }), .uint8((0..<60).map { UInt8($0 * 4) + 3 }),
  .int16((0..<60).map { Int16($0 * 1000 - 32768) }), .uint16((0..<60).map { 65535 - UInt16($0 * 1000) }),
  .int32((0..<60).map { Int32(Int64(Int32.max) - 70_000_000 * Int64($0)) }),
  .uint32((0..<60).map { UInt32.max - UInt32($0) * 999 }),
  .int64((0..<60).map { Int64.min + Int64($0) << 54 + 7 }), .uint64((0..<60).map { UInt64.max - UInt64($0) << 50 }),
  .float((0..<60).map { Float($0) / 7 - 3 }), .double((0..<60).map { Double($0) / 7 - 3 }),
]

/// The samples' bytes.
func bytes(_ samples: Scan.Samples, bigEndian: Bool) -> [UInt8] {
  switch samples {
  case .int8(let values): bytes(values, bigEndian: bigEndian)
  case .uint8(let values): bytes(values, bigEndian: bigEndian)
  case .int16(let values): bytes(values, bigEndian: bigEndian)
  case .uint16(let values): bytes(values, bigEndian: bigEndian)
  case .int32(let values): bytes(values, bigEndian: bigEndian)
  case .uint32(let values): bytes(values, bigEndian: bigEndian)
  case .int64(let values): bytes(values, bigEndian: bigEndian)
  case .uint64(let values): bytes(values, bigEndian: bigEndian)
  case .float(let values): bytes(values, bigEndian: bigEndian)
  case .double(let values): bytes(values, bigEndian: bigEndian)
  }
}

/// Expects a grid's numbers; `axes` are the direction's columns.
func expectGeometry(
  _ geometry: Geometry, spacing: SIMD3<Double>, origin: SIMD3<Double>, axes: [SIMD3<Double>],
  absolute: Double = 1e-12, at location: SourceLocation = #_sourceLocation
) {
  for axis in 0..<3 {
    expectClose(geometry.spacing[axis], spacing[axis], absolute: absolute, "spacing \(axis)", at: location)
    expectClose(geometry.origin[axis], origin[axis], absolute: absolute, "origin \(axis)", at: location)
    for row in 0..<3 {
      expectClose(
        geometry.direction[axis][row], axes[axis][row], absolute: absolute, "direction \(axis) \(row)", at: location)
    }
  }
}
