import CDICOM
import RadiomicsCore
import RadiomicsFormats

/// A DICOM file that was opened: its data set without large values, which are read when asked for.
package final class DICOMFile {
  let path: String
  package let dataSet: DataSet
  let transferSyntax: TransferSyntax
  /// What is odd about the file.
  let findings: [Finding]

  private let functions: CDICOMFunctions
  private let handle: OpaquePointer

  /// Binary values of more bytes are read only when asked for.
  private static let largeValue: UInt32 = 1 << 16

  /// - Throws: `FormatError` if it is not DICOM, or damaged so that nothing of it can be trusted.
  package init(_ path: String) throws(FormatError) {
    guard try WholeFile.size(of: path) > 0 else {
      throw FormatError(path, "the file is empty, must be DICOM. Copy it again.")
    }
    functions = try DICOMLibrary.functions(for: path)
    var facts = CDICOMFileFacts(), error = CDICOMError()
    guard let handle = functions.open(path, Self.largeValue, &facts, &error) else {
      throw FormatError(path, "it cannot be read as DICOM: \(error.sentence). Copy it again.")
    }
    self.handle = handle
    self.path = path
    var count = 0
    let records = functions.records(handle, &count)
    dataSet = DataSet(records: UnsafeRawBufferPointer(start: records, count: count))
    transferSyntax = TransferSyntax(uid: withUnsafeBytes(of: facts.transferSyntax) { String(zeroEnded: $0) })
    var findings: [Finding] = []
    if facts.hasMetaHeader == 0, !dataSet.has(.sopClassUID) {
      self.findings = []
      throw FormatError(
        path, "it is not DICOM: it has neither a meta header nor a SOP class. Check that it was copied whole.")
    }
    if facts.hasMetaHeader == 0 {
      findings.append(
        Finding(.warning, path, "it has no meta header; it was read as \(transferSyntax.name), as its bytes suggest."))
    }
    if facts.charactersUnknown != 0 {
      findings.append(Finding(.warning, path, "its character set cannot be converted; names may be misspelt."))
    }
    self.findings = findings
  }

  deinit { functions.close(handle) }

  /// Decodes a frame, counted from 0, into memory of exactly its size; samples in this machine's byte order.
  package func decode(frame: Int, into target: UnsafeMutableRawBufferPointer) throws(FormatError) {
    var facts = CDICOMFrameFacts(), error = CDICOMError()
    guard functions.frame(handle, UInt32(frame), target.baseAddress, target.count, &facts, &error) == 0 else {
      throw FormatError(path, "its pixels cannot be decoded: \(error.sentence). Copy the file again.")
    }
  }

  /// The bytes of a large value at the top, such as packed pixels, in this machine's byte order.
  func bytes(of tag: Tag) throws(FormatError) -> [UInt8] {
    guard let count = dataSet.largeByteCount(tag) else {
      if case .bytes(let bytes)? = dataSet.elements[tag]?.value { return bytes }
      throw FormatError(path, "it has no pixels.")
    }
    var error = CDICOMError(), code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      code = functions.large(handle, tag.group, tag.element, buffer.baseAddress, count, &error)
      filled = code == 0 ? count : 0
    }
    guard code == 0 else { throw FormatError(path, "\(error.sentence).") }
    return bytes
  }
}

/// How a file's data set is written.
struct TransferSyntax: Sendable, Equatable {
  let uid: String

  /// Whether pixels are compressed.
  var isEncapsulated: Bool { uid.hasPrefix("1.2.840.10008.1.2.4") || uid == "1.2.840.10008.1.2.5" }

  /// Whether pixels may have lost information by compression.
  var isLossy: Bool {
    ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"]
      .contains(uid)
  }

  /// In words.
  var name: String {
    switch uid {
    case "1.2.840.10008.1.2": "implicit little endian"
    case "1.2.840.10008.1.2.1": "explicit little endian"
    case "1.2.840.10008.1.2.1.99": "deflated explicit little endian"
    case "1.2.840.10008.1.2.2": "explicit big endian"
    case "1.2.840.10008.1.2.4.50": "JPEG baseline"
    case "1.2.840.10008.1.2.4.51": "JPEG extended"
    case "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70": "JPEG lossless"
    case "1.2.840.10008.1.2.4.80": "JPEG-LS lossless"
    case "1.2.840.10008.1.2.4.81": "JPEG-LS near lossless"
    case "1.2.840.10008.1.2.4.90": "JPEG 2000 lossless"
    case "1.2.840.10008.1.2.4.91": "JPEG 2000"
    case "1.2.840.10008.1.2.5": "RLE"
    default: uid
    }
  }
}

extension String {
  fileprivate init(zeroEnded bytes: UnsafeRawBufferPointer) {
    self = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
