import RadiomicsCore
import Testing

/// Signatures of files: RFC 8032's vectors, OpenSSL's keys, and any change.
@Suite struct SealTests {
  private static func base64(_ hexadecimal: String) -> String {
    let digits = Array(hexadecimal.utf8).map { UInt8(String(UnicodeScalar($0)), radix: 16)! }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    let text = stride(from: 0, to: bits.count, by: 6).map { start in
      letters[(0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
    }
    return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
  }

  /// RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, signature.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", [UInt8](),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", [0x72],
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", [0xaf, 0x82],
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]) func vectors(_ secret: String, _ known: String, _ message: [UInt8], _ signature: String) throws {
    let key = try SealingKey(Self.base64(secret), file: "key")
    #expect(key.publicKey == Self.base64(known))
    let written = try Setting.Value(
      json: Array(
        #"{"algorithm": "Ed25519", "public_key": "\#(Self.base64(known))", "signature": "\#(Self.base64(signature))"}"#
          .utf8),
      file: "")
    let seal: Seal = try written.decoded()
    #expect(seal.isOf(message) && !seal.isOf(message + [0]))
    // This library's signatures are randomised or not, and hold either way.
    #expect(key.seal(message).isOf(message) && !key.seal(message).isOf(message + [1]))
  }

  /// A key that OpenSSL wrote, and its public key and signature by `openssl pkeyutl -sign -rawin`.
  private static let pem =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBvkyKOFZ5IDy3jjiaIeQxRSi9W6tzVbhVohFIlp+mZH\n-----END PRIVATE KEY-----\n"

  @Test func keysOfOpenSSL() throws {
    let key = try SealingKey(Self.pem, file: "key.pem")
    #expect(key.publicKey == "l7tGivoDERFHKf1TXG92VvmJ9u0jiaOdCzM9hNWbFEU=")
    let written = Setting.Value.map([
      .init("algorithm", .text("Ed25519")), .init("public_key", .text(key.publicKey)),
      .init(
        "signature", .text("88QnN8N8kNlHvSqqNfyDlcT/dRPL3yYiWdt958OlD/eLqdS02d95O6CC17GTbWL5ZgVmnKLeQ9RRSlRPl/AoAA==")),
    ])
    let seal: Seal = try written.decoded()
    #expect(seal.isOf(Array(#"{"a":1,"b":[0.5,"x"]}"#.utf8)))
  }

  @Test(arguments: [
    ("", "empty"), ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "password"),
    (
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAl7tGivoDERFHKf1TXG92VvmJ9u0jiaOdCzM9hNWbFEU=\n-----END PUBLIC KEY-----\n",
      "public key"
    ),
    (
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIHD0g5QsB7btmTwxlP06OPPJCmDg2Kys6yc1D0LPqptH\n-----END PRIVATE KEY-----\n",
      "another algorithm"
    ), ("AAAA", "3 bytes"), ("not a key!", "neither"),
    ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", "another kind"),
  ]) func otherKeys(_ text: String, _ words: String) {
    #expect { try SealingKey(text, file: "key.pem") } throws: { error in
      "\(error)".hasPrefix("key.pem: ") && "\(error)".contains(words)
    }
  }

  private static let content = Setting.Value.map([
    .init("kind", .text("signature")), .init("zero", .number(-0.0)), .init("one", .number(1)),
    .init("values", .list([.number(0.1), .number(.infinity), .integer(3), .null, .flag(true)])),
  ])

  /// A sealed file reads back sealed; any changed character of it does not.
  @Test func anyChange() throws {
    let key = try SealingKey(Self.pem, file: "key.pem"), sealed = try Self.content.sealed(by: key)
    let text = Array(sealed.json.utf8)
    let read = try Setting.Value(json: text, file: "s.json")
    #expect(try #require(try read.seal(file: "s.json", by: key.publicKey)).publicKey == key.publicKey)
    // Sealing again replaces the seal; another layout is the same content.
    #expect(try Setting.Value(json: Array(sealed.sealed(by: key).line.utf8), file: "").seal(file: "") != nil)
    #expect(try Self.content.seal(file: "s.json") == nil)
    for place in text.indices where text[place] != UInt8(ascii: " ") && text[place] != UInt8(ascii: "\n") {
      var other = text
      other[place] = other[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
      // No JSON any more, no seal, or a seal of other content.
      let isWhole = try? Setting.Value(json: other, file: "s.json").seal(file: "s.json", by: key.publicKey)
      #expect(isWhole == nil, "byte \(place)")
    }
  }

  @Test func otherKeysAndNoSeal() throws {
    let key = try SealingKey(Self.pem, file: "key.pem")
    let other = try SealingKey(Self.base64(String(repeating: "01", count: 32)), file: "other")
    let sealed = try Self.content.sealed(by: other)
    #expect { try sealed.seal(file: "s.json", by: key.publicKey) } throws: { "\($0)".contains("must be by") }
    #expect { try Self.content.seal(file: "s.json", by: key.publicKey) } throws: { "\($0)".contains("has no seal") }
  }
}
