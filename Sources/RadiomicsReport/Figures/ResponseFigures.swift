import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension ResponseAnalysis {
  /// Waterfall, spider and swimmer, as far as there are numbers for them.
  var panels: [any FigurePanel] {
    let followed = subjects.filter { !$0.recist.visits.isEmpty }
    guard !followed.isEmpty else { return [] }
    let measured = followed.filter { $0.bestChange != nil }
    return (measured.isEmpty ? [] : [Waterfall(measured), Spider(measured, time: timeName)])
      + [Swimmer(followed, time: timeName)]
  }
}

extension ResponseCategory {
  /// Colours that differ in brightness too.
  fileprivate var color: String {
    switch self {
    case .complete: "#004d7a"
    case .partial: "#2f9bd6"
    case .stable: "#e3c567"
    case .progressive: "#b3400a"
    case .notEvaluable: "#999999"
    case .persistent: "#cfa6c4"
    case .noDisease: "#7fbf9f"
    }
  }

  /// Room for a word of two signs.
  fileprivate var short: String { self == .persistent ? "non" : rawValue }
}

/// The lines that a response or progression of the sum must reach.
private let limits = [-0.3, 0.2]

/// Best change of the sum of each subject, the worst first.
struct Waterfall: FigurePanel {
  private let bars: [(name: String, change: Double, best: ResponseCategory, hasNew: Bool)]
  private static let highest = 1.0

  init(_ subjects: [ResponseAnalysis.Subject]) {
    bars = subjects.map { subject in
      (
        subject.name, subject.bestChange ?? 0, subject.best ?? .notEvaluable,
        subject.recist.visits.contains { $0.hasNew == true }
      )
    }.sorted { ($1.change, $0.name) < ($0.change, $1.name) }
  }

  let heading = "Waterfall"
  let note = "Best change of the sum of target lesions until progression, with the best response; + new lesions"
  let size = (width: 880.0, height: 400.0)

  func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let high = min(Self.highest, max(0.25, bars.map(\.change).max()! + 0.1))
    let plot = Plot(
      frame: (left + 70, top, size.width - 90, 300), horizontal: 0...Double(bars.count), vertical: -1.05...high)
    let step = plot.frame.width / Double(bars.count), width = max(1, min(60, 0.8 * step))
    plot.percentAxis(&drawing, "best change")
    for (index, bar) in bars.enumerated() {
      let middle = plot.x(Double(index) + 0.5), end = plot.y(min(bar.change, high)), zero = plot.y(0)
      drawing.rectangle(
        middle - width / 2, min(end, zero), width, max(1.5, abs(end - zero)), fill: bar.best.color,
        hint: "\(bar.name): \(percentText(bar.change)), \(bar.best.rawValue)")
      if bar.change > high { drawing.text(middle, end - 4, "›", anchor: .middle, turned: -90) }
      guard step >= 22 else { continue }
      let words = bar.best.short + (bar.hasNew ? " +" : "")
      drawing.text(middle, bar.change < 0 ? end + 13 : end - 5, words, size: 11, anchor: .middle)
      drawing.text(
        middle + 4, plot.frame.y + plot.frame.height + 12, Drawing.short(bar.name, 14), size: 10, anchor: .end,
        turned: -40)
    }
    plot.limitLines(&drawing)
  }
}

/// The sum of each subject over time.
struct Spider: FigurePanel {
  private let curves: [(name: String, points: [(Double, Double)], best: ResponseCategory)]
  private let time: String

  init(_ subjects: [ResponseAnalysis.Subject], time: String) {
    self.time = time
    curves = subjects.map { subject in
      let later = zip(subject.lesions.times.dropFirst(), subject.changes).compactMap { time, change in
        change.map { (time, $0) }
      }
      return (subject.name, [(subject.lesions.times[0], 0)] + later, subject.best ?? .notEvaluable)
    }
  }

  let heading = "Spider"
  let note = "Change of the sum of target lesions since the baseline; colours as above"
  let size = (width: 880.0, height: 370.0)

  func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let points = curves.flatMap(\.points), times = points.map(\.0)
    let plot = Plot(
      frame: (left + 70, top, size.width - 190, 300), horizontal: Plot.padded(times.min()!, times.max()!),
      vertical: -1.05...max(0.25, points.map(\.1).max()! + 0.05))
    plot.percentAxis(&drawing, "change")
    let bottom = plot.frame.y + plot.frame.height
    drawing.line(plot.frame.x, bottom, plot.frame.x + plot.frame.width, bottom)
    for tick in Plot.numbers(plot.horizontal) {
      drawing.line(plot.x(tick.place), bottom, plot.x(tick.place), bottom + 4)
      drawing.text(plot.x(tick.place), bottom + 18, tick.text, anchor: .middle)
    }
    drawing.text(plot.frame.x + plot.frame.width / 2, bottom + 42, time, anchor: .middle)
    plot.limitLines(&drawing)
    for curve in curves {
      plot.curve(&drawing, curve.points, color: curve.best.color)
      for point in curve.points { drawing.dot(plot.x(point.0), plot.y(point.1), fill: curve.best.color) }
    }
    label(&drawing, plot)
  }

  /// Names beside the ends of curves, moved apart where they would meet.
  private func label(_ drawing: inout Drawing, _ plot: Plot) {
    guard curves.count <= 24 else { return }
    let ends = curves.map { (name: $0.name, x: plot.x($0.points.last!.0), y: plot.y($0.points.last!.1)) }
    var lowest = -Double.infinity
    for end in ends.sorted(by: { ($0.y, $0.name) < ($1.y, $1.name) }) {
      let y = max(end.y + 4, lowest + 11)
      lowest = y
      drawing.text(plot.frame.x + plot.frame.width + 8, y, Drawing.short(end.name, 18), size: 10)
      drawing.line(end.x + 4, end.y, plot.frame.x + plot.frame.width + 5, y - 4, color: "#bbb", width: 0.6)
    }
  }
}

/// Responses of each subject at its visits, on a bar from the first to the last.
struct Swimmer: FigurePanel {
  private let bars: [(name: String, times: [Double], visits: [ResponseCategory])], time: String

  init(_ subjects: [ResponseAnalysis.Subject], time: String) {
    self.time = time
    bars = subjects.map { ($0.name, $0.lesions.times, $0.recist.visits.map(\.overall)) }.sorted {
      ($1.times.last!, $0.name) < ($0.times.last!, $1.name)
    }
  }

  private static let step = 24.0, names = 120.0
  let heading = "Swimmer"
  let note = "Overall response at each visit; the longest followed first"
  var size: (width: Double, height: Double) { (880, Self.step * Double(bars.count) + 58) }

  func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let times = bars.flatMap(\.times), height = Self.step * Double(bars.count)
    let plot = Plot(
      frame: (left + Self.names, top, size.width - Self.names - 20, height),
      horizontal: Plot.padded(times.min()!, times.max()!), vertical: 0...1)
    for (index, bar) in bars.enumerated() {
      let y = top + Self.step * (Double(index) + 0.5), ends = [plot.x(bar.times[0]), plot.x(bar.times.last!)]
      drawing.text(left + Self.names - 8, y + 4, Drawing.short(bar.name, 18), size: 11, anchor: .end)
      drawing.rectangle(ends[0], y - 5, ends[1] - ends[0], 10, fill: "#e4e4e4")
      for (time, category) in zip(bar.times.dropFirst(), bar.visits) {
        let isDark = [.complete, .progressive].contains(category), width = category == .persistent ? 26.0 : 22
        drawing.rectangle(
          plot.x(time) - width / 2, y - 8, width, 16, fill: category.color,
          hint: "\(bar.name), \(numberText(time)): \(category.rawValue)")
        drawing.text(
          plot.x(time), y + 4, category.short, size: 10, anchor: .middle, color: isDark ? "#fff" : "#111", isBold: true)
      }
    }
    let bottom = top + height
    drawing.line(plot.frame.x, bottom, plot.frame.x + plot.frame.width, bottom)
    for tick in Plot.numbers(plot.horizontal) {
      drawing.line(plot.x(tick.place), bottom, plot.x(tick.place), bottom + 4)
      drawing.text(plot.x(tick.place), bottom + 18, tick.text, anchor: .middle)
    }
    drawing.text(plot.frame.x + plot.frame.width / 2, bottom + 42, time, anchor: .middle)
  }
}

extension Plot {
  /// An axis of shares, as per cent, with a line at 0.
  fileprivate func percentAxis(_ drawing: inout Drawing, _ name: String) {
    for tick in Drawing.ticks(vertical.lowerBound, vertical.upperBound) {
      drawing.line(frame.x - 4, y(tick), frame.x, y(tick))
      drawing.text(frame.x - 8, y(tick) + 4, percentText(tick), anchor: .end)
    }
    drawing.line(frame.x, frame.y, frame.x, frame.y + frame.height)
    drawing.line(frame.x, y(0), frame.x + frame.width, y(0))
    drawing.text(frame.x - 58, frame.y + frame.height / 2, name, anchor: .middle, turned: -90)
  }

  /// 30 % less and 20 % more.
  fileprivate func limitLines(_ drawing: inout Drawing) {
    for limit in limits {
      drawing.line(frame.x, y(limit), frame.x + frame.width, y(limit), color: "#777", isDashed: true)
    }
  }
}
