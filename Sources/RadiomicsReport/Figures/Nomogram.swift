import RadiomicsCore

/// A model with coefficients as axes to read by hand: each variable gives points, their total gives what is predicted. The variable whose
/// range moves the linear predictor most has 100 points from end to end; each has 0 where it lowers the predictor most.
///
/// Example: coefficients 0.05 for age 40 to 80 and 1 for sex 0 or 1: age 60 gives 0.05 · 20 / 2 · 100 = 50 points, sex 1 gives 50; a total of
/// 100 points is a linear predictor of intercept + 0.05 · 40 + 100 · 2 / 100. Iasonos et al. 2008, doi:10.1200/JCO.2007.12.9791.
package struct Nomogram: Sendable {
  /// A variable.
  package struct Variable: Sendable {
    package let name: String, coefficient: Double
    /// From its least to its largest value that is shown.
    package let range: ClosedRange<Double>
    /// Words for some of its values, in place of numbers; empty of a measurement.
    package let levels: [(value: Double, text: String)]

    package init(
      _ name: String, coefficient: Double, range: ClosedRange<Double>, levels: [(value: Double, text: String)] = []
    ) {
      (self.name, self.coefficient, self.range, self.levels) = (name, coefficient, range, levels)
    }

    /// The value with 0 points, and how far the range moves the linear predictor.
    fileprivate var origin: Double { coefficient < 0 ? range.upperBound : range.lowerBound }
    fileprivate var reach: Double { abs(coefficient) * (range.upperBound - range.lowerBound) }
  }

  /// What is predicted, as an increasing function of the linear predictor, from 0 to 1.
  package struct Outcome: Sendable {
    package let name: String
    package let probability: @Sendable (Double) -> Double
    package init(_ name: String, _ probability: @escaping @Sendable (Double) -> Double) {
      (self.name, self.probability) = (name, probability)
    }
  }

  package let variables: [Variable], intercept: Double, outcomes: [Outcome]
  /// Values of one patient, in the order of the variables, that are marked; nil of nobody.
  package var example: [Double]?

  /// - `intercept`: What the linear predictor is where every variable is 0, with everything that is not shown.
  package init(_ variables: [Variable], intercept: Double, _ outcomes: [Outcome], example: [Double]? = nil) {
    precondition(example == nil || example?.count == variables.count, "a value for each variable")
    (self.variables, self.intercept, self.outcomes, self.example) = (variables, intercept, outcomes, example)
  }

  /// How much of the linear predictor a point is.
  private var perPoint: Double { max(variables.map(\.reach).max() ?? 0, .leastNormalMagnitude) / 100 }
  private var lowest: Double { variables.reduce(intercept) { $0 + $1.coefficient * $1.origin } }

  /// Points of a value of a variable.
  package func points(_ variable: Int, _ value: Double) -> Double {
    variables[variable].coefficient * (value - variables[variable].origin) / perPoint
  }
  /// Points of a patient.
  package func total(_ values: [Double]) -> Double { values.indices.reduce(0) { $0 + points($1, values[$1]) } }
  /// The linear predictor of so many points.
  package func linearPredictor(total: Double) -> Double { lowest + total * perPoint }
}

extension Nomogram: FigurePanel {
  package var heading: String { "Nomogram" }
  package var note: String { "Find each value's points above it, add them up, and read below the total." }
  package var size: (width: Double, height: Double) {
    (760, Self.step * Double(variables.count + outcomes.count + 3) + 10)
  }

  private static let step = 46.0, names = 190.0

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let width = size.width - Self.names - 40, first = left + Self.names, line = Self.step
    let points = Plot(frame: (first, top, width, 1), horizontal: 0...100, vertical: 0...1)
    Self.axis(&drawing, "points", left, first...first + width, top + 18, points.marks)
    for (place, variable) in variables.enumerated() {
      let y = top + 18 + line * Double(place + 1), ends = [0, variable.reach / perPoint].map { points.x($0) }
      Self.axis(
        &drawing, variable.name, left, ends[0]...max(ends[1], ends[0] + 0.5), y,
        marks(variable).map { ($0.text, points.x(self.points(place, $0.value))) })
      guard let value = example?[place] else { continue }
      let x = points.x(min(max(self.points(place, value), 0), 100))
      drawing.line(x, top + 18, x, y, color: "#bbb", isDashed: true)
      drawing.dot(x, y, radius: 4, fill: Plot.color(1))
    }
    drawTotals(&drawing, left, first, width, top + 18 + line * Double(variables.count + 1))
  }

  private func drawTotals(_ drawing: inout Drawing, _ left: Double, _ first: Double, _ width: Double, _ top: Double) {
    let most = max(variables.reduce(0) { $0 + $1.reach } / perPoint, 1), ends = first...first + width
    let totals = Plot(frame: (first, top, width, 1), horizontal: 0...most, vertical: 0...1)
    Self.axis(&drawing, "total points", left, ends, top, totals.marks)
    let predictors = linearPredictor(total: 0)...linearPredictor(total: most)
    let scale = Plot(frame: (first, top, width, 1), horizontal: predictors, vertical: 0...1)
    Self.axis(&drawing, "linear predictor", left, ends, top + Self.step, scale.marks)
    for (place, outcome) in outcomes.enumerated() {
      Self.axis(
        &drawing, outcome.name, left, ends, top + Self.step * Double(place + 2),
        Self.probabilities(outcome, predictors).map { ($0.text, scale.x($0.predictor)) })
    }
    guard let example else { return }
    let total = total(example), x = totals.x(min(max(total, 0), most))
    drawing.line(x, top, x, top + Self.step * Double(outcomes.count + 1), color: "#bbb", isDashed: true)
    drawing.dot(x, top, radius: 4, fill: Plot.color(1))
    drawing.text(
      x, top - 10, fixedText(total, decimals: 1), size: 11, anchor: .middle, color: Plot.color(1), isBold: true)
  }

  /// What stands at an axis of a variable: its words, or round numbers and its ends.
  private func marks(_ variable: Variable) -> [(value: Double, text: String)] {
    if !variable.levels.isEmpty { return variable.levels }
    let low = variable.range.lowerBound, high = variable.range.upperBound
    let round = Drawing.ticks(low, high, count: max(2, Int(variable.reach / perPoint / 14)))
    return (round.count > 1 ? round : [low, high]).map { ($0, shortText($0, digits: 3)) }
  }

  /// Round probabilities and where they lie, no two too near.
  private static func probabilities(_ outcome: Outcome, _ range: ClosedRange<Double>) -> [(
    text: String, predictor: Double
  )] {
    var shown: [(text: String, predictor: Double)] = []
    for p in [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999] {
      let ends = (outcome.probability(range.lowerBound), outcome.probability(range.upperBound))
      guard ends.0 <= p, p <= ends.1 else { continue }
      var (low, high) = (range.lowerBound, range.upperBound)
      for _ in 0..<60 {
        let middle = low + (high - low) / 2
        if outcome.probability(middle) < p { low = middle } else { high = middle }
      }
      let gap = (range.upperBound - range.lowerBound) / 18
      if let last = shown.last, low - last.predictor < gap { continue }
      shown.append((shortText(p), low))
    }
    return shown
  }

  /// A horizontal axis with its name to the left and marks below.
  private static func axis(
    _ drawing: inout Drawing, _ name: String, _ left: Double, _ ends: ClosedRange<Double>, _ y: Double,
    _ marks: [(text: String, x: Double)]
  ) {
    drawing.text(left, y + 4, Drawing.short(name, 26))
    drawing.line(ends.lowerBound, y, ends.upperBound, y)
    for mark in marks {
      drawing.line(mark.x, y, mark.x, y + 5)
      drawing.text(mark.x, y + 17, Drawing.short(mark.text, 14), size: 11, anchor: .middle)
    }
  }
}

extension Plot {
  /// Round numbers of the horizontal axis with their places.
  fileprivate var marks: [(text: String, x: Double)] {
    Drawing.ticks(horizontal.lowerBound, horizontal.upperBound, count: 10).map { (shortText($0), x($0)) }
  }
}
