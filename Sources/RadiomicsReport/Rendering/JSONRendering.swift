import RadiomicsCore

extension Report {
  /// All of it as JSON: what was found, and from what it was made.
  package var json: Setting.Value { .map(found + provenance.json) }

  /// Sections and findings.
  package var found: [Setting.Value.Entry] {
    [.init("format", .integer(1))] + sections.flatMap(Self.entries)
      + [.init("findings", .list(findings.map(json)))]
  }

  private func json(_ finding: Finding) -> Setting.Value {
    findingsAreTexts
      ? .text("\(finding.severity.rawValue): \(finding.plainPlace): \(finding.message)") : finding.json
  }

  /// What a section adds to the object that holds it.
  private static func entries(_ section: Section) -> [Setting.Value.Entry] {
    guard section.places.contains(.json) else { return [] }
    guard section.isList else {
      return section.id.isEmpty ? content(section) : [.init(section.id, .map(content(section)))]
    }
    let elements = section.sections.filter { $0.places.contains(.json) }
    return [.init(section.id, .list(elements.map { .map(content($0)) }))]
  }

  private static func content(_ section: Section) -> [Setting.Value.Entry] {
    section.facts + section.quantities.json + section.sections.flatMap(entries)
  }
}

extension Cell {
  /// A number, or null.
  var setting: Setting.Value { value.map { .number($0) } ?? .null }
}
