/// A part of a result, as people and programs read it. An analysis gives typed values, one function makes sections of them, and
/// text, tables, JSON and pages are renderings of the same sections.
package struct Section: Sendable {
  /// Where a section is shown.
  package struct Places: OptionSet, Sendable {
    package let rawValue: Int
    /// On the terminal.
    package static let text = Places(rawValue: 1)
    /// On a page.
    package static let page = Places(rawValue: 2)
    /// In CSV.
    package static let table = Places(rawValue: 4)
    /// In JSON.
    package static let json = Places(rawValue: 8)
    package static let all: Places = [.text, .page, .table, .json]

    package init(rawValue: Int) { self.rawValue = rawValue }
  }

  /// The key in JSON; empty where its entries stand among those of what holds it.
  package let id: String
  /// What it is called on the terminal; a section without a heading goes on with the one before.
  package var heading: String
  /// What it is called on a page.
  package var title: String
  /// What is to be known before the numbers.
  package var sentences: [String] = []
  /// What only programs read: words, flags, curves; the first entries in JSON.
  package var facts: [Setting.Value.Entry] = []
  /// Whether an empty line stands before it on the terminal, if it has no heading.
  package var isNewBlock = false
  /// Numbers: each a value or the reason why there is none.
  package var quantities: [StatisticGroup] = []
  /// Numbers side by side, for people.
  package var table: TextTable?
  /// Parts of it, which stand after all else.
  package var sections: [Section] = []
  /// Whether its sections are elements of a list in JSON.
  package var isList = false
  /// Its name in a table that has a row for each such section; nil if it has none.
  package var row: String?
  /// Further words of its row, by column.
  package var rowTexts: [(column: String, text: String)] = []
  /// Whether its id begins the names of its columns in a table.
  package var isGroup = false
  /// Where it is shown.
  package var places = Places.all
  /// Whether a reader in a hurry can do without it.
  package var isDetail = false

  /// - `title`: As on the terminal, with a capital letter, if nil.
  package init(_ id: String = "", _ heading: String = "", title: String? = nil) {
    self.id = id
    self.heading = heading
    self.title = title ?? heading.prefix(1).uppercased() + heading.dropFirst()
  }
}

extension Section {
  /// A section that begins a block on the terminal without a heading.
  package init(isNewBlock: Bool, title: String?) {
    self.init("", "", title: title)
    self.isNewBlock = isNewBlock
  }

  /// A list of sections under one key.
  package init(_ id: String, title: String = "", listing sections: [Section]) {
    self.init(id, "", title: title)
    self.sections = sections
    isList = true
  }
}

/// Words and numbers side by side, rounded, for people; files have all digits.
package struct TextTable: Sendable {
  /// The head first; all rows are as long.
  package let rows: [[String]]
  /// Columns that are numbers, aligned to the right.
  package let right: Set<Int>
  /// What it shows; empty where the heading says it.
  package let caption: String

  package init(_ rows: [[String]], right: Set<Int> = [], caption: String = "") {
    (self.rows, self.right, self.caption) = (rows, right, caption)
  }
}
