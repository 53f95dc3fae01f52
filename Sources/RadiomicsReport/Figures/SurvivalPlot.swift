import RadiomicsCore
import RadiomicsStatistics

/// Kaplan–Meier curves with limits, marks where patients were censored, and the number at risk below.
struct SurvivalPlot {
  let curves: [(name: String, curve: KaplanMeier)]
  let interval: KaplanMeier.Interval, alpha: Double

  /// Room below the axis for the numbers at risk.
  static func room(_ curves: Int) -> Double { 66 + 18 * Double(curves) }

  ///   - left, top: Of the axes.
  ///   - across: What time is.
  func draw(
    _ drawing: inout Drawing, left: Double, top: Double, width: Double = 400, height: Double = 300, _ across: String
  ) {
    let first = min(0, curves.compactMap { $0.curve.times.first }.min() ?? 0),
      last = max(first, curves.compactMap { $0.curve.times.last }.max() ?? 1)
    let plot = Plot(
      frame: (left, top, width, height), horizontal: first...last + 0.02 * (last - first), vertical: 0...1)
    for (index, (_, curve)) in curves.enumerated() {
      let color = Plot.color(index), points = Self.steps(curve.times, curve.survival, from: first)
      let limits = zip(curve.times, curve.survival).map { time, survival in
        curve.limits(at: time, interval, alpha: alpha) ?? survival...survival
      }
      if curves.count < 4 {
        let lower = Self.steps(curve.times, limits.map(\.lowerBound), from: first),
          upper = Self.steps(curve.times, limits.map(\.upperBound), from: first)
        plot.band(&drawing, lower.map(\.0), lower: lower.map(\.1), upper: upper.map(\.1), fill: color)
      }
      plot.curve(&drawing, points, color: color, isDashed: !index.isMultiple(of: 2))
      for (time, (censored, survival)) in zip(curve.times, zip(curve.censored, curve.survival)) where censored > 0 {
        drawing.line(plot.x(time), plot.y(survival) - 4, plot.x(time), plot.y(survival) + 4, color: color)
      }
    }
    for (index, (name, _)) in curves.enumerated() where curves.count > 1 {
      let y = top + 14 + 18 * Double(index)
      drawing.line(
        left + width - 150, y - 4, left + width - 124, y - 4, color: Plot.color(index), width: 2,
        isDashed: !index.isMultiple(of: 2))
      drawing.text(left + width - 118, y, Drawing.short(name, 22), size: 11)
    }
    plot.axes(&drawing, across, "share without the event")
    drawing.text(left - 78, top + height + 48, "at risk", size: 11, color: "#666")
    for (index, (name, curve)) in curves.enumerated() {
      let y = top + height + 66 + 18 * Double(index)
      if curves.count > 1 { drawing.text(left - 78, y, Drawing.short(name, 9), size: 11, color: Plot.color(index)) }
      for tick in Drawing.ticks(first, last) {
        drawing.text(plot.x(tick), y, shortText(curve.atRisk(at: tick)), size: 11, anchor: .middle)
      }
    }
  }

  /// A curve that stays until the next time.
  private static func steps(_ times: [Double], _ values: [Double], from first: Double) -> [(Double, Double)] {
    var points = [(first, 1.0)], height = 1.0
    for (time, value) in zip(times, values) {
      points.append((time, height))
      height = value
      points.append((time, height))
    }
    return points
  }
}
