import RadiomicsCore

/// Pairs by the size of their association and by their P, each as a point.
package struct Volcano: FigurePanel {
  package struct Point: Sendable {
    package let r: Double, p: Double
    /// Nil of a pair that is no discovery; else the number of its cluster, which is its colour.
    package let cluster: Int?, label: String

    package init(r: Double, p: Double, cluster: Int?, label: String) {
      (self.r, self.p, self.cluster, self.label) = (r, p, cluster, label)
    }
  }

  package let points: [Point], note: String, heading = "Associations by size and P"
  package let size = (width: 620.0, height: 440.0)

  /// - `points`: In order of P; the first 4,000 are drawn.
  package init(_ points: [Point], note: String) {
    (self.points, self.note) = (Array(points.prefix(4000)), note)
  }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    // What underflows is drawn at the top.
    func height(_ p: Double) -> Double { -log10(max(p, 1e-300)) }
    let widest = points.reduce(0.1) { max($0, abs($1.r)) }, highest = points.reduce(1) { max($0, height($1.p)) }
    let plot = Plot(
      frame: (left + 70, top, size.width - 90, size.height - 60), horizontal: -1.05 * widest...1.05 * widest,
      vertical: 0...1.08 * highest)
    plot.axes(&drawing, "partial correlation", "−log₁₀ P")
    drawing.line(plot.x(0), top, plot.x(0), top + size.height - 60, color: "#bbb", isDashed: true)
    for point in points.reversed() {
      let fill = point.cluster.map(Plot.color) ?? "#b0b0b0"
      drawing.dot(plot.x(point.r), plot.y(height(point.p)), radius: point.cluster == nil ? 2 : 3, fill: fill)
    }
    var taken: [Double] = []
    for point in points.prefix(30) where point.cluster != nil && taken.count < 12 {
      let y = plot.y(height(point.p))
      guard !taken.contains(where: { abs($0 - y) < 12 }) else { continue }
      taken.append(y)
      drawing.text(
        plot.x(point.r) + (point.r > 0 ? -6 : 6), y + 4, Drawing.short(point.label, 40), size: 10,
        anchor: point.r > 0 ? .end : .start)
    }
  }
}
