import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// Which parts of a mask are measured.
public enum RegionChoice: Sendable, Hashable {
  /// Each label, one row for each.
  case each
  /// All labels together.
  case union
  /// Each connected part (26 neighbours) of all labels together, largest first.
  case components
  /// One label by its number.
  case label(Int)
  /// One segment by its exact name.
  case name(String)
  /// Every segment whose name matches a regular expression.
  case pattern(String)

  /// `each`, `union`, `components`, a whole number (1 or 1.0), `/regex/`, or an exact name.
  public init(_ text: String) {
    switch text {
    case "each": self = .each
    case "union": self = .union
    case "components": self = .components
    default:
      // Spreadsheets write labels as 1.0.
      if let label = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) {
        self = .label(label)
      } else if text.count > 2, text.hasPrefix("/"), text.hasSuffix("/") {
        self = .pattern(String(text.dropFirst().dropLast()))
      } else {
        self = .name(text)
      }
    }
  }
}

extension RegionChoice {
  /// As an option writes it.
  var text: String {
    switch self {
    case .each: "each"
    case .union: "union"
    case .components: "components"
    case .label(let label): "\(label)"
    case .name(let name): name
    case .pattern(let pattern): "/\(pattern)/"
    }
  }
}

/// One region of a mask.
public struct NamedRegion: Sendable {
  /// Label number, segment name, `union`, or `component 1`.
  public let name: String
  /// Its voxels on the image's grid.
  public let voxels: RowSpans
}

/// A region that was asked for and cannot be measured.
public struct UnmeasuredRegion: Sendable, Hashable {
  /// As it would be called if it were measured.
  public let name: String
  /// Why not: a clause without a full stop.
  public let reason: String
}

extension RegionChoice {
  /// The name or number of the one region that is meant; nil if it may be several.
  package var single: String? {
    switch self {
    case .each, .components, .pattern: nil
    case .union, .label, .name: text
    }
  }

  /// Whether a part of a mask is meant, alone or with others.
  fileprivate func means(_ value: Int, _ name: String?) -> Bool {
    switch self {
    case .each, .union, .components: true
    case .label(let wanted): value == wanted
    case .name(let wanted): name == wanted
    case .pattern(let pattern): (try? Regex(pattern)).map { name?.contains($0) ?? false } ?? false
    }
  }
}

extension LabelMap {
  private func refused(_ choice: RegionChoice) -> [RefusedRegion] { refused.filter { choice.means($0.value, $0.name) } }

  /// What to say of regions that were meant and cannot be measured, where others can.
  package func leftOut(_ choice: RegionChoice) -> [Finding] {
    refused(choice).map { Finding(.warning, path, "region '\($0.name)' is left out: \($0.why)") }
  }

  /// The regions chosen, in order of label, and those chosen that cannot be measured: each is in one of both.
  /// - Throws: `StudyError` if nothing of the mask is meant, or it is empty.
  func chosen(_ choice: RegionChoice) throws(StudyError) -> (regions: [NamedRegion], unmeasured: [UnmeasuredRegion]) {
    let refused = refused(choice)
    guard !refused.isEmpty else { return (try regions(choice), []) }
    let measured = labels.contains { choice.means($0.value, $0.name) } ? try regions(choice) : []
    if choice == .union || choice == .components {
      guard measured.isEmpty else { return (measured, []) }
      let reasons = refused.map { "region '\($0.name)': \(Self.clause($0.why))" }.joined(separator: "; ")
      return ([], [UnmeasuredRegion(name: choice.text, reason: "none of the regions can be measured; \(reasons)")])
    }
    var names = Set(measured.map(\.name))
    let unmeasured = refused.map { region in
      let name = names.insert(region.name).inserted ? region.name : "\(region.name) (label \(region.value))"
      return UnmeasuredRegion(name: name, reason: Self.clause(region.why))
    }
    return (measured, unmeasured)
  }

  private static func clause(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }

  /// The regions chosen, in order of label.
  func regions(_ choice: RegionChoice) throws(StudyError) -> [NamedRegion] {
    let labels = try requireLabels()
    switch choice {
    case .each: return labels.map { named($0) }
    case .union: return [NamedRegion(name: "union", voxels: union())]
    case .components:
      return components()
    case .label(let value): return try select("label \(value)") { number, _ in number == value }
    case .name(let name): return try select("region '\(name)'", name: name) { _, other in other == name }
    case .pattern(let pattern):
      guard let expression = try? Regex(pattern) else {
        throw StudyError.at("region /\(pattern)/", "not a regular expression.")
      }
      return try select("region that matches /\(pattern)/") { _, name in name?.contains(expression) ?? false }
    }
  }

  /// The labels chosen as they are, none put together.
  package func labels(_ choice: RegionChoice) throws(StudyError) -> [MaskLabel] {
    let chosen = try regions(choice == .union || choice == .components ? .each : choice)
    let names = chosen.map(\.name)
    return labels.filter { names.contains(named($0).name) }
  }

  private func named(_ label: MaskLabel) -> NamedRegion {
    let name = label.name ?? "\(label.value)"
    let namesakes = labels.filter { ($0.name ?? "\($0.value)") == name }
    guard namesakes.count > 1 else { return NamedRegion(name: name, voxels: label.voxels) }
    return NamedRegion(name: "\(name) (label \(label.value), volume \(label.layer))", voxels: label.voxels)
  }

  private func union() -> RowSpans {
    labels.count == 1 ? labels[0].voxels : RowSpans(unionOf: labels.map(\.voxels), size: geometry.size)
  }

  /// The connected parts of the union, found on its box.
  private func components() -> [NamedRegion] {
    let union = union()
    let box = union.boundingBox!
    let crop = Volume(geometry: geometry.cropped(to: box), voxels: union.cropped(to: box).mask)
    let runs = labelRuns(crop.connectedComponents().labels.voxels, size: box.size)!
    return runs.map { part, voxels in
      NamedRegion(name: "component \(part)", voxels: voxels.placed(at: box.lower, in: geometry.size))
    }
  }

  private func select(
    _ wanted: String, name: String? = nil, _ isWanted: (Int, String?) -> Bool
  ) throws(StudyError) -> [NamedRegion] {
    let found = labels.filter { isWanted($0.value, $0.name) }
    guard !found.isEmpty else {
      if let refused = refused.first(where: { isWanted($0.value, $0.name) }) {
        throw StudyError.at(path, "region '\(refused.name)' cannot be measured: \(refused.why)")
      }
      if labels.isEmpty, refused.isEmpty { _ = try requireLabels() }
      let names = labels.compactMap(\.name) + refused.map(\.name)
      let hint = name.map { didYouMean($0, among: names) } ?? ""
      throw StudyError.at(path, "there is no \(wanted); the mask has \(inventory).\(hint)")
    }
    return found.map { named($0) }
  }

  private func requireLabels() throws(StudyError) -> [MaskLabel] {
    guard !labels.isEmpty else {
      if let first = refused.first {
        throw StudyError.at(path, "none of its regions can be measured; region '\(first.name)': \(first.why)")
      }
      throw StudyError.at(path, "the mask is empty: every voxel is 0. Check that the right file was given.")
    }
    return labels
  }

  /// "label 1 'GTV' (12.4 mL), label 3 (0.8 mL)".
  var inventory: String {
    let shown = labels.prefix(20).map { label in
      let millilitres = Double(label.voxels.count) * geometry.voxelVolume / 1000
      let name = label.name.map { " '\($0)'" } ?? ""
      return "label \(label.value)\(name) (\(shortText(millilitres)) mL, \(label.voxels.count) voxels)"
    }
    let others = refused.prefix(20).map { "label \($0.value) '\($0.name)' (not to be measured)" }
    let more = max(0, labels.count - 20) + max(0, refused.count - 20)
    return (shown + others).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
