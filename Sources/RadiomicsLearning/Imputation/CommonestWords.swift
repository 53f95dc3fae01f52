import RadiomicsCore
import RadiomicsStatistics

/// The commonest words of training rows, put where a clinical column of words has none.
package struct CommonestWords: FittedStep {
  package struct Word: Sendable, Hashable, Codable {
    package let column: String, word: String
  }
  package let words: [Word]

  package static var kind: String { "words" }

  init(words: [Word]) { self.words = words }

  /// Of equally common ones the first of the alphabet.
  /// - Throws: `ModelError` for a column in which no row has a word.
  init(of rows: Table, _ columns: [String]) throws(ModelError) {
    var words: [Word] = []
    for name in columns {
      var counts: [String: Int] = [:]
      for word in rows[name]?.words ?? [] { if let word { counts[word, default: 0] += 1 } }
      guard let first = counts.min(by: { ($1.value, $0.key) < ($0.value, $1.key) }) else {
        throw ModelError.at("'\(name)'", "no row has a value, must have one to be imputed. Leave the column out.")
      }
      words.append(Word(column: name, word: first.key))
    }
    self.words = words
  }

  package func only(_ some: Set<String>) -> (any FittedStep)? {
    let kept = words.filter { some.contains($0.column) }
    return kept.isEmpty ? nil : CommonestWords(words: kept)
  }

  package var sentence: String { "puts the commonest word where one of \(words.count) clinical columns has none" }

  package func apply(_ rows: Table) throws(ModelError) -> Table {
    var table = rows
    for word in words {
      guard let words = rows[word.column]?.words, words.contains(nil) else { continue }
      table = table.with(word.column, .categories(words.map { $0 ?? word.word }))
    }
    return table
  }
}
