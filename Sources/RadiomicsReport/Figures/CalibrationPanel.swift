import RadiomicsCore
import RadiomicsStatistics

/// Whether predictions are right: what happened against what was predicted.
package struct CalibrationPanel: FigurePanel {
  /// Probabilities of an event, or risks by a horizon.
  package enum Predictions: Sendable {
    case probabilities(Calibration)
    case risks(SurvivalCalibration)
  }

  package let predictions: Predictions, note: String

  package init(_ predictions: Predictions, note: String = "") { (self.predictions, self.note) = (predictions, note) }

  package var heading: String {
    if case .risks(let calibration) = predictions {
      "Calibration at \(shortText(calibration.horizon))"
    } else {
      "Calibration"
    }
  }
  package let size = (width: 460.0, height: 358.0)

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let frame = (x: left + 70, y: top, width: 350.0, height: 300.0)
    switch predictions {
    case .probabilities(let calibration):
      Self.draw(calibration, &drawing, Plot(frame: frame, horizontal: 0...1, vertical: 0...1))
    case .risks(let calibration): Self.draw(calibration, &drawing, frame: frame)
    }
  }

  /// The smooth curve, tenths of the predictions with Wilson's limits, and the diagonal.
  static func draw(_ calibration: Calibration, _ drawing: inout Drawing, _ plot: Plot) {
    plot.curve(&drawing, [(0, 0), (1, 1)], color: "#999", width: 1, isDashed: true)
    if let curve = calibration.curve {
      plot.curve(&drawing, curve.map { ($0.predicted, min(max($0.smooth, 0), 1)) }, color: Plot.color(0))
    }
    for group in calibration.groups() where group.count > 0 {
      let share = Proportion(group.observed, of: group.count), place = group.expected / Double(group.count)
      if let limits = share.limits(.wilson) {
        drawing.line(
          plot.x(place), plot.y(limits.lowerBound), plot.x(place), plot.y(limits.upperBound), color: "#888")
      }
      drawing.dot(plot.x(place), plot.y(share.estimate), fill: Plot.color(1))
    }
    drawing.text(
      plot.x(0.03), plot.y(0.95), "line: smooth (lowess); dots: groups with 95 % limits", size: 11, color: "#666")
    plot.axes(&drawing, "predicted probability", "events observed")
  }

  /// The smooth curve, fifths of the risks with limits, and the diagonal, as far as risks go.
  static func draw(
    _ calibration: SurvivalCalibration, _ drawing: inout Drawing,
    frame: (x: Double, y: Double, width: Double, height: Double)
  ) {
    let groups = calibration.groups(5)
    let highest =
      groups.map { max($0.predicted, $0.upper.value ?? 0) }
      + (calibration.smooth ?? []).map { max($0.predicted, $0.smooth) }
    let high = min(1, max(0.1, 1.1 * (highest.max() ?? 1)))
    let plot = Plot(frame: frame, horizontal: 0...high, vertical: 0...high)
    plot.curve(&drawing, [(0, 0), (high, high)], color: "#999", width: 1, isDashed: true)
    if let smooth = calibration.smooth {
      plot.curve(&drawing, smooth.map { ($0.predicted, $0.smooth) }, color: Plot.color(0))
    }
    for group in groups {
      guard let observed = group.observed.value else { continue }
      if let lower = group.lower.value, let upper = group.upper.value {
        drawing.line(plot.x(group.predicted), plot.y(lower), plot.x(group.predicted), plot.y(upper), color: "#888")
      }
      drawing.dot(plot.x(group.predicted), plot.y(observed), fill: Plot.color(1))
    }
    drawing.text(
      plot.x(0.03 * high), plot.y(0.95 * high), "line: smooth; dots: fifths with limits", size: 11, color: "#666")
    plot.axes(&drawing, "predicted probability of the event", "share with the event (Kaplan–Meier)")
  }
}

/// What is gained by treating those whose probability reaches a threshold.
package struct DecisionPanel: FigurePanel {
  package let curve: DecisionCurve, name: String

  package init(_ curve: DecisionCurve, name: String) { (self.curve, self.name) = (curve, name) }

  package let heading = "Decision curve"
  package let note = "net benefit, in true positives for each patient"
  package let size = (width: 460.0, height: 358.0)

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    Self.draw(curve, name, &drawing, frame: (left + 70, top, 350, 300))
  }

  static func draw(
    _ curve: DecisionCurve, _ name: String, _ drawing: inout Drawing,
    frame: (x: Double, y: Double, width: Double, height: Double)
  ) {
    let high = max(curve.prevalence, curve.model.max() ?? 0) * 1.08, thresholds = curve.thresholds
    let plot = Plot(frame: frame, horizontal: 0...max(thresholds.last ?? 1, 0.1), vertical: -0.3 * high...high)
    plot.curve(&drawing, [(0, 0), (thresholds.last ?? 1, 0)], color: "#000000", width: 1.2)
    let treated = zip(thresholds, curve.all).filter { $0.1 >= plot.vertical.lowerBound }.map { ($0.0, $0.1) }
    plot.curve(&drawing, treated, color: Plot.color(1), isDashed: true)
    let own = zip(thresholds, curve.model).filter { $0.1 >= plot.vertical.lowerBound }.map { ($0.0, $0.1) }
    plot.curve(&drawing, own, color: Plot.color(0))
    for (index, (name, color)) in [(name, Plot.color(0)), ("treat all", Plot.color(1)), ("treat none", "#000000")]
      .enumerated()
    {
      let y = frame.y + 20 + 18 * Double(index)
      drawing.line(frame.x + 216, y - 4, frame.x + 236, y - 4, color: color, width: 2, isDashed: index == 1)
      drawing.text(frame.x + 242, y, Drawing.short(name, 18), size: 11)
    }
    plot.axes(&drawing, "threshold of probability", "net benefit")
  }
}

/// Survival of groups of risk.
package struct SurvivalPanel: FigurePanel {
  package let heading: String, note: String
  package let curves: [(name: String, curve: KaplanMeier)]
  /// What time is, and the level of limits.
  package let time: String, alpha: Double

  package init(
    _ heading: String, note: String = "", _ curves: [(name: String, curve: KaplanMeier)], time: String,
    alpha: Double = 0.05
  ) {
    (self.heading, self.note, self.curves) = (heading, note, curves)
    (self.time, self.alpha) = (time, alpha)
  }

  package var size: (width: Double, height: Double) { (520, 300 + SurvivalPlot.room(curves.count)) }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    SurvivalPlot(curves: curves, interval: .logLog, alpha: alpha).draw(&drawing, left: left + 85, top: top, time)
  }
}
