import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension Diagnosis {
  static func marker(
    _ name: String, _ values: [Double], _ isEvent: [Bool], _ clusters: [Int]?, _ options: Options
  ) throws(ModelError) -> Marker {
    let roc = try ROC(values, isEvent, clusters: clusters)
    let threshold =
      switch options.cuts[name].map(Cut.at) ?? options.cut {
      case .at(let value): value
      case .best(let rule): roc.best(rule)[0].threshold
      }
    let table = TwoByTwo(values, isEvent, threshold: threshold), isPositive = values.map { $0 >= threshold }
    func share(
      _ proportion: Proportion, of isCounted: (Bool, Bool) -> Bool, _ isCase: (Bool, Bool) -> Bool
    ) -> Share {
      let rows = values.indices.filter { isCounted(isPositive[$0], isEvent[$0]) }
      let clustered = clusters.rows(rows).map {
        ClusteredProportion(rows.map { isCase(isPositive[$0], isEvent[$0]) }, $0)
      }
      return Share(proportion: proportion, clustered: clustered)
    }
    return Marker(
      name: name, roc: roc, threshold: threshold, table: table,
      sensitivity: share(table.sensitivity, of: { $1 }) { positive, _ in positive },
      specificity: share(table.specificity, of: { !$1 }) { positive, _ in !positive },
      ppv: share(table.ppv, of: { positive, _ in positive }) { $1 },
      npv: share(table.npv, of: { positive, _ in !positive }) { !$1 },
      accuracy: share(table.accuracy, of: { _, _ in true }, ==))
  }

  /// Areas of two markers of the same patients, and how often both are positive.
  static func compared(
    _ first: Marker, _ second: Marker, _ a: [Double], _ b: [Double], _ isEvent: [Bool], _ clusters: [Int]?,
    _ options: Options
  ) -> [Comparison] {
    func cut(_ isOfEvents: Bool) -> Comparison.Kind {
      let rows = isEvent.indices.filter { isEvent[$0] == isOfEvents }
      let tests = (rows.map { a[$0] >= first.threshold }, rows.map { b[$0] >= second.threshold })
      let none = [first, second].lazy.compactMap { marker in
        marker.table.noCut.map { Reason("\(marker.name): \($0.text)") }
      }.first
      return .cuts(
        ofEvents: isOfEvents, McNemar(tests.0, tests.1),
        clustered: McNemar.clustered(tests.0, tests.1, clusters.rows(rows)), none: none)
    }
    return [.paired(first.roc.difference(from: second.roc), first.roc, second.roc), cut(true), cut(false)].map {
      Comparison(first: first.name, second: second.name, kind: $0)
    }
  }

  /// Each marker in two groups of patients.
  static func groupComparisons(
    _ rows: Table, _ values: [[Double]], _ isEvent: [Bool], _ clusters: [Int]?, _ options: Options
  ) throws(ModelError) -> [Comparison] {
    guard let name = options.group else { return [] }
    let words = try Formula.Expression.column(name).evaluate(rows).words, levels = Column.Values.levels(words)
    guard levels.count == 2 else {
      throw ModelError.at("column '\(name)'", "has \(levels.count) groups, must have two to be compared.")
    }
    var comparisons: [Comparison] = []
    for (marker, values) in zip(options.markers, values) {
      var areas: [ROC] = []
      for level in levels {
        let members = words.indices.filter { words[$0] == level }
        areas.append(
          try ROC(members.map { values[$0] }, members.map { isEvent[$0] }, clusters: clusters.rows(members)))
      }
      comparisons.append(
        Comparison(
          first: "\(marker), \(name) \(levels[0])", second: "\(marker), \(name) \(levels[1])",
          kind: .unpaired(areas[0].difference(fromOtherRows: areas[1]), areas[0], areas[1])))
    }
    return comparisons
  }

  /// Up to so many markers all pairs are compared.
  private static let mostPaired = 50

  /// Which markers are compared; their number does not grow with the square of the markers'.
  static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<(count > mostPaired ? 1 : count)).flatMap { i in (i + 1..<max(i + 1, count)).map { (i, $0) } }
  }

  static func remarks(_ markers: [Marker], _ options: Options, missing: Int, _ all: Int) -> [Finding] {
    var findings: [Finding] = []
    if missing > 0 {
      findings.append(
        Finding(.note, "rows", "\(missing) of \(all) are left out, as a value that is needed is missing."))
    }
    if markers.count > mostPaired {
      findings.append(
        Finding(
          .note, "comparisons",
          "of \(markers.count) markers each is compared with the first, \(markers[0].name). All pairs are compared of up to \(mostPaired)."
        ))
    }
    for marker in markers where marker.roc.auc < 0.5 {
      findings.append(
        Finding(
          .warning, marker.name,
          "its area is \(shortText(marker.roc.auc, digits: 3)): smaller values go with the event. Ask for '0 - (\(marker.name))' if this was expected."
        ))
    }
    for marker in markers {
      guard let reason = marker.table.noCut else { continue }
      findings.append(
        Finding(
          .warning, marker.name,
          "is cut at \(shortText(marker.threshold)), but \(reason.text), so that it tells nothing and is compared with nothing.",
          advice: .chooseCutOf(marker.name)))
    }
    if case .best = options.cut, markers.contains(where: { options.cuts[$0.name] == nil }) {
      findings.append(
        Finding(
          .note, "cutoff",
          "is chosen on the rows that it is judged on, which flatters sensitivity and specificity.",
          advice: .chooseCut))
    }
    return findings
  }
}
