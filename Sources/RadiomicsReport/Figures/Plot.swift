import RadiomicsCore

/// Two axes in a drawing: values to places, ticks, curves, bands.
package struct Plot {
  /// Left, top, width and height in pixels.
  let frame: (x: Double, y: Double, width: Double, height: Double)
  let horizontal: ClosedRange<Double>, vertical: ClosedRange<Double>

  /// Ranges too narrow to draw are widened.
  package init(
    frame: (x: Double, y: Double, width: Double, height: Double), horizontal: ClosedRange<Double>,
    vertical: ClosedRange<Double>
  ) {
    self.frame = frame
    self.horizontal = Self.drawable(horizontal)
    self.vertical = Self.drawable(vertical)
  }

  /// The smallest length of a range that is drawn.
  static let narrowest = 1e-290

  private static func drawable(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    return high - low >= max(narrowest, 1e-14 * max(abs(low), abs(high))) ? range : low...low + max(1, abs(low))
  }

  /// How far in a range a value lies: 0 at its begin, 1 at its end. Halves, as a length may be infinite.
  private static func part(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    (value / 2 - range.lowerBound / 2) / (range.upperBound / 2 - range.lowerBound / 2)
  }

  func x(_ value: Double) -> Double { frame.x + Self.part(value, horizontal) * frame.width }

  func y(_ value: Double) -> Double { frame.y + (1 - Self.part(value, vertical)) * frame.height }

  /// Axes with ticks and their names.
  func axes(_ drawing: inout Drawing, _ across: String, _ up: String) {
    let bottom = frame.y + frame.height
    for tick in Drawing.ticks(vertical.lowerBound, vertical.upperBound) {
      drawing.line(frame.x - 4, y(tick), frame.x, y(tick))
      drawing.text(frame.x - 8, y(tick) + 4, shortText(tick), anchor: .end)
    }
    for tick in Drawing.ticks(horizontal.lowerBound, horizontal.upperBound) {
      drawing.line(x(tick), bottom, x(tick), bottom + 4)
      drawing.text(x(tick), bottom + 18, shortText(tick), anchor: .middle)
    }
    drawing.line(frame.x, frame.y, frame.x, bottom)
    drawing.line(frame.x, bottom, frame.x + frame.width, bottom)
    drawing.text(frame.x + frame.width / 2, bottom + 42, across, anchor: .middle)
    drawing.text(frame.x - 58, frame.y + frame.height / 2, up, anchor: .middle, turned: -90)
  }

  func curve(
    _ drawing: inout Drawing, _ points: [(Double, Double)], color: String, width: Double = 2, isDashed: Bool = false
  ) {
    drawing.polyline(points.map { (x($0.0), y($0.1)) }, color: color, width: width, isDashed: isDashed)
  }

  /// Between two curves over the same places.
  func band(_ drawing: inout Drawing, _ places: [Double], lower: [Double], upper: [Double], fill: String) {
    let outline = zip(places, upper).map { (x($0), y($1)) } + zip(places, lower).reversed().map { (x($0), y($1)) }
    drawing.polygon(outline, fill: fill, opacity: 0.16)
  }

  /// A range with some room at both ends.
  package static func padded(_ low: Double, _ high: Double) -> ClosedRange<Double> {
    let margin = high > low ? 0.06 * (high - low) : max(1, abs(low)) * 0.1
    return low - margin...high + margin
  }

  /// Colours that people with any colour vision, and printers, tell apart (Okabe and Ito 2008).
  static let palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"]

  /// The colour of curve `index`.
  static func color(_ index: Int) -> String { palette[index % palette.count] }
}
