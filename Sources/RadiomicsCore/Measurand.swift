/// What exactly a column of numbers is: a feature, of which layer, made how.
public struct Measurand: Sendable, Hashable {
  /// Column name: `[layer.]feature_tag[.aggregation][.discretisation]`.
  public let column: String
  /// `ibsi` or `pyradiomics`.
  public let dialect: String
  /// The filter of the layer; `none` for the prepared image.
  public let filter: String
  /// Family as a recipe names it.
  public let family: String
  /// The feature.
  public let feature: Feature
  /// `3D:mrg`, or nil for families without directions or slices.
  public let aggregation: String?
  /// `fbs25`, or nil where intensities are used as they are.
  public let discretisation: String?
  /// Symbol of the unit: `HU2`, `mm3`, `1`.
  public let unit: String
  /// Names everything that changes the number.
  public let fingerprint: String

  /// A column's description.
  public init(
    column: String, dialect: String = "ibsi", filter: String = "none", family: String, feature: Feature,
    aggregation: String?, discretisation: String?, unit: String, fingerprint: String
  ) {
    self.column = column
    self.dialect = dialect
    self.filter = filter
    self.family = family
    self.feature = feature
    self.aggregation = aggregation
    self.discretisation = discretisation
    self.unit = unit
    self.fingerprint = fingerprint
  }
}

extension Measurand {
  /// What stands before the feature in the column's name: the layer's name, or its filter's; empty for the image itself.
  package var layer: String {
    guard dialect == "ibsi" else { return column.split(separator: "_").dropLast(2).joined(separator: "_") }
    return column.firstRange(of: ".\(feature.tag)").map { String(column[..<$0.lowerBound]) } ?? ""
  }
}
