import Crypto

/// Who vouches for a file: an Ed25519 signature (RFC 8032) of the file's content, under the key `seal` of its JSON. What is signed is the
/// content without its seal, in one line without spaces, so that another way of writing the same content breaks nothing and any other
/// change does.
package struct Seal: Sendable, Hashable, Codable {
  private static let algorithm = "Ed25519"
  private let algorithm: String
  /// The signer's public key, 32 bytes, and the signature, 64 bytes, both in Base64. A seal tells that whoever holds the private key signed
  /// just this content; whose key that is, only who knows the public key can tell.
  package let publicKey: String, signature: String

  private enum CodingKeys: String, CodingKey { case algorithm, publicKey = "public_key", signature }

  fileprivate init(publicKey: String, signature: String) {
    (algorithm, self.publicKey, self.signature) = (Self.algorithm, publicKey, signature)
  }

  /// Whether its key signed these bytes.
  package func isOf(_ bytes: [UInt8]) -> Bool {
    guard algorithm == Self.algorithm, let key = Base64.bytes(publicKey), let signature = Base64.bytes(signature),
      let known = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
    else { return false }
    return known.isValidSignature(signature, for: bytes)
  }
}

/// A private key that seals files; it is kept nowhere and written nowhere.
package struct SealingKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey
  /// Its public key, 32 bytes in Base64.
  package var publicKey: String { Base64.text([UInt8](key.publicKey.rawRepresentation)) }

  /// Reads a key: OpenSSL's PEM (PKCS #8, RFC 8410), as `openssl genpkey -algorithm ed25519` writes it, or the 32 bytes of a seed in Base64.
  /// - `file`: How errors call it.
  /// - Throws: `SettingError` for anything else.
  package init(_ text: String, file: String) throws(SettingError) {
    func refusal(_ fact: String) -> SettingError {
      SettingError(
        place: Place(file: file),
        message: "\(fact), must be an Ed25519 private key. Make one: openssl genpkey -algorithm ed25519 -out key.pem")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    guard let first = lines.first else { throw refusal("is empty") }
    if first.contains("ENCRYPTED") {
      throw SettingError(
        place: Place(file: file),
        message: "is a key under a password, must be without one. Take it off: openssl pkey -in key.pem -out plain.pem")
    }
    let isPEM = first.hasPrefix("-----BEGIN")
    guard !isPEM || first == "-----BEGINPRIVATEKEY-----" else {
      throw refusal(first.contains("PUBLIC") ? "is a public key" : "is a key of another kind")
    }
    let body = isPEM ? lines.dropFirst().prefix { !$0.hasPrefix("-----") } : lines[...]
    guard let bytes = Base64.bytes(body.joined()) else { throw refusal("is neither PEM nor Base64") }
    let seed: [UInt8]?
    if isPEM { seed = Self.seed(bytes) } else { seed = bytes.count == 32 ? bytes : nil }
    guard let seed, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw refusal(isPEM ? "is a key of another algorithm" : "has \(bytes.count) bytes, not 32")
    }
    self.key = key
  }

  /// The 32 bytes in a PrivateKeyInfo of Ed25519: version, algorithm 1.3.101.112, an octet string within an octet string.
  private static func seed(_ bytes: [UInt8]) -> [UInt8]? {
    let algorithm: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
      start = 5 + algorithm.count
    guard bytes.count >= start + 32, bytes[0] == 0x30, Array(bytes[5..<start]) == algorithm else { return nil }
    return Array(bytes[start..<start + 32])
  }

  /// Signs bytes.
  package func seal(_ bytes: [UInt8]) -> Seal {
    guard let signature = try? key.signature(for: bytes) else { preconditionFailure("Ed25519 signs any bytes") }
    return Seal(publicKey: publicKey, signature: Base64.text([UInt8](signature)))
  }
}

extension Setting.Value {
  private static let sealKey = "seal"

  /// What a seal is of: the map without its seal, as it reads after it was written.
  private var sealedBytes: [UInt8] {
    guard case .map(let entries) = self else { return Array(line.utf8) }
    let content = Setting.Value.map(entries.filter { $0.key != Self.sealKey })
    // Written and read once, as a file is: −0 becomes 0, a whole number an integer.
    return Array(((try? Setting.Value(json: Array(content.json.utf8), file: ""))?.line ?? content.line).utf8)
  }

  /// The map with a seal as its last entry, in place of any that it had.
  package func sealed(by key: SealingKey) throws -> Setting.Value {
    guard case .map(let entries) = self else { preconditionFailure("a map is sealed") }
    return .map(
      entries.filter { $0.key != Self.sealKey } + [
        .init(Self.sealKey, try Setting.Value(coding: key.seal(sealedBytes)))
      ])
  }

  /// Who sealed the content, if anybody did.
  /// - `file`: How errors call it.
  /// - `key`: The public key, in Base64, that must have sealed it; nil where any will do.
  /// - Throws: `SettingError` if the seal is not of this content, or of another key; without a seal where a key must have.
  package func seal(file: String, by key: String? = nil) throws(SettingError) -> Seal? {
    func refusal(_ fact: String) -> SettingError { SettingError(place: Place(file: file), message: fact) }
    guard let written = self[Self.sealKey] else {
      guard key == nil else { throw refusal("has no seal, must be sealed by the key that is named.") }
      return nil
    }
    guard let seal: Seal = try? written.decoded(), seal.isOf(sealedBytes) else {
      throw refusal("was changed after it was sealed, must be as it was. Get it anew from whoever sealed it.")
    }
    if let key, key != seal.publicKey {
      throw refusal("is sealed by the key \(seal.publicKey), must be by \(key). Ask whose key that is.")
    }
    return seal
  }
}
