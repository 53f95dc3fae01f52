import RadiomicsCore

extension Recipe {
  /// The whole recipe as a file: defaults written out, one family on a line.
  public var yaml: String {
    guard case .map(let entries) = settingValue else { preconditionFailure("a recipe is a map") }
    var text = ""
    for entry in entries {
      switch (entry.key, entry.value) {
      case ("preparation", .map(let steps)) where !steps.isEmpty:
        text += "preparation:\n" + steps.map { "  \($0.key): \($0.value)\n" }.joined()
      case ("layers", .list(let layers)):
        text += "layers:\n" + layers.map(Self.layerText).joined()
      default:
        text += "\(entry.key): \(entry.value)\n"
      }
    }
    return text
  }

  private static func layerText(_ layer: Setting.Value) -> String {
    guard case .map(let entries) = layer else { preconditionFailure("a layer is a map") }
    var lines: [String] = []
    for entry in entries {
      if entry.key == "families", case .list(let families) = entry.value {
        lines.append("families:")
        for case .map(let family) in families {
          lines.append("  - \(family[0].key): \(family[0].value)")
        }
      } else {
        lines.append("\(entry.key): \(entry.value)")
      }
    }
    return lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element + "\n" }.joined()
  }
}
