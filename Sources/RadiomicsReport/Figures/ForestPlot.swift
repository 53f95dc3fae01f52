import RadiomicsCore

/// Ratios with limits, one below the other, on a logarithmic axis with a line at 1.
struct ForestPlot {
  let rows: [(name: String, ratio: Double, lower: Double, upper: Double)]

  func draw(_ drawing: inout Drawing, left: Double, top: Double, width: Double, height: Double, _ across: String) {
    let names = 150.0, numbers = 120.0
    let low = min(0.5, 0.9 * (rows.map(\.lower).min() ?? 0.5)), high = max(2, 1.1 * (rows.map(\.upper).max() ?? 2))
    let plot = Plot(
      frame: (left + names, top, width - names - numbers, height),
      horizontal: log(max(low, 0.05))...log(min(high, 20)),
      vertical: 0...1)
    let bottom = top + height, step = height / Double(max(rows.count, 1))
    drawing.line(plot.x(0), top, plot.x(0), bottom, color: "#999", isDashed: true)
    for (index, row) in rows.enumerated() {
      let y = top + step * (Double(index) + 0.5)
      func x(_ value: Double) -> Double {
        plot.x(min(max(log(value), plot.horizontal.lowerBound), plot.horizontal.upperBound))
      }
      drawing.line(x(row.lower), y, x(row.upper), y, color: Plot.color(0), width: 1.5)
      drawing.rectangle(x(row.ratio) - 4, y - 4, 8, 8, fill: Plot.color(0))
      drawing.text(left, y + 4, Drawing.short(row.name, 24), size: 11)
      drawing.text(
        left + width, y + 4,
        "\(fixedText(row.ratio, decimals: 2)) (\(fixedText(row.lower, decimals: 2))–\(fixedText(row.upper, decimals: 2)))",
        size: 11, anchor: .end)
      if log(row.lower) < plot.horizontal.lowerBound { drawing.text(plot.frame.x - 9, y + 4, "‹", anchor: .middle) }
      if log(row.upper) > plot.horizontal.upperBound {
        drawing.text(plot.frame.x + plot.frame.width + 9, y + 4, "›", anchor: .middle)
      }
    }
    let marks = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100, 1000].filter { plot.horizontal.contains(log($0)) }
    let shown = marks.count > 7 ? marks.filter { [0.001, 0.01, 0.1, 1, 10, 100, 1000].contains($0) } : marks
    for mark in shown {
      drawing.line(plot.x(log(mark)), bottom, plot.x(log(mark)), bottom + 4)
      drawing.text(plot.x(log(mark)), bottom + 18, shortText(mark), anchor: .middle)
    }
    drawing.line(plot.frame.x, bottom, plot.frame.x + plot.frame.width, bottom)
    drawing.text(plot.frame.x + plot.frame.width / 2, bottom + 42, "\(across) (logarithmic)", anchor: .middle)
  }
}
