import RadiomicsCore

extension Report {
  /// A page that stands by itself, readable on paper: a summary, the figure, all sections, and how it was made.
  package var page: String {
    var page = HTMLPage(title: title)
    summarise(on: &page)
    for section in sections { Self.render(section, on: &page, level: 2) }
    page.heading("How this page was made")
    page.table([["what", "value"]] + origin)
    return page.html
  }

  /// What was asked, of whom, the answer, and what to beware of.
  private func summarise(on page: inout HTMLPage) {
    page.open("summary")
    for sentence in question { page.paragraph(sentence) }
    if let alarm { page.alarm(alarm) }
    for sentence in answers { page.verdict(sentence) }
    if let figure { page.figure(figure(), caption) }
    for (severity, title) in [(Finding.Severity.warning, "Warnings"), (.note, "Notes")] {
      let found = findings.filter { $0.severity == severity }
      if !found.isEmpty {
        page.list(found.map { "\($0.plainPlace): \($0.message)" }, title: title, of: severity.rawValue)
      }
    }
    page.close()
  }

  private static func render(_ section: Section, on page: inout HTMLPage, level: Int) {
    guard section.places.contains(.page), section.hasContentOnPages else { return }
    let isHeaded = !section.title.isEmpty
    if section.isDetail { page.open("detail") }
    if isHeaded { page.heading(section.title, level: level) }
    for sentence in section.sentences { page.paragraph(sentence) }
    if let table = section.table { page.table(table) }
    let isAlone = isHeaded && section.quantities.count == 1
    for group in section.quantities { page.quantities(group, in: section.id, isHeaded: !isAlone) }
    for part in section.sections { render(part, on: &page, level: isHeaded ? level + 1 : level) }
    if section.isDetail { page.close() }
  }

  /// From what it was made: name and value.
  private var origin: [[String]] {
    let software = [["software", "swift-radiomics \(radiomicsVersion)"]]
    let command = provenance.command.map { command in
      [
        ["command", command.line],
        ["options given", command.options.map { "\($0.name): \($0.value ?? "yes")" }.joined(separator: "; ")],
      ]
    }
    let inputs = provenance.inputs.map { input in
      [
        input.name,
        "SHA-256 \(input.sha256 ?? "unknown")"
          + (input.rows.map { "; \(input.used.map { "\($0) of " } ?? "")\($0) rows\(input.used == nil ? "" : " used")" }
            ?? "")
          + (input.leftOut.map { ", of the other \($0) \(input.reason)" } ?? ""),
      ]
    }
    return software + (command ?? []) + inputs + (provenance.seed.map { [["seed", "\($0)"]] } ?? [])
  }
}

extension Section {
  fileprivate var hasContentOnPages: Bool {
    table != nil || !quantities.isEmpty || !sentences.isEmpty
      || sections.contains { $0.places.contains(.page) && $0.hasContentOnPages }
  }
}
