import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension AddedValue {
  /// Both predictions: curves, where they have any; who is reclassified; decision curves.
  package func figure() -> String {
    let curves = curves, panels = curves == nil ? 2 : 3, width = 470.0
    var drawing = Drawing(width: width * Double(panels) + 20, height: 500, title: "Added value for \(outcome)")
    var left = 85.0
    if let curves {
      drawCurves(curves.base, curves.extended, &drawing, left: left)
      left += width
    }
    drawReclassification(&drawing, left: left)
    drawDecision(&drawing, left: left + width)
    return drawing.svg
  }

  private static func heading(_ drawing: inout Drawing, _ left: Double, _ title: String, _ below: String) {
    drawing.text(left - 65, 28, title, size: 16, isBold: true)
    drawing.text(left - 65, 46, below, color: "#666")
  }

  private static func square(_ left: Double) -> Plot {
    Plot(frame: (left, 64, 350, 350), horizontal: 0...1, vertical: 0...1)
  }

  private func drawCurves(_ base: ROC, _ extended: ROC, _ drawing: inout Drawing, left: Double) {
    let plot = Self.square(left)
    Self.heading(
      &drawing, left, "Receiver operating characteristic",
      isApparent
        ? "on the rows that the models were fitted to"
        : "\(events) events, \(count - events) others")
    plot.curve(&drawing, [(0, 0), (1, 1)], color: "#999", width: 1, isDashed: true)
    for (index, (name, roc)) in [("base", base), ("extended", extended)].enumerated() {
      let color = Self.color(of: index)
      plot.curve(&drawing, roc.points.reversed().map { (1 - $0.specificity, $0.sensitivity) }, color: color)
      let limits = roc.limits(alpha: options.alpha)
      let text =
        "\(name)  \(shortText(roc.auc, digits: 3))"
        + (limits.map { " (\(shortText($0.lowerBound, digits: 3))–\(shortText($0.upperBound, digits: 3)))" } ?? "")
      let y = plot.y(0) - 32 + 18 * Double(index)
      drawing.line(plot.x(1) - 208, y - 4, plot.x(1) - 188, y - 4, color: color, width: 2)
      drawing.text(plot.x(1) - 182, y, text, size: 11)
    }
    plot.axes(&drawing, "1 − specificity", "sensitivity")
  }

  /// Base grey, extended blue, as the eye shall follow the new one.
  private static func color(of prediction: Int) -> String { prediction == 0 ? "#777777" : Plot.color(0) }

  /// What is known of patients, in the order in which they are drawn.
  private enum Kind: Int, CaseIterable { case censored, other, event }

  private func kind(_ row: Int) -> Kind {
    guard let times = judged.outcome.times else { return judged.outcome.indicators?[row] == 1 ? .event : .other }
    return times.stop[row] > (options.horizon ?? 0) ? .other : times.isEvent[row] ? .event : .censored
  }

  private func drawReclassification(_ drawing: inout Drawing, left: Double) {
    let plot = Self.square(left), judged = judged, kinds = judged.base.indices.map(kind)
    let styles: [(kind: Kind, name: String, color: String)] = [
      (.event, "events", Plot.color(1)), (.other, "others", Plot.color(0)), (.censored, "censored before", "#aaaaaa"),
    ]
    drawing.text(left - 65, 28, "Reclassification", size: 16, isBold: true)
    var x = left - 61
    for style in styles where kinds.contains(style.kind) {
      drawing.dot(x, 42, fill: style.color)
      drawing.text(x + 8, 46, style.name, color: "#666")
      x += 30 + 7 * Double(style.name.count)
    }
    for cut in options.cuts {
      drawing.line(plot.x(cut), plot.y(0), plot.x(cut), plot.y(1), color: "#bbb")
      drawing.line(plot.x(0), plot.y(cut), plot.x(1), plot.y(cut), color: "#bbb")
    }
    plot.curve(&drawing, [(0, 0), (1, 1)], color: "#999", width: 1, isDashed: true)
    for kind in Kind.allCases {
      let color = styles.first { $0.kind == kind }?.color ?? "#000000"
      for row in kinds.indices where kinds[row] == kind {
        drawing.dot(plot.x(judged.base[row]), plot.y(judged.extended[row]), radius: 3, fill: color)
      }
    }
    plot.axes(&drawing, "base probability", "extended probability")
  }

  private func drawDecision(_ drawing: inout Drawing, left: Double) {
    let benefit = netBenefit, thresholds = benefit.thresholds
    let high = max((benefit.base + benefit.extended).compactMap { $0 }.max() ?? 0, benefit.all.max() ?? 0, 0.01) * 1.08
    let plot = Plot(
      frame: (left, 64, 350, 350), horizontal: 0...max(thresholds.last ?? 1, 0.1), vertical: -0.3 * high...high)
    Self.heading(&drawing, left, "Decision curves", "net benefit, in true positives for each patient")
    plot.curve(&drawing, [(0, 0), (thresholds.last ?? 1, 0)], color: "#000000", width: 1.2)
    let curves: [(name: String, values: [Double?], color: String, isDashed: Bool)] = [
      ("treat all", benefit.all.map { $0 }, Plot.color(1), true), ("base", benefit.base, Self.color(of: 0), false),
      ("extended", benefit.extended, Self.color(of: 1), false),
    ]
    for curve in curves {
      let points = zip(thresholds, curve.values).compactMap { threshold, value in value.map { (threshold, $0) } }
      plot.curve(
        &drawing, points.filter { $0.1 >= plot.vertical.lowerBound }, color: curve.color, isDashed: curve.isDashed)
    }
    let entries = curves.reversed().map { ($0.name, $0.color, $0.isDashed) } + [("treat none", "#000000", false)]
    for (index, (name, color, isDashed)) in entries.enumerated() {
      let y = 84 + 18 * Double(index)
      drawing.line(left + 246, y - 4, left + 266, y - 4, color: color, width: 2, isDashed: isDashed)
      drawing.text(left + 272, y, name, size: 11)
    }
    plot.axes(&drawing, "threshold of probability", "net benefit")
  }
}
