/// What the texts of a column are: numbers where every text that is not missing is one, else categories.
package struct ColumnTexts {
  /// What they hold.
  package let values: Column.Values
  /// How numbers are written, where one may name something: 007, 1.50, 1234567890123456.
  package let texts: [String?]?
  /// Rows that are no numbers, in a column that was meant as numbers.
  package let odd: [Int]
  /// The words for nothing besides the usual ones that cells say.
  package let emptyWords: Set<String>

  /// A column of numbers that are written as numbers usually are.
  package init(numbers: [Double?]) { (values, texts, odd, emptyWords) = (.numbers(numbers), nil, [], []) }

  /// Missing are empty texts, `NA`, `NaN` and the like (`CellText`), and among numbers `none`.
  package init(_ texts: [String], missing: MissingWords = .standard) {
    let cells = texts.map { CellText($0, missing) }
    emptyWords = missing.areStandard ? [] : Set(texts.compactMap(missing.other))
    var numbers: [Double?] = [], known = 0, odd: [Int] = []
    numbers.reserveCapacity(texts.count)
    for (row, cell) in cells.enumerated() {
      if let number = cell.number {
        numbers.append(number)
        known += number == nil ? 0 : 1
      } else {
        odd.append(row)
      }
    }
    if odd.isEmpty, known > 0 || cells.allSatisfy({ $0 == .missing }) {
      values = .numbers(numbers)
      self.odd = []
      let written: [String?] = zip(texts, numbers).map { $1 == nil ? nil : $0.trimmed }
      self.texts = written.allSatisfy { $0.map { isUsualNumber(Array($0.utf8)) } ?? true } ? nil : written
      return
    }
    let words: [String?] = zip(cells, texts).map { cell, text in cell == .missing ? nil : text.trimmed }
    values = .categories(words)
    self.texts = nil
    let isInfinite = odd.allSatisfy { Double(words[$0] ?? "") != nil }
    self.odd = known > 0 && (isInfinite || odd.count < known) ? odd : []
  }
}

extension Table {
  /// Columns of texts.
  /// - `path`: The file that the rows come from, for errors.
  /// - `lines`: The line of each row in it.
  package init(texts columns: [(name: String, texts: [String])], path: String? = nil, lines: [Int]? = nil) {
    let count = columns.first?.texts.count ?? 0
    let source = Source(path.map { [Source.File($0)] } ?? [], lines: lines ?? Array(1..<count + 1))
    self.init(read: columns.map { ($0.name, ColumnTexts($0.texts)) }, source: source)
  }

  /// Columns of which is known what their texts are.
  package init(read columns: [(name: String, texts: ColumnTexts)], source: Source) {
    let bare = Table([Column](), source: source)
    let odd = columns.compactMap { name, column -> OddCell? in
      guard let row = column.odd.min(by: { source.order($0, before: $1) }) else { return nil }
      return OddCell(place: bare.place(row), column: name, text: column.values.words[row] ?? "")
    }
    let texts = columns.compactMap { name, column in column.texts.map { (name, $0) } }
    self.init(
      columns.map { Column($0.name, $0.texts.values) }, source: source, oddCells: odd,
      texts: Dictionary(texts) { first, _ in first })
  }
}

extension Table.Source {
  /// The files that rows come from, without those that were joined to them.
  package var filesOfRows: [File] {
    files.indices.filter { members.isEmpty ? $0 == 0 : members.contains($0) }.map { files[$0] }
  }

  /// Whether a row stands before another.
  package func order(_ a: Int, before b: Int) -> Bool {
    members.isEmpty ? lines[a] < lines[b] : (members[a], lines[a]) < (members[b], lines[b])
  }
}
