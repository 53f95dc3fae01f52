import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension Prognosis {
  /// Survival of all, of groups or of groups of risk; beside it hazard ratios and, for predictions, calibration and AUC(t), or
  /// cumulative incidences of competing events.
  package func figure() -> String {
    let panels = panels, width = 520.0, across = min(panels.count, 3)
    let row = 64 + 300 + SurvivalPlot.room(max(shown.groups.count, 2)) + 16
    let rows = (panels.count + across - 1) / across
    var drawing = Drawing(
      width: width * Double(across) + 20, height: row * Double(rows), title: "Prognosis, \(options.event)")
    for (index, panel) in panels.enumerated() {
      let left = 85 + width * Double(index % across), top = row * Double(index / across)
      switch panel {
      case .survival: drawSurvival(&drawing, left, top)
      case .incidences: drawIncidences(&drawing, left, top)
      case .ratios: drawRatios(&drawing, left, top)
      case .calibration: drawCalibration(&drawing, left, top)
      case .areas: drawAreas(&drawing, left, top)
      }
    }
    return drawing.svg
  }

  private enum Panel { case survival, incidences, ratios, calibration, areas }

  private var panels: [Panel] {
    var panels = [Panel.survival]
    if competing != nil { panels.append(.incidences) }
    if !ratios.isEmpty { panels.append(.ratios) }
    if performances.contains(where: { !$0.calibrations.isEmpty }) { panels.append(.calibration) }
    if performances.contains(where: { $0.areas.count > 0 }) { panels.append(.areas) }
    return panels
  }

  /// The groups whose survival is drawn: those asked for, else those of risk, else all.
  private var shown: SurvivalGroups {
    groups.column == nil ? riskGroups.last?.groups ?? groups : groups
  }

  private static func heading(
    _ drawing: inout Drawing, _ left: Double, _ top: Double, _ title: String, _ below: String
  ) {
    drawing.text(left - 65, top + 28, title, size: 16, isBold: true)
    drawing.text(left - 65, top + 46, Drawing.short(below, 80), color: "#666")
  }

  private func drawSurvival(_ drawing: inout Drawing, _ left: Double, _ top: Double) {
    let title = options.cause.map { "Free of event \(numberText($0)), others censored," } ?? "Survival"
    let groups = shown, isRisk = groups.column != nil && groups.column != options.group
    let events = groups.groups.reduce(0.0) { $0 + $1.curve.events.reduce(0, +) },
      count = groups.groups.reduce(0) { $0 + $1.count }
    var below =
      "\(shortText(events)) events in \(count) \(times.hasEntry && options.subject == nil ? "intervals" : "patients")"
    let p =
      isRisk
      ? riskGroups.last?.statistics.last { ["p", "robust_p"].contains($0.name) }
      : groups.tests.first?.statistics.last { ["p", "robust_p"].contains($0.name) }
    if groups.groups.count > 8 { below += ", the first 8 of \(groups.groups.count) groups" }
    if let p = p?.cells[0].value { below += ", log-rank p = \(shortText(p, digits: 2))" }
    Self.heading(&drawing, left, top, title + (groups.column.map { " by \(Drawing.short($0, 36))" } ?? ""), below)
    SurvivalPlot(
      curves: groups.groups.prefix(8).map { group in
        (isRisk || groups.column == nil ? group.name : "\(groups.column!) = \(group.name)", group.curve)
      }, interval: options.interval,
      alpha: options.alpha
    ).draw(&drawing, left: left, top: top + 64, options.time)
  }

  private func drawIncidences(_ drawing: inout Drawing, _ left: Double, _ top: Double) {
    guard let competing = competing else { return }
    let curves = competing.groups.flatMap { group in
      competing.kinds.enumerated().map { kind, name in
        (
          name: competing.groups.count > 1 ? "\(name), \(options.group ?? "") \(group.name)" : name,
          curve: group.curve,
          kind: kind
        )
      }
    }
    Self.heading(
      &drawing, left, top, "Cumulative incidence", "which event comes first; colours are events, dashes groups")
    let last = max(0, times.stop.max() ?? 1)
    let high = min(1, 1.1 * (curves.compactMap { $0.curve.incidences[$0.kind].last }.max() ?? 1))
    let plot = Plot(frame: (left, top + 64, 400, 300), horizontal: 0...last, vertical: 0...max(high, 0.01))
    for (index, item) in curves.enumerated() {
      let times = item.curve.eventFree.times, values = item.curve.incidences[item.kind]
      var points = [(0.0, 0.0)], height = 0.0
      for (time, value) in zip(times, values) {
        points += [(time, height), (time, value)]
        height = value
      }
      let isDashed = index >= competing.kinds.count, y = top + 78 + 18 * Double(index)
      plot.curve(&drawing, points, color: Plot.color(item.kind), isDashed: isDashed)
      guard index < 8 else { continue }
      drawing.line(left + 12, y - 4, left + 32, y - 4, color: Plot.color(item.kind), width: 2, isDashed: isDashed)
      drawing.text(left + 38, y, "event \(item.name)", size: 11)
    }
    plot.axes(&drawing, options.time, "share that has had it first")
  }

  /// Hazard ratios of the model, else of markers for each standard deviation, with limits.
  private var ratios: [(name: String, ratio: Double, lower: Double, upper: Double)] {
    let all: [(String, Cell, Cell, Cell)]
    if let model = model {
      all = zip(model.cox.names, model.cox.estimates).map { name, estimate in
        let limits = estimate.ratioLimits(options.alpha)
        return (name, estimate.ratio, limits.lower, limits.upper)
      }
    } else {
      all = markers.prefix(30).compactMap { marker in
        guard let estimate = marker.estimates?.perSD else { return nil }
        let limits = estimate.ratioLimits(options.alpha)
        return (marker.name, estimate.ratio, limits.lower, limits.upper)
      }
    }
    return all.compactMap { name, ratio, lower, upper in
      guard let ratio = ratio.value, let lower = lower.value, let upper = upper.value, lower > 0, upper.isFinite else {
        return nil
      }
      return (name, ratio, lower, upper)
    }
  }

  private func drawRatios(_ drawing: inout Drawing, _ left: Double, _ top: Double) {
    let ratios = ratios
    Self.heading(
      &drawing, left, top, "Hazard ratios",
      model == nil
        ? "each marker by itself, for each standard deviation"
        : "Cox model, ties by \(model!.cox.ties.rawValue)")
    ForestPlot(rows: ratios).draw(&drawing, left: left - 65, top: top + 64, width: 465, height: 300, "hazard ratio")
  }

  private func drawCalibration(_ drawing: inout Drawing, _ left: Double, _ top: Double) {
    guard let performance = performances.last(where: { !$0.calibrations.isEmpty }) else { return }
    let calibration = performance.calibrations[performance.calibrations.count / 2]
    Self.heading(
      &drawing, left, top, "Calibration at \(shortText(calibration.horizon))",
      performance.isApparent ? "\(performance.name), on the rows that it was fitted to" : performance.name)
    CalibrationPanel.draw(calibration, &drawing, frame: (left, top + 64, 350, 300))
  }

  private func drawAreas(_ drawing: inout Drawing, _ left: Double, _ top: Double) {
    guard let performance = performances.last(where: { !$0.areas.isEmpty }) else { return }
    let plot = Plot(frame: (left, top + 64, 350, 300), horizontal: 0...1, vertical: 0...1)
    Self.heading(&drawing, left, top, "ROC over time", "\(performance.name): who has had the event by then")
    plot.curve(&drawing, [(0, 0), (1, 1)], color: "#999", width: 1, isDashed: true)
    let areas = performance.areas.prefix(6)
    for (index, area) in areas.enumerated() {
      plot.curve(
        &drawing, area.points.map { (1 - $0.specificity, $0.sensitivity) }, color: Plot.color(index),
        isDashed: !index.isMultiple(of: 2))
      let y = plot.y(0) - 14 - 18 * Double(areas.count - 1 - index)
      let limits = area.limits(alpha: options.alpha)
      let range =
        limits.map { " (\(fixedText($0.lowerBound, decimals: 2))–\(fixedText($0.upperBound, decimals: 2)))" } ?? ""
      drawing.line(
        plot.x(1) - 190, y - 4, plot.x(1) - 170, y - 4, color: Plot.color(index), width: 2,
        isDashed: !index.isMultiple(of: 2))
      drawing.text(
        plot.x(1) - 164, y, "\(shortText(area.horizon)): AUC \(fixedText(area.auc, decimals: 2))\(range)", size: 11)
    }
    plot.axes(&drawing, "1 − specificity", "sensitivity")
  }
}
