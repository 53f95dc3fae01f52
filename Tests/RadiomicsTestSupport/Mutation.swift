import Foundation
import RadiomicsNumerics

/// How often a test mutates its input: `usual` times, or as many times more often as RADIOMICS_FUZZ says.
public func fuzzRounds(_ usual: Int) -> Int {
  usual * max(1, ProcessInfo.processInfo.environment["RADIOMICS_FUZZ"].flatMap(Int.init) ?? 1)
}

/// The bytes with one to four changes: replaced, removed, inserted, the end cut off; headers more often than the rest.
package func mutated(_ file: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
  var bytes = file
  let reach = Bool.random(using: &random) ? min(400, bytes.count) : bytes.count
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    let place = Int.random(in: 0..<min(reach, bytes.count), using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: bytes.removeLast(min(bytes.count - 1, Int.random(in: 1...200, using: &random)))
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 3: bytes[place] = 0xFF
    case 4: bytes[place] = UInt8(ascii: "-")
    case 5...7: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 8, 9: bytes[place] = UInt8.random(in: 48...57, using: &random)
    default: bytes[place] = UInt8.random(in: 0...255, using: &random)
    }
    if bytes.count < 2 { break }
  }
  return bytes
}
