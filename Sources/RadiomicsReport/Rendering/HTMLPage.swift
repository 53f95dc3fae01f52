import RadiomicsCore

/// A page that stands by itself: text, tables and figures in one file, readable on paper.
struct HTMLPage {
  private let title: String
  private var body: [String] = []

  init(title: String) { self.title = title }

  /// `128 patients`, or `128 patients (203 rows)` where some have several.
  static func patients(_ patients: Int, rows: Int) -> String {
    patients == rows ? "\(patients) patients" : "\(patients) patients (\(rows) rows)"
  }

  mutating func heading(_ text: String, level: Int = 2) {
    let tag = "h\(min(level, 4))"
    body.append("<\(tag)>\(Drawing.escaped(text))</\(tag)>")
  }

  mutating func paragraph(_ text: String) { body.append("<p>\(Drawing.escaped(text))</p>") }

  /// Begins a part of the page.
  mutating func open(_ kind: String) { body.append("<section class=\"\(kind)\">") }

  /// Ends it.
  mutating func close() { body.append("</section>") }

  /// What the reader should take away.
  mutating func verdict(_ text: String) { body.append("<p class=\"verdict\">\(Drawing.escaped(text))</p>") }

  /// Why nothing of the page may be believed.
  mutating func alarm(_ text: String) { body.append("<p class=\"alarm\">\(Drawing.escaped(text))</p>") }

  mutating func list(_ items: [String], title: String? = nil, of kind: String = "") {
    guard !items.isEmpty else { return }
    if let title { body.append("<h3 class=\"\(kind)\">\(Drawing.escaped(title))</h3>") }
    body.append("<ul class=\"\(kind)\">" + items.map { "<li>\(Drawing.escaped($0))</li>" }.joined() + "</ul>")
  }

  mutating func table(_ table: TextTable) {
    if !table.caption.isEmpty { paragraph(table.caption) }
    guard let head = table.rows.first else { return }
    self.table([head.map { word(for: $0) ?? $0 }] + table.rows.dropFirst(), right: table.right)
  }

  /// The first row is the head; columns in `right` are numbers.
  /// - `keys`: The column of names in files, which stand back.
  mutating func table(_ rows: [[String]], right: Set<Int> = [], keys: Int? = nil) {
    guard let head = rows.first else { return }
    func line(_ cells: [String], _ tag: String) -> String {
      let cells = cells.enumerated().map { index, text in
        let kind = right.contains(index) ? " class=\"n\"" : index == keys ? " class=\"k\"" : ""
        return "<\(tag)\(kind)>\(Drawing.escaped(text))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    body.append(
      "<table\(keys == nil ? "" : " class=\"q\"")><thead>\(line(head, "th"))</thead><tbody>\n\(rows.dropFirst().map { line($0, "td") }.joined(separator: "\n"))\n</tbody></table>"
    )
  }

  /// Numbers with values, or the reason why there are none, what they are, and their names in files.
  /// - `id`: The key of what the group stands in.
  /// - `isHeaded`: Whether its name is said.
  mutating func quantities(_ group: StatisticGroup, in id: String = "", isHeaded: Bool = true) {
    if isHeaded, !group.name.isEmpty { heading(label(of: group.name).capitalisedFirst, level: 4) }
    if let reason = group.reason { return paragraph("None: \(reason.text).") }
    let start = group.name.isEmpty ? "" : "\(group.name)."
    let rows = group.statistics.map { statistic in
      let values = statistic.cells.map { $0.value.map { shortText($0) } ?? "undefined" }
      let unit = statistic.unit == "1" ? "" : " \(statistic.unit)"
      let words = label(of: statistic.name, in: group.name.isEmpty ? id : group.name)
      let text = values.joined(separator: values.count == 2 && words.contains("limits") ? " to " : ", ")
      let meaning = statistic.cells.compactMap(\.reason).first.map { "none: \($0.text)" } ?? statistic.meaning
      return [words, text + unit, meaning, start + statistic.name]
    }
    table([["quantity", "value", "what it is", "name in files"]] + rows, right: [1], keys: 3)
  }

  mutating func figure(_ svg: String, _ caption: String) {
    body.append("<figure>\(svg)<figcaption>\(Drawing.escaped(caption))</figcaption></figure>")
  }

  /// The file's text.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(Drawing.escaped(title))</title>
    <style>
    body { font: 16px/1.5 Helvetica, Arial, sans-serif; color: #222; max-width: 60em; margin: 2em auto; padding: 0 1em; }
    h1 { font-size: 1.6em; } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #999; } h3 { font-size: 1.05em; }
    h4 { font-size: 0.95em; margin: 1.5em 0 0; } h1, h2, h3, h4 { break-after: avoid; }
    table { border-collapse: collapse; margin: 1em 0; font-size: 0.9em; width: 100%; } thead { display: table-header-group; }
    th, td { text-align: left; padding: 0.25em 0.6em; border-bottom: 1px solid #ddd; vertical-align: top; overflow-wrap: break-word; }
    th { border-bottom: 2px solid #666; } .q { table-layout: fixed; } .q th:nth-child(1) { width: 27%; } .q th:nth-child(2) { width: 20%; } .q th:nth-child(4) { width: 21%; }
    .n { text-align: right; font-variant-numeric: tabular-nums; } .k { font: 0.8em/1.8 monospace; color: #666; overflow-wrap: anywhere; }
    .alarm { color: #b00000; border: 3px solid #b00000; padding: 0.7em 1em; font-weight: bold; }
    .verdict { background: #eef5fa; border-left: 4px solid #0072b2; padding: 0.7em 1em; }
    ul.warning { border-left: 4px double #a33; padding: 0.4em 1em 0.4em 2.2em; } ul.note { color: #444; } .detail { font-size: 0.9em; }
    figure { margin: 1.5em 0; } figure svg { max-width: 100%; height: auto; } figcaption { color: #555; font-size: 0.9em; }
    footer { margin-top: 3em; color: #555; font-size: 0.85em; }
    @page { margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt Helvetica, Arial, sans-serif; } }
    @media print {
      body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; } figure, tr, li, .verdict { break-inside: avoid; }
      .summary { break-after: page; } .summary figure svg { max-height: 92mm; } .verdict { border: 1px solid #555; border-left-width: 4px; }
    }
    </style></head><body>
    <h1>\(Drawing.escaped(title))</h1>
    \(body.joined(separator: "\n"))
    <footer>swift-radiomics \(radiomicsVersion). Definitions: Documentation/Clinical.md.</footer>
    </body></html>

    """
  }
}

extension String {
  /// With a capital letter at its beginning.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
