import RadiomicsCore

extension ImageFilter {
  /// The filter in column and file names: its name, and the settings that differ from their defaults, as `mean_support5`;
  /// letters, digits and `_`, with `p` as the decimal point and `m` as minus.
  package var label: String {
    let defaults = Dictionary(uniqueKeysWithValues: Self.allParameters.map { ($0.key, $0.write(Self())) })
    let settings = Self.allParameters.compactMap { parameter -> String? in
      let value = parameter.write(self)
      guard value != .null, parameter.isRequired || value != defaults[parameter.key] else { return nil }
      let text = value.labelText
      return parameter.key + (text.first?.isNumber ?? false ? "" : "_") + text
    }
    return ([Self.name] + settings).joined(separator: "_")
  }

  /// What enters fingerprints of columns of one response map.
  func identity(of response: String) -> Setting.Value {
    .map(
      [.init(Self.name, identity)] + (response.isEmpty ? [] : [.init("response", .text(response))]))
  }
}

extension Setting.Value {
  fileprivate var labelText: String {
    switch self {
    case .list(let values): values.map(\.labelText).joined(separator: "x")
    case .map(let entries): entries.map { $0.key + $0.value.labelText }.joined(separator: "_")
    default:
      String(
        description.compactMap { character -> Character? in
          switch character {
          case ".": "p"
          case "-": "m"
          default: character.isASCII && (character.isLetter || character.isNumber) ? character : nil
          }
        })
    }
  }
}
