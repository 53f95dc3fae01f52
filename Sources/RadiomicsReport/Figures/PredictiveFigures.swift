import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension PredictiveAnalysis {
  /// Colours of treated and control.
  private static let colors = (treated: Plot.color(0), control: Plot.color(1))
  /// Width and height of a panel in pixels.
  private static let panel = (width: 470.0, height: 500.0)

  /// What the treatment does by the first marker: its effect against the marker, risks of both arms, effects in groups,
  /// and curves of survival in each group.
  package func figure() -> String {
    let marker = markers[0], curves = marker.subgroups.groups.prefix(4).filter { $0.treatedCurve != nil }
    let count = 2 + (marker.selection == nil ? 0 : 1) + curves.count, columns = count == 4 ? 2 : min(count, 3)
    let rows = (count + columns - 1) / columns
    var drawing = Drawing(
      width: Self.panel.width * Double(columns) + 20, height: Self.panel.height * Double(rows),
      title: "Effect of \(treatment) by \(marker.name)")
    var place = 0
    func next() -> (left: Double, top: Double) {
      defer { place += 1 }
      return (
        85 + Self.panel.width * Double(place % columns), 84 + Self.panel.height * Double(place / columns)
      )
    }
    drawEffect(marker, &drawing, next())
    if let selection = marker.selection { drawRisks(marker, selection, &drawing, next()) }
    drawGroups(marker, &drawing, next())
    for group in curves { drawSurvival(group, marker, &drawing, next()) }
    return drawing.svg
  }

  private static func heading(
    _ drawing: inout Drawing, _ at: (left: Double, top: Double), _ title: String, _ below: String
  ) {
    drawing.text(at.left - 65, at.top - 56, shortened(title, 50), size: 16, isBold: true)
    drawing.text(at.left - 65, at.top - 38, shortened(below, 72), color: "#666")
  }

  private static func shortened(_ text: String, _ count: Int) -> String {
    text.count > count ? text.prefix(count - 1) + "…" : text
  }

  private static func ending(_ text: String, _ count: Int) -> String {
    text.count > count ? "…" + text.suffix(count - 1) : text
  }

  private var arms: [(name: String, color: String)] {
    [(treated, Self.colors.treated), (control, Self.colors.control)].map {
      // Words need no column's name; 0 and 1 do.
      (Double($0) == nil ? $0 : "\(treatment) = \($0)", $1)
    }
  }

  /// Names of both arms above a plot.
  private func legend(_ drawing: inout Drawing, _ at: (left: Double, top: Double), _ names: [String]) {
    for (index, name) in names.enumerated() {
      let x = at.left + 180 * Double(index)
      drawing.line(x, at.top - 18, x + 18, at.top - 18, color: arms[index].color, width: 3)
      drawing.text(x + 24, at.top - 14, Self.shortened(name, 26), size: 11)
    }
  }

  /// Ticks at 0, 1, 2, … with names.
  private static func names(_ names: [String]) -> [Plot.Tick] {
    names.enumerated().map { Plot.Tick(place: Double($0), text: shortened($1, max(4, 50 / names.count))) }
  }

  // MARK: Effect against the marker

  private func drawEffect(
    _ marker: PredictiveAnalysis.Marker, _ drawing: inout Drawing, _ at: (left: Double, top: Double)
  ) {
    let p = marker.interaction.p
    Self.heading(
      &drawing, at, "\(outcome.ratioWords.capitalizedFirst) by \(marker.name)",
      "p(interaction) \(p < 0.001 ? "< 0.001" : "= \(shortText(p, digits: 2))"); \(arms[0].name) over \(arms[1].name)"
    )
    marker.interaction.hasLevels ? drawLevels(marker, &drawing, at) : drawCurve(marker, &drawing, at)
  }

  private func drawCurve(
    _ marker: PredictiveAnalysis.Marker, _ drawing: inout Drawing, _ at: (left: Double, top: Double)
  ) {
    guard case .numbers(let all) = marker.interaction.values else { return }
    let sorted = all.compactMap { $0 }.sorted(), alpha = options.alpha
    let points = marker.curve.compactMap { point -> (Double, Double, Double, Double)? in
      let limits = point.effect.ratioLimits(alpha)
      guard let value = point.effect.ratio.value, let low = limits.lower.value, let high = limits.upper.value else {
        return nil
      }
      return (point.value, log(value), log(low), log(high))
    }
    // At the ends, where nearly nobody is, a band may be so wide that it hides all else.
    let core = percentile(5, of: sorted)...percentile(95, of: sorted), inner = points.filter { core.contains($0.0) }
    let range = Self.logRange(inner.flatMap { [$0.2, $0.3] } + points.map { $0.1 })
    let plot = Plot(
      frame: (at.left, at.top, 350, 340), horizontal: Plot.padded(sorted[0], sorted[sorted.count - 1]), vertical: range)
    func inside(_ value: Double) -> Double { min(max(value, range.lowerBound), range.upperBound) }
    plot.band(
      &drawing, points.map { $0.0 }, lower: points.map { inside($0.2) }, upper: points.map { inside($0.3) },
      fill: Plot.color(0))
    plot.curve(
      &drawing, [(plot.horizontal.lowerBound, 0), (plot.horizontal.upperBound, 0)], color: "#666", width: 1.2,
      isDashed: true)
    plot.curve(&drawing, points.map { ($0.0, inside($0.1)) }, color: Plot.color(0), width: 2.5)
    let bottom = at.top + 340
    for percent in stride(
      from: 0.0, through: 100, by: sorted.count > 200 ? 0.5 : 100 / Double(max(sorted.count - 1, 1)))
    {
      let x = plot.x(percentile(percent, of: sorted))
      drawing.line(x, bottom - 8, x, bottom - 1, color: "#999", width: 0.6)
    }
    plot.axes(
      &drawing, ("\(marker.name) (ticks inside: patients)", Plot.numbers(plot.horizontal)),
      ("\(outcome.ratioWords), log scale", Plot.ratios(range)))
  }

  private func drawLevels(
    _ marker: PredictiveAnalysis.Marker, _ drawing: inout Drawing, _ at: (left: Double, top: Double)
  ) {
    guard let effects = try? marker.interaction.effects(at: marker.interaction.typicalValues) else { return }
    let names: [String]
    switch marker.interaction.typicalValues {
    case .numbers(let numbers): names = numbers.map { numberText($0 ?? 0) }
    case .categories(let words): names = words.map { $0 ?? "" }
    }
    let limits = effects.map { $0.ratioLimits(options.alpha) }
    let range = Self.logRange(limits.flatMap { [$0.lower, $0.upper] }.compactMap(\.value).map { log($0) })
    let plot = Plot(
      frame: (at.left, at.top, 350, 340), horizontal: -0.6...Double(names.count) - 0.4, vertical: range)
    plot.curve(
      &drawing, [(plot.horizontal.lowerBound, 0), (plot.horizontal.upperBound, 0)], color: "#666", width: 1.2,
      isDashed: true)
    for index in effects.indices {
      guard let value = effects[index].ratio.value, let low = limits[index].lower.value,
        let high = limits[index].upper.value
      else { continue }
      func y(_ ratio: Double) -> Double { plot.y(min(max(log(ratio), range.lowerBound), range.upperBound)) }
      let x = plot.x(Double(index))
      drawing.line(x, y(low), x, y(high), color: Plot.color(0), width: 2)
      drawing.dot(x, y(value), radius: 6, fill: Plot.color(0))
    }
    plot.axes(
      &drawing, (marker.name, Self.names(names)), ("\(outcome.ratioWords), log scale", Plot.ratios(range)))
  }

  /// A range of logarithms with 0 in it, no wider than from 1/100 to 100.
  private static func logRange(_ values: [Double]) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    return Plot.padded(max(-4.6, min(finite.min() ?? -1, -0.2)), min(4.6, max(finite.max() ?? 1, 0.2)))
  }

  // MARK: Risks

  private func drawRisks(
    _ marker: PredictiveAnalysis.Marker, _ selection: TreatmentSelection, _ drawing: inout Drawing,
    _ at: (left: Double, top: Double)
  ) {
    let until = selection.horizon.map { " until \(numberText($0.horizon))" } ?? ""
    Self.heading(
      &drawing, at, "Risk\(until) by \(marker.name)",
      "treatment would harm \(shortText(100 * selection.harmed, digits: 3)) % of patients (marker-negative)")
    legend(&drawing, at, arms.map(\.name))
    let alpha = options.alpha, isCategories = marker.interaction.hasCategories
    let values: [PredictedRisks] =
      isCategories
      ? (try? selection.risks(at: marker.interaction.typicalValues, alpha: alpha)) ?? [] : selection.curve(alpha: alpha)
    let tops = values.flatMap { [$0.treated.upper, $0.untreated.upper] }.compactMap(\.value)
    let top = min(1, 1.05 * (tops.max() ?? 1)), last = Double(max(values.count - 1, 1))
    let plot = Plot(
      frame: (at.left, at.top, 350, 340), horizontal: isCategories ? -0.6...last + 0.6 : 0...100,
      vertical: 0...max(top, 0.05))
    for (risk, color, shift) in [
      ({ $0.treated }, Self.colors.treated, 0.08), ({ $0.untreated }, Self.colors.control, -0.08),
    ] as [((PredictedRisks) -> PredictedRisks.Risk, String, Double)] {
      let points = values.enumerated().compactMap { index, value -> (Double, Double, Double, Double)? in
        guard let p = risk(value).estimate.value, let low = risk(value).lower.value, let high = risk(value).upper.value
        else { return nil }
        return (Double(index), p, low, high)
      }
      if isCategories {
        for point in points {
          let x = plot.x(point.0 + shift)
          drawing.line(x, plot.y(point.2), x, plot.y(min(point.3, plot.vertical.upperBound)), color: color, width: 2)
          drawing.dot(x, plot.y(point.1), radius: 6, fill: color)
        }
      } else {
        plot.band(
          &drawing, points.map { $0.0 }, lower: points.map { $0.2 },
          upper: points.map { min($0.3, plot.vertical.upperBound) }, fill: color)
        plot.curve(&drawing, points.map { ($0.0, $0.1) }, color: color, width: 2.5)
      }
    }
    let across =
      isCategories
      ? (marker.name, Self.names(values.map(\.marker)))
      : ("percentile of \(marker.name)", Plot.numbers(plot.horizontal))
    plot.axes(&drawing, across, ("risk of the event", Plot.numbers(plot.vertical)))
  }

  // MARK: Groups

  private func drawGroups(
    _ marker: PredictiveAnalysis.Marker, _ drawing: inout Drawing, _ at: (left: Double, top: Double)
  ) {
    func number(_ p: Double?) -> String {
      p.map { $0 < 0.001 ? "< 0.001" : "= \(shortText($0, digits: 2))" } ?? "not computed"
    }
    let test = marker.subgroups.qualitative
    Self.heading(
      &drawing, at, "Effect in groups, each alone",
      "all alike: p \(number(test?.heterogeneity.p)) (Cochran); none opposite: p \(number(test?.p)) (Gail–Simon)")
    var rows = marker.subgroups.groups.map { group in
      (group.name, group.effect, group.control.count + group.treated.count, group.control.events + group.treated.events)
    }
    rows.append(("all, same effect", marker.interaction.overallEffect, marker.count, marker.events))
    let limits = rows.map { $0.1.ratioLimits(options.alpha) }
    let range = Self.logRange(limits.flatMap { [$0.lower, $0.upper] }.compactMap(\.value).map { log($0) })
    let plot = Plot(frame: (at.left - 60, at.top, 300, 340), horizontal: range, vertical: 0...Double(rows.count))
    drawing.line(plot.x(0), at.top, plot.x(0), at.top + 340, color: "#666", width: 1.2, isDashed: true)
    for (index, row) in rows.enumerated() {
      let middle = plot.y(Double(rows.count - index) - 0.65), isAll = index == marker.subgroups.groups.count
      let name = "\(Self.ending(row.0, 28))  (\(row.3) events of \(row.2))"
      // The line at 1 must not cross the name.
      drawing.rectangle(plot.frame.x + 4, middle - 29, 6.6 * Double(name.count), 15, fill: "#fff")
      drawing.text(plot.frame.x + 6, middle - 18, name, size: 11, isBold: isAll)
      guard let value = row.1.ratio.value, let low = limits[index].lower.value, let high = limits[index].upper.value
      else {
        drawing.text(plot.frame.x + 6, middle + 4, "no effect can be computed", size: 11, color: "#888")
        continue
      }
      drawing.text(
        plot.frame.x + 312, middle + 4,
        "\(shortText(value, digits: 3)) (\(shortText(low, digits: 3))–\(shortText(high, digits: 3)))", size: 11)
      func x(_ ratio: Double) -> Double { plot.x(min(max(log(ratio), range.lowerBound), range.upperBound)) }
      let color = isAll ? "#000000" : Plot.color(0)
      drawing.line(x(low), middle, x(high), middle, color: color, width: 2)
      drawing.rectangle(x(value) - 5, middle - 5, 10, 10, fill: color)
    }
    plot.axes(&drawing, ("\(outcome.ratioWords) of treatment, log scale", Plot.ratios(range)), ("", []))
  }

  // MARK: Survival

  private func drawSurvival(
    _ group: TreatmentSubgroups.Group, _ marker: PredictiveAnalysis.Marker, _ drawing: inout Drawing,
    _ at: (left: Double, top: Double)
  ) {
    guard let treated = group.treatedCurve, let control = group.controlCurve else { return }
    let horizon = marker.subgroups.horizon ?? 0
    let gained = group.restrictedMean.map { mean in
      let gain = mean.estimate, limits = gain.limits(options.alpha) ?? gain.value...gain.value
      return
        "mean time gained until \(shortText(horizon)): \(shortText(gain.value, digits: 3)) "
        + "(\(shortText(limits.lowerBound, digits: 3)) to \(shortText(limits.upperBound, digits: 3)))"
    }
    Self.heading(&drawing, at, Self.ending(group.name, 50), gained ?? "an arm was not seen until \(shortText(horizon))")
    legend(
      &drawing, at,
      zip(arms, [group.treated, group.control]).map { "\(Self.shortened($0.name, 14)): \($1.events) of \($1.count)" })
    let end = max(treated.times.last ?? 1, control.times.last ?? 1)
    let plot = Plot(
      frame: (at.left, at.top, 350, 340),
      horizontal: min(0, treated.times.first ?? 0, control.times.first ?? 0)...max(end, 1e-300), vertical: 0...1)
    if horizon < end {
      drawing.line(plot.x(horizon), at.top, plot.x(horizon), at.top + 340, color: "#999", isDashed: true)
    }
    for (curve, arm) in zip([treated, control], arms) {
      var points = [(plot.horizontal.lowerBound, 1.0)]
      for (time, survival) in zip(curve.times, curve.survival)
      where survival != points[points.count - 1].1 || time == curve.times.last {
        points += [(time, points[points.count - 1].1), (time, survival)]
      }
      plot.curve(&drawing, points, color: arm.color)
    }
    plot.axes(&drawing, timeName, "share without the event")
  }

  private var timeName: String { if case .survival(let time, _) = outcome { time } else { "time" } }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
