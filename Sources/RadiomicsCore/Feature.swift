/// A feature as the field defines it.
public struct Feature: Sendable, Hashable {
  /// Tag of the IBSI reference tables, without aggregation: `cm_joint_entr`.
  public let tag: String
  /// The name in the IBSI manual: "Joint entropy".
  public let name: String
  /// The permanent four-character IBSI code, if the feature has one.
  public let ibsi: String?
  /// Unit of the value.
  public let unit: Unit
  /// Kind of scale.
  public let scale: Scale
  /// The formula in one line, with the symbols of the family's manual.
  public let definition: String

  /// A feature of a family's list.
  public init(
    _ tag: String, _ name: String, ibsi: String?, unit: Unit = .one, scale: Scale = .ratio, _ definition: String
  ) {
    self.tag = tag
    self.name = name
    self.ibsi = ibsi
    self.unit = unit
    self.scale = scale
    self.definition = definition
  }
}
