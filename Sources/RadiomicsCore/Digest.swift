import Crypto

/// Lower-case hexadecimal SHA-256 of a text.
package func sha256(_ text: String) -> String { hexadecimal(SHA256.hash(data: Array(text.utf8))) }

/// Lower-case hexadecimal SHA-256 of bytes.
package func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

/// Lower-case hexadecimal SHA-256 of the bytes that `produce` hands on block by block, and their number.
package func sha256<Failure: Error>(
  blocks produce: (_ take: ([UInt8]) -> Void) throws(Failure) -> Void
) throws(Failure) -> (digest: String, byteCount: Int) {
  var hash = SHA256(), count = 0
  try produce { block in
    hash.update(data: block)
    count += block.count
  }
  return (hexadecimal(hash.finalize()), count)
}

/// SHA-256 of bytes that come one part after the other.
package struct SHA256Stream {
  private var hash = SHA256()

  package init() {}

  /// Adds a part of some bytes.
  package mutating func update(_ bytes: [UInt8], _ part: Range<Int>) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[part])) }
  }

  /// Of all that was added, in lower-case hexadecimal digits.
  package var digest: String { hexadecimal(hash.finalize()) }
}

/// Lower-case hexadecimal SHA-1 of bytes, which serves to compare, not to protect.
package func sha1(_ bytes: UnsafeRawBufferPointer) -> String {
  var hash = Insecure.SHA1()
  hash.update(bufferPointer: bytes)
  return hexadecimal(hash.finalize())
}

private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
