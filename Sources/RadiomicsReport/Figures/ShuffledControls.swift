import RadiomicsCore

/// What chance makes of a performance: how often shuffled outcomes reach which value, with what was observed as lines.
package struct ShuffledControls: FigurePanel {
  /// Values of shuffled outcomes.
  package let shuffled: [Double]
  /// What was observed, the study's own first, then controls such as volume only.
  package let observed: [(name: String, value: Double)]
  package let measure: String

  package init(_ shuffled: [Double], observed: [(name: String, value: Double)], measure: String) {
    precondition(!shuffled.isEmpty && !observed.isEmpty, "values to draw")
    (self.shuffled, self.observed, self.measure) = (shuffled, observed, measure)
  }

  package var heading: String { "Shuffled outcomes" }
  package var note: String {
    let reached = shuffled.count { $0 >= observed[0].value }
    return "\(reached) of \(shuffled.count) shuffles reach \(observed[0].name)"
  }
  package let size = (width: 460.0, height: 358.0)

  /// How many shuffled values lie in each of equal parts of their range.
  var counts: [(range: ClosedRange<Double>, count: Int)] {
    let (low, high) = (shuffled.min()!, shuffled.max()!), parts = high > low ? min(25, max(5, shuffled.count / 8)) : 1
    let width = (high - low) / Double(parts)
    var counts = [Int](repeating: 0, count: parts)
    for value in shuffled { counts[width > 0 ? min(Int((value - low) / width), parts - 1) : 0] += 1 }
    return counts.indices.map { (low + Double($0) * width...low + Double($0 + 1) * width, counts[$0]) }
  }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let counts = counts, values = shuffled + observed.map(\.value)
    let plot = Plot(
      frame: (left + 70, top, size.width - 90, 300), horizontal: Plot.padded(values.min()!, values.max()!),
      vertical: 0...(1.25 * Double(counts.map(\.count).max() ?? 1)))
    for part in counts where part.count > 0 {
      let x = plot.x(part.range.lowerBound), y = plot.y(Double(part.count))
      drawing.rectangle(
        x, y, max(plot.x(part.range.upperBound) - x - 1, 1), plot.y(0) - y, fill: "#bbbbbb",
        hint: "\(part.count) from \(shortText(part.range.lowerBound)) to \(shortText(part.range.upperBound))")
    }
    for (index, line) in observed.enumerated() {
      let x = plot.x(line.value), y = top + 12 + 16 * Double(index), isRight = x > plot.frame.x + plot.frame.width / 2
      drawing.line(x, y - 10, x, plot.y(0), color: Plot.color(index), width: 2, isDashed: index > 0)
      drawing.text(
        x + (isRight ? -6 : 6), y, "\(Drawing.short(line.name, 24)) \(fixedText(line.value, decimals: 2))", size: 11,
        anchor: isRight ? .end : .start, color: Plot.color(index))
    }
    plot.axes(&drawing, measure, "shuffles")
  }
}
