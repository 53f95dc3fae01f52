import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// A profile applied to a recipe: which column is which quantity, what the user says of the acquisition, and whether cases
/// that do not conform are refused.
public struct AppliedProfile: Sendable {
  /// The profile.
  public let profile: BiomarkerProfile
  /// Whether cases that do not conform have no values.
  public let refuses: Bool
  private let facts: [AcquisitionFact]
  /// Where each quantity stands among the recipe's columns.
  private let places: [Int]

  /// - `facts`: What the user says of every acquisition; it stands before what headers say.
  /// - Throws: `StudyError` if the recipe measures something else than the profile prescribes.
  public init(_ profile: BiomarkerProfile, to recipe: Recipe, facts: [AcquisitionFact] = [], refuses: Bool = false)
    throws(StudyError)
  {
    if let mismatch = profile.mismatch(recipe) { throw StudyError.at("profile", mismatch) }
    self.profile = profile
    self.refuses = refuses
    self.facts = facts
    places = profile.quantities.map { quantity in recipe.columns.firstIndex { $0.column == quantity.column }! }
  }

  /// How an acquisition stands to the profile.
  /// - `header`: What the image's header says.
  /// - `row`: What a cohort's row says; it stands before what holds for every acquisition.
  public func conformance(header: [AcquisitionFact], row: [AcquisitionFact] = []) -> ProfileConformance {
    ProfileConformance(profile, given: row + facts, header: header)
  }

  /// The quantities of the regions of one case.
  package func result(_ conformance: ProfileConformance, _ regions: [(name: String, cells: [Cell])]) -> ProfiledResult {
    ProfiledResult(
      conformance: conformance,
      regions: regions.map { name, cells in
        zip(profile.quantities, places).map { quantity, place in
          ProfiledResult.Value(region: name, quantity: quantity, cell: cells[place])
        }
      })
  }

  /// The columns that a profile adds to a table: how the case stands to it, and the 95 % limits of quantities of known
  /// repeatability.
  package var columns: [String] {
    ["conformance"] + profile.claimed.flatMap { ["\($0.column)_lower_95", "\($0.column)_upper_95"] }
  }

  /// Refuses a table that has a column of such a name already.
  package func check(against names: [String], of path: String) throws(StudyError) {
    guard let name = columns.first(where: names.contains) else { return }
    throw StudyError.at(path, "the profile adds a column '\(name)' to the table. Rename the one that is there.")
  }
}

extension BiomarkerProfile {
  /// Quantities of known repeatability.
  var claimed: [Quantity] { quantities.filter { $0.claim != nil } }

  /// What does not fit between the profile and a recipe: columns it lacks, units, features and fingerprints that differ. The
  /// first such sentence; nil if everything fits.
  public func mismatch(_ recipe: Recipe) -> String? {
    for quantity in quantities {
      guard let column = recipe.columns.first(where: { $0.column == quantity.column }) else {
        return "the recipe '\(recipe.name)' has no column '\(quantity.column)', which \(title) measures."
          + didYouMean(quantity.column, among: recipe.columns.map(\.column))
      }
      let names = [column.feature.ibsi, column.feature.tag].compactMap { $0 }
      guard names.contains(quantity.feature) else {
        return
          "'\(quantity.column)' is the feature \(names.joined(separator: ", ")), \(title) says \(quantity.feature)."
      }
      guard column.unit == quantity.unit else {
        return
          "'\(quantity.column)' has the unit \(column.unit) by the recipe '\(recipe.name)', \(title) says \(quantity.unit)."
      }
      if let fingerprint = quantity.fingerprint, !column.fingerprint.hasPrefix(fingerprint) {
        return
          "'\(quantity.column)' is measured otherwise by the recipe '\(recipe.name)' than \(title) prescribes: its fingerprint is "
          + "\(column.fingerprint.prefix(12)), must be \(fingerprint.prefix(12))…. Use the profile's recipe."
      }
    }
    return nil
  }
}
