import RadiomicsCore
import RadiomicsFormats
import RadiomicsStatistics

extension ReliabilityReport {
  /// One row for each feature, one column for each statistic: correlation, relative errors, and where the variance comes
  /// from; dark is good, for shares of variance dark is much.
  package func heatmap() -> String {
    let shares = (analysis.terms + ["Residual"]).map {
      HeatmapColumn(name: "share.\($0)", title: $0, worst: 0, best: 1)
    }
    let columns =
      [
        HeatmapColumn(name: "icc", title: "ICC", worst: 0, best: 1),
        HeatmapColumn(name: "icc_lower", title: "ICC, lower limit", worst: 0, best: 1),
        HeatmapColumn(name: "wcv", title: "wCV", worst: 0.5, best: 0),
        HeatmapColumn(name: "rc_over_between_sd", title: "RC / SD between", worst: 2.8, best: 0),
      ] + shares
      + (features.first?["noise_floor"] != nil
        ? [HeatmapColumn(name: "noise_floor", title: "noise floor", worst: 1, best: 0)] : [])
    let isSmall = features.count <= 60, rowHeight = isSmall ? 18.0 : max(2, min(10, 900 / Double(features.count)))
    let names = isSmall ? features.map(\.column.name) : []
    let left = 20 + (names.map(\.count).max().map { min(Double($0) * 6.2, 420) } ?? 60), top = 150.0, width = 58.0
    let height = top + rowHeight * Double(features.count) + 70
    var drawing = Drawing(
      width: left + width * Double(columns.count) + 130, height: height,
      title: "Reliability of \(features.count) features")
    drawing.text(20, 28, "Reliability of \(features.count) features", size: 16, isBold: true)
    drawing.text(20, 48, Path.name(of: table.path), color: "#666")
    for (index, column) in columns.enumerated() {
      let x = left + width * (Double(index) + 0.5) + (index >= 4 ? 14 : 0)
      drawing.text(x, top - 10, column.title, anchor: .start, turned: -40)
    }
    for (row, feature) in features.enumerated() {
      let y = top + rowHeight * Double(row)
      if isSmall { drawing.text(left - 8, y + 13, String(feature.column.name.prefix(66)), size: 11, anchor: .end) }
      for (index, column) in columns.enumerated() {
        let x = left + width * Double(index) + (index >= 4 ? 14 : 0)
        let gap = isSmall ? 1.0 : 0
        let cell = feature[column.name] ?? .undefined("not computed")
        let hint = "\(feature.column.name), \(column.title): \(cell.value.map { shortText($0) } ?? cell.reason!.text)"
        guard let value = cell.value else {
          drawing.rectangle(x, y, width - 1, rowHeight - gap, fill: "#e9e9e9", hint: hint)
          if isSmall { drawing.text(x + width / 2, y + 13, "–", size: 10, anchor: .middle, color: "#888") }
          continue
        }
        let shade = column.goodness(value)
        drawing.rectangle(x, y, width - 1, rowHeight - gap, fill: Drawing.shade(shade), hint: hint)
        if isSmall {
          drawing.text(
            x + width / 2, y + 13, shortText(value, digits: 2), size: 10, anchor: .middle,
            color: shade > 0.55 ? "#fff" : "#222")
        }
      }
    }
    legend(&drawing, left, height - 44)
    return drawing.svg
  }

  private func legend(_ drawing: inout Drawing, _ x: Double, _ y: Double) {
    for step in 0..<60 { drawing.rectangle(x + Double(step) * 3, y, 3.2, 12, fill: Drawing.shade(Double(step) / 59)) }
    drawing.text(x, y + 26, "ICC 0, wCV 50 %, RC 2.8 SD, share 0", size: 10)
    drawing.text(x + 190, y + 10, "ICC 1, wCV 0, RC 0, share 1;  grey: undefined", size: 10)
  }

  /// Differences of two readings of each subject against their means, with the bias and the limits of agreement; bands are
  /// intervals of the analysis' confidence (exact).
  /// - Throws: `StudyError` if there is no such feature or there are not two readings of each subject.
  package func blandAltmanPlot(of name: String) throws(StudyError) -> String {
    guard let feature = features.first(where: { $0.column.name == name }) else {
      throw StudyError.at(
        "Bland-Altman plot",
        "the table has no feature '\(name)'." + didYouMean(name, among: features.map(\.column.name)))
    }
    guard let plot = analysis.agreement(of: feature.column) else {
      throw StudyError.at(
        "Bland-Altman plot", "'\(name)' needs two readings of at least three subjects, told apart by one condition.")
    }
    return BlandAltmanPlot(
      feature: feature.column, agreement: plot.limits, difference: plot.difference, alpha: analysis.alpha
    ).svg
  }
}

private struct HeatmapColumn {
  let name: String, title: String
  let worst: Double, best: Double

  func goodness(_ value: Double) -> Double { (value - worst) / (best - worst) }
}

private struct BlandAltmanPlot {
  let feature: ReliabilityColumn
  let agreement: BlandAltman
  let difference: ReadingDifference
  let alpha: Double

  var svg: String {
    let limits = agreement.limits, bands = agreement.limitIntervals(.exact, alpha: alpha),
      bias = agreement.biasLimits(alpha: alpha)
    let all = agreement.differences + [bands.lower.lower, bands.upper.upper]
    let plot = Plot(
      frame: (80, 60, 520, 360), horizontal: Plot.padded(agreement.means.min()!, agreement.means.max()!),
      vertical: Plot.padded(all.min()!, all.max()!))
    let frame = plot.frame
    let unit = feature.unit == "1" ? "" : " (\(feature.unit))"
    var drawing = Drawing(width: 760, height: 490, title: "Limits of agreement of \(feature.name)")
    drawing.text(20, 28, feature.name, size: 16, isBold: true)
    drawing.text(20, 46, "\(agreement.count) subjects, two readings each", color: "#666")
    for band in [bands.lower, bands.upper, bias] {
      drawing.rectangle(
        frame.x, plot.y(band.upper), frame.width, plot.y(band.lower) - plot.y(band.upper), fill: "#2c77b0",
        opacity: 0.13)
    }
    if plot.vertical.contains(0) { drawing.line(frame.x, plot.y(0), frame.x + frame.width, plot.y(0), color: "#bbb") }
    for (mean, difference) in zip(agreement.means, agreement.differences) {
      drawing.dot(plot.x(mean), plot.y(difference), fill: "#1d2c66")
    }
    for (value, label, dashed) in [
      (limits.upper, "+1.96 SD", true), (agreement.bias, "bias", false), (limits.lower, "−1.96 SD", true),
    ] {
      drawing.line(
        frame.x, plot.y(value), frame.x + frame.width, plot.y(value), color: "#b03a2c", width: 1.5, isDashed: dashed)
      drawing.text(frame.x + frame.width + 8, plot.y(value) + 4, "\(label) \(shortText(value))")
    }
    plot.axes(&drawing, "mean of both readings\(unit)", "\(difference.of) − \(difference.less)\(unit)")
    return drawing.svg
  }
}
