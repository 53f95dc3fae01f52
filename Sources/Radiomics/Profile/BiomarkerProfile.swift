import RadiomicsCore
import RadiomicsFeatures

/// A quantitative imaging biomarker as a measurement procedure: what is measured, how, under which conditions, and how far
/// it repeats. Terms as of QIBA: Kessler et al. 2015, doi:10.1177/0962280214537333.
public struct BiomarkerProfile: Sendable {
  /// One quantity.
  public struct Quantity: Sendable {
    /// The column of the feature table.
    public let column: String
    /// The feature's IBSI code or tag.
    public let feature: String
    /// Symbol of the unit.
    public let unit: String
    /// The column's fingerprint: everything in the recipe that changes its number; nil if the profile leaves it open.
    public let fingerprint: String?
    /// How far readings of one subject lie apart; nil if nothing is claimed.
    public let claim: RepeatabilityClaim?
  }

  /// The newest format of profiles that this version reads.
  public static let format = 1

  /// The name, and the version of the profile itself.
  public let name: String, version: String
  /// For people.
  public let description: String
  /// The quantities.
  public let quantities: [Quantity]
  /// What the acquisition must be like.
  public let conditions: [ProfileCondition]
  /// How the region is outlined, in words: nobody but the user can check it.
  public let segmentation: String?

  /// Reads a profile; `file` is how errors call it.
  public init(yaml: String, file: String) throws(SettingError) {
    try self.init(setting: Setting(yaml: yaml, file: file))
  }

  init(setting: Setting) throws(SettingError) {
    let known = ["format", "name", "version", "description", "measurands", "conditions", "segmentation"]
    try setting.requireMap("a profile", known)
    if let format = setting["format"] {
      guard try Int(setting: format) == Self.format else {
        throw format.error("the profile's format is \(format.value), this version reads format \(Self.format).")
      }
    }
    func text(_ key: String) throws(SettingError) -> String? {
      guard let entry = setting[key] else { return nil }
      if case .text(let text) = entry.value { return text }
      return entry.value.description
    }
    guard let name = try text("name"), let version = try text("version") else {
      throw setting.error("a profile needs 'name' and 'version', so that results can say what they conform to.")
    }
    self.name = name
    self.version = version
    description = try text("description") ?? ""
    segmentation = try text("segmentation")
    guard let list = setting["measurands"], case .list(let values) = list.value, !values.isEmpty else {
      throw (setting["measurands"] ?? setting).error(
        "'measurands' is missing or empty, must be a list of columns with unit and claim.")
    }
    var quantities: [Quantity] = []
    for element in list.elements { quantities.append(try Quantity(setting: element)) }
    self.quantities = quantities
    var conditions: [ProfileCondition] = []
    for (key, _, value) in setting["conditions"]?.entries ?? [] {
      conditions.append(try ProfileCondition(name: key, value))
    }
    self.conditions = conditions
  }

  /// Name and version.
  public var title: String { "\(name) \(version)" }
}

extension BiomarkerProfile.Quantity {
  init(setting: Setting) throws(SettingError) {
    try setting.requireMap("a measurand", ["column", "feature", "unit", "fingerprint", "claim"])
    func required(_ key: String) throws(SettingError) -> String {
      guard let entry = setting[key] else { throw setting.error("a measurand needs '\(key)'.") }
      if case .integer(1) = entry.value { return "1" }
      return try String(setting: entry)
    }
    column = try required("column")
    feature = try required("feature")
    unit = try required("unit")
    fingerprint = try setting["fingerprint"].map { (text) throws(SettingError) in try String(setting: text) }
    claim = try setting["claim"].map { (claim) throws(SettingError) in try RepeatabilityClaim(setting: claim) }
  }
}

extension Setting {
  /// That this is a map with no other keys than those known.
  func requireMap(_ what: String, _ known: [String]) throws(SettingError) {
    guard case .map = value else {
      throw error("\(what) is \(value.kind), must be a map with \(known.joined(separator: ", ")).")
    }
    for (key, place, _) in entries where !known.contains(key) {
      throw SettingError(
        place: place,
        message:
          "\(what) has no key '\(key)'. It has: \(known.joined(separator: ", ")).\(didYouMean(key, among: known))")
    }
  }
}
