import RadiomicsCore

/// A part of a figure that stands by itself, of typed values; lengths in pixels.
package protocol FigurePanel: Sendable {
  /// What it shows, above it.
  var heading: String { get }
  /// What must be known to read it, below the heading; may be empty.
  var note: String { get }
  /// Room below the heading.
  var size: (width: Double, height: Double) { get }
  /// Draws it with its upper left corner at a place.
  func draw(_ drawing: inout Drawing, left: Double, top: Double)
}

/// Panels as one figure.
package enum FigurePanels {
  private static let margin = 20.0, head = 52.0

  /// Panels side by side, so many in a row.
  /// - `title`: What the figure shows, for those who hear it read.
  package static func svg(_ title: String, _ panels: [any FigurePanel], columns: Int = 2) -> String {
    let rows = stride(from: 0, to: panels.count, by: columns).map { panels[$0..<min($0 + columns, panels.count)] }
    func width(_ row: ArraySlice<any FigurePanel>) -> Double { row.reduce(margin) { $0 + $1.size.width + margin } }
    func height(_ row: ArraySlice<any FigurePanel>) -> Double { head + (row.map(\.size.height).max() ?? 0) + margin }
    var drawing = Drawing(
      width: rows.map(width).max() ?? 2 * margin, height: rows.reduce(margin) { $0 + height($1) }, title: title)
    var top = margin
    for row in rows {
      var left = margin
      for panel in row {
        drawing.text(left, top + 12, panel.heading, size: 16, isBold: true)
        drawing.text(left, top + 30, panel.note, color: "#666")
        panel.draw(&drawing, left: left, top: top + head)
        left += panel.size.width + margin
      }
      top += height(row)
    }
    return drawing.svg
  }
}
