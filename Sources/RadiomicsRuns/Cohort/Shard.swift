import RadiomicsCore

/// One of `count` equal parts of a cohort: rows `number` − 1, `number` − 1 + `count`, …
package struct Shard: Sendable, Hashable {
  /// Which part, from 1.
  package let number: Int
  /// How many parts there are.
  package let count: Int

  /// The whole cohort.
  package static let whole = Shard(number: 1, count: 1)

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Reads `3/8`.
  /// - Throws: `StudyError` if it is none.
  package init(_ text: String) throws(StudyError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1, number <= count else {
      throw StudyError.at("shard", "is '\(text)', must be i/n with i from 1 to n, such as 3/8.")
    }
    self.init(number: number, count: count)
  }

  /// The rows of the part, from 0, in a cohort of `rows`.
  package func rows(of rows: Int) -> StrideTo<Int> { stride(from: number - 1, to: rows, by: count) }

  /// `3-of-8`, in names of files.
  package var name: String { "\(number)-of-\(count)" }
}

extension Shard: CustomStringConvertible {
  /// As an option writes it: `3/8`.
  package var description: String { "\(number)/\(count)" }
}
