import RadiomicsCore

extension Plot {
  /// A mark on an axis.
  struct Tick {
    let place: Double, text: String
  }

  /// Round numbers in a range.
  static func numbers(_ range: ClosedRange<Double>) -> [Tick] {
    Drawing.ticks(range.lowerBound, range.upperBound).map { Tick(place: $0, text: shortText($0)) }
  }

  /// Round ratios at their logarithms, in a range of logarithms.
  static func ratios(_ range: ClosedRange<Double>) -> [Tick] {
    let sets = [
      [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6, 2, 2.5], [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10],
      (-7...7).map { pow(2, Double($0)) }, [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    ]
    let inside = sets.map { $0.filter { range.contains(log($0)) } }
    return (inside.first { (3...8).contains($0.count) } ?? inside[inside.count - 1]).map {
      Tick(place: log($0), text: shortText($0))
    }
  }

  /// Axes with these ticks and names.
  func axes(_ drawing: inout Drawing, _ across: (name: String, ticks: [Tick]), _ up: (name: String, ticks: [Tick])) {
    let bottom = frame.y + frame.height
    for tick in up.ticks {
      drawing.line(frame.x - 4, y(tick.place), frame.x, y(tick.place))
      drawing.text(frame.x - 8, y(tick.place) + 4, tick.text, anchor: .end)
    }
    for tick in across.ticks {
      drawing.line(x(tick.place), bottom, x(tick.place), bottom + 4)
      drawing.text(x(tick.place), bottom + 18, tick.text, anchor: .middle)
    }
    drawing.line(frame.x, frame.y, frame.x, bottom)
    drawing.line(frame.x, bottom, frame.x + frame.width, bottom)
    drawing.text(frame.x + frame.width / 2, bottom + 42, across.name, anchor: .middle)
    drawing.text(frame.x - 58, frame.y + frame.height / 2, up.name, anchor: .middle, turned: -90)
  }
}
