import RadiomicsCore
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

  /// - `words`: How what to do is said.
  /// - `text`: What becomes of both wordings.
  init(_ error: any Error, words: (Advice) -> String, _ text: (String) -> String = { $0 }) {
    let shown = (error as? any AdvisedError)?.sentence(words) ?? "\(error)"
    self.init(shown: text(shown), kept: text((error as? FormatError)?.plain(words) ?? shown))
  }
}
