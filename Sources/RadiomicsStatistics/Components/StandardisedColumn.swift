import RadiomicsNumerics

/// A column around 0 with variance 1, so that no limit of a search depends on units.
struct StandardisedColumn: Sendable {
  let values: [Double]
  /// Mean and standard deviation of the column.
  let center: Double, scale: Double
  /// A share of the variance that is no error of measurement: below 10⁻¹⁸, or what rounding of the readings themselves may
  /// amount to.
  let negligible: Double

  /// A column that is not constant.
  init(_ column: [Double]) {
    let center = mean(column), scale = variance(column).squareRoot()
    let rounding = column.reduce(0) { max($0, $1.magnitude.ulp) } / scale
    self.center = center
    self.scale = scale
    values = column.map { ($0 - center) / scale }
    negligible = max(1e-18, 4 * rounding * rounding)
  }
}
