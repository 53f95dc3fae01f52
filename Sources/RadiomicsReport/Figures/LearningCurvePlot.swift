import RadiomicsCore

/// Performance against the number of patients that a model was fitted to.
package struct LearningCurvePlot: FigurePanel {
  /// Performance of models fitted to so many patients.
  package struct Point: Sendable {
    package let patients: Int, value: Double
    /// Between which values models lie; nil if that is not known.
    package let range: ClosedRange<Double>?
    package init(patients: Int, value: Double, range: ClosedRange<Double>?) {
      (self.patients, self.value, self.range) = (patients, value, range)
    }
  }

  package let points: [Point]
  /// What is measured, and where it says nothing.
  package let measure: String, neutral: Double?
  package let note: String

  package init(_ points: [Point], measure: String, neutral: Double?, note: String = "") {
    (self.points, self.measure, self.neutral, self.note) = (
      points.sorted { $0.patients < $1.patients }, measure, neutral, note
    )
  }

  package var heading: String { "Learning curve" }
  package let size = (width: 460.0, height: 358.0)

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let ends =
      points.flatMap { [$0.value, $0.range?.lowerBound ?? $0.value, $0.range?.upperBound ?? $0.value] } + [
        neutral ?? points[0].value
      ]
    let places = points.map { Double($0.patients) }
    let plot = Plot(
      frame: (left + 70, top, size.width - 90, 300), horizontal: Plot.padded(places.min()!, places.max()!),
      vertical: Plot.padded(ends.min()!, ends.max()!))
    if let neutral {
      drawing.line(
        plot.frame.x, plot.y(neutral), plot.frame.x + plot.frame.width, plot.y(neutral), color: "#999", isDashed: true)
    }
    let known = points.filter { $0.range != nil }
    plot.band(
      &drawing, known.map { Double($0.patients) }, lower: known.map { $0.range!.lowerBound },
      upper: known.map { $0.range!.upperBound }, fill: Plot.color(0))
    plot.curve(&drawing, points.map { (Double($0.patients), $0.value) }, color: Plot.color(0))
    for point in points { drawing.dot(plot.x(Double(point.patients)), plot.y(point.value), fill: Plot.color(0)) }
    plot.axes(&drawing, "patients in training", measure)
  }
}
