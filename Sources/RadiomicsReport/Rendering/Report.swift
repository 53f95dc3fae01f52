import RadiomicsCore
import RadiomicsFormats

/// What an analysis found, ready to be rendered as text, table, JSON and page.
package struct Report: Sendable {
  /// How a table lists the numbers.
  package enum TableForm: Sendable {
    /// A row for each section that has a name as row, under a first column of this name.
    case rows(String)
    /// A row for each number.
    case numbers
  }

  /// What the page is called.
  package let title: String
  /// What was asked, and of whom.
  package var question: [String] = []
  /// Why nothing of it may be believed; in red, before all else. Nil as a rule.
  package var alarm: String?
  /// What was found, in plain words.
  package var answers: [String] = []
  /// Everything that was found.
  package var sections: [Section]
  /// What must be known to read it rightly.
  package var findings: [Finding] = []
  /// Whether JSON has the findings as sentences, as `agreement` always had them.
  package var findingsAreTexts = false
  /// How the table lists the numbers.
  package var tableForm: TableForm
  /// The table, where it is not one of numbers of the sections.
  package var ownTable: CSV?
  /// The figure, as SVG.
  package var figure: (@Sendable () -> String)?
  /// What the figure shows.
  package var caption = ""
  /// From what it was made.
  package var provenance: ResultProvenance

  package init(
    _ title: String, _ sections: [Section], table: TableForm, findings: [Finding], provenance: ResultProvenance
  ) {
    (self.title, self.sections, tableForm) = (title, sections, table)
    (self.findings, self.provenance) = (findings, provenance)
  }
}
