import ArgumentParser

extension ParsableArguments {
  /// The words of a command line that give another process the same options: every option of the group and of the groups
  /// within it, found by reflection, so that none that is declared can be left out. A property bears its option's name.
  var words: [String] {
    Mirror(reflecting: self).children.flatMap { child -> [String] in
      guard let label = child.label?.drop(while: { $0 == "_" }) else { return [] }
      return (child.value as? any GivenInWords)?.words(named: "--" + hyphened(label)) ?? []
    }
  }
}

/// An option, flag or group of them that knows how it was given.
private protocol GivenInWords {
  func words(named name: String) -> [String]
}

extension Option: GivenInWords {
  fileprivate func words(named name: String) -> [String] {
    let values =
      (wrappedValue as? [any ExpressibleByArgument]) ?? [(wrappedValue as? any ExpressibleByArgument)].compactMap { $0 }
    return values.map(\.defaultValueDescription).flatMap { $0.hasPrefix("-") ? ["\(name)=\($0)"] : [name, $0] }
  }
}

extension Flag: GivenInWords {
  fileprivate func words(named name: String) -> [String] {
    if let flag = wrappedValue as? Bool { return flag ? [name] : [] }
    return (wrappedValue as? any RawRepresentable<String>).map { ["--" + hyphened($0.rawValue)] } ?? []
  }
}

extension OptionGroup: GivenInWords {
  fileprivate func words(named name: String) -> [String] { wrappedValue.words }
}

/// `maskThreshold` → `mask-threshold`.
func hyphened(_ name: some StringProtocol) -> String {
  name.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
}
