import Crypto
import RadiomicsFormats

/// What leaves the reader of things that identify a person.
public struct Privacy: Sendable {
  /// Names, IDs, birth dates and dates are handed on.
  let keepsIdentifiers: Bool
  /// UIDs and IDs are replaced by keyed hashes.
  private let key: SymmetricKey?

  /// Nothing that identifies leaves; UIDs stay as they are within DICOM objects and are not told elsewhere.
  public init() {
    keepsIdentifiers = false
    key = nil
  }

  /// - Parameters:
  ///   - keepsIdentifiers: Hand names, IDs and dates on.
  ///   - keyFile: A file of at least 16 secret bytes: UIDs and IDs become HMAC-SHA256 hashes, equal for equal ones.
  /// - Throws: `FormatError` if the file cannot be read or is too short.
  public init(keepsIdentifiers: Bool, keyFile: String?) throws(FormatError) {
    self.keepsIdentifiers = keepsIdentifiers
    guard let keyFile else {
      key = nil
      return
    }
    let bytes = try WholeFile.bytes(of: keyFile)
    guard bytes.count >= 16 else {
      throw FormatError(
        keyFile,
        "the key has \(bytes.count) bytes, must have at least 16. Make one: head -c 32 /dev/urandom > \(keyFile).")
    }
    key = SymmetricKey(data: bytes)
  }

  /// Whether UIDs may be told: as they are, or replaced.
  var tellsUIDs: Bool { keepsIdentifiers || key != nil }

  /// The UID as it leaves.
  func uid(_ uid: String) -> String {
    guard key != nil, !uid.isEmpty else { return uid }
    let hash = hash(uid)
    func word(_ start: Int) -> UInt64 { hash[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    return UID.uid(word(0), word(8))
  }

  /// A patient's ID as it leaves: as it is, as 16 hexadecimal digits, or not at all.
  func patientID(_ id: String?) -> String? {
    guard let id, !id.isEmpty else { return nil }
    if key != nil {
      return hash("patient " + id).prefix(8).map { byte in
        let digits = Array("0123456789abcdef")
        return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }.joined()
    }
    return keepsIdentifiers ? id : nil
  }

  private func hash(_ text: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key!))
  }
}
