import RadiomicsCore

/// How much performance is lost where a variable is shuffled, the most important first.
package struct ImportanceBars: FigurePanel {
  /// A variable, the loss, and between which values it lies over shuffles; nil if that is not known.
  package struct Bar: Sendable {
    package let name: String, value: Double, range: ClosedRange<Double>?
    package init(_ name: String, _ value: Double, range: ClosedRange<Double>?) {
      (self.name, self.value, self.range) = (name, value, range)
    }
  }

  package let bars: [Bar], measure: String, note: String

  /// - `most`: How many are shown.
  package init(_ bars: [Bar], measure: String, most: Int = 25) {
    let sorted = bars.enumerated().sorted { ($1.element.value, $0.offset) < ($0.element.value, $1.offset) }.map(
      \.element)
    self.bars = Array(sorted.prefix(most))
    self.measure = measure
    note =
      "How much is lost where a variable is shuffled"
      + (bars.count > most ? "; the first \(most) of \(bars.count)" : "")
  }

  package var heading: String { "Permutation importance" }
  private static let step = 20.0, names = 190.0
  package var size: (width: Double, height: Double) { (560, Self.step * Double(bars.count) + 58) }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let height = Self.step * Double(bars.count), width = size.width - Self.names - 20
    let ends: [Double] = bars.reduce(into: [0]) {
      $0 += [$1.value, $1.range?.lowerBound ?? 0, $1.range?.upperBound ?? 0]
    }
    let (low, high) = (ends.min()!, ends.max()!)
    let plot = Plot(
      frame: (left + Self.names, top, width, height), horizontal: low...max(high, low + 1e-9), vertical: 0...1)
    for (index, bar) in bars.enumerated() {
      let y = top + Self.step * (Double(index) + 0.5), ends = [plot.x(0), plot.x(bar.value)]
      drawing.text(left + Self.names - 8, y + 4, Drawing.short(bar.name, 30), size: 11, anchor: .end)
      drawing.rectangle(ends.min()!, y - 6, abs(ends[1] - ends[0]), 12, fill: Plot.color(0), opacity: 0.75)
      guard let range = bar.range else { continue }
      drawing.line(plot.x(range.lowerBound), y, plot.x(range.upperBound), y, color: "#222", width: 1.5)
    }
    let bottom = top + height
    drawing.line(plot.x(0), top, plot.x(0), bottom, color: "#999")
    drawing.line(plot.frame.x, bottom, plot.frame.x + width, bottom)
    for tick in Plot.numbers(plot.horizontal) {
      drawing.line(plot.x(tick.place), bottom, plot.x(tick.place), bottom + 4)
      drawing.text(plot.x(tick.place), bottom + 18, tick.text, anchor: .middle)
    }
    drawing.text(plot.frame.x + width / 2, bottom + 42, "loss of \(measure)", anchor: .middle)
  }
}
