import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// What a recipe found, as quantities of a profile: values with unit, uncertainty and conformance.
public struct ProfiledResult: Sendable {
  /// A quantity of one region.
  public struct Value: Sendable {
    /// The region's name.
    public let region: String
    /// The quantity.
    public let quantity: BiomarkerProfile.Quantity
    /// The value, or why there is none.
    public let cell: Cell
    /// The 95 % interval, or why there is none.
    public let interval: Result<ClosedRange<Double>, UncertaintyError>
  }

  /// How the acquisition stands to the profile.
  public let conformance: ProfileConformance
  /// Every quantity of every region.
  public let values: [Value]

  init(_ result: StudyResult, _ conformance: ProfileConformance) {
    self.conformance = conformance
    values = zip(result.study.regions, result.measurements).flatMap { region, measurement in
      conformance.profile.quantities.map { quantity in
        let index = result.recipe.columns.firstIndex { $0.column == quantity.column }!
        let cell = measurement.cells[index]
        let interval: Result<ClosedRange<Double>, UncertaintyError> =
          switch (cell.value, quantity.claim) {
          case (nil, _): .failure(UncertaintyError("there is no value"))
          case (_, nil): .failure(UncertaintyError("the profile claims no repeatability"))
          case (let value?, let claim?): claim.interval(around: value)
          }
        return Value(region: region.name, quantity: quantity, cell: cell, interval: interval)
      }
    }
  }
}

extension ProfiledResult.Value {
  /// `23.1 HU, 95 % CI 20.1–26.1 (±1.96 wSD = RC/√2; RC 4.2 HU from …; negligible bias assumed)`.
  public var text: String {
    guard let value = cell.value else { return "undefined (\(cell.reason?.text ?? ""))" }
    let unit = quantity.unit == "1" ? "" : " \(quantity.unit)", number = shortText(value) + unit
    switch interval {
    case .success(let range):
      return
        "\(number), 95 % CI \(shortText(range.lowerBound))–\(shortText(range.upperBound)) (\(quantity.claim!.basis(unit: quantity.unit)))"
    case .failure(let error): return "\(number), no interval: \(error.reason)"
    }
  }

  fileprivate var json: Setting.Value {
    var entries: [Setting.Value.Entry] = [
      .init("region", .text(region)), .init("column", .text(quantity.column)),
      .init("value", cell.value.map { .number($0) } ?? .null), .init("unit", .text(quantity.unit)),
    ]
    switch interval {
    case .success(let range):
      entries += [
        .init("lower_95", .number(range.lowerBound)), .init("upper_95", .number(range.upperBound)),
        .init("basis", .text(quantity.claim!.basis(unit: quantity.unit))),
      ]
    case .failure(let error): entries.append(.init("no_interval", .text(error.reason)))
    }
    return .map(entries)
  }
}

extension ProfiledResult {
  /// For the provenance.
  package var json: Setting.Value {
    guard case .map(let entries) = conformance.json else { preconditionFailure("conformance is a map") }
    return .map(entries + [.init("values", .list(values.map(\.json)))])
  }
}

extension BiomarkerProfile {
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

extension StudyResult {
  /// The quantities of a profile.
  /// - Parameter facts: What the user says of the acquisition; it stands before what the header says.
  /// - Throws: `StudyError` if the recipe is not the profile's.
  public func quantities(of profile: BiomarkerProfile, facts: [AcquisitionFact] = []) throws(StudyError)
    -> ProfiledResult
  {
    if let mismatch = profile.mismatch(recipe) { throw StudyError("--profile: \(mismatch)") }
    return ProfiledResult(self, study.conformance(to: profile, facts: facts))
  }
}

extension Study {
  /// How the acquisition stands to a profile.
  public func conformance(to profile: BiomarkerProfile, facts: [AcquisitionFact] = []) -> ProfileConformance {
    ProfileConformance(profile, facts + acquisition.filter { fact in !facts.contains { $0.name == fact.name } })
  }
}
