import RadiomicsCore

/// Values with limits one below the other on a plain axis: performance by site, and all of them together.
package struct ValueForest: FigurePanel {
  /// A line of it.
  package struct Row: Sendable {
    package let name: String
    /// What stands beside the name: how many rows and events.
    package let detail: String
    /// The value and its limits; nil where there are none.
    package let value: Double?, limits: ClosedRange<Double>?
    /// What stands in place of a value that there is not.
    package let reason: String
    /// Whether it is of all the others together.
    package let isSummary: Bool

    package init(
      _ name: String, _ detail: String = "", value: Double?, limits: ClosedRange<Double>?, reason: String = "",
      isSummary: Bool = false
    ) {
      (self.name, self.detail, self.value, self.limits) = (name, detail, value, limits)
      (self.reason, self.isSummary) = (reason, isSummary)
    }
  }

  package let heading: String, note: String
  package let rows: [Row]
  /// What the axis is, and where it says nothing: 0.5 of an area under the curve.
  package let measure: String, neutral: Double

  package init(_ heading: String, note: String = "", _ rows: [Row], measure: String, neutral: Double) {
    (self.heading, self.note, self.rows) = (heading, note, rows)
    (self.measure, self.neutral) = (measure, neutral)
  }

  private static let step = 26.0, names = 230.0, numbers = 120.0

  package var size: (width: Double, height: Double) { (640, Self.step * Double(rows.count) + 58) }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let height = Self.step * Double(rows.count), width = size.width - Self.names - Self.numbers
    let ends = rows.flatMap { [$0.value, $0.limits?.lowerBound, $0.limits?.upperBound].compactMap { $0 } } + [neutral]
    let plot = Plot(
      frame: (left + Self.names, top, width, height), horizontal: Plot.padded(ends.min()!, ends.max()!), vertical: 0...1
    )
    drawing.line(plot.x(neutral), top, plot.x(neutral), top + height, color: "#999", isDashed: true)
    for (index, row) in rows.enumerated() {
      let y = top + Self.step * (Double(index) + 0.5)
      drawing.text(left, y + 4, Drawing.short(row.name, 20), isBold: row.isSummary)
      drawing.text(left + Self.names - 14, y + 4, row.detail, size: 11, anchor: .end, color: "#666")
      guard let value = row.value else {
        let x = plot.x(neutral), isLeft = x < plot.frame.x + width / 2
        drawing.text(
          x + (isLeft ? 6 : -6), y + 4, Drawing.short(row.reason, 44), size: 11, anchor: isLeft ? .start : .end,
          color: "#666")
        continue
      }
      Self.mark(&drawing, plot, y, value, row.limits, isSummary: row.isSummary)
      let text = fixedText(value, decimals: 2) + (row.limits.map { " (\(Self.text($0)))" } ?? "")
      drawing.text(left + size.width, y + 4, text, size: 11, anchor: .end, isBold: row.isSummary)
    }
    let bottom = top + height
    drawing.line(plot.frame.x, bottom, plot.frame.x + width, bottom)
    for tick in Plot.numbers(plot.horizontal) {
      drawing.line(plot.x(tick.place), bottom, plot.x(tick.place), bottom + 4)
      drawing.text(plot.x(tick.place), bottom + 18, tick.text, anchor: .middle)
    }
    drawing.text(plot.frame.x + width / 2, bottom + 42, measure, anchor: .middle)
  }

  /// A square with a line; a rhombus as wide as its limits for what is of all.
  private static func mark(
    _ drawing: inout Drawing, _ plot: Plot, _ y: Double, _ value: Double, _ limits: ClosedRange<Double>?,
    isSummary: Bool
  ) {
    let x = plot.x(value), low = plot.x(limits?.lowerBound ?? value), high = plot.x(limits?.upperBound ?? value)
    if isSummary {
      let ends = (min(low, x - 3), max(high, x + 3))
      drawing.polygon([(ends.0, y), (x, y - 7), (ends.1, y), (x, y + 7)], fill: "#222222", opacity: 1)
    } else {
      drawing.line(low, y, high, y, color: Plot.color(0), width: 1.5)
      drawing.rectangle(x - 4, y - 4, 8, 8, fill: Plot.color(0))
    }
  }

  private static func text(_ limits: ClosedRange<Double>) -> String {
    "\(fixedText(limits.lowerBound, decimals: 2))–\(fixedText(limits.upperBound, decimals: 2))"
  }
}
