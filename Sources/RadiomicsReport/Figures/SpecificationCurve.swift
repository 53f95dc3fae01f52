import RadiomicsCore

/// One result under every defensible choice: estimates in ascending order above, below which choices each was made with. Simonsohn, Simmons and
/// Nelson 2020, doi:10.1038/s41562-020-0912-z.
package struct SpecificationCurve: FigurePanel {
  /// A result and what was chosen for it.
  package struct Result: Sendable {
    /// The value and its limits; nil where there are none.
    package let value: Double, limits: ClosedRange<Double>?
    /// For each axis the number of the value chosen.
    package let choices: [Int]
    /// Whether it is what the study chose.
    package let isOwn: Bool

    package init(_ value: Double, limits: ClosedRange<Double>?, choices: [Int], isOwn: Bool = false) {
      (self.value, self.limits, self.choices, self.isOwn) = (value, limits, choices, isOwn)
    }
  }

  /// What can be chosen, and its values.
  package struct Axis: Sendable {
    package let name: String, values: [String]
    /// The share of the results' variance that the choice explains; nil if it is not known.
    package let explained: Double?
    package init(_ name: String, _ values: [String], explained: Double? = nil) {
      (self.name, self.values, self.explained) = (name, values, explained)
    }
  }

  package let results: [Result], axes: [Axis]
  /// What is estimated, and where it says nothing.
  package let measure: String, neutral: Double

  package init(_ results: [Result], _ axes: [Axis], measure: String, neutral: Double) {
    precondition(results.allSatisfy { $0.choices.count == axes.count }, "a choice of each axis")
    (self.results, self.axes, self.measure, self.neutral) = (
      results.sorted { $0.value < $1.value }, axes, measure, neutral
    )
  }

  /// How many results are above what says nothing with limits that leave it out.
  package var agreeing: Int { results.count { ($0.limits?.lowerBound ?? $0.value) > neutral } }

  package var heading: String { "Specification curve" }
  package var note: String {
    "\(agreeing) of \(results.count) choices have \(measure) above \(shortText(neutral)) with limits that leave it out"
      + (results.contains(where: \.isOwn) ? "; the study's own is marked" : "")
  }

  private static let line = 17.0, names = 190.0, upper = 220.0

  package var size: (width: Double, height: Double) {
    (760, Self.upper + 24 + axes.reduce(0) { $0 + Self.line * Double($1.values.count + 1) + 6 })
  }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let ends =
      results.flatMap { [$0.value, $0.limits?.lowerBound ?? $0.value, $0.limits?.upperBound ?? $0.value] } + [neutral]
    let frame = (x: left + Self.names, y: top, width: size.width - Self.names, height: Self.upper)
    let plot = Plot(
      frame: frame, horizontal: -0.5...max(Double(results.count) - 0.5, 0.5),
      vertical: Plot.padded(ends.min()!, ends.max()!))
    let wide = max(min(frame.width / Double(max(results.count, 1)) * 0.6, 7), 0.8)
    drawing.line(frame.x, plot.y(neutral), frame.x + frame.width, plot.y(neutral), color: "#999", isDashed: true)
    for (place, result) in results.enumerated() {
      let x = plot.x(Double(place))
      if let limits = result.limits {
        drawing.line(x, plot.y(limits.lowerBound), x, plot.y(limits.upperBound), color: "#bbb", width: wide / 2)
      }
      drawing.rectangle(
        x - wide / 2, plot.y(result.value) - 2, wide, 4, fill: result.isOwn ? Plot.color(1) : Plot.color(0))
      if result.isOwn { drawing.dot(x, plot.y(result.value), radius: 5.5, fill: Plot.color(1)) }
    }
    for tick in Plot.numbers(plot.vertical) {
      drawing.line(frame.x - 4, plot.y(tick.place), frame.x, plot.y(tick.place))
      drawing.text(frame.x - 8, plot.y(tick.place) + 4, tick.text, anchor: .end)
    }
    drawing.line(frame.x, top, frame.x, top + frame.height)
    drawing.text(frame.x - 58, top + frame.height / 2, measure, anchor: .middle, turned: -90)
    drawChoices(&drawing, plot, left, wide)
  }

  private func drawChoices(_ drawing: inout Drawing, _ plot: Plot, _ left: Double, _ wide: Double) {
    var y = plot.frame.y + plot.frame.height + 30
    for (place, axis) in axes.enumerated() {
      let share = axis.explained.map { " (\(fixedText(100 * $0, decimals: 0)) % of the variance)" } ?? ""
      drawing.text(left, y + 4, Drawing.short(axis.name + share, 60), size: 11, isBold: true)
      for (number, value) in axis.values.enumerated() {
        y += Self.line
        drawing.text(left + Self.names - 8, y + 4, Drawing.short(value, 28), size: 11, anchor: .end)
        drawing.line(plot.frame.x, y, plot.frame.x + plot.frame.width, y, color: "#eee")
        for (index, result) in results.enumerated() where result.choices[place] == number {
          // The study's own is taller, too, as colours are lost in print.
          let reach = result.isOwn ? 7.0 : 5
          drawing.rectangle(
            plot.x(Double(index)) - wide / 2, y - reach, wide, 2 * reach,
            fill: result.isOwn ? Plot.color(1) : "#444444")
        }
      }
      y += Self.line + 6
    }
  }
}
