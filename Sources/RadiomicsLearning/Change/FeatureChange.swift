import RadiomicsCore
import RadiomicsStatistics

/// A feature whose changes are asked for.
package struct ChangeFeature: Sendable {
  /// Its values, and what they are.
  package let column: Column
  /// Its errors; nil where nobody knows them.
  package let errors: FeatureErrors?

  package init(_ column: Column, errors: FeatureErrors? = nil) { (self.column, self.errors) = (column, errors) }

  /// Whether it is a length, an area or a volume.
  var isSize: Bool {
    guard let unit = column.measurand?.unit else { return false }
    return ["mm", "mm2", "mm3", "cm", "cm2", "cm3", "ml", "mL"].contains(unit)
  }
}

/// How one feature changed from one scan to another, or over all of them.
package struct FeatureChange: Sendable {
  /// to − from, in the unit of the feature.
  package var absolute = Cell.undefined(Self.ofPairs)
  /// (to − from) / |from|: −0.5 is halved.
  package var relative = Cell.undefined(Self.ofPairs)
  /// log(to / from).
  package var logRatio = Cell.undefined(Self.ofPairs)
  /// Against the error of this feature; nil with the reason.
  package var verdict: ChangeVerdict?
  /// Against the largest error of all features.
  package var familyVerdict: ChangeVerdict?
  /// Why there is no verdict.
  package var verdictReason: Reason?
  /// Unit of the feature per time.
  package var slope = Cell.undefined(Self.ofAll)
  /// Unit of the feature times time.
  package var area = Cell.undefined(Self.ofAll)
  /// The value at the later scan, and the error that the change is judged by.
  var value: Double?, error: MeasurementError?
  /// Against what shrinking alone would have done; nil where nobody asked.
  package var null: NullChange?

  private static let ofPairs: Reason = "it is of two scans"
  private static let ofAll: Reason = "it is of all scans"
}

extension ChangeFeature {
  private func value(_ scan: ScanSeries.Scan) -> Double? { column.numbersOrNone[scan.row] }

  /// What a scan is compared with; nil if there is none before it that has a value.
  private func reference(_ scans: ArraySlice<ScanSeries.Scan>, _ kind: ChangeReference) -> ScanSeries.Scan? {
    switch kind {
    case .baseline: scans.first
    case .previous: scans.last
    case .nadir: scans.filter { value($0) != nil }.min { value($0)! < value($1)! }
    }
  }

  /// The change at a scan of a series.
  func change(
    at index: Int, of scans: [ScanSeries.Scan], _ kind: ChangeReference, _ family: FamilyLimit?, alpha: Double
  ) -> FeatureChange {
    var change = FeatureChange()
    func none(_ reason: Reason) -> FeatureChange {
      (change.absolute, change.relative, change.logRatio) = (.undefined(reason), .undefined(reason), .undefined(reason))
      change.verdictReason = reason
      return change
    }
    guard kind != .nadir || isSize else { return none("the nadir is of sizes only, and this is none") }
    guard let to = value(scans[index]) else { return none(reason(scans[index])) }
    guard index > 0 else { return unchanged() }
    guard let before = reference(scans[..<index], kind) else { return none("no scan before has a value") }
    guard let from = value(before) else { return none(reason(before)) }
    change.absolute = .value(to - from)
    change.value = to
    change.relative = relative(from, to)
    change.logRatio =
      from > 0 && to > 0 ? .value(log(to / from)) : .undefined("a value is not above 0: there is no logarithm")
    judge(&change, (from, to), isSameScanner: before.scanner == scans[index].scanner, family, alpha)
    return change
  }

  private func reason(_ scan: ScanSeries.Scan) -> Reason {
    "there is no value at \(scan.label): \(column.reasons[scan.row]?.text ?? "the cell is empty")"
  }

  /// A scan compared with itself.
  private func unchanged() -> FeatureChange {
    var change = FeatureChange()
    (change.absolute, change.relative, change.logRatio) = (.value(0), .value(0), .value(0))
    (change.verdict, change.familyVerdict) = (.within, .within)
    return change
  }

  private func relative(_ from: Double, _ to: Double) -> Cell {
    if from == 0 { return .undefined("the value that it is relative to is 0") }
    if let coefficient = errors?.coefficient, abs(from) < coefficient {
      return .undefined(
        "the value that it is relative to, \(shortText(from)), lies within its error of 0 (RC \(shortText(coefficient)))"
      )
    }
    return .value((to - from) / abs(from))
  }

  private func judge(
    _ change: inout FeatureChange, _ values: (from: Double, to: Double), isSameScanner: Bool, _ family: FamilyLimit?,
    _ alpha: Double
  ) {
    guard let errors else { return change.verdictReason = "nobody says how far readings lie apart" }
    guard let error = isSameScanner ? errors.same : errors.other else {
      return change.verdictReason = "the scans are of different scanners, whose reproducibility nobody says"
    }
    change.error = error
    guard let size = error.scale.change(from: values.from, to: values.to) else {
      return change.verdictReason = "a value is not above 0, and errors are known as ratios"
    }
    change.verdict = ChangeVerdict(size, limit: error.limit(alpha: alpha))
    change.familyVerdict = family.map { ChangeVerdict(size, limit: $0.limit(error)) }
  }

  /// Slope over scans, and area over a horizon.
  func course(_ scans: [ScanSeries.Scan], horizon: Double?) -> (slope: Cell, area: Cell) {
    let known = scans.filter { value($0) != nil }
    guard let first = known.first else {
      return (.undefined("no scan has a value"), .undefined("no scan has a value"))
    }
    let trajectory = Trajectory(
      known.map(\.time), known.map { value($0)! }, weights: known.map { weight($0, first) })
    guard known.count == scans.count || known.first?.row == scans.first?.row else {
      return (trajectory.slope, .undefined("the first scan has no value"))
    }
    return (trajectory.slope, trajectory.area(over: horizon))
  }

  /// 1/variance of a scan's error in that of the first scan's scanner: others add the variance between scanners.
  private func weight(_ scan: ScanSeries.Scan, _ first: ScanSeries.Scan) -> Double {
    guard scan.scanner != first.scanner, let errors, let other = errors.other, errors.same.deviation > 0 else {
      return 1
    }
    let ratio = errors.same.deviation / other.deviation
    return min(1, ratio * ratio)
  }

  /// The last of the first `known` scans that has a value.
  func lastMeasured(_ scans: [ScanSeries.Scan]) -> Int? { scans.lastIndex { value($0) != nil } }
}

extension Column {
  /// The numbers of each row; nothing of a column of words.
  fileprivate var numbersOrNone: [Double?] {
    if case .numbers(let numbers) = values { return numbers }
    return [Double?](repeating: nil, count: values.count)
  }
}
