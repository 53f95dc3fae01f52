import RadiomicsCore

/// A page that stands by itself: text, tables and figures in one file, readable on paper.
struct HTMLPage {
  private let title: String
  private var body: [String] = []

  init(title: String) { self.title = title }

  /// A file's name without its folder.
  static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// `128 patients`, or `128 patients (203 rows)` where some have several.
  static func patients(_ patients: Int, rows: Int) -> String {
    patients == rows ? "\(patients) patients" : "\(patients) patients (\(rows) rows)"
  }

  mutating func heading(_ text: String) { body.append("<h2>\(Drawing.escaped(text))</h2>") }

  mutating func paragraph(_ text: String) { body.append("<p>\(Drawing.escaped(text))</p>") }

  /// What the reader should take away.
  mutating func verdict(_ text: String) { body.append("<p class=\"verdict\">\(Drawing.escaped(text))</p>") }

  mutating func list(_ items: [String]) {
    guard !items.isEmpty else { return }
    body.append("<ul>" + items.map { "<li>\(Drawing.escaped($0))</li>" }.joined() + "</ul>")
  }

  /// The first row is the head; columns in `right` are numbers.
  mutating func table(_ rows: [[String]], right: Set<Int> = []) {
    guard let head = rows.first else { return }
    func line(_ cells: [String], _ tag: String) -> String {
      let cells = cells.enumerated().map { index, text in
        "<\(tag)\(right.contains(index) ? " class=\"n\"" : "")>\(Drawing.escaped(text))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    body.append(
      "<table><thead>\(line(head, "th"))</thead><tbody>\n\(rows.dropFirst().map { line($0, "td") }.joined(separator: "\n"))\n</tbody></table>"
    )
  }

  /// Statistics with values, or the reason why there are none, and what they are.
  mutating func statistics(_ statistics: [Statistic]) {
    table(
      [["quantity", "value", "what it is"]]
        + statistics.map { statistic in
          let values = statistic.cells.map { $0.value.map { shortText($0) } ?? "undefined" }
          let reason = statistic.cells.compactMap(\.reason).first
          let unit = statistic.unit == "1" ? "" : " \(statistic.unit)"
          let text =
            statistic.isList && values.count == 2 ? values.joined(separator: " to ") : values.joined(separator: ", ")
          return [statistic.name, text + unit, reason.map { "none: \($0.text)" } ?? statistic.meaning]
        }, right: [1])
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
    h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #ccc; }
    table { border-collapse: collapse; margin: 1em 0; font-size: 0.9em; }
    th, td { text-align: left; padding: 0.25em 0.8em; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
    th { border-bottom: 2px solid #888; } .n { text-align: right; font-variant-numeric: tabular-nums; }
    .verdict { background: #eef5fa; border-left: 4px solid #0072b2; padding: 0.7em 1em; }
    figure { margin: 1.5em 0; } figure svg { max-width: 100%; height: auto; } figcaption { color: #666; font-size: 0.9em; }
    footer { margin-top: 3em; color: #666; font-size: 0.85em; }
    @media print { body { max-width: none; margin: 0; } h2, figure, table { break-inside: avoid; } }
    </style></head><body>
    <h1>\(Drawing.escaped(title))</h1>
    \(body.joined(separator: "\n"))
    <footer>swift-radiomics \(radiomicsVersion). Definitions: Documentation/Clinical.md.</footer>
    </body></html>

    """
  }
}
