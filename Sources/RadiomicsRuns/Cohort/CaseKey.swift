import Radiomics
import RadiomicsCore
import RadiomicsFeatures

/// Names what a case's result depends on, and nothing else: a SHA-256 over the bytes of its files, the choice of regions,
/// the way they are read, the recipe's fingerprint and the software's version. Names of files and rows do not enter.
struct CaseKey: Sendable, Hashable {
  private let words: SIMD4<UInt64>

  init(
    inputs: [CaseResult.Input], options: Study.Options, recipeFingerprint: String, version: String = radiomicsVersion
  ) {
    let lines =
      ["radiomics-case/1", "software \(version)", "recipe \(recipeFingerprint)", "reading \(options.json.canonical)"]
      + inputs.map { "\($0.role) \($0.sha256)" }
    self.init(text: sha256(lines.joined(separator: "\n")))!
  }

  /// Reads 64 hexadecimal digits.
  init?(text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var words = SIMD4<UInt64>()
    for index in 0..<4 {
      let part = digits[16 * index..<16 * (index + 1)]
      guard part.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
        let word = UInt64(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      words[index] = word
    }
    self.words = words
  }

  /// 64 hexadecimal digits, lower case.
  var text: String {
    (0..<4).map { index in
      let digits = String(words[index], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
