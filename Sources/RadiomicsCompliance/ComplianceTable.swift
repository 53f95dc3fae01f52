import RadiomicsCore
import RadiomicsFeatures

/// Values measured here beside values a standard gives.
package struct ComplianceTable: Sendable {
  /// One reference value.
  package struct Row: Sendable, Hashable {
    /// IBSI tag.
    package let tag: String
    /// `3D:mrg`, or empty.
    package let aggregation: String
    /// The standard's value, three significant digits.
    package let reference: Double
    /// The standard's tolerance.
    package let tolerance: Double
    /// What was measured; nil with a reason.
    package let measured: Double?
    /// Why there is no value.
    package let reason: String?
    /// Whether the value is compared after rounding it to three significant digits.
    let isRounded: Bool

    package init(
      tag: String, aggregation: String, reference: Double, tolerance: Double, measured: Double?, reason: String? = nil,
      isRounded: Bool = true
    ) {
      self.tag = tag
      self.aggregation = aggregation
      self.reference = reference
      self.tolerance = tolerance
      self.measured = measured
      self.reason = reason
      self.isRounded = isRounded
    }

    /// Whether the measured value, rounded to three significant digits, lies within the tolerance. A reference that is
    /// printed with more digits, a count of voxels, is compared without rounding.
    package var passes: Bool {
      guard let measured else { return false }
      let hasMoreDigits = abs(roundedToThreeDigits(reference) - reference) > 1e-9 * abs(reference)
      let compared = hasMoreDigits || !isRounded ? measured : roundedToThreeDigits(measured)
      return abs(compared - reference) <= tolerance + 1e-9 * max(abs(reference), tolerance)
    }
  }

  /// `ibsi1/digital`, `ibsi1/A`, `ibsi1/A-diagnostics` …
  package let name: String
  /// The values.
  package let rows: [Row]
  /// Family of each row, for the summary.
  package let families: [String]
  /// Tests for which the standard has no reference.
  package let skipped: Int

  init(name: String, rows: [Row], families: [String], skipped: Int = 0) {
    self.name = name
    self.rows = rows
    self.families = families
    self.skipped = skipped
  }

  /// Rows within tolerance.
  package var passed: Int { rows.count(where: \.passes) }

  /// Passed and all per family, in order of first occurrence.
  package var byFamily: [(family: String, passed: Int, all: Int)] {
    var order: [String] = []
    var passed: [String: Int] = [:], all: [String: Int] = [:]
    for (row, family) in zip(rows, families) {
      if all[family] == nil { order.append(family) }
      all[family, default: 0] += 1
      if row.passes { passed[family, default: 0] += 1 }
    }
    return order.map { ($0, passed[$0] ?? 0, all[$0]!) }
  }
}

/// A reference value as a table gives it.
struct ReferenceValue: Sendable {
  let tag, aggregation: String
  let value, tolerance: Double
}

extension ComplianceTable {
  /// Compares a measurement of `recipe` with reference values of features.
  init(name: String, _ references: [ReferenceValue], _ recipe: Recipe, _ measurement: Measurement) {
    var cells: [String: (Cell, String)] = [:]
    for (measurand, cell) in zip(recipe.columns, measurement.cells) {
      cells["\(measurand.feature.tag) \(measurand.aggregation ?? "")"] = (cell, measurand.family)
    }
    let rows = references.map { reference in
      let cell = cells["\(reference.tag) \(reference.aggregation)"]?.0 ?? .undefined("not measured by the recipe")
      return Row(
        tag: reference.tag, aggregation: reference.aggregation, reference: reference.value,
        tolerance: reference.tolerance, measured: cell.value, reason: cell.reason?.text)
    }
    let families = references.map { cells["\($0.tag) \($0.aggregation)"]?.1 ?? "unknown" }
    self.init(name: name, rows: rows, families: families)
  }
}

/// `number` rounded to three significant digits.
func roundedToThreeDigits(_ number: Double) -> Double {
  guard number != 0, number.isFinite else { return number }
  var exponent = 0
  var scaled = abs(number)
  while scaled >= 1000 { (scaled, exponent) = (scaled / 10, exponent + 1) }
  while scaled < 100 { (scaled, exponent) = (scaled * 10, exponent - 1) }
  var rounded = (abs(number) * power(10, -exponent)).rounded() * power(10, exponent)
  if number < 0 { rounded = -rounded }
  return rounded
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  let size = (0..<abs(exponent)).reduce(1.0) { product, _ in product * base }
  return exponent < 0 ? 1 / size : size
}
