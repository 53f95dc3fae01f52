import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension Diagnosis {
  /// The curves of all markers; beside them, for probabilities, calibration and decision curve.
  package func figure() -> String {
    let panels = predictions.isEmpty ? 1 : 3, width = 470.0
    var drawing = Drawing(width: width * Double(panels) + 20, height: 520, title: "Diagnosis of \(outcome)")
    drawROC(&drawing, left: 85)
    if let prediction = predictions.last {
      Self.drawCalibration(prediction, &drawing, left: 85 + width)
      Self.drawDecision(prediction, &drawing, left: 85 + 2 * width)
    }
    return drawing.svg
  }

  private static func heading(_ drawing: inout Drawing, _ left: Double, _ title: String, _ below: String) {
    drawing.text(left - 65, 28, title, size: 16, isBold: true)
    drawing.text(left - 65, 46, below, color: "#666")
  }

  private func drawROC(_ drawing: inout Drawing, left: Double) {
    let plot = Plot(frame: (left, 64, 350, 350), horizontal: 0...1, vertical: 0...1)
    let curves =
      markers.map { ($0.name, $0.roc) } + predictions.map { ($0.name, $0.roc) }
    Self.heading(
      &drawing, left, "Receiver operating characteristic",
      Set(curves.map { [$0.1.positives, $0.1.negatives] }).count == 1
        ? "\(curves[0].1.positives) events, \(curves[0].1.negatives) others"
        : "markers and predictions of different rows")
    plot.curve(&drawing, [(0, 0), (1, 1)], color: "#999", width: 1, isDashed: true)
    if curves.count == 1, let band = curves[0].1.band(alpha: options.alpha) {
      plot.band(&drawing, band.map(\.place), lower: band.map(\.lower), upper: band.map(\.upper), fill: Plot.color(0))
    }
    for (index, (name, roc)) in curves.enumerated() {
      plot.curve(
        &drawing, roc.points.reversed().map { (1 - $0.specificity, $0.sensitivity) }, color: Plot.color(index),
        isDashed: !index.isMultiple(of: 2))
      let limits = roc.limits(alpha: options.alpha)
      let text =
        "\(Drawing.short(name, 22)): AUC \(fixedText(roc.auc, decimals: 2))"
        + (limits.map { " (\(fixedText($0.lowerBound, decimals: 2))–\(fixedText($0.upperBound, decimals: 2)))" } ?? "")
      guard index < 8 else { continue }
      let y = plot.y(0) - 14 - 18 * Double(min(curves.count, 8) - 1 - index)
      drawing.line(
        plot.x(1) - 262, y - 4, plot.x(1) - 240, y - 4, color: Plot.color(index), width: 2,
        isDashed: !index.isMultiple(of: 2))
      drawing.text(plot.x(1) - 234, y, text, size: 11)
    }
    for (index, marker) in markers.enumerated() {
      guard let point = marker.roc.points.first(where: { $0.threshold >= marker.threshold }) else { continue }
      drawing.dot(plot.x(1 - point.specificity), plot.y(point.sensitivity), radius: 4.5, fill: Plot.color(index))
    }
    plot.axes(&drawing, "1 − specificity", "sensitivity")
  }

  private static func drawCalibration(_ prediction: Prediction, _ drawing: inout Drawing, left: Double) {
    let plot = Plot(frame: (left, 64, 350, 350), horizontal: 0...1, vertical: 0...1)
    heading(
      &drawing, left, "Calibration",
      prediction.isApparent ? "\(prediction.name), on the rows that it was fitted to" : prediction.name)
    CalibrationPanel.draw(prediction.calibration, &drawing, plot)
  }

  private static func drawDecision(_ prediction: Prediction, _ drawing: inout Drawing, left: Double) {
    heading(&drawing, left, "Decision curve", "net benefit, in true positives for each patient")
    DecisionPanel.draw(prediction.decision, prediction.name, &drawing, frame: (left, 64, 350, 350))
  }
}
