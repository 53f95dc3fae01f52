import RadiomicsFormats

/// Why a case has no result.
struct CaseFailure: Sendable, Hashable {
  /// For whoever runs the program.
  let shown: String
  /// For files that are passed on: without what may identify a person or a scan.
  let kept: String

  init(shown: String, kept: String) {
    self.shown = shown
    self.kept = kept
  }

  /// A reason that names nobody.
  init(_ reason: String) { self.init(shown: reason, kept: reason) }

  /// - Parameter text: What becomes of both wordings.
  init(_ error: any Error, _ text: (String) -> String = { $0 }) {
    self.init(shown: text("\(error)"), kept: text((error as? FormatError)?.plain ?? "\(error)"))
  }
}
