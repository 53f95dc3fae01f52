import RadiomicsCore

extension Discretisation: SettingValue {
  public static var expectation: String {
    "none, {fixed_bin_number: N}, {fixed_bin_number: {count: N, edges: exact or numpy}}, {fixed_bin_size: WIDTH}, {fixed_bin_size: {width: WIDTH, first_edge: "
      + "range_lower_bound, minimum, multiple or a number}} or {equal_probability: N}"
  }

  public init(setting: Setting) throws(SettingError) {
    if case .text("none") = setting.value {
      self = .none
      return
    }
    guard setting.entries.count == 1, let (key, place, value) = setting.entries.first else {
      throw Self.mismatch(setting)
    }
    switch key {
    case "fixed_bin_number":
      if case .map = value.value {
        let bins = try FixedBinNumber(setting: value)
        self = .fixedBinNumber(count: bins.count, edges: bins.edges)
      } else {
        self = .fixedBinNumber(count: try Self.count(value))
      }
    case "equal_probability": self = .equalProbability(count: try Self.count(value))
    case "fixed_bin_size":
      if case .map = value.value {
        let bins = try FixedBinSize(setting: value)
        self = .fixedBinSize(width: bins.width, firstEdge: bins.firstEdge)
      } else {
        let width = try Double(setting: value)
        guard width > 0, width.isFinite else {
          throw value.error("the bin width is \(value.value), must be a finite number above 0.")
        }
        self = .fixedBinSize(width: width, firstEdge: .rangeLowerBound)
      }
    default:
      let known = ["fixed_bin_number", "fixed_bin_size", "equal_probability"]
      throw SettingError(
        place: place,
        message: "there is no discretisation '\(key)', must be \(Self.expectation).\(didYouMean(key, among: known))")
    }
  }

  public var settingValue: Setting.Value {
    switch self {
    case .none: .text("none")
    case .fixedBinNumber(let count, .exact): .map([.init("fixed_bin_number", .integer(count))])
    case .fixedBinNumber(let count, .numpy):
      .map([
        .init("fixed_bin_number", .map([.init("count", .integer(count)), .init("edges", .text("numpy"))]))
      ])
    case .equalProbability(let count): .map([.init("equal_probability", .integer(count))])
    case .fixedBinSize(let width, .rangeLowerBound): .map([.init("fixed_bin_size", .number(width))])
    case .fixedBinSize(let width, let edge):
      .map([
        .init("fixed_bin_size", .map([.init("width", .number(width)), .init("first_edge", edge.settingValue)]))
      ])
    }
  }

  /// As in a column's name: `fbn32`, `fbs2p5`, `fbs25_min`, `fbs25_m1000`, `ep16`; empty for none.
  package var label: String {
    switch self {
    case .none: ""
    case .fixedBinNumber(let count, let edges): "fbn\(count)" + (edges == .exact ? "" : "_np")
    case .equalProbability(let count): "ep\(count)"
    case .fixedBinSize(let width, let edge):
      switch edge {
      case .rangeLowerBound: "fbs" + columnText(width)
      case .minimum: "fbs" + columnText(width) + "_min"
      case .multiple: "fbs" + columnText(width) + "_mult"
      case .at(let edge): "fbs" + columnText(width) + "_" + columnText(edge)
      }
    }
  }

  private static func count(_ setting: Setting) throws(SettingError) -> Int {
    let count = try Int(setting: setting)
    guard (2...mostLevels).contains(count) else {
      throw setting.error("the number of bins is \(count), must be from 2 to \(mostLevels).")
    }
    return count
  }
}

/// A number as a column's name writes it: `p` for the point, `m` for the minus.
package func columnText(_ number: Double) -> String {
  Setting.Value.number(number).description.replacing("-", with: "m").replacing("+", with: "").replacing(".", with: "p")
}

/// `{count: 64, edges: numpy}`.
private struct FixedBinNumber: Configurable {
  static let name = "fixed_bin_number"
  static let summary = "Bins of equal width between the region's least and greatest intensity."
  static let reference = "IBSI 1, intensity discretisation, K15C"
  static var parameters: [Parameter<Self>] {
    [
      Parameter("count", \.count, isRequired: true, in: 1...Double(Discretisation.mostLevels), "Number of bins."),
      Parameter("edges", \.edges, "How edges are rounded: exact, or as NumPy does for PyRadiomics."),
    ]
  }
  var count = 2
  var edges = Discretisation.BinEdges.exact
}

/// `{width: 25, first_edge: -1000}`.
private struct FixedBinSize: Configurable {
  static let name = "fixed_bin_size"
  static let summary = "Bins of equal width in the image's unit."
  static let reference = "IBSI 1, intensity discretisation, Q3RU"
  static var parameters: [Parameter<Self>] {
    [
      Parameter("width", \.width, isRequired: true, in: .positive, "Width of a bin in the image's unit."),
      Parameter(
        "first_edge", \.firstEdge,
        "Where bin 1 starts: the re-segmentation range's lower bound, the minimum, the multiple of the width at or below it "
          + "(PyRadiomics), or an intensity."),
    ]
  }
  var width = 0.0
  var firstEdge = Discretisation.FirstEdge.rangeLowerBound
}

extension Discretisation.FirstEdge: SettingValue {
  public static var expectation: String { "range_lower_bound, minimum, multiple or a number" }

  public init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .text("range_lower_bound"): self = .rangeLowerBound
    case .text("minimum"): self = .minimum
    case .text("multiple"): self = .multiple
    case .integer(let edge): self = .at(Double(edge))
    case .number(let edge) where edge.isFinite: self = .at(edge)
    default: throw Self.mismatch(setting)
    }
  }

  public var settingValue: Setting.Value {
    switch self {
    case .rangeLowerBound: .text("range_lower_bound")
    case .minimum: .text("minimum")
    case .multiple: .text("multiple")
    case .at(let edge): .number(edge)
    }
  }
}
