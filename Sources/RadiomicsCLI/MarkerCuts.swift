import ArgumentParser

/// Where markers are cut: a rule for all, and numbers for markers by name.
struct MarkerCuts {
  /// A word that is no number; nil where none is given.
  private(set) var rule: String?
  /// The cut of each marker that has one.
  private(set) var numbers: [String: Double] = [:]

  /// - `texts`: `median`, `124.5` or `glu=124.5`.
  /// - `markers`: What may be cut. A number without a name is the cut of the only one.
  init(_ texts: [String], among markers: [String]) throws {
    if markers.isEmpty, let text = texts.first(where: { Double($0) != nil || $0.contains("=") }) {
      throw ValidationError("--cut: is '\(text)', but nothing that it could cut is named. Name it by --marker.")
    }
    for text in texts {
      if let number = Double(text) {
        guard markers.count <= 1 else {
          throw ValidationError(
            "--cut: one number cannot cut \(markers.count) markers, which have scales of their own. Name each, such as "
              + "--cut '\(markers[0])=\(text)'.")
        }
        try add(number, to: markers.first ?? "", text)
      } else if let place = text.lastIndex(of: "="), let number = Double(text[text.index(after: place)...]) {
        let name = String(text[..<place])
        guard markers.contains(name) else {
          throw ValidationError(
            "--cut: names '\(name)', must be one of \(markers.map { "'\($0)'" }.joined(separator: ", ")).")
        }
        try add(number, to: name, text)
      } else {
        guard rule == nil else { throw ValidationError("--cut: says both '\(rule!)' and '\(text)'. Give one of them.") }
        rule = text
      }
    }
  }

  private mutating func add(_ number: Double, to name: String, _ text: String) throws {
    guard number.isFinite else { throw ValidationError("--cut: is '\(text)', must be a finite number.") }
    guard numbers[name] == nil else { throw ValidationError("--cut: '\(name)' has two cuts, must have one.") }
    numbers[name] = number
  }
}
