import RadiomicsCore

/// What a recipe found in one case, as quantities of a profile: values with unit, uncertainty and conformance.
public struct ProfiledResult: Sendable {
  /// A quantity of one region.
  public struct Value: Sendable {
    /// The region's name.
    public let region: String
    /// The quantity.
    public let quantity: BiomarkerProfile.Quantity
    /// The value, or why there is none.
    public let cell: Cell
  }

  /// How the acquisition stands to the profile.
  public let conformance: ProfileConformance
  /// The quantities of each region.
  let regions: [[Value]]

  /// Every quantity of every region.
  public var values: [Value] { regions.flatMap { $0 } }

  /// For the columns of a table that a profile adds: one list for each region.
  package var texts: [[String?]] {
    regions.map { values in
      [conformance.verdict.rawValue]
        + values.filter { $0.quantity.claim != nil }.flatMap { value -> [String?] in
          let range = try? value.interval.get()
          return [range.map { numberText($0.lowerBound) }, range.map { numberText($0.upperBound) }]
        }
    }
  }

  /// For the provenance.
  package var json: Setting.Value {
    guard case .map(let entries) = conformance.json else { preconditionFailure("conformance is a map") }
    return .map(entries + [.init("values", .list(values.map(\.json)))])
  }
}

extension ProfiledResult.Value {
  /// The 95 % interval, or why there is none.
  public var interval: Result<ClosedRange<Double>, UncertaintyError> {
    guard let value = cell.value else { return .failure(UncertaintyError("there is no value")) }
    guard let claim = quantity.claim else {
      return .failure(UncertaintyError("the profile claims no repeatability"))
    }
    return claim.interval(around: value)
  }

  /// `23.1 HU, 95 % CI 20.1–26.1 (±1.96 wSD = RC/√2; RC 4.2 HU from …; negligible bias assumed)`.
  public var text: String {
    guard let value = cell.value else { return "undefined (\(cell.reason?.text ?? ""))" }
    let unit = quantity.unit == "1" ? "" : " \(quantity.unit)", number = shortText(value) + unit
    switch interval {
    case .success(let range):
      let basis = quantity.claim?.basis(unit: quantity.unit) ?? ""
      return "\(number), 95 % CI \(shortText(range.lowerBound))–\(shortText(range.upperBound)) (\(basis))"
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
        .init("basis", .text(quantity.claim?.basis(unit: quantity.unit) ?? "")),
      ]
    case .failure(let error): entries.append(.init("no_interval", .text(error.reason)))
    }
    return .map(entries)
  }
}
